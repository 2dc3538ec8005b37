package kind_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/practice/database"
)

// notRestored are the steps whose Update has no Restore, by what they run, and why.
var notRestored = map[string]string{
	"redshift-data:ExecuteStatement": "a grant of several privileges: nothing says which of them were there before",
}

func TestEveryChangeCanBeTakenBack(t *testing.T) {
	unused := map[string]bool{}
	for name := range notRestored {
		unused[name] = true
	}
	eachStep(func(at string, _ int, s plan.Step, _ plan.Resource, _ plan.Plan) {
		if (len(s.Create) > 0) != (s.Undo != nil) {
			t.Errorf("%s: creates with %d calls, and has an undo: %v", at, len(s.Create), s.Undo != nil)
		}
		if len(s.Update) > 0 && len(s.Restore) == 0 {
			name := s.Update[0].Name()
			if notRestored[name] == "" {
				t.Errorf("%s: nothing puts back what %s replaces", at, name)
			}
			delete(unused, name)
		}
		if len(s.Update) == 0 && len(s.Restore) > 0 {
			t.Errorf("%s: puts back what it never replaces", at)
		}
	})
	for name := range unused {
		t.Errorf("%s needs no reason any more", name)
	}
}

var takingBack = regexp.MustCompile(`^(Delete|Detach|Remove|Revoke|Schedule|Disable|Modify|Update|SetDefault)`)

// takesBack says whether a call of an undo is one that can be.
func takesBack(c plan.Call) bool {
	if c.Name() == "redshift-data:ExecuteStatement" {
		return regexp.MustCompile(`^(DROP|REVOKE|GRANT) `).MatchString(c.Input.Text("Sql"))
	}
	return takingBack.MatchString(c.Operation)
}

func TestUndosAreWellFormed(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, _ plan.Resource, _ plan.Plan) {
		u := s.Undo
		if u == nil {
			return
		}
		if u.Title == "" || u.Title == s.Title || strings.HasSuffix(u.Title, ".") || len(u.Calls) == 0 {
			t.Errorf("%s: title %q, %d calls", at, u.Title, len(u.Calls))
		}
		if !reads(u.Read) || u.Check.Query == "" || u.Check.Document != nil && (u.Check.Contains || u.Check.Want != "") {
			t.Errorf("%s: it is not looked at before it is taken back, or what others have added to it counts for nothing", at)
		}
		for _, c := range u.Calls {
			if !takesBack(c) {
				t.Errorf("%s: takes back with %s", at, c.Name())
			}
		}
		for _, code := range slices.Concat(u.Absent, u.Gone) {
			if !slices.Contains(append(absentCodes[u.Read.Service], "InvalidPermission.NotFound", "InvalidVpcEndpoint.NotFound", "InvalidRouteTableId.NotFound", "KMSInvalidStateException"), code) {
				t.Errorf("%s: no call to %s answers %s", at, u.Read.Service, code)
			}
		}
		for _, l := range u.Leave {
			if l.Code == "" || l.Why == "" || strings.HasSuffix(l.Why, ".") {
				t.Errorf("%s: leaves it for %+v", at, l)
			}
		}
		if w := u.Wait; w != nil && (w.For == "" || w.Query == "" || w.Limit <= 0 || slices.Contains(w.Never, w.Want)) {
			t.Errorf("%s: waits badly: %+v", at, w)
		}
	})
}

// TestUndosOutliveThePlan: what an undo refers to is an output of its own resource, or known before the
// step runs because the step itself needs it.
func TestUndosOutliveThePlan(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, r plan.Resource, _ plan.Plan) {
		known := map[plan.Ref]bool{}
		for _, other := range r.Spec.Steps() {
			for _, o := range other.Take {
				known[plan.Ref{Resource: r.ID, Output: o.Name}] = true
			}
		}
		note := func(text string) string {
			for _, ref := range plan.Refs(text) {
				known[ref] = true
			}
			return text
		}
		visitStep(plan.Step{Read: s.Read, Check: s.Check, Create: s.Create, Update: s.Update}, note)
		visitUndo(s, func(text string) string {
			for _, ref := range plan.Refs(text) {
				if !known[ref] {
					t.Errorf("%s: taking it back needs %v, which is lost with the plan", at, ref)
				}
			}
			return text
		})
	})
}

func visitStep(s plan.Step, visit func(string) string) {
	for _, c := range slices.Concat([]plan.Call{s.Read}, s.Create, s.Update) {
		c.Map(visit)
	}
	visitCheck(s.Check, visit)
}

