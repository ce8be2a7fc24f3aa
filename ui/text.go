package ui

import (
	"sort"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/ui/texts"
)

// printable makes a name from an image harmless to show.
func printable(s string) string { return layer.Printable(s) }

// exact is the tooltip of a size.
func exact(a bytesize.Amount) string {
	switch a.Basis {
	case bytesize.Known:
		return a.Size.Exact()
	case bytesize.Estimated:
		return texts.F("about %s", a.Size.Exact())
	}
	return texts.T("unknown")
}

// share is part of whole, from 0 to 1.
func share(part, whole bytesize.Size) float32 {
	if whole <= 0 {
		return 0
	}
	return float32(float64(part) / float64(whole))
}

func sortBy[T any](list []T, less func(a, b T) bool) {
	sort.SliceStable(list, func(i, j int) bool { return less(list[i], list[j]) })
}
