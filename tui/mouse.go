package tui

import tea "charm.land/bubbletea/v2"

// The mouse is never needed, and is left to the terminal unless it is asked for: a program that takes it takes away
// the selecting of text.

// wheeled is a page with something to scroll.
type wheeled interface{ wheel() *scroll }

func (p *applying) wheel() *scroll   { return &p.pane }
func (p *confirm) wheel() *scroll    { return &p.pane }
func (p *done) wheel() *scroll       { return &p.pane }
func (p *review) wheel() *scroll     { return &p.pane }
func (p *undoing) wheel() *scroll    { return &p.pane }
func (p *why) wheel() *scroll        { return &p.pane }
func (q *question) wheel() *scroll   { return &q.w.preview.pane }
func (p *fullScreen) wheel() *scroll { return &p.w.preview.pane }

// linesPerNotch is how far a notch of the wheel scrolls, as in most terminals.
const linesPerNotch = 3

// roll scrolls what is in sight.
func (w *Wizard) roll(m tea.MouseWheelMsg) {
	p, is := w.page.(wheeled)
	if !is || w.deaf || w.leaving || w.tooSmall() {
		return
	}
	switch m.Button {
	case tea.MouseWheelUp:
		p.wheel().by(-linesPerNotch)
	case tea.MouseWheelDown:
		p.wheel().by(linesPerNotch)
	}
}
