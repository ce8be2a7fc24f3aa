package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/store"
)

// A loop is the event loop of a window, run by the test.
type loop struct {
	t     *testing.T
	s     *Session
	posts chan func()
}

func newSession(t *testing.T, lib *store.Store) (*Session, *loop) {
	l := &loop{t: t, posts: make(chan func(), 1000)}
	l.s = New(Config{Post: func(f func()) { l.posts <- f }, Library: lib})
	return l.s, l
}

// until runs what is posted until ready holds.
func (l *loop) until(ready func() bool) {
	l.t.Helper()
	for deadline := time.After(20 * time.Second); !ready(); {
		select {
		case f := <-l.posts:
			f()
		case <-deadline:
			l.t.Fatalf("nothing more happens; progress %+v, notice %+v", l.s.Progress, l.s.Notice)
		}
	}
}

// idle runs what is posted until no job is running.
func (l *loop) idle() {
	l.t.Helper()
	l.until(func() bool { return !l.s.Busy() })
}

// notice runs what is posted until there is a notice, not of what is being done.
func (l *loop) notice() Notice {
	l.t.Helper()
	l.until(func() bool { return l.s.Notice.Text != "" && !strings.HasSuffix(l.s.Notice.Text, "…") })
	return l.s.Notice
}

func library(t *testing.T, path string) *store.Store {
	t.Helper()
	lib, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lib.Close() })
	return lib
}

func row(t *testing.T, s *Session, name string) *Row {
	t.Helper()
	r := s.Row("python:" + name)
	if r == nil {
		t.Fatalf("no row for %s", name)
	}
	return r
}

