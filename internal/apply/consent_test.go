package apply_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
	"onramp/internal/query"
	"onramp/internal/testenv"
)

// someoneElse makes every change under the mark of another plan, so that what it creates is foreign. It sees its own mark
// as the plan's.
type someoneElse struct {
	apply.Caller
	owner string
}

func (s someoneElse) Call(ctx context.Context, c plan.Call) (any, error) {
	if !readOnly(c) {
		c = c.Map(func(text string) string {
			if text == s.owner {
				return "someone-else"
			}
			return text
		})
	}
	answer, err := s.Caller.Call(ctx, c)
	return s.marked(answer), err
}

func (s someoneElse) marked(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = s.marked(member)
		}
	case []any:
		for i, item := range v {
			v[i] = s.marked(item)
		}
	case string:
		if v == "someone-else" {
			return s.owner
		}
	}
	return v
}

// shared is an account in which someone else has set up what a plan is for, and works on one step of it.
type shared struct {
	*scene
	res     plan.Resource
	step    plan.Step
	outputs map[plan.Ref]string
}

func newShared(t *testing.T, p plan.Plan, resource string, step int) *shared {
	t.Helper()
	s := &shared{scene: newScene(t, p, "", practice.Delays{})}
	s.res, _ = p.Find(resource)
	s.step = s.res.Spec.Steps()[step]
	return s
}

// setUp has someone else create everything.
func (s *shared) setUp(t *testing.T) {
	t.Helper()
	l := s.life(t, 0, false)
	l.caller = someoneElse{l.caller, s.plan.Owner}
	result, err := apply.Run(t.Context(), s.plan, l, apply.Options{Journal: l, Consent: seen(t, s.plan, l)})
	if err != nil {
		t.Fatal(err)
	}
	s.outputs = result.Outputs
	for _, r := range s.plan.Resources {
		if r.Spec.Kind() == "s3-bucket" { // with other tags it would be refused
			s.call(t, "s3", "DeleteBucketTagging", "Bucket", r.Spec.Name())
		}
	}
}

