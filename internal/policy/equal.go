package policy

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Equal reports whether a and b mean the same. The order and repetition of
// statements, actions, resources, principals and condition values mean nothing,
// nor do Sids, nor the case of actions, condition operators and condition keys.
// The case of everything else does, and so does Version.
//
// Equal compares statement by statement: it does not see that one statement
// with two actions says what two statements with one action each say.
func Equal(a, b Document) bool {
	return a.Version == b.Version && Contains(a, b) && Contains(b, a)
}

// Contains reports whether each statement of want stands in have, by meaning as
// Equal has it. Versions must agree only for a statement with a policy variable
// (${...}), which is plain text before 2012-10-17: a statement of ours is found
// in a bucket policy that somebody began under the old version.
func Contains(have, want Document) bool {
	stands := map[string]bool{}
	for _, s := range have.Statements {
		stands[meaning(s, have.Version)] = true
	}
	for _, s := range want.Statements {
		if !stands[meaning(s, want.Version)] {
			return false
		}
	}
	return true
}

// meaning is a text that two statements share if and only if they mean the same.
func meaning(s Statement, version string) string {
	s.Sid = ""
	s.Principal = plainPrincipal(s.Principal)
	s.Actions = set(folded(s.Actions))
	s.NotActions = set(folded(s.NotActions))
	s.Resources = set(s.Resources)
	s.NotResources = set(s.NotResources)
	s.Conditions = plainConditions(s.Conditions)
	var w writer
	w.statement(s)
	if text := string(w.buf); !strings.Contains(text, "${") {
		return text
	}
	return version + string(w.buf)
}

// plainPrincipal writes accounts as numbers, and everyone as "*": "The account
// ARN and the shortened account ID behave the same way", and "*" is equivalent
// to {"AWS":"*"}. Source: "AWS JSON policy elements: Principal".
func plainPrincipal(p Principal) Principal {
	accounts := slices.Clone(p.AWS)
	for i, a := range accounts {
		accounts[i] = plainAccount(a)
	}
	p.Services, p.AWS, p.Federated = set(p.Services), set(accounts), set(p.Federated)
	if p.Services == nil && p.Federated == nil && slices.Equal(p.AWS, []string{"*"}) {
		return Principal{Any: true}
	}
	return p
}

var accountRoot = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):root$`)
})

// plainAccount is the number of the account that p is, or else p. The partition
// may go: a policy can name no principal of another partition.
func plainAccount(p string) string {
	if found := accountRoot().FindStringSubmatch(p); found != nil {
		return found[1]
	}
	return p
}

func plainConditions(conditions []Condition) []Condition {
	var plain []Condition
	for _, c := range conditions {
		plain = append(plain, Condition{
			Operator: strings.ToLower(c.Operator),
			Key:      strings.ToLower(c.Key),
			Values:   set(c.Values),
		})
	}
	compare := func(a, b Condition) int {
		return cmp.Or(
			cmp.Compare(a.Operator, b.Operator),
			cmp.Compare(a.Key, b.Key),
			slices.Compare(a.Values, b.Values),
		)
	}
	slices.SortFunc(plain, compare)
	return slices.CompactFunc(plain, func(a, b Condition) bool { return compare(a, b) == 0 })
}

func folded(values []string) []string {
	lower := slices.Clone(values)
	for i, v := range lower {
		lower[i] = strings.ToLower(v)
	}
	return lower
}

// set is values sorted, each once. It stays nil if it was: absent is not empty.
func set(values []string) []string {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
