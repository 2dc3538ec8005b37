package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
)

// shelf is where the answers of an unfinished wizard are kept. Commands run side by side, so it
// sees to it that what was asked last is what stays.
type shelf struct {
	port   Port
	asked  int           // number of the last request; only Update counts it up
	turn   chan struct{} // whoever puts something into it has the turn
	served int           // number of the newest request that was carried out
}

func newShelf(p Port) *shelf { return &shelf{port: p, turn: make(chan struct{}, 1)} }

// kept is the answer to a request.
type kept struct{ err error }

func (m kept) arrive(w *Wizard) tea.Cmd {
	if m.err != nil {
		w.notice = "the answers could not be kept: " + line(m.err.Error())
	}
	return nil
}

func (s *shelf) request(do func() error) tea.Cmd {
	s.asked++
	number := s.asked
	return func() tea.Msg {
		s.turn <- struct{}{}
		defer func() { <-s.turn }()
		if number < s.served {
			return nil
		}
		s.served = number
		return kept{calm(do)}
	}
}

// calm makes a panic an error.
func calm(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("internal error: %v", cause)
		}
	}()
	return do()
}

// keep saves the answers of the guide on screen; nil where there is nothing to save.
func (w *Wizard) keep() tea.Cmd { return w.drafts.keepCmd(w.session) }

// keepCmd saves what the operator gave. What the credentials answered will be found again, and
// where nothing was typed there is nothing to keep.
func (s *shelf) keepCmd(from *session) tea.Cmd {
	if s.port.Keep == nil || from == nil {
		return nil
	}
	guide, a, typed := from.guide.Name, from.answers, false
	for _, key := range a.Keys() {
		switch a.Get(key).Source {
		case answers.Found:
			a = a.Without(key)
		case answers.Typed:
			typed = true
		}
	}
	if !typed {
		return nil
	}
	return s.request(func() error { return s.port.Keep(guide, a) })
}

// keepLimit is how long the end of the program waits for the answers to be kept.
const keepLimit = 2 * time.Second

// now keeps the answers before the program ends, and says whether it did: a signal leaves no time for a command.
func (s *shelf) now(from *session) bool {
	cmd := s.keepCmd(from)
	if cmd == nil {
		return false
	}
	done := make(chan bool, 1)
	go func() {
		m, is := cmd().(kept)
		done <- is && m.err == nil
	}()
	select {
	case ok := <-done:
		return ok
	case <-time.After(keepLimit):
		return false
	}
}

// forget removes what was kept of the guide on screen: it has led to something.
func (w *Wizard) forget() tea.Cmd {
	if w.o.Port.Forget == nil || w.session == nil {
		return nil
	}
	guide := w.session.guide.Name
	return w.drafts.request(func() error { return w.o.Port.Forget(guide) })
}
