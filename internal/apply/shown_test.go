package apply_test

import (
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// single is a resource with one step.
type single struct{ plan.Step }

func (single) Kind() plan.Kind            { return "single" }
func (single) Name() string               { return "s" }
func (single) Label() string              { return "single s" }
func (single) Action() plan.Action        { return plan.Create }
func (single) Documents() []plan.Document { return nil }
func (s single) Steps() []plan.Step       { return []plan.Step{s.Step} }

// TestCountsOfOthersAreNotCovered: consent to create what did not exist does not cover a resource of someone else, also
// where only things are added to it.
func TestCountsOfOthersAreNotCovered(t *testing.T) {
	st := plan.Step{
		Title: "add members", Read: plan.NewCall("iam", "ListMembers"), Check: plan.Check{Query: "Count", Want: "3", Counts: true},
		Update: []plan.Call{plan.NewCall("iam", "AddMembers")},
		Owner:  &plan.Owner{Read: plan.NewCall("iam", "GetMark"), Check: plan.Check{Query: "Mark", Want: "p"}},
	}
	for mark, foreign := range map[string]bool{"p": false, "another": true} {
		a := &account{answers: map[string]func(plan.Call) (any, error){
			"iam:ListMembers": says(object{"Count": 1}), "iam:GetMark": says(object{"Mark": mark}), "iam:AddMembers": says(object{}),
		}}
		_, err := apply.Run(t.Context(), of(single{st}), a, apply.Options{Consent: &apply.Consent{Agreed: []apply.Agreed{{Resource: "r0"}}}})
		stopped := err != nil && strings.Contains(err.Error(), "it exists now and was not created by this plan")
		if stopped != foreign || len(a.changed) > 0 == foreign {
			t.Errorf("marked %s: %v, made %v", mark, err, a.names())
		}
	}
}

// TestStoredPoliciesAreComparedByMeaning: a policy with an Id, whose members come in another order, is the one that was
// shown.
func TestStoredPoliciesAreComparedByMeaning(t *testing.T) {
	want, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	st := plan.Step{
		Title: "put the policy", Read: plan.NewCall("iam", "GetThing"), Ask: true,
		Check:  plan.Check{Query: "Policy", Document: &plan.Document{Policy: want}},
		Update: []plan.Call{plan.NewCall("iam", "PutThing")},
	}
	a := &account{answers: map[string]func(plan.Call) (any, error){"iam:PutThing": says(object{})}}
	reads := func(text string) { a.answers["iam:GetThing"] = says(object{"Policy": text}) }
	reads(`{"Version":"2012-10-17","Id":"theirs","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}`)
	agreed := seen(t, of(single{st}), a)
	reads(`{"Statement":[{"Resource":"*","Effect":"Allow","Action":"s3:PutObject"}],"Id":"theirs","Version":"2012-10-17"}`)
	if _, err := apply.Run(t.Context(), of(single{st}), a, apply.Options{Consent: agreed}); err != nil {
		t.Error(err)
	}
}

// worded objects with what it is given for the survey, and for right before the change.
type worded struct{ planned, now []plan.Objection }

func (w *worded) Judge(f plan.Facts) ([]plan.Objection, error) {
	if f.Planned {
		return w.planned, nil
	}
	return w.now, nil
}

// TestConsentIsForObjections: consent covers the objections that were shown, whatever their text is by now, and no
// other. One that appears before the run looks stops it before anything is changed.
func TestConsentIsForObjections(t *testing.T) {
	ask := func(subject, text string) []plan.Objection {
		return []plan.Objection{{Weight: plan.Ask, Check: "door", Subject: subject, Text: text}}
	}
	shown := ask("the south door", "the new door is narrow")
	for name, test := range map[string]struct {
		planned, now []plan.Objection // when the run looks, and right before the change
		stops        bool
		changed      int
	}{
		"as shown":                        {shown, shown, false, 2},
		"the door has a number now":       {shown, ask("the south door", "door 7 is narrow"), false, 2},
		"none any more":                   {nil, nil, false, 2},
		"another door, in the survey":     {ask("the north door", "the new door is narrow"), nil, true, 0},
		"another door, right before":      {shown, ask("the north door", "the new door is narrow"), true, 1},
		"a door whose name is a part":     {ask("the south", "the new door"), nil, true, 0},
		"a part of the text, right then":  {shown, []plan.Objection{{Weight: plan.Ask, Text: "the new door"}}, true, 1},
		"another beside it, right before": {shown, append(ask("the north door", "a second door"), shown...), true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			judge := &worded{planned: shown}
			a := &account{answers: map[string]func(plan.Call) (any, error){
				"iam:GetFirst": says(object{"On": ""}), "iam:SetFirst": says(object{}),
				"iam:GetSwitch": says(object{"On": false}), "iam:SetSwitch": says(object{}),
			}}
			first := single{plan.Step{
				Title: "first", Read: plan.NewCall("iam", "GetFirst"), Check: plan.Check{Query: "On"}, Create: []plan.Call{plan.NewCall("iam", "SetFirst")},
			}}
			p := of(first, guarded{plan.Guard{Judge: judge}})
			p.Resources[1].Needs = []string{"r0"}
			agreed := seen(t, p, a)
			judge.planned, judge.now = test.planned, test.now
			_, err := apply.Run(t.Context(), p, a, apply.Options{Consent: agreed})
			if (err != nil) != test.stops || err != nil && !strings.Contains(err.Error(), "it needs consent for what was not shown: ") {
				t.Errorf("error %v", err)
			}
			if len(a.changed) != test.changed {
				t.Errorf("made %v", a.names())
			}
		})
	}
}
