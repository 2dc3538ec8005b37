package plantest_test

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
)

// met counts the resources of each kind. That it implements kind.Visitor is the compiler's word
// that it knows them all.
type met map[plan.Kind]int

func (m met) add(s plan.Spec)                            { m[s.Kind()]++ }
func (m met) Role(r kind.Role)                           { m.add(r) }
func (m met) Attachment(a kind.Attachment)               { m.add(a) }
func (m met) InlinePolicy(p kind.InlinePolicy)           { m.add(p) }
func (m met) ExistingPrincipal(p kind.ExistingPrincipal) { m.add(p) }
func (m met) PrincipalPolicy(p kind.PrincipalPolicy)     { m.add(p) }
func (m met) ManagedPolicy(p kind.ManagedPolicy)         { m.add(p) }
func (m met) InstanceProfile(p kind.InstanceProfile)     { m.add(p) }
func (m met) KeyPair(k kind.KeyPair)                     { m.add(k) }
func (m met) ExistingKeyPair(k kind.ExistingKeyPair)     { m.add(k) }
func (m met) Bucket(b kind.Bucket)                       { m.add(b) }
func (m met) ExistingBucket(b kind.ExistingBucket)       { m.add(b) }
func (m met) Key(k kind.Key)                             { m.add(k) }
func (m met) ExistingKey(k kind.ExistingKey)             { m.add(k) }
func (m met) VPC(v kind.VPC)                             { m.add(v) }
func (m met) SecurityGroup(g kind.SecurityGroup)         { m.add(g) }
func (m met) GatewayEndpoint(e kind.GatewayEndpoint)     { m.add(e) }
func (m met) EndpointService(s kind.EndpointService)     { m.add(s) }
func (m met) InterfaceEndpoint(e kind.InterfaceEndpoint) { m.add(e) }
func (m met) Cluster(c kind.Cluster)                     { m.add(c) }
func (m met) ClusterRoles(c kind.ClusterRoles)           { m.add(c) }
func (m met) ClusterRouting(c kind.ClusterRouting)       { m.add(c) }
func (m met) NamespaceRoles(n kind.NamespaceRoles)       { m.add(n) }
func (m met) WorkgroupRouting(w kind.WorkgroupRouting)   { m.add(w) }
func (m met) SQL(s kind.SQL)                             { m.add(s) }
func (m met) visit(p plan.Plan) met {
	for _, r := range p.Resources {
		r.Spec.(kind.Spec).Accept(m)
	}
	return m
}

func TestEveryKindHasEveryKind(t *testing.T) {
	kinds := met{}.visit(plantest.EveryKind(plantest.Target("us-east-1")))
	if want := reflect.TypeFor[kind.Visitor]().NumMethod(); len(kinds) != want {
		t.Errorf("the plan has %d kinds, and there are %d: give the new one a place in EveryKind", len(kinds), want)
	}
}

func TestGuidePlansHaveEveryKindAndRegion(t *testing.T) {
	kinds, regions, plans := met{}, []string{}, 0
	for _, p := range plantest.RedshiftML() {
		kinds.visit(p)
		plans++
		if !slices.Contains(regions, p.Target.Region) {
			regions = append(regions, p.Target.Region)
		}
	}
	files, err := filepath.Glob("../../../testdata/answers/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		kinds.visit(plantest.File(t, file, ""))
	}
	if want := reflect.TypeFor[kind.Visitor]().NumMethod(); len(kinds) != want {
		t.Errorf("the guides' plans have %d kinds of %d: %v", len(kinds), want, kinds)
	}
	if len(regions) != 4 || plans < 3000 {
		t.Errorf("built %d plans in %v: do the answers still go together?", plans, regions)
	}
	t.Logf("%d plans", plans)
}
