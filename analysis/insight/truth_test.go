//go:build truth

package insight_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution/truthtest"
	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// TestTruth compares findings about real images with the figures of scripts that
// share no code with the program: waste by cause, duplicates, and the classes of
// the files that a RECORD lists.
func TestTruth(t *testing.T) {
	corpus := truthtest.Corpus(t)
	for _, name := range []string{"pyapp-1.0", "pyapp-1.1", "nodeapp-20", "distroless-py"} {
		t.Run(name, func(t *testing.T) {
			want := truthtest.Load(t, filepath.Join(corpus, "truth", name+".json"))
			layout := filepath.Join(corpus, "images", name+".oci")
			b, err := analysis.Analyze(t.Context(), analysis.Input{Image: layout}, analysis.Options{Image: oci.Options{Platform: "linux/amd64"}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, x := range b.Insights(t.Context()) {
				got[x.ID] = int64(x.Bytes.Size)
			}
			for id, why := range map[string]string{"waste-deleted": "deleted", "waste-overwritten": "overwritten", "waste-rewritten": "rewritten-identical", "waste-same-layer": "same-layer-duplicate"} {
				if got[id] != want.Waste.ByWhy[why].Bytes {
					t.Errorf("%s = %d, the truth is %d", id, got[id], want.Waste.ByWhy[why].Bytes)
				}
			}
			if got["duplicates"] != want.Duplicates.Bytes {
				t.Errorf("duplicates = %d, the truth is %d", got["duplicates"], want.Duplicates.Bytes)
			}
			checkClasses(t, b.Image, layout, got)
		})
	}
}

// checkClasses compares the classes of distributions with a RECORD with those of
// testdata/classes.py, and the findings with the classes of all distributions.
func checkClasses(t *testing.T, img *analysis.Image, layout string, got map[string]int64) {
	t.Helper()
	type sum [2]int64 // files, bytes
	all, recorded, want := map[fileclass.Class]int64{}, map[fileclass.Class]sum{}, map[fileclass.Class]sum{}
	for n, c := range img.Ledger.Classified() {
		all[c] += img.Tree.Size(n)
		i, _ := img.Ledger.Owner(n)
		if r, ok := img.Tree.Lookup(img.Ledger.Packages[i].Path + "/RECORD"); ok && img.Tree.Kind(r) == layer.File {
			s := recorded[c]
			recorded[c] = sum{s[0] + 1, s[1] + img.Tree.Size(n)}
		}
	}
	out, err := exec.CommandContext(t.Context(), "python3", "testdata/classes.py", layout).Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for _, c := range fileclass.All {
		if recorded[c] != want[c] {
			t.Errorf("%s of distributions with a RECORD: %v, the script counts %v", c, recorded[c], want[c])
		}
		if got["strip-"+string(c)] != all[c] {
			t.Errorf("strip-%s = %d, the files have %d", c, got["strip-"+string(c)], all[c])
		}
	}
}
