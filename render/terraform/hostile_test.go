package terraform

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
)

// nasty are pieces that mean something to HCL, to bash, to SQL or to a terminal.
var nasty = []string{
	`"`, `'`, `\`, `\\`, `\"`, `${`, `%{`, `$${`, `%%{`, `$`, `$$`, `%`, `{`, `}`, `${var.region}`, `%{ if true }x%{ endif }`, `~}`, "\n", "\r\n", "\t", "\x00", "\u0085", "\u2028",
	"<<EOF", "EOF", "#", "//", "/*", "*/", "`", "$(id)", "--", ";", "\u202e", "\u2066", "\ufeff", "\U000e0041", "日本語", "é", "\U0001f469\u200d\U0001f4bb", "us-east-1", ":us-east-1:",
	"arn:aws:iam::111122223333:role/", "arn:aws:s3:::", `\u0024`, `\n`,
}

// sayable says that Terraform can have a text at all, and that it is no reference of a plan.
func sayable(s string) bool {
	return utf8.ValidString(s) && cty.StringVal(s).AsString() == s && !strings.ContainsAny(s, "\ufdd0\ufdd1")
}

// text draws texts of nasty pieces and of anything else, that Terraform can have and put into a policy.
func text() *rapid.Generator[string] { return anyText }

var anyText = rapid.Custom(func(t *rapid.T) string {
	pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringN(0, 6, -1)), 0, 8).Draw(t, "pieces")
	return strings.Join(pieces, "")
}).Filter(func(s string) bool { return sayable(s) && encodable(s) == nil })

// evaluated reads an expression as Terraform does.
func evaluated(t fatal, is expr, scope *hcl.EvalContext) cty.Value {
	t.Helper()
	formatted := hclwrite.Format([]byte("x = " + is))
	f, wrong := hclsyntax.ParseConfig(formatted, "x.tf", hcl.InitialPos)
	if wrong.HasErrors() {
		t.Fatalf("%s: %v", formatted, wrong)
	}
	v, wrong := f.Body.(*hclsyntax.Body).Attributes["x"].Expr.Value(scope)
	if wrong.HasErrors() {
		t.Fatalf("%s: %v", formatted, wrong)
	}
	return v
}

// fatal is what *testing.T and *rapid.T have in common.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// values are expressions that stand for texts, in the test of templates.
var values = &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("${a}"), "b": cty.StringVal("")})}}

func TestTextsReadBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pieces []piece
		var want string
		for range rapid.IntRange(0, 4).Draw(t, "pieces") {
			switch rapid.IntRange(0, 3).Draw(t, "of") {
			case 0:
				pieces, want = append(pieces, piece{expr: expression("var.a")}), want+"${a}"
			case 1:
				pieces = append(pieces, piece{expr: expression("var.b")})
			default:
				s := text().Draw(t, "text")
				pieces, want = append(pieces, piece{text: s}), want+s
			}
		}
		if !sayable(want) {
			t.Skip("the pieces compose to something else")
		}
		tokens, err := template(pieces...)
		if err != nil {
			t.Fatal(err)
		}
		if got := evaluated(t, tokens, values).AsString(); got != want {
			t.Fatalf("%s reads as %q, want %q", tokens, got, want)
		}
	})
}

