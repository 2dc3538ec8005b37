package redshiftml

import (
	"cmp"
	"strings"

	"onramp/internal/awsname"
	"onramp/internal/kind"
	"onramp/internal/netpath"
	"onramp/internal/plan"
	"onramp/internal/redshiftsql"
)

// endpoints adds step 6: what traffic needs to stay in the VPC.
func (b *builder) endpoints() {
	vpc := b.text("vpc-routing.vpc")
	if !b.routed() || vpc == "" {
		return
	}
	b.add("6", idVPC, kind.VPC{VPCID: vpc})
	b.add("6", idGateway, kind.GatewayEndpoint{
		VPCID: vpc, Service: "com.amazonaws." + b.t.Region + ".s3", RouteTables: b.a.List("vpc-routing.route-tables"),
		Account: b.t.Account, Partition: b.t.Partition, Tags: b.tags(idGateway),
	}, idVPC)
	// Amazon VPC, AWS PrivateLink, Gateway endpoints for Amazon S3
	b.warn("s3-endpoint", idGateway, "a new S3 endpoint closes open connections to S3 from the subnets of its route tables, "+
		"and bucket policies that use aws:SourceIp no longer see public addresses from there",
		"let transfers end first, and look for aws:SourceIp in the policies of buckets in use")
	b.add("6", idService, kind.EndpointService{ID: idService, Suffix: ".sagemaker.api"})
	groupID := b.text("vpc-routing.endpoint-security-group")
	if groupID == "" {
		groupID = plan.Ref{Resource: idGroupSG, Output: kind.GroupID}.String()
		b.add("6", idGroupSG, kind.SecurityGroup{
			ID: idGroupSG, GroupName: b.endpointGroup(), Description: "HTTPS from the VPC to the SageMaker endpoint",
			VPCID: vpc, CIDR: plan.Ref{Resource: idVPC, Output: kind.VPCCIDR}.String(), Tags: b.tags(idGroupSG),
		}, idVPC)
	}
	b.add("6", idEndpoint, kind.InterfaceEndpoint{
		Title: "sagemaker.api", VPCID: vpc, Service: plan.Ref{Resource: idService, Output: kind.ServiceName}.String(),
		Subnets: b.a.List("vpc-routing.subnets"), SecurityGroups: []string{groupID}, Tags: b.tags(idEndpoint),
	}, idVPC)
	b.cost(idEndpoint, "the SageMaker endpoint is billed by the hour for each subnet's zone, and by the gigabyte; the S3 endpoint is free")
	b.warn("vpc-routing", "vpc-routing.enabled", "with enhanced VPC routing, COPY and UNLOAD to buckets of other regions stop working without a NAT gateway, and Redshift Spectrum does not work as it is",
		"look through the COPY and UNLOAD commands in use first")
	if b.sampleData() && b.t.Region != "us-east-1" {
		b.warn("sample-data-region", "bucket.sample-data", "the sample data is in us-east-1, and the S3 endpoint reaches buckets of "+b.t.Region+" only", "load the sample data before routing is switched on, or through a NAT gateway")
	}
}

// warehouse adds step 1 and the attachment of the roles, which comes last.
func (b *builder) warehouse() {
	name, first := warehouseName(b.a), ""
	if name == "" || len(b.roles) == 0 {
		return
	}
	if b.a.Bool("role.default") {
		first = b.roles[0]
	}
	needs, whole := b.ready, ""
	if b.text("warehouse.kind") == "new-cluster" {
		b.cluster(first)
		needs, whole = append(needs, idCluster), idCluster
	}
	var roles, routes plan.Spec = kind.ClusterRoles{Identifier: name, RoleARNs: b.roles, DefaultRole: first}, kind.ClusterRouting{Identifier: name, Path: b.path()}
	if b.serverless() {
		roles = kind.NamespaceRoles{Namespace: name, RoleARNs: b.roles, DefaultRole: first}
		routes = kind.WorkgroupRouting{Workgroup: b.text("warehouse.workgroup"), Path: b.path()}
	}
	b.add("1", idAttach, roles, needs...)
	b.within(whole)
	if _, endpoints := b.find(idEndpoint); endpoints { // changes of one warehouse go one after another
		b.add("6", idRouting, routes, idAttach, idGateway, idEndpoint)
		b.within(whole)
	}
	b.cost("models", "SageMaker bills the training of every model; MAX_RUNTIME and MAX_CELLS in CREATE MODEL bound it, and SHOW MODEL estimates it")
}

