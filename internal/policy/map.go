package policy

import "slices"

// Map returns the document with every resource, principal and condition value replaced by f of it.
// It is how values that are known only later are filled in.
func (d Document) Map(f func(string) string) Document {
	out := Document{Version: d.Version, Statements: make([]Statement, len(d.Statements))}
	for i, s := range d.Statements {
		s.Resources, s.NotResources = mapped(s.Resources, f), mapped(s.NotResources, f)
		s.Principal.AWS, s.Principal.Federated = mapped(s.Principal.AWS, f), mapped(s.Principal.Federated, f)
		s.Conditions = slices.Clone(s.Conditions)
		for j, c := range s.Conditions {
			s.Conditions[j].Values = mapped(c.Values, f)
		}
		out.Statements[i] = s
	}
	return out
}

func mapped(values []string, f func(string) string) []string {
	if values == nil {
		return nil
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}
