package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onramp/render/picture"
)

// drawing is the picture as SVG: boxes in columns, and lines between them. Every box is as high as its text, every line
// ends in a lane of its own, and labels stand on the lanes: nothing can lie on anything else.
type drawing struct {
	Width, Height int
	Says          string // what it shows, without a full stop
	Heads         []lettering
	Frames        []frame
	Lines         []line
	Boxes         []box
}

// lettering is a text in the drawing.
type lettering struct {
	X, Y  int
	Class string
	Text  string
}

type frame struct{ X, Y, Width, Height int }

type line struct {
	Path, Tip string
	Class     string
	Label     lettering
}

type box struct {
	X, Y, Width, Height int
	Class, Title        string
	Mark                action
	Texts               []lettering
}

// Measures in user units. Names are set in a fixed width: a character of the common fonts takes 0.602 of the size.
const (
	margin    = 16
	headRoom  = 34 // above the columns
	boxWide   = 204
	boxGap    = 18
	pad       = 12
	nameCells = 22 // of 12.5 units: 7.6 each
	noteCells = 26 // of 11 units: 6.7 each
	nameStep  = 17
	noteStep  = 15
	lane      = 19 // between the ends of two lines with labels
	laneBare  = 8  // and without
	curve     = 64 // where lines may cross
	curveLast = 96 // before the last column, where most do
	charWide  = 7  // of a label, at most on average
	frameRoom = 26 // above the boxes of the VPC
)

// slot is a box in the making.
type slot struct {
	node    int
	column  int
	y, high int
	texts   []lettering
	in, out []int // indexes of edges
}

// draw lays a graph out. Edges run from one column to the next, or beyond it.
func draw(g picture.Graph) drawing {
	if len(g.Nodes) == 0 {
		return drawing{}
	}
	l := &layout{graph: g, slots: make([]*slot, len(g.Nodes))}
	l.fill()
	l.stack()
	return l.drawing()
}

type layout struct {
	graph   picture.Graph
	slots   []*slot // by node
	columns [][]*slot
	places  []picture.Place
	high    int
	left    []int // of each column
}

// fill makes the boxes, as high as their text and as their lanes need.
func (l *layout) fill() {
	for i, n := range l.graph.Nodes {
		s := &slot{node: i}
		s.high, s.texts = l.set(i, n)
		l.slots[i] = s
	}
	for i, e := range l.graph.Edges {
		l.slots[e.From].out = append(l.slots[e.From].out, i)
		l.slots[e.To].in = append(l.slots[e.To].in, i)
	}
	for _, p := range picture.Places {
		var column []*slot
		for i, n := range l.graph.Nodes {
			if n.Place == p {
				l.slots[i].column = len(l.columns)
				column = append(column, l.slots[i])
			}
		}
		if column != nil {
			l.columns, l.places = append(l.columns, column), append(l.places, p)
		}
	}
	for _, s := range l.slots {
		step := laneBare
		if l.graph.Nodes[s.node].Place == picture.Reached {
			step = lane
		}
		s.high = max(s.high, step*(len(s.in)+1), laneBare*(len(s.out)+1))
	}
}

// set sets the text of a box.
func (l *layout) set(i int, n picture.Node) (high int, out []lettering) {
	y := pad + 8
	out = append(out, lettering{pad, y, "kind", n.Kind})
	y += 2
	for _, s := range wrap(n.Name, nameCells) {
		y += nameStep
		out = append(out, lettering{pad, y, "name", s})
	}
	y += 3
	for _, note := range l.notes(i, n) {
		for _, s := range wrap(note, noteCells) {
			y += noteStep
			out = append(out, lettering{pad, y, "note", s})
		}
	}
	return y + pad - 2, out
}

// notes are those of a node. What users do stands in their box, and not on a line.
func (l *layout) notes(i int, n picture.Node) []string {
	if n.Place != picture.Who {
		return n.Notes
	}
	var does []string
	for _, e := range l.graph.Edges {
		if e.From == i && !slices.Contains(does, e.Text) {
			does = append(does, e.Text)
		}
	}
	if len(does) == 0 {
		return n.Notes
	}
	return append([]string{strings.Join(does, "; ")}, n.Notes...)
}

// stack gives every box its height in its column; columns stand in the middle of the highest.
func (l *layout) stack() {
	heights := make([]int, len(l.columns))
	for c, column := range l.columns {
		y, network := 0, false
		for _, s := range column {
			if l.graph.Nodes[s.node].Network && !network {
				y, network = y+frameRoom, true
			}
			s.y = y
			y += s.high + boxGap
		}
		if y -= boxGap; network {
			y += pad
		}
		heights[c] = y
	}
	l.high = slices.Max(heights)
	for c, column := range l.columns {
		for _, s := range column {
			s.y += headRoom + margin + (l.high-heights[c])/2
		}
	}
	x := margin
	for c := range l.columns {
		if c > 0 {
			x += boxWide + l.gap(c)
		}
		l.left = append(l.left, x)
	}
}

