package state

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pep"
	"weighline/analysis/report"
)

// compared waits for the comparison with its files and findings.
func (l *loop) compared() *Compare {
	l.t.Helper()
	l.until(func() bool {
		c := l.s.Compare
		return c != nil && !l.s.Busy() && c.Looked && (c.Diffs == nil || c.Shown != nil)
	})
	return l.s.Compare
}

// listed waits until the files are listed anew.
func (l *loop) listed() {
	l.t.Helper()
	done := make(chan struct{})
	l.s.Background(func() { close(done) })
	<-done
	for len(l.posts) > 0 {
		(<-l.posts)()
	}
}

// grown is layered with another second layer, another mode, other bytes of the same
// number and a new layer in front.
func grown(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "image")
	err := ocitest.Build(
		ocitest.Layer{CreatedBy: "RUN zero", Entries: []ocitest.Entry{{Name: "boot/x", Size: 12}}},
		ocitest.Layer{CreatedBy: "RUN one", Entries: []ocitest.Entry{
			{Name: "srv/old", Size: 500}, {Name: "srv/same", Body: "same"}, {Name: "srv/other", Size: 30},
			{Name: "opt/tools/a", Size: 7}, {Name: "opt/tools/b", Size: 8}, {Name: "var/cache/x/y", Size: 90}}},
		ocitest.Layer{CreatedBy: "RUN two", Entries: []ocitest.Entry{
			{Name: "srv/same", Body: "emas"}, {Name: "srv/other", Size: 40, Mode: 0o700}, {Name: "srv/new", Size: 1500}}},
	).WriteLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// asJSON returns what weigh compare --json prints of a comparison.
func asJSON(t *testing.T, c *Compare) report.CompareJSON {
	t.Helper()
	fresh := analysis.Compare(c.A, c.B)
	data, err := json.Marshal(report.Compare(fresh, report.CompareOptions{MinChange: c.MinChange, Insights: fresh.Insights(t.Context())}, nil))
	if err != nil {
		t.Fatal(err)
	}
	var j report.CompareJSON
	if err := json.Unmarshal(data, &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// same compares what is printed, as JSON: amounts have no basis there.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, errA := json.Marshal(got)
	w, errB := json.Marshal(want)
	if errA != nil || errB != nil || string(g) != string(w) {
		t.Errorf("%s is %s, want %s (%v, %v)", what, g, w, errA, errB)
	}
}

// TestCompareNumbers compares each field of the screen with weigh compare --json.
func TestCompareNumbers(t *testing.T) {
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, sides := range map[string][2]string{
		"images":         {layered(t), grown(t)},
		"sample":         {analysis.SampleBefore, analysis.SampleAfter},
		"lists":          {write("a.txt", "librosa==0.11.0\n"), write("b.txt", "fastapi==0.115.14\nno-such-project-of-anybody==1.0\n")},
		"list and image": {write("c.txt", "torch==2.7.1\nfastapi==0.115.14\n"), analysis.SampleBefore},
		"itself":         {analysis.SampleBefore, analysis.SampleBefore},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := newSession(t, nil)
			l.t = t
			s.Open(sides[0])
			l.idle()
			s.CompareWith(sides[1])
			c := l.compared()
			s.ListCompare(func(c *Compare) { c.ShowSame, c.LayerOrder = true, ByPlace })
			l.listed()
			checkNumbers(t, c, asJSON(t, c))
		})
	}
}

