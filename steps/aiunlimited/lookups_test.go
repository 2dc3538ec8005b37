package aiunlimited_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"onramp/internal/awsapi"
	"onramp/internal/lookup"
	"onramp/internal/practice"
	"onramp/steps/aiunlimited"
)

// TestListsOfTheFurnishedAccount: what each list offers, what a choice brings, and that who needs no list is not looked up.
func TestListsOfTheFurnishedAccount(t *testing.T) {
	client, err := awsapi.New(t.Context(), awsapi.Options{Region: "us-east-1", Account: practice.New(practice.Settings{Region: "us-east-1"})})
	if err != nil {
		t.Fatal(err)
	}
	const vpc = "vpc-0a1b2c3d4e5f60718"
	for name, test := range map[string]struct {
		given map[string]string
		want  string // items in order, as far as they are looked at
	}{
		"roles":            {map[string]string{"manager.source": "existing"}, "instance-tools (instances can assume it, Agents on instances)"},
		"key-pairs":        {map[string]string{"access.key": "existing"}, "operators (ed25519)"},
		"vpcs":             {map[string]string{"network.fill-in": "true"}, vpc + " (analytics, 10.0.0.0/16)"},
		"subnets":          {map[string]string{"network.fill-in": "true", "network.vpc": vpc}, "subnet-0a1b2c3d4e5f60718 (analytics-a, us-east-1a, 10.0.0.0/20) map[network.availability-zone:us-east-1a]"},
		"balancer-subnets": {map[string]string{"network.fill-in": "true", "network.vpc": vpc}, "subnet-0a1b2c3d4e5f60718 (analytics-a, us-east-1a, 10.0.0.0/20)"},
		"security-groups":  {map[string]string{"network.fill-in": "true", "network.vpc": vpc}, "sg-"},
	} {
		spec := list(t, name)
		l, err := lookup.Run(t.Context(), client, spec, func(key string) string { return test.given[key] })
		if err != nil || len(l.Items) == 0 || !strings.HasPrefix(shown(l.Items[0]), test.want) {
			t.Errorf("%s: %v\nhave %+v\nwant %s", name, err, l.Items, test.want)
		}
		if _, err := lookup.Run(t.Context(), client, spec, func(string) string { return "" }); err == nil {
			t.Errorf("%s is looked up for who needs none", name)
		} else if len(spec.Needs) == 0 && !errors.Is(err, lookup.ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func list(t *testing.T, name string) lookup.Spec {
	t.Helper()
	for _, s := range aiunlimited.Guide().Lookups {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no list is called %s", name)
	return lookup.Spec{}
}

func shown(i lookup.Item) string {
	out := i.Value + " (" + strings.Join(i.Notes, ", ") + ")"
	if len(i.Brings) > 0 {
		out += fmt.Sprint(" ", i.Brings)
	}
	return out
}
