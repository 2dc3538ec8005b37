package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/steps"
)

// question is the page on which one question is asked, among those of its step.
type question struct {
	w      *Wizard
	at     steps.Place
	field  *field
	picks  *picks        // what the account holds; nil: nothing is looked up for this question
	opened string        // what the field held when the page opened, without a draft
	tried  string        // what the preview was built with
	live   answers.Set   // the answers with what is being typed, where that is valid
	places []steps.Place // all questions, as live calls for them
	err    string
}

// newQuestion opens the question that the session stands at.
func newQuestion(w *Wizard) *question {
	q := &question{w: w}
	q.at, _ = w.session.place()
	v := value(q.at.Question, w.session.answers)
	q.opened = answers.Format(v.Data)
	text, drafted := w.session.drafts[q.at.Question.Key]
	if !drafted {
		text = q.opened
	}
	q.field = fieldOf(&w.theme, q.at.Question, text)
	q.live = w.session.answers
	if drafted {
		q.try()
	}
	q.places = w.session.guide.Sequence(q.live)
	return q
}

// fieldOf is the field that a question is answered in.
func fieldOf(t *theme, q steps.Question, text string) *field {
	switch {
	case q.Kind == answers.YesNo:
		return newYesNo(t, text == "true")
	case q.Kind == answers.Choice && len(q.Choices) > 0:
		options := make([]option, len(q.Choices))
		for i, o := range q.Choices {
			options[i] = option{o.Value, o.Title, o.Help}
		}
		return newChoice(t, text, options)
	}
	return newText(t, text)
}

// show brings the preview up to date with the page. Forward of a question the preview tells what
// the last answer changed; from elsewhere there is nothing to tell.
func (q *question) show(forward bool) {
	p := q.w.session.plan(q.live)
	if forward {
		q.w.preview.update(p, q.compared()...)
		q.w.preview.settle()
		return
	}
	q.w.preview.reset(p, q.compared()...)
}

// compared is a document beside those of the plan: what each of the answers that can be chosen would make of it.
func (q *question) compared() []Tab {
	options := q.field.options
	if q.w.o.Compare == nil || len(options) < 2 {
		return nil
	}
	s, at, live, chosen := q.w.session, q.at.Question, q.live, q.field.value()
	return []Tab{{Title: "compared", Make: func() string {
		var titles []string
		var plans []plan.Plan
		current := 0
		for i, o := range options {
			if o.value == chosen {
				current = i
			}
			titles = append(titles, title(o))
			plans = append(plans, s.plan(with(live, at, o.value)))
		}
		return q.w.o.Compare(titles, plans, current)
	}}}
}

// look begins the look-up of what can be chosen here.
func (q *question) look() tea.Cmd {
	var cmd tea.Cmd
	q.picks, cmd = q.newPicks()
	return cmd
}

// identified takes over an account or region that was found while its question is on screen.
// What was typed into the field stays.
func (q *question) identified() tea.Cmd {
	if q.field.value() == q.opened {
		*q = *newQuestion(q.w)
	} else {
		q.try()
	}
	q.show(false)
	return q.look()
}

// found takes over what a list has brought while the question is on screen. What was typed stays, and so does the cursor
// in the list.
func (q *question) found() tea.Cmd {
	_, inList := q.picks.item()
	_, asked := q.w.session.place()
	if asked && !inList && q.field.value() == q.opened {
		return q.identified()
	}
	q.redraw()
	if q.picks == nil {
		return q.look()
	}
	return nil
}

// press implements page.
func (q *question) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		q.edit(msg)
		return nil
	}
	if cmd, took := q.w.preview.press(k); took {
		return cmd
	}
	if q.pick(k) {
		return nil
	}
	switch {
	case key.Matches(k, keys.enter):
		return q.accept()
	case key.Matches(k, keys.back):
		return q.back()
	case key.Matches(k, keys.full) && q.w.preview.build != nil:
		return q.w.open(newFullScreen(q.w, q))
	case key.Matches(k, keys.toReview):
		q.putAside()
		q.w.session.jump()
		return q.w.ask(false)
	case key.Matches(k, keys.why), key.Matches(k, keys.ask) && q.free():
		return q.w.open(newWhy(q.w, q))
	case q.field.yesNo != nil && key.Matches(k, keys.yes, keys.no):
		q.field.yesNo.v = key.Matches(k, keys.yes)
		return q.accept()
	}
	q.edit(msg)
	return nil
}

