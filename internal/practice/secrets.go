package practice

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// secret is a user name and a password in Secrets Manager. The practice account keeps no password.
type secret struct {
	arn, name, description string
	user                   string // whom it logs in
	owner                  string // service that manages it: "redshift"; "" : none
	tags                   tags
	created                time.Time
}

func secretsOperations() table {
	return table{
		"secretsmanager:DescribeSecret": {reads, describeSecret, onSecret("secretsmanager:DescribeSecret")},
		"secretsmanager:ListSecrets":    {reads, listSecrets, anywhere("secretsmanager:ListSecrets")},
	}
}

// secretOf finds a secret by ARN, by name, or by ARN without its last six characters (Secrets Manager
// API, DescribeSecret: SecretId).
func (p *place) secretOf(id string) *secret {
	for _, s := range p.secrets {
		if id == s.arn || id == s.name || len(s.arn) > 7 && id == s.arn[:len(s.arn)-7] {
			return s
		}
	}
	return nil
}

func (c *call) secretARN(id string) string {
	if s := c.at.secretOf(id); s != nil {
		return s.arn
	}
	if strings.HasPrefix(id, "arn:") {
		return id
	}
	return c.arn("secretsmanager", "secret:"+id)
}

func onSecret(action string) ask {
	return func(c *call) []authorize.Request { return on(c.secretARN(c.in.Text("SecretId")), action) }
}

func noSuchSecret() error {
	return bad("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

func describeSecret(c *call) (wire.Answer, error) {
	s := c.at.secretOf(c.in.Text("SecretId"))
	if s == nil {
		return because(noSuchSecret())
	}
	return wire.Answer{Fields: s.fields()}, nil
}

func (s *secret) fields() wire.Fields {
	return wire.Of(
		"ARN", s.arn, "Name", s.name, "Description", wire.Opt(s.description), "CreatedDate", s.created, "LastChangedDate", s.created,
		"OwningService", wire.Opt(s.owner), "RotationEnabled", s.owner != "", "Tags", s.tags.list("", "Key", "Value"),
	)
}

func listSecrets(c *call) (wire.Answer, error) {
	all := slices.SortedFunc(maps.Values(c.at.secrets), func(a, b *secret) int { return cmp.Compare(a.name, b.name) })
	return answer("SecretList", wire.Each("", all, func(s *secret) any { return s.fields() }))
}

// keepSecret makes the secret in which Redshift keeps an admin's password: its name begins with
// "redshift!", which CreateSecret does not take (Redshift UG, Managing admin passwords).
func (c *call) keepSecret(p *place, warehouse, user string) *secret {
	name := "redshift!" + warehouse + "-" + user
	s := &secret{
		name: name, arn: c.world.arn("secretsmanager", p.region, "secret:"+name+"-"+c.digest()[:6]), user: user, owner: "redshift", created: c.now,
		description: "Secret associated with " + warehouse,
	}
	p.secrets[s.arn] = s
	return s
}
