package steps_test

import (
	"errors"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/steps"
)

// toy is a guide with one of everything: conditions, proposals, options that are not always
// offered, a list, records with conditions of their own, and a step that may be empty.
func toy() steps.Guide {
	short := func(s string) error {
		if len(s) > 8 {
			return errors.New("is longer than 8 characters")
		}
		return nil
	}
	return steps.Guide{
		Name: "toy", Title: "Toy",
		Build: func(answers.Set, plan.Target) plan.Plan { return plan.Plan{} },
		Steps: []steps.Step{
			{Title: "Before", Questions: []steps.Question{
				{Key: "name", Kind: answers.Text, Title: "Name", Check: short},
				{Key: "size", Kind: answers.Choice, Title: "Size", Default: "small", Choices: []steps.Option{{Value: "small"}, {Value: "large"}}},
			}},
			{Number: "1", Title: "Motor", Optional: true, Questions: []steps.Question{
				{Key: "motor.on", Kind: answers.YesNo, Title: "Motor", Default: false},
				{
					Key: "motor.fuel", Kind: answers.Choice, Title: "Fuel", Default: "wood", When: []steps.When{steps.Is("motor.on", "true")},
					Propose: []steps.Proposal{{When: []steps.When{steps.Is("size", "large")}, Value: "coal"}},
					Choices: []steps.Option{{Value: "wood"}, {Value: "coal", When: []steps.When{steps.Not("size", "small")}}},
				},
				{Key: "motor.power", Kind: answers.Number, Title: "Power", When: []steps.When{steps.Is("motor.fuel", "coal")}},
			}},
			{Number: "2", Title: "Paint", Questions: []steps.Question{
				{Key: "colours", Kind: answers.List, Title: "Colours", Check: short, Optional: true},
				{Key: "varnish", Kind: answers.List, Title: "Varnish", When: []steps.When{steps.Not("colours", "")}},
			}},
			{Number: "3", Title: "Wagons", Optional: true, Questions: []steps.Question{{
				Key: "wagons", Kind: answers.Records, Title: "Wagons", Default: 0,
				Item: []steps.Question{
					{Key: "load", Kind: answers.Choice, Title: "Load", Default: "people", Choices: []steps.Option{{Value: "people"}, {Value: "coal"}}},
					{Key: "seats", Kind: answers.Number, Title: "Seats", When: []steps.When{steps.Is(".load", "people")}},
					{Key: "note", Kind: answers.Text, Title: "Note", Optional: true},
				},
			}}},
		},
	}
}

// given are answers by key; they are typed.
type given map[string]any

func (g given) set() answers.Set {
	values := map[string]answers.Value{}
	for key, data := range g {
		values[key] = answers.Value{Data: data, Source: answers.Typed}
	}
	return answers.New(values)
}

// keys are the keys of a sequence as one text.
func keys(sequence []steps.Place) string {
	var out []string
	for _, p := range sequence {
		out = append(out, p.Question.Key)
	}
	return strings.Join(out, " ")
}
