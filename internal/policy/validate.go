package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Kind is what a document is attached to, which decides what it must say.
type Kind int

// The kinds of policy. Identity is the inline or managed policy of a role, a
// user or a group.
const (
	Identity Kind = iota
	Trust
	BucketPolicy
	KeyPolicy
	EndpointPolicy
)

var kindWords = [...]string{"identity policy", "trust policy", "bucket policy", "key policy", "endpoint policy"}

// String returns the kind in words, such as "trust policy".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindWords) {
		return fmt.Sprintf("policy of kind %d", int(k))
	}
	return kindWords[k]
}

// Validate returns everything in d that the service would refuse in a policy of
// kind k, in the order of the document; nil is a document it would take. Each
// error begins "check policy:", or "check statement 2 (Sid):" and names the
// element and the value.
//
// It goes beyond the service in two things: what a template leaves behind
// (<...>, backticks, REGION, ACCOUNT_ID) and an incomplete ARN, which IAM fills
// up with wildcards, are refused too. It does not know which actions, condition
// keys or principals exist, nor whether a condition value is the number, date or
// address that its operator wants; and it does not measure: see Size.
//
// Sources: "Grammar of the IAM JSON policy language", "IAM and AWS STS quotas"
// for the characters, and "IAM policy validation check reference".
func Validate(d Document, k Kind) []error {
	c := checker{kind: k, place: "policy"}
	if d.Version != Version && d.Version != oldVersion {
		c.addf("Version %q: want %s", d.Version, Version)
	}
	if len(d.Statements) == 0 {
		c.addf("no statement")
	}
	seen := map[string]bool{}
	for i, s := range d.Statements {
		c.place = "statement " + place(i, s)
		if s.Sid != "" && seen[s.Sid] {
			c.addf("Sid %q: stands twice", s.Sid)
		}
		seen[s.Sid] = true
		c.statement(s)
	}
	return c.found
}

// place names a statement: its number from 1 and its Sid.
func place(i int, s Statement) string {
	if s.Sid == "" {
		return fmt.Sprint(i + 1)
	}
	return fmt.Sprintf("%d (%s)", i+1, s.Sid)
}

// checker gathers what is wrong with a document.
type checker struct {
	kind  Kind
	place string
	found []error
}

func (c *checker) addf(format string, args ...any) {
	c.found = append(c.found, fmt.Errorf("check %s: %w", c.place, fmt.Errorf(format, args...)))
}

func (c *checker) statement(s Statement) {
	c.sid(s.Sid)
	if s.Effect != Allow && s.Effect != Deny {
		c.addf("Effect %q: want Allow or Deny", s.Effect)
	}
	c.principal(s.Principal)
	c.oneOf("Action", s.Actions, "NotAction", s.NotActions)
	c.values("Action", s.Actions, c.action)
	c.values("NotAction", s.NotActions, c.action)
	c.resources(s)
	c.conditions(s.Conditions)
}

