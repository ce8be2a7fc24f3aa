package evidence

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pythonFiles returns the Python sources below the folders in which the
// machine's Python keeps its library and its packages; WEIGHLINE_PYTHON_FILES
// names other folders.
func pythonFiles(t testing.TB) []string {
	t.Helper()
	dirs := filepath.SplitList(os.Getenv("WEIGHLINE_PYTHON_FILES"))
	if len(dirs) == 0 {
		out, err := exec.Command("python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib')); print(sysconfig.get_path('purelib'))").Output()
		if err != nil {
			t.Skip("there is no python3 here, whose ast is the oracle")
		}
		dirs = strings.Fields(string(out))
	}
	var files []string
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.HasSuffix(p, ".py") && !strings.Contains(p, "\n") {
				files = append(files, p)
			}
			return nil
		})
	}
	slices.Sort(files)
	return slices.Compact(files)
}

type oracleFile struct {
	Path    string
	Imports [][]any
	Error   string
}

// askOracle returns what Python's ast sees in the files.
func askOracle(t *testing.T, files []string) []oracleFile {
	t.Helper()
	python := cmp.Or(os.Getenv("WEIGHLINE_PYTHON"), "python3")
	c := exec.Command(python, "testdata/oracle.py")
	c.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Skip("there is no python3 here, whose ast is the oracle")
	}
	var list []oracleFile
	for d := json.NewDecoder(bufio.NewReader(out)); ; {
		var x oracleFile
		if err := d.Decode(&x); err != nil {
			break
		}
		list = append(list, x)
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	return list
}

func rowsOf(x oracleFile) []string {
	var rows []string
	for _, i := range x.Imports {
		var names []string
		for _, n := range i[3].([]any) {
			names = append(names, n.(string))
		}
		rows = append(rows, fmt.Sprintf("%v %v %v %s %v", i[0], i[1], i[2], strings.Join(names, ","), i[4]))
	}
	slices.Sort(rows)
	return rows
}

func rowsOfSource(s Source) []string {
	var rows []string
	for _, i := range s.Imports {
		rows = append(rows, fmt.Sprintf("%d %d %s %s %s", i.Line, i.Level, i.Module, strings.Join(i.Names, ","), i.Kind))
	}
	slices.Sort(rows)
	return rows
}

// TestParseAsPython compares the parser with Python's ast on sources of the
// machine that ast can parse: line, level, module, names and kind are equal.
func TestParseAsPython(t *testing.T) {
	files := pythonFiles(t)
	if os.Getenv("WEIGHLINE_PYTHON_FILES") == "" {
		files = sample(files, 400) // spread over all; the others take Python a minute
	}
	equal, broken, noticed, wrong := 0, 0, 0, 0
	for _, x := range askOracle(t, files) {
		src, err := os.ReadFile(x.Path)
		if err != nil {
			continue
		}
		got := Parse(src)
		if x.Error != "" {
			if broken++; len(got.Problems) > 0 {
				noticed++
			}
			continue
		}
		want, have := rowsOf(x), rowsOfSource(got)
		if slices.Equal(want, have) && len(got.Problems) == 0 {
			equal++
			continue
		}
		if wrong++; wrong <= 20 {
			t.Errorf("%s: problems %v\n%s", x.Path, got.Problems, difference(want, have))
		}
	}
	t.Logf("%d files: %d as ast reads them, %d otherwise; %d that ast refuses, %d of them noticed", len(files), equal, wrong, broken, noticed)
	if equal+broken == 0 {
		t.Error("no file was compared")
	}
}

// sample returns n of the files, evenly spread.
func sample(files []string, n int) []string {
	if len(files) <= n {
		return files
	}
	var out []string
	for i := range n {
		out = append(out, files[i*len(files)/n])
	}
	return out
}

func difference(want, have []string) string {
	var b strings.Builder
	for _, w := range want {
		if !slices.Contains(have, w) {
			fmt.Fprintf(&b, "  ast alone:  %s\n", w)
		}
	}
	for _, h := range have {
		if !slices.Contains(want, h) {
			fmt.Fprintf(&b, "  ours alone: %s\n", h)
		}
	}
	return b.String()
}
