package practice

import (
	"maps"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// authorize refuses what the caller's policy does not allow. Everything that a call asks for must be
// allowed (IAM UG, Policy evaluation logic).
func (c *call) authorize(op operation, p wire.Protocol) error {
	if c.may == nil {
		return nil
	}
	for _, r := range op.asks(c) {
		maps.Copy(r.Context, c.everyContext())
		c.addTags(r)
		switch authorize.Decide(r, *c.may) {
		case authorize.Allow:
		case authorize.ExplicitDeny:
			return c.denied(p, r, "with an explicit deny in an identity-based policy")
		default:
			return c.denied(p, r, "because no identity-based policy allows the "+r.Action+" action")
		}
	}
	return nil
}

// everyContext are the condition keys that every request carries (IAM UG, AWS global condition context
// keys).
func (c *call) everyContext() map[string][]string {
	return map[string][]string{
		"aws:userid": {callerID}, "aws:username": {Caller}, "aws:PrincipalArn": {c.callerARN()}, "aws:PrincipalAccount": {Number}, "aws:PrincipalType": {"User"},
		"aws:RequestedRegion": {c.at.region}, "aws:SecureTransport": {boolText(c.secure)}, "aws:CurrentTime": {iso(c.now)},
		"aws:EpochTime": {itoa(int(c.now.Unix()))}, "aws:ViaAWSService": {"false"},
	}
}

// denied is the refusal in the words and with the code of each protocol (IAM UG, Troubleshoot access
// denied error messages).
func (c *call) denied(p wire.Protocol, r authorize.Request, why string) error {
	message := "User: " + c.callerARN() + " is not authorized to perform: " + r.Action
	if r.Resource != "*" || p == wire.S3 {
		message += " on resource: " + r.Resource
	}
	message += " " + why
	switch p {
	case wire.EC2:
		return refuse(403, "UnauthorizedOperation", "You are not authorized to perform this operation. %s.", message)
	case wire.JSON:
		return bad("AccessDeniedException", "%s", message)
	case wire.RESTJSON:
		return refuse(403, "AccessDeniedException", "%s", message)
	}
	return refuse(403, "AccessDenied", "%s", message)
}
