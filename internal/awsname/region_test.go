package awsname

import "testing"

func TestDoubt(t *testing.T) {
	for region, want := range map[string]string{
		"":               "",
		"us-east-1":      "",
		"us-esat-1":      `"us-esat-1" is not a region that onramp knows; did you mean us-east-1?`,
		"eu-wst-1":       `"eu-wst-1" is not a region that onramp knows; did you mean eu-west-1?`,
		"sa-northwest-4": `"sa-northwest-4" is not a region that onramp knows`,
	} {
		if got := Doubt(region); got != want {
			t.Errorf("%s: %q, want %q", region, got, want)
		}
	}
	for _, region := range regions {
		if err := Region(region); err != nil {
			t.Error(err)
		}
	}
}
