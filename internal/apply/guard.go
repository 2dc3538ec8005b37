package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// objections reads what a step's guard asks for and has it judged. planned says that what the plan does before the
// step counts as done: the survey asks so. What the caller may not read is an objection that asks for consent.
func (r *run) objections(ctx context.Context, s *subject, g plan.Guard, planned bool) ([]plan.Objection, error) {
	facts := plan.Facts{Answers: map[string]any{}, Denied: map[string]bool{}, Planned: planned}
	unread := make([]plan.Objection, len(g.Facts))
	var mu sync.Mutex
	var failure error
	var all sync.WaitGroup
	for i, f := range g.Facts {
		f.Read = r.call(f.Read)
		if unknown(plan.Step{Read: f.Read}) {
			continue // it can be read only once something else is there
		}
		all.Go(func() {
			answer, err := r.readFact(ctx, f, planned)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				facts.Answers[f.Name] = answer
			case denied(codeOf(err)):
				facts.Denied[f.Name] = true
				unread[i] = plan.Objection{Weight: plan.Ask, Check: "read", Subject: f.Name, Text: fmt.Sprintf("onramp could not check %s: %s is not allowed", f.Title, f.Read.Name())}
			case failure == nil:
				failure = fmt.Errorf("read %s: %w", f.Title, answered(err))
			}
		})
	}
	all.Wait()
	if failure != nil {
		return nil, failure
	}
	for _, f := range g.Facts {
		s.asked = append(s.asked, r.call(f.Read))
	}
	judged, err := g.Judge.Judge(facts)
	unread = slices.DeleteFunc(unread, func(o plan.Objection) bool { return o.Text == "" })
	return append(unread, judged...), err
}

// readFact makes a read with all its pages. Right before a change it is made anew.
func (r *run) readFact(ctx context.Context, f plan.Fact, planned bool) (any, error) {
	read := r.desk.again
	if planned {
		read = r.desk.read
	}
	answer, err := read(ctx, f.Read)
	if err != nil && slices.Contains(f.Absent, codeOf(err)) {
		return nil, nil
	}
	for err == nil {
		page, _ := answer.(map[string]any)
		name, token := following(page)
		if token == "" {
			break
		}
		next := f.Read
		next.Input = append(slices.Clip(f.Read.Input), plan.Member{Name: name, Value: token})
		var more any
		if more, err = read(ctx, next); err == nil {
			answer = joined(page, more)
		}
	}
	return answer, err
}

// following is the member by which a page names the next one: Redshift's APIs have Marker, most others NextToken.
func following(page map[string]any) (name, token string) {
	for _, name := range []string{"NextToken", "Marker"} {
		if token, _ := page[name].(string); token != "" {
			return name, token
		}
	}
	return "", ""
}

// joined are two pages of an answer as one.
func joined(page map[string]any, next any) any {
	more, _ := next.(map[string]any)
	out := maps.Clone(page)
	name, _ := following(page)
	delete(out, name)
	for name, value := range more {
		list, isList := value.([]any)
		before, wasList := page[name].([]any)
		if isList && wasList {
			out[name] = slices.Concat(before, list)
		} else {
			out[name] = value
		}
	}
	return out
}

// effect is what a change means for what is in use.
type effect struct {
	texts []string
	asks  []plan.Objection // those that need consent
}

func (e effect) text() string { return strings.Join(e.texts, "; ") }

func (e *effect) add(o plan.Objection) {
	e.texts = append(e.texts, o.String())
	if o.Weight == plan.Ask {
		e.asks = append(e.asks, o)
	}
}

// effect says what a change would mean, by what was seen and by the step's guard. What must not be changed is an error.
func (r *run) effect(ctx context.Context, s *subject, st plan.Step, seen sight, planned bool) (effect, error) {
	var e effect
	if seen.state == differs {
		if st.Affects != "" {
			e.texts = append(e.texts, st.Affects)
		}
		if lost := loses(st, seen); lost.Text != "" {
			e.add(lost)
		}
	}
	if st.Guard == nil {
		return e, nil
	}
	objections, err := r.objections(ctx, s, *st.Guard, planned)
	var stops []string
	for _, o := range objections {
		if o.Weight == plan.Stop {
			stops = append(stops, o.String())
			continue
		}
		e.add(o)
	}
	if len(stops) > 0 && err == nil {
		err = &refusal{what: strings.Join(stops, "; "), why: "fix this first; this step was not carried out"}
	}
	if r.creates(s) { // no one uses it yet: what could not be checked is only said
		e.asks = nil
	}
	return e, err
}

// loses says what a policy that takes the place of another takes away: from whom, which needs consent, or from those
// to whom it belongs.
func loses(st plan.Step, seen sight) plan.Objection {
	if st.Check.Document == nil || st.Check.Document.Kind != policy.Trust && st.Check.Document.Kind != policy.Identity || merges(st.Update) {
		return plan.Objection{}
	}
	have, err := policy.ParseStored(seen.have)
	if err != nil {
		return plan.Objection{Weight: plan.Ask, Check: "replaced-policy", Text: "what the policy that is there allows cannot be read, and it is replaced"}
	}
	if st.Check.Document.Kind == policy.Trust {
		if lost := policy.LosesAccess(have, st.Check.Document.Policy); len(lost) > 0 {
			return plan.Objection{Weight: plan.Ask, Check: "lost-access", Subject: strings.Join(lost, ", "), Text: "these lose access: " + some(lost)}
		}
		return plan.Objection{}
	}
	if lost := policy.LosesActions(have, st.Check.Document.Policy); len(lost) > 0 {
		return plan.Objection{Text: "no longer allowed: " + some(lost)}
	}
	return plan.Objection{}
}

// merges says that calls put statements to what is there.
func merges(calls []plan.Call) bool {
	return slices.ContainsFunc(calls, func(c plan.Call) bool {
		return slices.ContainsFunc(c.Input, func(m plan.Member) bool { _, is := m.Value.(plan.Merged); return is })
	})
}

// some is a list, cut to fit a message.
func some(items []string) string {
	const most = 5
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), len(items)-most)
}

// upheld is a step that is as planned, and whose guard says whether it works.
type upheld struct {
	of   *subject
	step plan.Step
}

func (r *run) uphold(s *subject, st plan.Step) {
	if st.Guard == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.upheld = append(r.upheld, upheld{s, st})
}

// works judges the guards of steps that are as planned: a stop is wrong, everything else is a note.
func (r *run) works(ctx context.Context, v *Verdict) error {
	for _, u := range r.upheld {
		objections, err := r.objections(ctx, u.of, *u.step.Guard, true)
		if err != nil {
			return err
		}
		for _, o := range objections {
			into := &v.Notes
			if o.Weight == plan.Stop {
				into = &v.Wrong
			}
			*into = append(*into, plan.Note{On: u.of.ID, Text: u.of.Spec.Label() + ": " + o.String()})
		}
	}
	return nil
}
