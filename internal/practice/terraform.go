package practice

import (
	"slices"
	"strings"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// This file has the calls that only Terraform makes: its AWS provider 5.100 reads every property of
// what it manages, whether it was asked for or not, and tags things after they are made.

// terraformOperations are these calls.
func terraformOperations() table {
	return table{
		"s3:GetBucketAcl":                     {reads, withBucket(getBucketACL), onBucket("s3:GetBucketAcl")},
		"s3:GetBucketCors":                    {reads, withBucket(notSet("NoSuchCORSConfiguration")), onBucket("s3:GetBucketCORS")},
		"s3:GetBucketWebsite":                 {reads, withBucket(notSet("NoSuchWebsiteConfiguration")), onBucket("s3:GetBucketWebsite")},
		"s3:GetBucketReplication":             {reads, withBucket(notSet("ReplicationConfigurationNotFoundError")), onBucket("s3:GetReplicationConfiguration")},
		"s3:GetObjectLockConfiguration":       {reads, withBucket(notSet("ObjectLockConfigurationNotFoundError")), onBucket("s3:GetBucketObjectLockConfiguration")},
		"s3:GetBucketAccelerateConfiguration": {reads, withBucket(fixed("AccelerateConfiguration")), onBucket("s3:GetAccelerateConfiguration")},
		"s3:GetBucketLogging":                 {reads, withBucket(fixed("BucketLoggingStatus")), onBucket("s3:GetBucketLogging")},
		"s3:GetBucketRequestPayment":          {reads, withBucket(fixed("RequestPaymentConfiguration", "Payer", "BucketOwner")), onBucket("s3:GetBucketRequestPayment")},

		"ec2:DescribeSecurityGroupRules":   {reads, describeRules, anywhere("ec2:DescribeSecurityGroupRules")},
		"ec2:AuthorizeSecurityGroupEgress": {writes, authorizeRules(egress), askRules("ec2:AuthorizeSecurityGroupEgress")},
		"ec2:RevokeSecurityGroupEgress":    {writes, revokeRules(egress), onGroup("ec2:RevokeSecurityGroupEgress")},
		"ec2:DescribePrefixLists":          {reads, describePrefixLists, anywhere("ec2:DescribePrefixLists")},
		"ec2:DescribeNetworkInterfaces":    {reads, describeInterfaces, anywhere("ec2:DescribeNetworkInterfaces")},
		"ec2:CreateTags":                   {writes, createTags, askTagging("ec2:CreateTags")},
		"ec2:DeleteTags":                   {writes, deleteTags, askTagging("ec2:DeleteTags")},

		"redshift:DescribeLoggingStatus": {reads, withCluster(describeLogging), onCluster("redshift:DescribeLoggingStatus")},
		"redshift:CreateTags":            {writes, tagCluster, onResource("redshift:CreateTags", "ResourceName")},
		"redshift:DeleteTags":            {writes, untagCluster, onResource("redshift:DeleteTags", "ResourceName")},

		"redshift-serverless:ListTagsForResource": {reads, listServerlessTags, onResource("redshift-serverless:ListTagsForResource", "resourceArn")},

		"iam:ListEntitiesForPolicy": {reads, withPolicy(listEntities), onPolicy("iam:ListEntitiesForPolicy")},
		"iam:TagPolicy":             {writes, withPolicy(tagPolicy), onPolicy("iam:TagPolicy")},
		"iam:UntagPolicy":           {writes, withPolicy(untagPolicy), onPolicy("iam:UntagPolicy")},
	}
}

func onResource(action, member string) ask {
	return func(c *call) []authorize.Request { return on(c.in.Text(member), action) }
}

// notSet is the answer to a setting that no bucket of the practice account has.
func notSet(code string) func(*call, *bucket) (wire.Answer, error) {
	return func(c *call, _ *bucket) (wire.Answer, error) {
		return because(c.s3Error(404, code, "%s", notSetMessages[code]))
	}
}

var notSetMessages = map[string]string{
	"NoSuchCORSConfiguration":               "The CORS configuration does not exist",
	"NoSuchWebsiteConfiguration":            "The specified bucket does not have a website configuration",
	"ReplicationConfigurationNotFoundError": "The replication configuration was not found",
	"ObjectLockConfigurationNotFoundError":  "Object Lock configuration does not exist for this bucket",
}

// fixed is the answer to a setting that every bucket of the practice account has alike.
func fixed(root string, pairs ...any) func(*call, *bucket) (wire.Answer, error) {
	return func(*call, *bucket) (wire.Answer, error) {
		return wire.Answer{Root: root, Fields: wire.Of(pairs...)}, nil
	}
}

// getBucketACL: the owner may do everything, and nobody else anything.
func getBucketACL(*call, *bucket) (wire.Answer, error) {
	owner := wire.Of("ID", canonicalID(Number))
	grant := wire.Fields{
		{Name: `Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"`, Value: owner},
		{Name: "Permission", Value: "FULL_CONTROL"},
	}
	return wire.Answer{Root: "AccessControlPolicy", Fields: wire.Of("Owner", owner, "AccessControlList", wire.List{Item: "Grant", Of: []any{grant}})}, nil
}

func describePrefixLists(c *call) (wire.Answer, error) {
	var found []any
	for _, s := range endpointServices {
		name := s.name(c.at.region)
		id := prefixList(c.at.region, name)
		pass, err := c.filtered(map[string][]string{"prefix-list-name": {name}, "prefix-list-id": {id}}, nil)
		if err != nil {
			return because(err)
		}
		if pass && s.kind == gatewayKind {
			found = append(found, wire.Of("prefixListId", id, "prefixListName", name, "cidrSet", wire.Strings("", []string{"3.5.0.0/19"})))
		}
	}
	return answer("prefixListSet", wire.List{Of: found})
}

// describeInterfaces lists the network interfaces of endpoints: there are no others.
func describeInterfaces(c *call) (wire.Answer, error) {
	var found []any
	for _, id := range sorted(c.at.endpoints) {
		e := c.at.endpoints[id]
		for _, s := range e.subnets {
			eni := interfaceID(e, s)
			pass, err := c.filtered(map[string][]string{
				"network-interface-id": {eni}, "group-id": e.groups, "subnet-id": {s}, "vpc-id": {e.vpc}, "description": {"VPC Endpoint Interface " + e.id},
			}, nil)
			if err != nil {
				return because(err)
			}
			if pass {
				found = append(found, wire.Of("networkInterfaceId", eni, "subnetId", s, "vpcId", e.vpc, "interfaceType", "vpc_endpoint",
					"status", "in-use", "description", "VPC Endpoint Interface "+e.id))
			}
		}
	}
	return answer("networkInterfaceSet", wire.List{Of: found})
}

func interfaceID(e *endpoint, subnet string) string { return "eni-" + digestOf(e.id + subnet)[:17] }

// tagsOf finds the tags of a resource of EC2.
func (c *call) tagsOf(id string) *tags {
	if g := c.at.groups[id]; g != nil {
		return &g.tags
	}
	if e := c.at.endpoints[id]; e != nil {
		return &e.tags
	}
	if v := c.at.vpcs[id]; v != nil {
		return &v.tags
	}
	if s := c.at.subnets[id]; s != nil {
		return &s.tags
	}
	if t := c.at.routeTables[id]; t != nil {
		return &t.tags
	}
	if k := c.at.keyPairByID(id); k != nil {
		return &k.tags
	}
	return nil
}

func askTagging(action string) ask {
	return func(c *call) []authorize.Request {
		var out []authorize.Request
		for _, id := range c.in.Texts("ResourceId") {
			if k := c.at.keyPairByID(id); k != nil {
				out = append(out, want(action, c.arn("ec2", "key-pair/"+k.name)))
				continue
			}
			kind := map[string]string{"sg": "security-group", "vpce": "vpc-endpoint", "sgr": "security-group-rule", "key": "key-pair"}[strings.SplitN(id, "-", 2)[0]]
			if kind == "" {
				kind, _, _ = strings.Cut(id, "-")
			}
			out = append(out, want(action, c.arn("ec2", kind+"/"+id)))
		}
		return out
	}
}

// tagged are the tags of the resources that a call names: of all, or an error.
func (c *call) tagged() ([]*tags, error) {
	var out []*tags
	for _, id := range c.in.Texts("ResourceId") {
		have := c.tagsOf(id)
		if have == nil {
			return nil, bad("InvalidID", "The ID '%s' is not valid", id)
		}
		out = append(out, have)
	}
	return out, nil
}

func createTags(c *call) (wire.Answer, error) {
	all, err := c.tagged()
	if err != nil {
		return because(err)
	}
	then := make([]tags, len(all))
	for i, have := range all {
		if then[i], err = ec2TagRules.read(c.in.Objects("Tag"), *have); err != nil {
			return because(err)
		}
	}
	for i, have := range all {
		*have = then[i]
	}
	return answer("return", true)
}

// deleteTags takes a tag away by its key, by key and value where a value is given, and all where no
// tag is (EC2 API, DeleteTags: Tags).
func deleteTags(c *call) (wire.Answer, error) {
	all, err := c.tagged()
	if err != nil {
		return because(err)
	}
	named := c.in.Objects("Tag")
	for _, have := range all {
		*have = slices.DeleteFunc(slices.Clone(*have), func(t tag) bool {
			return len(named) == 0 || slices.ContainsFunc(named, func(one wire.Input) bool {
				return one.Text("Key") == t.key && (!one.Has("Value") || one.Text("Value") == t.value)
			})
		})
	}
	return answer("return", true)
}

func describeLogging(*call, *cluster) (wire.Answer, error) { return answer("LoggingEnabled", false) }

// named finds the cluster that an ARN ends in.
func (c *call) named() (*cluster, error) {
	arn := c.in.Text("ResourceName")
	k := c.cluster(arn[strings.LastIndex(arn, ":")+1:])
	if k == nil {
		return nil, refuse(404, "ResourceNotFoundFault", "The resource %s does not exist.", arn)
	}
	return k, nil
}

func tagCluster(c *call) (wire.Answer, error) {
	k, err := c.named()
	if err != nil {
		return because(err)
	}
	t, err := redshiftTags(c.in.Objects("Tags"), k.tags)
	if err != nil {
		return because(err)
	}
	k.tags = t
	return done()
}

func untagCluster(c *call) (wire.Answer, error) {
	k, err := c.named()
	if err != nil {
		return because(err)
	}
	k.tags = k.tags.without(c.in.Texts("TagKeys"))
	return done()
}

// listServerlessTags: what is furnished has none.
func listServerlessTags(*call) (wire.Answer, error) { return answer("tags", wire.List{}) }

func listEntities(c *call, p *managedPolicy) (wire.Answer, error) {
	var roles []any
	for _, name := range sorted(c.roles) {
		if r := c.roles[name]; slices.Contains(r.attached, p.arn) {
			roles = append(roles, wire.Of("RoleName", r.name, "RoleId", r.id))
		}
	}
	return answer("PolicyGroups", wire.List{}, "PolicyUsers", wire.List{}, "PolicyRoles", wire.List{Of: roles}, "IsTruncated", false)
}

func tagPolicy(c *call, p *managedPolicy) (wire.Answer, error) {
	t, err := iamTags(c.in.Objects("Tags"), p.tags)
	if err != nil {
		return because(err)
	}
	p.tags = t
	return done()
}

func untagPolicy(c *call, p *managedPolicy) (wire.Answer, error) {
	p.tags = p.tags.without(c.in.Texts("TagKeys"))
	return done()
}
