package tui

import (
	"context"
	"errors"
	"image/color"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/testenv"
	"onramp/render/tree"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

// scene is a page: what the wizard begins with, and the keys that lead there.
type scene struct {
	options func(t *testing.T, w *world) Options
	use     func(s *screen)
}

func plainly(_ *testing.T, w *world) Options { return online(w) }

// answering gives answers as from a file.
func answering(pairs ...string) func(*testing.T, *world) Options {
	return func(t *testing.T, w *world) Options {
		o := online(w)
		o.Answers = given(t, pairs...)
		return o
	}
}

func reviewed(more ...string) func(*testing.T, *world) Options {
	return func(t *testing.T, w *world) Options {
		o := online(w)
		o.Answers = full(t, more...)
		return o
	}
}

// fromAccount are options of a wizard whose account holds something.
func fromAccount(pairs ...string) func(*testing.T, *world) Options {
	return func(t *testing.T, _ *world) Options {
		o := online(holding())
		o.Answers = given(t, pairs...)
		return o
	}
}

func press(keys ...string) func(*screen) { return func(s *screen) { s.keys(keys...) } }

var vpcFull = []string{"warehouse.cluster", "analytics", "bucket.name", "acme-redshift-ml", "vpc-routing.enabled", "true", "vpc-routing.vpc", "vpc-0a1b2c3d4e5f60718"}

var scenes = map[string]scene{
	"start": {plainly, press()},
	"start-looking": {func(_ *testing.T, w *world) Options {
		w.whoTakes = 5 * time.Second
		return online(w)
	}, press()},
	"start-offline": {func(_ *testing.T, w *world) Options { return offlineOptions(w) }, press()},
	"start-refused": {func(_ *testing.T, w *world) Options {
		w.whoErr = errors.New("get caller identity: ExpiredToken: the security token\x1b[31m included in the request is expired")
		return online(w)
	}, press()},
	"start-guides": {func(_ *testing.T, w *world) Options { return several(online(w)) }, press("down")},
	"start-draft": {func(t *testing.T, w *world) Options {
		o := online(w)
		kept := given(t, "warehouse.cluster", "analytics")
		o.Draft = &kept
		return o
	}, press()},
	"start-mismatch":        {answering("account", "999988887777", "warehouse.cluster", "analytics"), press()},
	"start-mismatch-choice": {answering("account", "999988887777", "warehouse.cluster", "analytics"), press("enter")},
	"start-leave":           {plainly, press("esc")},
	"start-alone":           {alone, press()},
	"start-alone-offline":   {alone, press("down")},

	"practice-start":    {practising, press()},
	"practice-question": {practising, press("enter", "enter")},
	"practice-review":   {practised, press("enter")},
	"practice-confirm":  {practised, press("enter", "a", "000000000000", "enter")},
	"practice-done": {practised, func(s *screen) {
		s.keys("enter", "a", "yes", "enter")
		s.wait(time.Minute)
	}},
	"practice-failed": {func(t *testing.T, w *world) Options {
		failing(t, w)
		return practised(t, w)
	}, func(s *screen) {
		s.keys("enter", "a", "yes", "enter")
		s.wait(time.Minute)
	}},

	"step-0-account":     {func(_ *testing.T, w *world) Options { return offlineOptions(w) }, press("enter")},
	"step-1-warehouse":   {plainly, press("enter")},
	"step-2-role":        {plainly, func(s *screen) { s.keys("enter", "enter", "analytics", "enter", "enter") }},
	"step-3-trust":       {answering("warehouse.cluster", "analytics"), func(s *screen) { s.keys("enter", "esc", "esc") }},
	"step-4-bucket":      {answering("warehouse.cluster", "analytics"), press("enter", "esc")},
	"step-5-groups":      {reviewed(), press("enter", "5")},
	"step-6-routing":     {reviewed(), press("enter", "6")},
	"step-7-permissions": {reviewed("groups", "1", "groups.0.name", "analysts", "groups.0.create-models", "true"), press("enter", "esc", "esc", "esc", "esc")},

	"choice":           {plainly, press("enter", "down", "down")},
	"text-empty":       {plainly, press("enter", "enter")},
	"text-typed":       {answering("warehouse.cluster", "analytics"), press("enter", "acme-redshift-ml")},
	"text-optional":    {reviewed(), press("enter", "2", "enter", "enter", "enter", "enter", "enter")},
	"text-default":     {reviewed(), press("enter", "2", "enter", "enter")},
	"number":           {answering("warehouse.kind", "new-cluster"), press("enter", "analytics", "enter", "enter")},
	"yes-no":           {reviewed(), press("enter", "2", "enter", "enter", "enter", "enter", "right")},
	"list":             {answering(vpcFull...), press("enter", "subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719")},
	"records":          {reviewed(), press("enter", "5", "backspace", "3")},
	"record":           {reviewed("groups", "3", "groups.0.name", "retention_analyst_grp"), press("enter", "marketing_analyst_grp", "enter")},
	"new-cluster":      {answering("warehouse.kind", "new-cluster", "warehouse.cluster", "analytics", "bucket.name", "acme-redshift-ml"), press("enter", "1")},
	"refused-empty":    {plainly, press("enter", "enter", "enter")},
	"refused-invalid":  {answering("warehouse.cluster", "analytics"), press("enter", "Acme Bucket!", "enter")},
	"refused-list":     {answering(vpcFull...), press("enter", "subnet-0a1b2c3d4e5f60718, vpc-1", "enter")},
	"back-with-draft":  {answering("warehouse.cluster", "analytics"), press("enter", "Acme!", "esc", "enter")},
	"file-value":       {answering("warehouse.cluster", "analytics", "role.permissions-boundary", "arn:aws:iam::111122223333:policy/organisation/boundaries/data-platform"), func(s *screen) { s.keys("enter", "esc", "esc", "esc") }},
	"why":              {reviewed(), press("enter", "2", "?")},
	"why-text":         {answering("warehouse.cluster", "analytics"), press("enter", "acme", "f1")},
	"preview-full":     {answering("warehouse.cluster", "analytics"), press("enter", "acme-redshift-ml", "ctrl+p")},
	"preview-next":     {reviewed(), press("enter", "2", "tab", "pgdown")},
	"preview-notes":    {reviewed(), press("enter", "2", "enter", "down", "up")},
	"preview-sideways": {reviewed(), press("enter", "2", "ctrl+p", "tab", "right", "right")},

	"picks":        {fromAccount(), press("enter", "enter")},
	"picks-item":   {fromAccount(), press("enter", "enter", "down", "down", "down")},
	"picks-typed":  {fromAccount(), press("enter", "enter", "arch")},
	"picks-many":   {fromAccount(vpcFull...), press("enter", "down", "down", "down", "space", "up")},
	"picks-denied": {func(_ *testing.T, _ *world) Options { return online(&world{listErr: denied{}}) }, press("enter", "enter")},
	"picks-slow": {func(_ *testing.T, _ *world) Options {
		w := holding()
		w.listFor = time.Hour
		return online(w)
	}, press("enter", "enter")},

	"review":         {reviewed(), press("enter")},
	"review-find":    {reviewed(), press("enter", "/", "bound")},
	"review-looking": {func(t *testing.T, w *world) Options { w.lookFor = time.Minute; return reviewed()(t, w) }, press("enter")},
	"review-look-failed": {func(t *testing.T, w *world) Options {
		w.foundErr = errors.New("describe clusters: AccessDenied: redshift:DescribeClusters")
		return reviewed()(t, w)
	}, press("enter")},
	"review-end":      {reviewed(), press("enter", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown")},
	"review-problems": {reviewed("groups", "1", "groups.0.name", "analysts", "groups.0.bucket", "acme-analysts-ml", "groups.0.execute", "demo_ml.churn"), press("enter")},
	"review-refused":  {reviewed("groups", "1", "groups.0.name", "analysts", "groups.0.bucket", "acme-analysts-ml", "groups.0.execute", "demo_ml.churn"), press("enter", "s")},
	"review-offline": {func(t *testing.T, w *world) Options {
		o := offlineOptions(w)
		o.Answers = full(t, "account", "111122223333", "region", "eu-central-1")
		return o
	}, press("enter")},
	"review-consents": {findings, press("enter")},
	"review-steps":    {reviewed(), press("enter", "e", "down", "down")},

	"export":        {reviewed(), press("enter", "s")},
	"export-exists": {reviewed(), press("enter", "s", "enter", "esc", "s", "enter")},
	"export-all":    {reviewed(), press("enter", "x")},
	"export-done":   {reviewed(), press("enter", "f", "enter")},
	"export-stayed": {reviewed(), press("enter", "f", "enter", "esc")},

	"confirm":          {reviewed(), press("enter", "a")},
	"confirm-refused":  {reviewed(), press("enter", "a", "1234", "enter")},
	"confirm-consents": {findings, press("enter", "a")},
	"confirm-practice": {func(t *testing.T, w *world) Options {
		w.who = Identity{Account: practiceAccount, Partition: "aws", Region: "us-east-1", Caller: "arn:aws:iam::000000000000:user/you"}
		return reviewed()(t, w)
	}, press("enter", "a")},

	"applying": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(4 * time.Second)
	}},
	"applying-stopping": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(4 * time.Second)
		s.keys("ctrl+c")
	}},
	"done": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Minute)
	}},
	"undo": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Minute)
		s.keys("u", "no", "enter")
	}},
	"undo-running": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Minute)
		s.keys("u", ann.Account, "enter")
		s.wait(4 * time.Second)
	}},
	"undo-done": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Minute)
		s.keys("u", ann.Account, "enter")
		s.wait(time.Minute)
	}},
	"undo-stopped": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Minute)
		s.keys("u", ann.Account, "enter")
		s.wait(4 * time.Second)
		s.keys("ctrl+c")
		s.wait(time.Minute)
	}},
	"done-stopped": {slow, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(4 * time.Second)
		s.keys("ctrl+c")
		s.wait(time.Minute)
	}},
	"done-failed": {failing, func(s *screen) {
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Minute)
	}},
}

