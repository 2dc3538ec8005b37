package steps_test

import (
	"testing"

	"onramp/steps"
)

func TestStanding(t *testing.T) {
	for name, c := range map[string]struct {
		s        steps.Standing
		notice   string
		warnings int
	}{
		"nothing to say":      {},
		"a closed service":    {steps.Standing{Status: steps.Closed, Banner: "b", Remedy: "r"}, "closed: b", 1},
		"a preview":           {steps.Standing{Status: steps.Preview, Banner: "b"}, "preview: b", 1},
		"a current service":   {steps.Standing{Banner: "b"}, "b", 1},
		"a status by its own": {steps.Standing{Status: steps.Closed}, "", 0},
	} {
		warnings := c.s.Warnings()
		if c.s.Notice() != c.notice || len(warnings) != c.warnings || c.warnings > 0 && (warnings[0].Text != c.s.Banner || warnings[0].Remedy != c.s.Remedy) {
			t.Errorf("%s: %q, %+v", name, c.s.Notice(), warnings)
		}
	}
}