// TestFoundingStory goes the whole way: open, look, toggle, undo, save, close,
// reopen, export. The numbers are those of the product's founding story, which
// the real pip gave.
func TestFoundingStory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weighline.db")
	lib := library(t, path)
	s, l := newSession(t, lib)
	s.OpenSample()
	l.idle()
	if s.Notice.Text != "" {
		t.Fatalf("opening the sample: %+v", s.Notice)
	}

	before := s.Preview.Before
	if before.Packages != 72 || before.Download.Size != 3_118_856_420 || before.Download.Unknown != 0 {
		t.Errorf("the story is %d packages, %d bytes, %d unknown; want 72, 3118856420, 0", before.Packages, before.Download.Size, before.Download.Unknown)
	}
	torch := row(t, s, "torch")
	if torch.Frees.Packages != 0 || !slices.Equal(torch.HeldBy, []pep.Name{"openai-whisper"}) || torch.From != "line 9" {
		t.Errorf("torch frees %d, held by %v, from %q; want 0, openai-whisper, line 9", torch.Frees.Packages, torch.HeldBy, torch.From)
	}
	for _, want := range []struct {
		name     string
		packages int
		bytes    int64
	}{{"librosa", 12, 3_035_006}, {"fastapi", 6, 2_643_728}, {"uvicorn", 9, 5_897_959}, {"scikit-learn", 0, 0}} {
		if f := row(t, s, want.name).Frees; f.Packages != want.packages || int64(f.Download.Size) != want.bytes {
			t.Errorf("%s frees %d packages, %d bytes; want %d, %d", want.name, f.Packages, f.Download.Size, want.packages, want.bytes)
		}
	}
	order := visible(s)

	s.SetDropped("torch", true)
	if torch.Status != Holding || saving(s).Size != 0 {
		t.Errorf("dropping torch alone: %v, saves %v; want held, 0 B", torch.Status, saving(s))
	}
	s.SetDropped("openai-whisper", true)
	if got := saving(s).Size; got != 2_998_191_608 || len(s.Preview.Freed) != 29 {
		t.Errorf("torch and openai-whisper save %d bytes, %d packages; want 2998191608, 29", got, len(s.Preview.Freed))
	}
	if torch.Status != Dropped || row(t, s, "triton").Status != Freed {
		t.Errorf("torch is %v, triton %v; want dropped, goes too", torch.Status, row(t, s, "triton").Status)
	}
	s.SetDropped("librosa", true)
	if got := saving(s).Size; got != 3_047_917_251 || len(s.Preview.Freed) != 47 {
		t.Errorf("with librosa they save %d bytes, %d packages; want 3047917251, 47", got, len(s.Preview.Freed))
	}
	if !slices.Equal(visible(s), order) {
		t.Error("a toggle moved the rows")
	}
	s.Undo()
	s.Undo()
	if saving(s).Size != 0 || !s.CanRedo() {
		t.Errorf("after two undos the plan saves %v; want 0 B and a redo", saving(s))
	}
	s.Redo()
	s.Redo()

	s.Save("speech-api slim", "")
	l.notice()
	if s.Saved == nil || s.Dirty() || len(s.Library) != 1 {
		t.Fatalf("after saving: %+v, dirty %v, %d in the library; %+v", s.Saved, s.Dirty(), len(s.Library), s.Notice)
	}
	s.Close()
	lib.Close()

	// Another program opens the library.
	lib = library(t, path)
	s, l = newSession(t, lib)
	s.LoadLibrary()
	l.until(func() bool { return len(s.Library) > 0 })
	if u := s.Library[0].Summary; u.Download != 3_118_856_420 || u.DownloadAfter != 3_118_856_420-3_047_917_251 || u.PackagesAfter != 25 {
		t.Errorf("the library says %+v; want 3118856420 bytes before, 70939169 after, 25 packages", u)
	}
	s.OpenSavedName("speech-api slim")
	l.idle()
	if got := saving(s).Size; got != 3_047_917_251 || s.Title != "speech-api slim" {
		t.Errorf("the saved build %q saves %d; want 3047917251", s.Title, got)
	}
	if s.Build.Image == nil || s.Build.Image.Tree == nil {
		t.Error("the saved build has lost the files of its image")
	}

	out := filepath.Join(t.TempDir(), "slim.txt")
	s.Export(analysis.Exports{Requirements: out}, "", false)
	if n := l.notice(); n.Severity != Info {
		t.Fatalf("export: %+v", n)
	}
	checkSlim(t, out)
	s.Dismiss()
	s.Export(analysis.Exports{Requirements: out}, "", false)
	if n := l.notice(); n.Severity != Caution || len(n.Actions) == 0 {
		t.Errorf("export onto a file that exists: %+v, want a question", n)
	}
}

