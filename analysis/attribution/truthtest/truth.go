// Package truthtest compares what this module says about an image with the
// figures of shared/images/60-truth.py, a script that shares no code with it. The
// tests of several packages do so on their own ways to the same figures.
package truthtest

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// A Truth is what shared/images/60-truth.py writes about an image.
type Truth struct {
	RPMQA string `json:"-"` // file with what rpm -qa said

	Totals struct {
		Layers            int
		CompressedBytes   int64 `json:"compressed_bytes"`
		UncompressedBytes int64 `json:"uncompressed_bytes"`
		ContentBytes      int64 `json:"content_bytes"`
		Entries, Files    int
	}
	Rootfs struct {
		Files, Dirs, Symlinks, Devices int
		FileNames                      int `json:"file_names"`
		Bytes                          int64
		BytesByName                    int64 `json:"bytes_by_name"`
	}
	Waste struct {
		Bytes int64
		Files int
		ByWhy map[string]struct {
			Bytes int64
			Files int
		} `json:"by_why"`
		Top []struct {
			Path     string
			Bytes    int64
			Layer    int
			KilledBy int `json:"killed_by"`
			Why      string
		}
	}
	Duplicates struct {
		Groups int
		Bytes  int64
		Top    []struct {
			BytesSaved int64 `json:"bytes_saved"`
			Size       int64
			Count      int
			Paths      []string
		}
	}
	Largest []struct {
		Path  string
		Bytes int64
		Layer int
	}
	Setuid []struct{ Path, Mode string }
	Dirs   map[string]int64
	Layers []struct {
		Digest, Compression                                           string
		DiffID                                                        string `json:"diff_id"`
		Missing                                                       bool   `json:"missing_blob"`
		Entries, Files, Dirs, Symlinks, Hardlinks, Devices, Whiteouts int
		Opaque                                                        int
		AufsMeta                                                      int   `json:"aufs_meta"`
		ContentBytes                                                  int64 `json:"content_bytes"`
		CompressedBytes                                               int64 `json:"compressed_bytes"`
		UncompressedBytes                                             int64 `json:"uncompressed_bytes"`
		SurvivingBytes                                                int64 `json:"surviving_bytes"`
		WastedBytes                                                   int64 `json:"wasted_bytes"`
		WastedFiles                                                   int   `json:"wasted_files"`
	}
	Python struct {
		Count, WithRecord int
		Bytes             int64
		Dists             []struct {
			Name, Normalized, Version, Kind, Metadata, Site string
			Installer                                       string
			Requires                                        []string
			Record                                          bool
			Bytes                                           int64
			Files, Missing                                  int
			PycBytes                                        int64 `json:"pyc_bytes"`
		}
	}
	Dpkg struct {
		Count    int
		Bytes    int64
		Packages []struct {
			Name, Version, Arch string
			Bytes               int64
			Files, Missing      int
			Statusd             bool
		}
	}
	Apk []struct {
		Name, Version  string
		Bytes          int64
		Files, Missing int
	}
	Node struct {
		Count int
		Bytes int64
		Top   []struct {
			Path  string
			Bytes int64
			Files int
		}
	}
}

// A Form is how an image relates to the one that a truth is about.
type Form int

// The forms.
const (
	Same     Form = iota
	Wrapped       // the same tar streams, compressed otherwise
	Repacked      // the same files, in other tar streams
)

// Corpus returns the folder that shared/images/all.sh filled, which CORPUS
// names. Without it the test is skipped.
func Corpus(t *testing.T) string {
	t.Helper()
	home, _ := os.UserHomeDir()
	dir := cmp.Or(os.Getenv("CORPUS"), filepath.Join(home, ".cache", "weighline-corpus"))
	if layouts, _ := filepath.Glob(filepath.Join(dir, "images", "*.oci")); len(layouts) == 0 {
		t.Skipf("no images in %s: run shared/images/all.sh", dir)
	}
	return dir
}

// Load reads the truth about an image. Without it the test is skipped.
func Load(t *testing.T, file string) *Truth {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("no truth: %v", err)
	}
	w := &Truth{RPMQA: file[:len(file)-len(".json")] + ".rpm-qa.json"}
	if err := json.Unmarshal(b, w); err != nil {
		t.Fatal(err)
	}
	return w
}

// Check compares all that is in an image with the truth about it, and logs how
// many figures that were.
func (w *Truth) Check(t *testing.T, indexes []*layer.Index, tree *layer.Tree, ledger *attribution.Ledger, how Form) {
	t.Helper()
	c := &checker{t: t}
	if how != Repacked {
		checkLayers(c, w, indexes, tree, how == Wrapped)
		checkRoot(c, w, tree)
		checkWaste(c, w, tree)
		checkDuplicates(c, w, tree)
	}
	checkPackages(c, w, tree, ledger)
	t.Logf("%d figures", c.checks)
}

// A checker compares figures.
type checker struct {
	t      *testing.T
	checks int
}

func equal[T comparable](c *checker, what string, got, want T) {
	c.t.Helper()
	if c.checks++; got != want {
		c.t.Errorf("%s = %v, want %v", what, got, want)
	}
}
