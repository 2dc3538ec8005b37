package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// mouse are the codes by which a terminal is asked to tell of its mouse (xterm control sequences, DECSET 1002).
const mouse = "\x1b[?1002h"

func TestWheel(t *testing.T) {
	bubble(t, "it scrolls what is in sight, where it was asked for", func(t *testing.T) {
		o := reviewed()(t, &world{})
		o.Mouse = true
		s := show(t, o, usual)
		defer s.close()
		if !strings.Contains(s.raw.String(), mouse) {
			t.Error("the terminal is not asked to tell of the mouse")
		}
		s.keys("enter")
		s.has("What will be made")
		for range 3 {
			s.p.Send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		}
		s.settle()
		s.lacks("What will be made")
		for range 30 {
			s.p.Send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
		}
		s.settle()
		s.has("What will be made")
		s.keys("2")
		s.p.Send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		s.p.Send(tea.MouseWheelMsg{Button: tea.MouseWheelLeft})
		s.settle()
		s.has("Step 2")
	})
	bubble(t, "the terminal keeps it otherwise", func(t *testing.T) {
		s := show(t, reviewed()(t, &world{}), usual)
		defer s.close()
		if strings.Contains(s.raw.String(), mouse) {
			t.Error("the mouse is taken from the terminal")
		}
	})
}