// pick takes the keys of the list below the field.
func (q *question) pick(k tea.KeyPressMsg) bool {
	if q.picks == nil {
		return false
	}
	_, inList := q.picks.item()
	switch {
	case k.Code == tea.KeyDown:
		q.picks.move(1)
	case k.Code == tea.KeyUp:
		q.picks.move(-1)
	case k.Code == tea.KeySpace && inList && q.picks.many:
		q.picks.toggle()
	default:
		return false
	}
	q.err = ""
	q.edited()
	return true
}

// text is what the question would be answered with now: the item under the cursor, or what the field holds.
func (q *question) text() string {
	item, inList := q.picks.item()
	switch {
	case !inList:
		return q.field.value()
	case q.picks.many && len(q.picks.chosen()) > 0: // the space bar has chosen
		return q.field.value()
	}
	return item.Value
}

// free says that a question mark is no part of an answer here.
func (q *question) free() bool { return !q.field.typing() || q.field.value() == "" }

// edit gives the field a key, and shows at once what its value would make of the plan.
func (q *question) edit(msg tea.Msg) {
	before := q.field.value()
	q.field.update(msg)
	q.err = ""
	if q.picks != nil && q.field.value() != before {
		q.picks.at = -1
		q.picks.narrow()
	}
	q.edited()
}

// edited shows what the answer would make of the plan.
func (q *question) edited() {
	if q.text() == q.tried {
		return
	}
	q.redraw()
}

// redraw brings the page and its preview up to date with the field and the session.
func (q *question) redraw() {
	q.try()
	q.places = q.w.session.guide.Sequence(q.live)
	q.w.preview.update(q.w.session.plan(q.live), q.compared()...)
}

// try puts the field's value among the answers. Where it is no valid answer they stay as they are: what was typed before
// it is in no field any more.
func (q *question) try() {
	q.tried, q.live = q.text(), q.w.session.answers
	if data, err := read(q.at.Question, q.tried); err == nil {
		q.live = q.w.session.settled(with(q.live, q.at.Question, data))
	}
}

// accept stores the answer, or says why it is none.
func (q *question) accept() tea.Cmd {
	data, err := read(q.at.Question, q.text())
	if err != nil {
		q.err = err.Error()
		return nil
	}
	if q.picks != nil {
		if text, one := data.(string); one {
			q.w.session.bring(q.at.Question, text, q.picks.list)
		}
	}
	q.w.session.accept(q.at, data)
	if q.at.Question.Key == keyRegion {
		q.w.notice = doubt(data)
	}
	return tea.Batch(q.w.keep(), q.w.ahead(), q.w.ask(true)) // a step can be long: nothing of it is to be typed twice
}

// back leaves the question as it is: what was typed stays its draft.
func (q *question) back() tea.Cmd {
	q.putAside()
	if !q.w.session.back() {
		return q.w.open(newStart(q.w))
	}
	return q.w.ask(false)
}

// putAside keeps what was typed for when the question is opened again.
func (q *question) putAside() {
	drafts, key := q.w.session.drafts, q.at.Question.Key
	delete(drafts, key)
	if text := q.field.value(); text != q.opened {
		drafts[key] = text
	}
}

// keys implements page.
func (q *question) keys() []key.Binding {
	ask := keys.why
	if q.free() {
		ask = keys.ask
	}
	out := append([]key.Binding{keys.enter, keys.back, ask}, q.field.keys()...)
	if q.picks != nil && len(q.picks.shown) > 0 {
		out = append(out, keys.move)
		if q.picks.many {
			out = append(out, keys.mark)
		}
	}
	out = append(out, keys.toReview)
	switch {
	case q.w.preview.build == nil:
		return out
	case q.w.w < twoPanes:
		return append(out, keys.full)
	}
	return append(out, called(keys.full, "full screen"), keys.nextTab, keys.page)
}

// wrong implements page.
func (q *question) wrong() string { return q.err }