func checkNumbers(t *testing.T, c *Compare, j report.CompareJSON) {
	t.Helper()
	same(t, "totals", c.Report.Totals, j.Totals)
	listed := 0
	for i := range c.Len() {
		x := c.Change(i)
		if Unowned(x) {
			same(t, "bytes of no package in A", c.Size(x.A), j.Totals.Unowned.A)
			same(t, "bytes of no package in B", c.Size(x.B), j.Totals.Unowned.B)
			same(t, "difference of no package", c.Weight(x), j.Totals.Unowned.Delta)
			continue
		}
		at := slices.IndexFunc(j.Packages, func(p report.PackageChangeJSON) bool {
			return p.Kind == string(x.Kind) && p.Name == x.Name && sidePath(p.A) == enginePath(x.A) && sidePath(p.B) == enginePath(x.B)
		})
		if at < 0 {
			t.Errorf("%s %s is not in the JSON", x.Kind, x.Name)
			continue
		}
		listed++
		checkPackage(t, c, x, &j.Packages[at])
	}
	if listed != len(j.Packages) {
		t.Errorf("%d packages are listed, want %d", listed, len(j.Packages))
	}
	if c.LayerRows() != len(j.Layers.Rows) {
		t.Errorf("%d rows of layers, want %d", c.LayerRows(), len(j.Layers.Rows))
	}
	var pull bytesize.Size
	for i := range c.LayerRows() {
		r, place := c.LayerRow(i)
		same(t, "row of layers", r, j.Layers.Rows[i])
		pull += c.Pull(place).Size
	}
	if j.Layers.Pull.Basis != bytesize.Unknown && pull != j.Layers.Pull.Size {
		t.Errorf("the rows say that %d bytes are to pull, want %d", pull, j.Layers.Pull.Size)
	}
	checkFileNumbers(t, c, j.Files)
	checkFindings(t, c, j.Insights)
}

func sidePath(s *report.PackageSide) string {
	if s == nil {
		return "none"
	}
	return s.Path
}

func enginePath(s *analysis.PackageSide) string {
	if s == nil {
		return "none"
	}
	return s.Path
}

func checkPackage(t *testing.T, c *Compare, x *analysis.PackageChange, p *report.PackageChangeJSON) {
	t.Helper()
	same(t, x.Name+"'s change", x.Change, p.Change)
	same(t, x.Name+" moved", x.Moved, p.Moved)
	same(t, x.Name+" renamed", x.Renamed, p.Renamed)
	delta := p.Delta
	if c.ByDownload() {
		delta = p.DeltaDownload
	}
	same(t, x.Name+"'s difference", c.Weight(x), delta)
	for i, side := range []*analysis.PackageSide{x.A, x.B} {
		want := []*report.PackageSide{p.A, p.B}[i]
		if (side == nil) != (want == nil) {
			t.Errorf("%s is in one only", x.Name)
			continue
		}
		if side == nil {
			continue
		}
		same(t, x.Name+"'s version", side.Version, want.Version)
		size := want.Unpacked
		if c.ByDownload() {
			size = want.Download
		}
		same(t, x.Name+"'s size", c.Size(side), size)
	}
}

func checkFileNumbers(t *testing.T, c *Compare, j *report.FileChangesJSON) {
	t.Helper()
	if (c.Diffs == nil) != (j == nil) {
		t.Fatalf("files: %v, want %v", c.Diffs, j)
	}
	if j == nil {
		return
	}
	var added, removed, changed, modes int
	for _, n := range c.Shown.Flat {
		x := c.Diffs.File(n)
		switch x.Change {
		case FileAdded:
			added++
		case FileRemoved:
			removed++
		default:
			changed++
		}
		if x.Mode {
			modes++
		}
	}
	if got, want := []int{added, removed, changed, modes}, []int{j.Added, j.Removed, j.Changed, j.Modes}; !reflect.DeepEqual(got, want) {
		t.Errorf("files added, removed, changed, only in mode: %v, want %v", got, want)
	}
	for i, want := range j.Top {
		x := c.Diffs.File(c.Shown.Flat[i])
		side := func(n int64) *int64 {
			if n < 0 {
				return nil
			}
			return &n
		}
		same(t, "file", report.FileChangeJSON{Path: c.Diffs.Path(c.Shown.Flat[i]), A: side(x.A), B: side(x.B), Delta: x.Delta, Mode: x.Mode}, want)
	}
}

func checkFindings(t *testing.T, c *Compare, j *report.InsightChangesJSON) {
	t.Helper()
	same(t, "findings", c.Report.Insights, j)
	rows := 0
	if j != nil {
		rows = len(j.New) + len(j.Fixed) + len(j.Changed)
	}
	if len(c.FindingRows()) != rows {
		t.Errorf("%d findings are listed, want %d", len(c.FindingRows()), rows)
	}
}

// drawn writes the files that are listed, one a line.
func drawn(c *Compare, n int) string {
	var b strings.Builder
	for _, f := range c.Shown.Below(n) {
		x := c.Diffs.File(f)
		fmt.Fprintf(&b, "%s %s %d %d %+d\n", c.Diffs.Path(f), FileWord(x), x.A, x.B, x.Delta)
		b.WriteString(drawn(c, f))
	}
	return b.String()
}

