package redshiftml

import (
	"strings"
)

// track is what stands for a maintenance track of the answers file (Amazon Redshift Management Guide, Tracks). The first of
// AWS's documents began with a cluster on SQL_PREVIEW, and wrote it with a backslash: Redshift ML was in preview then.
func track(answer string) string {
	return strings.ToLower(strings.NewReplacer(`\`, "", "-", "_", " ", "_").Replace(answer))
}

// judgeTrack explains what a track that is asked for has become, since a plan that passed over it would promise what it does
// not do.
func (b *builder) judgeTrack() {
	const leave = "leave warehouse.track out, or answer it with current"
	switch track(b.text("warehouse.track")) {
	case "", "current":
	case "sql_preview":
		b.problem("warehouse.track", "was the track of Redshift ML's preview in 2020; Redshift ML has been generally available since 2021 and needs no track: "+
			"clusters are on current, unless trailing was chosen", leave)
	default:
		b.problem("warehouse.track", "onramp chooses no maintenance track: a new cluster is made on current, and one that exists stays on its own", leave+"; a cluster's track is changed in the Redshift console")
	}
}
