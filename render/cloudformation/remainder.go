package cloudformation

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/shell"
)

// What CloudFormation does not do is done by scripts beside the template. They are the plan's own script
// for a plan that has only these resources: whatever render/shell says of them holds here too. In front
// stands a resource that only looks: at the stack, whose outputs take the place of what the plan could
// not know, and of names that a parameter can change.

// left is a resource that a script works on.
type left struct {
	plan.Resource
	what string // for people
}

// check is what deploy.sh looks at before it makes the stack: a thing that must not be there while a
// choice is yes.
type check struct{ flag, what, command string }

// sameParameter is a parameter that must be the plan's own, because the script names its value.
type sameParameter struct{ name, value string }

// leave gives the resource being written to the script that comes after, as spec.
func (t *template) leave(spec plan.Spec, what string) {
	r := t.current
	r.Spec = spec
	t.after = append(t.after, left{r, what})
}

// lookBefore has the script that comes before look at what must be there already. In the accounts of a
// stack set it has other names.
func (t *template) lookBefore(spec plan.Spec) {
	if !t.set {
		t.before = append(t.before, left{t.current, spec.Label()})
	}
}

// lookInAccount has the script that comes before look at what an account of a stack set has under a name of its own.
func (t *template) lookInAccount(spec plan.Spec, what string) {
	r := t.current
	r.Spec = relabelled{spec, what}
	t.before = append(t.before, left{r, what})
}

// relabelled is a resource whose name a parameter can change.
type relabelled struct {
	plan.Spec
	label string
}

// Label implements plan.Spec.
func (r relabelled) Label() string { return r.label }

// stackID is the id of the stack in the plans of the scripts.
const stackID = "the-stack"

// fromStack is a reference to an output of the stack.
func fromStack(output string) string {
	return plan.Ref{Resource: stackID, Output: kebab(output)}.String()
}

// follow is a text of the plan as the script says it: what the stack gives is read from its outputs.
func (t *template) follow(s string) string {
	s = plan.Fill(s, func(r plan.Ref) string {
		if output, is := t.refOutputs[r]; is {
			return output
		}
		return r.String()
	})
	for _, r := range t.replacements() {
		s = r.in(s)
	}
	return s
}

func (t *template) followAll(items []string) []string {
	out := make([]string, len(items))
	for i, s := range items {
		out[i] = t.follow(s)
	}
	return out
}

func (t *template) followStatements(statements []plan.Statement) []plan.Statement {
	out := slices.Clone(statements)
	for i, s := range out {
		for _, text := range []*string{&s.Title, &s.Text, &s.Undo, &s.Holds, &s.Remains} {
			*text = t.follow(*text)
		}
		out[i] = s
	}
	return out
}

// handOver is what somebody needs next. A name is read from the stack where a stack set has put something to it; the
// files beside a single stack have the plan's names in them, so it must have been deployed with these.
func (t *template) handOver() {
	t.values = slices.Clone(t.plan.HandOver)
	for i, v := range t.values {
		output, known := t.nameOutput(v.Of)
		switch {
		case known && !t.set:
			t.same = append(t.same, sameParameter{output, v.Value})
		case known:
			t.values[i].Value = fromStack(output)
		case t.set:
			t.values[i].Value = t.told(v)
		}
	}
}

// told is a value that is no name, as each account of a stack set has it: what has account or region in it is an output.
func (t *template) told(v plan.Value) string {
	text := t.text(v.Value)
	if !slices.ContainsFunc(text, func(p piece) bool { return p.name != "" || p.node != nil }) {
		return v.Value
	}
	output := t.free("HandOver" + notInStackNames().ReplaceAllString(v.Name, ""))
	t.output(output, v.Name, text)
	return fromStack(output)
}

// nameOutput makes the name of a resource an output.
func (t *template) nameOutput(plain string) (output string, known bool) {
	r, found := t.plan.Find(plain)
	if !found {
		return "", false
	}
	name := t.nameOf(r.Spec)
	if name == nil {
		return "", false
	}
	output = t.ids[plain] + "Name"
	t.output(output, "Name of the "+what(r.Spec), name)
	return output, true
}

// nameOf is the name of what people are told to enter elsewhere; nil: of nothing else.
func (t *template) nameOf(spec plan.Spec) value {
	switch s := spec.(type) {
	case kind.Role:
		return t.roleNames[s.RoleName]
	case kind.ExistingPrincipal:
		return t.principals[s.Of]
	case kind.KeyPair:
		return t.keyPairs[s.KeyName]
	case kind.ExistingKeyPair:
		return t.keyPairs[s.KeyName]
	}
	return nil
}

func what(spec plan.Spec) string {
	switch s := spec.(type) {
	case kind.ExistingPrincipal:
		return "IAM " + string(s.Of.Type)
	case kind.Role:
		return "IAM role"
	}
	return "key pair"
}

// replacement is a text that stands for something of the stack's.
type replacement struct{ text, by string }

// replacements are the ARNs of roles, and the settings of CREATE MODEL; the longest first, because one may
// begin another. What a shell variable of the script cannot hold stays as it is.
func (t *template) replacements() []replacement {
	if t.replaced != nil {
		return t.replaced
	}
	out := []replacement{}
	for arn, id := range t.roleIDs {
		if speakable(arn) {
			out = append(out, replacement{arn, fromStack(id + "Arn")})
		}
	}
	for bucket, id := range t.bucketIDs {
		out = append(out, replacement{"S3_BUCKET '" + bucket + "'", "S3_BUCKET '" + fromStack(id+"Name") + "'"})
	}
	for key, id := range t.keyIDs {
		out = append(out, replacement{"KMS_KEY_ID '" + key + "'", "KMS_KEY_ID '" + fromStack(id+"Id") + "'"})
	}
	slices.SortFunc(out, func(a, b replacement) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.text, b.text))
	})
	t.replaced = out
	return out
}

