package fault_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onramp/internal/practice/fault"
)

func parse(t *testing.T, text string) *fault.Plan {
	t.Helper()
	p, err := fault.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// hits makes n calls and lists the numbers of those that go wrong.
func hits(p *fault.Plan, n int) []int {
	var out []int
	for i := range n {
		if p.Next("iam", "CreateRole").Kind != fault.None {
			out = append(out, i+1)
		}
	}
	return out
}

func TestSelectors(t *testing.T) {
	tests := map[string]struct {
		line string
		want []int // of ten calls
	}{
		"every call":             {"* drop-before", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		"one call":               {"* drop-before nth=3", []int{3}},
		"from a call on":         {"* drop-before from=8", []int{8, 9, 10}},
		"some calls":             {"* drop-before times=2", []int{1, 2}},
		"some calls from one on": {"* drop-before from=4 times=2", []int{4, 5}},
		"every third":            {"* drop-before every=3", []int{3, 6, 9}},
		"every third from one":   {"* drop-before from=4 every=3", []int{6, 9}},
		"every second of some":   {"* drop-before from=3 times=4 every=2", []int{4, 6}},
		"never":                  {"* drop-before p=0", nil},
		"always":                 {"* drop-before p=1 from=10", []int{10}},
		"a great number":         {"* drop-before from=2 times=9223372036854775807", []int{2, 3, 4, 5, 6, 7, 8, 9, 10}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := hits(parse(t, test.line), 10); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	tests := map[string]struct {
		match, service, operation string
		want                      bool
	}{
		"the very call":               {"iam:CreateRole", "iam", "CreateRole", true},
		"another operation":           {"iam:CreateRole", "iam", "CreateRoles", false},
		"another service":             {"iam:CreateRole", "sts", "CreateRole", false},
		"the case matters":            {"iam:createRole", "iam", "CreateRole", false},
		"any operation of a service":  {"redshift:*", "redshift", "ModifyCluster", true},
		"the colon ends the service":  {"redshift:*", "redshift-data", "ExecuteStatement", false},
		"any service of a family":     {"redshift*", "redshift-data", "ExecuteStatement", true},
		"an operation of any service": {"*:CreateTags", "ec2", "CreateTags", true},
		"the begin of an operation":   {"s3:Put*", "s3", "PutBucketPolicy", true},
		"the middle of an operation":  {"s3:*Bucket*", "s3", "GetBucketPolicy", true},
		"begin and end":               {"s3:Get*Policy", "s3", "GetBucketPolicy", true},
		"begin and end may not meet":  {"s3:GetB*Bucket", "s3", "GetBucket", false},
		"two stars":                   {"*o*a*", "iam", "CreateRole", false},
		"everything":                  {"*", "s3", "HeadBucket", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := parse(t, test.match+" cut").Next(test.service, test.operation).Kind == fault.Cut
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestActions(t *testing.T) {
	tests := map[string]struct {
		text string
		want fault.Action
	}{
		"nothing":                              {"", fault.Action{}},
		"a comment":                            {"# * cut\n\n  \n", fault.Action{}},
		"latency":                              {"* latency d=50ms", fault.Action{Delay: 50 * time.Millisecond, Faults: []string{"* latency d=50ms"}}},
		"latencies add up":                     {"* latency d=50ms\niam:* latency d=1s\n", fault.Action{Delay: 1050 * time.Millisecond, Faults: []string{"* latency d=50ms", "iam:* latency d=1s"}}},
		"latency and a fault, in either order": {"* cut\n* latency d=1s", fault.Action{Delay: time.Second, Kind: fault.Cut, Faults: []string{"* cut", "* latency d=1s"}}},
		"the first fault wins":                 {"* drop-after\n* drop-before", fault.Action{Kind: fault.DropAfter, Faults: []string{"* drop-after"}}},
		"a fault for another call":             {"s3:* cut\n* drop-before", fault.Action{Kind: fault.DropBefore, Faults: []string{"* drop-before"}}},
		"the service's own throttling":         {"* throttle", fault.Action{Kind: fault.Throttle, Faults: []string{"* throttle"}}},
		"an error of one's own":                {`* error code=SlowDown msg="Please reduce  it." status=503`, fault.Action{Kind: fault.Fail, Code: "SlowDown", Message: "Please reduce  it.", Status: 503, Faults: []string{`* error code=SlowDown msg="Please reduce  it." status=503`}}},
		"an error afterwards":                  {"* error-after code=X", fault.Action{Kind: fault.FailAfter, Code: "X", Faults: []string{"* error-after code=X"}}},
		"hang":                                 {"* hang", fault.Action{Kind: fault.Hang, Hold: 10 * time.Minute, Faults: []string{"* hang"}}},
		"hang for a while":                     {"* hang d=1s", fault.Action{Kind: fault.Hang, Hold: time.Second, Faults: []string{"* hang d=1s"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, test.text).Next("iam", "CreateRole"); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestServes(t *testing.T) {
	for kind, want := range map[fault.Kind]bool{
		fault.None: true, fault.Throttle: false, fault.Fail: false, fault.DropBefore: false, fault.Hang: false,
		fault.DropAfter: true, fault.FailAfter: true, fault.Cut: true,
	} {
		if got := kind.Serves(); got != want {
			t.Errorf("%q: got %v, want %v", kind, got, want)
		}
	}
}

func TestJitterStaysBelow(t *testing.T) {
	p := parse(t, "* latency d=100ms jitter=50ms seed=3")
	for range 100 {
		if d := p.Next("iam", "GetRole").Delay; d < 100*time.Millisecond || d >= 150*time.Millisecond {
			t.Fatalf("delay %v", d)
		}
	}
}

func TestChanceIsRepeatable(t *testing.T) {
	p := parse(t, "* throttle p=0.3 seed=7")
	first := hits(p, 1000)
	if n := len(first); n < 200 || n > 400 {
		t.Errorf("%d of 1000 calls with p=0.3", n)
	}
	p.Reset()
	if again := hits(p, 1000); !slices.Equal(first, again) {
		t.Error("another run with the same seed has other faults")
	}
	if other := hits(parse(t, "* throttle p=0.3 seed=8"), 1000); slices.Equal(first, other) {
		t.Error("another seed has the same faults")
	}
}

func TestFaultsCountByThemselves(t *testing.T) {
	p := parse(t, "iam:* cut nth=2\ns3:* cut nth=2")
	var got []string
	for _, call := range []string{"iam:A", "s3:A", "s3:B", "iam:B"} {
		service, operation, _ := strings.Cut(call, ":")
		if p.Next(service, operation).Kind == fault.Cut {
			got = append(got, call)
		}
	}
	if want := []string{"s3:B", "iam:B"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNilPlan(t *testing.T) {
	var p *fault.Plan
	p.Reset()
	if got := p.Next("iam", "GetRole"); !reflect.DeepEqual(got, fault.Action{}) || p.String() != "" {
		t.Errorf("got %+v", got)
	}
}

// TestConcurrentCalls: the faults of ten are ten, however many ask. Run it with -race.
func TestConcurrentCalls(t *testing.T) {
	p := parse(t, "* throttle times=10")
	var mu sync.Mutex
	var group sync.WaitGroup
	throttled := 0
	for range 200 {
		group.Go(func() {
			if p.Next("iam", "CreateRole").Kind == fault.Throttle {
				mu.Lock()
				throttled++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if throttled != 10 {
		t.Errorf("%d calls were throttled", throttled)
	}
}

func TestRefused(t *testing.T) {
	tests := map[string]struct{ text, word, remedy string }{
		"no kind":                       {"iam:CreateRole", "iam:CreateRole", "write MATCH KIND"},
		"an unknown kind":               {"* throtle", "throtle", "throttle"},
		"a kind that ends processes":    {"* kill pid=1", "kill", "latency, throttle, error"},
		"a match without service":       {"CreateRole cut", "CreateRole", "service:Operation"},
		"a match of nothing":            {": cut", ":", "service:Operation"},
		"a word that is no key":         {"* cut twice", "twice", "nth, from, times, every, p, seed"},
		"an unknown key":                {"* cut after=3", "after=3", "nth, from, times"},
		"a key of another kind":         {"* cut d=1s", "d=1s", "nth, from"},
		"a status on a drop":            {"* drop-after status=500", "status=500", "nth, from"},
		"a number that is none":         {"* cut nth=one", "nth=one", "nth=3"},
		"a number below one":            {"* cut times=0", "times=0", "times=3"},
		"a chance above one":            {"* cut p=2", "p=2", "from 0 to 1"},
		"a chance that is no number":    {"* cut p=NaN", "p=NaN", "from 0 to 1"},
		"a seed that is none":           {"* cut p=0.5 seed=-1", "seed=-1", "seed=7"},
		"a duration without unit":       {"* latency d=100", "d=100", "d=100ms"},
		"a duration before now":         {"* latency d=-1s", "d=-1s", "d=100ms"},
		"a latency of nothing":          {"* latency", "latency", "d=100ms"},
		"a status that is no error":     {"* error status=200", "status=200", "400 to 599"},
		"an empty code":                 {"* error code=", "code=", "InternalFailure"},
		"an empty message":              {`* error msg=""`, `msg=""`, "Rate exceeded"},
		"a key that stands twice":       {"* cut nth=1 nth=2", "nth=2", "once"},
		"what is wrong in a later line": {"* cut\n\n* cutt", "cutt", "cut"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := fault.Parse(test.text)
			var wrong *fault.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v", err)
			}
			if wrong.Word != test.word || !strings.Contains(wrong.Remedy, test.remedy) {
				t.Errorf("got %v", err)
			}
			if want := strings.Count(test.text, "\n") + 1; wrong.Line != want || !strings.Contains(err.Error(), wrong.Remedy) {
				t.Errorf("line %d, want %d: %v", wrong.Line, want, err)
			}
		})
	}
}

func TestAllWrongLinesAreNamed(t *testing.T) {
	_, err := fault.Parse("* cutt\n* cut\n* hangg\n")
	if err == nil || !strings.Contains(err.Error(), "cutt") || !strings.Contains(err.Error(), "hangg") {
		t.Errorf("got %v", err)
	}
}

// TestStringParses: a plan as text is the same plan.
func TestStringParses(t *testing.T) {
	line := rapid.Custom(func(t *rapid.T) string {
		match := rapid.SampledFrom([]string{"*", "iam:*", "s3:Put*", "redshift*", "kms:CreateKey"}).Draw(t, "match")
		kind := rapid.SampledFrom([]string{"throttle", "cut", "hang", "error status=503", "latency d=1s", "drop-after p=0.5"}).Draw(t, "kind")
		selector := rapid.SampledFrom([]string{"", " nth=2", " from=2 times=2", " every=2"}).Draw(t, "selector")
		return match + " " + kind + selector
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 0, 5).Draw(t, "lines"), "\n")
		one, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		two, err := fault.Parse(one.String())
		if err != nil || two.String() != one.String() {
			t.Fatalf("%v: %q becomes %q", err, one, two)
		}
		for range 6 {
			if a, b := one.Next("iam", "PutRolePolicy"), two.Next("iam", "PutRolePolicy"); !reflect.DeepEqual(a, b) {
				t.Fatalf("%+v and %+v", a, b)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("iam:CreateRole throttle times=2\n# x\n* error msg=\"a b\" p=0.5 seed=1")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := fault.Parse(text)
		if err != nil {
			if p != nil {
				t.Error("an error and a plan")
			}
			return
		}
		for range 3 {
			p.Next("iam", "CreateRole")
		}
		if again, err := fault.Parse(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("%v: %q", err, p)
		}
	})
}

// TestLogins: a login is no call, so that only lines about logins count it.
func TestLogins(t *testing.T) {
	p, err := fault.Parse("* error nth=2\nlogin:analytics error msg=locked")
	if err != nil {
		t.Fatal(err)
	}
	if a := p.Login("analytics"); a.Kind != fault.Fail || a.Message != "locked" {
		t.Errorf("the login is not refused: %+v", a)
	}
	if a := p.Login("other"); a.Kind != fault.None {
		t.Errorf("another login is refused: %+v", a)
	}
	if first, second := p.Next("iam", "GetRole"), p.Next("iam", "GetRole"); first.Kind != fault.None || second.Kind != fault.Fail {
		t.Errorf("logins are counted as calls: %+v %+v", first, second)
	}
}
