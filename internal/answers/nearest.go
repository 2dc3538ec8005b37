package answers

import (
	"fmt"
	"strings"
)

// nearest is the remedy for an unknown key: the known key that is written most like it.
func nearest(guide string, fields []Field, key string) string {
	best, distance := "", len(key)/2+1
	for _, f := range fields {
		for _, candidate := range append([]string{f.Key}, parents(f.Key)...) {
			if d := edits(key, candidate); d < distance {
				best, distance = candidate, d
			}
		}
	}
	if best == "" {
		return "remove it; `onramp questions " + guide + "` lists the keys"
	}
	return fmt.Sprintf("did you mean %s?", best)
}

func parents(key string) []string {
	var out []string
	for i := range key {
		if key[i] == '.' {
			out = append(out, key[:i])
		}
	}
	return out
}

// edits is the Levenshtein distance, in bytes: keys are ASCII.
func edits(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
