package practice

import (
	"strings"

	"onramp/internal/practice/authorize"
)

// This file has what several services use to say what a call asks of IAM. Actions, resources and
// condition keys are those of the Service Authorization Reference; package permissions has a table of
// its own, and a test holds the two against each other.

// ask says what the caller must be allowed to do.
type ask = func(*call) []authorize.Request

// nobody is asked: AWS allows the call to everyone.
func nobody(*call) []authorize.Request { return nil }

// want is one action on one resource.
func want(action, resource string, context ...string) authorize.Request {
	r := authorize.Request{Action: action, Resource: resource, Context: map[string][]string{}}
	for i := 0; i+1 < len(context); i += 2 {
		r.Context[context[i]] = append(r.Context[context[i]], context[i+1])
	}
	return r
}

// on is some actions on one resource.
func on(resource string, actions ...string) []authorize.Request {
	out := make([]authorize.Request, len(actions))
	for i, a := range actions {
		out[i] = want(a, resource)
	}
	return out
}

// anywhere is for actions that have no resource.
func anywhere(actions ...string) ask {
	return func(*call) []authorize.Request { return on("*", actions...) }
}

// roleARN is the resource of a call on a role. Of a role that is not there IAM knows no path.
func (c *call) roleARN(name string) string {
	if r := c.roles[strings.ToLower(name)]; r != nil {
		return r.arn
	}
	return c.world.arn("iam", "", "role/"+name)
}

func onRole(actions ...string) ask {
	return func(c *call) []authorize.Request { return on(c.roleARN(c.in.Text("RoleName")), actions...) }
}

// onPolicy is for calls on a managed policy.
func onPolicy(action string) ask {
	return func(c *call) []authorize.Request { return on(c.in.Text("PolicyArn"), action) }
}

// passing is iam:PassRole on roles that a call hands to a service (IAM UG, Grant a user permissions
// to pass a role to an AWS service).
func passing(service string, roles ...string) []authorize.Request {
	var out []authorize.Request
	for _, arn := range roles {
		if arn != "" {
			out = append(out, want("iam:PassRole", arn, "iam:PassedToService", service))
		}
	}
	return out
}
