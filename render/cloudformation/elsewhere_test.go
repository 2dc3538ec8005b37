package cloudformation

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
)

// elsewhere is an account and region of a stack set: what they keep in the Parameter Store, by the last part of its
// name, and the plan as the guide would make it there, with the names that the template puts together.
type elsewhere struct {
	plan  plan.Plan
	store map[string]string
}

func thePlanIn(t *testing.T, name string, given map[string]any, target plan.Target) elsewhere {
	t.Helper()
	here := planOf(t, name, given)
	set := resolvedAnswers(t, name, given)
	suffix := "-" + target.Region
	over := map[string]any{"account": target.Account, "region": target.Region}
	for _, key := range []string{"role.name", "manager.name", "engine.name"} {
		over[key] = set.Text(key) + suffix
	}
	over["bucket.name"] = set.Text("bucket.name") + "-" + target.Account + suffix
	for i := range set.Int("groups") {
		if key := fmt.Sprintf("groups.%d.", i); set.Text(key+"role") != "" && set.Text(key+"bucket") != "" {
			over[key+"bucket"] = set.Text(key+"bucket") + "-" + target.Account + suffix
			over[key+"role"] = set.Text(key+"role") + suffix
		}
	}
	for _, key := range []string{"role.permissions-boundary", "manager.permissions-boundary", "engine.permissions-boundary"} {
		over[key] = strings.Replace(set.Text(key), here.Target.Account, target.Account, 1)
	}
	if set.Has("network.availability-zone") {
		over["network.availability-zone"] = target.Region + "a"
	}
	out := elsewhere{store: map[string]string{
		"vpc-id": "vpc-0a1b2c3d4e5f60718", "subnet-ids": "subnet-0a1b2c3d4e5f60718,subnet-0b1b2c3d4e5f60718",
		"route-table-ids": "rtb-0a1b2c3d4e5f60718,rtb-0b1b2c3d4e5f60718", "vpc-cidr": "10.1.0.0/16",
	}}
	for _, there := range []struct{ key, store, value string }{
		{"kms.key", "key-arn", target.ARN("kms", "key/0a1b2c3d-9999-2222-3333-444455556666")},
		{"sql.secret", "sql-secret-arn", target.ARN("secretsmanager", "secret:of-the-account")},
		{"access.key-name", "key-pair-name", "key-of-the-account"},
		{cmp.Or(map[string]string{"existing": "engine.name"}[set.Text("engine.source")], "none"), "engine-role-name", "engine-of-the-account"},
		{"source.bucket", "staging-bucket-name", "amazon-machine-learning-of-the-account"},
		{"pass." + set.Text("pass.to"), "who-passes-name", "who-of-the-account"},
		{cmp.Or(map[string]string{"existing": "bucket.name"}[set.Text("bucket.choice")], "none"), "bucket-name", "bucket-of-" + target.Account},
		{cmp.Or(map[string]string{"existing": "manager.name"}[set.Text("manager.source")], "none"), "manager-role-name", "tools-of-the-account"},
	} {
		if there.key == "access.key-name" && set.Text("access.key") != "existing" || there.key == "kms.key" && set.Text("kms.choice") != "existing" {
			continue
		}
		over[there.key], out.store[there.store] = there.value, there.value
	}
	for key, v := range given {
		if _, is := over[key]; !is {
			over[key] = v
		}
	}
	for key, v := range over {
		if v == "" {
			delete(over, key)
		}
	}
	out.plan = told(planOf(t, name, over), here, suffix)
	return out
}

// told puts the region to the names that are not answers, and that IAM knows once in an account.
func told(p, here plan.Plan, suffix string) plan.Plan {
	arns := map[string]string{}
	p.Resources = slices.Clone(p.Resources)
	for i, r := range p.Resources {
		switch s := r.Spec.(type) {
		case kind.PrincipalPolicy:
			s.PolicyName += suffix
			p.Resources[i].Spec = s
		case kind.InstanceProfile:
			was, _ := here.Find(r.ID) // the template's own, also where it is called as a role that is there
			s.ProfileName = was.Spec.Name() + suffix
			p.Resources[i].Spec = s
		case kind.ManagedPolicy:
			was := s.ARN(p.Target)
			s.PolicyName += suffix
			arns[was] = s.ARN(p.Target)
			p.Resources[i].Spec = s
		}
	}
	for i, r := range p.Resources {
		if a, is := r.Spec.(kind.Attachment); is && arns[a.PolicyARN] != "" {
			a.PolicyARN = arns[a.PolicyARN]
			p.Resources[i].Spec = a
		}
	}
	return p
}

// resolvedAnswers are the answers of a file with the defaults of its guide.
func resolvedAnswers(t *testing.T, name string, given map[string]any) answers.Set {
	t.Helper()
	g, set := plantest.Load(t, "../../testdata/answers/"+name+".yaml", "")
	for key, v := range given {
		if _, asked := g.Find(key); asked {
			set = set.With(key, answers.Value{Data: v, Source: answers.Flag})
		}
	}
	resolved, _ := g.Resolve(set)
	return resolved
}

