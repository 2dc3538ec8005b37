package apply

import (
	"encoding/json"
	"fmt"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/query"
)

// sendsBack says that a call sends back what is there: a list that an API takes as a whole.
func sendsBack(c plan.Call) bool {
	for _, m := range c.Input {
		switch m.Value.(type) {
		case plan.Current, plan.RoleList, plan.Merged:
			return true
		}
	}
	return false
}

// joins says that a call sends a policy that is there with statements put to it.
func joins(c plan.Call) bool {
	for _, m := range c.Input {
		if _, is := m.Value.(plan.Merged); is {
			return true
		}
	}
	return false
}

// resolved puts into a call what it sends back of what is there. Members that find nothing are left
// out.
func resolved(c plan.Call, answer any) (plan.Call, error) {
	return replaced(c, func(v any) (any, error) {
		switch v := v.(type) {
		case plan.Current:
			return present(query.Text(answer, v.Query))
		case plan.RoleList:
			return roleList(v, answer)
		case plan.Merged:
			return merged(v, answer)
		}
		return v, nil
	})
}

// restored puts into a call what was there before.
func restored(c plan.Call, answer any) (plan.Call, error) {
	return replaced(c, func(v any) (any, error) {
		if b, is := v.(plan.Before); is {
			return before(b, answer)
		}
		return v, nil
	})
}

// replaced gives a call with other values; a nil leaves the member out.
func replaced(c plan.Call, value func(any) (any, error)) (plan.Call, error) {
	var each func(o plan.Object) (plan.Object, error)
	each = func(o plan.Object) (plan.Object, error) {
		out := make(plan.Object, 0, len(o))
		for _, m := range o {
			v, err := value(m.Value)
			if inner, is := v.(plan.Object); is && err == nil {
				v, err = each(inner)
			}
			if list, is := v.([]plan.Object); is && err == nil {
				list = slices.Clone(list)
				for i := range list {
					if list[i], err = each(list[i]); err != nil {
						return nil, err
					}
				}
				v = list
			}
			if err != nil {
				return nil, err
			}
			if v != nil {
				out = append(out, plan.Member{Name: m.Name, Value: v})
			}
		}
		return out, nil
	}
	input, err := each(c.Input)
	c.Input = input
	return c, err
}

// present is a text, or nil where there is none.
func present(text string, err error) (any, error) {
	if err != nil || text == "" {
		return nil, err
	}
	return text, nil
}

func roleList(l plan.RoleList, answer any) ([]string, error) {
	items, err := query.Texts(answer, l.Query)
	if err != nil {
		return nil, err
	}
	roles := []string{}
	for _, item := range items {
		if arn := plan.RoleARN(item); !slices.Contains(l.Remove, arn) {
			roles = append(roles, arn)
		}
	}
	for _, add := range l.Add {
		if !slices.Contains(roles, add) {
			roles = append(roles, add)
		}
	}
	return roles, nil
}

// merged puts statements into the policy that is there: each in the place of the one with its Sid.
func merged(m plan.Merged, answer any) (plan.Document, error) {
	text, err := before(plan.Before{Query: m.Query, Text: true}, answer)
	if err != nil {
		return m.Document, err
	}
	there, _ := text.(string)
	have, err := policy.Parse([]byte(there))
	if err != nil {
		return m.Document, &refusal{
			what: "the policy that is there cannot be read: " + err.Error(),
			why:  "put the statements of the plan into it by hand; they are in the preview",
		}
	}
	out := m.Document
	out.Policy = policy.Merge(have, m.Document.Policy)
	return out, nil
}

// before is a value that was there, in its own type; nil where there was none.
func before(b plan.Before, answer any) (any, error) {
	v, err := query.Value(answer, b.Query)
	if err != nil || v == nil {
		return nil, err
	}
	if text, is := v.(string); is || !b.Text {
		if is {
			return text, nil
		}
		return asInput(v)
	}
	data, err := json.Marshal(v)
	return string(data), err
}

// asInput makes decoded JSON a value of a call.
func asInput(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string, bool:
		return v, nil
	case float64:
		return int(v), nil
	case map[string]any:
		o := plan.Object{}
		for _, name := range sortedKeys(v) {
			value, err := asInput(v[name])
			if err != nil {
				return nil, err
			}
			if value != nil {
				o = append(o, plan.Member{Name: name, Value: value})
			}
		}
		return o, nil
	case []any:
		return listInput(v)
	}
	return nil, fmt.Errorf("put back a %T: not a value of a call", v)
}

func listInput(list []any) (any, error) {
	texts, objects := []string{}, []plan.Object{}
	for _, item := range list {
		value, err := asInput(item)
		switch v := value.(type) {
		case string:
			texts = append(texts, v)
		case plan.Object:
			objects = append(objects, v)
		default:
			return nil, fmt.Errorf("put back a list of %T: %w", item, err)
		}
	}
	if len(objects) > 0 {
		return objects, nil
	}
	return texts, nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