// become brings the step's property into a state: "none", or another value by number. false: it has no such state.
func (s *shared) become(t *testing.T, state string) bool {
	t.Helper()
	switch state {
	case "planned":
		return true
	case "none":
		for _, c := range s.book.Past() {
			if c.Resource == s.res.ID && c.Step == s.step.Title && c.Undo != nil && (!c.First || s.step.Ask) {
				result, err := apply.Undo(t.Context(), []apply.Change{c}, s.life(t, 0, false).caller, apply.Options{})
				return err == nil && len(result.Left) == 0
			}
		}
		return false
	}
	call, can := another(s.step, int(state[0]-'0'))
	if !can {
		return false
	}
	fill := func(text string) string {
		text = strings.Replace(text, "arn:PARTITION:", "arn:"+s.plan.Target.Partition+":", 1)
		return plan.Fill(text, func(r plan.Ref) string { return s.outputs[r] })
	}
	call, caller := call.Map(fill), s.life(t, 0, false).caller
	for i, m := range call.Input {
		if current, is := m.Value.(plan.Current); is { // such as the id of what is there
			answer, err := caller.Call(t.Context(), s.step.Read.Map(fill))
			if err == nil {
				call.Input[i].Value, err = query.Text(answer, current.Query)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := caller.Call(t.Context(), call); err != nil {
		t.Fatalf("%s: %v", call.Name(), err)
	}
	return true
}

// reaches says whether a step's property can become a state.
func reaches(st plan.Step, number int, state string) bool {
	switch state {
	case "nothing", "planned":
		return true
	case "none":
		return number > 0 && st.Undo != nil || st.Undo != nil && st.Ask
	}
	_, can := another(st, int(state[0]-'0'))
	return can
}

// another is a call that sets what a step is about to another value than the plan's.
func another(st plan.Step, n int) (plan.Call, bool) {
	if len(st.Restore) == 1 && n == 1 {
		if c := st.Restore[0]; fmt.Sprint(c) == fmt.Sprint(c.Map(strings.Clone)) && !restores(c) {
			return c, true
		}
	}
	if len(st.Update) == 0 {
		return plan.Call{}, false
	}
	c, sites := st.Update[0], 0
	input := plan.Object{}
	for _, m := range c.Input {
		input = append(input, plan.Member{Name: m.Name, Value: anotherValue(m.Name, m.Value, n, &sites)})
	}
	if c.Operation == "ModifyClusterIamRoles" { // a default role has to be attached
		input = append(input, plan.Member{Name: "AddIamRoles", Value: []string{theirRole(n)}})
	}
	c.Input = input
	return c, sites >= n
}

func restores(c plan.Call) bool {
	for _, m := range c.Input {
		if _, is := m.Value.(plan.Before); is {
			return true
		}
	}
	return false
}

// anotherValue changes a value in the n-th of the ways in which it can be another; sites counts the ways.
func anotherValue(name string, v any, n int, sites *int) any {
	switch v := v.(type) {
	case bool:
		if *sites++; *sites == n {
			return !v
		}
	case plan.Document:
		*sites += 2
		v.Policy = writtenBySomeone(v.Kind, v.Policy, n)
		return v
	case plan.Merged:
		*sites += 2
		v.Document.Policy = writtenBySomeone(v.Document.Kind, v.Document.Policy, n)
		return v.Document
	case plan.RoleList:
		return append([]string{theirRole(n)}, v.Add...)
	case plan.Object:
		if name == "ServerSideEncryptionConfiguration" {
			*sites += 2
			algorithms := []string{"aws:kms", "aws:kms:dsse"}
			return plan.In("Rules", []plan.Object{plan.In("ApplyServerSideEncryptionByDefault", plan.In("SSEAlgorithm", algorithms[n-1]))})
		}
		out := plan.Object{}
		for _, m := range v {
			out = append(out, plan.Member{Name: m.Name, Value: anotherValue(m.Name, m.Value, n, sites)})
		}
		return out
	case string:
		switch name {
		case "PermissionsBoundary":
			*sites += 2
			return []string{"arn:PARTITION:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:PARTITION:iam::aws:policy/AmazonS3FullAccess"}[n-1]
		case "DefaultIamRoleArn", "defaultIamRoleArn":
			*sites += 2
			return theirRole(n)
		}
	}
	return v
}

// theirRole is the name of a role of someone else's; become gives it the partition.
func theirRole(n int) string {
	return fmt.Sprintf("arn:PARTITION:iam::%s:role/someone-else-%d", practice.Number, min(n, 2))
}

// writtenBySomeone is a policy that someone else has written: long, so that two of them differ behind what a message shows.
func writtenBySomeone(k policy.Kind, of policy.Document, n int) policy.Document {
	s := policy.Statement{Sid: fmt.Sprintf("Theirs%d", n), Effect: policy.Allow}
	for i := range 20 {
		s.Actions = append(s.Actions, fmt.Sprintf("s3:GetObject%s%d", strings.Repeat("X", i), i))
	}
	s.Actions = append([]string{"s3:GetObject", "s3:ListBucket", "s3:PutObject"}, fmt.Sprintf("s3:%s", []string{"GetObjectAcl", "GetObjectTagging"}[n-1]))
	s.Resources = of.Statements[0].Resources
	switch k {
	case policy.Trust:
		s.Actions, s.Resources = []string{"sts:AssumeRole"}, nil
		s.Principal = policy.Principal{Services: []string{[]string{"lambda.amazonaws.com", "states.amazonaws.com"}[n-1]}}
	case policy.BucketPolicy:
		s.Principal = policy.Principal{AWS: []string{practice.Number}}
	default:
		s.Resources = []string{"*"}
	}
	return policy.Document{Version: policy.Version, Statements: []policy.Statement{s}}
}

// difference is what a look finds of the step.
func (s *shared) difference(t *testing.T) (apply.Difference, bool) {
	t.Helper()
	findings, err := apply.Inspect(t.Context(), s.plan, s.life(t, 0, false).caller)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range findings[s.res.ID].Differences {
		if d.Step == s.step.Title {
			return d, findings[s.res.ID].Problem == ""
		}
	}
	return apply.Difference{}, false
}

// moves are what happens to a step's property between the look that was shown and the change. "nothing": the account
// did not have the resource.
var moves = []struct{ shown, now string }{
	{"nothing", "1"}, {"nothing", "none"}, {"planned", "1"}, {"none", "1"}, {"1", "2"}, {"1", "none"}, {"1", "1"},
}

// takes says whether a case is run: those that end with a second value always are, of the others a random third.
func takes(random *rand.Rand, shown string, now string) bool {
	return testenv.All() || shown == "1" && now == "2" || random.IntN(3) == 0
}

// TestConsentCoversWhatWasShown is promise 6, generated: for every kind of step of the plans of all answers files, someone
// changes its property after the operator has seen it, before the run or in the middle of it. The run stops and names
// the resource, the step and both values, and the value is still there. Where nothing is changed the run completes.
// Without ONRAMP_ALL it takes a random part of the cases.
func TestConsentCoversWhatWasShown(t *testing.T) {
	random, chosen := testenv.Random(t), map[string]bool{}
	second := map[string]bool{} // kinds that have a second value
	tried, covered := map[string]int{}, map[string]bool{}
	plans := map[string]plan.Plan{}
	for _, file := range answersFiles(t) {
		plans[file] = built(t, file)
	}
	smallest := slices.SortedFunc(maps.Keys(plans), func(a, b string) int {
		return cmp.Or(len(plans[a].Resources)-len(plans[b].Resources), strings.Compare(a, b))
	})
	for _, file := range smallest {
		p := plans[file]
		for _, r := range p.Resources {
			for i, st := range r.Spec.Steps() {
				if len(st.Create)+len(st.Update) == 0 || st.Refuse != "" && len(st.Update) == 0 || st.Check.Counts {
					continue
				}
				kind := fmt.Sprintf("%s: %s", r.Spec.Kind(), st.Calls()[0].Operation)
				for _, move := range moves {
					for _, late := range []bool{false, true} {
						key := fmt.Sprintf("%s, %s to %s, late %v", kind, move.shown, move.now, late)
						if !reaches(st, i, move.shown) || !reaches(st, i, move.now) || tried[key] > 1 && !testenv.All() {
							continue
						}
						second[kind] = second[kind] || move.now == "2"
						if _, known := chosen[key]; !known {
							chosen[key] = takes(random, move.shown, move.now)
						}
						if !chosen[key] {
							continue
						}
						tried[key]++
						t.Run(filepath.Base(file)+" "+key, func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) {
								s := newShared(t, p, r.ID, i)
								if s.holds(t, move.shown, move.now, late) {
									tried[key], covered[kind] = 2, true
								}
							})
						})
					}
				}
			}
		}
	}
	for _, kind := range overwriting(t) {
		if !covered[kind] && (second[kind] || testenv.All()) {
			t.Errorf("%s: no case", kind)
		}
	}
	t.Logf("%d cases of %d kinds of steps", len(tried), len(covered))
}

