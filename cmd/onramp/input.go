package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/steps"
)

// given reads what was answered: the file, then --set, then --region. The problems are those of form.
func (a *app) given(g steps.Guide) (answers.Set, answers.Problems, error) {
	set, problems, err := a.fromFile(g)
	if err != nil {
		return set, nil, err
	}
	for _, s := range a.flags.set {
		set, problems = setOne(g, set, problems, s)
	}
	if a.flags.region != "" {
		set = set.With("region", answers.Value{Data: a.flags.region, Source: answers.Flag})
	}
	if a.flags.practice.wanted() {
		set = a.flags.practice.answers(set)
	}
	return set, problems, nil
}

func (a *app) fromFile(g steps.Guide) (answers.Set, answers.Problems, error) {
	if a.flags.answers == "" {
		return answers.Set{}, nil, nil
	}
	data, err := unlessInterrupted(a.cmd.Context(), a.readAnswers)
	if err != nil {
		return answers.Set{}, nil, err
	}
	set, problems := answers.Load(bytes.NewReader(data), g.Name, g.Fields())
	if len(problems) == 1 && problems[0].Unreadable {
		return set, nil, &unreadable{a.answersName(), problems[0]}
	}
	return set, problems, nil
}

// answersName is the answers file as messages name it.
func (a *app) answersName() string {
	if a.flags.answers == "-" {
		return "standard input"
	}
	return a.flags.answers
}

// unreadable says that the answers file cannot be read, or is no answers file for the guide.
type unreadable struct {
	file string
	answers.Problem
}

func (e *unreadable) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.file, e.Line, e.Text)
	}
	return fmt.Sprintf("cannot read the answers file %s: %s", e.file, e.Text)
}

// ErrorHint implements apply.Hinter.
func (e *unreadable) ErrorHint() string { return e.Remedy }

// readAnswers reads the file of answers, and one byte more than it may have.
func (a *app) readAnswers() ([]byte, error) {
	from := a.in
	if a.flags.answers != "-" {
		file, err := os.Open(a.flags.answers)
		if err != nil {
			return nil, a.cannotRead(err)
		}
		defer file.Close()
		from = file
	}
	data, err := io.ReadAll(io.LimitReader(from, answers.MaxFile+1))
	if err != nil {
		return nil, a.cannotRead(err)
	}
	if a.flags.answers == "-" {
		a.piped = data
	}
	return data, nil
}

func (a *app) cannotRead(err error) error {
	text, remedy := err.Error(), "give an answers file that can be read"
	var path *fs.PathError
	if errors.As(err, &path) {
		text = path.Err.Error()
	}
	info, statErr := os.Stat(a.flags.answers)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		text = "you are not allowed to read it"
	case statErr == nil && info.IsDir():
		text, remedy = "it is a folder", "name the file in it"
	}
	return &unreadable{a.answersName(), answers.Problem{Text: text, Remedy: remedy}}
}

// located says of each problem of a line in which file that is.
func (a *app) located(problems answers.Problems) answers.Problems {
	for i := range problems {
		if problems[i].Line > 0 {
			problems[i].File = a.answersName()
		}
	}
	return problems
}

// setOne adds one --set key=value.
func setOne(g steps.Guide, set answers.Set, problems answers.Problems, s string) (answers.Set, answers.Problems) {
	key, value, found := strings.Cut(s, "=")
	field, known := answers.Lookup(g.Fields(), key)
	switch {
	case !found:
		return set, append(problems, answers.Problem{Value: answers.Short(s), Text: "--set without an equals sign", Remedy: "write --set key=value"})
	case !known:
		return set, append(problems, answers.Problem{Key: key, Text: "no such key", Remedy: "`onramp questions " + g.Name + "` lists the keys"})
	}
	data, err := answers.Parse(field, value)
	if err != nil {
		return set, append(problems, answers.Problem{Key: key, Value: answers.Short(value), Text: err.Error(), Remedy: "correct the value after --set " + key + "="})
	}
	return set.With(key, answers.Value{Data: data, Source: answers.Flag}), problems
}

// work is what a command with a guide works on.
type work struct {
	guide  steps.Guide
	given  answers.Set // as the operator gave them, and found in the account
	set    answers.Set // resolved
	plan   plan.Plan
	client *awsapi.Client // nil: offline
	caller awsapi.Identity
}

