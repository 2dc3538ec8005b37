// Package documents renders the policy documents of a plan as JSON: one file for each, or all of
// them in one object. It is what the wizard's preview shows, too.
package documents

import (
	"bytes"
	"encoding/json"
	"fmt"

	"onramp/internal/plan"
	"onramp/render"
)

// Files gives one file for each document: "role-trust.json". A value that AWS has yet to give
// stands in it as plan.Unknown.
func Files(p plan.Plan) []render.File {
	var out []render.File
	for _, d := range p.Documents() {
		out = append(out, render.File{Name: d.File + ".json", Data: append(Text(d.Document), '\n')})
	}
	return out
}

// Text is one document as people read it, without a line feed at its end.
func Text(d plan.Document) []byte { return d.Policy.Map(plan.Shown).JSON() }

// Object gives all documents in one JSON object under the names of their files without the ending,
// in the order of the plan.
func Object(p plan.Plan) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, d := range p.Documents() {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", d.File, d.Policy.Map(plan.Shown).Compact())
	}
	b.WriteByte('}')
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("indent documents: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
