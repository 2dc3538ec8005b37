package aiunlimited_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/steps/aiunlimited"
)

// axes are the choices that decide what is made. Every combination of them is built, with the longest names.
var axes = [][]given{
	{{"service.creates-roles": true}, {"service.creates-roles": false}},
	{{"manager.source": "stack"}, {"manager.source": "new"}, {"manager.source": "existing"}},
	{{"policies.attach": "managed"}, {"policies.attach": "inline"}},
	{{"access.kind": "none"}, {"access.kind": "key-pair"}, {"access.kind": "session-manager"}, {"access.kind": "both"}},
	{{"access.key": "existing"}, {"access.key": "import"}},
	{{"access.session-policy": "sample"}, {"access.session-policy": "aws"}},
	{{"access.engine-session": false}, {"access.engine-session": true}},
	{{"engine.source": "new"}, {"engine.source": "existing"}},
	{{"manager.narrow": false}, {"manager.narrow": true}},
	{{"manager.instance-profile": false}, {"manager.instance-profile": true}},
	{{}, {"region": "cn-north-1", "engine.regions": []string{"cn-north-1", "cn-northwest-1"}}, {"region": "us-gov-west-1"}},
}

var longest = given{
	"manager.name": strings.Repeat("m", 64), "engine.name": strings.Repeat("e", 64), "manager.policy": strings.Repeat("m", 128), "engine.policy": strings.Repeat("e", 128),
	"stack.role-name": strings.Repeat("s", 64), "access.key-name": strings.Repeat("k", 255), "access.public-key": publicKey, "stack.name": strings.Repeat("a", 20),
}

// combinations yields one of each axis, in every way, and passes over those that differ in answers to questions which
// are not asked.
func combinations(axes [][]given) iter.Seq[given] {
	return func(yield func(given) bool) {
		n, seen := 1, map[string]bool{}
		for _, axis := range axes {
			n *= len(axis)
		}
		for i := range n {
			g, rest := with(longest), i
			for _, axis := range axes {
				maps.Copy(g, axis[rest%len(axis)])
				rest /= len(axis)
			}
			text := asked(g)
			if !seen[text] && !yield(g) {
				return
			}
			seen[text] = true
		}
	}
}

// asked is what reaches the plan of answers, as text.
func asked(g given) string {
	resolved, _ := aiunlimited.Guide().Resolve(set(g))
	var out strings.Builder
	for _, key := range resolved.Keys() {
		fmt.Fprintln(&out, key, resolved.Get(key).Data)
	}
	return out.String()
}

// TestEveryCombination: all go together but one, which is refused; and of each that goes together everything holds that
// must hold of all.
func TestEveryCombination(t *testing.T) {
	n, refused, hashes := 0, 0, map[string]string{}
	for g := range combinations(axes) {
		n++
		p, problems := built(g)
		if g["service.creates-roles"] == false && g["manager.source"] == "stack" {
			refused++
			if len(problems) != 1 || problems[0].Key != "manager.source" {
				t.Fatalf("%v: %v", g, problems)
			}
			continue
		}
		if len(problems) > 0 {
			t.Fatalf("%v: %v", g, problems)
		}
		for _, wrong := range slices.Concat(wrongDocuments(p), wrongSizes(p), wrongResources(p), wrongParameters(p, "none", parameters(t, p)), wrongWarnings(p)) {
			t.Errorf("%v: %s", g, wrong)
		}
		if text := calls(p); hashes[p.Hash()] != "" && hashes[p.Hash()] != text {
			t.Errorf("%v: another plan has the hash %s", g, p.Hash())
		} else {
			hashes[p.Hash()] = text
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d combinations, %d of them refused, %d plans", n, refused, len(hashes))
	if refused == 0 || len(hashes) < 1000 {
		t.Error("the axes do not vary the plan")
	}
}

// calls is all that a plan does, as text.
func calls(p plan.Plan) string {
	var out strings.Builder
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			fmt.Fprintln(&out, r.ID, st.Title, st.Calls())
		}
	}
	return out.String()
}

func wrongDocuments(p plan.Plan) []string {
	var wrong []string
	for _, d := range p.Documents() {
		for _, err := range policy.Validate(d.Policy, d.Kind) {
			wrong = append(wrong, fmt.Sprintf("%s: %v", d.File, err))
		}
		text := string(d.Policy.Compact())
		if strings.ContainsAny(text, "<>`") || strings.Contains(text, "REGION") || strings.Contains(text, "ACCOUNT_ID") {
			wrong = append(wrong, fmt.Sprintf("%s has a placeholder: %s", d.File, text))
		}
		if d.Policy.Version != "2012-10-17" {
			wrong = append(wrong, d.File+" is of version "+d.Policy.Version)
		}
	}
	return wrong
}

