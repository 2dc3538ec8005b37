package tui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"
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
		golden.RequireEqual(t, s.emu.Render())
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
