// Package terraform renders a plan as a Terraform module of the hashicorp/aws provider: what a team takes into
// its own pipeline.
//
// What the provider does without harm is a resource: policies are jsonencode of the plan's documents, references
// are attributes, and what the plan only uses is a data source. What it cannot do at all, or only by
// replacing what others have put there (roles on a warehouse that exists, its routing, the DNS of a VPC, SQL),
// stays with the bash of render/shell: in pre.sh what the resources need, and in post.sh what needs them.
//
// The package is pure. It must not know guides, the terminal or aws-sdk-go-v2. Nothing of a plan reaches a .tf
// file but through value.go.
package terraform

import (
	"fmt"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render"
)

// Files renders the module. found is what a look at the account said, by id of the resource: what is there
// already is imported, or used as it is. nil: nobody looked, and everything is made. A plan with problems has no
// module.
func Files(p plan.Plan, found map[string]apply.Finding, o render.Origin) ([]render.File, error) {
	if len(p.Problems) > 0 {
		return nil, fmt.Errorf("render terraform: the plan is not complete: %w", p.Problems[0])
	}
	m := newModule(p, found)
	for _, r := range p.Resources {
		spec, ok := r.Spec.(kind.Spec)
		if !ok {
			return nil, fmt.Errorf("render terraform: %s is of no kind that it knows: %s", r.ID, r.Spec.Kind())
		}
		m.resource(r, spec)
	}
	pre, post, err := m.scripts(o)
	m.fail(err)
	if m.err != nil {
		return nil, fmt.Errorf("render terraform: %w", m.err)
	}
	files := []render.File{
		m.file("versions.tf", o, m.versions()), m.file("variables.tf", o, m.variables), m.file("main.tf", o, m.main), m.file("outputs.tf", o, m.outputs),
	}
	if len(m.imports.rows) > 0 {
		files = append(files, m.file("imports.tf", o, m.imports))
	}
	files = append(append(files, pre...), post...)
	return append(files, m.readme(o)), nil
}

// module is a module being written. The first thing that cannot be said ends it with an error.
type module struct {
	plan  plan.Plan
	hash  string
	found map[string]apply.Finding
	names *names
	of    plan.Resource // the one that is being written
	label string        // of its blocks

	main, variables, outputs, imports *body

	headed     bool            // a comment stands above the next block
	taken      []string        // names of variables and outputs
	warehouses map[string]bool // those that have a data source
	shown      []shown         // outputs whose value the plan knows

	before, after []plan.Resource // what is left to pre.sh and post.sh
	err           error
}

func newModule(p plan.Plan, found map[string]apply.Finding) *module {
	m := &module{
		plan: p, hash: p.Hash(), found: found, warehouses: map[string]bool{},
		main: &body{}, variables: &body{}, outputs: &body{}, imports: &body{},
	}
	names, err := nameAll(p, m.exists)
	m.fail(err)
	m.names = names
	m.region()
	return m
}

func (m *module) fail(err error) {
	if m.err == nil {
		m.err = err
	}
}

// resource writes one resource of the plan.
func (m *module) resource(r plan.Resource, spec kind.Spec) {
	m.of, m.label = r, m.names.labels[r.ID]
	spec.Accept(m)
}

// exists says that a look at the account has found a resource that the plan would make.
func (m *module) exists(r plan.Resource) bool {
	f, looked := m.found[r.ID]
	return looked && f.Problem == "" && (f.Action == plan.None || f.Action == plan.Update)
}

// foreign says that what was found is somebody else's.
func (m *module) foreign(r plan.Resource) bool {
	for _, d := range m.found[r.ID].Differences {
		if d.Foreign {
			return true
		}
	}
	return false
}

// asks says that what was found is changed only with consent: it is somebody else's, or others may rely on it. An
// import would be a consent that nobody has given.
func (m *module) asks(r plan.Resource) bool {
	return m.foreign(r) || len(m.reliedOn(r)) > 0
}

// reliedOn are the differences of something of unknown origin that others may rely on.
func (m *module) reliedOn(r plan.Resource) []apply.Difference {
	var out []apply.Difference
	for _, d := range m.found[r.ID].Differences {
		if d.Ask && !d.Foreign {
			out = append(out, d)
		}
	}
	return out
}