// speakable says that a shell variable of the script can hold a text.
func speakable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return strings.ContainsRune("\"'`\\", r) || !unicode.IsPrint(r) || r == ' ' })
}

// in puts the replacement wherever its text stands alone, and is not the beginning of a longer name.
func (r replacement) in(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, r.text)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if after != "" && !strings.HasSuffix(r.text, "'") && strings.ContainsRune(inRoleNames, rune(after[0])) {
			b.WriteString(r.text)
		} else {
			b.WriteString(r.by)
		}
		s = after
	}
}

const inRoleNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"

// script writes the plan's script for some of its resources, after a look at the stack.
func (t *template) script(resources []left, first []plan.Resource, title string, o render.Origin) ([]byte, error) {
	p := plan.Plan{
		Guide: t.plan.Guide, Title: title, Owner: t.plan.Owner, Target: t.plan.Target, Warnings: t.warnings(resources),
	}
	there := map[string]bool{}
	for _, r := range first {
		p.Resources = append(p.Resources, r)
		there[r.ID] = true
	}
	for _, r := range resources {
		there[r.ID] = true
	}
	for _, r := range resources {
		res := r.Resource
		res.Needs = slices.DeleteFunc(slices.Clone(res.Needs), func(id string) bool { return !there[id] })
		if !there[res.Within] {
			res.Within = ""
		}
		p.Resources = append(p.Resources, res)
	}
	if there[stackID] {
		p.SQL, p.FollowUps, p.HandOver = t.followStatements(t.plan.SQL), t.followUps(), t.values
	}
	if !t.set {
		return shell.Render(p, o)
	}
	p.Target.Account, p.Target.Region = eachAccount, eachRegion
	script, err := shell.Render(p, o)
	if err != nil {
		return nil, err
	}
	return t.neutral(script)
}

// followUps are what is left to do. In a stack set a command would name what has other names in each account.
func (t *template) followUps() (out []plan.FollowUp) {
	for _, f := range t.plan.FollowUps {
		if len(f.Command) == 0 || !t.set {
			out = append(out, plan.FollowUp{Title: t.follow(f.Title), When: t.follow(f.When), SQL: t.follow(f.SQL), Command: f.Command})
		}
	}
	return out
}

// warnings are those of the plan that are not about a resource which is not the script's.
func (t *template) warnings(resources []left) []plan.Warning {
	elsewhere := maps.Clone(t.ids)
	for _, r := range resources {
		delete(elsewhere, r.ID)
	}
	return slices.DeleteFunc(slices.Clone(t.plan.Warnings), func(w plan.Warning) bool { return elsewhere[w.On] != "" })
}

// stack is the stack as the script that comes after sees it: it only looks. It is no kind of the plan's.
type stack struct {
	name    string
	outputs []string // names of its outputs
	same    []sameParameter
}

// Kind implements plan.Spec.
func (stack) Kind() plan.Kind { return "cloudformation-stack" }

// Name implements plan.Spec.
func (s stack) Name() string { return s.name }

// Label implements plan.Spec.
func (s stack) Label() string {
	if s.name == eachStack {
		return "stack of the stack set"
	}
	return "CloudFormation stack " + s.name
}

// Action implements plan.Spec.
func (stack) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (stack) Documents() []plan.Document { return nil }

// Steps implements plan.Spec. DescribeStacks answers ValidationError where there is no such stack (AWS
// CloudFormation API Reference, DescribeStacks).
func (s stack) Steps() []plan.Step {
	read := plan.NewCall("cloudformation", "DescribeStacks", "StackName", s.name)
	const status = "Stacks[0].StackStatus"
	look := plan.Step{
		Title: "look at the stack",
		Read:  read, Absent: []string{"ValidationError"},
		Check:  plan.Check{Query: status + " | (@ == 'UPDATE_COMPLETE' || @ == 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' || @ == 'IMPORT_COMPLETE') && 'CREATE_COMPLETE' || @", Want: "CREATE_COMPLETE"},
		Refuse: "the stack must be there and have ended well: deploy it first, then run this script again",
	}
	for _, name := range s.outputs {
		look.Take = append(look.Take, plan.Output{Name: kebab(name), Read: "(Stacks[0].Outputs[?OutputKey=='" + name + "'].OutputValue | [0])"})
	}
	steps := []plan.Step{look}
	for _, p := range s.same {
		steps = append(steps, plan.Step{
			Title:  "see that the stack was deployed with the plan's " + p.name,
			Read:   read,
			Check:  plan.Check{Query: "Stacks[0].Outputs[?OutputKey=='" + p.name + "'].OutputValue | [0]", Want: p.value},
			Refuse: "this script names the plan's own: deploy the stack with them, or change the answers and export again",
		})
	}
	return steps
}

func (t *template) lookAtStack(name string) []plan.Resource {
	s := stack{name: name, same: t.same}
	for _, o := range t.outputs {
		s.outputs = append(s.outputs, o.name)
	}
	return []plan.Resource{{ID: stackID, Spec: s}}
}
