package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"onramp/internal/answers"
	"onramp/internal/awsapi"
	"onramp/internal/awsname"
	"onramp/internal/policy"
	"onramp/internal/practice"
	"onramp/internal/practice/fault"
)

// practising are the flags of the practice account, and the account once it is in use. Any of the
// flags chooses it: an operator who gives one must never reach a real account.
type practising struct {
	on      bool
	empty   bool
	policy  string
	faults  []string
	delays  float64
	account *practice.Account // of this run; nil: not in use yet
	book    *practiceBook     // of the account; nil as long as that is not in use
	// standsFor is the real account of the answers, whose place the practice account takes.
	standsFor answers.Value
}

// flags adds the flags that say what the account is like.
func (p *practising) flags(f *pflag.FlagSet) {
	f.BoolVar(&p.empty, "practice-empty", false, "the practice account holds nothing at its start")
	f.StringVar(&p.policy, "practice-policy", "", "what the practice account lets you do: a policy document in a `file`; everything if not given")
	f.StringArrayVar(&p.faults, "practice-fault", nil, "what goes wrong in the practice account, such as `'iam:CreateRole throttle times=2'`; repeatable")
	f.Float64Var(&p.delays, "practice-delays", 1, "how slow the practice account is: 1 is lifelike for practice, 0 answers at once (`factor`)")
}

// wanted says that the practice account takes the place of AWS.
func (p *practising) wanted() bool {
	return p.on || p.empty || p.policy != "" || len(p.faults) > 0 || p.delays != 1
}

// check refuses flags that contradict each other, before anything is read or asked.
func (a *app) check() error {
	var with string
	switch {
	case !a.flags.practice.wanted():
		return nil
	case a.flags.offline:
		with = "--offline"
	case a.flags.profile != "":
		with = "--profile"
	default:
		return nil
	}
	return answers.Problems{{
		Key: with, Text: "does not go with the practice account, which needs neither AWS nor credentials",
		Remedy: "leave " + with + " out, or the --practice flags",
	}}
}

// open makes the account at its first use, at home in a region.
func (p *practising) open(region string) (*practice.Account, error) {
	if p.account != nil {
		return p.account, nil
	}
	s, problems := p.settings()
	if len(problems) > 0 {
		return nil, problems
	}
	s.Region = region
	p.account, p.book = practice.New(s), &practiceBook{}
	return p.account, nil
}

// settings reads what the flags say, with everything that is wrong with them.
func (p *practising) settings() (practice.Settings, answers.Problems) {
	s := practice.Settings{Empty: p.empty, Delays: practice.Lifelike().Times(p.delays)}
	var problems answers.Problems
	if p.delays < 0 || p.delays > 1000 {
		problems = append(problems, answers.Problem{
			Key: "--practice-delays", Value: fmt.Sprint(p.delays), Text: "must be from 0 to 1000", Remedy: "0 answers at once, 1 is lifelike",
		})
	}
	if p.policy != "" {
		d, err := p.readPolicy()
		if err != nil {
			problems = append(problems, answers.Problem{
				Key: "--practice-policy", Value: p.policy, Text: err.Error(), Remedy: "give a file that holds an identity-based policy, as IAM takes it",
			})
		}
		s.Policy = &d
	}
	var err error
	if s.Faults, err = fault.Parse(strings.Join(p.faults, "\n")); err != nil {
		problems = append(problems, answers.Problem{
			Key: "--practice-fault", Value: strings.Join(p.faults, "; "), Text: err.Error(), Remedy: "`onramp practice --help` explains the faults",
		})
	}
	return s, problems
}

// readPolicy reads the policy of the flags. One that was made for the real account serves as well.
func (p *practising) readPolicy() (policy.Document, error) {
	data, err := os.ReadFile(p.policy)
	if err != nil {
		return policy.Document{}, fmt.Errorf("read policy: %w", err)
	}
	if number, ok := p.standsFor.Data.(string); ok && awsname.AccountID(number) == nil {
		for _, around := range []string{":", `"`} { // in an ARN, and as the value of a condition
			data = bytes.ReplaceAll(data, []byte(around+number+around), []byte(around+practice.Number+around))
		}
	}
	d, err := policy.Parse(data)
	if err != nil {
		return policy.Document{}, err
	}
	return d, errors.Join(policy.Validate(d, policy.Identity)...)
}

// client reaches the account that the flags choose: AWS's, or the practice account.
func (a *app) client(ctx context.Context, region string) (*awsapi.Client, error) {
	if !a.flags.practice.wanted() {
		return awsapi.New(ctx, awsapi.Options{Profile: a.flags.profile, Region: region, Logins: &a.logins})
	}
	region = practiceRegion(region)
	account, err := a.flags.practice.open(region)
	if err != nil {
		return nil, err
	}
	return awsapi.New(ctx, awsapi.Options{Region: region, Account: account, Logins: &a.logins})
}

// practiceRegion is the region of the answers or of the environment, or else where most people begin.
func practiceRegion(given string) string {
	for _, region := range []string{given, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")} {
		if region != "" {
			return region
		}
	}
	return "us-east-1"
}

// realArgs are the arguments of the same command for the real account: without the flags of the
// practice account, and without what was agreed to there.
func realArgs(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		name, _, joined := strings.Cut(args[i], "=")
		switch name {
		case "--practice", "--practice-empty", "--yes", "--adopt": // both are consent, which counts for one account
		case "--practice-policy", "--practice-fault", "--practice-delays":
			if !joined {
				i++
			}
		default:
			out = append(out, args[i])
		}
	}
	return out
}

// answers makes answers for a real account ones for the practice account: its number takes the place
// of the real one, in ARNs too.
func (p *practising) answers(set answers.Set) answers.Set {
	if !set.Has("account") {
		return set
	}
	if given := set.Get("account"); given.Data != practice.Number {
		p.standsFor = given
	}
	set = renumbered(set, set.Text("account"), practice.Number)
	return set.With("account", answers.Value{Data: practice.Number, Source: answers.Found})
}

// real takes that back, for answers that leave the program. Where no real account was given they
// follow the credentials that they are used with.
func (p *practising) real(set answers.Set) answers.Set {
	if p.account == nil {
		return set
	}
	set = set.Without("account")
	if number, ok := p.standsFor.Data.(string); ok {
		set = renumbered(set, practice.Number, number).With("account", p.standsFor)
	}
	return set
}

// renumbered puts one account's number in the place of another's, where it stands in an ARN.
func renumbered(set answers.Set, from, to string) answers.Set {
	swap := func(s string) string {
		if !strings.HasPrefix(s, "arn:") {
			return s
		}
		return strings.Replace(s, ":"+from+":", ":"+to+":", 1)
	}
	for _, key := range set.Keys() {
		v := set.Get(key)
		switch data := v.Data.(type) {
		case string:
			v.Data = swap(data)
		case []string:
			swapped := make([]string, len(data))
			for i, s := range data {
				swapped[i] = swap(s)
			}
			v.Data = swapped
		}
		set = set.With(key, v)
	}
	return set
}
