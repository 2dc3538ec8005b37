package terraform

import (
	"fmt"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/redshiftsql"
)

func BenchmarkFiles(b *testing.B) {
	p := planOf(b, answersFiles(b)["sample"], "")
	for b.Loop() {
		if _, err := Files(p, nil, origin); err != nil {
			b.Fatal(err)
		}
	}
}

// many is a plan with as many groups in its SQL.
func many(t testing.TB, groups int) plan.Plan {
	p := planOf(t, answersFiles(t)["sample"], "")
	p.SQL = nil
	for i := range groups {
		p.SQL = append(p.SQL, redshiftsql.CreateGroup(fmt.Sprintf("group %d", i)))
	}
	for i, r := range p.Resources {
		if s, is := r.Spec.(kind.SQL); is {
			s.Statements = p.SQL
			p.Resources[i].Spec = s
		}
	}
	return p
}

func BenchmarkThousandGroups(b *testing.B) {
	p := many(b, 1000)
	for b.Loop() {
		if _, err := Files(p, nil, origin); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTenThousandGroups(t *testing.T) {
	files := moduleOf(t, many(t, 10_000), nil)
	if n := len(files["post.sh"].Data); n < 10_000*20 {
		t.Errorf("post.sh has %d bytes", n)
	}
	means(t, many(t, 10_000))
}
