package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/term"
	"onramp/render/tree"
)

func (a *app) verifyCmd() *cobra.Command {
	var fix, yes, adopt bool
	c := &cobra.Command{
		Use: "verify GUIDE", Short: "Compare the account with the plan", Args: a.guideArg, ValidArgsFunction: a.guideNames,
		Long: "verify compares every property of the plan with the account: also whether roles are in-sync, endpoints are available and\n" +
			"grants are there. As far as you may, it asks IAM whether the role can do what it is for, and Access Analyzer about every\n" +
			"document. It changes nothing. Exit code 0: as planned; 2: differences. --fix repairs them as apply would.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.verify(cmd.Context(), args[0], fix, yes, adopt)
		},
	}
	c.Annotations = map[string]string{needsAccount: "yes"}
	a.guideFlags(c)
	c.Flags().BoolVar(&fix, "fix", false, "repair what differs, as apply does")
	c.Flags().BoolVar(&yes, "yes", false, "with --fix: do not ask")
	c.Flags().BoolVar(&adopt, "adopt", false, "with --fix: change what exists and was not made by onramp")
	return c
}

func (a *app) verify(ctx context.Context, guide string, fix, yes, adopt bool) error {
	if a.flags.offline {
		return &hinted{fmt.Errorf("verify cannot work offline"), "leave --offline out"}
	}
	w, err := a.load(ctx, guide)
	if err != nil {
		return err
	}
	v, err := apply.Verify(ctx, w.plan, w.client)
	if err != nil {
		return err
	}
	if fix && !v.Good() {
		if err := a.fix(ctx, w, v, yes, adopt); err != nil {
			return err
		}
		if v, err = apply.Verify(ctx, w.plan, w.client); err != nil {
			return err
		}
	}
	if err := a.printVerdict(w.plan, v); err != nil {
		return err
	}
	if !v.Good() {
		return errDifferences
	}
	return nil
}

// fix carries out what differs.
func (a *app) fix(ctx context.Context, w *work, v apply.Verdict, yes, adopt bool) error {
	agreed, err := a.agree(w.plan, v.Findings, yes, adopt)
	if err != nil {
		return err
	}
	return a.carryOut(ctx, w, "verify --fix", agreed)
}

func (a *app) printVerdict(p plan.Plan, v apply.Verdict) error {
	if a.flags.json {
		return a.verdictJSON(p, v)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\naccount %s, region %s, plan %s\n\n", p.Title, p.Target.Account, p.Target.Region, p.Hash())
	if v.Good() {
		b.WriteString(fmt.Sprintf("as planned: %d resources\n", len(p.Resources)))
	} else {
		b.WriteString(tree.Render(p, v.Findings) + "\n" + tree.Legend + "\n")
	}
	for _, r := range p.Resources {
		f := v.Findings[r.ID]
		for _, d := range f.Differences {
			fmt.Fprintf(&b, "\n%s: %s\n  is:      %s\n  planned: %s\n", r.Spec.Label(), d.Step, cmp.Or(d.Have, "nothing"), cmp.Or(d.Want, "there"))
			if d.Affects != "" {
				fmt.Fprintf(&b, "  affects: %s\n", d.Affects)
			}
		}
		for _, text := range f.Pending {
			fmt.Fprintf(&b, "\n%s: not ready yet: waiting until %s\n", r.Spec.Label(), text)
		}
		if f.Problem != "" {
			fmt.Fprintf(&b, "\n%s: %s\n", r.Spec.Label(), f.Problem)
		}
	}
	section(&b, "Found", len(v.Wrong), func(i int) string { return v.Wrong[i].Text })
	section(&b, "Notes", len(v.Notes), func(i int) string { return v.Notes[i].Text })
	_, err := fmt.Fprint(a.out, term.Clean(plan.Shown(b.String())))
	return err
}

func (a *app) verdictJSON(p plan.Plan, v apply.Verdict) error {
	resources := []map[string]any{}
	for _, r := range p.Resources {
		f := v.Findings[r.ID]
		one := map[string]any{"id": r.ID, "kind": r.Spec.Kind(), "name": r.Spec.Name(), "action": f.Action}
		if len(f.Differences) > 0 {
			one["differences"] = f.Differences
		}
		if len(f.Pending) > 0 {
			one["pending"] = f.Pending
		}
		if f.Problem != "" {
			one["problem"] = f.Problem
		}
		resources = append(resources, one)
	}
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"schema": 1, "guide": p.Guide, "account": p.Target.Account, "region": p.Target.Region, "hash": p.Hash(), "as_planned": v.Good(),
		"resources": resources, "found": append([]plan.Note{}, v.Wrong...), "notes": append([]plan.Note{}, v.Notes...),
	})
}
