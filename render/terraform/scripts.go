package terraform

import (
	"bytes"
	_ "embed" // check.sh
	"errors"
	"fmt"
	"slices"

	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/shell"
)

// shown is an output of which the plan knows what it should be.
type shown struct{ output, value string }

func (m *module) shows(output, value string) { m.shown = append(m.shown, shown{output, value}) }

// sooner leaves the resource that is being written to pre.sh, and later leaves one to post.sh, unless a look has
// found it as planned.
func (m *module) sooner() {
	if m.lacks(m.of) {
		m.before = append(m.before, m.of)
	}
}

func (m *module) later(r plan.Resource) {
	if m.lacks(r) {
		m.after = append(m.after, r)
	}
}

func (m *module) lacks(r plan.Resource) bool {
	f, looked := m.found[r.ID]
	return !looked || f.Problem != "" || f.Action != plan.None
}

// scripts are the two scripts, as far as there is something for them to do.
func (m *module) scripts(o render.Origin) (pre, post []render.File, err error) {
	if len(m.before) > 0 {
		data, err := m.script(o, "what must be there before Terraform", m.before)
		if err != nil {
			return nil, nil, err
		}
		pre = append(pre, render.File{Name: "pre.sh", Data: data, Executable: true})
	}
	if len(m.after) > 0 {
		data, err := m.script(o, "what Terraform leaves to a script", m.after)
		if err != nil {
			return nil, nil, err
		}
		if data, err = m.checked(data); err != nil {
			return nil, nil, err
		}
		post = append(post, render.File{Name: "post.sh", Data: data, Executable: true})
	}
	return pre, post, nil
}

// script is the bash of a part of the plan. What the part refers to is in the script as it is in the plan: once
// Terraform has made it, the script finds it there, takes its values and changes nothing.
func (m *module) script(o render.Origin, title string, resources []plan.Resource) ([]byte, error) {
	rest := m.plan
	rest.Title += ": " + title
	rest.Resources = m.closed(resources)
	rest.SQL, rest.FollowUps, rest.Files, rest.HandOver = nil, nil, nil, nil // README.md has what is left to do by hand
	return shell.Render(rest, o)
}

// closed are resources with those whose outputs they refer to, in the order of the plan.
func (m *module) closed(resources []plan.Resource) []plan.Resource {
	in := map[string]plan.Resource{}
	var add func(r plan.Resource)
	add = func(r plan.Resource) {
		if _, known := in[r.ID]; known {
			return
		}
		in[r.ID] = r
		r.Needs = nil // what its guide says is done by then
		for _, id := range plan.Needs(r) {
			if other, ok := m.plan.Find(id); ok {
				add(other)
			}
		}
	}
	for _, r := range resources {
		add(r)
	}
	var out []plan.Resource
	for _, r := range m.plan.Resources {
		if kept, ok := in[r.ID]; ok {
			kept.Needs = slices.DeleteFunc(slices.Clone(kept.Needs), func(id string) bool { _, ok := in[id]; return !ok })
			if _, whole := in[kept.Within]; !whole {
				kept.Within = ""
			}
			out = append(out, kept)
		}
	}
	return out
}

// checkScript compares Terraform's outputs with what a script was written for.
//
//go:embed check.sh
var checkScript string

// settings is the line of a script after which it begins.
var settings = []byte("\nset -euo pipefail\n")

var errNoSettings = errors.New("the script has no line for its settings")

// checked lets a script begin with a look at what Terraform has made.
func (m *module) checked(script []byte) ([]byte, error) {
	head, body, found := bytes.Cut(script, settings)
	if !found {
		return nil, errNoSettings
	}
	var b bytes.Buffer
	b.Write(head)
	b.Write(settings)
	b.WriteString("\n" + checkScript)
	for _, s := range m.shown {
		fmt.Fprintf(&b, "terraform_has %s %s\n", s.output, shell.Quote(s.value))
	}
	b.Write(body)
	return b.Bytes(), nil
}
