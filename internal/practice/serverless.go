package practice

import (
	"slices"
	"strings"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/database"
	"onramp/internal/practice/wire"
)

// namespace is the data side of a serverless warehouse: databases, users, roles.
type namespace struct {
	name, id, arn  string
	database, user string
	secret         string // ARN; "" : the password is not managed
	roles          []attachedRole
	defaultRole    string
	created        time.Time
	ready          time.Time // until then it is MODIFYING
	sql            *database.Database
}

// workgroup is the computing side.
type workgroup struct {
	name, id, arn, namespace string
	capacity                 int
	subnets, groups          []string
	routing, public          bool
	vpc                      string
	created                  time.Time
	ready                    time.Time
}

func serverlessOperations() table {
	return table{
		"redshift-serverless:GetNamespace":    {reads, withNamespace(getNamespace), onNamespace("redshift-serverless:GetNamespace")},
		"redshift-serverless:ListNamespaces":  {reads, listNamespaces, anywhere("redshift-serverless:ListNamespaces")},
		"redshift-serverless:UpdateNamespace": {writes, withNamespace(updateNamespace), askUpdateNamespace},
		"redshift-serverless:GetWorkgroup":    {reads, withWorkgroup(getWorkgroup), onWorkgroup("redshift-serverless:GetWorkgroup")},
		"redshift-serverless:ListWorkgroups":  {reads, listWorkgroups, anywhere("redshift-serverless:ListWorkgroups")},
		"redshift-serverless:UpdateWorkgroup": {writes, withWorkgroup(updateWorkgroup), onWorkgroup("redshift-serverless:UpdateWorkgroup")},
	}
}

// namespaceARN is the resource of a call; the ARN of one that is not there ends in no id.
func (c *call) namespaceARN() string {
	if n := c.at.namespaces[c.in.Text("namespaceName")]; n != nil {
		return n.arn
	}
	return c.arn("redshift-serverless", "namespace/"+noKey)
}

func (c *call) workgroupARN(name string) string {
	if w := c.at.workgroups[name]; w != nil {
		return w.arn
	}
	return c.arn("redshift-serverless", "workgroup/"+noKey)
}

func onNamespace(action string) ask {
	return func(c *call) []authorize.Request { return on(c.namespaceARN(), action) }
}

func onWorkgroup(action string) ask {
	return func(c *call) []authorize.Request { return on(c.workgroupARN(c.in.Text("workgroupName")), action) }
}

const toServerless = "redshift-serverless.amazonaws.com"

// askUpdateNamespace passes every role of the list, those that are attached already too.
func askUpdateNamespace(c *call) []authorize.Request {
	passed := c.in.Texts("iamRoles")
	if d := c.in.Text("defaultIamRoleArn"); !slices.Contains(passed, d) {
		passed = append(passed, d)
	}
	return append(on(c.namespaceARN(), "redshift-serverless:UpdateNamespace"), passing(toServerless, passed...)...)
}

func notThere(format string, args ...any) error {
	return bad("ResourceNotFoundException", format, args...)
}

func withNamespace(run func(*call, *namespace) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		name := c.in.Text("namespaceName")
		if awsname.NamespaceName(name) != nil {
			return because(namespaceRule.check("ValidationException", name))
		}
		n := c.at.namespaces[name]
		if n == nil {
			return because(notThere("The specified namespace %s isn't found.", name))
		}
		return run(c, n)
	}
}

func withWorkgroup(run func(*call, *workgroup) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		name := c.in.Text("workgroupName")
		if err := workgroupRule.check("ValidationException", name); err != nil {
			return because(err)
		}
		w := c.at.workgroups[name]
		if w == nil {
			return because(notThere("The specified workgroup %s isn't found.", name))
		}
		return run(c, w)
	}
}

var (
	namespaceRule = rule("namespaceName", 3, 64, `[a-z0-9-]+`)
	workgroupRule = rule("workgroupName", 3, 64, `[a-z0-9-]+`)
)

func modifying(now, ready time.Time) string {
	if now.Before(ready) {
		return "MODIFYING"
	}
	return "AVAILABLE"
}

// roleTexts are the roles as GetNamespace answers them: texts and not ARNs, whose members come in
// either order (aws-solutions clickstream-analytics-on-aws #507 has both).
func (n *namespace) roleTexts(now time.Time) []string {
	out := make([]string, len(n.roles))
	for i, r := range n.roles {
		parts := []string{"applyStatus=" + r.status(now), "iamRoleArn=" + r.arn}
		if i%2 == 1 {
			slices.Reverse(parts)
		}
		out[i] = "IamRole(" + strings.Join(parts, ", ") + ")"
	}
	return out
}

// iso is a moment as this service writes it (botocore, timestampFormat iso8601).
func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (n *namespace) fields(now time.Time) wire.Fields {
	return wire.Of(
		"namespaceArn", n.arn, "namespaceId", n.id, "namespaceName", n.name, "adminUsername", n.user, "dbName", n.database, "kmsKeyId", "AWS_OWNED_KMS_KEY",
		"defaultIamRoleArn", wire.Opt(n.defaultRole), "iamRoles", wire.Strings("", n.roleTexts(now)), "logExports", wire.List{},
		"status", modifying(now, n.ready), "creationDate", iso(n.created), "adminPasswordSecretArn", wire.Opt(n.secret),
	)
}

func getNamespace(c *call, n *namespace) (wire.Answer, error) {
	return answer("namespace", n.fields(c.now))
}

