package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// document is a policy, as it is written down: as AWS has it, which is what people look for in a log.
type document plan.Document

type documentLine struct {
	Name   text            `json:"name,omitzero"`
	Title  text            `json:"title,omitzero"`
	Kind   text            `json:"kind"`
	Policy json.RawMessage `json:"policy"`
	Source text            `json:"source,omitzero"`
	Notes  []noteLine      `json:"notes,omitzero"`
}

type noteLine struct {
	Actions []text `json:"actions,omitzero"`
	Text    text   `json:"text,omitzero"`
}

func (d document) MarshalJSON() ([]byte, error) {
	written := d.Policy.Compact()
	read, err := policy.Parse(written)
	if err == nil && !reflect.DeepEqual(read, tidy(d.Policy)) {
		err = errors.New("JSON does not hold it exactly")
	}
	if err != nil {
		return nil, fmt.Errorf("write policy %q: %w", d.Name, err)
	}
	return encodeJSON(documentLine{text(d.Name), text(d.Title), kindWord(d.Kind), written, text(d.Source), each(d.Notes, noteFrom)})
}

func (d *document) UnmarshalJSON(data []byte) error {
	var line documentLine
	err := json.Unmarshal(data, &line)
	if err != nil {
		return err
	}
	*d = document{Name: string(line.Name), Title: string(line.Title), Source: string(line.Source), Notes: each(line.Notes, noteLine.note)}
	if d.Kind, err = kindOf(line.Kind); err != nil {
		return err
	}
	d.Policy, err = policy.Parse(line.Policy)
	return err
}

func noteFrom(n plan.ActionNote) noteLine { return noteLine{texts(n.Actions), text(n.Text)} }

func (l noteLine) note() plan.ActionNote {
	return plan.ActionNote{Actions: plain(l.Actions), Text: string(l.Text)}
}

// tidy is a policy as its JSON tells it: conditions stand by their operators, an empty list is there or
// is not, and who is everyone is nobody else.
func tidy(d policy.Document) policy.Document {
	out := policy.Document{Version: d.Version}
	for _, s := range d.Statements {
		s.Conditions = byOperator(s.Conditions)
		if s.Principal.Any {
			s.Principal = policy.Principal{Any: true}
		}
		out.Statements = append(out.Statements, s)
	}
	return out
}

func byOperator(conditions []policy.Condition) []policy.Condition {
	var operators []string
	for _, c := range conditions {
		if !slices.Contains(operators, c.Operator) {
			operators = append(operators, c.Operator)
		}
	}
	out := slices.Clone(conditions)
	slices.SortStableFunc(out, func(a, b policy.Condition) int {
		return slices.Index(operators, a.Operator) - slices.Index(operators, b.Operator)
	})
	for i, c := range out {
		if c.Values == nil {
			out[i].Values = []string{}
		}
	}
	return out
}

// kindWords are policy.Kind in a form that does not hang on the order of its constants.
var kindWords = map[policy.Kind]text{
	policy.Identity: "identity", policy.Trust: "trust", policy.BucketPolicy: "bucket", policy.KeyPolicy: "key", policy.EndpointPolicy: "endpoint",
}

func kindWord(k policy.Kind) text {
	if word, ok := kindWords[k]; ok {
		return word
	}
	return text(strconv.Itoa(int(k)))
}

func kindOf(word text) (policy.Kind, error) {
	for k, w := range kindWords {
		if w == word {
			return k, nil
		}
	}
	n, err := strconv.Atoi(string(word))
	if err != nil {
		return 0, newer(fmt.Sprintf("%.40q is no kind of policy that this onramp knows", word))
	}
	return policy.Kind(n), nil
}
