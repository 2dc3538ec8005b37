package practice

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"onramp/internal/policy"
)

// State is the whole account as canonical JSON: two accounts are equal if and only if their states
// are. It has no moments, and in the place of ids that AWS gives it says what they stand for, so that
// it does not matter in which order things were made. Policies are compared by what they say.
func (a *Account) State() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := record{"account": Number, "partition": a.world.partition, "home": a.world.region}
	now := time.Now()
	names := renaming{}
	out["iam"] = a.world.iamState()
	out["s3"] = a.world.s3State()
	regions := record{}
	a.world.in(a.world.region)
	for _, region := range sorted(a.world.places) {
		if s, shown := a.world.regionState(region, now); shown {
			regions[region] = s
			names.of(a.world.places[region])
		}
	}
	out["regions"] = regions
	return canonical(out, names.replacer())
}

// regionState is what a region holds, and whether a state shows it. Of regions that are not the
// account's home it shows those that calls have made other than they were: a look at a region is no
// part of a state, nor is what was made there and taken away again.
func (w *world) regionState(region string, now time.Time) (record, bool) {
	p := w.places[region]
	p.settle(now)
	s := p.state(now)
	if region == w.region {
		return s, len(s) > 0
	}
	return s, p.changed && !same(s, w.pristine(region).state(now))
}

func same(a, b record) bool {
	none := strings.NewReplacer()
	return bytes.Equal(canonical(a, none), canonical(b, none))
}

// canonical writes a record with its ids replaced; only then are its keys and lists put in order.
func canonical(r record, names *strings.Replacer) []byte {
	text := names.Replace(string(encode(r)))
	var again any
	_ = json.Unmarshal([]byte(text), &again) // the names are written as JSON
	return encode(inOrder(again))
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // maps of texts and numbers always encode
	return b.Bytes()
}

// inOrder sorts every list of texts: all lists in a state are sets.
func inOrder(v any) any {
	switch v := v.(type) {
	case nil: // no list is an empty list
		return []any{}
	case map[string]any:
		for name, one := range v {
			v[name] = inOrder(one)
		}
	case []any:
		for i := range v {
			v[i] = inOrder(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(string(encode(a)), string(encode(b))) })
	}
	return v
}

type record = map[string]any

// renaming are ids and what stands for them.
type renaming []string

// set writes a name as it stands in JSON.
func (r *renaming) set(id, name string) {
	quoted := strings.TrimSpace(string(encode(name)))
	*r = append(*r, id, quoted[1:len(quoted)-1])
}

// of names what a region holds by what people call it.
func (r *renaming) of(p *place) {
	for _, id := range sorted(p.keys) {
		if id != homeKey && id != archiveKey { // the furniture's ids are the same everywhere
			r.set(id, "KEY("+p.keyName(id)+")")
		}
	}
	for _, id := range sorted(p.groups) {
		if g := p.groups[id]; id != homeGroup {
			r.set(id, "GROUP("+g.vpc+" "+g.name+")")
		}
	}
	for _, id := range sorted(p.endpoints) {
		r.set(id, "ENDPOINT("+p.endpoints[id].title()+")")
	}
	for _, arn := range sorted(p.secrets) {
		s := p.secrets[arn]
		r.set(s.name+arn[len(arn)-7:], s.name)
	}
}

// replacer replaces longer ids first, as none is a part of another.
func (r *renaming) replacer() *strings.Replacer { return strings.NewReplacer(*r...) }

// keyName is the first alias of a key, or its description.
func (p *place) keyName(id string) string {
	for _, alias := range sorted(p.aliases) {
		if p.aliases[alias] == id {
			return alias
		}
	}
	return p.keys[id].description
}

func (e *endpoint) title() string {
	return strings.Join([]string{e.vpc, e.service, e.kind, strings.Join(slices.Sorted(slices.Values(e.routeTables)), "+")}, " ")
}

func (t tags) state() record {
	out := record{}
	for _, one := range t {
		out[one.key] = one.value
	}
	return out
}

// meaning is a policy in one form: what means the same reads the same.
func meaning(text string) any {
	d, err := policy.Parse(withoutID([]byte(text)))
	if err != nil {
		return text
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, list := range []*[]string{&s.Actions, &s.NotActions, &s.Resources, &s.NotResources, &s.Principal.Services, &s.Principal.AWS} {
			if *list != nil {
				*list = slices.Compact(slices.Sorted(slices.Values(*list)))
			}
		}
		slices.SortFunc(s.Conditions, func(a, b policy.Condition) int { return strings.Compare(a.Operator+a.Key, b.Operator+b.Key) })
	}
	var out any
	_ = json.Unmarshal(d.Compact(), &out) // Compact writes JSON
	return out
}

func (w *world) iamState() record {
	roles, policies := record{}, record{}
	for _, name := range sorted(w.roles) {
		r := w.roles[name]
		inline := record{}
		for name, text := range r.inline {
			inline[name] = meaning(text)
		}
		roles[r.name] = record{
			"arn": r.arn, "description": r.description, "trust": meaning(r.trust), "boundary": r.boundary, "session": r.session, "tags": r.tags.state(),
			"attached": slices.Sorted(slices.Values(r.attached)), "inline": inline,
		}
	}
	for arn, p := range w.policies {
		policies[arn] = record{"description": p.description, "document": meaning(p.document()), "versions": len(p.versions), "tags": p.tags.state()}
	}
	return record{
		"alias": w.alias, "roles": roles, "policies": policies, "users": w.peopleState(w.users), "groups": w.peopleState(w.peopleGroups), "instanceProfiles": w.profileState(),
	}
}