// wrongSizes holds documents to IAM's quotas: one version of a managed policy, and all inline policies of a role.
func wrongSizes(p plan.Plan) []string {
	var wrong []string
	inline := map[string]int{}
	for _, r := range p.Resources {
		switch s := r.Spec.(type) {
		case kind.ManagedPolicy:
			if size := s.Document.Policy.Size(); size > 6144 {
				wrong = append(wrong, fmt.Sprintf("%s has %d characters", r.ID, size))
			}
		case kind.InlinePolicy:
			inline[s.RoleName] += s.Document.Policy.Size()
		case kind.PrincipalPolicy:
			inline[s.Of.Name] += s.Document.Policy.Size()
		case kind.Role:
			if size := s.Trust.Policy.Size(); size > 2048 {
				wrong = append(wrong, fmt.Sprintf("the trust policy of %s has %d characters", r.ID, size))
			}
		}
	}
	for role, size := range inline {
		if size > 10240 {
			wrong = append(wrong, fmt.Sprintf("the inline policies of %s have %d characters", role, size))
		}
	}
	return wrong
}

// wrongResources: each has its own id, stands after what it needs, and what is put on a role needs the role.
func wrongResources(p plan.Plan) []string {
	var wrong []string
	before, roles := map[string]bool{}, map[string]string{}
	for _, r := range p.Resources {
		if before[r.ID] {
			wrong = append(wrong, r.ID+" stands twice")
		}
		for _, need := range r.Needs {
			if !before[need] {
				wrong = append(wrong, r.ID+" stands before "+need)
			}
		}
		before[r.ID] = true
		on := ""
		switch s := r.Spec.(type) {
		case kind.Role:
			roles[s.RoleName] = r.ID
		case kind.ExistingPrincipal:
			roles[s.Of.Name] = r.ID
		case kind.Attachment:
			on = s.RoleName
		case kind.InlinePolicy:
			on = s.RoleName
		case kind.PrincipalPolicy:
			on = s.Of.Name
		case kind.InstanceProfile:
			on = s.RoleName
		}
		if on != "" && (!slices.Contains(r.Needs, roles[on]) || r.Within != roles[on]) {
			wrong = append(wrong, r.ID+" is not put on the role "+on)
		}
		if r.Place == "" {
			wrong = append(wrong, r.ID+" comes from no step")
		}
	}
	return wrong
}

// wrongWarnings: the guide's standing comes first, and every warning says what to do.
func wrongWarnings(p plan.Plan) []string {
	var wrong []string
	if len(p.Warnings) == 0 || p.Warnings[0].Text != aiunlimited.Guide().Banner {
		wrong = append(wrong, "the first warning is not the banner")
	}
	for _, w := range p.Warnings {
		if w.Rule == "" || w.Text == "" || w.Remedy == "" {
			wrong = append(wrong, fmt.Sprintf("%+v", w))
		}
	}
	return wrong
}

// TestFixesFix: the answers that a warning offers are taken by their questions, and make it go away without making a
// problem.
func TestFixesFix(t *testing.T) {
	guide, seen := aiunlimited.Guide(), map[string]bool{}
	for g := range combinations(axes) {
		p, problems := built(g)
		if len(problems) > 0 {
			continue
		}
		for _, w := range p.Warnings {
			if w.Fix == nil {
				continue
			}
			seen[w.Rule] = true
			mended := maps.Clone(g)
			for key, text := range w.Fix {
				q, known := guide.Find(key)
				if !known {
					t.Fatalf("%s: %s is no key", w.Rule, key)
				}
				data, err := q.Accept(text)
				if err != nil {
					t.Fatalf("%s: %s: %v", w.Rule, key, err)
				}
				mended[key] = data
			}
			again, problems := built(mended)
			if len(problems) > 0 || slices.ContainsFunc(again.Warnings, func(have plan.Warning) bool { return have.Rule == w.Rule && have.Text == w.Text }) {
				t.Fatalf("%v: after %v it still says %q: %v", g, w.Fix, w.Text, problems)
			}
		}
	}
	t.Logf("rules with a fix: %v", slices.Sorted(maps.Keys(seen)))
}