func visitCheck(c plan.Check, visit func(string) string) {
	visit(c.Query)
	visit(c.Want)
	if c.Document != nil {
		plan.MapStrings(*c.Document, visit)
	}
}

// visitUndo goes through every text by which a step is taken back.
func visitUndo(s plan.Step, visit func(string) string) {
	for _, c := range s.Restore {
		c.Map(visit)
	}
	u := s.Undo
	if u == nil {
		return
	}
	for _, c := range append([]plan.Call{u.Read}, u.Calls...) {
		c.Map(visit)
	}
	visitCheck(u.Check, visit)
	if u.Owner != nil {
		u.Owner.Read.Map(visit)
		visitCheck(u.Owner.Check, visit)
	}
	if u.Wait != nil {
		visit(u.Wait.Query)
		visit(u.Wait.Want)
	}
}

// TestWhatIsMarkedIsAskedWhoseItIs before it is deleted. A bucket gets its mark only afterwards, and is
// deleted only where it is empty.
func TestWhatIsMarkedIsAskedWhoseItIs(t *testing.T) {
	found := 0
	eachStep(func(at string, i int, s plan.Step, _ plan.Resource, p plan.Plan) {
		data, err := json.Marshal(s.Create)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 || !strings.Contains(string(data), plan.TagPlan) {
			return
		}
		found++
		if o := s.Undo.Owner; o == nil || !strings.Contains(o.Check.Query, plan.TagPlan) || !strings.Contains(o.Check.Want, p.Owner) {
			t.Errorf("%s: it is deleted without a look at its mark: %+v", at, o)
		}
	})
	if found < 6 {
		t.Errorf("only %d things carry a mark", found)
	}
}

// TestTurns: what changes a warehouse or a VPC, or waits for it, does so in turn with all that does.
func TestTurns(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, _ plan.Resource, _ plan.Plan) {
		want := ""
		if len(s.Calls()) > 0 || s.Wait != nil {
			want = map[string]string{
				"redshift": "redshift:cluster:" + s.Read.Input.Text("ClusterIdentifier"), "redshift-serverless": "redshift-serverless:" + name(s.Read),
			}[s.Read.Service]
		}
		for _, c := range s.Calls() {
			if c.Name() == "ec2:ModifyVpcAttribute" {
				want = "ec2:vpc:" + c.Input.Text("VpcId")
			}
		}
		if s.Turn != want {
			t.Errorf("%s: turn %q, want %q", at, s.Turn, want)
		}
	})
}

// name is the namespace or workgroup that a read is of.
func name(c plan.Call) string {
	return c.Input.Text("namespaceName") + c.Input.Text("workgroupName")
}

func TestBucketIsDeletedOnlyWhereItIsEmpty(t *testing.T) {
	u := find(t, kind.Bucket{BucketName: "b", Account: "111122223333", Region: "us-west-2"}, "create bucket").Undo
	if len(u.Calls) != 1 || u.Calls[0].Operation != "DeleteBucket" || len(u.Leave) != 1 || u.Leave[0].Code != "BucketNotEmpty" {
		t.Errorf("%+v, left for %+v", u.Calls, u.Leave)
	}
}

func TestClusterIsNeverDeletedWithoutASnapshot(t *testing.T) {
	u := find(t, kind.Cluster{Identifier: "c", Nodes: 1}, "create cluster").Undo
	c := u.Calls[0]
	snapshot := c.Input.Text("FinalClusterSnapshotIdentifier")
	if c.Operation != "DeleteCluster" || c.Input.Get("SkipFinalClusterSnapshot") != false || snapshot == "" || !strings.Contains(u.Keeps, snapshot) {
		t.Errorf("%+v keeps %q", c, u.Keeps)
	}
}

// TestKeyIsKnownByItsID: by the time it is taken back its alias may be missing, or another key's.
func TestKeyIsKnownByItsID(t *testing.T) {
	key := kind.Key{ID: "k", Alias: "a", Tags: kind.Tags("redshift-ml.c", "key")}
	id := plan.Ref{Resource: "k", Output: kind.KeyID}.String()
	u := find(t, key, "create key").Undo
	if got := u.Calls[0]; got.Operation != "ScheduleKeyDeletion" || got.Input.Text("KeyId") != id || got.Input.Get("PendingWindowInDays") != 30 || !strings.Contains(u.Keeps, "30 days") {
		t.Errorf("%+v keeps %q", got, u.Keeps)
	}
	if u.Read.Input.Text("KeyId") != id || u.Owner.Read.Input.Text("KeyId") != id {
		t.Errorf("it is looked at by %+v and %+v", u.Read, u.Owner.Read)
	}
}

