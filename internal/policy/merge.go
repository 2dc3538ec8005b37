package policy

import "slices"

// Merge puts statements into a policy that is there: each in the place of the one with its Sid, or at
// the end. All others stay as they are, and so does the version: a newer one would give policy variables
// in the statements of others another meaning (IAM User Guide, Version).
func Merge(have, add Document) Document {
	out := Document{Version: have.Version, Statements: slices.Clone(have.Statements)}
	for _, s := range add.Statements {
		at := slices.IndexFunc(out.Statements, func(old Statement) bool { return s.Sid != "" && old.Sid == s.Sid })
		if at < 0 {
			out.Statements = append(out.Statements, s)
			continue
		}
		out.Statements[at] = s
	}
	return out
}
