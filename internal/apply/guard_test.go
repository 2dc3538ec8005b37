package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// guarded is a resource whose only step has a guard.
type guarded struct{ plan.Guard }

func (guarded) Kind() plan.Kind            { return "guarded" }
func (guarded) Name() string               { return "g" }
func (guarded) Label() string              { return "guarded g" }
func (guarded) Action() plan.Action        { return plan.Update }
func (guarded) Documents() []plan.Document { return nil }

func (g guarded) Steps() []plan.Step {
	return []plan.Step{{
		Title: "switch it on", Read: plan.NewCall("iam", "GetSwitch"), Check: plan.Check{Query: "On", Want: "True"},
		Update: []plan.Call{plan.NewCall("iam", "SetSwitch")}, Guard: &g.Guard,
	}}
}

// counting objects to fewer than three doors, and to none that is locked.
type counting struct{}

func (counting) Judge(f plan.Facts) ([]plan.Objection, error) {
	page, read := f.Answers["doors"].(map[string]any)
	if !read {
		return nil, nil
	}
	doors, _ := page["Doors"].([]any)
	var out []plan.Objection
	for _, d := range doors {
		if d == "locked" {
			out = append(out, plan.Objection{Weight: plan.Ask, Text: "a door is locked"})
		}
	}
	if len(doors) < 3 {
		out = append(out, plan.Objection{Weight: plan.Stop, Text: fmt.Sprintf("%d doors", len(doors)), Remedy: "add doors"})
	}
	return out, nil
}

// TestGuards: a guard reads every page, is asked in the survey and again right before the change, and what may not be
// read needs consent.
func TestGuards(t *testing.T) {
	doors := plan.Fact{Name: "doors", Title: "the doors", Read: plan.NewCall("iam", "ListDoors")}
	g := guarded{plan.Guard{Facts: []plan.Fact{doors}, Judge: counting{}}}
	pagesBy := func(token string, kind ...any) func(plan.Call) (any, error) {
		return func(c plan.Call) (any, error) {
			at := 0
			_, _ = fmt.Sscan(c.Input.Text(token), &at)
			out := object{"Doors": []any{kind[at]}}
			if at+1 < len(kind) {
				out[token] = fmt.Sprint(at + 1)
			}
			return out, nil
		}
	}
	pages := func(kind ...any) func(plan.Call) (any, error) { return pagesBy("NextToken", kind...) }
	for name, test := range map[string]struct {
		doors   func(plan.Call) (any, error)
		adopt   bool
		fails   string
		changed bool
	}{
		"three pages":              {doors: pages("open", "open", "open"), changed: true},
		"three pages by marker":    {doors: pagesBy("Marker", "open", "open", "open"), changed: true},
		"two pages":                {doors: pages("open", "open"), adopt: true, fails: "2 doors; fix: add doors"},
		"a locked door":            {doors: pages("open", "locked", "open"), fails: "a door is locked"},
		"a locked door, agreed to": {doors: pages("open", "locked", "open"), adopt: true, changed: true},
		"no permission":            {doors: fails("AccessDenied"), fails: "onramp could not check the doors: iam:ListDoors is not allowed"},
		"no permission, agreed to": {doors: fails("UnauthorizedOperation"), adopt: true, changed: true},
		"another error":            {doors: fails("Throttling"), adopt: true, fails: "read the doors"},
		"fewer at the second look": {doors: inTurn(object{"Doors": []any{"a", "b", "c"}}, object{"Doors": []any{"a"}}), fails: "1 doors; fix: add doors"},
	} {
		t.Run(name, func(t *testing.T) {
			a := &account{answers: map[string]func(plan.Call) (any, error){
				"iam:GetSwitch": says(object{"On": false}), "iam:ListDoors": test.doors, "iam:SetSwitch": says(object{}),
			}}
			var o apply.Options
			if test.adopt {
				found, err := apply.Inspect(t.Context(), of(g), a)
				if err != nil {
					t.Fatal(err)
				}
				o.Consent = apply.Agree(found)
			}
			_, err := apply.Run(t.Context(), of(g), a, o)
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("have %v, want %q", err, test.fails)
			}
			if have := len(a.changed) > 0; have != test.changed {
				t.Errorf("changes: %v", a.changed)
			}
		})
	}
}
