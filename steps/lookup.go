package steps

import (
	"onramp/internal/answers"
	"onramp/internal/lookup"
)

// Lookup finds a pick list by the name that a question has for it.
func (g Guide) Lookup(name string) (lookup.Spec, bool) {
	for _, s := range g.Lookups {
		if s.Name == name {
			return s, true
		}
	}
	return lookup.Spec{}, false
}

// TextOf gives look-ups the answers: as given, or as proposed, as text. Other than Resolve it passes on what is not
// asked yet, because a list of databases is wanted before it is asked who connects to them.
func (g Guide) TextOf(a answers.Set) func(key string) string {
	return func(key string) string {
		q, known := g.Find(key)
		if !known {
			return ""
		}
		return answers.Format(g.value(q, a))
	}
}
