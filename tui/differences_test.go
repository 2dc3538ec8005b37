package tui

import (
	"strings"
	"testing"

	"onramp/internal/apply"
)

func TestDifferencesAreShownLineByLine(t *testing.T) {
	bubble(t, "policy", func(t *testing.T) {
		w := &world{found: map[string]apply.Finding{"role": {Action: "update", Differences: []apply.Difference{
			{Step: "trust policy", Was: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*"}]}`, Will: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}`},
			{Step: "description", Will: "made by onramp"},
		}}}}
		o := online(w)
		o.Answers = full(t)
		s := show(t, o, size{120, 40})
		defer s.close()
		s.keys("enter", "ctrl+p", "shift+tab", "shift+tab")
		s.has("differences", "IAM role redshift-ml: trust policy", `  -       "Action": "*"`, `  +       "Action": "sts:AssumeRole"`, `        "Effect": "Allow",`, "+ made by onramp")
	})
	bubble(t, "none", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+p", "shift+tab", "shift+tab")
		s.lacks("differences")
	})
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ have, want, says string }{
		{"", "", ""}, {"a b", "a b", "  a,  b"}, {"a b c", "a x c", "  a,- b,+ x,  c"}, {"", "a", "+ a"}, {"a", "", "- a"}, {"b", "a b c", "+ a,  b,+ c"},
	} {
		if got := strings.Join(diff(strings.Fields(c.have), strings.Fields(c.want)), ","); got != c.says {
			t.Errorf("%q to %q: %q, want %q", c.have, c.want, got, c.says)
		}
	}
}