// checkSlim compares the exported file with the sample's own, line by line.
func checkSlim(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept, dropped []string
	for line := range strings.Lines(string(data)) {
		switch {
		case strings.HasPrefix(line, "# weighline: dropped"):
			dropped = append(dropped, strings.TrimSpace(line))
		default:
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	text := strings.Join(kept, "\n")
	for _, want := range []string{"# speech-api: transcribes", "fastapi==0.115.14", "uvicorn[standard]", "python-multipart", "scikit-learn==1.7.2   # speaker clusters"} {
		if !strings.Contains(text, want) {
			t.Errorf("the slim file has lost %q:\n%s", want, data)
		}
	}
	if len(dropped) != 3 || !strings.Contains(strings.Join(dropped, "\n"), "torch==2.7.1") {
		t.Errorf("the slim file drops %q, want the lines of torch, librosa and openai-whisper", dropped)
	}
}

func visible(s *Session) []string {
	var keys []string
	for i := range s.Visible() {
		keys = append(keys, s.At(i).Key)
	}
	return keys
}

// TestOracle compares every package of the founding story with what pip chose.
func TestOracle(t *testing.T) {
	data, err := os.ReadFile(oracletest.Path(t, "python/oracles/founding_story.json"))
	if err != nil {
		t.Fatal(err)
	}
	var oracle struct {
		Packages []struct {
			Name, Version, File string
			Download            int64
		}
	}
	if err := json.Unmarshal(data, &oracle); err != nil {
		t.Fatal(err)
	}
	s, l := newSession(t, nil)
	synthetic := oracletest.Path(t, "python/projects/synthetic")
	s.Open(filepath.Join(synthetic, "motivating.txt"))
	l.idle()
	free := s.Preview.Before.Packages // without the constraints pip takes newer versions
	if free != 71 {
		t.Errorf("without constraints: %d packages, want 71", free)
	}
	s.Open(filepath.Join(synthetic, "motivating.txt"), "-c", filepath.Join(synthetic, "motivating-constraints.txt"))
	l.idle()
	if s.Title != "motivating.txt" {
		t.Errorf("the title is %q, want motivating.txt", s.Title)
	}
	for _, p := range oracle.Packages {
		r := row(t, s, p.Name)
		if r.Version != p.Version || int64(r.Download.Size) != p.Download || !r.Download.Known() {
			t.Errorf("%s: %s, %v; want %s, %d", p.Name, r.Version, r.Download, p.Version, p.Download)
		}
	}
	if len(oracle.Packages) != len(s.Rows) {
		t.Errorf("%d rows, want %d", len(s.Rows), len(oracle.Packages))
	}
}

func TestFilterSort(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	if got := string(s.At(0).Name); got != "torch" {
		t.Errorf("the first row is %s, want torch, the heaviest", got)
	}
	s.SetFilter("nvidia")
	if s.Visible() != 14 {
		t.Errorf("%d rows match nvidia, want 14", s.Visible())
	}
	s.SortBy(ByName, false)
	if got := string(s.At(0).Name); got != "nvidia-cublas-cu12" {
		t.Errorf("the first by name is %s, want nvidia-cublas-cu12", got)
	}
	s.SetFilter("no such package")
	if s.Visible() != 0 {
		t.Errorf("%d rows match nothing", s.Visible())
	}
}

// TestBadInput opens what cannot be opened: the window keeps what it shows and
// says in a sentence what happened.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	shown := s.Build
	test := func(source, want string) {
		t.Helper()
		s.Dismiss()
		s.Open(source)
		l.idle()
		if s.Build != shown {
			t.Errorf("opening %s took away what was shown", source)
		}
		if n := s.Notice; n.Severity != Failure || !strings.Contains(n.Text, want) || strings.Contains(n.Text, "\n") {
			t.Errorf("opening %s: %+v, want a sentence with %q", source, n, want)
		}
	}
	test(write("poem.txt", []byte("Shall I compare thee\nto a summer's day?\n")), "requirement")
	test(write("image.tar", append(make([]byte, 1000), "not a tar"...)), "image")
	test(filepath.Join(dir, "missing.txt"), "no such file")
	test("127.0.0.1:1/acme/api:1", "127.0.0.1:1")

	// A broken line does not hide the others.
	s.Dismiss()
	s.Open(write("mixed.txt", []byte("fastapi==0.115.14\n=== nonsense ===\n")))
	l.idle()
	if s.Build == shown || s.Row("python:fastapi") == nil || s.Notice.Severity != Failure {
		t.Errorf("a file with one broken line: %d rows, notice %+v", len(s.Rows), s.Notice)
	}
}

// TestLibraryErrors makes a session whose library cannot be opened: it says so,
// and all but saving works.
func TestLibraryErrors(t *testing.T) {
	l := &loop{t: t, posts: make(chan func(), 1000)}
	s := New(Config{Post: func(f func()) { l.posts <- f }, LibraryErr: &store.Error{Op: "open", Path: "x.db", Err: store.ErrNewer}})
	l.s = s
	if s.Notice.Severity != Failure || s.Notice.Hint == "" {
		t.Errorf("notice %+v, want the library's error with a hint", s.Notice)
	}
	s.OpenSample()
	l.idle()
	if s.Notice.Severity != Failure || s.Notice.Hint == "" {
		t.Errorf("notice %+v when the first is open, want the library's error still", s.Notice)
	}
	s.Dismiss()
	s.OpenSample()
	l.idle()
	if s.Notice.Text != "" {
		t.Errorf("said once more: %+v", s.Notice)
	}
	s.Save("x", "")
	if n := l.notice(); n.Severity != Failure || s.CanSave() {
		t.Errorf("saving without a library: %+v", n)
	}
}

// TestCancel stops a job, then starts another in its place: a cancelled job
// hands over what it has, an abandoned one nothing.
func TestCancel(t *testing.T) {
	entered := make(chan struct{}, 2)
	l := &loop{t: t, posts: make(chan func(), 1000)}
	part := &analysis.Build{Image: &analysis.Image{Reference: "part", Partial: true}}
	s := New(Config{Post: func(f func()) { l.posts <- f }, Analyze: func(ctx context.Context, _ analysis.Input, o analysis.Options) (*analysis.Build, error) {
		entered <- struct{}{}
		<-ctx.Done()
		return part, ctx.Err()
	}})
	l.s = s
	s.Open("a.tar")
	<-entered
	s.Cancel()
	l.idle()
	if s.Build != part || s.Notice.Severity != Caution {
		t.Errorf("after a cancel: build %v, notice %+v; want the part that was read", s.Build, s.Notice)
	}

	s.Build = nil
	s.Open("b.tar")
	<-entered
	s.Close() // as when the window goes
	drain := time.After(100 * time.Millisecond)
	for done := false; !done; {
		select {
		case f := <-l.posts:
			f()
		case <-drain:
			done = true
		}
	}
	if s.Build != nil {
		t.Error("an abandoned job still showed its result")
	}
}

// TestOpenLine opens what is typed into one field: a path may hold blanks, and
// several sources may stand there. What was opened is known by its whole path.
func TestOpenLine(t *testing.T) {
	dir := t.TempDir()
	blank := filepath.Join(dir, "my list.txt")
	for path, text := range map[string]string{blank: "fastapi\n", filepath.Join(dir, "a.txt"): "uvicorn\n", filepath.Join(dir, "pins.txt"): "uvicorn==0.35.0\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	s, l := newSession(t, nil)
	test := func(line, title, name string, paths ...string) {
		t.Helper()
		s.OpenLine(line)
		l.until(func() bool { return !s.Busy() && s.Title == title })
		if s.Row("python:"+name) == nil || !slices.Equal(s.Paths, paths) {
			t.Errorf("%q: a row of %s %v, paths %q; want %q", line, name, s.Row("python:"+name) != nil, s.Paths, paths)
		}
	}
	test("my list.txt", "my list.txt", "fastapi", blank)
	test("a.txt  -c pins.txt", "a.txt", "uvicorn", filepath.Join(dir, "a.txt"), "-c", filepath.Join(dir, "pins.txt"))
	test("a.txt", "a.txt", "uvicorn", filepath.Join(dir, "a.txt"))
}

// TestSaveWhileReading asks for a save before the build is whole: what is saved
// is the whole build.
func TestSaveWhileReading(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "w.db"))
	l := &loop{t: t, posts: make(chan func(), 1000)}
	part := &analysis.Build{Image: &analysis.Image{Reference: "a.tar", Partial: true}}
	goOn := make(chan struct{})
	s := New(Config{Post: func(f func()) { l.posts <- f }, Library: lib, Analyze: func(ctx context.Context, _ analysis.Input, o analysis.Options) (*analysis.Build, error) {
		o.Early(part)
		<-goOn
		return analysis.Analyze(ctx, analysis.Input{Image: analysis.SampleBefore}, o)
	}})
	l.s = s
	s.Open("a.tar")
	l.until(func() bool { return s.Build == part })
	s.Save("whole", "")
	close(goOn)
	l.until(func() bool { return s.Saved != nil })
	if u := s.Library[0].Summary; u.Layers != 9 || u.Packages == 0 || s.Title != "whole" {
		t.Errorf("saved is %+v under the title %q, want all 9 layers under whole", u, s.Title)
	}
}

