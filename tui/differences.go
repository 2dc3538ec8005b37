package tui

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// differences is a document with what the account has otherwise than the plan: line by line, what is there with a minus,
// what would be there with a plus.
func differences(p plan.Plan, found map[string]apply.Finding) []Tab {
	var out []string
	for _, res := range p.Resources {
		for _, d := range found[res.ID].Differences {
			if len(out) > 0 {
				out = append(out, "")
			}
			out = append(out, plan.Shown(res.Spec.Label()+": "+d.Step))
			out = append(out, indent(diff(laidOut(d.Was), laidOut(d.Will)), "  ")...)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return []Tab{{Title: "differences", Text: strings.Join(out, "\n")}}
}

// laidOut are the lines of a text; of JSON, those of its usual layout.
func laidOut(text string) []string {
	var b bytes.Buffer
	if strings.ContainsAny(text, "{[") && json.Indent(&b, []byte(text), "", "  ") == nil {
		text = b.String()
	}
	if text == "" {
		return nil
	}
	return split(text)
}

// diff are the lines of both texts in their order: those of one only with their sign.
func diff(have, want []string) []string {
	var out []string
	at := 0
	for _, d := range lcs.DiffLines(have, want) {
		out = append(out, indent(have[at:d.Start], "  ")...)
		out = append(out, indent(have[d.Start:d.End], "- ")...)
		out = append(out, indent(want[d.ReplStart:d.ReplEnd], "+ ")...)
		at = d.End
	}
	return append(out, indent(have[at:], "  ")...)
}
