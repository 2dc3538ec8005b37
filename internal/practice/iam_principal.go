package practice

import (
	"maps"
	"slices"
	"strings"
	"time"

	"onramp/internal/policy"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// principal is an IAM user or group: what people are, where roles are what services are.
type principal struct {
	arn, id, name, path string
	created             time.Time
	tags                tags              // of a user: groups have none
	inline              map[string]string // by name, as they were sent
}

// people are the users or the groups of an account, with what IAM says differently of the two.
type people struct {
	title    string // as in operations and members: "User"
	kind     string // as in ARNs: "user"
	id       string // that unique ids begin with (IAM UG, Unique identifiers)
	most     int    // per account (IAM UG, IAM and AWS STS quotas)
	inline   int    // characters of all inline policies of one (the same page)
	nameRule constraint
	of       func(*world) map[string]*principal
}

var (
	users = people{
		title: "User", kind: "user", id: "AIDA", most: 5000, inline: policy.MaxInlineUser, nameRule: rule("userName", 1, 64, `[\w+=,.@-]+`),
		of: func(w *world) map[string]*principal { return w.users },
	}
	groups = people{
		title: "Group", kind: "group", id: "AGPA", most: 300, inline: policy.MaxInlineGroup, nameRule: rule("groupName", 1, 128, `[\w+=,.@-]+`),
		of: func(w *world) map[string]*principal { return w.peopleGroups },
	}
)

// operations are the calls on users or on groups.
func (p people) operations() table {
	ops := table{}
	for name, op := range map[string]operation{
		"Create%": {mutating: writes, run: p.create, asks: p.asksNew},
		"Get%":    {mutating: reads, run: p.with(p.get)},
		"List%s": {mutating: reads, run: p.list, asks: func(c *call) []authorize.Request {
			return on(c.world.arn("iam", "", p.kind+"/"), "iam:List"+p.title+"s")
		}},
		"Delete%":       {mutating: writes, run: p.with(p.remove)},
		"Put%Policy":    {mutating: writes, run: p.with(p.putPolicy)},
		"Get%Policy":    {mutating: reads, run: p.with(p.getPolicy)},
		"Delete%Policy": {mutating: writes, run: p.with(p.deletePolicy)},
		"List%Policies": {mutating: reads, run: p.with(listPrincipalPolicies)},
	} {
		name = "iam:" + strings.ReplaceAll(name, "%", p.title)
		if op.asks == nil {
			op.asks = func(c *call) []authorize.Request { return on(p.arnOf(c, p.named(c)), name) }
		}
		ops[name] = op
	}
	return ops
}

// named is the name in a call. Who asks for a user without a name means himself (IAM API, GetUser).
func (p people) named(c *call) string {
	name := c.in.Text(p.title + "Name")
	if name == "" && c.name == "iam:GetUser" {
		return Caller
	}
	return name
}

// arnOf is the resource of a call. Of what is not there IAM knows no path.
func (p people) arnOf(c *call, name string) string {
	if held := p.of(c.world)[strings.ToLower(name)]; held != nil {
		return held.arn
	}
	return c.world.arn("iam", "", p.kind+"/"+name)
}

func (p people) asksNew(c *call) []authorize.Request {
	arn := c.world.arn("iam", "", p.kind+pathOf(c)+c.in.Text(p.title+"Name"))
	out := on(arn, c.name)
	if len(c.in.Objects("Tags")) > 0 {
		out = append(out, want("iam:Tag"+p.title, arn))
	}
	return out
}

func pathOf(c *call) string {
	if path := c.in.Text("Path"); path != "" {
		return path
	}
	return "/"
}

// with runs an operation on the principal that a call names.
func (p people) with(run func(*call, *principal) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		name := p.named(c)
		held := p.of(c.world)[strings.ToLower(name)]
		if held == nil {
			return because(refuse(404, "NoSuchEntity", "The %s with name %s cannot be found.", p.kind, name))
		}
		return run(c, held)
	}
}

func (p people) create(c *call) (wire.Answer, error) {
	name, path := c.in.Text(p.title+"Name"), pathOf(c)
	if err := first(p.nameRule.check("ValidationError", name), pathRule.check("ValidationError", path)); err != nil {
		return because(err)
	}
	t, err := iamTags(c.in.Objects("Tags"), nil)
	all := p.of(c.world)
	switch {
	case err != nil:
		return because(err)
	case all[strings.ToLower(name)] != nil:
		return because(refuse(409, "EntityAlreadyExists", "%s with name %s already exists.", p.title, name))
	case len(all) >= p.most:
		return because(refuse(409, "LimitExceeded", "Cannot exceed quota for %ssPerAccount: %d", p.title, p.most))
	}
	made := &principal{
		name: name, path: path, arn: c.world.arn("iam", "", p.kind+path+name), id: c.unique(p.id), created: c.now, tags: t, inline: map[string]string{},
	}
	all[strings.ToLower(name)] = made
	return answer(p.title, p.fields(made, true))
}

