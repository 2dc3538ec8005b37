package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/query"
)

// Lacking asks IAM which actions of a policy a caller lacks, before anything is changed (IAM API Reference,
// SimulatePrincipalPolicy). It is a forecast: policies of an organisation and of resources can decide
// otherwise, so that what it finds is a warning. The error says why IAM could not be asked: many who may
// apply a plan may not ask it.
func Lacking(ctx context.Context, c Caller, caller string, needs policy.Document) ([]string, error) {
	who, err := principal(ctx, c, caller)
	if err != nil {
		return nil, err
	}
	if len(needs.Statements) > 0 { // who may not ask is told so once
		if _, err := c.Call(ctx, simulation(who, needs.Statements[0])); err != nil {
			return nil, fmt.Errorf("simulate the caller's policies: %w", err)
		}
	}
	d := newDesk(c, 0)
	found, errs := make([][]string, len(needs.Statements)), make([]error, len(needs.Statements))
	var all sync.WaitGroup
	for i, s := range needs.Statements {
		if variable(s) {
			continue // only a real request has its value
		}
		all.Go(func() {
			answer, err := d.send(ctx, simulation(who, s))
			if err != nil {
				errs[i] = fmt.Errorf("simulate the caller's policies: %w", err)
				return
			}
			found[i], errs[i] = query.Texts(answer, "EvaluationResults[?EvalDecision!='allowed'].join(' on ', [EvalActionName, EvalResourceName])")
		})
	}
	all.Wait()
	var lacking []string
	for _, f := range slices.Concat(found...) {
		if !slices.Contains(lacking, f) {
			lacking = append(lacking, f)
		}
	}
	return lacking, errors.Join(errs...)
}

// variable says that a condition compares with what IAM fills in: "${aws:userid}".
func variable(s policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") })
	})
}

// simulation asks about one statement, in the context that its conditions want.
func simulation(who string, s policy.Statement) plan.Call {
	var entries []plan.Object
	for _, cond := range s.Conditions {
		entries = append(entries, plan.In("ContextKeyName", cond.Key, "ContextKeyType", "stringList", "ContextKeyValues", cond.Values))
	}
	return plan.NewCall("iam", "SimulatePrincipalPolicy",
		"PolicySourceArn", who, "ActionNames", s.Actions, "ResourceArns", s.Resources, "ContextEntries", entries)
}

// principal is whose policies count: a session's are those of its role, whose path only IAM knows (IAM User
// Guide, IAM identifiers).
func principal(ctx context.Context, c Caller, arn string) (string, error) {
	_, session, is := strings.Cut(arn, ":assumed-role/")
	if !is {
		return arn, nil
	}
	name, _, _ := strings.Cut(session, "/")
	answer, err := c.Call(ctx, plan.NewCall("iam", "GetRole", "RoleName", name))
	if err != nil {
		return "", fmt.Errorf("look at the caller's role: %w", err)
	}
	return query.Text(answer, "Role.Arn")
}
