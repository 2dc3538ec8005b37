package cloudformation

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// pseudoOf are the pseudo parameters in a plan's own account.
func pseudoOf(t plan.Target) map[string]string {
	return map[string]string{"AWS::AccountId": t.Account, "AWS::Region": t.Region, "AWS::Partition": t.Partition}
}

// answersOf are what deploy.sh finds for what a plan does not know.
func answersOf(p plan.Plan) (parameters map[string]string, value func(plan.Ref) string) {
	parameters = map[string]string{"VpcCidr": "10.1.0.0/16"}
	ids := logicalIDs(p)
	for _, r := range p.Resources {
		if _, is := r.Spec.(kind.EndpointService); is {
			parameters[ids[r.ID]+"Name"] = "com.amazonaws.looked.up"
		}
		if k, is := r.Spec.(kind.ExistingKey); is && strings.Contains(k.KeyRef, "alias/") {
			parameters[ids[r.ID]+"Arn"] = "arn:aws:kms:us-east-1:111122223333:key/looked-up"
		}
	}
	return parameters, func(r plan.Ref) string {
		of, _ := p.Find(r.Resource)
		switch s := of.Spec.(type) {
		case kind.Key:
			return map[string]string{kind.KeyARN: "arn-of-", kind.KeyID: "id-of-"}[r.Output] + ids[r.Resource]
		case kind.ExistingKey:
			if arn, known := keyARN(p.Target, s.KeyRef); known {
				return arn
			}
			return parameters[ids[r.Resource]+"Arn"]
		case kind.VPC:
			return parameters["VpcCidr"]
		case kind.EndpointService:
			return parameters[ids[r.Resource]+"Name"]
		case kind.SecurityGroup:
			return "id-of-" + ids[r.Resource]
		}
		return "unknown " + r.String()
	}
}

