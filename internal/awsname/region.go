package awsname

import (
	"slices"

	"github.com/agext/levenshtein"
)

// regions are those of botocore's partitions.json in 2026. They serve warnings alone: a new region needs no release.
var regions = []string{
	"us-east-1", "us-east-2", "us-west-1", "us-west-2", "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
	"ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
	"ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2",
	"eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
	"me-south-1", "mx-central-1", "sa-east-1", "cn-north-1", "cn-northwest-1", "eusc-de-east-1", "us-iso-east-1",
	"us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "eu-isoe-west-1", "us-isof-east-1", "us-isof-south-1",
	"us-gov-east-1", "us-gov-west-1",
}

// Doubt is a warning about a region that may be a typing error; "" for one that is known.
func Doubt(region string) string {
	if region == "" || slices.Contains(regions, region) {
		return ""
	}
	text := brief(region) + " is not a region that onramp knows"
	best, least := "", 3
	for _, r := range regions {
		if d := levenshtein.Distance(region, r, nil); d < least {
			best, least = r, d
		}
	}
	if best != "" {
		text += "; did you mean " + best + "?"
	}
	return text
}
