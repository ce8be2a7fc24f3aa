package pyindex

import (
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// EstimateUnpacked returns what the file's content will probably take once it
// is installed, and in words from what that was concluded. The ratios of
// unpacked to download were measured over the wheels of common projects:
// compiled 2.9 (2.4 to 3.9), pure Python 3.6 (1.4 to 5.3), nvidia's 1.5.
// A source distribution is built first: its result is unknown.
func EstimateUnpacked(f *File) (a bytesize.Amount, basis string) {
	if f.Size.Basis == bytesize.Unknown {
		return a, "the size of the download is not known"
	}
	if !f.IsWheel() {
		return a, "built from source: the result is not known before it is built"
	}
	ratio, kind := 2.9, "a compiled wheel"
	w, err := pep.ParseWheelName(f.Filename)
	switch {
	case strings.HasPrefix(strings.ToLower(f.Filename), "nvidia_"):
		ratio, kind = 1.5, "a wheel of CUDA libraries"
	case err == nil && w.Pure():
		ratio, kind = 3.6, "a pure Python wheel"
	}
	text := map[float64]string{1.5: "1.5", 2.9: "2.9", 3.6: "3.6"}[ratio]
	return bytesize.About(int64(float64(f.Size.Size) * ratio)), "estimate: " + text + " times the download, as usual for " + kind
}
