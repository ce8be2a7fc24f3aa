package cmd

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// level orders the packages: one imports only from lower levels, so packages
// on the same level do not know each other. A path covers what lies below it
// unless that has a line of its own.
var level = map[string]int{
	"analysis/bytesize":  1, // numbers and words: they know nothing
	"ui/texts":           1,
	"analysis/pep":       1,
	"analysis/fileclass": 1,
	"analysis/inflate":   1,
	"assets":             1,
	"ui/treemap":         1,

	"analysis/oracletest": 1, // for tests alone

	"analysis/reqfile": 2, // readers of one kind of input each
	"analysis/pyindex": 2,
	"analysis/oci":     2,
	"analysis/layer":   2,
	"ui/chart":         2,

	"analysis/depgraph":    3, // who needs whom, who owns what
	"analysis/attribution": 3,
	"analysis/evidence":    3,

	"analysis/plan":    4, // what could be done about it
	"analysis/insight": 4,
	"analysis/slim":    4,

	"analysis": 5, // composes 1 to 4; a child that imports its parent would be a cycle of ideas

	"analysis/report": 6, // one result, many printers
	"store":           6, // one result, kept

	"ui/state":   7, // what the screens show, without a window
	"ui/widgets": 7, // how things are drawn, without the domain

	"ui": 8,

	"cmd/weigh":      9,
	"cmd/weighline":  9,
	"assets/gen":     10, // programs that make the assets, run by hand
	"analysis/bench": 10, // programs that measure
}

// only names the packages that may import a module, and says why no other.
var only = map[string]struct {
	where []string
	why   string
}{
	"fyne.io/fyne/v2": {[]string{"ui", "ui/widgets", "cmd/weighline"},
		"all else must run, and be tested, without a window"},
	"github.com/google/go-containerregistry": {[]string{"analysis/oci", "analysis/oci/ocitest", "analysis/slim"},
		"images come through one door, so that its traps are handled once"},
	"github.com/wcharczuk/go-chart/v2": {[]string{"ui/chart"},
		"the library is archived upstream: it must stay replaceable"},
	"github.com/mattn/go-sqlite3": {[]string{"store"},
		"SQL stays in one package"},
	"database/sql": {[]string{"store"},
		"SQL stays in one package"},
}

// levelOf returns the level of the package in dir and the table's line for it.
func levelOf(dir string) (int, string) {
	for p := dir; p != "." && p != "/"; p = path.Dir(p) {
		if n, ok := level[p]; ok {
			return n, p
		}
	}
	return 0, ""
}

// TestImports reads the source files rather than asking `go list`: go test
// then knows what the result depends on and does not serve a stale one.
func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && file != ".." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "build") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		files++
		rel, err := filepath.Rel("..", file)
		if err != nil {
			return err
		}
		checkFile(t, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("read %d files: the walk does not see the tree", files)
	}
}

func checkFile(t *testing.T, file string) {
	dir := path.Dir(file)
	isTest := strings.HasSuffix(file, "_test.go")
	own, line := levelOf(dir)
	if own == 0 && dir != "cmd" {
		t.Errorf("%s: package %s has no line in the table of levels", file, dir)
	}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for module, rule := range only {
			if (imp == module || strings.HasPrefix(imp, module+"/")) && !isTest && !slices.Contains(rule.where, dir) {
				t.Errorf("%s imports %s; only %s may: %s", file, imp, strings.Join(rule.where, ", "), rule.why)
			}
		}
		dep, ours := strings.CutPrefix(imp, "weighline/")
		if !ours || isTest {
			continue
		}
		if n, depLine := levelOf(dep); depLine != line && n >= own {
			t.Errorf("%s (level %d) imports %s (level %d): imports go to lower levels only", file, own, imp, n)
		}
	}
}