// gap is the room left of a column: for lines to cross, and for the labels.
func (l *layout) gap(c int) int {
	if l.places[c] != picture.Reached {
		return curve
	}
	longest := 0
	for _, s := range l.columns[c] {
		for _, e := range s.in {
			longest = max(longest, len(l.graph.Edges[e].Text))
		}
	}
	return curveLast + 20 + longest*charWide
}

func (l *layout) drawing() drawing {
	d := drawing{Says: l.graph.Sentence(), Width: l.left[len(l.left)-1] + boxWide + margin, Height: headRoom + l.high + 2*margin}
	for c, p := range l.places {
		d.Heads = append(d.Heads, lettering{l.left[c], margin + 12, "head", p.String()})
	}
	d.Frames = l.frames(&d)
	for _, s := range l.slots {
		d.Boxes = append(d.Boxes, l.box(s))
		d.Lines = append(d.Lines, l.lines(s)...)
	}
	return d
}

// frames draws the VPC around what is in it.
func (l *layout) frames(d *drawing) []frame {
	var out []frame
	for c, column := range l.columns {
		top, bottom := 0, 0
		for _, s := range column {
			if !l.graph.Nodes[s.node].Network {
				continue
			}
			if bottom == 0 {
				top = s.y
			}
			bottom = s.y + s.high
		}
		if bottom > 0 {
			out = append(out, frame{l.left[c] - 10, top - frameRoom + 2, boxWide + 20, bottom - top + frameRoom + pad - 4})
			d.Heads = append(d.Heads, lettering{l.left[c], top - 8, "within", strings.Join(wrap("VPC "+l.graph.VPC, noteCells)[:1], "")})
		}
	}
	return out
}

func (l *layout) box(s *slot) box {
	n := l.graph.Nodes[s.node]
	b := box{X: l.left[s.column], Y: s.y, Width: boxWide, Height: s.high, Class: "box", Title: n.Label(), Mark: actions[n.Mark], Texts: s.texts}
	if n.Broad {
		b.Class += " broad"
	}
	if n.Foreign || n.Mark == "" && !n.Broad {
		b.Class += " foreign"
	}
	if b.Mark.Text != "" {
		b.Class += " " + b.Mark.Class
		b.Title += ": " + b.Mark.Text
	}
	return b
}

// lines draws what ends at a box.
func (l *layout) lines(s *slot) []line {
	slices.SortStableFunc(s.in, func(a, b int) int { return cmp.Compare(l.leaves(a), l.leaves(b)) })
	var out []line
	for i, e := range s.in {
		edge := l.graph.Edges[e]
		from := l.slots[edge.From]
		x1, y1 := l.left[from.column]+boxWide, l.leaves(e)
		x2, y2 := l.left[s.column], s.y+spread(i, len(s.in), s.high)
		turn := curve
		if l.places[s.column] == picture.Reached {
			turn = curveLast
		}
		bend := x1 + turn
		ln := line{
			Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %dL%d %d", x1, y1, x1+turn/2, y1, bend-turn/2, y2, bend, y2, x2-1, y2),
			Tip:  fmt.Sprintf("M%d %dL%d %dL%d %d", x2-7, y2-4, x2-1, y2, x2-7, y2+4), Class: "line",
		}
		if edge.Broad {
			ln.Class += " broad"
		}
		if l.graph.Nodes[edge.From].Network || l.graph.Nodes[edge.To].Network {
			ln.Class += " network"
		}
		if l.places[s.column] == picture.Reached {
			ln.Label = lettering{x2 - 12, y2 - 5, "label", edge.Text}
		}
		out = append(out, ln)
	}
	return out
}

// leaves is the height at which an edge leaves its box.
func (l *layout) leaves(e int) int {
	s := l.slots[l.graph.Edges[e].From]
	slices.SortStableFunc(s.out, func(a, b int) int {
		return cmp.Compare(l.slots[l.graph.Edges[a].To].y, l.slots[l.graph.Edges[b].To].y)
	})
	return s.y + spread(slices.Index(s.out, e), len(s.out), s.high)
}

// spread puts the i-th of n lines on the side of a box.
func spread(i, n, high int) int { return high * (i + 1) / (n + 1) }

// mostLines is how many lines a name may take. The longest that AWS knows takes 12.
const mostLines = 14

// wrap breaks a text into lines of at most so many cells: after a hyphen, a dot, a slash or a blank, or before a capital,
// where there is one near, and anywhere otherwise, but never before a mark that belongs to the letter before it.
func wrap(s string, cells int) []string {
	var out []string
	for s = strings.Join(strings.Fields(s), " "); s != ""; {
		if len(out) == mostLines {
			out[mostLines-1] += "…"
			break
		}
		end, wide, good, before := 0, 0, 0, ' '
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if wide += width(r); wide > cells {
				break
			}
			if unicode.IsUpper(r) && unicode.IsLower(before) && wide > cells/2 {
				good = end
			}
			end, before = end+size, r
			if strings.ContainsRune(" -_./:,", r) && wide > cells/2 {
				good = end
			}
		}
		if end < len(s) && good > 0 {
			end = good
		}
		out, s = append(out, strings.TrimSpace(s[:end])), strings.TrimLeft(s[end:], " ")
	}
	return out
}

// width is how many cells a character takes at most.
func width(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	return 2
}
