package state

import (
	"slices"
	"testing"
)

func TestCompareVersions(t *testing.T) {
	want := []string{"", "0.4", "0.4.1", "0.11.0", "0.22.1", "0.115.14", "1.9", "1.10", "1.10.post1", "2.7.1", "2.7.1+cu128", "12.2.0-14+deb12u1", "12.2.0-14+deb12u10"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareVersions)
	if !slices.Equal(got, want) {
		t.Errorf("sorted to %q, want %q", got, want)
	}
	if c := compareVersions("1.02", "1.2"); c != 0 {
		t.Errorf("1.02 against 1.2 is %d", c)
	}
}