// logicalIDs are the logical ids of a plan's resources: their ids in another spelling.
func logicalIDs(p plan.Plan) map[string]string {
	out := map[string]string{}
	for _, r := range p.Resources {
		for part := range strings.SplitSeq(r.ID, "-") {
			out[r.ID] += strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return out
}

// inTemplate says that a template does all of a resource.
func inTemplate(p plan.Plan, r plan.Resource) bool {
	switch s := r.Spec.(type) {
	case kind.Attachment:
		return makesRole(p, s.RoleName) || makesPolicy(p, s.PolicyARN)
	case kind.InlinePolicy:
		return makesRole(p, s.RoleName)
	case kind.Role, kind.PrincipalPolicy, kind.ManagedPolicy, kind.InstanceProfile, kind.KeyPair, kind.Bucket, kind.Key, kind.SecurityGroup, kind.GatewayEndpoint, kind.InterfaceEndpoint, kind.Cluster:
		return true
	case kind.ClusterRouting:
		return makesCluster(p, s.Identifier)
	}
	return false
}

func makesRole(p plan.Plan, name string) bool {
	return slices.ContainsFunc(p.Resources, func(r plan.Resource) bool {
		role, is := r.Spec.(kind.Role)
		return is && role.RoleName == name
	})
}

func makesPolicy(p plan.Plan, arn string) bool {
	return slices.ContainsFunc(p.Resources, func(r plan.Resource) bool {
		own, is := r.Spec.(kind.ManagedPolicy)
		return is && own.ARN(p.Target) == arn
	})
}

func makesCluster(p plan.Plan, identifier string) bool {
	return slices.ContainsFunc(p.Resources, func(r plan.Resource) bool {
		c, is := r.Spec.(kind.Cluster)
		return is && c.Identifier == identifier
	})
}

// checker is a test, or one of rapid's.
type checker interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// planned is the account that the plan's calls leave, as far as a template can.
func planned(t checker, p plan.Plan, value func(plan.Ref) string) holdings {
	t.Helper()
	a := holdings{}
	for _, r := range p.Resources {
		if !inTemplate(p, r) {
			continue
		}
		for _, st := range r.Spec.Steps() {
			if st.Fresh {
				continue // done with the first step
			}
			for _, c := range st.Calls() {
				if err := a.call(r.ID, c, value); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return a
}

// deployed is the account that a template leaves.
func deployed(t checker, p plan.Plan, template string, given, pseudo map[string]string) (holdings, *stackModel) {
	t.Helper()
	m, err := parseTemplate(template, given, pseudo)
	if err != nil {
		t.Fatalf("%v\n%s", err, template)
	}
	all, err := m.all()
	if err != nil {
		t.Fatalf("%v\n%s", err, template)
	}
	ids := map[string]string{}
	for plain, logical := range logicalIDs(p) {
		ids[logical] = plain
	}
	a := holdings{}
	for _, r := range all {
		if err := a.template(r, ids); err != nil {
			t.Fatal(err)
		}
	}
	return a, m
}

// TestTemplateMeansThePlan resolves templates with their own defaults, and compares each thing that they make with
// what the plan's calls make, both ways.
func TestTemplateMeansThePlan(t *testing.T) {
	for name, p := range plans(t) {
		t.Run(name, func(t *testing.T) {
			given, value := answersOf(p)
			got, _ := deployed(t, p, templateOf(t, p), given, pseudoOf(p.Target))
			for _, w := range same(got, planned(t, p, value)) {
				t.Error(w)
			}
		})
	}
}

// TestNothingIsForgotten: each resource of a plan is in the template, or a script has it, and the script's
// steps are the plan's once the stack's outputs are filled in.
func TestNothingIsForgotten(t *testing.T) {
	for name, p := range plans(t) {
		t.Run(name, func(t *testing.T) {
			given, value := answersOf(p)
			_, m := deployed(t, p, templateOf(t, p), given, pseudoOf(p.Target))
			for _, w := range forgotten(t, p, m, value) {
				t.Error(w)
			}
		})
	}
}

// forgotten is what neither a template does nor a script, or a script does otherwise than the plan.
func forgotten(t checker, p plan.Plan, m *stackModel, value func(plan.Ref) string) (wrong []string) {
	t.Helper()
	tm, err := newTemplate(p, false, 0)
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := m.outputs()
	if err != nil {
		t.Fatal(err)
	}
	fill := func(r plan.Ref) string {
		if r.Resource != stackID {
			return value(r)
		}
		for output, v := range outputs {
			if kebab(output) == r.Output {
				return v
			}
		}
		wrong = append(wrong, "the stack gives no "+r.Output)
		return ""
	}
	left := map[string]bool{}
	for _, l := range append(slices.Clone(tm.before), tm.after...) {
		left[l.ID] = true
		was, _ := p.Find(l.ID)
		if got, want := filledSteps(l.Spec, fill), filledSteps(was.Spec, fill); !reflect.DeepEqual(got, want) {
			wrong = append(wrong, fmt.Sprintf("%s: the script does\n%s\nand should do\n%s", l.ID, text(got), text(want)))
		}
	}
	for _, r := range p.Resources {
		if !inTemplate(p, r) && !left[r.ID] && !doneWithCluster(p, r) {
			wrong = append(wrong, r.ID+" is neither in the template nor in a script")
		}
	}
	return wrong
}

// doneWithCluster says of roles that a new cluster gets them, and that no default role is asked for.
func doneWithCluster(p plan.Plan, r plan.Resource) bool {
	roles, is := r.Spec.(kind.ClusterRoles)
	return is && roles.DefaultRole == "" && makesCluster(p, roles.Identifier)
}

// filledSteps are steps without references.
func filledSteps(s plan.Spec, fill func(plan.Ref) string) []plan.Step {
	text := func(s string) string { return plan.Fill(s, fill) }
	// A script judges nothing.
	steps := slices.DeleteFunc(s.Steps(), func(st plan.Step) bool { return st.Guard != nil && st.Read.Zero() })
	for i, st := range steps {
		st.Guard = nil
		st.Title, st.Refuse, st.Turn = text(st.Title), text(st.Refuse), text(st.Turn)
		st.Read, st.Check.Query, st.Check.Want = st.Read.Map(text), text(st.Check.Query), text(st.Check.Want)
		st.Create, st.Update = mapped(st.Create, text), mapped(st.Update, text)
		if st.Check.Document != nil {
			d := plan.MapStrings(*st.Check.Document, text).(plan.Document)
			st.Check.Document = &d
		}
		if st.Wait != nil {
			w := *st.Wait
			w.For, w.Query, w.Want = text(w.For), text(w.Query), text(w.Want)
			st.Wait = &w
		}
		st.Undo, st.Restore = nil, nil // a script undoes nothing
		steps[i] = st
	}
	return steps
}

func mapped(calls []plan.Call, text func(string) string) []plan.Call {
	out := slices.Clone(calls)
	for i, c := range out {
		out[i] = c.Map(text)
	}
	return out
}

// TestWhatIsKept: a bucket, its policy and a key outlive their stack, and a cluster leaves a snapshot.
func TestWhatIsKept(t *testing.T) {
	p := planOf(t, "restrictive-new-cluster", nil)
	for name, files := range map[string]map[string]string{"stack": filesOf(t, p), "set": setOf(t, p)} {
		m, err := parseTemplate(files[fileTemplate], nil, pseudoOf(p.Target))
		if err != nil {
			t.Fatal(err)
		}
		all, err := m.all()
		if err != nil {
			t.Fatal(err)
		}
		retain := map[string]string{"stack": "Retain", "set": "RetainExceptOnCreate"}[name]
		want := map[string][2]string{
			"AWS::S3::Bucket": {retain, "Retain"}, "AWS::S3::BucketPolicy": {retain, "Retain"}, "AWS::KMS::Key": {retain, "Retain"},
			"AWS::Redshift::Cluster": {"Snapshot", "Snapshot"},
		}
		for _, r := range all {
			if got := [2]string{r.deletion, r.replace}; got != want[r.kind] {
				t.Errorf("%s: %s has the policies %v, and should have %v", name, r.id, got, want[r.kind])
			}
		}
	}
}