// usesAnyRole are the words of the warning that both samples deserve.
var usesAnyRole = []string{"any role", "iam:PassRole", "iam:PutRolePolicy", "ec2:RunInstances"}

// TestTheManagerCanUseAnyRole: both samples let it, and that is said wherever one of them is in force. The
// narrowed policy ends it; a boundary of the customer's may, and one of AWS's may not.
func TestTheManagerCanUseAnyRole(t *testing.T) {
	boundary := given{"manager.permissions-boundary": "arn:aws:iam::111122223333:policy/b"}
	ofAWS := given{"manager.permissions-boundary": "arn:aws:iam::aws:policy/PowerUserAccess"}
	for name, c := range map[string]struct {
		given []given
		want  bool
	}{
		"made by the template":                 {nil, true},
		"made here":                            {[]given{{"manager.source": "new"}}, true},
		"existing":                             {[]given{{"manager.source": "existing", "manager.name": "m"}}, true},
		"may not create roles":                 {[]given{supplied}, true},
		"narrowed":                             {[]given{supplied, {"manager.narrow": true}}, false},
		"bounded":                              {[]given{{"manager.source": "new"}, boundary}, false},
		"bounded by the stack":                 {[]given{boundary}, false},
		"bounded by AWS":                       {[]given{{"manager.source": "new"}, ofAWS}, true},
		"bounded by AWS, may not create roles": {[]given{supplied, ofAWS}, true},
		"the stack's, bounded by AWS":          {[]given{ofAWS}, true},
		"narrowed, and bounded by AWS":         {[]given{supplied, {"manager.narrow": true}, ofAWS}, false},
		"a boundary that is not put on the role that exists": {[]given{{"manager.source": "existing", "manager.name": "m"}, boundary}, true},
	} {
		if p := good(t, c.given...); warns(p, usesAnyRole...) != c.want {
			t.Errorf("%s: %+v", name, p.Warnings)
		}
	}
}

// TestBoundaryMustBound: nobody looks into a boundary of the customer's, so it is said what has to be in it.
func TestBoundaryMustBound(t *testing.T) {
	boundary := given{"manager.permissions-boundary": "arn:aws:iam::111122223333:policy/b"}
	for name, c := range map[string]struct {
		given []given
		want  string // in the remedy; "" : there is no such warning
	}{
		"no boundary":          {nil, ""},
		"made by the template": {[]given{boundary}, "iam:CreateRole"},
		"made here":            {[]given{{"manager.source": "new"}, boundary}, "iam:PermissionsBoundary"},
		"may not create roles": {[]given{supplied, boundary}, "all roles but the engine's"},
		"narrowed":             {[]given{supplied, {"manager.narrow": true}, boundary}, ""},
		"existing":             {[]given{{"manager.source": "existing", "manager.name": "m"}, boundary}, ""},
		"of AWS":               {[]given{{"manager.permissions-boundary": "arn:aws:iam::aws:policy/PowerUserAccess"}}, ""},
	} {
		p := good(t, c.given...)
		i := slices.IndexFunc(p.Warnings, func(w plan.Warning) bool { return w.Rule == "boundary-must-bound" })
		if i < 0 {
			if c.want != "" {
				t.Errorf("%s: nothing is said: %+v", name, p.Warnings)
			}
			continue
		}
		for _, word := range []string{c.want, "iam:PassRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"} {
			if c.want == "" || !strings.Contains(p.Warnings[i].Remedy, word) {
				t.Errorf("%s: want %q: %+v", name, word, p.Warnings[i])
			}
		}
	}
}

// TestRemediesCanBeFollowed: a remedy names answers that are asked for.
func TestRemediesCanBeFollowed(t *testing.T) {
	for _, creates := range []bool{true, false} {
		for _, source := range []string{"stack", "new", "existing"} {
			g := with(given{"service.creates-roles": creates, "manager.source": source, "manager.name": "m"})
			p, problems := built(g)
			if len(problems) > 0 {
				continue
			}
			asked := map[string]bool{}
			for _, place := range aiunlimited.Guide().Sequence(set(g)) {
				asked[place.Question.Key] = true
			}
			for _, w := range p.Warnings {
				if strings.Contains(w.Remedy, "manager.permissions-boundary") && !asked["manager.permissions-boundary"] {
					t.Errorf("%v: %q, and nobody asks for it", g, w.Remedy)
				}
			}
		}
	}
}
