package analysis_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// A folder in which no source could be read says nothing of what is used: that
// nothing was found there must not read as advice to drop everything.
func TestEvidenceOfNoSources(t *testing.T) {
	for name, text := range map[string]string{"README.md": "import requests", "broken.ipynb": "{"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{"requirements.txt"}},
				analysis.Options{Code: dir, Texts: map[string][]byte{"requirements.txt": []byte("requests==2.32.4\n")}})
			if err != nil {
				t.Fatal(err)
			}
			if b.Evidence != nil || b.Unused() != nil || b.Findings([]pep.Name{"requests"}) != nil {
				t.Errorf("evidence = %+v, unused %v, findings %v; want none", b.Evidence, b.Unused(), b.Findings([]pep.Name{"requests"}))
			}
			for _, x := range b.Insights(t.Context()) {
				if x.ID == "unused" {
					t.Errorf("a finding says %q", x.Title)
				}
			}
			for _, s := range b.Strategies(plan.Plan{}, plan.Speeds{}).List {
				if s.Packages != len(b.Graph().Nodes()) {
					t.Errorf("strategy %s has %d packages, want all %d", s.Name, s.Packages, len(b.Graph().Nodes()))
				}
			}
			told := false
			for _, w := range b.Warnings {
				told = told || strings.Contains(w.Text, "no Python source")
			}
			if !told {
				t.Errorf("warnings = %+v, want one that there is no source", b.Warnings)
			}
		})
	}
}
