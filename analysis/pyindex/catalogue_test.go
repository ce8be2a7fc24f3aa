package pyindex

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/assets"
)

func embedded(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEmbedded compares the embedded catalogue with the snapshot that it was
// made from, figure by figure.
func TestEmbedded(t *testing.T) {
	f, err := os.Open(oracletest.Path(t, "python/snapshot.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var snapshot struct {
		Packages map[string]map[string]struct {
			Index    string
			Requires []string
			Exact    bool
			Wheels   [][2]any
			Sdist    *struct {
				Filename string
				Size     *int64
			}
		}
	}
	if err := json.NewDecoder(z).Decode(&snapshot); err != nil {
		t.Fatal(err)
	}
	all := embedded(t)
	all = all.With(all.Indexes()...)
	if got, want := len(all.Names()), len(snapshot.Packages); got != want {
		t.Errorf("%d projects, want %d", got, want)
	}
	for name, versions := range snapshot.Packages {
		releases, err := all.Releases(t.Context(), pep.Name(name))
		if err != nil || len(releases) != len(versions) {
			t.Errorf("%s: %d releases, %v, want %d", name, len(releases), err, len(versions))
			continue
		}
		for _, r := range releases {
			want := versions[r.Version.Raw()]
			if want.Index != "" && r.Index != want.Index || r.Exact != want.Exact || !slices.Equal(r.Requires[:len(want.Requires)], want.Requires) {
				t.Errorf("%s %s = %+v, want %+v", name, r.Version, r, want)
			}
			files := want.Wheels
			if want.Sdist != nil {
				var size any
				if want.Sdist.Size != nil {
					size = float64(*want.Sdist.Size)
				}
				files = append(files, [2]any{want.Sdist.Filename, size})
			}
			if len(files) != len(r.Files) {
				t.Errorf("%s %s: %d files, want %d", name, r.Version, len(r.Files), len(files))
				continue
			}
			for i, f := range r.Files {
				size := bytesize.Amount{}
				if n, ok := files[i][1].(float64); ok {
					size = bytesize.Of(int64(n))
				}
				if f.Filename != files[i][0] || f.Size != size {
					t.Errorf("%s %s: file %d = %v, want %v", name, r.Version, i, f, files[i])
				}
			}
		}
	}
}

func TestCatalogueIndexes(t *testing.T) {
	c := embedded(t)
	builds := func(c *Catalogue) (locals []string) {
		releases, err := c.Releases(t.Context(), "torch")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range releases {
			if l := r.Version.Local(); l != "" && !slices.Contains(locals, l) {
				locals = append(locals, l)
			}
		}
		return locals
	}
	if got := builds(c); len(got) > 0 {
		t.Errorf("builds on PyPI = %v, want none", got)
	}
	if got := builds(c.With("https://download.pytorch.org/whl/cpu/")); !slices.Equal(got, []string{"cpu"}) {
		t.Errorf("builds on the CPU index = %v", got)
	}
	if got := c.String(); got != "offline catalogue of 2026-08-21, from lock files of 18 public projects" {
		t.Errorf("the catalogue says %q of itself", got)
	}
	if _, err := c.Releases(t.Context(), "no-such-project"); !errors.Is(err, ErrNotFound) {
		t.Errorf("error = %v, want ErrNotFound", err)
	}
}

// Several goroutines may ask one catalogue at once.
func TestCatalogueConcurrent(t *testing.T) {
	c := embedded(t).With(PyPI)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, name := range []pep.Name{"torch", "numpy", "fastapi", "torch"} {
				releases, err := c.Releases(t.Context(), name)
				if err != nil {
					t.Error(err)
					return
				}
				for i := range releases {
					if _, err := c.Metadata(t.Context(), &releases[i], nil); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestCatalogueMetadata(t *testing.T) {
	c := embedded(t)
	releases, err := c.Releases(t.Context(), "uvicorn")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(releases, func(r Release) bool { return r.Version.String() == "0.35.0" })
	m, err := c.Metadata(t.Context(), &releases[i], &releases[i].Files[0])
	if err != nil || !slices.Contains(m.ProvidesExtras, "standard") {
		t.Fatalf("extras = %v, %v", m.ProvidesExtras, err)
	}
	var plain, standard int
	env := pep.DefaultTarget().Env()
	for _, r := range m.Requires {
		if r.Marker.Eval(env) {
			plain++
		}
		if r.Marker.Eval(env, "standard") {
			standard++
		}
	}
	if plain != 2 || standard != 8 {
		t.Errorf("%d requirements, with the extra %d; want 2 and 8", plain, standard)
	}
}

func TestWriteCatalogue(t *testing.T) {
	release := func(name pep.Name, version, index string, files ...File) SnapshotRelease {
		return SnapshotRelease{Release: Release{Name: name, Version: pep.MustVersion(version), Index: index, Files: files}}
	}
	in := []SnapshotRelease{
		release("b", "1.0", PyPI, File{Filename: "B-1.0-1-py3-none-any.whl", Size: bytesize.Of(0)}, File{Filename: "b-1.0-py3-none-any.whl"}),
		release("a-c", "2.0", PyPI, File{Filename: "a_c-2.0-cp311-cp311-win_amd64.whl", Size: bytesize.Of(7)}, File{Filename: "a-c-2.0.tar.gz", Size: bytesize.Of(9)}),
	}
	in[1].Requires = []string{"b>=1"}
	in[1].RequiresPython = ">=3.9"
	in[1].Extras = map[string][]string{"x": {"b ; os_name == 'nt' or os_name == 'posix'", "d"}}
	var b bytes.Buffer
	if err := WriteCatalogue(&b, "2026-01-02", "a test", in); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCatalogue(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if c.Date != "2026-01-02" || c.From != "a test" || !slices.Equal(c.Names(), []string{"a-c", "b"}) {
		t.Errorf("got %q, %q, %v", c.Date, c.From, c.Names())
	}
	got, err := c.Releases(t.Context(), "b")
	if err != nil || len(got) != 1 || got[0].Files[0].Filename != "B-1.0-1-py3-none-any.whl" || got[0].Files[0].Size != bytesize.Of(0) || got[0].Files[1].Size.Known() {
		t.Errorf("b = %+v, %v", got, err)
	}
	got, err = c.Releases(t.Context(), "a-c")
	want := []string{"b>=1", "b ; (os_name == 'nt' or os_name == 'posix') and extra == 'x'", "d ; extra == 'x'"}
	if err != nil || !slices.Equal(got[0].Requires, want) || got[0].RequiresPython != ">=3.9" || !got[0].Files[1].LastResort {
		t.Errorf("a-c = %+v, %v", got, err)
	}
}

func TestOpenCatalogueDamaged(t *testing.T) {
	for _, in := range [][]byte{nil, []byte("no zstd"), assets.Catalogue[:1000]} {
		if c, err := OpenCatalogue(in); err == nil {
			t.Errorf("OpenCatalogue(%d bytes) = %v, want an error", len(in), c.Date)
		}
	}
}

func TestEstimateUnpacked(t *testing.T) {
	test := func(file string, size int64, want string) {
		t.Helper()
		got, basis := EstimateUnpacked(&File{Filename: file, Size: bytesize.Of(size)})
		if got.String() != want || basis == "" {
			t.Errorf("EstimateUnpacked(%s, %d) = %v, %q, want %s", file, size, got, basis, want)
		}
	}
	test("nvidia_x-1-py3-none-manylinux1_x86_64.whl", 1000, "≈ 1.50 kB")
	test("x-1-cp311-cp311-manylinux1_x86_64.whl", 1000, "≈ 2.90 kB")
	test("x-1-py3-none-any.whl", 1000, "≈ 3.60 kB")
	test("x-1.tar.gz", 1000, "unknown")
	if got, _ := EstimateUnpacked(&File{Filename: "x-1-py3-none-any.whl"}); got != (bytesize.Amount{}) {
		t.Errorf("an unknown download unpacks to %v", got)
	}
}

func FuzzOpenCatalogue(f *testing.F) {
	f.Add(assets.Catalogue[:2000])
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := OpenCatalogue(b); err == nil {
			for _, n := range c.Names() {
				_, _ = c.Releases(t.Context(), pep.Name(n))
			}
		}
	})
}

func FuzzDecodeProject(f *testing.F) {
	c, err := Embedded()
	if err != nil {
		f.Fatal(err)
	}
	for i := 0; i < len(c.bodies); i += 100 {
		f.Add(c.bodies[i])
	}
	f.Fuzz(func(t *testing.T, body string) {
		_, _ = c.tables.decode("x", body)
	})
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if _, err := OpenCatalogue(assets.Catalogue); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReleases(b *testing.B) {
	all, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := all.With(PyPI).Releases(b.Context(), "torch"); err != nil {
			b.Fatal(err)
		}
	}
}
