package redshiftml_test

import (
	"context"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/lookup"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
	"onramp/steps/redshiftml"
)

// TestTracksOfAnswersFiles: the track of the first document is explained, in whatever way it is written.
func TestTracksOfAnswersFiles(t *testing.T) {
	for answer, says := range map[string]string{
		"": "", "current": "", "Current": "",
		"sql_preview": "generally available", "SQL_PREVIEW": "generally available", `SQL\_PREVIEW`: "generally available", "sql-preview": "generally available",
		"trailing": "chooses no maintenance track", "preview_2023": "chooses no maintenance track",
	} {
		for _, warehouse := range []given{{}, newCluster, serverless} {
			p, _, problems := attempt(with(warehouse, given{"warehouse.track": answer}))
			switch {
			case says == "" && (len(problems) > 0 || p.Hash() != build(t, with(warehouse)).Hash()):
				t.Errorf("%q changes the plan: %v", answer, problems)
			case says != "" && (len(problems) != 1 || problems[0].Key != "warehouse.track" || !strings.Contains(problems[0].Text, says) || problems[0].Remedy == ""):
				t.Errorf("%q: %v", answer, problems)
			}
		}
	}
}

// TestNobodyIsAskedForATrack who has not named one.
func TestNobodyIsAskedForATrack(t *testing.T) {
	for _, asked := range []bool{false, true} {
		g := with(newCluster)
		if asked {
			g["warehouse.track"] = "current"
		}
		seen := false
		for _, p := range redshiftml.Guide().Sequence(g.set()) {
			seen = seen || p.Question.Key == "warehouse.track"
		}
		if seen != asked {
			t.Errorf("answered %v, asked %v", asked, seen)
		}
	}
}

// onTrack is an account whose clusters are all on one track.
type onTrack struct {
	apply.Caller
	track string
}

// Call implements apply.Caller.
func (o onTrack) Call(ctx context.Context, c plan.Call) (any, error) {
	answer, err := o.Caller.Call(ctx, c)
	if fields, is := answer.(map[string]any); is && c.Name() == "redshift:DescribeClusters" {
		clusters, _ := fields["Clusters"].([]any)
		for _, cluster := range clusters {
			cluster.(map[string]any)["MaintenanceTrackName"] = o.track
		}
	}
	return answer, err
}

func TestTracksInThePickList(t *testing.T) {
	c, _ := client(t, practice.Settings{})
	for track, note := range map[string]string{
		"SQL_PREVIEW": "track SQL_PREVIEW (neither current nor trailing)", "preview_2023": "track preview_2023 (neither current nor trailing)",
		"current": "", "trailing": "", "": "",
	} {
		l, err := list(t, onTrack{c, track}, "clusters", chosen("cluster"))
		have := shown(lookup.List{Items: l.Items[:1]})
		if err != nil || note == "" && strings.Contains(have, "track") || !strings.Contains(have, note) {
			t.Errorf("%q: %s %v", track, have, err)
		}
	}
}

// TestClusterOnThePreviewTrack is explained when the account is looked at, and nothing is changed.
func TestClusterOnThePreviewTrack(t *testing.T) {
	p := plantest.Resolved(t, redshiftml.Guide(), with(given{"account": practice.Number}).set())
	for track, refused := range map[string]bool{"SQL_PREVIEW": true, "sql_preview": true, "current": false, "trailing": false, "preview_2023": false, "": false} {
		c, account := client(t, practice.Settings{})
		findings, err := apply.Inspect(t.Context(), p, onTrack{c, track})
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(findings["warehouse-roles"].Problem, "generally available since 2021"); said != refused {
			t.Errorf("%q: %+v", track, findings["warehouse-roles"])
		}
		if !refused {
			continue
		}
		if _, err = apply.Run(t.Context(), p, onTrack{c, track}, apply.Options{Consent: apply.Agree(findings)}); err == nil || !strings.Contains(err.Error(), "needs no track") {
			t.Errorf("%q: apply: %v", track, err)
		}
		for _, made := range account.Calls() {
			if made.Mutating {
				t.Errorf("%q: %s was made", track, made.Op)
			}
		}
	}
}

// TestDocument000IsDocumented: the policy of the preview's document is the one that role.policy documented builds. To be JSON,
// what it prints lost one comment, and the five placeholders got names; nothing else was changed.
func TestDocument000IsDocumented(t *testing.T) {
	data := raw(t, "document-000.txt")
	if found := comment.FindAllString(data, -1); len(found) != 1 || found[0] != "// Optional section needed if you use KMS keys." {
		t.Errorf("comments %q", found)
	}
	names := map[string]bool{}
	for _, after := range strings.Split(data, "<your-")[1:] {
		name, _, _ := strings.Cut(after, ">")
		names[name] = true
	}
	if len(names) != 5 {
		t.Errorf("placeholders %v", names)
	}
	want, _, _ := sourcePolicies(t, "document-000.txt")
	p := build(t, with(documented))
	if got := settled(p, find(t, p, "role-policy-permissions").Policy); !policy.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got.JSON(), want.JSON())
	}
	if of2023, _, _ := sourcePolicies(t, "document-001.txt"); !policy.Equal(want, of2023) {
		t.Errorf("the two documents differ:\n%s\n%s", want.JSON(), of2023.JSON())
	}
}
