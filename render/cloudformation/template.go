package cloudformation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render"
)

// template is a template being written. The first thing that cannot be said ends it with an error.
type template struct {
	plan plan.Plan
	hash string // of the plan
	set  bool   // for a stack set: nothing in it is of one account only
	most int    // length of the longest region that names must have room for

	parameters []parameter
	conditions []named
	resources  []named
	outputs    []named

	names
	lookups []lookup          // what deploy.sh asks the account for
	checks  []check           // what must not be there when the stack is made
	before  []left            // what the scripts do before and after
	after   []left            //
	kept    []string          // parameters of a stack set that the script before reads from the Parameter Store
	values  []plan.Value      // what somebody needs next, as the script after says it
	same    []sameParameter   // parameters that must be the plan's
	dns     string            // parameter for the VPC that must have DNS; "" : none must
	current plan.Resource     // being written
	chosen  bool              // regions are written as they are
	ids     map[string]string // logical ids, by id in the plan
	err     error

	replaced []replacement // of follow
}

// named is an entry of a section.
type named struct {
	name string
	node *yaml.Node
}

func (t *template) fail(err error) {
	if t.err == nil && err != nil {
		t.err = fmt.Errorf("render template: %w", err)
	}
}

// newTemplate writes the resources of a plan. Texts may name what comes later in the plan, so what can be
// named is gathered first.
func newTemplate(p plan.Plan, set bool, most int) (*template, error) {
	t := &template{plan: p, hash: p.Hash(), set: set, most: most, names: newNames(), ids: map[string]string{}}
	for _, r := range p.Resources {
		t.ids[r.ID] = t.logical(r.ID)
	}
	for _, r := range p.Resources {
		t.introduce(r)
	}
	for _, r := range p.Resources {
		spec, known := r.Spec.(kind.Spec)
		if !known {
			return nil, fmt.Errorf("render template: %s is of a kind that is not known here", r.ID)
		}
		t.current = r
		spec.Accept(t)
	}
	t.handOver()
	t.fail(t.limits())
	return t, t.err
}

// Limits of CloudFormation (AWS CloudFormation User Guide, Understand CloudFormation quotas).
const (
	maxParameters = 200
	maxResources  = 500
	maxOutputs    = 200
	maxBody       = 51_200    // bytes of a template that is sent with the call
	maxTemplate   = 1_000_000 // bytes of one that is read from S3
	maxAbout      = 1024      // bytes of its description
)

func (t *template) limits() error {
	if len(t.resources) == 0 {
		return fmt.Errorf("write a template: %w; the other formats have the plan", render.ErrNothing)
	}
	for _, l := range []struct {
		what      string
		have, max int
	}{
		{"parameters", len(t.parameters), maxParameters}, {"resources", len(t.resources), maxResources}, {"outputs", len(t.outputs), maxOutputs},
	} {
		if l.have > l.max {
			return fmt.Errorf("the plan needs %d %s, and a template has at most %d: let groups share roles and buckets", l.have, l.what, l.max)
		}
	}
	return nil
}

// logical is a logical id for an id of the plan: "group-1-role" is Group1Role.
func (t *template) logical(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return t.free(b.String())
}

// free is a logical id that no resource has: the name, or the name with a number.
func (t *template) free(base string) string {
	for name, n := base, 2; ; n++ {
		if !t.taken(name) {
			return name
		}
		name = base + strconv.Itoa(n)
	}
}

// taken says that a logical id is a resource's: parameters and resources share one space of names.
func (t *template) taken(name string) bool {
	for _, id := range t.ids {
		if id == name {
			return true
		}
	}
	return false
}

// id is the logical id of the resource being written.
func (t *template) id() string { return t.ids[t.current.ID] }

// condition adds a condition, unless it is there, and gives its name.
func (t *template) condition(name string, node *yaml.Node) string {
	if !slices.ContainsFunc(t.conditions, func(c named) bool { return c.name == name }) {
		t.conditions = append(t.conditions, named{name, node})
	}
	return name
}

