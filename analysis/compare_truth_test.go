//go:build truth

package analysis_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/attribution/truthtest"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci"
)

// A comparedTruth is what testdata/compare_truth.py computes from the truth about
// two images.
type comparedTruth struct {
	Totals struct {
		Download, Unpacked, Layers struct{ A, B, Delta int64 }
	}
	Layers struct {
		Shared []string
		OnlyA  []string `json:"only_a"`
		OnlyB  []string `json:"only_b"`
		Pull   int64
		Pairs  [][2]int
	}
	Python, Dpkg []truthChange
}

type truthChange struct {
	Key      string // name; of Python's with the site behind a blank
	Change   string
	VersionA *string `json:"version_a"`
	VersionB *string `json:"version_b"`
	Delta    *int64  // nil if the package has no list of its files
}

// compareTruth compares two images of the corpus and has the script do the same
// with the truth about them.
func compareTruth(t *testing.T, nameA, nameB string) (*analysis.Comparison, comparedTruth) {
	t.Helper()
	corpus := truthtest.Corpus(t)
	open := func(name string, known ...*analysis.Build) *analysis.Build {
		b, err := analysis.Analyze(t.Context(), analysis.Input{Image: filepath.Join(corpus, "images", name+".oci")}, analysis.Options{Known: known})
		check(t, err)
		return b
	}
	a := open(nameA)
	c := analysis.Compare(a, open(nameB, a))
	out, err := exec.CommandContext(t.Context(), "python3", "testdata/compare_truth.py",
		filepath.Join(corpus, "truth", nameA+".json"), filepath.Join(corpus, "truth", nameB+".json")).Output()
	check(t, err)
	var want comparedTruth
	check(t, json.Unmarshal(out, &want))
	return c, want
}

// TestTruthCompare compares two real versions of an image with a comparison that a
// script makes from the truth about them.
func TestTruthCompare(t *testing.T) {
	for _, pair := range [][2]string{{"pyapp-1.0", "pyapp-1.1"}, {"pyapp-1.1", "pyapp-1.0"}, {"pyapp-1.0", "pyapp-1.0"}, {"distroless-py", "pyapp-1.1"}} {
		t.Run(pair[0]+" "+pair[1], func(t *testing.T) {
			c, want := compareTruth(t, pair[0], pair[1])
			checkCompareTotals(t, c, want)
			checkCompareLayers(t, c, want)
			checkChanges(t, c, attribution.Python, want.Python, true)
			// A file that a Python distribution lists, too, is not the Debian package's.
			checkChanges(t, c, attribution.Deb, want.Dpkg, false)
		})
	}
}

func checkCompareTotals(t *testing.T, c *analysis.Comparison, want comparedTruth) {
	t.Helper()
	for name, x := range map[string]struct {
		got  analysis.Totals
		want struct{ A, B, Delta int64 }
	}{"download": {c.Download, want.Totals.Download}, "unpacked": {c.Unpacked, want.Totals.Unpacked}} {
		if int64(x.got.A.Size) != x.want.A || int64(x.got.B.Size) != x.want.B || x.got.Delta() != bytesize.Of(x.want.Delta) {
			t.Errorf("%s = %d and %d, difference %v, want %+v", name, x.got.A.Size, x.got.B.Size, x.got.Delta(), x.want)
		}
	}
}

func checkCompareLayers(t *testing.T, c *analysis.Comparison, want comparedTruth) {
	t.Helper()
	l := c.Layers
	if !slices.Equal(l.Shared, want.Layers.Shared) || !slices.Equal(l.OnlyA, want.Layers.OnlyA) || !slices.Equal(l.OnlyB, want.Layers.OnlyB) || l.Pull != bytesize.Of(want.Layers.Pull) {
		t.Errorf("layers = %d shared, %d, %d, pull %v; want %d, %d, %d, %d", len(l.Shared), len(l.OnlyA), len(l.OnlyB), l.Pull,
			len(want.Layers.Shared), len(want.Layers.OnlyA), len(want.Layers.OnlyB), want.Layers.Pull)
	}
	var pairs [][2]int
	for _, p := range l.Pairs {
		if p.Match == analysis.Shared {
			pairs = append(pairs, [2]int{p.A, p.B})
		}
	}
	if !slices.Equal(pairs, want.Layers.Pairs) {
		t.Errorf("shared layers beside each other: %v, want %v", pairs, want.Layers.Pairs)
	}
}

