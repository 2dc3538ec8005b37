package cloudformation

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// names is what texts of the plan may name, what stands for it in the template, and what of the plan is
// part of another resource there.
type names struct {
	exact     map[string]value          // whole texts: the ARN of a key
	buckets   map[string]value          // by the bucket's name in the plan
	roles     map[string]value          // by what an ARN says of a role: "role/path/name"
	roleNames map[string]value          // by the name in the plan
	roleIDs   map[string]string         // logical ids, by the ARN in the plan
	refs      map[plan.Ref]func() value // a parameter is added once something refers to it

	bucketIDs  map[string]string   // logical ids, by the bucket's name in the plan
	keyIDs     map[string]string   // logical ids, by the id of an existing key
	refOutputs map[plan.Ref]string // what the script that comes after reads in the place of a reference

	attached   map[string][]string            // managed policies, by the name of their role
	inline     map[string][]kind.InlinePolicy // the same for policies of its own
	principals map[kind.Principal]value       // names of what is there already
	keyPairs   map[string]value               // the same for key pairs
	groupOf    map[string]string              // choices that security groups depend on, by their id in the plan
	clusters   map[string]kind.Cluster        // that the stack makes, by identifier
	routed     map[string]bool                // clusters that get enhanced VPC routing, by identifier
}

func newNames() names {
	return names{
		exact: map[string]value{}, buckets: map[string]value{}, roles: map[string]value{}, roleNames: map[string]value{},
		bucketIDs: map[string]string{}, keyIDs: map[string]string{}, refOutputs: map[plan.Ref]string{},
		roleIDs: map[string]string{}, refs: map[plan.Ref]func() value{}, attached: map[string][]string{},
		inline: map[string][]kind.InlinePolicy{}, principals: map[kind.Principal]value{}, keyPairs: map[string]value{}, groupOf: map[string]string{}, clusters: map[string]kind.Cluster{}, routed: map[string]bool{},
	}
}

// text is what stands in the template for a text of the plan. What names the account, its region and
// partition, or something that has a parameter, is left to CloudFormation.
func (t *template) text(s string) value {
	if v, known := t.exact[s]; known {
		return v
	}
	switch s {
	case "":
		return nil
	case t.plan.Target.Account:
		return value{ref(account)}
	case t.region():
		return value{ref(region)}
	}
	if v, is := t.arn(s); is {
		return v
	}
	if strings.HasPrefix(strings.TrimPrefix(s, "cn."), "com.amazonaws.") {
		return t.dotted(s)
	}
	return t.pieces(s)
}

// pieces fills in references, and leaves all else as it is.
func (t *template) pieces(s string) value {
	var v value
	for _, p := range plan.Parts(s) {
		if !p.IsRef() {
			v = append(v, literal(p.Text))
			continue
		}
		of, known := t.refs[p.Ref]
		if !known {
			t.fail(fmt.Errorf("nothing in the template gives %s of %s", p.Ref.Output, p.Ref.Resource))
			continue
		}
		v = append(v, of()...)
	}
	return v
}

// arn takes an ARN to pieces: arn:partition:service:region:account:resource.
func (t *template) arn(s string) (value, bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return nil, false
	}
	or := func(text, of, name string) piece {
		if text == of && of != "" {
			return ref(name)
		}
		return literal(text)
	}
	v := value{
		literal("arn:"), or(parts[1], t.plan.Target.Partition, partition), literal(":" + parts[2] + ":"),
		or(parts[3], t.region(), region), literal(":"), or(parts[4], t.plan.Target.Account, account), literal(":"),
	}
	return append(v, t.arnResource(parts[2], parts[5])...), true
}

// region is the text that stands for the region of the stack; "" : none does.
func (t *template) region() string {
	if t.chosen {
		return ""
	}
	return t.plan.Target.Region
}

func (t *template) arnResource(service, resource string) value {
	switch service {
	case "s3":
		bucket, object, found := strings.Cut(resource, "/")
		if v, known := t.buckets[bucket]; known {
			if found {
				v = append(v[:len(v):len(v)], t.pieces("/"+object)...)
			}
			return v
		}
	case "iam":
		if v, known := t.roles[resource]; known {
			return v
		}
	}
	return t.pieces(resource)
}

// dotted is the name of a service, such as com.amazonaws.us-east-1.s3.
func (t *template) dotted(s string) value {
	before, after, found := strings.Cut(s, "."+t.plan.Target.Region+".")
	if !found {
		return t.pieces(s)
	}
	v := append(t.pieces(before+"."), ref(region))
	return append(v, t.pieces("."+after)...)
}

// sentence is what stands for a text for people: it may name a bucket as a word.
func (t *template) sentence(s string) value {
	var v value
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			v = append(v, literal(" "))
		}
		if bucket, known := t.buckets[word]; known {
			v = append(v, bucket...)
			continue
		}
		v = append(v, t.pieces(word)...)
	}
	return v
}

// roleARN is the ARN of a role where it is used: of one that the stack makes, its attribute, so that it is
// made first.
func (t *template) roleARN(arn string) value {
	if id, made := t.roleIDs[arn]; made {
		return value{ref(id + ".Arn")}
	}
	return t.text(arn)
}

func (t *template) roleARNs(arns []string) *yaml.Node {
	n := list()
	for _, arn := range arns {
		n.Content = append(n.Content, t.roleARN(arn).node())
	}
	return n
}