// TestWhatMayStay: what AWS refuses to take away because something would be lost, stays and is named.
func TestWhatMayStay(t *testing.T) {
	stays := map[string]string{
		"iam:DeleteRole": "DeleteConflict", "s3:DeleteBucket": "BucketNotEmpty", "ec2:DeleteSecurityGroup": "DependencyViolation",
		"redshift:DeleteCluster": "ClusterSnapshotAlreadyExists", "redshift:ModifyClusterIamRoles": "InvalidParameterValue",
		"redshift-serverless:UpdateNamespace": "ValidationException", "kms:DisableKeyRotation": "DisabledException",
	}
	found := map[string]bool{}
	eachStep(func(at string, _ int, s plan.Step, _ plan.Resource, _ plan.Plan) {
		if s.Undo == nil {
			return
		}
		code := stays[s.Undo.Calls[0].Name()]
		if slices.ContainsFunc(s.Undo.Leave, func(l plan.Leave) bool { return l.Code == code }) {
			found[s.Undo.Calls[0].Name()] = true
		}
	})
	for name, code := range stays {
		if !found[name] {
			t.Errorf("nothing stays where %s answers %s", name, code)
		}
	}
}

// TestWordsOfTheDatabase: Redshift refuses in words, and has one code for all that fails.
func TestWordsOfTheDatabase(t *testing.T) {
	run := kind.SQL{Statements: []plan.Statement{{Title: "t", Text: "CREATE GROUP g", Undo: "DROP GROUP g", Holds: "SELECT 1", Want: "1"}}}
	leaves := find(t, run, "t").Undo.Leave
	for drop, before := range map[string][]string{
		"DROP GROUP g":           {"CREATE GROUP g", "GRANT USAGE ON SCHEMA public TO GROUP g"},
		`DROP SCHEMA s RESTRICT`: {"CREATE SCHEMA s", "CREATE MODEL s.m FROM t TARGET y FUNCTION f IAM_ROLE '" + arn + "' SETTINGS (S3_BUCKET 'b')"},
	} {
		d := database.New()
		for _, sql := range before {
			if _, err := d.Exec(database.Admin, sql); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
		}
		_, err := d.Exec(database.Admin, drop)
		if err == nil || !slices.ContainsFunc(leaves, func(l plan.Leave) bool { return strings.Contains(err.Error(), l.Code) }) {
			t.Errorf("%s: %v is none of %v", drop, err, leaves)
		}
	}
}

// TestWhatIsTakenBackByItself: an alias would stay on the key that waits to be deleted, and stand in the way of
// the next run, and a profile with a role in it cannot be deleted. All else goes with what it is a part of.
func TestWhatIsTakenBackByItself(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, _ plan.Resource, _ plan.Plan) {
		if s.Undo == nil {
			return
		}
		if itself := slices.Contains([]string{"DeleteAlias", "RemoveRoleFromInstanceProfile"}, s.Undo.Calls[0].Operation); s.Undo.Apart != itself {
			t.Errorf("%s: taken back by itself: %v", at, s.Undo.Apart)
		}
	})
}

// undone is the verdict of an undo on what its Read answered: absent for gone, same for ours, differs for
// changed.
func undone(t *testing.T, s plan.Step, answer string) string {
	t.Helper()
	return verdict(t, plan.Step{Check: s.Undo.Check}, answer)
}

