package redshiftml_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
	"onramp/steps/redshiftml"
)

var (
	cluster    = given{"warehouse.kind": "cluster", "warehouse.cluster": "analytics"}
	newCluster = given{"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics"}
	serverless = given{"warehouse.kind": "serverless", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg"}
	routing    = given{
		"vpc-routing.enabled": true, "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
		"vpc-routing.subnets": []string{"subnet-0a1b2c3d4e5f60718"}, "vpc-routing.route-tables": []string{"rtb-0a1b2c3d4e5f60718"},
	}
	twoGroups = given{
		"groups":        2,
		"groups.0.name": "makers", "groups.0.create-models": true, "groups.0.schema": "ml",
		"groups.1.name": "readers", "groups.1.create-models": false, "groups.1.schema": "ml", "groups.1.execute": []string{"ml.churn"},
		"sql.run": "export",
	}
	groupsWithRoles = given{
		"groups":        2,
		"groups.0.name": "churn", "groups.0.bucket": "acme-churn", "groups.0.role": "ml-churn",
		"groups.1.name": "pricing", "groups.1.bucket": "acme-redshift-pricing", "groups.1.role": "ml-pricing",
		"sql.run": "export", "sql.restrict-assume-role": true,
	}
)

var roleChoices = []given{{"role.choice": "simple"}, {"role.choice": "console-default"}, {"role.policy": "documented"}, {"role.policy": "current"}, {"role.policy": "tightened"}}

// axes are the other answers that decide what is in the documents. Every combination is built.
var axes = [][]given{
	{cluster, newCluster, serverless},
	{{"kms.choice": "none"}, {"kms.choice": "new"}, {"kms.choice": "existing", "kms.key": keyID}, {"kms.choice": "existing", "kms.key": "alias/acme"}},
	{{"vpc-routing.enabled": false}, routing},
	{{"bucket.name": "acme-red-ml"}, {"bucket.name": "acme-redshift-ml"}},
	{{"bucket.sample-data": true}, {"bucket.sample-data": false}},
	{{"region": "us-east-1"}, {"region": "cn-north-1"}, {"region": "us-gov-west-1"}},
	{{"role.path": "/"}, {"role.path": "/service-role/"}},
	{{"role.source-account": true}, {"role.source-account": false}},
	{{"groups": 0}, twoGroups, groupsWithRoles},
}

// combinations yields one of each axis, in every way.
func combinations(axes [][]given) iter.Seq[given] {
	return func(yield func(given) bool) {
		n := 1
		for _, axis := range axes {
			n *= len(axis)
		}
		for i := range n {
			g, rest := with(), i
			for _, axis := range axes {
				maps.Copy(g, axis[rest%len(axis)])
				rest /= len(axis)
			}
			if !yield(g) {
				return
			}
		}
	}
}

// TestEveryCombination builds the plans of the axes and holds each to what must be true of all.
func TestEveryCombination(t *testing.T) {
	var hashes sync.Map // plan hash -> the answers it came from
	for _, role := range roleChoices {
		t.Run(fmt.Sprint(role), func(t *testing.T) {
			t.Parallel()
			sample := testenv.OneOf(t, 7)
			for g := range combinations(axes) {
				if sample.Takes() {
					checkPlan(t, with(g, role), &hashes)
				}
			}
		})
	}
}

func checkPlan(t *testing.T, g given, hashes *sync.Map) {
	p, a, problems := attempt(g)
	if len(problems) > 0 {
		t.Fatalf("%v: %v", g, problems)
	}
	var wrong []string
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	checkResources(p, fail)
	checkDocuments(p, a, fail)
	checkCalls(p, fail)
	checkARNs(p, a, fail)
	meant := a
	if p.Target.Partition != "aws" {
		meant = a.Without("bucket.sample-data") // the sample data is in partition aws only
	}
	if same, twice := hashes.LoadOrStore(p.Hash(), said(meant)); twice && same != said(meant) {
		fail("has the hash of other answers:\n%s", same)
	}
	if len(wrong) > 0 {
		t.Fatalf("%s:\n%s", said(a), strings.Join(wrong, "\n"))
	}
}

// said is the resolved answers as one text.
func said(a answers.Set) string {
	var out []string
	for _, key := range a.Keys() {
		out = append(out, key+"="+answers.Format(a.Get(key).Data))
	}
	return strings.Join(out, " ")
}

var id = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// checkResources: ids are unique and well formed, every need is there and comes before, and every
// reference is to an output that exists of a resource that is needed.
func checkResources(p plan.Plan, fail func(string, ...any)) {
	outputs := map[plan.Ref]bool{}
	at := map[string]int{}
	for i, r := range p.Resources {
		if _, twice := at[r.ID]; twice || !id.MatchString(r.ID) {
			fail("id %q is not well formed, or stands twice", r.ID)
		}
		at[r.ID] = i
		for _, s := range r.Spec.Steps() {
			for _, o := range s.Take {
				outputs[plan.Ref{Resource: r.ID, Output: o.Name}] = true
			}
		}
	}
	all := map[string]map[string]bool{} // what each resource needs, and what that needs
	for i, r := range p.Resources {
		all[r.ID] = map[string]bool{}
		for _, need := range r.Needs {
			all[r.ID][need] = true
			maps.Copy(all[r.ID], all[need])
			if before, there := at[need]; !there || before >= i {
				fail("%s needs %s, which is not there before it", r.ID, need)
			}
		}
		if r.Within != "" && !all[r.ID][r.Within] {
			fail("%s is within %s and does not need it", r.ID, r.Within)
		}
		for _, c := range specCalls(r.Spec) {
			for _, ref := range refs(c.Input) {
				if !outputs[ref] {
					fail("%s refers to %v, which no step takes", r.ID, ref)
				}
				if ref.Resource != r.ID && !slices.Contains(r.Needs, ref.Resource) {
					fail("%s refers to %v and does not need it", r.ID, ref)
				}
			}
		}
	}
}

// specCalls are all calls of a resource: what it reads and what it changes.
func specCalls(s plan.Spec) (out []plan.Call) {
	for _, step := range s.Steps() {
		if step.Owner != nil {
			out = append(out, step.Owner.Read)
		}
		out = append(out, step.Read)
		out = append(out, step.Create...)
		out = append(out, step.Update...)
	}
	return slices.DeleteFunc(out, plan.Call.Zero)
}

// refs are the references in the strings of a value.
func refs(v any) (out []plan.Ref) {
	plan.MapStrings(v, func(s string) string {
		out = append(out, plan.Refs(s)...)
		return s
	})
	return out
}

// kmsActions and eniActions are what documents 001 and 002 print.
var (
	kmsActions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"}
	eniActions = []string{"ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DescribeVpcEndpoints"}
)

// checkDocuments: each is valid and within size, and has the statements that the answers call for.
func checkDocuments(p plan.Plan, a answers.Set, fail func(string, ...any)) {
	limits := map[policy.Kind]int{policy.Identity: policy.MaxInlineRole, policy.Trust: policy.MaxTrust, policy.BucketPolicy: policy.MaxBucketPolicy}
	inline := map[string]int{}
	for _, d := range p.Documents() {
		real := settled(p, d.Policy)
		for _, err := range policy.Validate(real, d.Kind) {
			fail("%s: %v", d.File, err)
		}
		if real.Size() > limits[d.Kind] {
			fail("%s has %d characters", d.File, real.Size())
		}
		if d.Kind == policy.Identity {
			inline[d.Resource] += real.Size()
		}
	}
	for _, role := range roleNames(p) {
		checkRole(p, a, role, fail)
	}
}

// roleNames are the roles that the plan makes, by name, with their bucket.
func roleNames(p plan.Plan) (out []string) {
	for _, r := range p.Resources {
		if role, is := r.Spec.(kind.Role); is {
			out = append(out, role.RoleName)
		}
	}
	return out
}

// checkRole holds the inline policies of one role to the rules.
func checkRole(p plan.Plan, a answers.Set, role string, fail func(string, ...any)) {
	all, size := policy.Document{Version: policy.Version}, 0
	attached := false
	for _, r := range p.Resources {
		switch s := r.Spec.(type) {
		case kind.InlinePolicy:
			if s.RoleName == role {
				d := settled(p, s.Document.Policy)
				all.Statements, size = append(all.Statements, d.Statements...), size+d.Size()
			}
		case kind.Attachment:
			attached = attached || s.RoleName == role
		}
	}
	if size > policy.MaxInlineRole {
		fail("the inline policies of %s have %d characters together", role, size)
	}
	choice, bucket := a.Text("role.choice"), bucketOf(a, role)
	allows := policy.Actions(all)
	if hasKey := a.Text("kms.choice") != "none"; hasAll(allows, kmsActions) != hasKey {
		fail("%s: key %v, actions %v", role, hasKey, allows)
	}
	if lacksENI := a.Bool("vpc-routing.enabled") && choice != "simple"; hasAll(allows, eniActions) != lacksENI {
		fail("%s: routing %v on a %s role, actions %v", role, a.Bool("vpc-routing.enabled"), choice, allows)
	}
	if attached != (choice != "restrictive") {
		fail("%s: is a %s role, managed policies attached: %v", role, choice, attached)
	}
	if writes := writesTo(all, p.Target.BucketARN(bucket+"/*")); writes != (choice == "restrictive" || choice == "console-default" && !strings.Contains(bucket, "redshift")) {
		fail("%s: its own policies let it write to %s: %v", role, bucket, writes)
	}
	if reads := slices.ContainsFunc(all.Statements, func(s policy.Statement) bool { return hasPrefix(s.Resources, p.Target.BucketARN("redshift-downloads")) }); reads != (choice == "restrictive" && a.Bool("bucket.sample-data") && p.Target.Partition == "aws") {
		fail("%s: its own policies speak of the sample data: %v", role, reads)
	}
	for _, other := range buckets(a) {
		if other != bucket && writesTo(all, p.Target.BucketARN(other+"/*")) {
			fail("%s writes to %s, which is another group's", role, other)
		}
	}
}

func bucketOf(a answers.Set, role string) string {
	for i := range a.Int("groups") {
		if a.Text(answers.ItemKey("groups", i, "role")) == role {
			return a.Text(answers.ItemKey("groups", i, "bucket"))
		}
	}
	return a.Text("bucket.name")
}

func buckets(a answers.Set) []string {
	out := []string{a.Text("bucket.name")}
	for i := range a.Int("groups") {
		if b := a.Text(answers.ItemKey("groups", i, "bucket")); b != "" {
			out = append(out, b)
		}
	}
	return out
}

func hasAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(have, w) })
}

