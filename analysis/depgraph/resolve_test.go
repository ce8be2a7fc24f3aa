package depgraph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// index reads a small index. Each line is a release and what it requires,
// separated by commas; words in braces say more of the release:
//
//	a 1.0 {python >=3.12} {yanked why} {index URL} {sdist} {tag cp311-cp311-win_amd64} {extra x} b<2, c; extra == 'x'
func index(t testing.TB, text string) *universe {
	t.Helper()
	u := &universe{releases: map[pep.Name][]pyindex.Release{}}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		version, rest, _ := strings.Cut(rest, " ")
		r := pyindex.Release{Name: pep.Name(name), Version: pep.MustVersion(version), Index: pyindex.PyPI}
		f := pyindex.File{Size: bytesize.Of(10)}
		tag, sdist := "py3-none-any", false
		for strings.HasPrefix(rest, "{") {
			var word string
			word, rest, _ = strings.Cut(rest[1:], "}")
			rest = strings.TrimSpace(rest)
			key, value, _ := strings.Cut(word, " ")
			switch key {
			case "python":
				f.RequiresPython = value
			case "metadata-python":
				r.RequiresPython = value
			case "yanked":
				f.Yanked = &value
			case "index":
				r.Index = value
			case "tag":
				tag = value
			case "sdist":
				sdist = true
			case "extra":
				r.ProvidesExtras = append(r.ProvidesExtras, value)
			case "unknown-size":
				f.Size = bytesize.Amount{}
			}
		}
		f.Filename = name + "-" + version + "-" + tag + ".whl"
		if sdist {
			f.Filename = name + "-" + version + ".tar.gz"
		}
		r.Files = []pyindex.File{f}
		for _, q := range strings.Split(rest, ", ") {
			if q != "" {
				r.Requires = append(r.Requires, q)
			}
		}
		u.releases[r.Name] = append(u.releases[r.Name], r)
	}
	return u
}