var plainSid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9A-Za-z]*$`)
})

// sid checks the name of a statement. Resource policies may have spaces and
// more in it: the default key policy has "Enable IAM User Permissions".
func (c *checker) sid(sid string) {
	iam := c.kind == Identity || c.kind == Trust
	if iam && !plainSid().MatchString(sid) {
		c.addf("Sid %q: want letters and digits alone in %s", sid, withArticle(c.kind))
		return
	}
	c.text("Sid", sid)
}

func withArticle(k Kind) string {
	if k == Identity || k == EndpointPolicy {
		return "an " + k.String()
	}
	return "a " + k.String()
}

func (c *checker) principal(p Principal) {
	if c.kind == Identity {
		if !p.absent() {
			c.addf("Principal: not allowed in %s", withArticle(c.kind))
		}
		return
	}
	named := len(p.Services) + len(p.AWS) + len(p.Federated)
	if !p.Any && named == 0 {
		c.addf("Principal: names nobody, %s must name somebody", withArticle(c.kind))
	}
	if p.Any && named > 0 {
		c.addf(`Principal: "*" stands alone`)
	}
	c.values("Principal Service", p.Services, checkService)
	c.values("Principal AWS", p.AWS, checkAWSPrincipal)
	c.values("Principal Federated", p.Federated, checkFederated)
}

func (c *checker) resources(s Statement) {
	if c.kind == Trust {
		if s.Resources != nil || s.NotResources != nil {
			c.addf("Resource: not allowed in a trust policy, the role is the resource")
		}
		return
	}
	c.oneOf("Resource", s.Resources, "NotResource", s.NotResources)
	c.values("Resource", s.Resources, checkResource)
	c.values("NotResource", s.NotResources, checkResource)
}

// oneOf demands exactly one of two elements, with at least one value.
func (c *checker) oneOf(name string, values []string, otherName string, others []string) {
	switch {
	case values != nil && others != nil:
		c.addf("%s and %s: want one of them, not both", name, otherName)
	case len(values)+len(others) == 0:
		c.addf("%s: no value, and no %s either", name, otherName)
	}
}

// values checks the values of an element: their text, then their form.
func (c *checker) values(name string, values []string, check func(string) error) {
	for _, v := range values {
		if !c.text(name, v) {
			continue
		}
		if err := check(v); err != nil {
			c.addf("%s %q: %w", name, v, err)
		}
	}
}

var errNotSTS = errors.New("want an sts action, a trust policy has no others")

// action checks an action: what it looks like, and that a trust policy speaks
// of assuming roles ("AssumeRole policy may only specify STS AssumeRole actions").
func (c *checker) action(action string) error {
	err := checkAction(action)
	if err == nil && c.kind == Trust && !strings.HasPrefix(strings.ToLower(action), "sts:") {
		return errNotSTS
	}
	return err
}

func (c *checker) conditions(conditions []Condition) {
	seen := map[string]bool{}
	for _, condition := range conditions {
		name := condition.Operator + " " + condition.Key
		if folded := strings.ToLower(name); seen[folded] {
			c.addf("Condition %s: stands twice, one would replace the other", name)
		} else {
			seen[folded] = true
		}
		c.condition(name, condition)
	}
}

func (c *checker) condition(name string, condition Condition) {
	c.text("Condition", condition.Key)
	if !knownOperator(condition.Operator) {
		c.addf("Condition %s: unknown operator", name)
	}
	if !strings.Contains(condition.Key, ":") {
		c.addf("Condition %s: want a key such as aws:SourceAccount", name)
	}
	if len(condition.Values) == 0 {
		c.addf("Condition %s: no value", name)
	}
	for _, v := range condition.Values {
		c.text("Condition "+name, v)
	}
}

// leftovers is what a template leaves behind when nobody filled it in. A word
// counts when no letter, digit, hyphen or underscore touches it, so that a role
// may be called MY-REGION.
var leftovers = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("<[^<>]*>|`|(?:^|[^0-9A-Za-z_-])(?:REGION|ACCOUNT_ID)(?:[^0-9A-Za-z_-]|$)")
})

// text checks what holds for every string and reports whether it does.
func (c *checker) text(name, value string) bool {
	written := withoutMarkers(value)
	if i := strings.IndexFunc(written, forbidden); i >= 0 {
		c.addf("%s %q: the character %q is not allowed", name, value, []rune(written[i:])[0])
		return false
	}
	if leftOver(written) {
		c.addf("%s %q: a placeholder was left in it", name, value)
		return false
	}
	return true
}

// leftOver asks the expression only where it can match: a thousand policies
// may be checked at one key press.
func leftOver(s string) bool {
	possible := strings.ContainsAny(s, "<`") || strings.Contains(s, "REGION") || strings.Contains(s, "ACCOUNT_ID")
	return possible && leftovers().MatchString(s)
}

// forbidden reports whether a policy document may not hold r.
// Source: "IAM and AWS STS quotas", "IAM name requirements".
func forbidden(r rune) bool {
	return r > '\u00FF' || r < ' ' && !slices.Contains([]rune("\t\n\r"), r)
}