func hasPrefix(list []string, prefix string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, prefix) })
}

func writesTo(d policy.Document, resource string) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Allow && slices.Contains(s.Actions, "s3:PutObject") && slices.Contains(s.Resources, resource)
	})
}

// leftovers are what a template leaves behind, in a text whose references are filled in.
var leftovers = []string{"<", "`", "\uFDD0", "\uFDD1", "BUCKET", "ROLE", "REGION", "ACCOUNT", "your-", "%!"}

func leftover(text string) string {
	text = strings.ReplaceAll(text, "ASSUMEROLE", "") // a word of SQL
	for _, l := range leftovers {
		if strings.Contains(text, l) {
			return l
		}
	}
	return ""
}

// checkCalls: nothing of a template, of a comment or of a reference is left where they are filled in.
func checkCalls(p plan.Plan, fail func(string, ...any)) {
	fill := func(s string) string { return plan.Fill(s, func(plan.Ref) string { return "settled" }) }
	for _, r := range p.Resources {
		for _, c := range specCalls(r.Spec) {
			data, err := json.Marshal(c.Map(fill).Input)
			if err != nil {
				fail("%s: %v", c.Name(), err)
			}
			if found := leftover(string(data)); found != "" {
				fail("%s: %q in %s", c.Name(), found, data)
			}
		}
	}
	for _, d := range p.Documents() {
		if found := leftover(string(d.Policy.Map(fill).Compact())); found != "" {
			fail("%s: %q in %s", d.File, found, d.Policy.JSON())
		}
	}
}

