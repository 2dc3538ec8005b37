package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"onramp/render"
)

// This file reads a module as Terraform reads it, with HashiCorp's own parser, and evaluates it without a
// provider: attributes of resources are what the caller says they are.

// functions are those of Terraform's that a module calls.
var functions = map[string]function.Function{
	"can": tryfunc.CanFunc, "floor": stdlib.FloorFunc, "jsonencode": stdlib.JSONEncodeFunc, "lookup": stdlib.LookupFunc, "regex": stdlib.RegexFunc,
	"alltrue": function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}}, Type: function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(!slices.ContainsFunc(args[0].AsValueSlice(), cty.Value.False)), nil
		},
	}),
	"startswith": function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "prefix", Type: cty.String}}, Type: function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(strings.HasPrefix(args[0].AsString(), args[1].AsString())), nil
		},
	}),
}

// parsed is a module that was read.
type parsed struct {
	bodies map[string]*hclsyntax.Body
	scope  *hcl.EvalContext
}

// read parses the .tf files of a module. attributes are those of resources and data sources, by their address:
// "aws_iam_role.role.arn", "data.aws_vpc.vpc.id".
func read(t testing.TB, files map[string]render.File, attributes map[string]string) parsed {
	t.Helper()
	p := parsed{bodies: map[string]*hclsyntax.Body{}, scope: &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{}}}
	for name, f := range files {
		if !strings.HasSuffix(name, ".tf") {
			continue
		}
		if form := hclwrite.Format(f.Data); !bytes.Equal(form, f.Data) {
			t.Errorf("terraform fmt would write %s differently:\n%s\nand not\n%s", name, form, f.Data)
		}
		file, wrong := hclparse.NewParser().ParseHCL(f.Data, name)
		if wrong.HasErrors() {
			t.Fatalf("%s: %v\n%s", name, wrong, f.Data)
		}
		p.bodies[name] = file.Body.(*hclsyntax.Body)
	}
	p.variables(t)
	tree := map[string]any{}
	for address, value := range attributes {
		at := tree
		steps := strings.Split(address, ".")
		for _, step := range steps[:len(steps)-1] {
			if at[step] == nil {
				at[step] = map[string]any{}
			}
			at = at[step].(map[string]any)
		}
		at[steps[len(steps)-1]] = value
	}
	for name, v := range tree {
		p.scope.Variables[name] = ctyOf(v)
	}
	return p
}

func ctyOf(v any) cty.Value {
	m, is := v.(map[string]any)
	if !is {
		return cty.StringVal(v.(string))
	}
	out := map[string]cty.Value{}
	for name, v := range m {
		out[name] = ctyOf(v)
	}
	return cty.ObjectVal(out)
}

// variables gives each variable its default.
func (p parsed) variables(t testing.TB) {
	t.Helper()
	values := map[string]cty.Value{}
	for _, b := range p.bodies["variables.tf"].Blocks {
		v := p.value(t, b.Body.Attributes["default"].Expr)
		if v.Type().IsTupleType() {
			v = cty.ListVal(v.AsValueSlice())
		}
		values[b.Labels[0]] = v
	}
	p.scope.Variables["var"] = cty.ObjectVal(values)
}

func (p parsed) value(t testing.TB, e hcl.Expression) cty.Value {
	t.Helper()
	v, wrong := e.Value(p.scope)
	if wrong.HasErrors() {
		t.Fatalf("%s: %v", e.Range(), wrong)
	}
	return v
}

// settings are the attributes of every block of one kind, by address and path: "aws_iam_role.role: name". A value
// is as encoding/json has it, and a policy is what its JSON says. What tells Terraform how to
// work and is nothing of AWS's is left out.
func (p parsed) settings(t testing.TB, of string) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, b := range p.bodies["main.tf"].Blocks {
		if b.Type != of {
			continue
		}
		address := b.Labels[0] + "." + b.Labels[1]
		if _, twice := out[address]; twice {
			t.Errorf("%s stands twice", address)
		}
		out[address] = true
		p.walk(t, b.Body, address+": ", out)
	}
	return out
}

func (p parsed) walk(t testing.TB, body *hclsyntax.Body, path string, out map[string]any) {
	for name, a := range body.Attributes {
		if name == "depends_on" {
			continue
		}
		switch v := p.value(t, a.Expr); name {
		case "policy", "assume_role_policy":
			out[path+name] = decoded(t, []byte(v.AsString()))
		default:
			data, err := ctyjson.Marshal(v, v.Type())
			if err != nil {
				t.Fatal(err)
			}
			out[path+name] = decoded(t, data)
		}
	}
	for _, b := range body.Blocks {
		if b.Type != "lifecycle" {
			p.walk(t, b.Body, path+b.Type+".", out)
		}
	}
}

// decoded is what a JSON text says.
func decoded(t testing.TB, data []byte) any {
	t.Helper()
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return out
}

// own finds blocks that refer to themselves.
func (p parsed) own(t testing.TB) {
	t.Helper()
	for _, b := range p.bodies["main.tf"].Blocks {
		if b.Type != "resource" {
			continue
		}
		for _, traversal := range references(b.Body) {
			if len(traversal) > 1 && traversal.RootName() == b.Labels[0] {
				if step, is := traversal[1].(hcl.TraverseAttr); is && step.Name == b.Labels[1] {
					t.Errorf("%s.%s refers to itself", b.Labels[0], b.Labels[1])
				}
			}
		}
	}
}

func references(body *hclsyntax.Body) []hcl.Traversal {
	var out []hcl.Traversal
	for _, a := range body.Attributes {
		out = append(out, a.Expr.Variables()...)
	}
	for _, b := range body.Blocks {
		out = append(out, references(b.Body)...)
	}
	return out
}

// difference lists what two sets of settings do not share, a line each.
func difference(have, want map[string]any) []string {
	var out []string
	text := func(v any) string { data, _ := json.Marshal(v); return string(data) }
	for path, v := range want {
		if got, there := have[path]; !there {
			out = append(out, fmt.Sprintf("%s is missing: %s", path, text(v)))
		} else if text(got) != text(v) {
			out = append(out, fmt.Sprintf("%s is\n  %s\nand should be\n  %s", path, text(got), text(v)))
		}
	}
	for path, v := range have {
		if _, there := want[path]; !there && v != "" {
			out = append(out, fmt.Sprintf("%s is nothing of the plan's: %s", path, text(v)))
		}
	}
	slices.Sort(out)
	return out
}