func TestTextThatTerraformCannotHaveIsRefused(t *testing.T) {
	for _, s := range []string{"e\u0301", "\xff", "a\xc3"} {
		if tokens, err := template(piece{text: s}); err == nil {
			t.Errorf("%q is written as %s", s, tokens)
		}
	}
	for _, s := range []string{"<\u0307", ">\u0301", "\n\u0300"} {
		data, _ := json.Marshal(map[string]string{"Sid": s})
		if tokens, err := document(data, func(s string) (expr, error) { return template(piece{text: s}) }); err == nil {
			t.Errorf("%q is written as %s, which says %s", s, tokens, evaluated(t, "jsonencode("+tokens+")", values).AsString())
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		tokens, err := template(piece{text: a}, piece{expr: expression("var.b")}, piece{text: b})
		if !sayable(a) || !sayable(b) {
			if err == nil && !strings.ContainsAny(a+b, "\ufdd0\ufdd1") {
				t.Fatalf("%q, %q: no error", a, b)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := evaluated(t, tokens, values).AsString(); sayable(a+b) && got != a+b {
			t.Fatalf("%s reads as %q, want %q", tokens, got, a+b)
		}
		if written := comment(a); strings.Trim(written, " ") == "" || strings.ContainsFunc(strings.TrimSuffix(written, "\n"), func(r rune) bool { return r == '\r' }) {
			t.Fatalf("%q as a comment is %q", a, written)
		}
	})
}

// statement draws a statement of a policy that says hostile things wherever a text can stand.
func statement(t *rapid.T, label string) policy.Statement {
	s := func(name string) string { return text().Draw(t, label+" "+name) }
	return policy.Statement{
		Sid: s("sid"), Effect: policy.Allow, Principal: policy.Principal{AWS: []string{s("principal")}}, Actions: []string{s("action"), s("action")},
		Resources: []string{s("resource"), "*"}, Conditions: []policy.Condition{{Operator: s("operator"), Key: s("key"), Values: []string{s("value")}}},
	}
}

func hostile(t *rapid.T) plan.Plan {
	s := func(name string) string { return text().Draw(t, name) }
	document := func(name string) plan.Document {
		return plan.Document{Name: name, Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{statement(t, name)}}}
	}
	tags := []kind.Tag{{Key: plan.TagPlan, Value: s("owner")}, {Key: plan.TagResource + "." + s("tag"), Value: s("tag value")}}
	target := plantest.Target("us-east-1")
	role, key := s("role"), plan.Ref{Resource: "key", Output: kind.KeyARN}.String()
	p := plan.Plan{Guide: "hostile", Title: s("title"), Owner: "hostile", Target: target}
	specs := map[string]plan.Spec{
		"role":         kind.Role{Path: "/" + s("path"), RoleName: role, Description: s("description"), Trust: document("trust"), Boundary: s("boundary"), Tags: tags},
		"attachment":   kind.Attachment{RoleName: role, PolicyARN: s("policy"), Title: s("policy title")},
		"policy":       kind.InlinePolicy{RoleName: s("other role"), PolicyName: s("policy name"), Document: document("permissions")},
		"bucket":       kind.Bucket{BucketName: s("bucket"), Account: target.Account, Region: target.Region, KeyARN: s("before") + key + s("after"), Policy: document("policy"), Tags: tags},
		"old-bucket":   kind.ExistingBucket{BucketName: s("old bucket")},
		"key":          kind.Key{ID: "key", Alias: s("alias"), Description: s("key description"), Tags: tags},
		"old-key":      kind.ExistingKey{KeyRef: s("old key")},
		"group":        kind.SecurityGroup{ID: "group", GroupName: s("group"), Description: s("group description"), VPCID: s("vpc"), CIDR: s("cidr"), Tags: tags},
		"gateway":      kind.GatewayEndpoint{VPCID: s("vpc"), Service: s("service"), RouteTables: []string{s("table"), s("table")}, Tags: tags},
		"interface":    kind.InterfaceEndpoint{Title: s("endpoint"), VPCID: s("vpc"), Service: s("service"), Subnets: []string{s("subnet")}, SecurityGroups: []string{s("group")}, Tags: tags},
		"cluster":      kind.Cluster{Identifier: s("cluster"), NodeType: s("type"), Nodes: 2, Database: s("database"), AdminUser: s("admin"), SubnetGroup: s("subnets"), RoleARNs: []string{s("arn")}, DefaultRole: s("default"), Tags: tags},
		"old-endpoint": kind.EndpointService{ID: "old-endpoint", Suffix: s("suffix")},
	}
	for _, id := range slices.Sorted(maps.Keys(specs)) {
		p.Resources = append(p.Resources, plan.Resource{ID: id, Spec: specs[id], Place: s("place")})
	}
	return p
}

// asTB lets a test that takes a testing.TB run in a property.
type asTB struct {
	testing.TB
	t *rapid.T
}

func (a asTB) Helper()                           {}
func (a asTB) Error(args ...any)                 { a.t.Error(args...) }
func (a asTB) Errorf(format string, args ...any) { a.t.Errorf(format, args...) }
func (a asTB) Fatal(args ...any)                 { a.t.Fatal(args...) }
func (a asTB) Fatalf(format string, args ...any) { a.t.Fatalf(format, args...) }

func TestHostileNamesMeanTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := hostile(r)
		means(asTB{t, r}, p)
		read(asTB{t, r}, moduleOf(asTB{t, r}, p, allFound(p)), nil) // what is imported is Terraform, too
	})
}

// TestHostileSQLReachesTheScriptOnly: what SQL calls things is for post.sh and README.md, and need not be said
// in Terraform, which would change texts that are not in composed form.
func TestHostileSQLReachesTheScriptOnly(t *testing.T) {
	group := strings.Repeat("e\u0301", 40) + "\u202e\"\n${x}"
	p := planOf(t, answersFiles(t)["simple-cluster"], "")
	statements := []plan.Statement{redshiftsql.CreateGroup(group)}
	p.SQL = statements
	p.FollowUps = []plan.FollowUp{{Title: group, When: group, SQL: redshiftsql.CreateGroup(group).Text + "```\n````"}}
	p.Resources = append(p.Resources, plan.Resource{ID: "sql", Spec: kind.SQL{Database: group, Connection: kind.Connection{Cluster: "analytics", DBUser: group}, Statements: statements}})
	files := moduleOf(t, p, nil)
	for name, f := range files {
		if strings.HasSuffix(name, ".tf") && strings.Contains(string(f.Data), "\u0301") {
			t.Errorf("%s names the group", name)
		}
	}
	if !strings.Contains(string(files["README.md"].Data), "\n`````sql\n") || !strings.Contains(string(files["README.md"].Data), p.FollowUps[0].SQL+";") {
		t.Errorf("README.md does not have the statement in a fence of its own:\n%s", files["README.md"].Data)
	}
}

func TestPlanThatCannotBeSaidIsRefused(t *testing.T) {
	whole := planOf(t, answersFiles(t)["simple-cluster"], "")
	with := func(change func(*plan.Resource)) plan.Plan {
		p := whole
		p.Resources = append([]plan.Resource(nil), whole.Resources...)
		change(&p.Resources[len(p.Resources)-1])
		return p
	}
	unknown := plan.Ref{Resource: "nothing", Output: "arn"}.String()
	for name, p := range map[string]plan.Plan{
		"an id that is no label":      with(func(r *plan.Resource) { r.ID = `x" {} resource "y` }),
		"a reference to nothing":      with(func(r *plan.Resource) { r.Spec = kind.Attachment{RoleName: "r", PolicyARN: unknown} }),
		"a text that is not composed": with(func(r *plan.Resource) { r.Spec = kind.Attachment{RoleName: "r", PolicyARN: "e\u0301"} }),
		"a kind that is unknown":      with(func(r *plan.Resource) { r.Spec = struct{ plan.Spec }{r.Spec} }),
	} {
		if files, err := Files(p, nil, origin); err == nil || files != nil || !strings.HasPrefix(err.Error(), "render terraform: ") {
			t.Errorf("%s: %d files, error %v", name, len(files), err)
		}
	}
}