// resource is a resource of the template.
type resource struct {
	kind, condition string
	keep            string // what becomes of it when the stack lets it go; "" : it is deleted
	properties      *yaml.Node
}

func (t *template) resource(id string, r resource) {
	n := object("Type", scalar(r.kind))
	if r.condition != "" {
		put(n, "Condition", scalar(r.condition))
	}
	if r.keep != "" {
		deletion := r.keep
		if t.set && deletion == keep {
			deletion = keepOnceMade
		}
		put(n, "DeletionPolicy", scalar(deletion))
		put(n, "UpdateReplacePolicy", scalar(r.keep))
	}
	put(n, "Properties", r.properties)
	t.resources = append(t.resources, named{id, n})
}

// What becomes of a resource that the stack lets go. A stack that fails while it is made would leave behind
// what it keeps, and its second try would find the names taken: deploy.sh asks for an exception with
// --retain-except-on-create, and a stack set, which cannot, has it in the template.
const (
	keep         = "Retain"
	keepOnceMade = "RetainExceptOnCreate"
	keepSnapshot = "Snapshot"
)

// output adds an output, unless it is there.
func (t *template) output(name, about string, v value) { t.outputIf("", name, about, v.node()) }

func (t *template) outputIf(condition, name, about string, n *yaml.Node) {
	out := object("Description", scalar(about))
	if condition != "" {
		put(out, "Condition", scalar(condition))
	}
	put(out, "Value", n)
	if !slices.ContainsFunc(t.outputs, func(o named) bool { return o.name == name }) {
		t.outputs = append(t.outputs, named{name, out})
	}
}

// encode writes the whole template.
func (t *template) encode(o render.Origin) ([]byte, error) {
	root := object(
		"AWSTemplateFormatVersion", scalar("2010-09-09"),
		"Description", scalar(t.about()),
		"Metadata", object("AWS::CloudFormation::Interface", t.interfaceNode(), "Onramp", t.origin(o)),
	)
	parameters := object()
	for _, p := range t.parameters {
		put(parameters, p.name, p.node())
	}
	for _, s := range []struct {
		name string
		node *yaml.Node
	}{
		{"Parameters", parameters}, {"Conditions", section(t.conditions)}, {"Resources", section(t.resources)}, {"Outputs", section(t.outputs)},
	} {
		if len(s.node.Content) > 0 {
			put(root, s.name, s.node)
		}
	}
	return encode(root)
}

func section(entries []named) *yaml.Node {
	n := object()
	for _, e := range entries {
		put(n, e.name, e.node)
	}
	return n
}

// about is the description: it says what the template leaves to the scripts beside it.
func (t *template) about() string {
	text := t.plan.Title + ", written by onramp."
	if len(t.before) > 0 {
		text += " Run pre.sh before it is deployed."
	}
	if left := said(t.after); len(left) > 0 {
		text += " CloudFormation cannot do all of the plan; post.sh does the rest: " + strings.Join(left, "; ") + "."
	}
	if len(text) <= maxAbout {
		return text
	}
	const more = " (see Metadata)"
	return cut(text, maxAbout-len(more)) + more
}

// said is what a script does, for people.
func said(by []left) []string {
	var out []string
	for _, l := range by {
		out = append(out, plan.Shown(l.what))
	}
	return out
}

// origin is what the template says of where it comes from. A stack set's does not name an account.
func (t *template) origin(o render.Origin) *yaml.Node {
	n := object("Guide", scalar(t.plan.Guide), "Plan", scalar(t.hash), "Version", scalar(o.Version))
	put(n, "Owner", scalar(t.plan.Owner))
	if left := said(t.before); len(left) > 0 {
		put(n, "BeforeByScript", texts(left...))
	}
	if left := said(t.after); len(left) > 0 {
		put(n, "AfterByScript", texts(left...))
	}
	return n
}