func TestRenameDelete(t *testing.T) {
	s, l := newSession(t, library(t, filepath.Join(t.TempDir(), "w.db")))
	s.OpenSample()
	l.idle()
	s.Save("a", "")
	l.notice()
	id := s.Saved.ID
	s.Rename(id, "b", "note")
	l.until(func() bool { return s.Title == "b" })
	s.Dismiss()
	s.Delete(id)
	if n := l.notice(); len(s.Library) != 0 || len(n.Actions) == 0 {
		t.Fatalf("after a delete: %d in the library, notice %+v", len(s.Library), n)
	}
	s.Notice.Actions[0].Do()
	l.until(func() bool { return len(s.Library) == 1 })
	if s.Library[0].Name != "b" || s.Library[0].Notes != "note" {
		t.Errorf("after undo: %+v", s.Library[0])
	}
}

// BenchmarkToggle is what one click costs before anything is drawn.
func BenchmarkToggle(b *testing.B) {
	posts := make(chan func(), 1000)
	s := New(Config{Post: func(f func()) { posts <- f }})
	s.OpenSample()
	for s.Busy() {
		(<-posts)()
	}
	if s.Build == nil {
		b.Fatal(errors.New(s.Notice.Text))
	}
	on := false
	for b.Loop() {
		on = !on
		s.SetDropped("librosa", on)
		s.history = history{}
	}
}

