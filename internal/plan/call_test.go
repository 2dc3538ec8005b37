package plan_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

func TestInLeavesOutWhatIsEmpty(t *testing.T) {
	o := plan.In(
		"Nil", nil, "Empty", "", "NoItems", []string{}, "NoObjects", []plan.Object{}, "False", false, "Zero", 0, "Text", "x",
		"Items", []string{""}, "Sent", plan.EmptyText, "Object", plan.In(),
	)
	var got []string
	for _, m := range o {
		got = append(got, m.Name)
	}
	if want := "False Zero Text Items Sent Object"; strings.Join(got, " ") != want {
		t.Errorf("has %v, want %s", got, want)
	}
	if o.Get("Nil") != nil || o.Get("False") != false || o.Text("Text") != "x" || o.Text("Zero") != "" || o.Get("Missing") != nil {
		t.Errorf("gives other values: %v", o)
	}
}

func TestObjectJSON(t *testing.T) {
	tests := map[string]struct {
		object plan.Object
		want   string
	}{
		"nothing":                      {nil, `{}`},
		"members in the order given":   {plan.In("b", 1, "a", true, "c", "x"), `{"b":1,"a":true,"c":"x"}`},
		"nothing is escaped for HTML":  {plan.In("a", "<&>"), `{"a":"<&>"}`},
		"quotes and controls are":      {plan.In(`a"b`, "\"\\\n\x00"), `{"a\"b":"\"\\\n\u0000"}`},
		"lists and objects":            {plan.In("l", []string{"x", "<"}, "o", plan.In("y", plan.In("z", 1)), "os", []plan.Object{plan.In("k", "v"), plan.In()}), `{"l":["x","<"],"o":{"y":{"z":1}},"os":[{"k":"v"},{}]}`},
		"a document is a text of JSON": {plan.In("Policy", document("d", "<x>")), `{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"<x>\"}]}"}`},
		"what is there is said":        {plan.In("Now", plan.Current{Query: "a.b"}), `{"Now":"<as it is>"}`},
		"roles that are there as well": {plan.In("Roles", plan.RoleList{Query: "a", Add: []string{"b"}}), `{"Roles":["<the roles that are there>","b"]}`},
		"an empty text that is sent":   {plan.In("Prefix", plan.EmptyText), `{"Prefix":""}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.object.MarshalJSON()
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

// TestTheJSONOfAnObjectMeansTheObject: whatever is in it, it decodes to the same.
func TestTheJSONOfAnObjectMeansTheObject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, want := anyObject(2).Draw(t, "object"), map[string]any{}
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%v: %s", err, data)
		}
		for _, m := range o {
			want[m.Name] = plainly(m.Value)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v\nwant %#v", got, want)
		}
	})
}

// anyObject draws objects with members of every kind but those that JSON cannot give back.
func anyObject(depth int) *rapid.Generator[plan.Object] {
	valid := rapid.String().Filter(utf8.ValidString)
	value := rapid.OneOf(valid.AsAny(), rapid.Bool().AsAny(), rapid.IntRange(-1<<50, 1<<50).AsAny(), rapid.SliceOf(valid).AsAny())
	if depth > 0 {
		value = rapid.OneOf(value, anyObject(depth-1).AsAny(), rapid.SliceOfN(anyObject(depth-1), 1, 2).AsAny())
	}
	return rapid.Custom(func(t *rapid.T) plan.Object {
		var members []any
		for _, name := range rapid.SliceOfNDistinct(valid, 0, 4, rapid.ID[string]).Draw(t, "names") {
			members = append(members, name, value.Draw(t, "value"))
		}
		return plan.In(members...)
	})
}

// plainly is a value as encoding/json decodes it.
func plainly(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case []string:
		out := []any{}
		for _, s := range v {
			out = append(out, s)
		}
		return out
	case plan.Object:
		out := map[string]any{}
		for _, m := range v {
			out[m.Name] = plainly(m.Value)
		}
		return out
	case []plan.Object:
		out := []any{}
		for _, o := range v {
			out = append(out, plainly(o))
		}
		return out
	}
	return v
}

// TestMapStrings: every string is reached, names of members are not, and what was given stays.
func TestMapStrings(t *testing.T) {
	c := plan.NewCall("toy", "Make",
		"Text", "a", "Flag", true, "Number", 3, "List", []string{"a", "b"}, "Object", plan.In("a", "a"), "Objects", []plan.Object{plan.In("b", "b")},
		"Policy", document("d", "a"), "Roles", plan.RoleList{Query: "a", Add: []string{"a"}}, "Now", plan.Current{Query: "a"}, "Sent", plan.EmptyText,
	)
	before, _ := json.Marshal(c)
	got, err := json.Marshal(c.Map(func(s string) string { return s + "!" }).Input)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Text":"a!","Flag":true,"Number":3,"List":["a!","b!"],"Object":{"a":"a!"},"Objects":[{"b":"b!"}],` +
		`"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"a!\"}]}",` +
		`"Roles":["\u003cthe roles that are there\u003e","a!"],"Now":"\u003cas it is\u003e","Sent":""}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if after, _ := json.Marshal(c); !bytes.Equal(before, after) {
		t.Errorf("the call itself was changed: %s", after)
	}
	if c.Name() != "toy:Make" || c.Zero() || !(plan.Call{}).Zero() {
		t.Error("the name or the zero of a call")
	}
}

func TestStepCalls(t *testing.T) {
	read, mark := plan.NewCall("toy", "Get"), plan.NewCall("toy", "ListTags")
	make1, change := plan.NewCall("toy", "Make"), plan.NewCall("toy", "Change")
	tests := map[string]struct {
		step         plan.Step
		calls, reads string
	}{
		"makes":           {plan.Step{Read: read, Create: []plan.Call{make1}, Update: []plan.Call{change}}, "toy:Make", "toy:Get"},
		"changes only":    {plan.Step{Read: read, Update: []plan.Call{change}}, "toy:Change", "toy:Get"},
		"waits":           {plan.Step{Read: read}, "", "toy:Get"},
		"looks for marks": {plan.Step{Owner: &plan.Owner{Read: mark}, Read: read, Create: []plan.Call{make1}}, "toy:Make", "toy:ListTags toy:Get"},
		"reads nothing":   {plan.Step{Create: []plan.Call{make1}}, "toy:Make", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := names(test.step.Calls()); got != test.calls {
				t.Errorf("calls %s, want %s", got, test.calls)
			}
			if got := names(test.step.Reads()); got != test.reads {
				t.Errorf("reads %s, want %s", got, test.reads)
			}
		})
	}
}

// TestChanges: on an empty account the first step makes the rest with it, and what only waits makes nothing.
func TestChanges(t *testing.T) {
	get, made := plan.NewCall("toy", "Get"), []plan.Call{plan.NewCall("toy", "Make")}
	r := resource("a", thing{steps: []plan.Step{
		{Title: "wait", Read: get}, {Title: "make", Create: made}, {Title: "made with it", Update: made, Fresh: true}, {Title: "set", Update: made}, {Title: "refuse", Read: get, Refuse: "no: yes"},
	}})
	var got []string
	for _, s := range r.Changes() {
		got = append(got, s.Title)
	}
	if strings.Join(got, ", ") != "make, set" {
		t.Errorf("changes with %v", got)
	}
}

func names(calls []plan.Call) string {
	var out []string
	for _, c := range calls {
		out = append(out, c.Name())
	}
	return strings.Join(out, " ")
}

func TestTarget(t *testing.T) {
	target := plan.Target{Account: "111122223333", Region: "cn-north-1", Partition: "aws-cn"}
	tests := map[string]struct{ got, want string }{
		"in a region":    {target.ARN("kms", "key/x"), "arn:aws-cn:kms:cn-north-1:111122223333:key/x"},
		"global":         {target.GlobalARN("iam", "policy/x"), "arn:aws-cn:iam::111122223333:policy/x"},
		"a role":         {target.RoleARN("/", "x"), "arn:aws-cn:iam::111122223333:role/x"},
		"a role's path":  {target.RoleARN("/a/b/", "x"), "arn:aws-cn:iam::111122223333:role/a/b/x"},
		"a bucket":       {target.BucketARN("b"), "arn:aws-cn:s3:::b"},
		"its objects":    {target.BucketARN("b/*"), "arn:aws-cn:s3:::b/*"},
		"AWS's policies": {target.ManagedPolicyARN("AmazonS3FullAccess"), "arn:aws-cn:iam::aws:policy/AmazonS3FullAccess"},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", name, test.got, test.want)
		}
	}
}

func TestGlyphs(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range []plan.Action{plan.Create, plan.Update, plan.Adopt, plan.None} {
		g := a.Glyph()
		if len(g) != 1 || seen[g] {
			t.Errorf("%s has the glyph %q", a, g)
		}
		seen[g] = true
	}
}

// base is a plan of two resources.
func base() plan.Plan {
	return plan.Plan{
		Guide: "toy", Target: plan.Target{Account: "111122223333", Region: "us-east-1", Partition: "aws"},
		Resources: []plan.Resource{
			resource("a", thing{name: "a", docs: []plan.Document{document("trust", "x"), document("permissions", "y")}}),
			resource("b", thing{name: "b", texts: []string{ref("a", "arn")}}, "a"),
		},
		SQL: []plan.Statement{{Title: "t", Text: "SELECT 1", Undo: "SELECT 2", Holds: "SELECT 3", Want: "1"}},
	}
}

// TestHash: what changes a call changes the hash, and what is said beside the plan does not.
func TestHash(t *testing.T) {
	step := func(change func(*plan.Step)) func(*plan.Plan) {
		return func(p *plan.Plan) {
			s := plan.Step{Title: "s", Create: []plan.Call{plan.NewCall("toy", "Make", "A", "x")}}
			change(&s)
			p.Resources[0].Spec = thing{name: "a", steps: []plan.Step{s}}
		}
	}
	same := step(func(*plan.Step) {})
	changes := map[string]func(*plan.Plan){
		"as it was":         func(*plan.Plan) {},
		"another account":   func(p *plan.Plan) { p.Target.Account = "444455556666" },
		"another region":    func(p *plan.Plan) { p.Target.Region = "us-east-2" },
		"another guide":     func(p *plan.Plan) { p.Guide = "other" },
		"one resource less": func(p *plan.Plan) { p.Resources = p.Resources[:1] },
		"another id":        func(p *plan.Plan) { p.Resources[0].ID = "c" },
		"another name":      func(p *plan.Plan) { p.Resources[0].Spec = thing{name: "c"} },
		"another text":      func(p *plan.Plan) { p.Resources[1].Spec = thing{name: "b", texts: []string{"x"}} },
		"another order":     func(p *plan.Plan) { p.Resources[0], p.Resources[1] = p.Resources[1], p.Resources[0] },
		"other needs":       func(p *plan.Plan) { p.Resources[1].Needs = nil },
		"other SQL": func(p *plan.Plan) {
			p.SQL = []plan.Statement{{Title: "t", Text: "SELECT 4", Undo: "SELECT 2", Holds: "SELECT 3", Want: "1"}}
		},
		"another file":        func(p *plan.Plan) { p.Files = []plan.File{{Name: "f", Text: "open to 0.0.0.0/0\n"}} },
		"other values":        func(p *plan.Plan) { p.HandOver = []plan.Value{{Name: "IamRole", Value: "New"}} },
		"another command":     func(p *plan.Plan) { p.FollowUps = []plan.FollowUp{{Command: []string{"aws", "sts"}}} },
		"no SQL":              func(p *plan.Plan) { p.SQL = nil },
		"another step":        same,
		"another operation":   step(func(s *plan.Step) { s.Create[0].Operation = "Do" }),
		"another service":     step(func(s *plan.Step) { s.Create[0].Service = "toys" }),
		"another member":      step(func(s *plan.Step) { s.Create[0].Input[0].Name = "B" }),
		"a number for a text": step(func(s *plan.Step) { s.Create[0].Input[0].Value = 1 }),
		"a change as well":    step(func(s *plan.Step) { s.Update = s.Create }),
		"a change instead":    step(func(s *plan.Step) { s.Create, s.Update = nil, s.Create }),
		"another look":        step(func(s *plan.Step) { s.Read = plan.NewCall("toy", "Get") }),
		"another query":       step(func(s *plan.Step) { s.Check.Query = "x" }),
		"another value":       step(func(s *plan.Step) { s.Check.Want = "x" }),
		"another document":    step(func(s *plan.Step) { s.Check.Document = new(document("d", "x")) }),
	}
	seen := map[string]string{}
	for name, change := range changes {
		p := base()
		change(&p)
		h := p.Hash()
		if other, twice := seen[h]; twice {
			t.Errorf("%s and %s have one hash", name, other)
		}
		seen[h] = name
		q := base()
		change(&q)
		if q.Hash() != h {
			t.Errorf("%s: the hash is another the second time", name)
		}
	}

	p := base()
	p.Warnings = []plan.Warning{{Rule: "r", Text: "t"}}
	p.Costs = []plan.Note{{On: "a", Text: "t"}}
	p.Title = "Another title"
	if p.Hash() != base().Hash() {
		t.Error("a warning, a cost note or a title reaches the hash")
	}
}

func TestDocuments(t *testing.T) {
	p := base()
	var got []string
	for _, d := range p.Documents() {
		got = append(got, d.File+" of "+d.Resource)
	}
	if want := "a-trust of a, a-permissions of a"; strings.Join(got, ", ") != want {
		t.Errorf("documents are %v, want %s", got, want)
	}
	if r, found := p.Find("b"); !found || r.ID != "b" {
		t.Error("b is not found")
	}
	if _, found := p.Find("c"); found {
		t.Error("c is found")
	}
}

// TestADocumentTravelsAsText: what the API gets is the document, to the letter.
func TestADocumentTravelsAsText(t *testing.T) {
	d := document("d", "arn:aws:s3:::<b>/*")
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		t.Fatal(err)
	}
	back, err := policy.Parse([]byte(text))
	if err != nil || !reflect.DeepEqual(back, d.Policy) {
		t.Errorf("comes back as %+v, %v", back, err)
	}
}