// checkChanges compares the changes of one kind. That a package moved to another
// layer the truth does not tell.
func checkChanges(t *testing.T, c *analysis.Comparison, kind attribution.Kind, want []truthChange, bytes bool) {
	t.Helper()
	got := map[string][]analysis.PackageChange{}
	n := 0
	for _, x := range c.Changes {
		if x.Kind != kind {
			continue
		}
		n++
		key := x.Name
		if kind == attribution.Python {
			side := x.A
			if side == nil {
				side = x.B
			}
			key += " " + path.Dir(side.Path)
		}
		got[key] = append(got[key], x)
	}
	if n != len(want) {
		t.Errorf("%d %s packages, want %d", n, kind, len(want))
	}
	for _, w := range want {
		if len(got[w.Key]) == 0 {
			t.Errorf("%s %s is missing", kind, w.Key)
			continue
		}
		x := got[w.Key][0]
		got[w.Key] = got[w.Key][1:]
		change := x.Change
		if same := x.A != nil && x.B != nil && x.A.Version == x.B.Version; same && (!bytes || w.Delta == nil || x.Moved && *w.Delta == 0) {
			change = attribution.Same
		}
		if change != w.Change || version(x.A) != text(w.VersionA) || version(x.B) != text(w.VersionB) {
			t.Errorf("%s %s = %s %s → %s, want %s %s → %s", kind, w.Key, change, version(x.A), version(x.B), w.Change, text(w.VersionA), text(w.VersionB))
		}
		if got := listed(c.B, &x, x.B) - listed(c.A, &x, x.A); bytes && w.Delta != nil && got != *w.Delta {
			t.Errorf("%s %s: difference %d, want %d", kind, w.Key, got, *w.Delta)
		}
	}
}

// listed returns what a package has of the files in its own list: the script counts
// no bytecode that nobody lists.
func listed(b *analysis.Build, x *analysis.PackageChange, side *analysis.PackageSide) int64 {
	if side == nil {
		return 0
	}
	for _, p := range b.Ledger().Packages {
		if p.Kind == x.Kind && p.Name == x.Name && p.Path == side.Path {
			return p.Claim.Bytes
		}
	}
	return -1
}

func version(s *analysis.PackageSide) string {
	if s == nil {
		return ""
	}
	return s.Version
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// TestTruthPlatforms compares two platforms of one index.
func TestTruthPlatforms(t *testing.T) {
	ref := filepath.Join(truthtest.Corpus(t), "images", "goapp-multi.oci")
	open := func(platform string) *analysis.Build {
		b, err := analysis.Analyze(t.Context(), analysis.Input{Image: ref}, analysis.Options{Image: oci.Options{Platform: platform}})
		check(t, err)
		return b
	}
	c := analysis.Compare(open("linux/amd64"), open("linux/arm64"))
	if c.Identical || c.A.Image.Digest == c.B.Image.Digest || c.A.Image.Platform != "linux/amd64" || !strings.HasPrefix(c.B.Image.Platform, "linux/arm64") {
		t.Fatalf("platforms %s and %s, identical %v", c.A.Image.Platform, c.B.Image.Platform, c.Identical)
	}
	if len(c.Layers.OnlyA) == 0 || len(c.Layers.OnlyB) == 0 || c.Layers.Pull.Size <= 0 || c.Files == nil || c.Files.Changed == 0 {
		t.Errorf("layers = %+v, files = %+v, want a binary that differs", c.Layers, c.Files)
	}
}

// TestTruthLock compares the pinned requirements of an image with the image that
// was built from them: each is installed, in the version that they have.
func TestTruthLock(t *testing.T) {
	corpus := truthtest.Corpus(t)
	file := filepath.Join(corpus, "work", "ctx-pyapp", "requirements.lock")
	if _, err := os.Stat(file); err != nil {
		t.Skip(err)
	}
	pinned, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{file}}, analysis.Options{})
	if pinned == nil {
		t.Fatal(err)
	}
	img, err := analysis.Analyze(t.Context(), analysis.Input{Image: filepath.Join(corpus, "images", "pyapp-1.0.oci")}, analysis.Options{})
	check(t, err)
	c := analysis.Compare(pinned, img)
	roots := pinned.Graph().Roots()
	if !c.ByGraph || len(roots) < 40 {
		t.Fatalf("by graph %v, %d requirements", c.ByGraph, len(roots))
	}
	for _, r := range roots {
		x := changeOf(t, c, string(r.Requirement.Name))
		if x.A == nil || x.B == nil {
			t.Errorf("%s = %s, want it in the image, too", x.Name, x.Change)
			continue
		}
		// Debian brings another one of some, in a site-packages folder of its own.
		if !slices.Contains(strings.Split(x.B.Version, ", "), x.A.Version) {
			t.Errorf("%s %s is pinned, and the image has %s", x.Name, x.A.Version, x.B.Version)
		}
	}
}