// arns cuts every ARN out of a text.
func arns(text string) (out []string) {
	for {
		_, rest, found := strings.Cut(text, "arn:")
		if !found {
			return out
		}
		end := strings.IndexAny(rest, "\"'\\ ")
		if end < 0 {
			end = len(rest)
		}
		out, text = append(out, "arn:"+rest[:end]), rest[end:]
	}
}

// checkARNs: each is of the plan's partition, region and account, and a role's has its path.
func checkARNs(p plan.Plan, a answers.Set, fail func(string, ...any)) {
	var text strings.Builder
	for _, r := range p.Resources {
		for _, c := range specCalls(r.Spec) {
			data, _ := json.Marshal(c.Input)
			text.Write(data)
		}
		for _, s := range r.Spec.Steps() {
			text.WriteString(" " + s.Check.Want + " ")
		}
	}
	for _, s := range p.SQL {
		text.WriteString(s.Text + " " + s.Undo + " " + s.Holds + " ")
	}
	for _, f := range p.FollowUps {
		text.WriteString(f.SQL + " ")
	}
	roles := 0
	for _, found := range arns(text.String()) {
		part := strings.SplitN(found, ":", 6)
		switch {
		case len(part) != 6 || part[1] != p.Target.Partition:
			fail("ARN %s is not of %s", found, p.Target.Partition)
		case part[3] != "" && part[3] != p.Target.Region:
			fail("ARN %s is of another region", found)
		case part[4] != "" && part[4] != account && part[4] != "aws":
			fail("ARN %s is of another account", found)
		case strings.HasPrefix(part[5], "role/"):
			roles++
			name, is := strings.CutPrefix(part[5], "role"+a.Text("role.path"))
			if !is || strings.Contains(name, "/") {
				fail("ARN %s has another path than %s", found, a.Text("role.path"))
			}
		}
	}
	if roles == 0 {
		fail("no ARN of a role anywhere")
	}
}

