package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
)

// typing is what somebody types, and what comes of it.
type typing struct {
	options func(t *testing.T, w *world) Options
	in      string
	ending  Ending
}

var talks = map[string]typing{
	"all defaults to a script": {plainly, lines("", "analytics", "", "", "", "", "", "", "", "", "", "acme-redshift-ml", "", "", "", "", "shell", "", "leave"), Exported},
	"offline":                  {func(_ *testing.T, w *world) Options { return offlineOptions(w) }, lines("12", "111122223333", "us-east-1", "2", "analytics", "<", "<", "1"), Interrupted},
	"refused credentials": {func(_ *testing.T, w *world) Options {
		w.whoErr = errors.New("ExpiredToken")
		return online(w)
	}, "", Interrupted},
	"help and wrong answers":   {plainly, lines("?", "9", "serverless", "Bad Name", "analytics-ns", "analytics-wg"), Interrupted},
	"back at the beginning":    {plainly, lines("<", "1"), Interrupted},
	"lists and options":        {answering(vpcFull...), lines("subnet-1", "subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719", "rtb-0a1b2c3d4e5f60718", ""), Interrupted},
	"an option emptied":        {reviewed("role.permissions-boundary", "arn:aws:iam::111122223333:policy/b"), lines("edit", "step 2", "", "", "", "", "", "-", "leave"), Left},
	"records":                  {reviewed("groups", "2", "groups.0.name", "analysts"), lines("marketing", "no", "", "", "", "demo_ml.churn"), Interrupted},
	"problems":                 {reviewed("groups", "1", "groups.0.name", "analysts", "groups.0.bucket", "acme-analysts-ml"), lines("apply", "edit", "analysts-ml", "", "", "", "", "", "", "leave"), Left},
	"practice":                 {practised, lines("1", "000000000000", "1", "yes"), Applied},
	"no credentials":           {alone, lines("?", "", "analytics"), Interrupted},
	"no credentials, offline":  {alone, lines("2", "111122223333"), Interrupted},
	"mismatch in practice":     {elsewhere, lines("3", "1"), Interrupted},
	"the draft":                {scenes["start-draft"].options, lines("", ""), Interrupted},
	"the guides":               {func(_ *testing.T, w *world) Options { return several(online(w)) }, lines("4", "2"), Interrupted},
	"mismatch":                 {scenes["start-mismatch"].options, lines("1", "us-east-1"), Interrupted},
	"mismatch left":            {scenes["start-mismatch"].options, lines("2"), Left},
	"documents":                {reviewed(), lines("documents", "8"), Left},
	"export exists":            {reviewed(), lines("shell", "a.sh", "answers", "a.sh", "answers", "<", "leave"), Exported},
	"apply":                    {quick, lines("1", "yes", "1", ann.Account), Applied},
	"apply fails":              {failing, lines("1", ann.Account), ApplyFailed},
	"consents":                 {findings, lines("1", "no", "leave"), Left},
	"hostile":                  {plainly, lines("1", "\x1b[2J\u202eevil", "analytics\r"), Interrupted},
	"the last line has no end": {plainly, "1\nanalytics", Interrupted},
}

func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

// quick is an engine that needs no time.
func quick(t *testing.T, w *world) Options {
	w.run = func(_ context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error) {
		var res apply.Result
		for i, r := range p.Resources {
			e := apply.Event{Resource: r.ID, Label: r.Spec.Label(), State: apply.Started}
			emit(e)
			if i == 0 {
				e.State = apply.Kept
				emit(e)
				res.Kept = append(res.Kept, r.ID)
				continue
			}
			e.State, e.Step = apply.Calling, r.Spec.Steps()[0].Title
			emit(e)
			e.State, e.Detail = apply.Waiting, "the role is visible in IAM"
			emit(e)
			e.State, e.Took = apply.Changed, 3*time.Second
			emit(e)
			res.Changed = append(res.Changed, r.ID)
		}
		return res, nil
	}
	return reviewed()(t, w)
}

// TestPlain compares whole conversations. go test ./tui -update writes them anew.
func TestPlain(t *testing.T) {
	for name, c := range talks {
		bubble(t, name, func(t *testing.T) {
			var out bytes.Buffer
			end, err := Plain(t.Context(), c.options(t, &world{}), strings.NewReader(c.in), &out)
			if err != nil {
				t.Fatal(err)
			}
			if end.Ending != c.ending {
				t.Errorf("ended %s, want %s", end.Ending, c.ending)
			}
			if strings.ContainsAny(out.String(), "\x1b\u202e") {
				t.Error("control characters were written")
			}
			for l := range strings.SplitSeq(out.String(), "\n") {
				if strings.HasSuffix(l, " ") && !strings.HasSuffix(l, ": ") {
					t.Errorf("a line ends with a space: %q", l)
				}
			}
			golden.RequireEqual(t, masked(out.String()))
		})
	}
}

func TestPlainKeepsAndForgets(t *testing.T) {
	bubble(t, "kept when interrupted", func(t *testing.T) {
		w := &world{}
		end, err := Plain(t.Context(), online(w), strings.NewReader(lines("1", "analytics")), io.Discard)
		if err != nil || end.Answers.Get("warehouse.cluster").Source != answers.Typed || w.kept["redshift-ml"].Text("warehouse.cluster") != "analytics" {
			t.Errorf("%+v %v, kept %v", end, err, w.kept)
		}
	})
	bubble(t, "forgotten when done", func(t *testing.T) {
		w := &world{}
		if _, err := Plain(t.Context(), quick(t, w), strings.NewReader(lines("1", ann.Account)), io.Discard); err != nil || len(w.forgot) != 1 {
			t.Errorf("%v, forgot %v", err, w.forgot)
		}
	})
}

func TestPlainEndsWithItsContext(t *testing.T) {
	bubble(t, "while it waits for a line", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in, feed := io.Pipe()
		defer feed.Close()
		time.AfterFunc(time.Minute, cancel)
		end, err := Plain(ctx, online(&world{}), in, io.Discard)
		if err != nil || end.Ending != Interrupted {
			t.Errorf("%+v %v", end, err)
		}
	})
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestPlainReportsWhatCannotBeWritten(t *testing.T) {
	bubble(t, "at the end", func(t *testing.T) {
		if _, err := Plain(t.Context(), online(&world{}), strings.NewReader(""), broken{}); err == nil {
			t.Error("no error")
		}
	})
}

// TestPlainSaysThatItCannotRead: a read that fails is no end of the input.
func TestPlainSaysThatItCannotRead(t *testing.T) {
	broken := errors.New("input/output error")
	for _, in := range []io.Reader{iotest.ErrReader(broken), io.MultiReader(strings.NewReader(lines("1")), iotest.ErrReader(broken))} {
		var said strings.Builder
		if _, err := Plain(t.Context(), offlineOptions(&world{}), in, &said); !errors.Is(err, broken) {
			t.Errorf("error %v\n%s", err, said.String())
		}
	}
}
