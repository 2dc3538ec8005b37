package tui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

func TestColour(t *testing.T) {
	const darkAccent, lightAccent = "38;2;127;180;240", "38;2;31;95;168"
	bubble(t, "where it is allowed", func(t *testing.T) {
		s := show(t, reviewed()(t, &world{}), usual, tea.WithColorProfile(colorprofile.TrueColor))
		defer s.close()
		s.keys("enter", "2")
		if !strings.Contains(s.raw.String(), darkAccent) {
			t.Errorf("no accent colour:\n%q", s.raw.String())
		}
		s.colored(t, "┃", darkAccent)               // the question on screen
		s.colored(t, "default", "38;2;138;147;162") // an aside
		s.colored(t, "│", "38;2;71;77;89")          // the lines between panes
	})
	bubble(t, "on a light ground", func(t *testing.T) {
		s := show(t, reviewed()(t, &world{}), usual, tea.WithColorProfile(colorprofile.TrueColor))
		defer s.close()
		s.keys("enter", "2")
		s.raw.Reset()
		s.p.Send(tea.BackgroundColorMsg{Color: color.White})
		s.settle()
		if !strings.Contains(s.raw.String(), lightAccent) {
			t.Errorf("no accent colour for light grounds:\n%q", s.raw.String())
		}
		s.keys("esc")
		s.raw.Reset()
		s.p.Send(tea.BackgroundColorMsg{Color: color.Black})
		s.settle()
		if !strings.Contains(s.raw.String(), darkAccent) {
			t.Errorf("the review did not change its colours:\n%q", s.raw.String())
		}
	})
	bubble(t, "none with NO_COLOR", func(t *testing.T) {
		s := show(t, reviewed()(t, &world{}), usual)
		defer s.close()
		s.keys("enter", "2", "x", "ctrl+p")
		for _, code := range []string{"38;", "48;", "\x1b[3", "[9"} {
			if i := strings.Index(s.raw.String(), code+"m"); i >= 0 {
				t.Errorf("colour at %q", s.raw.String()[i:min(i+40, s.raw.Len())])
			}
		}
		if strings.Contains(s.raw.String(), "38;2;") {
			t.Error("colours were sent")
		}
	})
}

// colored wants a text to be drawn somewhere with a color, given as the parameters of its SGR sequence.
func (s *screen) colored(t *testing.T, text, sgr string) {
	t.Helper()
	for _, piece := range strings.Split(s.emu.Render(), "\x1b[")[1:] {
		code, drawn, _ := strings.Cut(piece, "m")
		if strings.Contains(code, sgr) && strings.Contains(drawn, text) {
			return
		}
	}
	t.Errorf("%q is nowhere drawn with %s:\n%q", text, sgr, s.emu.Render())
}

// TestFocusWithoutColour wants the chosen one to be seen in the text alone.
func TestFocusWithoutColour(t *testing.T) {
	for name, c := range map[string]struct {
		step  string
		enter int
		move  string
		off   string
		on    string
	}{
		"yes or no": {"2", 4, "right", "› Yes     No", "Yes   › No"},
		"choice":    {"1", 0, "down", "› A cluster that exists", "› A new cluster"},
	} {
		bubble(t, name, func(t *testing.T) {
			s := show(t, reviewed()(t, &world{}), usual)
			defer s.close()
			s.keys("enter", c.step)
			s.enters(c.enter)
			s.has(c.off)
			s.keys(c.move)
			s.has(c.on)
			s.lacks(c.off)
		})
	}
}
