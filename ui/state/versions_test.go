package state

import (
	"slices"
	"testing"

	"weighline/analysis/bytesize"
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

// TestUnknownDownloads: what an image alone has is ordered by what it weighs there.
func TestUnknownDownloads(t *testing.T) {
	s := &Session{Sort: Sort{By: ByDownload}}
	small, big, known := &Row{Unpacked: bytesize.Of(5)}, &Row{Unpacked: bytesize.Of(9)}, &Row{Download: bytesize.Of(1), Unpacked: bytesize.Of(2)}
	compare := s.comparison()
	if compare(small, big) >= 0 || compare(big, known) >= 0 {
		t.Errorf("small against big is %d, big against known %d", compare(small, big), compare(big, known))
	}
}