// alone has no credentials, and a practice account.
func alone(_ *testing.T, w *world) Options {
	w.who, w.whoErr = Identity{}, errors.New("no EC2 IMDS role found")
	o := Options{Guides: []steps.Guide{redshiftml.Guide()}, Port: w.port(), Preview: tabsOf, Tree: tree.Render}
	o.Practice = learning(&world{run: w.run})
	return o
}

// learning is a practice account.
func learning(w *world) *Practice {
	w.who = Identity{Account: practiceAccount, Partition: "aws", Region: "us-east-1", Caller: "arn:aws:iam::000000000000:user/practice"}
	return &Practice{Port: w.port(), Answers: func(a answers.Set) answers.Set {
		if a.Has(keyAccount) {
			a = a.With(keyAccount, answers.Value{Data: practiceAccount, Source: answers.Found})
		}
		return a
	}}
}

// practising has asked for the practice account from the start.
func practising(t *testing.T, w *world) Options {
	o := alone(t, w)
	o.Practice.Begun = true
	return o
}

// practised has answered everything there, for an account of its own.
func practised(t *testing.T, w *world) Options {
	if w.run == nil {
		quick(t, w)
	}
	o := practising(t, w)
	o.Answers = full(t, "account", "111122223333")
	return o
}

// several are three guides; the second and third ask nothing here.
func several(o Options) Options {
	nothing := func(answers.Set, plan.Target) plan.Plan { return plan.Plan{} }
	o.Guides = append(o.Guides,
		steps.Guide{Name: "ai-unlimited", Title: "AI Unlimited account requirements", Summary: "What an AWS account needs before Teradata AI Unlimited is deployed to it.", Build: nothing},
		steps.Guide{Name: "amazon-ml", Title: "Amazon ML role for Redshift", Summary: "The role with which Amazon Machine Learning read from Redshift.", Build: nothing},
	)
	return o
}