// TestCompareFiles lists what differs as a tree: each kind of change by its word.
func TestCompareFiles(t *testing.T) {
	s, l := newSession(t, nil)
	s.Open(layered(t))
	l.idle()
	s.CompareWith(grown(t))
	c := l.compared()
	got := drawn(c, 0)
	for _, line := range []string{"/srv/new content 1000 1500 +500", "/srv/old added -1 500 +500", "/srv/later removed 1 -1 -1",
		"/srv/other mode only 40 40 +0", "/srv/same content, same size 4 4 +0", "/boot added 0 12 +12", "/opt/tools/b added -1 8 +8"} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("the tree has no %q:\n%s", line, got)
		}
	}
	s.ListCompare(func(c *Compare) { c.MinChange = 100 })
	l.listed()
	if c.Shown.Files != 2 || c.Shown.Hidden == 0 {
		t.Errorf("from 100 bytes on %d files are listed and %d are not", c.Shown.Files, c.Shown.Hidden)
	}
	s.ListCompare(func(c *Compare) { c.MinChange, c.FileOrder = 0, ByShrinkage })
	l.listed()
	if first := c.Diffs.Path(c.Shown.Flat[0]); first != "/opt/tools/a" {
		t.Errorf("the first by shrinkage is %s", first)
	}
	s.SetFilter("OLD srv")
	l.listed()
	if got := drawn(c, 0); got != "/srv 5 files 1045 2044 +999\n/srv/old added -1 500 +500\n" {
		t.Errorf("filtered:\n%s", got)
	}
	if len(c.Shown.Open) != 1 || c.Diffs.Path(c.Shown.Open[0]) != "/srv" {
		t.Errorf("folders to open: %v", c.Shown.Open)
	}
}

// TestCompareOffers offers to compare what was open before, reads it again if it was
// given up, and keeps how things are listed when the sides are swapped.
func TestCompareOffers(t *testing.T) {
	s, l := newSession(t, nil)
	first, second := layered(t), grown(t)
	s.Open(first)
	l.idle()
	s.Open(second)
	l.idle()
	if n := s.Notice; len(n.Actions) != 1 || n.Severity != Info {
		t.Fatalf("no offer: %+v", n)
	}
	s.Notice.Actions[0].Do()
	c := l.compared()
	if c.A.Image.Reference != first || c.B.Image.Reference != second {
		t.Errorf("A is %s, B is %s", c.A.Image.Reference, c.B.Image.Reference)
	}
	s.ListCompare(func(c *Compare) { c.MinChange = 100 })
	grew := c.Delta(c.Unpacked).Size
	s.SwapSides()
	l.idle()
	if x := s.Compare; x.Delta(x.Unpacked).Size != -grew || x.MinChange != 100 {
		t.Errorf("swapped: %v, from %v", x.Delta(x.Unpacked), x.MinChange)
	}

	b := *s.before.build
	img := *b.Image
	img.Partial, img.Tree, img.Ledger = true, nil, nil // as if reading it had been given up
	b.Image = &img
	s.before.build = &b
	s.CompareBefore()
	l.idle()
	if s.Compare.A.Image.Tree == nil {
		t.Error("a build that was read in part is not read again")
	}
	s.Open(second)
	l.idle()
	if s.Notice.Text != "" {
		t.Errorf("the same image again: %+v", s.Notice)
	}
}

