package aiunlimited_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/steps/aiunlimited"
)

const core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"

// row is a row of the table that says which policies go where: "new" and "existing" stand in the one for roles that
// the organisation supplies.
type row struct {
	name    string
	given   given
	manager []string // what hangs on the manager's role, besides Session Manager's
	engine  []string // and on the engine's
	role    string   // the parameter IamRole
	named   string   // the parameter IamRoleName
	page    string   // the field "Default IAM role" of the setup page
}

var rows = []row{
	{
		name: "may create roles, the template makes the role", given: given{"service.creates-roles": true, "manager.source": "stack"},
		role: "New",
	},
	{
		name: "may create roles, the template makes the role under a name", given: given{"manager.source": "stack", "stack.role-name": "mine"},
		role: "New", named: "mine",
	},
	{
		name: "may create roles, made here", given: given{"service.creates-roles": true, "manager.source": "new", "manager.name": "boss"},
		manager: []string{"workspaces"}, role: "Existing", named: "boss",
	},
	{
		name: "may create roles, existing", given: given{"service.creates-roles": true, "manager.source": "existing", "manager.name": "boss"},
		manager: []string{"workspaces"}, role: "Existing", named: "boss",
	},
	{
		name: "may not, both made here", given: given{"service.creates-roles": false, "manager.source": "new", "manager.name": "boss", "engine.source": "new", "engine.name": "node"},
		manager: []string{"workspaces-without"}, engine: []string{"engine"}, role: "Existing", named: "boss", page: "node",
	},
	{
		name: "may not, made here, engine's existing", given: given{"service.creates-roles": false, "manager.source": "new", "manager.name": "boss", "engine.source": "existing", "engine.name": "node"},
		manager: []string{"workspaces-without"}, engine: []string{"engine"}, role: "Existing", named: "boss", page: "node",
	},
	{
		name: "may not, existing, engine's made here", given: given{"service.creates-roles": false, "manager.source": "existing", "manager.name": "boss", "engine.source": "new", "engine.name": "node"},
		manager: []string{"workspaces-without"}, engine: []string{"engine"}, role: "Existing", named: "boss", page: "node",
	},
	{
		name: "may not, both existing", given: given{"service.creates-roles": false, "manager.source": "existing", "manager.name": "boss", "engine.source": "existing", "engine.name": "node"},
		manager: []string{"workspaces-without"}, engine: []string{"engine"}, role: "Existing", named: "boss", page: "node",
	},
}

// session is one way to have Session Manager, or none.
type session struct {
	given  given
	policy string // on the manager's role, where the guide puts it there; "" : none
	engine bool   // on the engine's, too
	value  string // the parameter Session
}

var sessions = []session{
	{given{"access.kind": "none"}, "", false, "false"},
	{given{"access.kind": "session-manager"}, "session-manager", false, "true"},
	{given{"access.kind": "session-manager", "access.session-policy": "aws"}, core, false, "true"},
	{given{"access.kind": "session-manager", "access.engine-session": true}, "session-manager", true, "true"},
	{given{"access.kind": "session-manager", "access.session-policy": "aws", "access.engine-session": true}, core, true, "true"},
}

// TestDecisions is the table that says which policies go where, with both ways to put them there, and with Session
// Manager and without.
func TestDecisions(t *testing.T) {
	for _, r := range rows {
		for _, attach := range []string{"managed", "inline"} {
			for _, s := range sessions {
				t.Run(fmt.Sprint(r.name, ", ", attach, ", ", s.given), func(t *testing.T) { r.check(t, attach, s) })
			}
		}
	}
}

func (r row) check(t *testing.T, attach string, s session) {
	p := good(t, r.given, given{"policies.attach": attach}, s.given)
	manager, engine := r.manager, r.engine
	if s.policy != "" && manager != nil {
		manager = append(slices.Clone(manager), s.policy)
	}
	if s.engine && engine != nil {
		engine = append(slices.Clone(engine), s.policy)
	}
	if have, want := policiesOn(t, p, "boss"), hanging(attach, manager); have != want {
		t.Errorf("the manager's role has %q, want %q", have, want)
	}
	if have, want := policiesOn(t, p, "node"), hanging(attach, engine); have != want {
		t.Errorf("the engine's role has %q, want %q", have, want)
	}
	if manager == nil && len(p.Resources) > 0 {
		t.Errorf("nothing is made where the template does: %v", p.Resources)
	}
	r.checkValues(t, p, s)
}

// checkValues holds the parameters and what is handed over to the row.
func (r row) checkValues(t *testing.T, p plan.Plan, s session) {
	params, over := parameters(t, p), handOver(p)
	for name, want := range map[string]string{"IamRole": r.role, "IamRoleName": r.named, "Session": s.value, "KeyName": ""} {
		if params[name] != want {
			t.Errorf("parameter %s is %q, want %q", name, params[name], want)
		}
		if have, is := over[name]; have != want || !is {
			t.Errorf("handed over: %s is %q, want %q", name, have, want)
		}
	}
	if have, is := over["Default IAM role"]; have != r.page || !is {
		t.Errorf("Default IAM role is %q, want %q", have, r.page)
	}
	if len(p.HandOver) != 5 {
		t.Errorf("%+v", p.HandOver)
	}
}