// TestStackSetMeansThePlanOfEachAccount: in another account and region the template makes what the guide would
// plan there, with the names that are put together there; and the scripts before and after do the plan's steps there.
func TestStackSetMeansThePlanOfEachAccount(t *testing.T) {
	for _, name := range answersFiles(t) {
		for _, given := range []map[string]any{nil, routed, adopted} {
			here := planOf(t, name, given)
			region := otherRegion(here)
			target := plan.Target{Account: "444455556666", Region: region, Partition: awsname.Partition(region)}
			there := thePlanIn(t, name, given, target)
			if name == "sample" && given["vpc-routing.enabled"] == nil {
				there.store["subnet-ids"], there.store["route-table-ids"] = "subnet-0a1b2c3d4e5f60718", "rtb-0a1b2c3d4e5f60718"
			}
			parameters, value := answersOf(there.plan)
			files := setOf(t, here)
			kept := map[string]string{"SagemakerServiceName": parameters["SagemakerServiceName"]}
			checkPatterns = true
			for parameter, path := range storePaths(t, files[fileTemplate]) {
				v, is := there.store[strings.TrimPrefix(path, "/onramp/"+here.Guide+"/")]
				if !is {
					t.Fatalf("%s: nobody keeps %s", name, path)
				}
				kept[parameter] = v
			}
			got, m := deployed(t, there.plan, files[fileTemplate], kept, pseudoOf(target))
			for _, w := range append(same(got, planned(t, there.plan, value)), there.forgotten(t, here, m, value)...) {
				t.Errorf("%s: %s", name, w)
			}
		}
	}
}

// adopted are answers that take roles which are there.
var adopted = map[string]any{
	"manager.source": "existing", "manager.name": "instance-tools", "engine.source": "existing", "engine.name": "analytics-copy",
	"manager.narrow": true, "policies.attach": "inline",
}

// otherRegion is a region of the stack set that is not the plan's.
func otherRegion(p plan.Plan) string {
	regions := slices.DeleteFunc(slices.Clone(optionsFor(p).Regions), func(r string) bool { return r == p.Target.Region })
	return regions[0]
}

// forgotten is what the scripts of a stack set do otherwise in the account than the plan would.
func (e elsewhere) forgotten(t *testing.T, here plan.Plan, m *stackModel, value func(plan.Ref) string) (wrong []string) {
	t.Helper()
	tm, err := newTemplate(here, true, roomForRegion)
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := m.outputs()
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{}
	for output, v := range outputs {
		given[kebab(output)] = v
	}
	fill := func(r plan.Ref) string {
		from := map[string]map[string]string{stackID: given, storeID: e.store}[r.Resource]
		if from == nil {
			return value(r)
		}
		v, is := from[r.Output]
		if !is {
			wrong = append(wrong, fmt.Sprintf("nothing gives %s of %s", r.Output, r.Resource))
		}
		return v
	}
	own := strings.NewReplacer(eachAccount, e.plan.Target.Account, eachRegion, e.plan.Target.Region)
	left := map[string]bool{}
	for _, l := range append(slices.Clone(tm.before), tm.after...) {
		left[l.ID] = true
		was, _ := e.plan.Find(l.ID)
		if got, want := own.Replace(text(filledSteps(l.Spec, fill))), text(filledSteps(was.Spec, fill)); got != want {
			wrong = append(wrong, fmt.Sprintf("%s: the script does\n%s\nand should do\n%s", l.ID, got, want))
		}
	}
	for _, r := range e.plan.Resources {
		if !inTemplate(e.plan, r) && !left[r.ID] && !doneWithCluster(e.plan, r) && !leftToAccounts(r) {
			wrong = append(wrong, r.ID+" is neither in the template nor in a script")
		}
	}
	for i, v := range tm.values {
		if v.Value = plan.Fill(v.Value, fill); v != e.plan.HandOver[i] {
			wrong = append(wrong, fmt.Sprintf("handed over is %v, and should be %v", v, e.plan.HandOver[i]))
		}
	}
	return wrong
}

// leftToAccounts says of what is only looked at that a stack set leaves it to its accounts.
func leftToAccounts(r plan.Resource) bool {
	return slices.Contains([]plan.Kind{kind.ExistingKey{}.Kind(), kind.EndpointService{}.Kind(), kind.GatewayEndpoint{}.Kind()}, r.Spec.Kind())
}

var stored = regexp.MustCompile(`(?m)^  ([A-Za-z0-9]+):\n    Type: "AWS::SSM::Parameter::Value<[^"]*"\n    Description: .*\n    Default: "([^"]*)"`)

// storePaths are the parameters whose values the accounts keep, and the names under which they do.
func storePaths(t *testing.T, template string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, m := range stored.FindAllStringSubmatch(template, -1) {
		out[m[1]] = m[2]
	}
	if n := strings.Count(template, "AWS::SSM::Parameter::Value<"); n != len(out) {
		t.Fatalf("found %d of %d parameters that accounts keep: %v", len(out), n, slices.Collect(maps.Keys(out)))
	}
	return out
}
