package shell

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

var lonely = kind.Key{ID: "key", Alias: "ml", Tags: kind.Tags("redshift-ml.c", "key")}

// withKeys is an account without the alias, in which there are keys: what is said of their tags, and of the
// state that they are in. What is not said of a key must not be asked.
func withKeys(t *testing.T, listed reply, keys map[string][2]reply) *account {
	p := plan.Plan{Guide: "test", Target: target, Resources: []plan.Resource{{ID: lonely.ID, Spec: lonely}}}
	a := newAccount(t, p)
	find := *lonely.Steps()[0].Find
	a.answer(find.Items, listed)
	for id, says := range keys {
		of := func(c plan.Call) string {
			return text(c.Map(func(s string) string { return plan.Fill(s, func(plan.Ref) string { return id }) }))
		}
		a.Reads = append(a.Reads,
			readRule{Call: of(find.Owner.Read), Query: "['yes', " + find.Owner.Check.Query + "]", Before: says[0]},
			readRule{Call: of(find.Read), Query: find.Check.Query, Before: says[1]},
			readRule{Call: of(find.Read), Query: "KeyMetadata.KeyId", Before: reply{Out: id}},
			readRule{Call: of(lonely.Steps()[1].Read), Query: "KeyRotationEnabled", Before: reply{Out: "False"}},
		)
		for _, st := range lonely.Steps()[1:] {
			a.Changes = append(a.Changes, changeRule{Call: of(st.Create[0])})
		}
	}
	return a
}

func TestKeyThatAnEarlierRunCouldNotNameIsFoundAgain(t *testing.T) {
	ours, usable := reply{Out: "yes\tredshift-ml.c key alias/ml"}, reply{Out: "Enabled\tENCRYPT_DECRYPT"}
	denied := reply{Err: "An error occurred (AccessDeniedException) when calling the ListResourceTags operation: no"}
	tests := map[string]struct {
		listed  reply
		keys    map[string][2]reply
		env     []string
		changes []string // operations and keys
		stops   string
		says    string
	}{
		"there are no keys": {listed: reply{Out: "None"}, changes: []string{"create-key", "enable-key-rotation value-of-key-id", "create-alias value-of-key-id"}},
		"it comes after others, on another page": {
			listed: reply{Out: "k1\tk2\nk3\tk4\tk5"},
			keys: map[string][2]reply{
				"k1": {{Out: "yes\t  "}, {}}, "k2": {denied, {}}, "k3": {ours, {Out: "PendingDeletion\tENCRYPT_DECRYPT"}}, "k4": {ours, usable},
			},
			changes: []string{"enable-key-rotation k4", "create-alias k4"}, says: "create key alias/ml: already there, made by an earlier run",
		},
		"none of them is it": {
			listed:  reply{Out: "k1\tk2\tk3"},
			keys:    map[string][2]reply{"k1": {{Out: "yes\tredshift-ml.c key alias/other"}, {}}, "k2": {denied, {}}, "k3": {ours, {Out: "Disabled\tENCRYPT_DECRYPT"}}},
			changes: []string{"create-key", "enable-key-rotation value-of-key-id", "create-alias value-of-key-id"},
		},
		"it is found in a dry run too": {
			listed: reply{Out: "k4"}, keys: map[string][2]reply{"k4": {ours, usable}}, env: []string{"DRY_RUN=1"},
			says: "aws kms create-alias --alias-name alias/ml --target-key-id k4",
		},
		"none of them is it in a dry run": {
			listed: reply{Out: "k1"}, keys: map[string][2]reply{"k1": {{Out: "yes\t  "}, {}}}, env: []string{"DRY_RUN=1"},
			says: "aws kms create-alias --alias-name alias/ml --target-key-id '<known after apply>'",
		},
		"nobody may list the keys": {
			listed: reply{Err: "An error occurred (AccessDeniedException) when calling the ListKeys operation: no"},
			stops:  "cannot look for what an earlier run may have made",
		},
		"its tags cannot be read for another reason": {
			listed: reply{Out: "k1"}, keys: map[string][2]reply{"k1": {{Err: "An error occurred (KMSInternalException) when calling"}, {}}},
			stops: "cannot see who made this",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, shell := range shells() {
				a := withKeys(t, tt.listed, tt.keys)
				o := a.run(t, shell, scriptOf(t, a.plan), tt.env...)
				if o.ended(t, tt.stops); !slices.Equal(operations(o.changes), tt.changes) {
					t.Errorf("%s: changes %q, want %q", shell, operations(o.changes), tt.changes)
				}
				if !strings.Contains(o.stdout, tt.says) {
					t.Errorf("%s: the output lacks %q:\n%s", shell, tt.says, o.stdout)
				}
				if strings.Contains(tt.says, "k4") && strings.Contains(o.stdout, "create-key") {
					t.Errorf("%s: it would make a second key:\n%s", shell, o.stdout)
				}
			}
		})
	}
}

// operations are calls as the operation and the key that they are of.
func operations(calls []string) (out []string) {
	for _, c := range calls {
		words := strings.Fields(c)
		name := words[1]
		for i, w := range words {
			if w == "--key-id" || w == "--target-key-id" {
				name += " " + strings.Trim(words[i+1], `["]`)
			}
		}
		out = append(out, name)
	}
	return out
}

// TestPoliciesAreNotPutTogether: bash can neither read a policy nor write it anew.
func TestPoliciesAreNotPutTogether(t *testing.T) {
	ours := document("s3:GetObject")
	put := func(policy any) []plan.Call {
		return []plan.Call{plan.NewCall("s3", "PutBucketPolicy", "Bucket", "b", "Policy", policy)}
	}
	st := plan.Step{
		Title: "put the policy", Read: plan.NewCall("s3", "GetBucketPolicy", "Bucket", "b"), Absent: []string{"NoSuchBucketPolicy"},
		Check:  plan.Check{Query: "Policy", Document: &ours, Contains: true},
		Create: put(ours), Update: put(plan.Merged{Query: "Policy", Document: ours}), Refuse: "there is one: put them together by hand",
	}
	tests := map[string]struct {
		there   reply
		changes int
		stops   string
	}{
		"there is none":       {there: reply{Err: "An error occurred (NoSuchBucketPolicy) when calling"}, changes: 1},
		"it is there":         {there: reply{Out: string(ours.Policy.Compact())}},
		"there is another":    {there: reply{Out: other}, stops: "put them together by hand"},
		"there is one beside": {there: reply{Out: string(beside(ours.Policy).Compact())}, stops: "put them together by hand"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, shell := range shells() {
				a := newAccount(t, planWith(st))
				a.answer("Policy", tt.there)
				o := a.run(t, shell, scriptOf(t, a.plan))
				if o.ended(t, tt.stops); len(o.changes) != tt.changes {
					t.Errorf("%s: changes %v", shell, o.changes)
				}
			}
		})
	}
}

func beside(d policy.Document) policy.Document {
	d.Statements = append(slices.Clip(d.Statements), policy.Statement{Effect: policy.Deny, Actions: []string{"s3:PutObject"}, Resources: []string{"*"}})
	return d
}

func TestScriptCannotAskTwoOwners(t *testing.T) {
	st := lonely.Steps()[0]
	st.Owner = ours
	p := plan.Plan{Guide: "test", Target: target, Resources: []plan.Resource{{ID: "key", Spec: thing{st}}}}
	if _, err := Render(p, origin); err == nil || !strings.Contains(err.Error(), fmt.Sprint(errOwners)) {
		t.Errorf("got %v", err)
	}
}
