package apply

import (
	"fmt"
	"strings"

	"onramp/internal/plan"
)

// Blocked is what stands against a plan before anything is changed: all of it at once.
type Blocked struct {
	Problems []string // "IAM role x: ..."
	Consent  bool     // they are differences that may be agreed to
	Changed  bool     // some are differences that the operator has not seen
	Remedy   string   // what to do, where the answers say themselves that nothing may be applied; "" : look at the account
}

// Error implements error.
func (e *Blocked) Error() string {
	if e.Remedy != "" {
		return strings.Join(e.Problems, "; ")
	}
	return "the account stands against the plan:\n  " + strings.Join(e.Problems, "\n  ")
}

// ErrorHint implements Hinter.
func (e *Blocked) ErrorHint() string {
	if e.Remedy != "" {
		return e.Remedy + "; nothing was changed"
	}
	if e.Changed {
		return (&NotAsShown{}).ErrorHint() + "; nothing was changed"
	}
	if e.Consent {
		return "look at them; if they may be changed, run again with --adopt; nothing was changed"
	}
	return "mend these first; nothing was changed"
}

// Blocking gathers everything that would stop a run; nil where nothing does. agreed is as in Options.
func Blocking(p plan.Plan, findings map[string]Finding, agreed *Consent) error {
	if held := p.ExportOnly; held != nil {
		return &Blocked{Problems: []string{held.Error()}, Remedy: held.Remedy}
	}
	out := &Blocked{Consent: true}
	for _, r := range p.Resources {
		f := findings[r.ID]
		if f.Problem != "" {
			out.Problems = append(out.Problems, r.Spec.Label()+": "+f.Problem)
			out.Consent = false
		}
		if agreed == nil {
			out.Problems = append(out.Problems, unagreed(r.Spec.Label(), f)...)
			continue
		}
		for _, d := range f.Differences {
			err := agreed.change(r.ID, d.Step, d)
			if err == nil {
				err = agreed.affects(r.ID, d.Step, d)
			}
			if err != nil {
				out.Problems = append(out.Problems, fmt.Sprintf("%s: %s: %v", r.Spec.Label(), d.Step, err))
				out.Changed = true
			}
		}
	}
	if len(out.Problems) == 0 {
		return nil
	}
	return out
}

// unagreed are the differences of a resource that need consent.
func unagreed(label string, f Finding) []string {
	var out, steps []string
	for _, d := range f.Differences {
		switch {
		case d.Foreign:
			steps = append(steps, d.described())
		case d.Ask:
			out = append(out, fmt.Sprintf("%s: %s: %v", label, d.Step, &NeedsConsent{Have: d.Have, Want: d.Want, Affects: d.Affects}))
		}
	}
	if len(steps) > 0 {
		out = append(out, fmt.Sprintf("%s: %v; to do: %s", label, &NeedsConsent{Foreign: true}, strings.Join(steps, ", ")))
	}
	return out
}

// described is what would be done, with what that means for others.
func (d Difference) described() string {
	if d.Affects == "" {
		return d.Step
	}
	return d.Step + " (" + d.Affects + ")"
}