// TestSaveBesideJobs saves while something else is read, or what is read is
// given up: what is saved is what the window shows.
func TestSaveBesideJobs(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "w.db"))
	l := &loop{t: t, posts: make(chan func(), 1000)}
	part := &analysis.Build{Image: &analysis.Image{Reference: "b.tar", Partial: true, Layers: make([]analysis.Layer, 3)}}
	s := New(Config{Post: func(f func()) { l.posts <- f }, Library: lib, Analyze: func(ctx context.Context, in analysis.Input, o analysis.Options) (*analysis.Build, error) {
		switch in.Image {
		case "b.tar":
			o.Early(part)
			fallthrough
		case "slow.tar":
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return analysis.Analyze(ctx, in, o)
	}})
	l.s = s
	s.OpenSample()
	l.idle()
	layersOf := func(name string) int {
		b, err := lib.Get(t.Context(), name)
		if err != nil {
			t.Errorf("%s is not saved: %v", name, err)
		}
		return b.Summary.Layers
	}

	s.Open("slow.tar")
	s.Save("the sample", "")
	l.until(func() bool { return s.Saved != nil })
	if n := layersOf("the sample"); n != 9 || s.Title != "the sample" {
		t.Errorf("saved are %d layers under the title %q, want the sample's 9", n, s.Title)
	}

	s.Open("b.tar")
	l.until(func() bool { return s.Build == part })
	s.Save("a part", "")
	s.OpenSample()
	l.until(func() bool { return len(s.Library) == 2 })
	if n := layersOf("a part"); n != 3 {
		t.Errorf("saved are %d layers, want the 3 of what was given up", n)
	}
}

// TestSaveThenToggle goes on while a save is under way: the build is the saved
// one, and can be saved under its name again.
func TestSaveThenToggle(t *testing.T) {
	s, l := newSession(t, library(t, filepath.Join(t.TempDir(), "w.db")))
	s.OpenSample()
	l.idle()
	s.Save("mine", "")
	s.SetDropped("librosa", true)
	l.until(func() bool { return len(s.Library) == 1 })
	if s.Saved == nil || s.Title != "mine" || !s.Dirty() {
		t.Fatalf("saved %v, title %q, dirty %v; want the saved build with another plan", s.Saved, s.Title, s.Dirty())
	}
	s.Save("mine", "")
	l.until(func() bool { return !s.Dirty() || s.Notice.Severity == Failure })
	if len(s.Library) != 1 || s.Notice.Severity == Failure {
		t.Errorf("the second save: %+v, %d builds; want it to replace the first", s.Notice, len(s.Library))
	}
}

