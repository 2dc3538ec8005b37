package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Agreed is one property of the account as it was shown to the operator, who agreed to change it.
type Agreed struct {
	Resource string `json:"resource"`          // id in the plan
	Step     string `json:"step,omitempty"`    // title; "": the resource, or what it is a part of, did not exist
	Have     string `json:"have"`              // what was there, in full; "": nothing
	Foreign  bool   `json:"foreign,omitempty"` // the whole resource was not created by this plan
	Asks     bool   `json:"asks,omitempty"`    // others may rely on it, or the resource is foreign
	Affects  string `json:"affects,omitempty"` // what the change means for others, and what could not be checked
	// Objections are the identities of what in Affects needs consent.
	Objections []string `json:"objections,omitempty"`
}

// Consent is the set of changes that were shown to the operator and agreed to. It covers nothing that a later look at
// the account finds.
type Consent struct{ Agreed []Agreed }

// Agree gives consent to all that findings show: these very changes of what exists, and the creation of what does not.
func Agree(findings map[string]Finding) *Consent {
	c := &Consent{}
	for _, id := range slices.Sorted(maps.Keys(findings)) {
		f := findings[id]
		for _, d := range f.Differences {
			a := Agreed{Resource: id, Step: d.Step, Have: d.Was, Foreign: d.Foreign, Asks: d.Ask, Affects: d.Affects, Objections: d.Objections}
			if d.counts {
				a.Have = ""
			}
			c.Agreed = append(c.Agreed, a)
		}
		if f.missing || f.Action == plan.Create {
			c.Agreed = append(c.Agreed, Agreed{Resource: id})
		}
	}
	return c
}

// Adopts says that the set has something in it that a run does only with consent.
func (c *Consent) Adopts() bool {
	return c != nil && slices.ContainsFunc(c.Agreed, func(a Agreed) bool { return a.Asks })
}

// Changes are the members of the set that change what exists.
func (c *Consent) Changes() []Agreed {
	var out []Agreed
	for _, a := range c.Agreed {
		if a.Asks || a.Have != "" {
			out = append(out, a)
		}
	}
	return out
}

// find gives what was shown of a step: the step itself, or that its resource did not exist.
func (c *Consent) find(resource, step string) (Agreed, bool) {
	whole, created := Agreed{}, false
	for _, a := range c.Agreed {
		switch {
		case a.Resource == resource && a.Step == step:
			return a, true
		case a.Resource == resource && a.Step == "":
			whole, created = a, true
		}
	}
	return whole, created
}

// change is an error where what is there is not what was shown. What was as planned and is missing now can be added to
// a resource that no one else owns: nothing is replaced.
func (c *Consent) change(resource, step string, now Difference) error {
	shown, found := c.find(resource, step)
	if now.counts {
		now.Was = "" // nothing is replaced, as in Agree
	}
	switch {
	case found && alike(shown.Have, now.Was) && (shown.Foreign || !now.Foreign):
		return nil
	case !found && now.Was == "" && !now.Foreign:
		return nil
	case !found:
		return &NotAsShown{Shown: "as planned", Now: now.Was, Foreign: now.Foreign}
	}
	return &NotAsShown{Shown: shown.Have, Now: now.Was, Foreign: now.Foreign && !shown.Foreign}
}

// affects is an error where a change means something for others that was not shown.
func (c *Consent) affects(resource, step string, now Difference) error {
	shown, _ := c.find(resource, step)
	for _, o := range now.asks {
		if !slices.Contains(shown.Objections, o.ID()) {
			return &NotAsShown{Affects: o.String()}
		}
	}
	return nil
}

// alike says that two values mean the same. Policies are compared by meaning: AWS does not always give the members of a
// document in one order.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	one, err := policy.ParseStored(a)
	if err != nil {
		return false
	}
	other, err := policy.ParseStored(b)
	return err == nil && policy.Equal(one, other)
}

// NotAsShown is why a step stopped: what is there now is not what the operator saw. Nothing was overwritten.
type NotAsShown struct {
	Shown, Now string // in full; "": nothing
	Foreign    bool   // the resource exists now and was not created by this plan
	Affects    string // what the change means for others, where only that was not shown
}

// Error implements error.
func (e *NotAsShown) Error() string {
	if e.Affects != "" {
		return "it needs consent for what was not shown: " + e.Affects
	}
	if e.Foreign && e.Shown == e.Now {
		return "it has changed since it was shown: it exists now and was not created by this plan"
	}
	shown, now := apart(e.Shown, e.Now)
	text := fmt.Sprintf("it has changed since it was shown: shown %s, now %s", shown, now)
	if e.Foreign {
		text += "; it was not created by this plan"
	}
	return text
}

// ErrorHint implements Hinter.
func (e *NotAsShown) ErrorHint() string {
	return "this value was not overwritten: review the plan again, and agree to what it shows then"
}

// apart cuts two values to fit a message, so that the first place where they differ stays in it.
func apart(a, b string) (string, string) {
	const before = 40
	one, other := []rune(a), []rune(b)
	same := 0
	for same < min(len(one), len(other)) && one[same] == other[same] {
		same++
	}
	cut := func(r []rune) string {
		text := string(r)
		if from := same - before; from > 0 && len(r) > mostShown {
			text = "…" + string(r[from:])
		}
		if text == "" {
			return "nothing"
		}
		return shorten(text)
	}
	return cut(one), cut(other)
}

// agreed says whether a step may be changed: its guard must not object, what is there now must be what was shown, and
// what others may rely on must have been agreed to. What this run has created is its own: only its guard counts.
func (r *run) agreed(ctx context.Context, s *subject, st plan.Step, seen sight) error {
	e, err := r.effect(ctx, s, st, seen, false)
	if err != nil {
		return err
	}
	foreign, created := false, r.creates(s)
	if !created {
		if foreign, err = r.foreign(ctx, s); err != nil {
			return err
		}
	}
	now := difference(st, seen, foreign, foreign || !created && r.replaces(s, st, seen), e)
	if !created {
		err = r.shown.change(s.ID, st.Title, now)
	}
	if err != nil {
		return err
	}
	if now.Ask && r.options.Consent == nil {
		return &NeedsConsent{Foreign: foreign, Have: seen.short(), Want: shorten(want(st)), Affects: now.Affects}
	}
	return r.shown.affects(s.ID, st.Title, now)
}

// difference is what a look at a step found.
func difference(st plan.Step, seen sight, foreign, ask bool, e effect) Difference {
	was, will := seen.have, plan.Shown(want(st))
	if st.Check.Counts {
		was, will = counted(was, will), "done"
	}
	var ids []string
	for _, o := range e.asks {
		ids = append(ids, o.ID())
	}
	return Difference{
		Step: st.Title, Foreign: foreign, Have: shorten(was), Want: shorten(will), Ask: ask || len(e.asks) > 0, Affects: e.text(), Was: was, Will: will,
		Objections: ids, asks: e.asks, counts: st.Check.Counts,
	}
}
