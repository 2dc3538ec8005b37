package practice

import (
	"time"

	"onramp/internal/awsname"

	"onramp/internal/practice/database"
	"onramp/internal/practice/wire"
)

// The furniture: an account as a person finds it who is asked to set Redshift ML up. The names are
// those of the project's samples and tests. Every region has the same, by the same ids, so that a
// sample's answers hold in whatever region a person chooses; in AWS no two regions share an id.

// Ids of the network, and of keys.
const (
	homeVPC    = "vpc-0a1b2c3d4e5f60718"
	homeTable  = "rtb-0a1b2c3d4e5f60718"
	publicRtb  = "rtb-0b2c3d4e5f6071829"
	homeGroup  = "sg-0a1b2c3d4e5f60718"
	homeKey    = "1234abcd-12ab-34cd-56ef-1234567890ab"
	archiveKey = "87654321-dcba-4321-8765-ba0987654321"
	homeARNEnd = "AbCdEf" // the six characters at the end of a secret's ARN
)

// Roles that warehouses use.
const (
	clusterRole    = "analytics-copy"
	serverlessRole = "serverless-copy"
)

// What instances have: a role, and the key pair of those who log in.
const (
	instanceRole = "instance-tools"
	operatorsKey = "operators"
)

// accountAlias is the account's name in its sign-in address.
const accountAlias = "onramp-practice"

// neighbour is the account that owns a bucket which is not ours.
const neighbour = "999999999999"

// opened is when the account was furnished: a date that is the same in every account.
var opened = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// furnish makes what belongs to no region: roles, policies, and buckets, which only stand in one.
func furnish(w *world) {
	c := &call{world: w, now: opened}
	w.alias = accountAlias
	c.furnishRoles()
	c.furnishPeople()
	c.furnishBuckets()
}

// furnishRegion makes what a region has. It reads nothing that a call may have changed, and makes no
// id, so that it does not matter when a region is first used.
func furnishRegion(w *world, p *place) {
	c := &call{world: w, at: p, now: opened}
	c.furnishNetwork()
	c.furnishKeys()
	c.furnishClusters()
	c.furnishServerless()
	c.furnishKeyPairs()
}

// furnishKeyPairs makes a key pair whose private half nobody has.
func (c *call) furnishKeyPairs() {
	const public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA"
	key, err := awsname.ParsePublicKey(public)
	if err != nil {
		panic(err)
	}
	c.at.keyPairs[operatorsKey] = &keyPair{
		id: "key-0" + digestOf(operatorsKey + c.region)[:16], name: operatorsKey, kind: "ed25519", fingerprint: fingerprint(key), public: public, created: opened,
	}
}

func (c *call) furnishRoles() {
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` +
		`{"Service":["redshift.amazonaws.com","redshift-serverless.amazonaws.com"]}}]}`
	for _, name := range []string{clusterRole, serverlessRole} {
		c.roles[name] = &role{
			name: name, path: "/", arn: c.world.arn("iam", "", "role/"+name), id: "AROA" + upper(name), trust: trust, description: "COPY and UNLOAD",
			session: 3600, created: opened, attached: []string{"arn:" + c.partition + ":iam::aws:policy/AmazonS3ReadOnlyAccess"}, inline: map[string]string{},
		}
	}
	c.roles[instanceRole] = &role{
		name: instanceRole, path: "/", arn: c.world.arn("iam", "", "role/"+instanceRole), id: "AROA" + upper(instanceRole), description: "Agents on instances",
		trust: `{"Version":"2012-10-17","Statement":{"Sid":"Agents","Effect":"Allow","Action":["sts:AssumeRole"],"Principal":` +
			`{"Service":["ssm.amazonaws.com","ec2.amazonaws.com"]}}}`,
		session: 3600, created: opened, inline: map[string]string{},
	}
	boundary := &managedPolicy{
		name: "boundary", path: "/", arn: c.world.arn("iam", "", "policy/boundary"), id: "ANPA" + upper("boundary"),
		description: "What roles of data teams may do at most",
		created:     opened, updated: opened, standard: "v1",
	}
	boundary.add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":`+
		`["s3:*","sagemaker:*","logs:*","cloudwatch:PutMetricData","ecr:*","kms:*","ec2:*","iam:PassRole"]}]}`, opened)
	c.policies[boundary.arn] = boundary
}

func upper(name string) string { return uuidOf(digestOf(name))[:8] + "PRACTICE0" }

// furnishNetwork makes a VPC of the usual kind: DNS resolution is on, hostnames are off, as in every
// VPC that is not the default one (Amazon VPC UG, DNS attributes for your VPC).
func (c *call) furnishNetwork() {
	p := c.at
	p.vpcs[homeVPC] = &vpc{id: homeVPC, cidr: "10.0.0.0/16", dnsSupport: true, tags: tags{{"Name", "analytics"}}}
	for _, s := range []struct{ id, cidr, zone string }{
		{"subnet-0a1b2c3d4e5f60718", "10.0.0.0/20", "a"},
		{"subnet-0b2c3d4e5f6071829", "10.0.16.0/20", "b"},
		{"subnet-0c3d4e5f60718293a", "10.0.32.0/20", "c"},
	} {
		p.subnets[s.id] = &subnet{id: s.id, vpc: homeVPC, cidr: s.cidr, zone: p.region + s.zone, tags: tags{{"Name", "analytics-" + s.zone}}}
	}
	p.routeTables[homeTable] = &routeTable{id: homeTable, vpc: homeVPC, main: true, tags: tags{{"Name", "analytics-private"}}}
	p.routeTables[publicRtb] = &routeTable{
		id: publicRtb, vpc: homeVPC, subnets: []string{"subnet-0c3d4e5f60718293a"}, gateway: "igw-0a1b2c3d4e5f60718", tags: tags{{"Name", "analytics-public"}},
	}
	p.groups[homeGroup] = &securityGroup{
		id: homeGroup, name: "default", description: "default VPC security group", vpc: homeVPC,
		ingress: []groupRule{{id: "sgr-0a1b2c3d4e5f60718", protocol: "-1", from: -1, to: -1, group: homeGroup}}, egress: outward("sgr-0b2c3d4e5f6071829"),
	}
	for _, name := range []string{"default", "analytics"} {
		p.subnetGroups[name] = &subnetGroup{name: name, description: name, vpc: homeVPC, subnets: sorted(p.subnets)}
	}
}