// fields are a principal as IAM answers it. Lists of users leave out tags (IAM API, ListUsers).
func (p people) fields(held *principal, whole bool) wire.Fields {
	f := wire.Of("Path", held.path, p.title+"Name", held.name, p.title+"Id", held.id, "Arn", held.arn, "CreateDate", held.created)
	if whole && len(held.tags) > 0 {
		f = append(f, wire.Of("Tags", held.tags.list("", "Key", "Value"))...)
	}
	return f
}

// get answers a group with its users, of which the practice account knows none.
func (p people) get(_ *call, held *principal) (wire.Answer, error) {
	if p.kind == groups.kind {
		return answer(p.title, p.fields(held, true), "Users", wire.List{}, "IsTruncated", false)
	}
	return answer(p.title, p.fields(held, true))
}

func (p people) list(c *call) (wire.Answer, error) {
	all := p.of(c.world)
	var names []string
	for _, held := range all {
		if strings.HasPrefix(held.path, c.in.Text("PathPrefix")) {
			names = append(names, held.name)
		}
	}
	return c.paged(p.title+"s", names, func(name string) any { return p.fields(all[strings.ToLower(name)], false) })
}

func (p people) remove(c *call, held *principal) (wire.Answer, error) {
	if len(held.inline) > 0 {
		return because(refuse(409, "DeleteConflict", "Cannot delete entity, must delete policies first."))
	}
	delete(p.of(c.world), strings.ToLower(held.name))
	return done()
}

func (p people) putPolicy(c *call, held *principal) (wire.Answer, error) {
	if err := c.checkInline(held.inline, p.kind, held.name, p.inline); err != nil {
		return because(err)
	}
	held.inline[c.in.Text("PolicyName")] = c.in.Text("PolicyDocument")
	return done()
}

func (p people) noPolicy(name string) error {
	return refuse(404, "NoSuchEntity", "The %s policy with name %s cannot be found.", p.kind, name)
}

func (p people) getPolicy(c *call, held *principal) (wire.Answer, error) {
	name := c.in.Text("PolicyName")
	text, there := held.inline[name]
	if !there {
		return because(p.noPolicy(name))
	}
	return answer(p.title+"Name", held.name, "PolicyName", name, "PolicyDocument", encoded(text))
}

func (p people) deletePolicy(c *call, held *principal) (wire.Answer, error) {
	name := c.in.Text("PolicyName")
	if _, there := held.inline[name]; !there {
		return because(p.noPolicy(name))
	}
	delete(held.inline, name)
	return done()
}

func listPrincipalPolicies(c *call, held *principal) (wire.Answer, error) {
	return c.paged("PolicyNames", slices.Collect(maps.Keys(held.inline)), func(name string) any { return name })
}

// checkInline checks an inline policy that a call puts beside others, which count together.
func (c *call) checkInline(others map[string]string, kind, of string, most int) error {
	name := c.in.Text("PolicyName")
	if err := policyNameRule.check("ValidationError", name); err != nil {
		return err
	}
	d, err := document(c.in.Text("PolicyDocument"), policy.Identity)
	if err != nil {
		return bad("MalformedPolicyDocument", "%s", err)
	}
	size := d.Size()
	for other, text := range others {
		if d, err := document(text, policy.Identity); err == nil && other != name {
			size += d.Size()
		}
	}
	if size > most {
		return refuse(409, "LimitExceeded", "Maximum policy size of %d bytes exceeded for %s %s", most, kind, of)
	}
	return nil
}

// furnishPeople makes who works in the account: the caller, a colleague, and the group of analysts.
func (c *call) furnishPeople() {
	for _, name := range []string{Caller, "ada"} {
		c.users[name] = users.furnished(c, name)
	}
	c.users[Caller].id = callerID
	c.peopleGroups["analysts"] = groups.furnished(c, "analysts")
}

func (p people) furnished(c *call, name string) *principal {
	return &principal{name: name, path: "/", arn: c.world.arn("iam", "", p.kind+"/"+name), id: p.id + upper(name), created: opened, inline: map[string]string{}}
}

func (w *world) peopleState(all map[string]*principal) record {
	out := record{}
	for _, held := range all {
		inline := record{}
		for name, text := range held.inline {
			inline[name] = meaning(text)
		}
		out[held.name] = record{"arn": held.arn, "tags": held.tags.state(), "inline": inline}
	}
	return out
}