// path is what the traffic of the warehouse has to reach once routing is on, and what the plan does for that.
func (b *builder) path() netpath.Path {
	p := netpath.Path{
		Warehouse: "cluster " + b.text("warehouse.cluster"), VPC: b.text("vpc-routing.vpc"),
		Region: b.t.Region, Account: b.t.Account, Partition: b.t.Partition, Roles: b.roles,
		Services: []netpath.Service{{Suffix: ".sagemaker.api", Actions: []string{"sagemaker:CreateAutoMLJob", "sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob"}}},
		Changes: netpath.Changes{
			DNS: true, RouteTables: b.a.List("vpc-routing.route-tables"), Subnets: b.a.List("vpc-routing.subnets"),
			Group: b.text("vpc-routing.endpoint-security-group"), GroupName: b.endpointGroup(),
		},
	}
	if b.serverless() {
		p.Warehouse = "workgroup " + b.text("warehouse.workgroup")
	}
	if b.text("warehouse.kind") == "new-cluster" {
		p.SubnetGroup = cmp.Or(b.text("warehouse.subnet-group"), "default")
	}
	for _, r := range b.plan.Resources {
		switch s := r.Spec.(type) {
		case kind.Bucket:
			p.Buckets = append(p.Buckets, s.BucketName)
		case kind.ExistingBucket:
			p.Buckets = append(p.Buckets, s.BucketName)
		}
	}
	return p
}

// endpointGroup is the name of the security group that the plan creates for its endpoints.
func (b *builder) endpointGroup() string { return "onramp-" + b.owner }

func (b *builder) find(id string) (plan.Resource, bool) { return b.plan.Find(id) }

func (b *builder) cluster(defaultRole string) {
	c := kind.Cluster{
		Identifier: b.text("warehouse.cluster"), NodeType: b.text("warehouse.node-type"), Nodes: b.a.Int("warehouse.nodes"),
		Database: b.text("warehouse.database"), AdminUser: b.text("warehouse.admin-user"), SubnetGroup: b.text("warehouse.subnet-group"),
		RoleARNs: b.roles, DefaultRole: defaultRole, Tags: b.tags(idCluster),
	}
	b.add("1", idCluster, c, b.ready...)
	b.cost(idCluster, "the cluster is billed by the hour and node from the minute it is there, and Secrets Manager bills its admin password by the month")
}

// sql adds the statements of "Managing permissions and ownership".
func (b *builder) sql() {
	b.plan.SQL = b.statements()
	if len(b.plan.SQL) == 0 || b.text("sql.run") != "data-api" {
		return
	}
	c := kind.Connection{Cluster: b.text("warehouse.cluster"), DBUser: b.text("sql.db-user"), Secret: b.text("sql.secret")}
	if b.serverless() {
		c.Workgroup = b.text("warehouse.workgroup")
	}
	needs := []string{}
	for _, id := range []string{idAttach, idRouting} {
		if _, ok := b.find(id); ok {
			needs = append(needs, id)
		}
	}
	b.add("", idSQL, kind.SQL{Database: b.text("warehouse.database"), Connection: c, Statements: b.plan.SQL}, needs...)
	if _, made := b.find(idCluster); made {
		b.within(idCluster)
	}
}

// statements lists groups, then schemas, then grants, so that each finds what it needs.
func (b *builder) statements() []plan.Statement {
	var makeGroups, makeSchemas, grants []plan.Statement
	schemas := map[string]bool{}
	for _, g := range b.groups() {
		if g.name == "" {
			continue
		}
		makeGroups = append(makeGroups, redshiftsql.CreateGroup(g.name))
		if g.schema != "" && !schemas[g.schema] && !inEveryDatabase(g.schema) {
			schemas[g.schema] = true
			makeSchemas = append(makeSchemas, redshiftsql.CreateSchema(g.schema))
		}
		if g.creates {
			grants = append(grants, redshiftsql.GrantCreateModel(g.name))
		}
		if g.schema != "" {
			grants = append(grants, redshiftsql.GrantSchema(g.schema, g.name, privileges(g)...))
		}
	}
	return append(append(append(makeGroups, makeSchemas...), grants...), b.assumeRole()...)
}