// resolve resolves the roots against the index and fails the test on an error.
func resolve(t *testing.T, u Source, in Input, roots ...string) *Graph {
	t.Helper()
	in.Roots = lines("requirements.txt", roots...)
	g, err := Resolve(t.Context(), u, in)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func wantPins(t *testing.T, g *Graph, want ...string) {
	t.Helper()
	if got, _ := pins(g); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestConflict(t *testing.T) {
	u := index(t, `
app 1.0 left, right
left 1.0 deep<2
left 2.0 deep<2
right 1.0 mid
mid 1.0 deep>=2
deep 1.0
deep 2.0`)
	test := func(want string, constraints []Root, roots ...string) {
		t.Helper()
		_, err := Resolve(t.Context(), u, Input{Roots: lines("requirements.txt", roots...), Constraints: constraints})
		var conflict *ConflictError
		if !errors.As(err, &conflict) || conflict.Error() != want {
			t.Errorf("%v: error = %v, want %s", roots, err, want)
		}
	}
	test("no version of deep satisfies deep<2 (requirements.txt:1: left → deep<2) and deep>=2 (requirements.txt:2: right → mid → deep>=2)",
		nil, "left", "right")
	test("no version of deep satisfies deep<2 (requirements.txt:1: app → left → deep<2) and deep>=2 (requirements.txt:1: app → right → mid → deep>=2)",
		nil, "app")
	test("no version of deep satisfies deep==1.0 (requirements.txt:1) and deep==2.0 (requirements.txt:2)",
		nil, "deep==1.0", "deep==2.0")
	test("no version of deep satisfies deep>=2 (requirements.txt:1: mid → deep>=2) and deep==1.0 (constraint constraints.txt:1)",
		lines("constraints.txt", "deep==1.0"), "mid")
}

func TestResolveUnknown(t *testing.T) {
	u := index(t, `
a 1.0 gone, b
b 1.0
c 1.0
d 1.0 {tag cp312-cp312-manylinux1_x86_64}
e 1.0 {unknown-size}`)
	g := resolve(t, u, Input{}, "a", "c==3.0", "lost", "d", "e", "b")
	wantPins(t, g, "a==1.0", "b==1.0", "c==3.0", "d==", "e==1.0", "gone==", "lost==")
	for _, n := range g.Nodes() {
		if known := n.Name == "a" || n.Name == "b"; known != (n.Reason == "") || known != n.Download.Known() {
			t.Errorf("%s: %v, reason %q", n.Name, n.Download, n.Reason)
		}
	}
	var texts []string
	for _, w := range g.Warnings() {
		texts = append(texts, fmt.Sprintf("%s %s:%d %s", w.Code, w.File, w.Line, w.Text))
	}
	want := []string{
		"unresolved requirements.txt:2 c: no release for Python 3.11, linux/amd64 satisfies c==3.0",
		"unresolved requirements.txt:4 d: none of the 1 releases of d has a file for Python 3.11, linux/amd64",
		"unresolved :0 gone: no such project",
		"unresolved requirements.txt:3 lost: no such project",
	}
	if !slices.Equal(texts, want) {
		t.Errorf("warnings = %q, want %q", texts, want)
	}
	if total := g.Total(); total.Packages != 7 || total.Download.Unknown != 5 {
		t.Errorf("total = %+v", total)
	}
}

// An older release that does without the unknown project is better than nothing
// known, as for pip.
func TestResolveBacksAwayFromUnknown(t *testing.T) {
	u := index(t, "a 1.0 b\na 2.0 gone\nb 1.0")
	wantPins(t, resolve(t, u, Input{}, "a"), "a==1.0", "b==1.0")
}

func TestResolveOptions(t *testing.T) {
	const cpu = "https://download.pytorch.org/whl/cpu"
	u := index(t, `
torch 2.0 dep
torch 2.0+cpu {index `+cpu+`} dep
dep 1.0
dep 2.0rc1
src 1.0
src 2.0 {sdist}`)
	wantPins(t, resolve(t, u, Input{}, "torch"), "dep==1.0", "torch==2.0+cpu")
	wantPins(t, resolve(t, u, Input{Options: Options{FirstIndex: []string{pyindex.PyPI, cpu}}}, "torch"), "dep==1.0", "torch==2.0")
	wantPins(t, resolve(t, u, Input{Options: Options{FirstIndex: []string{cpu + "/"}}}, "torch"), "dep==1.0", "torch==2.0+cpu")
	wantPins(t, resolve(t, u, Input{Options: Options{Pre: true}}, "torch"), "dep==2.0rc1", "torch==2.0+cpu")
	wantPins(t, resolve(t, u, Input{Options: Options{NoDeps: true}}, "torch"), "torch==2.0+cpu")
	wantPins(t, resolve(t, u, Input{}, "src"), "src==2.0")
	wantPins(t, resolve(t, u, Input{Options: Options{PreferBinary: true}}, "src"), "src==1.0")
	wantPins(t, resolve(t, u, Input{Options: Options{OnlyBinary: []string{":all:"}}}, "src==2.0"), "src==2.0")
	for _, o := range []struct{ none, only, want string }{
		{"", "src", "src==1.0"}, {"src", "", "src==2.0"}, {":all:", "", "src==2.0"}, {":all:", "src", "src==1.0"}, {"src", ":all:", "src==2.0"},
		{":all:", ":all:", "src==1.0"}, {"torch", "", "src==2.0"},
	} {
		options := Options{NoBinary: strings.Fields(o.none), OnlyBinary: strings.Fields(o.only)}
		wantPins(t, resolve(t, u, Input{Options: options}, "src"), o.want)
	}
	g := resolve(t, u, Input{Options: Options{NoBinary: []string{"dep"}}}, "dep")
	if w := g.Warnings(); len(w) != 1 || !strings.Contains(w[0].Text, "wheels are forbidden by --no-binary") {
		t.Errorf("warnings = %+v", w)
	}
	wantPins(t, resolve(t, u, Input{Constraints: lines("c.txt", "src<2", "dep; os_name == 'nt'")}, "src"), "src==1.0")
}

func TestResolveExtras(t *testing.T) {
	u := index(t, `
web 1.0 {extra fast} {extra all} core, loop; extra == 'fast', web[fast]; extra == 'all', tls; extra == 'all'
web 2.0 core
core 1.0
loop 1.0
tls 1.0`)
	g := resolve(t, u, Input{}, "web[all]<2")
	wantPins(t, g, "core==1.0", "loop==1.0", "tls==1.0", "web==1.0")
	i, _ := g.Index("web")
	if n := g.Nodes()[i]; !slices.Equal(n.Extras, []string{"all", "fast"}) {
		t.Errorf("extras = %v", n.Extras)
	}
	if got := g.Requires("web"); !slices.Equal(got, []pep.Name{"core", "loop", "tls"}) {
		t.Errorf("web requires %v", got)
	}
	g = resolve(t, u, Input{}, "web[nonsense]")
	wantPins(t, g, "core==1.0", "web==2.0")
	if w := g.Warnings(); len(w) != 1 || w[0].Code != "extra" {
		t.Errorf("warnings = %v", w)
	}
}

func TestResolveYankedAndPython(t *testing.T) {
	u := index(t, `
a 1.0
a 2.0 {yanked broken on Mondays}
b 1.0
b 2.0 {python >=3.12}
b 3.0 {metadata-python >=3.12}`)
	wantPins(t, resolve(t, u, Input{}, "a", "b"), "a==1.0", "b==1.0")
	g := resolve(t, u, Input{}, "a==2.0")
	wantPins(t, g, "a==2.0")
	if w := g.Warnings(); len(w) != 1 || w[0].Text != "a 2.0 was yanked: broken on Mondays" {
		t.Errorf("warnings = %v", w)
	}
}

func TestResolveURL(t *testing.T) {
	u := index(t, "a 1.0 b\nb 1.0")
	g := resolve(t, u, Input{}, "a", "b @ https://example.org/b-7.0-py3-none-any.whl")
	wantPins(t, g, "a==1.0", "b==7.0")
	i, _ := g.Index("b")
	if n := g.Nodes()[i]; n.Reason == "" || n.Download.Known() {
		t.Errorf("b = %+v", n)
	}
}

func TestSkipped(t *testing.T) {
	g := resolve(t, index(t, "a 1.0\nb 1.0"), Input{}, "a", "b; sys_platform == 'win32'")
	wantPins(t, g, "a==1.0")
	if len(g.Skipped()) != 1 || g.Skipped()[0].Line != 2 {
		t.Errorf("skipped = %v", g.Skipped())
	}
	windows, err := pep.ParseTarget("3.12", "windows/amd64")
	if err != nil {
		t.Fatal(err)
	}
	wantPins(t, resolve(t, index(t, "a 1.0\nb 1.0"), Input{Target: windows}, "a", "b; sys_platform == 'win32'"), "a==1.0", "b==1.0")
}

// Every line of a package counts, and all of them are roots.
func TestTwoLines(t *testing.T) {
	g := resolve(t, index(t, "a 1.0\na 2.0\na 3.0"), Input{}, "a>=2", "a<3")
	wantPins(t, g, "a==2.0")
	if len(g.Roots()) != 2 || len(g.Freed("a")) != 1 {
		t.Errorf("roots = %v, freed = %v", g.Roots(), g.Freed("a"))
	}
}

// A puzzle with no solution that takes pip's way for ever to see.
func TestResolveBounded(t *testing.T) {
	var b strings.Builder
	const n, versions = 12, 12
	for i := range n {
		for v := range versions {
			fmt.Fprintf(&b, "p%d %d.0 shared==%d.%d\n", i, v+1, i, v)
		}
	}
	for i := range n {
		for v := range versions {
			fmt.Fprintf(&b, "shared %d.%d\n", i, v)
		}
	}
	var roots []string
	for i := range n {
		roots = append(roots, fmt.Sprint("p", i))
	}
	in := Input{Roots: lines("requirements.txt", roots...), Options: Options{MaxRounds: 2000}}
	_, err := Resolve(t.Context(), index(t, b.String()), in)
	var conflict *ConflictError
	if !errors.As(err, &conflict) && !errors.Is(err, ErrTooComplex) {
		t.Errorf("error = %v, want a conflict or ErrTooComplex", err)
	}
}

func TestResolveCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Resolve(ctx, index(t, "a 1.0"), Input{Roots: lines("", "a")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want Canceled", err)
	}
}

func TestProgress(t *testing.T) {
	calls, last := 0, [2]int{}
	in := Input{Options: Options{Progress: func(chosen, needed int) { calls++; last = [2]int{chosen, needed} }}}
	resolve(t, index(t, "a 1.0 b\nb 1.0"), in, "a")
	if calls == 0 || last != [2]int{2, 2} {
		t.Errorf("%d calls, last %v", calls, last)
	}
}

func TestEmpty(t *testing.T) {
	g := resolve(t, index(t, "a 1.0"), Input{})
	if total := g.Total(); total.Packages != 0 || len(g.FreesAll()) != 0 {
		t.Errorf("total = %v", total)
	}
}

// BenchmarkResolveMany resolves 2,000 packages of five releases each.
func BenchmarkResolveMany(b *testing.B) {
	const n = 2000
	var text strings.Builder
	for i := range n {
		for v := 1; v <= 5; v++ {
			fmt.Fprintf(&text, "p%d %d.0", i, v)
			for k, sep := 1, " "; k <= 4 && i+k*k < n; k, sep = k+1, ", " {
				fmt.Fprintf(&text, "%sp%d>=%d", sep, i+k*k, v-1)
			}
			text.WriteString("\n")
		}
	}
	u := index(b, text.String())
	in := Input{Roots: lines("", "p0", "p1")}
	for b.Loop() {
		g, err := Resolve(b.Context(), u, in)
		if err != nil || g.Total().Packages != n {
			b.Fatal(err, g.Total())
		}
	}
}
