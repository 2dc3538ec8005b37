package cloudformation

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/shell"
)

// TestRandomAnswersGiveTheirTemplate: whatever was answered, the template that CloudFormation would resolve makes what the
// plan's calls make and nothing else, with its own defaults, which its own patterns take; and the scripts have the rest.
func TestRandomAnswersGiveTheirTemplate(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		p := d.Plan
		if nothing(t, p) {
			return
		}
		given, value := answersOf(p)
		got, m := deployed(t, p, templateOf(t, p), given, pseudoOf(p.Target))
		for _, w := range slices.Concat(same(got, planned(t, p, value)), forgotten(t, p, m, value)) {
			t.Error(w)
		}
	})
}

// nothing says that a plan has nothing for a template, which is said then.
func nothing(t *rapid.T, p plan.Plan) bool {
	if slices.ContainsFunc(p.Resources, func(r plan.Resource) bool { return inTemplate(p, r) }) {
		return false
	}
	if _, err := Files(p, origin); !errors.Is(err, render.ErrNothing) {
		t.Errorf("a plan without anything for a template gives one: %v", err)
	}
	return true
}

// TestRandomAnswersGiveTheirFiles: each file of a stack and of a stack set is what its name says, and the stack with the
// values of parameters.json makes what the plan makes.
func TestRandomAnswersGiveTheirFiles(t *testing.T) {
	plantest.RandomFew(t, 2, func(t *rapid.T, d plantest.Drawn) {
		p := d.Plan
		if nothing(t, p) {
			return
		}
		stack, err := Files(p, origin)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range stack {
			readable(t, f)
		}
		looked, value := answersOf(p)
		got, _ := deployed(t, p, string(stack[0].Data), parametersIn(t, stack[1], looked), pseudoOf(p.Target))
		for _, w := range same(got, planned(t, p, value)) {
			t.Error(w)
		}
		saySQL(t, stack, p)
		set, err := StackSet(p, optionsFor(p), origin)
		if err != nil {
			if !ofOneAccount(p) {
				t.Fatal(err)
			}
			return
		}
		for _, f := range set {
			readable(t, f)
		}
		m, err := parseTemplate(string(set[0].Data), parametersIn(t, set[1], looked), pseudoOf(p.Target))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.all(); err != nil {
			t.Fatal(err)
		}
		saySQL(t, set, p)
	})
}

// readable reads a file with the parser of its kind.
func readable(t *rapid.T, f render.File) {
	t.Helper()
	var err error
	switch {
	case f.Executable:
		_, err = syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(f.Data), f.Name)
	case f.Name == fileTemplate:
		err = yaml.Unmarshal(f.Data, new(yaml.Node))
	default:
		err = json.Unmarshal(f.Data, new(any))
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", f.Name, err, f.Data)
	}
}

// saySQL holds the script that comes after to the plan's statements, but for those that name a role: an account's
// own stands there.
func saySQL(t *rapid.T, files []render.File, p plan.Plan) {
	t.Helper()
	script := string(files[len(files)-1].Data)
	for _, s := range p.SQL {
		if !strings.Contains(script, s.Text) && !strings.Contains(script, shell.Quote(s.Text)) && !strings.HasPrefix(s.Text, "GRANT ASSUMEROLE") {
			t.Fatalf("%s does not say %s", files[len(files)-1].Name, s.Text)
		}
	}
}

// ofOneAccount says that names which stay in the scripts have the account's number in them, or what stands there for it
// in a stack set; or that a role's ARN has what no variable of a shell can hold. Such a plan is refused as a stack set.
func ofOneAccount(p plan.Plan) bool {
	var said strings.Builder
	for _, s := range p.SQL {
		said.WriteString(s.Title + s.Text)
	}
	for _, f := range p.FollowUps {
		said.WriteString(f.Title + f.When + f.SQL)
	}
	var arns []string
	for _, r := range p.Resources {
		switch s := r.Spec.(type) {
		case kind.Role:
			arns = append(arns, p.Target.RoleARN(s.Path, s.RoleName), "")
			if strings.ContainsAny(arns[len(arns)-2], "\"'\\`") {
				return true
			}
		case kind.SQL:
			said.WriteString(s.Database + s.Connection.DBUser)
		}
	}
	return strings.Contains(strings.NewReplacer(arns...).Replace(said.String()), ":"+p.Target.Account+":") || unmarked(p) != nil
}

// parametersIn are the values that parameters.json gives, with what deploy.sh looks up in place of its tokens.
func parametersIn(t *rapid.T, f render.File, looked map[string]string) map[string]string {
	t.Helper()
	var all []struct{ ParameterKey, ParameterValue string }
	if err := json.Unmarshal(f.Data, &all); err != nil {
		t.Fatalf("%v\n%s", err, f.Data)
	}
	out := map[string]string{}
	for _, p := range all {
		out[p.ParameterKey] = p.ParameterValue
		if p.ParameterValue == token(p.ParameterKey) {
			out[p.ParameterKey] = looked[p.ParameterKey]
		}
	}
	return out
}
