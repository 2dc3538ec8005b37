package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/render/cloudformation"
)

// stackSetFlags are the flags of a stack set.
type stackSetFlags struct {
	on       bool
	parallel bool
	cloudformation.StackSetOptions
	command *cobra.Command
}

// stackSetNames are the flags that mean nothing without --stackset.
var stackSetNames = []string{
	"ou", "stackset-accounts", "stackset-regions", "stackset-name", "stackset-role", "failure-tolerance", "max-concurrency", "parallel-regions", "delegated-admin",
}

func (f *stackSetFlags) add(c *cobra.Command) {
	f.command = c
	fl := c.Flags()
	fl.BoolVar(&f.on, "stackset", false, "with -f cloudformation: for the accounts of an organization, as a stack set")
	fl.StringSliceVar(&f.OUs, "ou", nil, "`units` of the organization (ou-… or r-…) whose accounts get a stack")
	fl.StringSliceVar(&f.Accounts, "stackset-accounts", nil, "only these `accounts` of the units")
	fl.StringSliceVar(&f.Regions, "stackset-regions", nil, "`regions` that get a stack, in the order of deployment")
	fl.StringVar(&f.Name, "stackset-name", "", "`name` of the stack set")
	fl.StringVar(&f.ExecutionRole, "stackset-role", cloudformation.DefaultRole, "`role` that the scripts take on in each account")
	fl.IntVar(&f.FailureTolerancePercentage, "failure-tolerance", cloudformation.DefaultFailureTolerance, "`percentage` of accounts that may fail in a region")
	fl.IntVar(&f.MaxConcurrentPercentage, "max-concurrency", cloudformation.DefaultMaxConcurrent, "`percentage` of accounts that are worked on at once in a region")
	fl.BoolVar(&f.parallel, "parallel-regions", false, "work on all regions at once, and not on one after another")
	fl.BoolVar(&f.DelegatedAdmin, "delegated-admin", false, "it is run from the account of a delegated administrator")
}

// check refuses flags that go with nothing.
func (f stackSetFlags) check(format string) error {
	switch {
	case f.on && format != "cloudformation" && format != "all":
		return &hinted{errors.New("--stackset is a form of the CloudFormation export, and -f " + format + " is none"), "add -f cloudformation"}
	case f.on || f.command == nil:
		return nil
	}
	if i := slices.IndexFunc(stackSetNames, f.command.Flags().Changed); i >= 0 {
		return &hinted{errors.New("--" + stackSetNames[i] + " is for a stack set"), "add --stackset, or leave it out"}
	}
	return nil
}

// options are what the flags say; nil: no stack set is wanted. What is missing or wrong is said all at once.
func (f stackSetFlags) options(s source) (*cloudformation.StackSetOptions, error) {
	if !f.on {
		return nil, nil
	}
	o := f.StackSetOptions
	o.RegionConcurrency = cloudformation.Sequential
	if f.parallel {
		o.RegionConcurrency = cloudformation.Parallel
	}
	var problems answers.Problems
	for _, err := range o.Check(s.plan.Target.Partition) {
		var wrong *cloudformation.Wrong
		if errors.As(err, &wrong) {
			problems = append(problems, problemOf(wrong))
		}
	}
	if o.MaxConcurrentPercentage == 0 {
		problems = append(problems, problemOf(&cloudformation.Wrong{Option: "MaxConcurrentPercentage", Value: "0", Rule: "it is a percentage, 1 to 100"}))
	}
	problems = append(problems, notOffered(s, o.Regions)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return &o, nil
}

// notOffered are the regions of a stack set that the guide would not take for an answer.
func notOffered(s source, regions []string) (problems answers.Problems) {
	for _, r := range regions {
		_, wrong := s.guide.Resolve(s.set.With("region", answers.Value{Data: r, Source: answers.Flag}))
		for _, p := range wrong {
			if p.Key == "region" && awsname.Region(r) == nil { // a name that is none has been found before
				problems = append(problems, answers.Problem{Key: "--stackset-regions", Value: r, Text: p.Text, Remedy: "leave it out: the guide would not take it either"})
			}
		}
	}
	return problems
}

// flagOf are the flags of the options.
var flagOf = map[string]string{
	"Name": "--stackset-name", "OUs": "--ou", "Accounts": "--stackset-accounts", "Regions": "--stackset-regions", "ExecutionRole": "--stackset-role",
	"FailureTolerancePercentage": "--failure-tolerance", "MaxConcurrentPercentage": "--max-concurrency",
}

func problemOf(w *cloudformation.Wrong) answers.Problem {
	flag := flagOf[w.Option]
	remedy := "mend the value of " + flag
	if w.Value == "" {
		remedy = "add " + flag
	}
	return answers.Problem{Key: flag, Value: w.Value, Text: w.Rule, Remedy: remedy}
}
