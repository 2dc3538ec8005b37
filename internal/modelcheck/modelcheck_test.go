// Package modelcheck_test proves that every call in every plan and of every pick list is legal under
// AWS's own service models, and that every query fits the answer that it is asked of. The judge is
// testdata/check.py, which knows the models from botocore; here the calls are gathered.
package modelcheck_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/jmespath/go-jmespath"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
)

// collected are the calls of every plan and every pick list, and the one that comes before them all.
var collected = sync.OnceValue(func() *collector {
	c := &collector{seen: map[string]bool{}}
	for name, p := range plantest.All() {
		c.plan(name, p)
	}
	for _, g := range plantest.Guides() {
		c.lookups(g)
	}
	c.lines = append(c.lines, line{
		At: "before every plan", Service: "sts", Operation: "GetCallerIdentity", Input: plan.Object{}, Queries: []string{"Account", "Arn"},
	})
	return c
})

func TestEveryCallAndQueryIsLegal(t *testing.T) {
	c := collected()
	for _, p := range c.problems {
		t.Error(p)
	}
	problems, counts := judge(t, c.lines)
	for _, p := range problems {
		t.Error(p)
	}
	t.Log(counts)
}

// TestEveryQueryRunsInGo: apply asks with another library than the judge and the AWS CLI do.
func TestEveryQueryRunsInGo(t *testing.T) {
	n := 0
	for _, l := range collected().lines {
		for _, q := range l.Queries {
			n++
			compiled, err := jmespath.Compile(q)
			if err != nil {
				t.Errorf("%s: compile %s: %v", l.At, q, err)
				continue
			}
			if _, err := compiled.Search(map[string]any{}); err != nil {
				t.Errorf("%s: ask %s of an empty answer: %v", l.At, q, err)
			}
		}
	}
	t.Logf("%d queries", n)
}

// judge runs check.py: its problems, and its last line, which counts.
func judge(t *testing.T, lines []line) (problems []string, counts string) {
	t.Helper()
	testenv.Python(t, "pip install botocore", "botocore")
	var in bytes.Buffer
	encoder := json.NewEncoder(&in)
	for _, l := range lines {
		if err := encoder.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	var stderr bytes.Buffer
	cmd := exec.Command("python3", "testdata/check.py")
	cmd.Stdin, cmd.Stderr = &in, &stderr
	out, err := cmd.Output()
	printed := strings.Split(strings.TrimSpace(string(out)), "\n")
	last := printed[len(printed)-1]
	if !strings.HasPrefix(last, "checked ") {
		t.Fatalf("check.py broke off: %v\n%s", err, &stderr)
	}
	return printed[:len(printed)-1], last
}
