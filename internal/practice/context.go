package practice

import (
	"strings"

	"onramp/internal/practice/authorize"
)

// This file has the condition keys that tags give to a request, by the rows of the Service
// Authorization Reference.

// carryTags are the actions whose requests carry the tags that they give or take away, and the kind of
// resource on which they do; "" : any.
var carryTags = map[string]string{
	"iam:CreateRole": "", "iam:TagRole": "", "iam:UntagRole": "", "iam:CreatePolicy": "", "iam:TagPolicy": "", "iam:UntagPolicy": "",
	"iam:CreateInstanceProfile": "", "iam:TagInstanceProfile": "", "iam:UntagInstanceProfile": "",
	"kms:CreateKey": "", "kms:TagResource": "", "kms:UntagResource": "", "s3:CreateBucket": "", "s3:TagResource": "",
	"ec2:CreateTags": "", "ec2:DeleteTags": "", "ec2:CreateVpcEndpoint": ":vpc-endpoint/", "ec2:CreateSecurityGroup": ":security-group/",
	"ec2:ImportKeyPair":      "",
	"redshift:CreateCluster": "", "redshift:CreateTags": "", "redshift:DeleteTags": "",
}

// addTags gives a request the keys aws:RequestTag and aws:TagKeys, and aws:ResourceTag where the
// account knows the resource.
func (c *call) addTags(r authorize.Request) {
	if on, carries := carryTags[r.Action]; carries && strings.Contains(r.Resource, on) {
		for _, t := range c.givenTags() {
			r.Context["aws:RequestTag/"+t.key] = []string{t.value}
			r.Context["aws:TagKeys"] = append(r.Context["aws:TagKeys"], t.key)
		}
		r.Context["aws:TagKeys"] = append(r.Context["aws:TagKeys"], c.in.Texts("TagKeys")...)
	}
	have, prefixes := c.tagsAt(r)
	for _, t := range have {
		for _, prefix := range prefixes {
			r.Context[prefix+t.key] = []string{t.value}
		}
	}
}

// givenTags are the tags of a call, wherever its service writes them.
func (c *call) givenTags() tags {
	in := append(c.in.Objects("Tags"), c.in.Objects("Tag")...)
	for _, spec := range c.in.Objects("TagSpecification") {
		in = append(in, spec.Objects("Tag")...)
	}
	in = append(in, c.newTags().Objects("Tag")...)
	var out tags
	for _, one := range in {
		out = append(out, tag{one.Text("Key") + one.Text("TagKey"), one.Text("Value") + one.Text("TagValue")})
	}
	return out
}

// tagsAt are the tags of a request's resource and the keys that hold them. A bucket's count for
// nothing unless it is told so (S3 API, PutBucketAbac), and a role's are not to be relied on where it
// is passed (IAM UG, Grant a user permissions to pass a role to an AWS service).
func (c *call) tagsAt(r authorize.Request) (have tags, prefixes []string) {
	const every = "aws:ResourceTag/"
	parts := strings.SplitN(r.Resource, ":", 6)
	if len(parts) < 6 || r.Action == "iam:PassRole" {
		return nil, nil
	}
	kind, id := parts[5], ""
	if at := strings.IndexAny(kind, ":/"); at >= 0 {
		kind, id = kind[:at], kind[at+1:]
	}
	switch parts[2] + " " + kind {
	case "iam role":
		if held := c.roles[strings.ToLower(id[strings.LastIndex(id, "/")+1:])]; held != nil && held.arn == r.Resource {
			have = held.tags
		}
		return have, []string{every, "iam:ResourceTag/"}
	case "iam instance-profile":
		if p := c.profiles[strings.ToLower(id[strings.LastIndex(id, "/")+1:])]; p != nil && p.arn == r.Resource {
			have = p.tags
		}
		return have, []string{every, "iam:ResourceTag/"}
	case "iam policy":
		if p := c.policies[r.Resource]; p != nil {
			have = p.tags
		}
	case "ec2 key-pair": // by its name, as no other resource of EC2
		if k := c.at.keyPairs[id]; k != nil {
			have = k.tags
		}
		return have, []string{every, "ec2:ResourceTag/"}
	case "kms key":
		if k := c.at.keys[id]; k != nil {
			have = k.tags
		}
	case "redshift cluster":
		if k := c.cluster(id); k != nil {
			have = k.tags
		}
	default:
		if t := c.tagsOf(id); parts[2] == "ec2" && t != nil {
			return *t, []string{every, "ec2:ResourceTag/"}
		}
	}
	return have, []string{every}
}

// onBounded is for calls on a role whose requests carry the boundary that it has.
func onBounded(action string) ask {
	return func(c *call) []authorize.Request {
		r := want(action, c.roleARN(c.in.Text("RoleName")))
		if held, err := c.theRole(); err == nil && held.boundary != "" {
			r.Context["iam:PermissionsBoundary"] = []string{held.boundary}
		}
		return []authorize.Request{r}
	}
}
