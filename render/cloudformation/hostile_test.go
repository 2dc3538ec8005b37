package cloudformation

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
)

// odd are pieces of which hostile texts are made.
var odd = []string{
	"'", `"`, `\`, "$(id)", "`id`", "\n", "\r\n", "\t", "${AWS::Region}", "${RoleName}", "${!x}", "${!", "${", "}", "$", "$$", "{", "!Sub ", "!Ref a", "!",
	": ", ":", "- ", "-", " #", "#", "&a", "*a", "|", ">", "%", "@", "?", "? ", ",", "[", "]", " ", "  ", "yes", "No", "null", "~", "y", "on", "1", "0x1f", "0o7", "1_000",
	"1e3", "12:30:45", "2012-10-17", ".inf", ".nan", "=", "<<", "---", "...", "arn:aws:s3:::", "arn:aws:iam::111122223333:role/", "111122223333", "us-east-1", "com.amazonaws.",
	"\u202e", "\u200f", "\u2028", "\u0085", "\ufeff", "\ufffd", "é", "日本", "\U0001F600", "a", "b", "Z", "/", "::", "</script>", "](x)", "%{x}", strings.Repeat("é", 63) + "x",
}

func oddText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(odd), 1, 6).Draw(t, label), "")
}

// TestTextsComeBack: a text means the same in the template, wherever it stands and whatever is in it.
func TestTextsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(rapid.Map(rapid.SliceOfN(rapid.SampledFrom(odd), 0, 5), func(s []string) string { return strings.Join(s, "") }), rapid.String()), 1, 4).Draw(t, "texts")
		var v value
		want := ""
		for i, s := range texts {
			if strings.ContainsRune(s, 0) {
				s = "nul"
			}
			v, want = append(v, literal(s)), want+s
			if i%2 == 0 {
				v, want = append(v, ref("AWS::Region")), want+"us-east-1"
			}
			if i%3 == 2 {
				v, want = append(v, piece{node: pick("Never", reference("AWS::NoValue"), scalar("else"))}), want+"else"
			}
		}
		comesBack(t, v, want)
	})
}

type failer interface{ Fatalf(string, ...any) }

func comesBack(t failer, v value, want string) {
	root := object("Conditions", object("Never", short("!Equals", scalar("a"), scalar("b"))), "Resources", object("R", object("Type", scalar("T"), "Properties", object(want+"k", v.node()))))
	data, err := encode(root)
	if err != nil {
		t.Fatalf("%v", err)
	}
	m, err := parseTemplate(string(data), nil, map[string]string{"AWS::Region": "us-east-1"})
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	all, err := m.all()
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if got, is := all[0].properties[want+"k"]; !is || got != want {
		t.Fatalf("%q came back as %q\n%s", want, all[0].properties, data)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range odd {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || strings.ContainsRune(a+b, 0) {
			if _, err := encode(list(scalar(a), scalar(b))); err == nil {
				t.Errorf("%q and %q were written", a, b)
			}
			return
		}
		comesBack(t, value{literal(a)}, a)
		comesBack(t, value{literal(a), ref("AWS::Region"), literal(b)}, a+"us-east-1"+b)
	})
}

func FuzzParameterFile(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		tm := &template{parameters: []parameter{{name: "A", value: s}, {name: "B", value: "b"}}}
		data, err := tm.parameterFile()
		if err != nil {
			t.Fatal(err)
		}
		var got []struct{ ParameterKey, ParameterValue string }
		if err := json.Unmarshal(data, &got); err != nil || len(got) != 2 || got[0].ParameterValue != s || strings.Count(string(data), "\n") != 4 {
			t.Errorf("%q: %v %v\n%s", s, got, err, data)
		}
	})
}

// oddPlan is a plan whose names AWS would mostly refuse.
func oddPlan(t *rapid.T) plan.Plan {
	draw := func(label string) string { return oddText(t, label) }
	target := plan.Target{Account: "111122223333", Region: "us-east-1", Partition: "aws"}
	tags := []kind.Tag{{Key: plan.TagPlan, Value: draw("owner")}, {Key: draw("tag"), Value: draw("tag value")}}
	name, path, bucket := draw("role"), "/"+draw("path")+"/", draw("bucket")
	key := plan.Ref{Resource: "key", Output: kind.KeyARN}.String()
	doc := func(name string) plan.Document {
		return plan.Document{Name: name, Kind: policy.Identity, Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{{
			Sid: draw("sid"), Effect: policy.Allow, Actions: []string{"s3:GetObject", draw("action")},
			Principal:  policy.Principal{AWS: []string{draw("principal")}},
			Resources:  []string{draw("resource"), "arn:aws:s3:::" + bucket + "/" + draw("object"), target.RoleARN(path, name), draw("before") + key + draw("after"), "arn:aws:logs:us-east-1:111122223333:" + draw("log")},
			Conditions: []policy.Condition{{Operator: "StringLike", Key: draw("key"), Values: []string{"${aws:username}" + draw("value"), target.Account}}},
		}}}}
	}
	specs := []struct {
		id   string
		spec plan.Spec
	}{
		{"key", kind.Key{ID: "key", Alias: draw("alias"), Description: draw("description"), Tags: tags}},
		{"bucket", kind.Bucket{BucketName: bucket, Account: target.Account, Region: target.Region, KeyARN: key, Policy: doc("policy"), Tags: tags}},
		{"role", kind.Role{Path: path, RoleName: name, Description: draw("about") + " " + bucket + " " + draw("more"), Trust: doc("trust"), Boundary: "arn:aws:iam::aws:policy/" + draw("boundary"), Tags: tags}},
		{"attachment", kind.Attachment{RoleName: name, PolicyARN: "arn:aws:iam::111122223333:policy/" + draw("policy"), RoleTags: tags}},
		{"policy", kind.InlinePolicy{RoleName: name, PolicyName: draw("policy name"), Document: doc("permissions"), RoleTags: tags}},
		{"group", kind.SecurityGroup{ID: "group", GroupName: draw("group"), Description: draw("group's"), VPCID: "vpc-1", CIDR: "10.0.0.0/8", Tags: tags}},
		{"cluster", kind.Cluster{
			Identifier: draw("cluster"), NodeType: draw("node type"), Nodes: 2, Database: draw("database"), AdminUser: draw("user"), SubnetGroup: draw("subnets"),
			RoleARNs: []string{target.RoleARN(path, name), draw("other role")}, Tags: tags,
		}},
	}
	p := plan.Plan{Guide: "g", Title: draw("title"), Owner: draw("plan's owner"), Target: target}
	for _, s := range specs {
		p.Resources = append(p.Resources, plan.Resource{ID: s.id, Spec: s.spec})
	}
	return p
}

func TestHostileNamesMeanThePlan(t *testing.T) {
	checkPatterns = false
	defer func() { checkPatterns = true }()
	rapid.Check(t, func(rt *rapid.T) {
		p := oddPlan(rt)
		given, value := answersOf(p)
		got, _ := deployed(rt, p, templateOf(rt, p), given, pseudoOf(p.Target))
		for _, w := range same(got, planned(rt, p, value)) {
			rt.Error(w)
		}
	})
}

// TestOldYAMLReadsTheSame has PyYAML, which reads YAML 1.1 as CloudFormation does, read templates.
func TestOldYAMLReadsTheSame(t *testing.T) {
	testenv.Python(t, "pip install pyyaml", "yaml")
	all := map[string]string{}
	for _, name := range answersFiles(t) {
		all[name] = templateOf(t, planOf(t, name, routed))
	}
	rapid.Check(t, func(rt *rapid.T) {
		if len(all) < 60 { // PyYAML is slow
			p := oddPlan(rt)
			all[p.Hash()] = templateOf(rt, p)
		}
	})
	texts := list()
	for _, a := range odd {
		for _, b := range odd {
			texts.Content = append(texts.Content, scalar(a+b), fixed(a+b))
		}
	}
	data, err := encode(texts)
	if err != nil {
		t.Fatal(err)
	}
	all["texts"] = string(data)
	input, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", oldYAML)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(input)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	for name, template := range all {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(template), &doc); err != nil {
			t.Fatal(err)
		}
		if got, want := text(read[name]), text(tree(doc.Content[0])); got != want {
			t.Errorf("%s: YAML 1.1 reads\n%s\nand not\n%s", name, got, want)
		}
	}
}

// oldYAML prints what YAML 1.1 reads: texts as they are, functions as lists that begin with their name.
const oldYAML = `
import json, sys, yaml
class Loader(yaml.SafeLoader): pass
def function(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode): return ["!" + suffix, loader.construct_scalar(node)]
    return ["!" + suffix] + loader.construct_sequence(node, deep=True)
Loader.add_multi_constructor("!", function)
print(json.dumps({k: yaml.load(v, Loader) for k, v in json.load(sys.stdin).items()}, default=lambda o: "not a text: " + repr(o)))
`

// tree is the same for what was meant.
func tree(n *yaml.Node) any {
	var items []any
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		items = append(items, n.Tag)
	}
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for name, child := range members(n) {
			out[name] = tree(child)
		}
		return out
	case yaml.SequenceNode:
		for _, child := range n.Content {
			items = append(items, tree(child))
		}
		if items == nil {
			items = []any{}
		}
		return items
	}
	switch {
	case items != nil:
		return append(items, n.Value)
	case n.ShortTag() == "!!bool":
		return n.Value == "true"
	case n.ShortTag() == "!!int":
		return json.Number(n.Value)
	}
	return n.Value
}