// findings are those of an account in which most is there and something is another's.
func findings(t *testing.T, w *world) Options {
	w.found = map[string]apply.Finding{
		"bucket": {Action: plan.Update, Differences: []apply.Difference{
			{Step: "put the bucket policy of acme-redshift-ml", Have: `{"Statement":[{"Sid":"AllowAudit"}]}`, Was: `{"Statement":[{"Sid":"AllowAudit"}]}`, Want: `{"Statement":[{"Sid":"DenyInsecureTransport"}]}`, Ask: true},
		}},
		"role": {Action: plan.None}, "role-policy": {Action: plan.Create}, "warehouse-roles": {Action: plan.Update},
	}
	return reviewed()(t, w)
}

// slow is an engine that takes its time, and stops between resources when it is told to.
func slow(t *testing.T, w *world) Options {
	w.run = func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error) {
		var res apply.Result
		for i, r := range p.Resources {
			e := apply.Event{Resource: r.ID, Label: r.Spec.Label()}
			tell := func(s apply.State, d time.Duration) {
				e.State, e.Took = s, e.Took+d
				emit(e)
				time.Sleep(d)
			}
			if ctx.Err() != nil {
				tell(apply.Skipped, 0)
				res.Skipped = append(res.Skipped, r.ID)
				continue
			}
			tell(apply.Started, time.Second)
			if i == 0 {
				tell(apply.Kept, 0)
				res.Kept = append(res.Kept, r.ID)
				continue
			}
			e.Step = r.Spec.Steps()[0].Title
			tell(apply.Calling, time.Second)
			e.Detail = "the role is visible in IAM"
			tell(apply.Waiting, 2*time.Second)
			tell(apply.Changed, 0)
			res.Changed = append(res.Changed, r.ID)
		}
		res.Journal = "/home/ann/.local/state/onramp/journals/111122223333-redshift-ml-20260115T090000Z.jsonl"
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		return res, nil
	}
	return reviewed()(t, w)
}

