package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// TestExportAll writes every kind of file for the founding story, asks before it
// overwrites, and loads the plan that it wrote.
func TestExportAll(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	s.SetDropped("torch", true)
	s.SetDropped("openai-whisper", true)
	s.SetDev(names("librosa"), true)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	to := analysis.Exports{Requirements: at("slim.txt"), Dev: at("dev.txt"), Constraints: at("constraints.txt"), Dockerfile: at("Dockerfile.slim"), Plan: at("plan.json")}
	s.Notice = Notice{}
	s.Export(to, at("report.html"), false)
	n := l.notice()
	for _, want := range []string{"slim.txt", "dev.txt", "constraints.txt", "Dockerfile.slim", "plan.json", "report.html"} {
		if !strings.Contains(n.Text, want) {
			t.Errorf("%+v does not tell of %s", n, want)
		}
		if data, err := os.ReadFile(at(want)); err != nil || len(data) == 0 {
			t.Errorf("%s: %d bytes, %v", want, len(data), err)
		}
	}
	if n.Severity != 0 || n.Why != "Read again: it resolves to the preview." {
		t.Errorf("after the export: %+v", n)
	}

	before, err := os.ReadFile(at("plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	planned := s.Plan
	s.Reset()
	s.Notice = Notice{}
	s.Export(analysis.Exports{Plan: at("plan.json")}, "", false)
	if n := l.notice(); n.Severity != Caution || len(n.Actions) != 1 {
		t.Errorf("exporting over a file says %+v, want a question", n)
	}
	if now, _ := os.ReadFile(at("plan.json")); string(now) != string(before) {
		t.Error("the file was overwritten without asking")
	}

	s.Notice = Notice{}
	s.LoadPlan(at("plan.json"))
	if n := l.notice(); n.Severity != 0 || !s.Plan.Equal(planned) {
		t.Errorf("loaded %+v, %+v; want %+v", s.Plan, n, planned)
	}
	s.Undo()
	if !s.Plan.Empty() {
		t.Errorf("undone, the plan is %+v", s.Plan)
	}
}

// TestExportKeeps drops a line whose package stays: what was written comes to the
// preview, and which version a constraints file keeps for that is told.
func TestExportKeeps(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("requirements.txt"), []byte("torch==2.7.1\nopenai-whisper==20250625\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, l := newSession(t, nil)
	s.Open(at("requirements.txt"))
	l.idle()
	s.SetDropped("torch", true)
	s.Notice = Notice{}
	s.Export(analysis.Exports{Requirements: at("slim.txt")}, "", false)
	n := l.notice()
	if n.Severity != 0 || !strings.Contains(n.Text, "slim-constraints.txt") || !strings.HasPrefix(n.Why, "Read again: ") || !strings.HasSuffix(n.Why, "slim-constraints.txt keeps versions that the lines alone leave open: torch 2.7.1.") {
		t.Errorf("after the export: %+v", n)
	}
}

// TestLoadBadPlan reads what is no plan, and one of another build.
func TestLoadBadPlan(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	for _, c := range []struct{ text, want string }{
		{"no plan", "no plan"},
		{`{"drop":["torch"],"swap":{"torch":"cpu"}}`, "torch"},
		{`{"drop":["no-such-package"]}`, "no-such-package"},
		{`{"drop":["torch"],"colour":"red"}`, "colour"},
	} {
		path := filepath.Join(t.TempDir(), "p.json")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Notice = Notice{}
		s.LoadPlan(path)
		n := l.notice()
		if n.Severity == 0 || !strings.Contains(n.Text+n.Why+n.Hint+n.Raw, c.want) {
			t.Errorf("%s: %+v", c.text, n)
		}
	}
	s.Notice = Notice{}
	s.LoadPlan(t.TempDir())
	if n := l.notice(); n.Severity == 0 {
		t.Errorf("a folder as a plan: %+v", n)
	}
}

// TestComparePlanFile compares two plans of one build.
func TestComparePlanFile(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	s.SetDropped("librosa", true)
	path := filepath.Join(t.TempDir(), "other.json")
	if err := os.WriteFile(path, plan.New("torch", "openai-whisper").Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ComparePlanFile(path)
	l.idle()
	c := s.Compare
	if c == nil || c.TitleB != "other.json" {
		t.Fatalf("compared %+v, notice %+v", c, s.Notice)
	}
	if a, b := *c.Report.Totals.Packages.A, *c.Report.Totals.Packages.B; a-b != 17 {
		t.Errorf("the plans leave %d and %d packages; one takes 12, the other 29", a, b)
	}
}

// TestJoinedDetails tells of the sample, which has both, what put bytes where.
func TestJoinedDetails(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	var text string
	for _, p := range s.Describe(row(t, s, "llvmlite")) {
		if p.Heading == "Required and installed" {
			text = strings.Join(p.Lines, "\n")
		}
	}
	if !strings.Contains(text, "in layer") || !strings.Contains(text, "librosa") {
		t.Errorf("of llvmlite the details say %q", text)
	}
}

func names(list ...pep.Name) []pep.Name { return list }
