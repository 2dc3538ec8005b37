package netpath

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/policy"
)

// objectActions and bucketActions are what COPY, UNLOAD and CREATE MODEL do in a bucket.
var (
	objectActions = []string{"s3:GetObject", "s3:PutObject"}
	bucketActions = []string{"s3:ListBucket", "s3:GetBucketLocation"}
)

// elsewhere is a bucket that no policy names.
const elsewhere = "another-bucket-of-the-warehouse"

// admitsBuckets judges the policy of an endpoint to S3. With a gateway endpoint, a named principal is another one than
// it seems (Amazon VPC, AWS PrivateLink, Gateway endpoints, Endpoint policies).
func (c *checker) admitsBuckets(e Endpoint) {
	d, whole := c.endpointPolicy(e)
	if whole {
		return
	}
	broken := false
	for _, b := range c.Buckets {
		broken = c.admitsBucket(e, d, b) || broken
	}
	if broken {
		return
	}
	if !c.admitsOthers(e, d) {
		c.unknown("endpoint-policy", e.VpcEndpointId, e.subject("other buckets"), fmt.Sprintf(
			"the policy of %s, the S3 endpoint, does not admit every bucket: COPY and UNLOAD that use others stop working; it has %s",
			e.VpcEndpointId, d.statements()), "look through the buckets in use, or admit them all: "+resetPolicy(e))
	}
}

// admitsOthers says that a policy admits buckets that it does not name.
func (c *checker) admitsOthers(e Endpoint, d document) bool {
	return !slices.ContainsFunc(c.principals(e), func(role string) bool {
		return d.decide(c.request(e, role, "s3:GetObject", c.objects(elsewhere))) != policy.Yes
	})
}

// Narrow is what the policy of an endpoint to S3 has, where it does not admit every bucket; "" : it does.
func Narrow(p Path, e Endpoint) string {
	c := &checker{Path: p}
	d, whole := c.endpointPolicy(e)
	switch {
	case len(c.found) > 0:
		return "what cannot be judged"
	case whole || c.admitsOthers(e, d):
		return ""
	}
	return d.statements()
}

// admitsBucket judges it for one bucket, and says whether it is closed.
func (c *checker) admitsBucket(e Endpoint, d document, bucket string) bool {
	worst, action := policy.Yes, ""
	for _, role := range c.principals(e) {
		for _, a := range objectActions {
			if answer := d.decide(c.request(e, role, a, c.objects(bucket))); answer < worst {
				worst, action = answer, a
			}
		}
		for _, a := range bucketActions {
			if answer := d.decide(c.request(e, role, a, "arn:"+c.Partition+":s3:::"+bucket)); answer < worst {
				worst, action = answer, a
			}
		}
	}
	switch worst {
	case policy.No:
		c.say(Broken, "endpoint-policy", e.VpcEndpointId, fmt.Sprintf("the policy of %s, the S3 endpoint, does not admit %s on bucket %s: it has %s",
			e.VpcEndpointId, action, bucket, d.statements()), "add the bucket to that policy, or admit all: "+resetPolicy(e))
	case policy.Perhaps:
		c.unknown("endpoint-policy", e.VpcEndpointId, e.subject("bucket "+bucket), fmt.Sprintf("whether the policy of %s, the S3 endpoint, admits %s on bucket %s depends on its conditions or principals: it has %s",
			e.VpcEndpointId, action, bucket, d.statements()), "see that they hold for the roles of the warehouse, or admit all: "+resetPolicy(e))
	}
	return worst == policy.No
}

// admitsActions judges the policy of an endpoint to another service.
func (c *checker) admitsActions(e Endpoint, s Service) {
	d, whole := c.endpointPolicy(e)
	if whole {
		return
	}
	for _, role := range c.principals(e) {
		for _, a := range s.Actions {
			text := fmt.Sprintf("the policy of %s, the %s endpoint, %%s %s of %s: it has %s", e.VpcEndpointId, s.Name(), a, c.Path.Warehouse, d.statements())
			switch d.decide(c.request(e, role, a, "*")) {
			case policy.No:
				c.say(Broken, "endpoint-policy", e.VpcEndpointId, fmt.Sprintf(text, "does not admit"), "add the action to that policy, or admit all: "+resetPolicy(e))
				return
			case policy.Perhaps:
				c.unknown("endpoint-policy", e.VpcEndpointId, e.subject(a), fmt.Sprintf(text, "may not admit"), "see that it does, or admit all: "+resetPolicy(e))
				return
			}
		}
	}
}

func resetPolicy(e Endpoint) string {
	return "aws ec2 modify-vpc-endpoint --vpc-endpoint-id " + e.VpcEndpointId + " --reset-policy"
}

func (c *checker) objects(bucket string) string {
	return "arn:" + c.Partition + ":s3:::" + bucket + "/*"
}

// principals are those whom a policy is asked about; "" : nobody that is known.
func (c *checker) principals(e Endpoint) []string {
	if e.VpcEndpointType == "Gateway" || len(c.Roles) == 0 {
		return []string{""}
	}
	return c.Roles
}

// request is a request of a role, with the condition keys that are known of it.
func (c *checker) request(e Endpoint, role, action, resource string) policy.Request {
	known := map[string][]string{
		"aws:principalaccount": {c.Account}, "aws:resourceaccount": {c.Account}, "s3:resourceaccount": {c.Account},
		"aws:sourcevpc": {c.Path.VPC}, "aws:sourcevpce": {e.VpcEndpointId}, "aws:securetransport": {"true"}, "aws:requestedregion": {c.Region},
	}
	switch {
	case role != "":
		known["aws:principalarn"] = []string{role}
	case len(c.Roles) == 1:
		known["aws:principalarn"] = c.Roles
	}
	return policy.Request{Principal: role, Account: c.Account, Action: action, Resource: resource, Context: known}
}

// document is the policy of an endpoint.
type document struct{ policy.Document }

// endpointPolicy reads the policy of an endpoint. whole: there is nothing to judge. An endpoint without one admits all.
func (c *checker) endpointPolicy(e Endpoint) (d document, whole bool) {
	if e.PolicyDocument == "" {
		return document{}, true
	}
	read, err := policy.ParseStored(e.PolicyDocument)
	if err != nil {
		c.unknown("endpoint-policy", e.VpcEndpointId, e.subject("all"), fmt.Sprintf("the policy of %s cannot be judged: %v", e.VpcEndpointId, err), "see that it admits what the warehouse uses")
		return document{}, true
	}
	return document{read}, false
}

// decide is what the policy says to a request: a Deny that applies wins.
func (d document) decide(r policy.Request) policy.Answer {
	return min(d.Allows(r), policy.Yes-d.Denies(r))
}

// subject is the endpoint with what its policy may not admit, and that very policy.
func (e Endpoint) subject(what string) string {
	return fmt.Sprintf("%s, %s, policy %x", e.VpcEndpointId, what, sha256.Sum256([]byte(e.PolicyDocument)))
}

// statements tells in short what a policy admits and denies.
func (d document) statements() string {
	if len(d.Document.Statements) == 0 {
		return "no statement"
	}
	var out []string
	for i, s := range d.Document.Statements {
		name := s.Sid
		if name == "" {
			name = fmt.Sprintf("statement %d", i+1)
		}
		text := name + ": " + strings.ToLower(s.Effect) + " " + strings.Join(s.Actions, ", ") + " on " + strings.Join(s.Resources, ", ")
		if s.NotActions != nil || s.NotResources != nil {
			text = name + ": " + strings.ToLower(s.Effect) + " all but some"
		}
		if len(s.Conditions) > 0 {
			text += " under conditions"
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}