func TestUndosSeeWhatOthersHaveDone(t *testing.T) {
	tags := kind.Tags("redshift-ml.c", "x")
	bucket := kind.Bucket{
		BucketName: "b", Account: "111122223333", Region: "us-west-2", Tags: tags,
		Policy: plan.Document{Name: "policy", Policy: kind.TLSOnly(target, "b")},
	}
	mine := kind.TLSOnly(target, "b").Compact()
	more := strings.Replace(string(mine), `"Statement":[`, `"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},`, 1)
	key := kind.Key{ID: "key", Alias: "a", Tags: tags}
	gateway := kind.GatewayEndpoint{VPCID: "vpc-1", RouteTables: []string{"rtb-2", "rtb-1"}, Tags: tags}
	private := kind.InterfaceEndpoint{Title: "sagemaker.api", VPCID: "vpc-1", Subnets: []string{"subnet-1"}, Tags: tags}
	group := kind.SQL{Statements: []plan.Statement{{Title: "create group g", Text: "CREATE GROUP g", Undo: "DROP GROUP g", Holds: "SELECT 1", Want: "1", Remains: "SELECT 2"}}}
	role := kind.Role{RoleName: "r", Path: "/ml/", Boundary: "b", Tags: tags}
	policyOf := func(text string) string {
		data, _ := json.Marshal(map[string]string{"Policy": text})
		return string(data)
	}
	rule := `{"ID":"onramp-abort-incomplete-uploads","Status":"Enabled","AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}`
	count := func(n string) string { return `{"Records":[[{"longValue":` + n + `}]]}` }
	tests := map[string]struct {
		step         plan.Step
		answer, want string
	}{
		"the tags of the plan":                   {find(t, bucket, "tag"), `{"TagSet":[{"Key":"onramp:resource","Value":"x"},{"Key":"onramp:plan","Value":"redshift-ml.c"}]}`, same},
		"another tag beside them":                {find(t, bucket, "tag"), `{"TagSet":[{"Key":"onramp:resource","Value":"x"},{"Key":"onramp:plan","Value":"redshift-ml.c"},{"Key":"team","Value":"y"}]}`, differs},
		"no tags":                                {find(t, bucket, "tag"), `{"TagSet":[]}`, absent},
		"the bucket's policy to the letter":      {find(t, bucket, "put the bucket policy"), policyOf(string(mine)), same},
		"a statement beside the plan's":          {find(t, bucket, "put the bucket policy"), policyOf(more), differs},
		"the rule of the plan":                   {find(t, bucket, "remove incomplete"), `{"Rules":[` + rule + `]}`, same},
		"another rule beside it":                 {find(t, bucket, "remove incomplete"), `{"Rules":[` + rule + `,{"ID":"x","Status":"Enabled"}]}`, differs},
		"the rule made stricter":                 {find(t, bucket, "remove incomplete"), `{"Rules":[` + strings.Replace(rule, `"Status"`, `"Expiration":{"Days":1},"Status"`, 1) + `]}`, differs},
		"no rules":                               {find(t, bucket, "remove incomplete"), `{"Rules":[]}`, absent},
		"a bucket opened in one way":             {find(t, bucket, "block public"), `{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":false}}`, differs},
		"a boundary of somebody else":            {find(t, role, "set the permissions boundary"), `{"Role":{"PermissionsBoundary":{"PermissionsBoundaryArn":"x"}}}`, differs},
		"no boundary any more":                   {find(t, role, "set the permissions boundary"), `{"Role":{}}`, absent},
		"an alias that leads to another key":     {find(t, key, "name the key"), `{"KeyMetadata":{"KeyId":"other"}}`, differs},
		"a key that rotates":                     {find(t, key, "rotate"), `{"KeyRotationEnabled":true}`, same},
		"a key that rotates no more":             {find(t, key, "rotate"), `{"KeyRotationEnabled":false}`, absent},
		"routing that is off":                    {find(t, kind.ClusterRouting{Identifier: "c"}, "switch on"), `{"Clusters":[{"EnhancedVpcRouting":false}]}`, absent},
		"routing that is on":                     {find(t, kind.ClusterRouting{Identifier: "c"}, "switch on"), `{"Clusters":[{"EnhancedVpcRouting":true}]}`, same},
		"routing of a workgroup that is off":     {find(t, kind.WorkgroupRouting{Workgroup: "w"}, "switch on"), `{"workgroup":{"enhancedVpcRouting":false}}`, absent},
		"DNS that is off":                        {find(t, kind.VPC{VPCID: "vpc-1"}, "switch on DNS hostnames"), `{"EnableDnsHostnames":{"Value":false}}`, absent},
		"a gateway on its tables, in any order":  {find(t, gateway, "create an S3"), `{"VpcEndpoints":[{"RouteTableIds":["rtb-2","rtb-1"]}]}`, same},
		"a gateway on one table more":            {find(t, gateway, "create an S3"), `{"VpcEndpoints":[{"RouteTableIds":["rtb-1","rtb-2","rtb-3"]}]}`, differs},
		"no gateway of the plan":                 {find(t, gateway, "create an S3"), `{"VpcEndpoints":[]}`, absent},
		"a table that the gateway has":           {find(t, gateway, "route S3 from rtb-1"), `{"VpcEndpoints":[{"RouteTableIds":["rtb-1"]}]}`, same},
		"an interface endpoint in its subnet":    {find(t, private, "create a sagemaker"), `{"VpcEndpoints":[{"SubnetIds":["subnet-1"]}]}`, same},
		"an interface endpoint in others' zones": {find(t, private, "create a sagemaker"), `{"VpcEndpoints":[{"SubnetIds":["subnet-1","subnet-2"]}]}`, differs},
		"a group without members":                {find(t, group, "create group"), count("1"), same},
		"a group with members":                   {find(t, group, "create group"), count("2"), differs},
		"no group":                               {find(t, group, "create group"), count("0"), absent},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := undone(t, test.step, test.answer); got != test.want {
				t.Errorf("%s: %s, want %s", test.step.Undo.Title, got, test.want)
			}
		})
	}
}

