package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/pep"
)

func TestReadCode(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.py"), []byte("import librosa\ndef f():\n    import sklearn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, l := newSession(t, nil)
	s.Open("../../assets/sample/requirements.txt")
	l.idle()
	told := func(name string) string {
		for _, p := range s.Describe(row(t, s, name)) {
			if p.Heading == "Who uses it" {
				return strings.Join(p.Lines, "\n")
			}
		}
		t.Fatalf("nothing tells who uses %s", name)
		return ""
	}
	if !strings.HasPrefix(told("librosa"), "No sources were read") {
		t.Errorf("before: %q", told("librosa"))
	}
	s.SetDroppedAll([]pep.Name{"librosa", "scikit-learn"}, true)
	s.ReadCode(dir)
	l.idle()
	if s.Plan.Empty() {
		t.Error("the plan is gone")
	}
	for name, want := range map[string]string{
		"librosa":      "Breaks if it goes.\nmain.py:1  import librosa (Breaks)",
		"scikit-learn": "May break if it goes.\nmain.py:3  import sklearn (May break)",
		"fastapi":      "No use found. Code can load by names that stand in no source.\nthe name is a guess",
	} {
		if got := told(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := s.Risk(); got != "1 breaks, 1 may break" {
		t.Errorf("the plan's risk: %q", got)
	}
	s.Open("../../assets/sample/requirements.txt") // again
	l.idle()
	if s.Build.Evidence == nil {
		t.Error("read again, the sources are forgotten")
	}
	s.ReadCode(filepath.Join(dir, "no-such-folder"))
	if n := l.notice(); n.Text == "" || n.Why+n.Hint == "" {
		t.Errorf("a folder that is not there: %+v", n)
	}
	if s.Build.Evidence == nil {
		t.Error("what was known is lost with the error")
	}
}