// TestCloseSaves closes the window right after a save.
func TestCloseSaves(t *testing.T) {
	lib := library(t, filepath.Join(t.TempDir(), "w.db"))
	s, l := newSession(t, lib)
	s.OpenSample()
	l.idle()
	s.Save("first", "")
	s.Save("second", "")
	<-s.Close()
	if list, err := lib.List(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("saved are %d builds (%v), want 2", len(list), err)
	}
	for len(l.posts) > 0 {
		(<-l.posts)()
	}
}

// TestHostileNames shows an image whose packages have names and versions that
// would turn the text around or end a line.
func TestHostileNames(t *testing.T) {
	ledger := &attribution.Ledger{Packages: []attribution.Package{{Kind: attribution.Deb, Name: "a\u202eb\n", Version: "1\x1b[2J"}}}
	nodes := []depgraph.Node{{Name: "p", Version: "1\u202e2", File: "p\u202e.whl"}, {Name: "q", Version: "1"}}
	g := depgraph.NewGraph(nodes, []depgraph.Edge{{From: 0, To: 1, Requirement: "q; extra == '\u202e'"}}, []depgraph.Root{{Requirement: pep.MustRequirement("p")}})
	s, _ := newSession(t, nil)
	s.show([]string{"x"}, nil, &analysis.Build{Image: &analysis.Image{Ledger: ledger, Graph: g}}, plan.Plan{}, nil)
	text := ""
	for i := range s.Rows {
		text += string(s.Rows[i].Name) + s.Rows[i].Version + fmt.Sprint(s.Describe(&s.Rows[i]))
	}
	if len(s.Rows) != 3 || strings.ContainsAny(text, "\u202e\x1b\n") {
		t.Errorf("the rows show %q", text)
	}
}

// TestTitle names what is open by its last parts, and a pasted command by its image.
func TestTitle(t *testing.T) {
	for want, sources := range map[string][]string{
		"requirements.txt":               {"/srv/app/requirements.txt"},
		"app + ghcr.io/acme/api:1.4":     {"/srv/app", "ghcr.io/acme/api:1.4"},
		"requirements.txt + python:3.12": {"-c", "c.txt", "requirements.txt", "$ docker pull --platform linux/arm64 python:3.12"},
		"docker pull":                    {"docker pull"},
		"":                               nil,
	} {
		if got := Title(sources); got != want {
			t.Errorf("the title of %q is %q, want %q", sources, got, want)
		}
	}
}

// TestImageThatFails opens a list beside an image that cannot be read: what is shown
// is called by the list, and another image takes the place of the one that failed.
func TestImageThatFails(t *testing.T) {
	s, l := newSession(t, nil)
	list := filepath.Join(t.TempDir(), "requirements.txt")
	if err := os.WriteFile(list, []byte("flask==3.0.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Open(list, "127.0.0.1:1/acme/api:1")
	l.idle()
	if s.Build == nil || s.Build.Image != nil || s.Notice.Severity != Failure {
		t.Fatalf("the list is not open beside the failure: %+v", s.Notice)
	}
	if want := []string{list}; s.Title != "requirements.txt" || s.Reference() != "requirements.txt" || !slices.Equal(s.Lists, want) || len(s.Sources) != 2 {
		t.Errorf("%q of %v, lists %v, want %v", s.Title, s.Sources, s.Lists, want)
	}
	image := filepath.Join(t.TempDir(), "image")
	if err := ocitest.Build(ocitest.Layer{Entries: []ocitest.Entry{{Name: "a", Size: 9}}}).WriteLayout(image); err != nil {
		t.Fatal(err)
	}
	s.Open(append(slices.Clone(s.Lists), image)...)
	l.idle()
	if s.Build.Image == nil || s.Build.Deps == nil || s.Title != "requirements.txt + "+filepath.Base(image) {
		t.Errorf("%q: %+v", s.Title, s.Notice)
	}
}

// saving is what the plan saves of the download.
func saving(s *Session) bytesize.Total {
	if s.Preview.Removal == nil {
		return bytesize.Total{}
	}
	return s.Preview.Before.Download.Sub(s.Preview.After.Download)
}
