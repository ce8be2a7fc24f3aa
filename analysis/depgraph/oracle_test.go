package depgraph

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/oracletest"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// oracle reads one of the files with answers of the real tools.
func oracle(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(oracletest.Path(t, "python/oracles/"+name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// pipSaw is the offline catalogue as pip saw it: without the files of last
// resort, for the snapshot was served with source distributions only of
// releases that have no wheels.
type pipSaw struct{ *pyindex.Catalogue }

func (c pipSaw) Releases(ctx context.Context, name pep.Name) ([]pyindex.Release, error) {
	all, err := c.Catalogue.Releases(ctx, name)
	all = slices.Clone(all)
	for i := range all {
		all[i].Files = slices.DeleteFunc(slices.Clone(all[i].Files), func(f pyindex.File) bool { return f.LastResort })
	}
	return all, err
}

// catalogue is the offline catalogue.
func catalogue(t testing.TB) *pyindex.Catalogue {
	t.Helper()
	c, err := pyindex.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines turns requirement texts into roots of a file.
func lines(file string, texts ...string) (roots []Root) {
	for i, text := range texts {
		roots = append(roots, Root{pep.MustRequirement(text), file, i + 1})
	}
	return roots
}

// readLines reads the roots of a plain requirements file.
func readLines(t testing.TB, path string) (roots []Root) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(data), "\n") {
		if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) != "" {
			roots = append(roots, Root{pep.MustRequirement(line), filepath.Base(path), i + 1})
		}
	}
	return roots
}

// pins lists what was chosen in the words of the oracles. Something unknown in
// the result is what makes pip fail.
func pins(g *Graph) (list []string, unknown bool) {
	for _, n := range g.Nodes() {
		list = append(list, string(n.Name)+"=="+n.Version)
		unknown = unknown || n.Reason != "" && n.File == ""
	}
	slices.Sort(list)
	return list, unknown
}

// A universe is a small index in a table.
type universe struct {
	releases map[pep.Name][]pyindex.Release
	pyindex.Catalogue
}

func (u *universe) Releases(_ context.Context, name pep.Name) ([]pyindex.Release, error) {
	if r, ok := u.releases[name]; ok {
		return r, nil
	}
	return nil, pyindex.ErrNotFound
}

func (u *universe) Metadata(_ context.Context, r *pyindex.Release, _ *pyindex.File) (pyindex.Metadata, error) {
	m, bad := pyindex.ParseMetadata(r.Requires, r.ProvidesExtras, r.RequiresPython)
	return m, errors.Join(bad...)
}

func TestPipResolvesUniverse(t *testing.T) {
	var o struct {
		Universe map[string]map[string]struct {
			Requires []string
			Python   string `json:"requires_python"`
			Yanked   bool
			Tag      string
			Extras   []string
		}
		Scenarios map[string]struct {
			Requirements, Pins []string
			Error              string
		}
	}
	oracle(t, "pip_resolves_universe.json", &o)
	u := &universe{releases: map[pep.Name][]pyindex.Release{}}
	for name, versions := range o.Universe {
		for version, r := range versions {
			f := pyindex.File{Filename: strings.ReplaceAll(string(pep.Normalize(name)), "-", "_") + "-" + version + "-" + r.Tag + ".whl", Size: bytesize.Of(1), RequiresPython: r.Python}
			if r.Yanked {
				f.Yanked = new(string)
			}
			u.releases[pep.Normalize(name)] = append(u.releases[pep.Normalize(name)], pyindex.Release{
				Name: pep.Normalize(name), Version: pep.MustVersion(version), Files: []pyindex.File{f}, Requires: r.Requires, ProvidesExtras: r.Extras,
			})
		}
	}
	for name, scenario := range o.Scenarios {
		t.Run(name, func(t *testing.T) {
			g, err := Resolve(t.Context(), u, Input{Roots: lines("", scenario.Requirements...)})
			if err != nil {
				t.Fatal(err)
			}
			got, unknown := pins(g)
			if scenario.Error != "" {
				if !unknown || len(g.Warnings()) == 0 {
					t.Errorf("got %v, %v; pip says %s", got, g.Warnings(), scenario.Error)
				}
			} else if !slices.Equal(got, scenario.Pins) {
				t.Errorf("got %v, pip chose %v", got, scenario.Pins)
			}
		})
	}
	if len(o.Scenarios) != 28 {
		t.Errorf("%d scenarios, want 28", len(o.Scenarios))
	}
}

func TestPipRandomRoots(t *testing.T) {
	var sets []struct {
		Roots, Pins []string
		Error       string
	}
	oracle(t, "pip_random_roots.json", &sets)
	for _, set := range sets {
		t.Run(strings.Join(set.Roots, " "), func(t *testing.T) {
			g, err := Resolve(t.Context(), pipSaw{catalogue(t)}, Input{Roots: lines("", set.Roots...)})
			if set.Error != "" {
				if err == nil {
					if got, unknown := pins(g); !unknown {
						t.Errorf("got %v; pip says %s", got, set.Error)
					}
				}
				t.Logf("pip: %s\nhere: %v", set.Error, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := pins(g); !slices.Equal(got, set.Pins) {
				t.Errorf("got %v\npip %v", got, set.Pins)
			}
		})
	}
	if len(sets) != 35 {
		t.Errorf("%d sets, want 35", len(sets))
	}
}

func TestPipResolvesMotivating(t *testing.T) {
	var o struct{ Requirements, Pins []string }
	oracle(t, "pip_resolves_motivating.json", &o)
	g, err := Resolve(t.Context(), catalogue(t), Input{Roots: lines("requirements.txt", o.Requirements...)})
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := pins(g); !slices.Equal(got, o.Pins) {
		t.Errorf("got %v\npip %v", got, o.Pins)
	}
}

// founding resolves the founding story under its constraints.
func founding(t testing.TB) Input {
	return Input{
		Roots:       readLines(t, oracletest.Path(t, "python/projects/synthetic/motivating.txt")),
		Constraints: readLines(t, oracletest.Path(t, "python/projects/synthetic/motivating-constraints.txt")),
		Options:     Options{SourceName: "catalogue"},
	}
}

func TestFoundingStory(t *testing.T) {
	var o struct {
		Packages []struct {
			Name, Version, File string
			Download            int64
		}
		Totals struct {
			Packages int
			Download int64
		}
		Freed map[string][2]int64
	}
	oracle(t, "founding_story.json", &o)
	g, err := Resolve(t.Context(), catalogue(t), founding(t))
	if err != nil {
		t.Fatal(err)
	}
	if total := g.Total(); total.Packages != o.Totals.Packages || int64(total.Download.Size) != o.Totals.Download || total.Download.Unknown != 0 {
		t.Errorf("total = %+v, want %+v", total, o.Totals)
	}
	for _, want := range o.Packages {
		i, ok := g.Index(pep.Name(want.Name))
		if n := g.Nodes()[i]; !ok || n.Version != want.Version || n.File != want.File || n.Download != bytesize.Of(want.Download) {
			t.Errorf("%s = %+v, want %+v", want.Name, n, want)
		}
	}
	for set, want := range o.Freed {
		var names []pep.Name
		for _, s := range strings.Split(set, "+") {
			names = append(names, pep.Name(s))
		}
		if got := g.Without(names...).Total(); int64(got.Packages) != want[0] || int64(got.Download.Size) != want[1] {
			t.Errorf("without %s: %v, want %v", set, got, want)
		}
		if len(names) == 1 {
			i, _ := g.Index(names[0])
			if got := g.FreesAll()[i]; int64(got.Packages) != want[0] || int64(got.Download.Size) != want[1] {
				t.Errorf("%s frees %v, want %v", set, got, want)
			}
		}
	}
	if got := g.HeldBy("torch"); !slices.Equal(got, []pep.Name{"openai-whisper"}) {
		t.Errorf("torch is held by %v", got)
	}
	chains, _ := g.Why("numpy", 0)
	if len(chains) < 5 || len(chains[0]) != 2 || len(g.Warnings()) != 0 {
		t.Errorf("chains to numpy = %v, warnings = %v", chains, g.Warnings())
	}
}

func BenchmarkFoundingStory(b *testing.B) {
	c, in := catalogue(b), founding(b)
	for b.Loop() {
		if _, err := Resolve(b.Context(), c, in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFoundingStoryCold decodes what it needs of the catalogue each time.
func BenchmarkFoundingStoryCold(b *testing.B) {
	in := founding(b)
	for b.Loop() {
		if _, err := Resolve(b.Context(), catalogue(b).With(pyindex.PyPI), in); err != nil {
			b.Fatal(err)
		}
	}
}
