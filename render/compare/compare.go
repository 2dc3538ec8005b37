// Package compare says in lines what each answer to a question makes of a plan: how much it allows, in numbers, and what
// it adds or takes away, by resource.
//
// It is pure. It must not know questions, guides or the terminal: it is given plans and what they are called.
package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Choice is a plan as one of the answers makes it.
type Choice struct {
	Title string
	Plan  plan.Plan
}

// Text compares all choices with the one that is chosen.
func Text(choices []Choice, chosen int) string {
	if chosen < 0 || chosen >= len(choices) {
		return ""
	}
	all := make([]grants, len(choices))
	for i, c := range choices {
		all[i] = of(c.Plan)
	}
	var b strings.Builder
	b.WriteString("What each answer allows\n\n")
	for i, c := range choices {
		mark := "  "
		if i == chosen {
			mark = "› "
		}
		fmt.Fprintf(&b, "%s%s\n    %s\n", mark, c.Title, strings.Join(all[i].numbers(), "\n    "))
	}
	for i, c := range choices {
		if i != chosen {
			fmt.Fprintf(&b, "\n%s, instead of what is chosen\n", c.Title)
			b.WriteString(difference(all[chosen], all[i]))
		}
	}
	return b.String()
}

// grants is what a plan makes, and what that allows.
type grants struct {
	made    map[string]bool            // labels of resources
	allowed map[string]map[string]bool // actions, by the resource that they are allowed on
	trusted map[string]bool            // who may take on a role, or use a resource
	managed map[string]bool            // policies of AWS's that are attached
	calls   int
}

func of(p plan.Plan) grants {
	g := grants{made: map[string]bool{}, allowed: map[string]map[string]bool{}, trusted: map[string]bool{}, managed: map[string]bool{}}
	for _, r := range p.Resources {
		if a, is := r.Spec.(kind.Attachment); is {
			g.managed[last(a.PolicyARN)] = true
		} else {
			g.made[plan.Shown(r.Spec.Label())] = true
		}
		for _, s := range r.Spec.Steps() {
			g.calls += len(s.Create)
		}
	}
	for _, d := range p.Documents() {
		for _, s := range d.Policy.Statements {
			g.statement(s)
		}
	}
	return g
}

func last(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func (g grants) statement(s policy.Statement) {
	if s.Effect != policy.Allow {
		return
	}
	p := s.Principal
	who := slices.Concat(p.Services, p.AWS, p.Federated)
	if p.Any {
		who = append(who, "everybody")
	}
	for _, w := range who {
		g.trusted[plan.Shown(w)] = true
	}
	if len(who) > 0 { // a trust or a bucket's own policy: who, not what
		return
	}
	for _, r := range s.Resources {
		r = plan.Shown(r)
		if g.allowed[r] == nil {
			g.allowed[r] = map[string]bool{}
		}
		for _, a := range s.Actions {
			g.allowed[r][a] = true
		}
	}
}

// numbers is all of it in a few lines.
func (g grants) numbers() []string {
	actions := map[string]bool{}
	for _, of := range g.allowed {
		maps.Copy(actions, of)
	}
	out := []string{counted(len(g.made), "resource")}
	if len(actions) > 0 {
		out[0] += "; " + counted(len(actions), "action") + " on " + counted(len(g.allowed), "resource pattern")
	}
	if all := len(g.allowed["*"]); all > 0 {
		out = append(out, fmt.Sprintf("%d of the actions on everything", all))
	}
	if len(g.managed) > 0 {
		out = append(out, "all of "+strings.Join(slices.Sorted(maps.Keys(g.managed)), ", "))
	}
	return out
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// difference says what one has more than another, and less.
func difference(from, to grants) string {
	var b strings.Builder
	b.WriteString(changes("policy of AWS ", from.managed, to.managed))
	b.WriteString(changes("", from.made, to.made))
	b.WriteString(changes("trusts ", from.trusted, to.trusted))
	b.WriteString(allowance("+", from.allowed, to.allowed))
	b.WriteString(allowance("-", to.allowed, from.allowed))
	if b.Len() == 0 {
		return "  the same\n"
	}
	return b.String()
}

func changes(what string, from, to map[string]bool) string {
	var b strings.Builder
	for _, name := range without(to, from) {
		fmt.Fprintf(&b, "  + %s%s\n", what, name)
	}
	for _, name := range without(from, to) {
		fmt.Fprintf(&b, "  - %s%s\n", what, name)
	}
	return b.String()
}

// allowance says what one allows that another does not. Resources on which the same is allowed stand together.
func allowance(sign string, from, to map[string]map[string]bool) string {
	resources := map[string][]string{} // by what is allowed on them
	var order []string
	for _, r := range slices.Sorted(maps.Keys(to)) {
		what := strings.Join(without(to[r], from[r]), " ")
		if what == "" {
			continue
		}
		if resources[what] == nil {
			order = append(order, what)
		}
		resources[what] = append(resources[what], r)
	}
	var b strings.Builder
	for _, what := range order {
		for _, r := range resources[what] {
			if r == "*" {
				r = "everything (*)"
			}
			fmt.Fprintf(&b, "  %s on %s\n", sign, r)
		}
		byService(&b, strings.Fields(what))
	}
	return b.String()
}

// measure is the width that lines of actions are broken at.
const measure = 76

// byService writes actions, those of a service together: "s3: GetObject, PutObject".
func byService(b *strings.Builder, actions []string) {
	const indent = "        "
	service, line := "", ""
	flush := func() {
		if line != "" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	for _, a := range actions {
		of, name, found := strings.Cut(a, ":")
		if !found {
			of, name = "", a
		}
		switch {
		case of != service || line == "":
			flush()
			service, line = of, "      "+of+": "+name
		case len(line)+len(name)+3 > measure:
			line += ","
			flush()
			line = indent + name
		default:
			line += ", " + name
		}
	}
	flush()
}

// without are the members of one set that another lacks.
func without(a, b map[string]bool) []string {
	var out []string
	for k := range a {
		if !b[k] {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