// overwriting are the kinds of steps that replace what is there.
func overwriting(t *testing.T) []string {
	seen := map[string]bool{}
	var out []string
	for _, file := range answersFiles(t) {
		for _, r := range built(t, file).Resources {
			for _, st := range r.Spec.Steps() {
				if len(st.Update) == 0 || st.Check.Counts {
					continue
				}
				if kind := fmt.Sprintf("%s: %s", r.Spec.Kind(), st.Calls()[0].Operation); !seen[kind] {
					seen[kind] = true
					out = append(out, kind)
				}
			}
		}
	}
	return out
}

// holds tries one move. false: there is no such move for the step, or the plan refuses it anyway.
func (s *shared) holds(t *testing.T, shown, now string, late bool) bool {
	for _, name := range []string{"someone-else-1", "someone-else-2"} {
		s.call(t, "iam", "CreateRole", "RoleName", name, "AssumeRolePolicyDocument",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["redshift.amazonaws.com","redshift-serverless.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`)
	}
	var agreed *apply.Consent
	look := func() { agreed = seen(t, s.plan, s.life(t, 0, false).caller) }
	if shown == "nothing" {
		if s.res.Spec.Action() != plan.Create {
			return false
		}
		look()
		s.setUp(t)
	} else {
		s.setUp(t)
		if !s.become(t, shown) {
			return false
		}
		look()
	}
	was, _ := s.difference(t)
	change := func() bool {
		if now == shown {
			return true
		}
		done := s.become(t, now)
		is, _ := s.difference(t)
		return done && (shown == "nothing" || is.Was != was.Was)
	}
	changed := false
	if !late || shown == "nothing" {
		if late || !change() {
			return false
		}
		changed = true
		if d, possible := s.difference(t); !possible || now == "none" && !d.Ask {
			return false // it is refused anyway, or only adds
		}
	}
	o, can := apply.Options{Consent: agreed}, true
	o.Emit = func(apply.Event) { // the first comes when the run has looked
		if !changed {
			changed = true
			can = change()
		}
	}
	l := s.life(t, 0, false)
	o.Journal = l
	_, err := apply.Run(t.Context(), s.plan, l, o)
	is, possible := s.difference(t)
	switch {
	case !can:
		return false
	case now == shown:
		if err != nil || possible {
			t.Errorf("agreed to, and not changed: %v %+v", err, is)
		}
	case now == "none" && err == nil && !is.Ask: // it only adds
		return false
	case late && shown == "planned" && err == nil && possible: // it was as planned when the run looked: nothing was changed
	default:
		s.stopped(t, err, shown, was, is)
	}
	return true
}

var told = regexp.MustCompile(`(?s)shown (.*?), now (.*?)($|; it was not created|\n)`)

// stopped says that a run has stopped at the step and left it alone.
func (s *shared) stopped(t *testing.T, err error, shown string, was, is apply.Difference) {
	t.Helper()
	var hinter apply.Hinter
	if err == nil || is.Step == "" || is.Was == was.Was && shown != "nothing" {
		t.Fatalf("it was changed: error %v, is %+v", err, is)
	}
	if !errors.As(err, &hinter) || !strings.Contains(hinter.ErrorHint(), "review the plan again") {
		t.Errorf("the hint is not to review again: %v", err)
	}
	text := err.Error()
	at := strings.Index(text, s.res.Spec.Label()+": "+s.step.Title)
	if at < 0 {
		t.Fatalf("it does not name %s: %s: %s", s.res.Spec.Label(), s.step.Title, text)
	}
	text, _, _ = strings.Cut(text[at:], "\n")
	if strings.Contains(text, "it exists now and was not created by this plan") && shown == "nothing" {
		return
	}
	m := told.FindStringSubmatch(text)
	if m == nil || m[1] == m[2] {
		t.Fatalf("it does not name both values: %s", text)
	}
	for said, value := range map[string]string{m[1]: was.Was, m[2]: is.Was} {
		if said = strings.Trim(said, "…"); said != "nothing" && said != "as planned" && !strings.Contains(value, said) {
			t.Errorf("%q is not of the value %q", said, value)
		}
	}
}

// TestRepeatedCallsDoNotWidenConsent: what someone does while a call is repeated, or created at the same moment, is not
// overwritten and not taken for the run's own.
func TestRepeatedCallsDoNotWidenConsent(t *testing.T) {
	const theirs = "arn:aws:iam::111122223333:role/theirs"
	byDefault := func(arn string) object {
		return cluster(object{"IamRoles": roles("in-sync", mine), "DefaultIamRoleArn": arn})
	}
	namespace := func(arns ...any) object {
		return object{"namespace": object{"status": "AVAILABLE", "iamRoles": arns}}
	}
	bucket := kind.Bucket{BucketName: "acme", Account: "111122223333", Region: "us-east-1", Tags: kind.Tags("p", "bucket")}
	tests := map[string]struct {
		spec    plan.Spec
		before  map[string]any // what reads answer until a change was sent, and afterwards
		after   map[string]any
		sent    func(plan.Call) (any, error)
		changed []string
		fails   []string // parts of the error; nil: it succeeds
	}{
		"another default role while the cluster is busy": {
			spec:   kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}, DefaultRole: mine},
			before: object{"redshift:DescribeClusters": byDefault(other)}, after: object{"redshift:DescribeClusters": byDefault(theirs)},
			sent:    fails("InvalidClusterState: it is being changed"),
			changed: []string{"redshift:ModifyClusterIamRoles"},
			fails:   []string{"roles of cluster analytics: make " + mine + " the default role", "shown " + other, "now " + theirs},
		},
		"a role that someone creates at the same moment": {
			spec:   roleOf("p"),
			before: object{"iam:GetRole": awsError("NoSuchEntity")}, after: object{"iam:GetRole": roleAnswer("/", "somebody", "ec2.amazonaws.com")},
			sent:    fails("EntityAlreadyExists"),
			changed: []string{"iam:CreateRole"},
			fails:   []string{"IAM role mine: create role mine", "it exists now and was not created by this plan"},
		},
		"a bucket without tags that someone creates at the same moment": {
			spec:    bucket,
			before:  object{"s3:HeadBucket": awsError("404"), "s3:GetBucketTagging": awsError("NoSuchBucket")},
			after:   object{"s3:HeadBucket": object{"BucketRegion": "us-east-1"}, "s3:GetBucketTagging": awsError("NoSuchTagSet")},
			sent:    fails("BucketAlreadyOwnedByYou"),
			changed: []string{"s3:CreateBucket"},
			fails:   []string{"S3 bucket acme: create bucket acme", "it exists now and was not created by this plan"},
		},
		"a role that someone attaches while the namespace is busy stays attached": {
			spec:   kind.NamespaceRoles{Namespace: "ns", RoleARNs: []string{mine}},
			before: object{"redshift-serverless:GetNamespace": namespace(other)}, after: object{"redshift-serverless:GetNamespace": namespace(other, theirs)},
			sent:    inTurn(awsError("ConflictException"), object{}),
			changed: []string{"redshift-serverless:UpdateNamespace", "redshift-serverless:UpdateNamespace"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &account{answers: map[string]func(plan.Call) (any, error){}}
				for name := range tt.before {
					a.answers[name] = func(plan.Call) (any, error) {
						answer := tt.before[name]
						if len(a.changed) > 0 {
							answer = tt.after[name]
						}
						if err, is := answer.(awsError); is {
							return nil, err
						}
						return answer, nil
					}
				}
				a.answers[tt.changed[0]] = tt.sent
				_, err := apply.Run(t.Context(), of(tt.spec), a, apply.Options{Consent: seen(t, of(tt.spec), a)})
				if (err == nil) != (tt.fails == nil) {
					t.Errorf("error %v", err)
				}
				for _, part := range tt.fails {
					if err != nil && !strings.Contains(err.Error(), part) {
						t.Errorf("error %v, want one with %q", err, part)
					}
				}
				if !slices.Equal(a.names(), tt.changed) {
					t.Errorf("made %v, want %v", a.names(), tt.changed)
				}
				for _, c := range a.changed[min(1, len(a.changed)):] {
					if list, _ := c.Input.Get("iamRoles").([]string); !slices.Contains(list, theirs) {
						t.Errorf("the role of someone else is taken off: %v", list)
					}
				}
			})
		})
	}
}