// takenBack takes a plan back, the last first; the first resource has to stay.
func takenBack(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.UndoResult, error) {
	var out apply.UndoResult
	for i, r := range slices.Backward(p.Resources) {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		e := apply.Event{Resource: r.ID, Label: "delete " + r.Spec.Name()}
		tell := func(s apply.State) {
			e.State = s
			emit(e)
			time.Sleep(time.Second)
		}
		tell(apply.Started)
		e.Detail, e.Limit = "it is gone", 10*time.Minute
		tell(apply.Waiting)
		if i == 0 {
			e.Detail = "it holds objects"
			tell(apply.Kept)
			out.Left = append(out.Left, apply.Remains{Change: apply.Change{}, Why: e.Detail})
			continue
		}
		e.Detail = ""
		tell(apply.Changed)
		out.Undone = append(out.Undone, apply.Change{})
	}
	out.Keeps = []string{"KMS key alias/redshift-ml: it waits 30 days for its deletion"}
	return out, nil
}

// failing is an engine that fails at its second resource.
func failing(t *testing.T, w *world) Options {
	w.run = func(_ context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error) {
		var res apply.Result
		var err error
		for i, r := range p.Resources {
			e := apply.Event{Resource: r.ID, Label: r.Spec.Label(), State: apply.Changed, Took: 2 * time.Second}
			switch {
			case i == 0:
				res.Changed = append(res.Changed, r.ID)
			case i == 1:
				err = &apply.Error{
					Resource: r.ID, Label: e.Label, Step: r.Spec.Steps()[0].Title,
					Err:  errors.New("AccessDenied: User: arn:aws:sts::111122223333:assumed-role/Admin/ann is not authorized to perform: iam:CreateRole"),
					Hint: "your identity needs iam:CreateRole on arn:aws:iam::111122223333:role/redshift-ml; onramp plan redshift-ml --json lists all it needs under operator_policy",
				}
				e.State, e.Err = apply.Failed, err
				res.Failed = append(res.Failed, r.ID)
			default:
				e.State = apply.Skipped
				res.Skipped = append(res.Skipped, r.ID)
			}
			emit(e)
			time.Sleep(2 * time.Second)
		}
		return res, err
	}
	return reviewed()(t, w)
}

