// Package kind has one type for each kind of thing that a plan puts into an AWS account: what it
// should be, and the steps that find it, make it and change it, as calls under AWS's own names.
//
// The rules of AWS that a step follows are named where the step is. The package is pure. It must
// not know any guide, any output format, or aws-sdk-go-v2.
package kind

import (
	"encoding/json"
	"strings"
	"time"

	"onramp/internal/plan"
)

// Visitor has a method for each kind. An output that treats kinds differently implements it, so
// that a new kind does not compile until every such output has an answer for it.
type Visitor interface {
	Role(Role)
	Attachment(Attachment)
	InlinePolicy(InlinePolicy)
	ExistingPrincipal(ExistingPrincipal)
	PrincipalPolicy(PrincipalPolicy)
	ManagedPolicy(ManagedPolicy)
	InstanceProfile(InstanceProfile)
	KeyPair(KeyPair)
	ExistingKeyPair(ExistingKeyPair)
	Bucket(Bucket)
	ExistingBucket(ExistingBucket)
	Key(Key)
	ExistingKey(ExistingKey)
	VPC(VPC)
	SecurityGroup(SecurityGroup)
	GatewayEndpoint(GatewayEndpoint)
	EndpointService(EndpointService)
	InterfaceEndpoint(InterfaceEndpoint)
	Cluster(Cluster)
	ClusterRoles(ClusterRoles)
	ClusterRouting(ClusterRouting)
	NamespaceRoles(NamespaceRoles)
	WorkgroupRouting(WorkgroupRouting)
	SQL(SQL)
}

// Spec is a plan.Spec of this package.
type Spec interface {
	plan.Spec
	Accept(Visitor)
}

// Tag is a tag of a resource.
type Tag struct{ Key, Value string }

// Tags are the tags that every resource of a plan carries.
func Tags(owner, resource string) []Tag {
	return []Tag{{plan.TagPlan, owner}, {plan.TagResource, resource}}
}

// objects writes tags under the member names of one service: Key and Value, or TagKey and TagValue.
func objects(tags []Tag, key, value string) []plan.Object {
	var out []plan.Object
	for _, t := range tags {
		out = append(out, plan.In(key, t.Key, value, t.Value))
	}
	return out
}

func owner(tags []Tag) string {
	for _, t := range tags {
		if t.Key == plan.TagPlan {
			return t.Value
		}
	}
	return ""
}

// tagValue is the query for the value of the plan's tag in a list of Key and Value.
func tagValue(list string) string {
	return list + "[?Key==" + raw(plan.TagPlan) + "].Value | [0]"
}

// raw writes a JMESPath string. Its raw form has no way to say a backslash before a quote, so a
// text that holds either is written as a JSON literal.
func raw(s string) string {
	if !strings.ContainsAny(s, `'\`) {
		return "'" + s + "'"
	}
	data, _ := json.Marshal(s) // a string always encodes
	return "`" + strings.ReplaceAll(string(data), "`", "\\`") + "`"
}

// back is the undo of a step that has made a property of something, or a thing that carries no mark of
// its own: it looks as the step does.
func back(st plan.Step, title string, calls ...plan.Call) *plan.Undo {
	return &plan.Undo{Title: title, Read: st.Read, Absent: st.Absent, Check: st.Check, Calls: calls, Gone: st.Absent, Retry: st.Retry}
}

// gone waits until a query finds nothing any more.
func gone(what, query string, limit time.Duration) *plan.Wait {
	return &plan.Wait{For: what, Query: query, Limit: limit}
}

// on is the query for a yes; a no is nothing at all, so that what is off already counts as gone.
func on(member string) plan.Check {
	return plan.Check{Query: member + " || `null`", Want: "True"}
}

// filter is one entry of an EC2 Filters list.
func filter(name string, values ...string) plan.Object {
	return plan.In("Name", name, "Values", values)
}

// Limits of waits. They are generous: what they bound is a wait that would never end.
const (
	waitIAM      = 2 * time.Minute  // terraform-provider-aws bounds IAM's propagation so, from long experience
	waitCluster  = 30 * time.Minute // a new cluster; a change of roles or routing
	waitEndpoint = 10 * time.Minute
	waitDeleted  = time.Hour // a cluster, whose final snapshot is taken first
)