// TestHash: the same answers give the same hash, and every answer that matters gives another.
func TestHash(t *testing.T) {
	full := with(routing, twoGroups, given{"kms.choice": "new", "sql.run": "data-api", "groups.0.bucket": "acme-makers", "groups.0.role": "ml-makers"})
	was := build(t, full)
	if again := build(t, full); again.Hash() != was.Hash() {
		t.Fatalf("the same answers gave %s and %s", was.Hash(), again.Hash())
	}
	if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(was.Hash()) {
		t.Errorf("hash %q is not 12 hexadecimal digits", was.Hash())
	}
	tests := map[string]given{
		"another region":                 {"region": "us-east-2"},
		"another cluster":                {"warehouse.cluster": "sales"},
		"a new cluster":                  newCluster,
		"serverless":                     with(serverless, given{"sql.auth": "iam"}),
		"another database":               {"warehouse.database": "prod"},
		"another role choice":            {"role.choice": "simple"},
		"another policy":                 {"role.policy": "tightened"},
		"another role name":              {"role.name": "redshift-ml-2"},
		"another path":                   {"role.path": "/ml/"},
		"no default role":                {"role.default": false},
		"a permissions boundary":         {"role.permissions-boundary": "arn:aws:iam::111122223333:policy/boundary"},
		"no source account":              {"role.source-account": false},
		"a bucket that exists":           {"bucket.choice": "existing"},
		"another bucket":                 {"bucket.name": "acme-redshift-2"},
		"no sample data":                 {"bucket.sample-data": false},
		"no key":                         {"kms.choice": "none"},
		"another alias":                  {"kms.alias": "other"},
		"no groups":                      {"groups": 0},
		"another group":                  {"groups.1.name": "others"},
		"another schema":                 {"groups.1.schema": "other"},
		"a group that creates models":    {"groups.1.create-models": true},
		"another bucket of a group":      {"groups.0.bucket": "acme-makers-2"},
		"another role of a group":        {"groups.0.role": "ml-makers-2"},
		"no routing":                     {"vpc-routing.enabled": false},
		"another VPC":                    {"vpc-routing.vpc": "vpc-1a1b2c3d4e5f60718"},
		"another subnet":                 {"vpc-routing.subnets": []string{"subnet-1a1b2c3d4e5f60718"}},
		"another route table":            {"vpc-routing.route-tables": []string{"rtb-1a1b2c3d4e5f60718"}},
		"a security group that exists":   {"vpc-routing.endpoint-security-group": "sg-0a1b2c3d4e5f60718"},
		"SQL written down":               {"sql.run": "export"},
		"another database user":          {"sql.db-user": "admin"},
		"as the caller":                  {"sql.auth": "iam"},
		"the use of roles is restricted": {"sql.restrict-assume-role": true},
	}
	hashes := map[string]string{was.Hash(): "as it was"}
	for name, change := range tests {
		h := build(t, with(full, change)).Hash()
		if other, twice := hashes[h]; twice {
			t.Errorf("%s has the hash of %s", name, other)
		}
		hashes[h] = name
	}

	written := build(t, with(full, given{"sql.run": "export"}))
	if other := build(t, with(full, given{"sql.run": "export", "groups.1.schema": "other"})); other.Hash() == written.Hash() {
		t.Error("SQL that is only written down does not reach the hash, which the reviewer signs")
	}
	later := build(t, with(full, given{"groups.1.execute": []string{"ml.other"}}))
	if later.Hash() != was.Hash() {
		t.Log("what is to be done later reaches the hash")
	}
}

// TestTheHashDoesNotDependOnHowItWasAnswered: not on the source of an answer, nor on the answers to
// questions that are not asked.
func TestTheHashDoesNotDependOnHowItWasAnswered(t *testing.T) {
	guide := redshiftml.Guide()
	want := build(t, with()).Hash()
	stale := with(given{
		"warehouse.namespace": "old-ns", "warehouse.workgroup": "old-wg", "warehouse.nodes": 7, "kms.alias": "old", "kms.key": keyID,
		"vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718", "vpc-routing.subnets": []string{"subnet-0a1b2c3d4e5f60718"}, "sql.run": "export", "sql.secret": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf",
	})
	if got := build(t, stale).Hash(); got != want {
		t.Error("answers to questions that are not asked reach the plan")
	}
	for _, source := range []answers.Source{answers.Found, answers.File, answers.Flag} {
		a := answers.New(nil)
		for key, data := range with() {
			a = a.With(key, answers.Value{Data: data, Source: source, Line: 3})
		}
		resolved, problems := guide.Resolve(a)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := guide.Build(resolved, target("us-east-1")).Hash(); got != want {
			t.Errorf("answers from %v give another hash", source)
		}
	}
}
