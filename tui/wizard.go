package tui

import (
	"context"
	"reflect"
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/steps"
)

// Wizard is the one bubbletea model. What is on screen is a page; the wizard routes to it and
// holds what outlives pages.
type Wizard struct {
	mu       sync.Mutex // Outcome may be read while the program still calls the wizard
	o        Options
	theme    theme
	w, h     int
	page     page
	code     *codePrompt         // above the page; nil: none is asked for
	session  *session            // of the guide that was chosen; nil: none yet
	sessions map[string]*session // by guide: changing the guide loses nothing
	who      credentials
	preview  *preview
	drafts   *shelf
	notice   string // of something that happened aside
	deaf     bool   // a page has opened by itself: keys may be meant for the one before
	leaving  bool
	hurried  bool        // nothing is waited for
	written  answers.Set // as they stand in a file of answers that was written
	ran      bool        // a run was begun: how it ended is how the wizard ends
	work     *work       // of the engine; nil: none was begun
	last     *applying   // the last run; nil: none was begun
	out      Outcome
	ctx      context.Context // ends with the wizard
	end      context.CancelFunc
}

// page is what fills the screen between header and help line.
type page interface {
	press(msg tea.Msg) tea.Cmd // a key or a paste
	body(width, height int) []string
	keys() []key.Binding // for the help line, the most needed first
	wrong() string       // for the error line
}

// event is a message of the wizard's own. It arrives in Update.
type event interface{ arrive(w *Wizard) tea.Cmd }

// New makes a wizard. Give it to tea.NewProgram, and read Outcome after Run.
func New(o Options) *Wizard {
	w := &Wizard{o: o, theme: newTheme(true), sessions: map[string]*session{}, drafts: newShelf(o.Port)}
	w.ctx, w.end = context.WithCancel(context.Background())
	w.preview = newPreview(o.Preview)
	if o.Practice != nil && o.Practice.Begun {
		w.practise()
	}
	w.who = newCredentials(w.o)
	w.page = newStart(w)
	return w
}

// Outcome says how the wizard ended and what it left. It is meant for after the program's Run. It stops what the engine
// is doing and waits until the call in flight is finished, unless the operator would not wait. The program may be
// running still: a terminal may take no more output.
func (w *Wizard) Outcome() Outcome {
	w.end()
	w.mu.Lock()
	work, hurried := w.work, w.hurried
	w.mu.Unlock()
	end := work.wait(hurried)
	w.mu.Lock()
	defer w.mu.Unlock()
	if end != nil { // the screens were closed before it came
		end.settle(w)
		if forget := w.forget(); w.out.Ending == Applied && forget != nil {
			forget()
		}
	}
	out := w.out
	out.Abandoned = w.work.working()
	if w.last != nil && w.o.Port.Commands != nil {
		m := w.last.make()
		out.Commands, out.CommandsErr = m.Commands, m.err
	}
	if !w.hurried && (out.Ending == Interrupted || out.Ending == Left || out.Ending == Exported && !w.saved()) {
		out.Kept = w.drafts.now(w.session)
	}
	out.Answers = w.o.Answers
	if w.session != nil {
		out.Guide, out.Answers = w.session.guide.Name, w.session.answers
	}
	return out
}

// Working says that the engine has not come to an end.
func (w *Wizard) Working() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.work.working() && !w.hurried
}

// Stop is a message that ends the wizard as a signal does: on every page, and at once.
type Stop struct{}

func (Stop) arrive(w *Wizard) tea.Cmd {
	w.leaving = true
	if !w.ran {
		w.out.Ending = Interrupted
	}
	w.end()
	return tea.Quit
}

// Init implements tea.Model. huh never asks for the background, so the wizard does.
func (w *Wizard) Init() tea.Cmd {
	w.mu.Lock()
	defer w.mu.Unlock()
	return tea.Batch(tea.RequestBackgroundColor, w.identify(), w.hearCodes())
}

// Update implements tea.Model.
func (w *Wizard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		w.w, w.h = m.Width, m.Height
	case tea.BackgroundColorMsg:
		w.theme = newTheme(m.IsDark())
	case tea.KeyPressMsg:
		return w, w.press(m)
	case tea.MouseWheelMsg:
		w.roll(m)
	case tea.PasteMsg:
		switch {
		case w.code != nil:
			return w, w.code.press(m)
		case !w.deaf:
			return w, w.page.press(m)
		}
	case event:
		return w, m.arrive(w)
	}
	return w, nil
}

// interrupter is a page on which ctrl+c does something else than leaving at once.
type interrupter interface {
	interrupt() (cmd tea.Cmd, took bool)
}

func (w *Wizard) press(m tea.KeyPressMsg) tea.Cmd {
	if key.Matches(m, keys.stop) {
		return w.interrupt()
	}
	switch {
	case w.leaving || w.tooSmall():
		return nil
	case w.code != nil:
		return w.code.press(m)
	case w.deaf:
		return nil
	}
	w.notice = ""
	return w.page.press(m)
}

func (w *Wizard) interrupt() tea.Cmd {
	if w.leaving { // a second one waits for nothing
		return w.hurry()
	}
	var heard tea.Cmd
	if w.code != nil { // what waits for the code ends, too
		heard = w.code.end("")
	}
	if p, ok := w.page.(interrupter); ok {
		if cmd, took := p.interrupt(); took {
			return tea.Batch(heard, cmd)
		}
	}
	return w.leave(Interrupted)
}

func (w *Wizard) hurry() tea.Cmd {
	w.hurried = true
	return tea.Quit
}

// leave ends the program. Answers that led to nothing yet are kept for the next time.
func (w *Wizard) leave(e Ending) tea.Cmd {
	w.leaving = true
	w.out.Ending = e
	w.end()
	switch e {
	case Applied: // forgotten when the run had ended
		return tea.Quit
	case Exported:
		if w.saved() {
			return tea.Sequence(w.forget(), tea.Quit)
		}
	}
	return tea.Sequence(w.keep(), tea.Quit)
}

// saved says that the answers as they are stand in a file that can be read back.
func (w *Wizard) saved() bool {
	return w.session != nil && reflect.DeepEqual(w.written, w.session.answers)
}

// open puts another page on screen. A review is made anew if it has become known meanwhile whose
// credentials there are.
func (w *Wizard) open(p page) tea.Cmd {
	if r, ok := p.(*review); ok && r.who != w.who.state {
		return w.review()
	}
	w.page, w.deaf = p, false
	return nil
}

// online says that the account can be looked at and changed.
func (w *Wizard) online() bool { return w.who.state == known }

// choose takes a guide, with the answers to begin with. A guide that was begun before goes on
// where it was.
func (w *Wizard) choose(g steps.Guide, a answers.Set) (fresh bool) {
	s, begun := w.sessions[g.Name]
	if !begun {
		s = newSession(g, a)
		s.identify(w.who.Identity)
		w.sessions[g.Name] = s
	}
	w.session = s
	return !begun
}

// ask opens the question that the session stands at, or the review. forward: the last question
// was answered, and the preview may show what that changed.
func (w *Wizard) ask(forward bool) tea.Cmd {
	if _, more := w.session.place(); !more {
		return w.review()
	}
	q := newQuestion(w)
	q.show(forward)
	return tea.Batch(q.look(), w.open(q))
}

// plan is the plan of the answers as given.
func (w *Wizard) plan() plan.Plan { return w.session.plan(w.session.answers) }