func listNamespaces(c *call) (wire.Answer, error) {
	names, next, err := pageOf(c, serverlessPages, sorted(c.at.namespaces))
	if err != nil {
		return because(err)
	}
	return answer("namespaces", wire.Each("", names, func(name string) any { return c.at.namespaces[name].fields(c.now) }), "nextToken", wire.Opt(next))
}

// updateNamespace takes the whole list of roles, with the default among them (Redshift Serverless API,
// UpdateNamespace; terraform-provider-aws #39268 for the answer without the list).
func updateNamespace(c *call, n *namespace) (wire.Answer, error) {
	listed, byDefault := c.in.Has("iamRoles"), c.in.Text("defaultIamRoleArn")
	roles := c.in.Texts("iamRoles")
	switch {
	case c.now.Before(n.ready):
		return because(bad("ConflictException", "There is an operation running on the namespace. Try again at a later time."))
	case c.in.Has("defaultIamRoleArn") && !listed:
		return because(bad("ValidationException", "To change the default IAM role, you must specify the entire list of IAM roles."))
	case byDefault != "" && !slices.Contains(roles, byDefault):
		return because(bad("ValidationException", "The default IAM role must be in the list of IAM roles."))
	case len(roles) > rolesPerCluster:
		return because(bad("ValidationException", "The number of IAM roles exceeds the limit of %d.", rolesPerCluster))
	}
	if listed {
		if err := c.setNamespaceRoles(n, roles); err != nil {
			return because(err)
		}
		n.defaultRole = byDefault
	}
	n.ready = c.now.Add(c.delays.Change)
	return answer("namespace", n.fields(c.now))
}

// setNamespaceRoles replaces the list. A role must trust both services (Redshift UG, Authorizing
// Amazon Redshift Serverless to access other AWS services).
func (c *call) setNamespaceRoles(n *namespace, arns []string) error {
	var roles []attachedRole
	for _, arn := range arns {
		if at := slices.IndexFunc(n.roles, func(r attachedRole) bool { return r.arn == arn }); at >= 0 {
			roles = append(roles, n.roles[at])
			continue
		}
		name := arn[strings.LastIndex(arn, "/")+1:]
		r := c.roles[strings.ToLower(name)]
		if r == nil || r.arn != arn || c.fresh(r) || !c.trustsServerless(r, n) {
			return bad("ValidationException",
				"Redshift Serverless is not authorized to assume IAM role %s. "+
					"Make sure that its trust policy allows redshift.amazonaws.com and redshift-serverless.amazonaws.com.", arn)
		}
		roles = append(roles, attachedRole{arn: arn, ready: c.now.Add(c.delays.RoleSync)})
	}
	n.roles = roles
	return nil
}

// trustsServerless says that a role may be assumed from one of a namespace's workgroups: their ARNs
// are what a condition on aws:SourceArn is about (Redshift UG, Cross-service confused deputy
// prevention). What a namespace without a workgroup sends is UNVERIFIED.
func (c *call) trustsServerless(r *role, n *namespace) bool {
	var sources []string
	for _, name := range sorted(c.at.workgroups) {
		if w := c.at.workgroups[name]; w.namespace == n.name {
			sources = append(sources, w.arn)
		}
	}
	if len(sources) == 0 {
		sources = []string{c.workgroupARN("")}
	}
	return slices.ContainsFunc(sources, func(arn string) bool { return c.trusts(r, toRedshift, arn) && c.trusts(r, toServerless, arn) })
}

func (w *workgroup) fields(c *call) wire.Fields {
	host := w.name + "." + Number + "." + c.at.region + ".redshift-serverless." + suffix(c.partition)
	return wire.Of(
		"workgroupArn", w.arn, "workgroupId", w.id, "workgroupName", w.name, "namespaceName", w.namespace, "baseCapacity", w.capacity,
		"enhancedVpcRouting", w.routing, "publiclyAccessible", w.public, "subnetIds", wire.Strings("", w.subnets), "securityGroupIds", wire.Strings("", w.groups),
		"status", modifying(c.now, w.ready), "port", 5439, "endpoint", wire.Of("address", host, "port", 5439), "creationDate", iso(w.created),
		"configParameters", wire.List{}, "trackName", "current", "workgroupVersion", "1.0", "patchVersion", "1.0",
	)
}

func getWorkgroup(c *call, w *workgroup) (wire.Answer, error) {
	return answer("workgroup", w.fields(c))
}

func listWorkgroups(c *call) (wire.Answer, error) {
	names, next, err := pageOf(c, serverlessPages, sorted(c.at.workgroups))
	if err != nil {
		return because(err)
	}
	return answer("workgroups", wire.Each("", names, func(name string) any { return c.at.workgroups[name].fields(c) }), "nextToken", wire.Opt(next))
}

func updateWorkgroup(c *call, w *workgroup) (wire.Answer, error) {
	if c.now.Before(w.ready) {
		return because(bad("ConflictException", "There is an operation running on the workgroup. Try again at a later time."))
	}
	if c.in.Has("enhancedVpcRouting") {
		w.routing = c.in.Bool("enhancedVpcRouting")
	}
	if c.in.Has("publiclyAccessible") {
		w.public = c.in.Bool("publiclyAccessible")
	}
	if c.in.Has("baseCapacity") {
		w.capacity = c.in.Int("baseCapacity", w.capacity)
	}
	w.ready = c.now.Add(c.delays.Change)
	return answer("workgroup", w.fields(c))
}