// load reads the answers, asks AWS who calls, and builds the plan. Every problem is reported at
// once.
func (a *app) load(ctx context.Context, guide string) (*work, error) {
	g, err := a.findGuide(guide)
	if err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	set, problems, err := a.given(g)
	if err != nil {
		return nil, err
	}
	w := &work{guide: g, given: set}
	if a.flags.practice.wanted() {
		a.say("practice account %s: nothing here is real", practice.Number)
	}
	if !a.flags.offline {
		if err := a.connect(ctx, w); err != nil {
			return nil, a.withProblems(err, problems)
		}
		found, wrong := merge(w.given, w.caller)
		w.given, problems = found, append(problems, wrong...)
	}
	resolved, missing := g.Resolve(w.given)
	w.set = resolved
	w.plan = g.Build(resolved, target(resolved, w.caller))
	a.doubt(w.plan.Target.Region)
	problems = append(problems, unreported(problems, missing)...)
	problems = append(problems, unreported(problems, w.plan.Problems)...)
	if len(problems) > 0 {
		return nil, a.located(problems)
	}
	return w, nil
}

// withProblems keeps problems of the answers visible when the account cannot be asked.
func (a *app) withProblems(err error, problems answers.Problems) error {
	if len(problems) == 0 {
		return err
	}
	var wrong answers.Problems
	if errors.As(err, &wrong) {
		return a.located(append(problems, wrong...))
	}
	problem := answers.Problem{Text: err.Error(), Remedy: "sign in to AWS"}
	var h apply.Hinter
	if errors.As(err, &h) {
		problem.Remedy = h.ErrorHint()
	}
	return a.located(append(problems, problem))
}

// unreported leaves out problems of keys that have one already: one message an answer is enough.
func unreported(have answers.Problems, more []answers.Problem) []answers.Problem {
	seen := map[string]bool{}
	for _, p := range have {
		seen[p.Key] = p.Key != ""
	}
	var out []answers.Problem
	for _, p := range more {
		if !seen[p.Key] {
			out = append(out, p)
		}
	}
	return out
}

func (a *app) connect(ctx context.Context, w *work) error {
	client, err := a.client(ctx, w.given.Text("region"))
	if err != nil {
		return a.credentialHint(err)
	}
	w.client = client
	w.caller, err = client.Identity(ctx, a.flags.profile)
	if errors.Is(err, awsapi.ErrRegion) {
		return answers.Problems{{Key: "region", Text: "is missing, and no region is configured", Remedy: "give --region REGION, or the key region in the answers file"}}
	}
	return a.credentialHint(err)
}

// credentialHint says what to do without credentials: what the command can do then, and nothing else.
func (a *app) credentialHint(err error) error {
	var own apply.Hinter
	if !errors.Is(err, awsapi.ErrCredentials) || errors.As(err, &own) && own.ErrorHint() != "" {
		return err
	}
	ways := "sign in to AWS (for example: aws sso login, or AWS_PROFILE)"
	if a.cmd.Flags().Lookup("practice") != nil {
		ways += ", or add --practice to learn on an account inside onramp"
	}
	if a.cmd.Flags().Lookup("offline") != nil && a.cmd.Annotations[needsAccount] == "" {
		ways += ", or --offline to do without AWS"
	}
	return &hinted{err, ways}
}

// needsAccount marks a command that takes --offline only to refuse it.
const needsAccount = "needs-account"

// merge puts what the account says to the answers. An answer for another account is a problem.
func merge(set answers.Set, who awsapi.Identity) (answers.Set, answers.Problems) {
	if given := set.Get("account"); given.Source != answers.Unset && set.Text("account") != who.Account {
		return set, answers.Problems{{
			Key: "account", Line: given.Line, Value: set.Text("account"),
			Text:   "the caller's account is " + who.Account,
			Remedy: "use credentials of the account in the answers, or change the answers",
		}}
	}
	if !set.Has("account") {
		set = set.With("account", answers.Value{Data: who.Account, Source: answers.Found})
	}
	if !set.Has("region") {
		set = set.With("region", answers.Value{Data: who.Region, Source: answers.Found})
	}
	return set, nil
}

// target is where the plan is for. The partition is the caller's; offline it follows from the region.
func target(set answers.Set, who awsapi.Identity) plan.Target {
	partition := who.Partition
	if partition == "" {
		partition = awsname.Partition(set.Text("region"))
	}
	return plan.Target{Account: set.Text("account"), Region: set.Text("region"), Partition: partition}
}
