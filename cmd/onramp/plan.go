package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"onramp/internal/apply"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/term"
	"onramp/render/planjson"
	"onramp/render/tree"
)

func (a *app) planCmd() *cobra.Command {
	var detailed bool
	c := &cobra.Command{
		Use: "plan GUIDE", Short: "Show what would be done, and do nothing", Args: a.guideArg, ValidArgsFunction: a.guideNames,
		Long: "plan looks at the account and shows what apply would do. It makes no call that changes anything.\n" +
			"With --offline it makes no call at all and shows what would be done in an account that holds nothing yet.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.plan(cmd.Context(), args[0], detailed) },
	}
	a.guideFlags(c)
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when there is something to do")
	return c
}

func (a *app) plan(ctx context.Context, guide string, detailed bool) error {
	w, err := a.load(ctx, guide)
	if err != nil {
		return err
	}
	findings, err := w.inspect(ctx)
	if err != nil {
		return err
	}
	if err := a.printPlan(w, findings); err != nil {
		return err
	}
	if n := len(planjson.Obstacles(w.plan, findings)); n > 0 {
		return &hinted{fmt.Errorf("cannot apply the plan to this account: %d of %d cannot be done", n, len(w.plan.Resources)), "fix the cause, or change the answers"}
	}
	if detailed && pending(w.plan, findings) {
		return errDifferences
	}
	return nil
}

// inspect looks at the account; offline there is nothing to look at.
func (w *work) inspect(ctx context.Context) (map[string]apply.Finding, error) {
	if w.client == nil {
		return nil, nil
	}
	return apply.Inspect(ctx, w.plan, w.client)
}

// pending says whether apply would have something to do.
func pending(p plan.Plan, findings map[string]apply.Finding) bool {
	if findings == nil {
		return len(p.Resources) > 0
	}
	for _, f := range findings {
		if f.Action == plan.Create || f.Action == plan.Update || f.Problem != "" {
			return true
		}
	}
	return false
}

func (a *app) printPlan(w *work, findings map[string]apply.Finding) error {
	if !a.flags.json {
		_, err := io.WriteString(a.out, planText(w.plan, findings))
		return err
	}
	operator, err := permissions.Operator(w.plan)
	if err != nil {
		return err
	}
	data, err := planjson.Render(planjson.Input{Plan: w.plan, Findings: findings, Operator: operator})
	if err != nil {
		return err
	}
	_, err = a.out.Write(data)
	return err
}

// planText is the plan as people read it.
func planText(p plan.Plan, findings map[string]apply.Finding) string {
	var b strings.Builder
	seen := "the account was not looked at"
	if findings != nil {
		seen = "as the account is now"
	}
	fmt.Fprintf(&b, "%s\naccount %s, region %s, plan %s (%s)\n\n", p.Title, p.Target.Account, p.Target.Region, p.Hash(), seen)
	b.WriteString(tree.Render(p, findings) + "\n" + tree.Legend + "\n")
	section(&b, "Warnings", len(p.Warnings), func(i int) string { return p.Warnings[i].Text + "\n    remedy: " + p.Warnings[i].Remedy })
	section(&b, "Costs", len(p.Costs), func(i int) string { return p.Costs[i].Text })
	section(&b, "Files", len(p.Files), func(i int) string { return p.Files[i].Name + ": " + p.Files[i].Title })
	section(&b, "To hand over", len(p.HandOver), func(i int) string { return handOver(p.HandOver[i]) })
	section(&b, "Afterwards", len(p.FollowUps), func(i int) string { return p.FollowUps[i].Title + ", when " + p.FollowUps[i].When })
	b.WriteString(cannotBeDone(p, findings))
	return term.Clean(plan.Shown(b.String()))
}

// cannotBeDone is the last that is said of a plan: how much of it cannot be done, and why.
func cannotBeDone(p plan.Plan, findings map[string]apply.Finding) string {
	obstacles := planjson.Obstacles(p, findings)
	switch len(obstacles) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("\n1 of %d cannot be done: %s\n", len(p.Resources), obstacles[0].Text)
	}
	out := fmt.Sprintf("\n%d of %d cannot be done:\n", len(obstacles), len(p.Resources))
	for _, o := range obstacles {
		out += "  - " + o.Text + "\n"
	}
	return out
}

func handOver(v plan.Value) string {
	return v.Name + ": " + cmp.Or(v.Value, "leave it empty") + " (" + v.For + ")"
}

func section(b *strings.Builder, title string, n int, item func(int) string) {
	if n == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	for i := range n {
		b.WriteString("  - " + item(i) + "\n")
	}
}
