package analysis_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"weighline/analysis"
	"weighline/analysis/report"
)

// A hostileDeps is requirements, or an index, that are damaged or made to do harm,
// read from one end of the engine to the other.
type hostileDeps struct {
	name  string
	open  string // the file that is opened: the first of files by default
	files map[string]string
	make  func(dir string) error // what files cannot say
	serve http.HandlerFunc       // the index that is asked; nil asks none
	says  string                 // part of the error, or of a warning; "" where all is well
	slow  bool                   // only where the program itself is measured
}

// TestHostileDeps reads each of them. With WEIGHLINE_WEIGH, which names the
// program, that is run on all of them, and prints its seconds and megabytes for
// .ci/bench-hostile-deps.
func TestHostileDeps(t *testing.T) {
	program := os.Getenv("WEIGHLINE_WEIGH")
	cases := append(hostileFiles(), hostileIndexes()...)
	if len(cases) < 40 {
		t.Errorf("%d cases, want at least 40", len(cases))
	}
	for _, c := range cases {
		if c.slow && program == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			path, index := c.prepare(t)
			var said string
			if program == "" {
				said = c.read(t, path, index)
			} else {
				said = c.measure(t, program, path, index)
			}
			if !strings.Contains(said, c.says) {
				t.Errorf("says %.2000q, want %q", said, c.says)
			}
			if c.says == "" && said != "" {
				t.Errorf("says %.2000q, want nothing", said)
			}
		})
	}
}

// prepare writes the files and starts the index.
func (c hostileDeps) prepare(t *testing.T) (path, index string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "requirements.txt")
	if c.open != "" {
		path = filepath.Join(dir, c.open)
	}
	if c.serve != nil && c.files == nil {
		c.files = map[string]string{"requirements.txt": "app\n"}
	}
	for name, text := range c.files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if c.make != nil {
		if err := c.make(dir); err != nil {
			t.Fatal(err)
		}
	}
	if c.serve != nil {
		s := httptest.NewServer(c.serve)
		t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
		index = s.URL + "/simple"
	}
	return path, index
}

// read runs the engine, and returns all that it says.
func (c hostileDeps) read(t *testing.T, path, index string) string {
	t.Helper()
	o := analysis.Options{IndexCache: "none"}
	if index != "" {
		o.Index = []string{index}
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{path}}, o)
	said := strings.Join(analysis.Explanations(err), "\n")
	if b == nil || b.Graph() == nil {
		if err == nil {
			t.Error("there is neither a build nor an error")
		}
		harmless(t, strings.ReplaceAll(said, "\n", " "))
		return said
	}
	j := report.Deps(b, b.Graph().Without(), err)
	text, jerr := json.Marshal(j)
	if jerr != nil || !utf8.Valid(text) {
		t.Errorf("JSON: %v", jerr)
	}
	for _, w := range j.Warnings {
		harmless(t, w.Text)
		said += "\n" + w.Text
	}
	if err := report.WriteDeps(&bytes.Buffer{}, b, b.Graph().Without(), 100, 0); err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(said)
}

// measure runs the program, and prints what it took.
func (c hostileDeps) measure(t *testing.T, program, path, index string) string {
	t.Helper()
	args := []string{"deps", path, "--json"}
	if index != "" {
		args = append(args, "--index", index)
	}
	// Started by itself, the program would count the memory of this test.
	took := filepath.Join(t.TempDir(), "took")
	cmd := exec.CommandContext(t.Context(), "/usr/bin/time", append([]string{"-o", took, "-f", "%e s %U+%S cpu %M", program}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()} // without the settings of pip and uv
	err := cmd.Run()
	code := cmd.ProcessState.ExitCode()
	if code < 0 || code > 2 {
		t.Errorf("exit code %d: %v: %.2000s", code, err, &said)
	}
	if out.Len() > 0 && !json.Valid(out.Bytes()) {
		t.Errorf("no JSON: %.200s", &out)
	}
	figures, _ := os.ReadFile(took)
	lines := strings.Split(strings.TrimSpace(string(figures)), "\n") // the first tells of an exit code
	fmt.Printf("case %s kB exit %d  %s: %s\n", lines[len(lines)-1], code, c.name, c.sentence(said.String(), filepath.Dir(path), strings.TrimSuffix(index, "/simple")))
	if c.says == "" {
		return ""
	}
	return said.String() + out.String()
}

// sentence returns the line of said that tells what is wrong, without the names of
// folders and servers that are others each time.
func (c hostileDeps) sentence(said, dir, index string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	line := lines[max(0, slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, c.says) }))]
	line = strings.NewReplacer(dir+"/", "", dir, "the folder").Replace(line)
	if index != "" {
		line = strings.ReplaceAll(line, index, "http://index")
	}
	if r := []rune(line); len(r) > 150 {
		line = string(r[:149]) + "…"
	}
	return line
}
