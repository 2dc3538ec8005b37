package picture_test

import (
	"strings"
	"testing"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/testenv"
	"onramp/render/picture"
)

// TestText: everything that a graph has is in its lines, and a broad arrow is marked.
func TestText(t *testing.T) {
	g := picture.Graph{
		VPC: "vpc-1",
		Nodes: []picture.Node{
			{Place: picture.Who, Kind: "User group", Name: "analysts", Notes: []string{"CREATE on schema ml"}, Mark: "+"},
			{Place: picture.Way, Kind: "IAM role", Name: "ml", Mark: "~", Network: true},
			{Place: picture.Reached, Kind: "S3 buckets", Name: "*redshift*", Broad: true},
			{Place: picture.Reached, Kind: "Service of AWS", Name: "Amazon SageMaker", Foreign: true},
		},
		Edges: []picture.Edge{{From: 0, To: 1, Text: "assumes"}, {From: 1, To: 2, Text: "reads", Broad: true}, {From: 1, To: 3}},
		Notes: []string{"roles are open"},
	}
	want := `Users
  + User group analysts
      CREATE on schema ml
      -> IAM role ml: assumes

Acts through
  ~ IAM role ml
      in vpc-1
      => S3 buckets *redshift*: reads  (!)
      -> Service of AWS Amazon SageMaker

Reaches
    S3 buckets *redshift*
      more than the plan names
    Service of AWS Amazon SageMaker
      AWS's

Roles are open.
`
	if got := picture.Text(g); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTextOfPlans: each thing and each arrow of a plan's picture has its line.
func TestTextOfPlans(t *testing.T) {
	sample := testenv.OneOf(t, 29)
	for name, p := range plantest.All() {
		if !sample.Takes() {
			continue
		}
		g := picture.Of(p, nil)
		text := picture.Text(g)
		for _, n := range g.Nodes {
			if !strings.Contains(text, n.Label()+"\n") {
				t.Errorf("%s: %s is missing", name, n.Label())
			}
		}
		if got := strings.Count(text, "-> ") + strings.Count(text, "=> "); got != len(g.Edges) {
			t.Errorf("%s: %d arrows, want %d", name, got, len(g.Edges))
		}
	}
}