// hanging is what policiesOn says of policies put on a role one way: AWS's own can only be attached.
func hanging(attach string, names []string) string {
	var out []string
	for _, n := range names {
		if n == core {
			out = append(out, "managed "+n)
		} else {
			out = append(out, attach+" "+n)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// TestTheRefusedRow: the template grants the creation of roles, and no parameter takes it away.
func TestTheRefusedRow(t *testing.T) {
	p, problems := built(with(given{"service.creates-roles": false, "manager.source": "stack"}))
	if len(problems) != 1 || problems[0].Key != "manager.source" {
		t.Fatalf("%+v", problems)
	}
	for _, want := range []string{"template", "create roles"} {
		if !strings.Contains(problems[0].Text, want) {
			t.Errorf("the reason does not say %q: %s", want, problems[0].Text)
		}
	}
	for _, want := range []string{"manager.source", "new", "existing", "service.creates-roles"} {
		if !strings.Contains(problems[0].Remedy, want) {
			t.Errorf("the remedy does not name %s: %s", want, problems[0].Remedy)
		}
	}
	if hangs := policiesOn(t, p, ""); hangs != "" {
		t.Error(hangs)
	}
}

// TestDefaults: what is proposed is the first row, and a role made here where the service may not make any.
func TestDefaults(t *testing.T) {
	for name, c := range map[string]struct {
		given given
		want  map[string]any
	}{
		"nothing answered": {nil, given{
			"service.creates-roles": true, "manager.source": "stack", "access.kind": "none", "load-balancer.kind": "none", "network.fill-in": false,
			"stack.name": "ai-unlimited", "stack.instance-type": "t3.micro", "stack.root-volume": 20, "stack.persistent-volume": 20, "stack.termination-protection": false,
		}},
		"may not create roles": {given{"service.creates-roles": false}, given{
			"manager.source": "new", "manager.name": "ai-unlimited-iam-role", "policies.attach": "managed", "manager.instance-profile": false,
			"engine.source": "new", "engine.name": "ai-unlimited-engine-role", "manager.narrow": false,
		}},
	} {
		guide := aiunlimited.Guide()
		resolved, problems := guide.Resolve(set(with(c.given)))
		if len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		for key, want := range c.want {
			if have := resolved.Get(key).Data; have != want {
				t.Errorf("%s: %s is %v, want %v", name, key, have, want)
			}
		}
	}
}

// TestTheEngineIsAskedForOnlyWhereItIsSupplied: a question that is not asked leaves nothing in the plan.
func TestTheEngineIsAskedForOnlyWhereItIsSupplied(t *testing.T) {
	engine := given{"engine.source": "new", "engine.name": "node", "engine.policy": "nodes", "manager.narrow": true}
	plain := good(t, given{"manager.source": "new"})
	if p := good(t, given{"manager.source": "new"}, engine); p.Hash() != plain.Hash() || policiesOn(t, p, "node") != "" {
		t.Error("answers about the engine reach the plan of a service that makes its roles")
	}
	for _, place := range aiunlimited.Guide().Sequence(set(with(given{"manager.source": "new"}))) {
		if key := place.Question.Key; strings.HasPrefix(key, "engine.") && key != "engine.regions" || key == "manager.narrow" {
			t.Errorf("%s is asked", key)
		}
	}
}

// TestInstanceProfile: the template makes one, so it is made only where it is asked for.
func TestInstanceProfile(t *testing.T) {
	profiles := func(p plan.Plan) string {
		var out []string
		for _, r := range p.Resources {
			if s, ok := r.Spec.(kind.InstanceProfile); ok {
				out = append(out, s.ProfileName+" holds "+s.RoleName)
			}
		}
		return strings.Join(out, ", ")
	}
	for _, source := range []string{"new", "existing"} {
		base := given{"manager.source": source, "manager.name": "boss"}
		if have := profiles(good(t, base)); have != "" {
			t.Errorf("%s: %s", source, have)
		}
		if have := profiles(good(t, base, given{"manager.instance-profile": true})); have != "boss holds boss" {
			t.Errorf("%s: %q", source, have)
		}
	}
}

// TestKeyPairs: looked at or imported, and named to the stack; a key pair and Session Manager go together.
func TestKeyPairs(t *testing.T) {
	for _, both := range []bool{false, true} {
		for source, want := range map[string]plan.Spec{
			"existing": kind.ExistingKeyPair{KeyName: "operators"}, "import": kind.KeyPair{KeyName: "operators", PublicKey: publicKey},
		} {
			access := given{"access.key": source}
			if both {
				access["access.kind"] = "both"
			}
			p := good(t, imported, given{"manager.source": "new"}, access)
			r, found := p.Find("key-pair")
			if k, is := r.Spec.(kind.KeyPair); is {
				k.Tags = nil
				r.Spec = k
			}
			if !found || fmt.Sprintf("%#v", r.Spec) != fmt.Sprintf("%#v", want) {
				t.Errorf("%s: %#v", source, r.Spec)
			}
			if params := parameters(t, p); params["KeyName"] != "operators" || handOver(p)["KeyName"] != "operators" || params["Session"] != fmt.Sprint(both) {
				t.Errorf("%s: %v", source, params)
			}
		}
	}
}

// TestPickListsAreThere: a question that names a pick list has one.
func TestPickListsAreThere(t *testing.T) {
	guide := aiunlimited.Guide()
	for _, s := range guide.Steps {
		for _, q := range s.Questions {
			if _, found := guide.Lookup(q.Lookup); q.Lookup != "" && !found {
				t.Errorf("%s: no pick list %s", q.Key, q.Lookup)
			}
		}
	}
}
