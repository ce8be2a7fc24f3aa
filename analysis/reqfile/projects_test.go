package reqfile

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/oracletest"
)

var update = flag.Bool("update", false, "write docs/formats.md")

// formatsIntro is what docs/formats.md says before the table.
const formatsIntro = `# Files that can be read

Weighline tells the format by the content of a file, not by its name. A folder is
looked through in this order: uv.lock, poetry.lock, pdm.lock, pylock.toml,
Pipfile.lock, requirements.txt, pyproject.toml, Pipfile, requirements*.txt,
environment.yml; what was chosen is said. "-" is standard input; what it includes is
looked for where weigh runs.

| format | what it tells | what it does not tell |
|---|---|---|
| requirements.txt | what is asked for, as pip reads it: includes, constraints, indexes, hashes | edges, sizes |
| pyproject.toml | PEP 621, dependency groups (PEP 735), poetry, uv, pdm | edges, sizes |
| Pipfile | what is asked for, by category | edges, sizes |
| environment.yml | the part for pip; conda packages are listed as unknown | anything of a conda channel |
| uv.lock (version 1, revisions 0 to 3) | edges by fork, file names, sizes, roots | sizes where the index gave none (pytorch's) |
| poetry.lock (1.0 to 2.1) | edges with specifiers, file names | sizes, roots (taken from pyproject.toml beside it) |
| pdm.lock (4) | edges with specifiers, file names, groups | sizes, roots (taken from pyproject.toml beside it) |
| pylock.toml (PEP 751) by uv | file names, sizes | edges |
| pylock.toml by pipenv | hashes | edges, sizes, file names (it makes them up) |
| Pipfile.lock | hashes, categories | edges, sizes, file names |

Bad lines do not stop the reading: they are told with their number, and the rest is
there. A damaged lock loses the package around the damage and nothing else. Not read
are: files over 32 MB, lines over 1 MB, more than 200,000 lines or 3,000 requirements,
tables nested deeper than 100 or more than 60,000 of them, more than 10,000 packages in
a Pipfile.lock, includes from the network, and more than 500 included files.

## What real projects give

Asked: requirements, with those of groups and extras. Locked: packages in the lock.
Sizes: files in the lock with a known and an unknown size. Unread: lines and entries
that could not be read; pip refuses them too.

| file | format | asked | locked | sizes known / unknown | unread | warnings |
|---|---|---|---|---|---|---|
`

// TestProjects reads every real file. Nothing may be dropped in silence: what
// is not read is an error.
func TestProjects(t *testing.T) {
	root := oracletest.Path(t, "python/projects")
	var rows []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), "LICENSE") {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		doc, err := Load(t.Context(), path, Options{Dir: root, Env: func(string) string { return "" }})
		if doc == nil {
			t.Errorf("%s: %v", rel, err)
			return nil
		}
		rows = append(rows, projectRow(t, rel, doc, err))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(rows)
	text := formatsIntro + strings.Join(rows, "")
	t.Log("\n" + text)
	target := filepath.Join("..", "..", "docs", "formats.md")
	old, err := os.ReadFile(target)
	// What follows is written by the test of package depgraph.
	tail := ""
	if i := strings.Index(string(old), "\n## What locks come to"); i >= 0 {
		tail = string(old[i:])
	}
	if *update {
		err = os.WriteFile(target, []byte(text+tail), 0o666)
		old = []byte(text + tail)
	}
	if err != nil || string(old) != text+tail {
		t.Errorf("docs/formats.md is not what the projects give now: run go test ./analysis/reqfile -run TestProjects -update")
	}
}

func projectRow(t *testing.T, rel string, doc *Doc, err error) string {
	errs := syntaxErrors(err)
	unread := doc.Files[0].Items - doc.Files[0].Read
	if unread != len(errs) && len(doc.Files) == 1 {
		t.Errorf("%s: %d of %d items were read, and %d errors tell of it: %v", rel, doc.Files[0].Read, doc.Files[0].Items, len(errs), err)
	}
	locked, sizes := "", ""
	if l := doc.Lock; l != nil {
		known, unknown := l.Sizes()
		locked, sizes = fmt.Sprint(len(l.Packages)), fmt.Sprintf("%d / %d", known, unknown)
		checkEdges(t, rel, l)
	}
	codes := map[string]int{}
	for _, w := range doc.Warnings {
		codes[w.Code]++
	}
	if len(doc.Unknown) > 0 {
		codes["conda packages unknown"] = len(doc.Unknown)
	}
	var warnings []string
	for _, c := range sortedKeys(codes) {
		warnings = append(warnings, fmt.Sprintf("%d %s", codes[c], c))
	}
	return fmt.Sprintf("| %s | %s | %d | %s | %s | %d | %s |\n", rel, doc.Format, len(doc.Requirements), locked, sizes, len(errs), strings.Join(warnings, ", "))
}

// checkEdges sees to it that each edge of a uv lock leads to one package on
// each of its forks, and that each package is reached.
func checkEdges(t *testing.T, rel string, l *Lock) {
	if l.Format != UvLock {
		return
	}
	reached := map[int]bool{}
	var visit func(i int)
	follow := func(deps []LockDep) {
		for _, d := range deps {
			found := 0
			for i, p := range l.Packages {
				if p.Name == d.Name && (d.Version.IsZero() || d.Version.Equal(p.Version)) && (d.Source == nil || d.Source.Equal(p.Source)) {
					found++
					visit(i)
				}
			}
			if found == 0 {
				t.Errorf("%s: the edge to %s %s leads nowhere", rel, d.Name, d.Version)
			}
		}
	}
	visit = func(i int) {
		if reached[i] {
			return
		}
		reached[i] = true
		p := l.Packages[i]
		follow(p.Dependencies)
		for _, deps := range p.OptionalDeps {
			follow(deps)
		}
		for _, deps := range p.DevDeps {
			follow(deps)
		}
	}
	for _, r := range l.Roots {
		visit(r.Package)
	}
	if len(reached) != len(l.Packages) {
		t.Errorf("%s: %d of %d packages are reached from the roots", rel, len(reached), len(l.Packages))
	}
}

func BenchmarkLoadDocling(b *testing.B) {
	path := filepath.Join(oracletest.Path(b, "python/projects"), "docling-2025-06-30", "uv.lock")
	for b.Loop() {
		if _, err := Load(b.Context(), path, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadPoetry(b *testing.B) {
	path := filepath.Join(oracletest.Path(b, "python/projects"), "docling-poetry-2025-06-02", "poetry.lock")
	for b.Loop() {
		if _, err := Load(b.Context(), path, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
