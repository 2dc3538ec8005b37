package permissions_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// ofMany is a plan with many buckets, each read and written the same way.
func ofMany(buckets int) plan.Plan {
	p := plan.Plan{Target: plantest.Target("us-east-1")}
	for i := range buckets {
		name := fmt.Sprintf("acme-redshift-ml-bucket-of-group-%d", i+1)
		p.Resources = append(p.Resources, plan.Resource{ID: fmt.Sprintf("group-%d-bucket", i+1), Spec: kind.Bucket{
			BucketName: name, Account: p.Target.Account, Region: p.Target.Region, Tags: kind.Tags("owner", name),
		}})
	}
	return p
}

func TestStatements(t *testing.T) {
	for name, test := range map[string]struct {
		plan plan.Plan
		sids []string
	}{
		"a plan without resources needs nothing": {
			plan: plan.Plan{Target: plantest.Target("us-east-1")},
		},
		"what is allowed on one resource is one statement": {
			plan: ofMany(1), sids: []string{"Group1Bucket"},
		},
		"resources that differ in nothing else share a statement": {
			plan: ofMany(3), sids: []string{"Group1Bucket"},
		},
		"a statement grows only so far": {
			plan: ofMany(100), sids: []string{"Group1Bucket", "Group42Bucket", "Group83Bucket"},
		},
		"a resource with several statements numbers them": {
			plan: plan.Plan{Target: plantest.Target("us-east-1"), Resources: []plan.Resource{{ID: "main-role", Spec: kind.Role{Path: "/", RoleName: "r", Tags: kind.Tags("o", "r")}}}},
			sids: []string{"MainRole", "MainRole2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := permissions.Operator(test.plan)
			if err != nil {
				t.Fatal(err)
			}
			var sids []string
			for _, s := range d.Statements {
				sids = append(sids, s.Sid)
			}
			if !slices.Equal(sids, test.sids) {
				t.Errorf("got %v, want %v", sids, test.sids)
			}
		})
	}
}

func TestSidsStandOnceEvenWhereNumbersMeetIDs(t *testing.T) {
	p := plan.Plan{Target: plantest.Target("us-east-1")}
	for _, id := range []string{"role", "role2", "role-2", "role3"} {
		p.Resources = append(p.Resources, plan.Resource{ID: id, Spec: kind.Role{Path: "/" + id + "/", RoleName: id, Boundary: "arn:aws:iam::aws:policy/" + id}})
	}
	d, err := permissions.Operator(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range policy.Validate(d, policy.Identity) {
		t.Error(err)
	}
}

func TestSplit(t *testing.T) {
	whole, err := permissions.Operator(ofMany(400))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		document policy.Document
		most     int
		parts    int
	}{
		"a document that fits stays whole":                    {whole, whole.Size(), 1},
		"a document that is too long is cut between":          {whole, policy.MaxManaged, 5},
		"a statement that is too long by itself stands alone": {whole, 1, len(whole.Statements)},
		"nothing makes no document":                           {policy.Document{Version: policy.Version}, policy.MaxManaged, 0},
	} {
		t.Run(name, func(t *testing.T) {
			parts := permissions.Split(test.document, test.most)
			if len(parts) != test.parts {
				t.Errorf("got %d documents, want %d", len(parts), test.parts)
			}
			var joined []policy.Statement
			for _, part := range parts {
				if len(part.Statements) > 1 && part.Size() > test.most {
					t.Errorf("a document of %d statements has %d characters, more than %d", len(part.Statements), part.Size(), test.most)
				}
				for _, err := range policy.Validate(part, policy.Identity) {
					t.Error(err)
				}
				joined = append(joined, part.Statements...)
			}
			if !reflect.DeepEqual(joined, test.document.Statements) {
				t.Error("the parts together are not the document")
			}
		})
	}
}