func (w *world) s3State() record {
	out := record{}
	for name, b := range w.buckets {
		settings := record{}
		for root, in := range b.settings {
			settings[root] = in
		}
		settings[tagging.root] = b.tags().state()
		out[name] = record{
			"owner": b.owner, "region": b.region, "policy": meaning(b.policy), "settings": settings, "objects": b.keys(), "noncurrent": b.noncurrent(),
		}
	}
	return out
}

// state is what a region holds; empty where that is nothing.
func (p *place) state(now time.Time) record {
	out := record{}
	add := func(name string, things record) {
		if len(things) > 0 {
			out[name] = things
		}
	}
	add("kms", p.keyState())
	add("secrets", p.secretState())
	add("vpcs", p.vpcState())
	add("securityGroups", p.groupState())
	add("endpoints", p.endpointState())
	add("keyPairs", p.keyPairState())
	add("clusters", p.clusterState(now))
	add("namespaces", p.namespaceState(now))
	add("workgroups", p.workgroupState(now))
	if len(p.snapshots) > 0 {
		out["snapshots"] = sorted(p.snapshots)
	}
	return out
}

func (p *place) keyState() record {
	out := record{}
	for _, id := range sorted(p.keys) {
		k := p.keys[id]
		aliases := slices.DeleteFunc(sorted(p.aliases), func(a string) bool { return p.aliases[a] != id })
		out[unused(out, p.keyName(id))] = record{
			"description": k.description, "usage": k.usage, "spec": k.spec, "state": k.state, "policy": meaning(k.policy), "rotates": k.rotates, "period": k.period,
			"tags": k.tags.state(), "aliases": aliases,
		}
	}
	return out
}

// unused is a name that is not in a record yet: two keys may have one description.
func unused(in record, name string) string {
	for n := name; ; n += "'" {
		if _, taken := in[n]; !taken {
			return n
		}
	}
}

func (p *place) secretState() record {
	out := record{}
	for _, s := range p.secrets {
		out[s.name] = record{"user": s.user, "owner": s.owner, "tags": s.tags.state()}
	}
	return out
}

func (p *place) vpcState() record {
	out := record{}
	for id, v := range p.vpcs {
		out[id] = record{"cidr": v.cidr, "dnsSupport": v.dnsSupport, "dnsHostnames": v.dnsHostname, "tags": v.tags.state()}
	}
	return out
}

func (p *place) groupState() record {
	out := record{}
	for id, g := range p.groups {
		out[id] = record{"description": g.description, "ingress": ruleState(g.ingress), "egress": ruleState(g.egress), "tags": g.tags.state()}
	}
	return out
}

func ruleState(rules []groupRule) []string {
	var out []string
	for _, r := range rules {
		out = append(out, strings.Join([]string{r.protocol, itoa(r.from), itoa(r.to), r.cidr + r.group, r.description}, " "))
	}
	return out
}

func (p *place) endpointState() record {
	out := record{}
	for id, e := range p.endpoints {
		out[id] = record{
			"subnets": slices.Sorted(slices.Values(e.subnets)), "groups": e.groups, "routeTables": slices.Sorted(slices.Values(e.routeTables)),
			"privateDns": e.privateDNS, "policy": meaning(e.policy), "tags": e.tags.state(), "deleting": e.deleting,
		}
	}
	return out
}

func roleState(roles []attachedRole, now time.Time) record {
	out := record{}
	for _, r := range roles {
		out[r.arn] = r.status(now)
	}
	return out
}

func (p *place) clusterState(now time.Time) record {
	out := record{}
	for name, k := range p.clusters {
		out[name] = record{
			"nodeType": k.nodeType, "nodes": k.nodes, "database": k.database, "user": k.user, "port": k.port, "subnetGroup": k.subnetGroup, "groups": k.groups,
			"routing": k.routing, "public": k.public, "kmsKey": k.kmsKey, "secret": k.secret, "tags": k.tags.state(),
			"roles": roleState(k.roles, now), "defaultRole": k.defaultRole, "status": k.status(now), "sql": k.sql.State(),
		}
	}
	return out
}

func (p *place) namespaceState(now time.Time) record {
	out := record{}
	for name, n := range p.namespaces {
		out[name] = record{
			"database": n.database, "user": n.user, "secret": n.secret, "roles": roleState(n.roles, now), "defaultRole": n.defaultRole,
			"status": modifying(now, n.ready), "sql": n.sql.State(),
		}
	}
	return out
}

func (p *place) workgroupState(now time.Time) record {
	out := record{}
	for name, w := range p.workgroups {
		out[name] = record{
			"namespace": w.namespace, "capacity": w.capacity, "subnets": w.subnets, "groups": w.groups, "routing": w.routing, "public": w.public,
			"status": modifying(now, w.ready),
		}
	}
	return out
}