// TestUndoLooksAgainBeforeItRepeats: what someone changes while undo repeats a call is left.
func TestUndoLooksAgainBeforeItRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		byDefault := func(arn string) object {
			return cluster(object{"IamRoles": roles("in-sync", mine), "DefaultIamRoleArn": arn})
		}
		spec := kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}, DefaultRole: mine}
		steps, book := spec.Steps(), &apply.Notebook{}
		st := steps[len(steps)-1]
		restore := plan.NewCall("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", "analytics", "DefaultIamRoleArn", other)
		_ = book.Intend(apply.Intent{Seq: 1, Resource: "r0", Label: "roles", Step: st.Title, Call: st.Update[0], Before: other,
			Undo: &plan.Undo{Title: "put back", Read: st.Read, Check: st.Check, Calls: []plan.Call{restore}, Retry: st.Retry}})
		_ = book.Conclude(apply.Outcome{Seq: 1})
		a := &account{answers: map[string]func(plan.Call) (any, error){
			"redshift:DescribeClusters":      inTurn(byDefault(mine), byDefault("arn:theirs")),
			"redshift:ModifyClusterIamRoles": inTurn(awsError("InvalidClusterState: it is being changed"), object{}),
		}}
		result, err := apply.Undo(t.Context(), book.Past(), a, apply.Options{})
		if err != nil || len(result.Left) != 1 || !strings.Contains(result.Left[0].Why, "arn:theirs") || len(a.changed) != 1 {
			t.Errorf("%v %+v, made %v", err, result, a.names())
		}
	})
}