// TestPages compares every kind of page, at one size, with what it was when somebody looked at it; go test ./tui -update
// writes them again. At other sizes it checks what holds on every page.
func TestPages(t *testing.T) {
	if testing.Short() { // with the race detector: the stories run the same code
		t.Skip("pictures of pages")
	}
	for _, at := range append([]size{pictured}, sizes...) {
		t.Run(at.String(), func(t *testing.T) {
			for name, sc := range scenes {
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := show(t, sc.options(t, &world{}), at)
						defer s.close()
						sc.use(s)
						sound(t, s, at)
						if at == pictured {
							golden.RequireEqual(t, masked(s.text()))
						}
					})
				})
			}
		})
	}
}

// modes are the ways in which a terminal has colors.
var modes = []struct {
	name    string
	profile colorprofile.Profile
	light   bool
}{{"dark", colorprofile.TrueColor, false}, {"light", colorprofile.TrueColor, true}, {"16 colors", colorprofile.ANSI, false}}

// TestPagesInColor: a page says the same with colors as without. Each page is tried in one of the modes.
func TestPagesInColor(t *testing.T) {
	if testing.Short() {
		t.Skip("pictures of pages")
	}
	random := testenv.Random(t)
	for _, name := range slices.Sorted(maps.Keys(scenes)) {
		m := modes[random.IntN(len(modes))]
		bubble(t, name+", "+m.name, func(t *testing.T) {
			without := show(t, scenes[name].options(t, &world{}), pictured)
			defer without.close()
			scenes[name].use(without)
			with := show(t, scenes[name].options(t, &world{}), pictured, tea.WithColorProfile(m.profile))
			defer with.close()
			if m.light {
				with.p.Send(tea.BackgroundColorMsg{Color: color.White})
			}
			scenes[name].use(with)
			if masked(with.text()) != masked(without.text()) {
				t.Errorf("without colors:\n%s\nwith:\n%s", without.text(), with.text())
			}
			if !strings.Contains(with.emu.Render(), "\x1b[") {
				t.Error("no color was sent")
			}
		})
	}
}

// TestSmall compares the pages where there is hardly any room, and where there is too little.
func TestSmall(t *testing.T) {
	for _, at := range []size{{40, 10}, {39, 10}, {20, 5}} {
		for _, name := range []string{"start-mismatch-choice", "start-alone", "practice-question", "choice", "refused-invalid", "record", "review-problems", "confirm-consents"} {
			if at.w < leastWidth && name != "choice" {
				continue
			}
			bubble(t, at.String()+" "+name, func(t *testing.T) {
				s := show(t, scenes[name].options(t, &world{}), size{40, 10})
				defer s.close()
				scenes[name].use(s)
				s.resize(at)
				golden.RequireEqual(t, masked(s.text()))
			})
		}
	}
}

// sound checks what holds on every page: it fills the screen and no more, says what keys there
// are, and shows nothing that came along inside a text.
func sound(t *testing.T, s *screen, at size) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s.text(), "\n"), "\n")
	if len(lines) != at.h {
		t.Errorf("%d lines on a screen of %d", len(lines), at.h)
	}
	if strings.TrimSpace(lines[len(lines)-1]) == "" {
		t.Errorf("no help line:\n%s", s.text())
	}
	if strings.ContainsAny(s.text(), "\x1b\u202e\ufdd0") {
		t.Errorf("control characters:\n%q", s.text())
	}
}

// TestEachStep shows that the scenes reach every step of the guide.
func TestEachStep(t *testing.T) {
	for at, name := range []string{"step-0-account", "step-1-warehouse", "step-2-role", "step-3-trust", "step-4-bucket", "step-5-groups", "step-6-routing", "step-7-permissions"} {
		bubble(t, name, func(t *testing.T) {
			s := show(t, scenes[name].options(t, &world{}), size{80, 24})
			defer s.close()
			scenes[name].use(s)
			q, ok := s.w.page.(*question)
			if !ok || q.at.Step != at {
				t.Fatalf("not at step %d:\n%s", at, s.text())
			}
			if first := firstOf(q.w.session.guide, q.live, at); q.at.Question.Key != first {
				t.Errorf("at %s, not at the first question %s", q.at.Question.Key, first)
			}
		})
	}
}

func firstOf(g steps.Guide, a answers.Set, step int) string {
	for _, p := range g.Sequence(a) {
		if p.Step == step {
			return p.Question.Key
		}
	}
	return ""
}
