package tui

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// scroll is a window on lines.
type scroll struct {
	lines  []string
	top    int
	height int
}

// set gives the window its lines and size. It stays where it was as far as that is possible.
func (s *scroll) set(lines []string, height int) {
	s.lines, s.height = lines, max(height, 0)
	s.by(0)
}

// by moves the window down by n lines, or up where n is negative.
func (s *scroll) by(n int) {
	s.top = max(0, min(s.top+n, len(s.lines)-s.height))
}

// page moves the window by almost its height, so that a line stays to go on from.
func (s *scroll) page(direction int) { s.by(direction * max(1, s.height-1)) }

// reveal moves the window as little as shows a line.
func (s *scroll) reveal(line int) {
	switch {
	case line < s.top:
		s.by(line - s.top)
	case line >= s.top+s.height:
		s.by(line - s.top - s.height + 1)
	}
}

func (s *scroll) shows(line int) bool { return line >= s.top && line < s.top+s.height }

// window lists the lines in sight.
func (s *scroll) window() []string {
	return s.lines[s.top:min(len(s.lines), s.top+s.height)]
}

// where says which lines are in sight; "" where all are.
func (s *scroll) where() string {
	if len(s.lines) <= s.height {
		return ""
	}
	return itoa(s.top+1) + "–" + itoa(min(len(s.lines), s.top+s.height)) + " of " + itoa(len(s.lines))
}