// inEveryDatabase says of a schema that nobody need make it: what takes its making back would drop it.
func inEveryDatabase(schema string) bool { return redshiftsql.Fold(schema) == "public" }

func privileges(g group) []string {
	if g.creates {
		return []string{"CREATE", "USAGE"}
	}
	return []string{"USAGE"}
}

// assumeRole restricts the roles to the groups that create models.
func (b *builder) assumeRole() []plan.Statement {
	if !b.a.Bool("sql.restrict-assume-role") || len(b.roles) == 0 {
		return nil
	}
	var out []plan.Statement
	for _, g := range b.groups() {
		if !g.creates || g.name == "" {
			continue
		}
		if len(out) == 0 {
			out = append(out, redshiftsql.RevokeAssumeRole(g.name, b.roleOf(g)))
		}
		out = append(out, redshiftsql.GrantAssumeRole(b.roleOf(g), g.name))
	}
	return out
}

// roleOf is the ARN of the role that a group uses.
func (b *builder) roleOf(g group) string {
	if g.role != "" && g.bucket != "" {
		return b.t.RoleARN(b.text("role.path"), g.role)
	}
	return b.roles[0]
}

func (b *builder) followUps() {
	for _, g := range b.groups() {
		if g.name == "" {
			continue
		}
		if g.creates && g.schema != "" && len(b.roles) > 0 && b.text("bucket.name") != "" {
			b.plan.FollowUps = append(b.plan.FollowUps, b.firstModel(g))
		}
		for _, model := range g.execute {
			b.plan.FollowUps = append(b.plan.FollowUps, execute(g, model)...)
		}
	}
	if len(b.plan.FollowUps) == 0 && len(b.roles) > 0 && b.text("bucket.name") != "" {
		b.plan.FollowUps = append(b.plan.FollowUps, b.firstModel(group{schema: "public"}))
	}
}

// firstModel is a CREATE MODEL statement to start from, with the bucket, role and key of a group.
func (b *builder) firstModel(g group) plan.FollowUp {
	m := redshiftsql.Model{Schema: g.schema, Name: "first_model", Function: "predict_first", Bucket: b.text("bucket.name"), RoleARN: b.roles[0]}
	who := "any user who may create models"
	if g.name != "" {
		who, m.RoleARN = "a member of "+g.name, b.roleOf(g)
	}
	if g.bucket != "" && g.role != "" {
		m.Bucket = g.bucket
	}
	if m.RoleARN == b.roles[0] && b.a.Bool("role.default") {
		m.RoleARN = ""
	}
	if b.keyARN() != "" {
		m.KeyID = b.keyID()
	}
	return plan.FollowUp{Title: "Create a first model", When: "everything above is done; as " + who + ", with a table and columns of your own", SQL: m.SQL()}
}

// keyID is the id of the key: the form that the document uses in CREATE MODEL.
func (b *builder) keyID() string {
	if _, id, known := strings.Cut(b.keyARN(), ":key/"); known {
		return id
	}
	return plan.Ref{Resource: idKey, Output: kind.KeyID}.String()
}

// execute lets a group predict with a model, once there is one.
// A model in another schema than the group's own needs USAGE there, too.
func execute(g group, name string) []plan.FollowUp {
	schema, model, err := awsname.ParseModel(name)
	if err != nil {
		return nil // the field's own rule has judged it
	}
	var out []plan.FollowUp
	if redshiftsql.Fold(schema) != redshiftsql.Fold(g.schema) {
		usage := redshiftsql.GrantSchema(schema, g.name, "USAGE")
		out = append(out, plan.FollowUp{
			Title: "Let " + g.name + " into schema " + schema, When: "the schema exists; taken back by " + usage.Undo, SQL: usage.Text,
		})
	}
	return append(out, plan.FollowUp{
		Title: "Let " + g.name + " predict with " + name, When: "the model " + name + " exists; taken back by " + redshiftsql.RevokeExecute(schema, model, g.name),
		SQL: redshiftsql.GrantExecute(schema, model, g.name),
	})
}
