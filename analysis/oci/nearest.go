package oci

import (
	"cmp"
	"slices"
)

// nearest returns up to n of the tags, the most like want first: by edit
// distance, then by the length of the common start.
func nearest(want string, tags []string, n int) []string {
	type scored struct {
		tag          string
		dist, common int
	}
	if len(tags) > 20_000 {
		tags = tags[:20_000] // enough to find one that is close
	}
	all := make([]scored, len(tags))
	for i, t := range tags {
		common := 0
		for common < min(len(t), len(want)) && t[common] == want[common] {
			common++
		}
		all[i] = scored{t, distance(want, t), common}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.dist, b.dist), cmp.Compare(b.common, a.common), cmp.Compare(a.tag, b.tag))
	})
	var out []string
	for _, s := range all[:min(n, len(all))] {
		out = append(out, clean(s.tag))
	}
	return out
}

// distance is Levenshtein's, over bytes; long strings are cut.
func distance(a, b string) int {
	a, b = a[:min(len(a), 128)], b[:min(len(b), 128)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