func (c *call) furnishKeys() {
	for alias, id := range map[string]string{"alias/analytics": homeKey, "alias/archive": archiveKey} {
		c.at.keys[id] = &key{
			id: id, arn: c.arn("kms", "key/"+id), description: "Key of " + alias[len("alias/"):], usage: "ENCRYPT_DECRYPT", spec: "SYMMETRIC_DEFAULT",
			state: enabled, policy: c.defaultKeyPolicy(), period: 365, rotates: alias == "alias/analytics", created: opened,
		}
		c.at.aliases[alias] = id
	}
}

// furnishBuckets makes buckets here, in another region and in another account. redshift-downloads is
// AWS's own, with the sample data of the guide.
func (c *call) furnishBuckets() {
	other := map[string]string{"aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-east-1"}[c.partition]
	if other == "" {
		other = map[bool]string{true: "eu-west-1", false: "us-east-1"}[c.region == "us-east-1"]
	}
	for _, b := range []*bucket{
		newBucket("analytics-redshift-data", c.region, Number, opened),
		newBucket("amazon-machine-learning-analytics", c.region, Number, opened), // a name that AWS's policy for Amazon ML reaches
		newBucket("analytics-logs", c.region, Number, opened),
		newBucket("analytics-elsewhere", other, Number, opened),
		newBucket("taken-by-someone-else", c.region, neighbour, opened),
		newBucket("redshift-downloads", "us-east-1", neighbour, opened),
	} {
		c.buckets[b.name] = b
	}
	data := c.buckets["analytics-redshift-data"]
	data.settings[tagging.root] = wire.Input{"TagSet": map[string]any{"Tag": map[string]any{"Key": "team", "Value": "analytics"}}}
	data.objects["customers/part-0000.csv"] = []version{{id: unversioned, size: 1024, etag: `"` + digestOf("customers")[:32] + `"`, modified: opened}}
}

// furnishClusters makes a cluster that is in use, one with a default role that others rely on, and one
// that is paused.
func (c *call) furnishClusters() {
	copying := c.world.arn("iam", "", "role/"+clusterRole)
	for _, k := range []*cluster{
		{name: "analytics", nodes: 2, roles: []attachedRole{{arn: copying}}, tags: tags{{"team", "analytics"}}},
		{name: "reporting", nodes: 2, roles: []attachedRole{{arn: copying}}, defaultRole: copying, tags: tags{{"team", "finance"}}},
		{name: "archive", nodes: 1},
	} {
		k.nodeType, k.database, k.user, k.port, k.subnetGroup, k.created = "ra3.large", "dev", database.Admin, 5439, "analytics", opened
		c.build(k, false)
		furnishDatabase(k.sql)
	}
	c.at.clusters["archive"].settled = "paused"
}

// furnishDatabase has users of every kind: analysts in groups, and the caller's own IAM identity, whom
// somebody has made a superuser.
func furnishDatabase(d *database.Database) {
	for _, sql := range []string{
		`CREATE USER "IAM:` + Caller + `" PASSWORD DISABLE CREATEUSER`,
		`CREATE USER ada PASSWORD DISABLE`,
		`CREATE USER grace PASSWORD DISABLE`,
		`CREATE GROUP reporting WITH USER ada, grace`,
		`CREATE GROUP loaders`,
		`CREATE SCHEMA sales`,
		`GRANT USAGE ON SCHEMA sales TO GROUP reporting`,
	} {
		if _, err := d.Exec(database.Admin, sql); err != nil {
			panic(err) // the statements are constants, and a test runs them
		}
	}
}

func (c *call) furnishServerless() {
	copying := c.world.arn("iam", "", "role/"+serverlessRole)
	n := &namespace{
		name: "analytics-ns", id: "11111111-2222-4333-8444-555555555555", database: "dev", user: "admin",
		roles: []attachedRole{{arn: copying}}, created: opened,
	}
	n.arn = c.arn("redshift-serverless", "namespace/"+n.id)
	secret := &secret{name: "redshift!" + n.name + "-" + n.user, user: n.user, owner: "redshift", created: opened, description: "Admin of " + n.name}
	secret.arn = c.arn("secretsmanager", "secret:"+secret.name+"-"+homeARNEnd)
	c.at.secrets[secret.arn] = secret
	n.secret = secret.arn
	n.sql = c.newDatabase(n.database, n.user, func() string { return n.defaultRole }, func() []attachedRole { return n.roles })
	c.at.namespaces[n.name] = n
	w := &workgroup{
		name: "analytics-wg", id: "66666666-7777-4888-8999-aaaaaaaaaaaa", namespace: n.name, capacity: 8,
		subnets: sorted(c.at.subnets), groups: []string{homeGroup}, vpc: homeVPC, created: opened,
	}
	w.arn = c.arn("redshift-serverless", "workgroup/"+w.id)
	c.at.workgroups[w.name] = w
}