// A filesTruth is what testdata/compare_files.py says of two unpacked images.
type filesTruth struct {
	Added, Removed, Changed, Modes int
	Changes                        map[string]struct {
		A, B *int64
		Mode bool
	}
}

// TestTruthCompareFiles compares the files of two real versions of an image with
// what umoci makes of them on the disk, by their sizes, SHA-256 and modes.
func TestTruthCompareFiles(t *testing.T) {
	if _, err := exec.LookPath("umoci"); err != nil {
		t.Skip("umoci is not there")
	}
	for _, pair := range [][2]string{{"distroless-py", "alpine-like"}, {"pyapp-1.0", "pyapp-1.1"}} {
		t.Run(pair[0]+" "+pair[1], func(t *testing.T) {
			c, _ := compareTruth(t, pair[0], pair[1])
			out, err := exec.CommandContext(t.Context(), "python3", "testdata/compare_files.py", unpack(t, pair[0]), unpack(t, pair[1])).Output()
			check(t, err)
			var want filesTruth
			check(t, json.Unmarshal(out, &want))
			if got := (filesTruth{c.Files.Added, c.Files.Removed, c.Files.Changed, c.Files.Modes, nil}); got.Added != want.Added || got.Removed != want.Removed ||
				got.Changed != want.Changed || got.Modes != want.Modes {
				t.Errorf("files = %+v, want %d added, %d removed, %d changed, %d by mode", got, want.Added, want.Removed, want.Changed, want.Modes)
			}
			bad := 0
			for _, x := range c.Files.List {
				w, ok := want.Changes[x.Path]
				if ok && sameSize(x.A, w.A) && sameSize(x.B, w.B) && x.Mode == w.Mode {
					continue
				}
				if bad++; bad < 10 {
					t.Errorf("%s = %s, mode %v; want %+v, there %v", x.Path, sizes(x.A, x.B), x.Mode, w, ok)
				}
			}
			t.Logf("%d changes, %d of them wrong", len(c.Files.List), bad)
		})
	}
}

// unpack has umoci write an image to the disk, and returns its root.
func unpack(t *testing.T, name string) string {
	t.Helper()
	layout := filepath.Join(truthtest.Corpus(t), "images", name+".oci")
	list, err := exec.CommandContext(t.Context(), "umoci", "list", "--layout", layout).Output()
	check(t, err)
	tag, _, _ := strings.Cut(string(list), "\n")
	bundle := filepath.Join(t.TempDir(), name)
	args := []string{"unpack", "--keep-dirlinks", "--image", layout + ":" + tag, bundle}
	if os.Getuid() != 0 {
		args = append([]string{"unpack", "--rootless"}, args[1:]...)
	}
	if out, err := exec.CommandContext(t.Context(), "umoci", args...).CombinedOutput(); err != nil {
		t.Fatalf("umoci: %v\n%s", err, out)
	}
	return filepath.Join(bundle, "rootfs")
}

func sameSize(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func sizes(list ...*int64) string {
	var out []string
	for _, x := range list {
		text := "none"
		if x != nil {
			text = strconv.FormatInt(*x, 10)
		}
		out = append(out, text)
	}
	return strings.Join(out, " → ")
}