// TestCompareSavedBuilds compares builds of the library with nothing open: two, then
// a history.
func TestCompareSavedBuilds(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "weighline.db"))
	s, l := newSession(t, lib)
	for _, path := range []string{layered(t), grown(t), layered(t)} {
		s.Open(path)
		l.idle()
		name := fmt.Sprint("version ", len(s.Library)+1)
		s.Save(name, "")
		l.until(func() bool { return s.Saved != nil && s.Saved.Name == name })
	}
	s, l = newSession(t, lib)
	s.LoadLibrary()
	l.until(func() bool { return len(s.Library) == 3 })
	ids := []int64{s.Library[0].ID, s.Library[1].ID, s.Library[2].ID}
	s.CompareSaved(ids[0], ids[1])
	c := l.compared()
	if c.TitleA != "version 2" || c.TitleB != "version 3" {
		t.Errorf("A is %s, B is %s", c.TitleA, c.TitleB)
	}
	s.CompareSaved(ids...)
	l.until(func() bool { return s.History != nil && !s.Busy() })
	v := s.History.Versions
	if len(v) != 3 || v[0].Step != nil || v[1].Step == nil || v[1].Step.Totals.Unpacked.Delta.Size != -v[2].Step.Totals.Unpacked.Delta.Size {
		t.Errorf("the history: %+v", v)
	}
	same(t, "the step's difference", v[1].Step.Totals.Unpacked.Delta, bytesize.Of(v[1].Unpacked.Size-v[0].Unpacked.Size))
	if c := l.compared(); c.TitleA != "version 1" || c.TitleB != "version 3" || c.Unpacked.Delta().Size != 0 {
		t.Errorf("the first with the last: %s, %s, %v", c.TitleA, c.TitleB, c.Unpacked)
	}
	s.CompareStep(2)
	l.idle()
	if c := s.Compare; c.TitleA != "version 2" || c.TitleB != "version 3" {
		t.Errorf("the step: %s, %s", c.TitleA, c.TitleB)
	}
	s.CompareSaved(ids[0])
	if s.Busy() {
		t.Error("one build is compared")
	}
}

// TestCompareUnderPlans compares saved builds with the plans that they were saved
// with: of one build with two plans that is all there is to compare.
func TestCompareUnderPlans(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "weighline.db"))
	s, l := newSession(t, lib)
	s.OpenSample()
	l.idle()
	save := func(name string, drop ...pep.Name) {
		s.SetDroppedAll(drop, true)
		s.Save(name, "")
		l.until(func() bool { return s.Saved != nil && s.Saved.Name == name })
	}
	save("as it was")
	save("light", "torch", "openai-whisper")
	s.SetDropped("uvicorn", true)
	ids := []int64{s.Library[1].ID, s.Library[0].ID}
	s.CompareSaved(ids...)
	c := l.compared()
	if !c.Planned || c.TitleA != "as it was" || c.TitleB != "light with the plan" {
		t.Fatalf("the sample with two plans: %s and %s, planned %v", c.TitleA, c.TitleB, c.Planned)
	}
	s.CompareWith("as it was")
	if c = l.compared(); !c.Planned || c.TitleA != "light with the plan" { // with the one that is being made
		t.Errorf("the open one: %s and %s, planned %v", c.TitleA, c.TitleB, c.Planned)
	}
	s.CompareSample()
	if c = l.compared(); c.Planned || !c.HasPlans() {
		t.Errorf("two images: planned %v, plans %v", c.Planned, c.HasPlans())
	}

	s.Open(requirements(t, "torch==2.7.1\nuvicorn==0.35.0\n"))
	l.idle()
	save("list")
	save("list without torch", "torch")
	s.CompareSaved(s.Library[1].ID, s.Library[0].ID)
	c = l.compared()
	want := c.Download.B.Size
	if !c.Planned || c.TitleA != "list" || c.TitleB != "list without torch with the plan" || want != s.Preview.After.Download.Size {
		t.Errorf("one list with two plans: %q and %q of %v, planned %v; want %v", c.TitleA, c.TitleB, want, c.Planned, s.Preview.After.Download)
	}
	s.SwapSides()
	if c = l.compared(); !c.Planned || c.Download.A.Size != want {
		t.Errorf("swapped: %v, planned %v", c.Download.A, c.Planned)
	}
	s.SetPlanned(false)
	if c = l.compared(); c.Planned || c.Download.A.Size != c.Download.B.Size {
		t.Errorf("as they are: %v and %v", c.Download.A, c.Download.B)
	}
	s.SetPlanned(true)
	if c = l.compared(); !c.Planned || c.Download.A.Size != want {
		t.Errorf("under their plans: %v", c.Download.A)
	}
	s.ComparePlan()
	if c = l.compared(); c.HasPlans() || c.Download.B.Size != want {
		t.Errorf("with the plan that is made: %v, plans once more: %v", c.Download.B, c.HasPlans())
	}
}