// TestOnlyTheVeryKeyIsFoundAgain: by the plan, the resource and the alias that it was made for.
func TestOnlyTheVeryKeyIsFoundAgain(t *testing.T) {
	step := find(t, kind.Key{ID: "key", Alias: "ml/a", Tags: kind.Tags("redshift-ml.c", "key")}, "create key")
	f := step.Find
	if f == nil || f.List.Name() != "kms:ListKeys" || f.Items != "Keys[].KeyId" || f.Output != kind.KeyID {
		t.Fatalf("%+v", f)
	}
	id := plan.Ref{Resource: "key", Output: kind.KeyID}.String()
	if f.Owner.Read.Input.Text("KeyId") != id || f.Read.Input.Text("KeyId") != id || f.Read.Name() != step.Read.Name() || len(f.Owner.Absent) > 0 {
		t.Errorf("a candidate is looked at by %+v and %+v; what is not there is not ours: %v", f.Owner.Read, f.Read, f.Owner.Absent)
	}
	tag := func(plan, resource, alias string) string {
		return `{"Tags":[{"TagKey":"onramp:alias","TagValue":"` + alias + `"},{"TagKey":"onramp:resource","TagValue":"` + resource + `"},{"TagKey":"team","TagValue":"x"},{"TagKey":"onramp:plan","TagValue":"` + plan + `"}]}`
	}
	for name, test := range map[string]struct{ answer, want string }{
		"of this plan":                  {tag("redshift-ml.c", "key", "alias/ml/a"), same},
		"of a plan on another cluster":  {tag("redshift-ml.d", "key", "alias/ml/a"), differs},
		"another resource of the plan":  {tag("redshift-ml.c", "group-1-key", "alias/ml/a"), differs},
		"of this plan, of another name": {tag("redshift-ml.c", "key", "alias/ml/b"), differs},
		"of somebody else":              {`{"Tags":[{"TagKey":"onramp:plan","TagValue":"redshift-ml.c"}]}`, differs},
		"without tags":                  {`{"Tags":[]}`, differs},
	} {
		if got := verdict(t, plan.Step{Check: f.Owner.Check}, test.answer); got != test.want {
			t.Errorf("a key %s: %s, want %s", name, got, test.want)
		}
	}
	if got := verdict(t, plan.Step{Check: f.Check}, `{"KeyMetadata":{"KeyState":"PendingDeletion","KeyUsage":"ENCRYPT_DECRYPT"}}`); got != differs {
		t.Error("a key that waits to be deleted is used again")
	}
}

// TestKeyIsMarkedAsItIsFound: what Find looks for is what CreateKey writes, and nothing is left to do once
// the alias is there.
func TestKeyIsMarkedAsItIsFound(t *testing.T) {
	key := kind.Key{ID: "key", Alias: strings.Repeat("a", 250), Tags: kind.Tags("redshift-ml.c", "key")}
	steps := key.Steps()
	written, _ := json.Marshal(steps[0].Create[0].Input.Get("Tags"))
	answer := `{"Tags":` + string(written) + `}`
	if got := verdict(t, plan.Step{Check: steps[0].Find.Owner.Check}, answer); got != same || len(steps[0].Create) != 1 {
		t.Errorf("%s: %s", answer, got)
	}
	if last := steps[len(steps)-1]; last.Create[0].Operation != "CreateAlias" || last.Check.Want != (plan.Ref{Resource: "key", Output: kind.KeyID}).String() {
		t.Errorf("the alias is not the last that is made: %+v", last)
	}
	for _, tag := range key.Marks() {
		if len(tag.Value) > 256 {
			t.Errorf("%s has %d characters", tag.Key, len(tag.Value))
		}
	}
}
