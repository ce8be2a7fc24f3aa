//go:build truth

package analysis_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution/truthtest"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

const pytorchCPU = "https://download.pytorch.org/whl/cpu"

// TestTruthDockerfiles lets Docker build the Dockerfile of each strategy of the
// sample, with small wheels of the right names, versions and requirements on a
// local index: what pip lists in the image is what the preview keeps. An image of
// the corpus with the same Python takes the place of the official one, which no
// registry here serves.
func TestTruthDockerfiles(t *testing.T) {
	socket := filepath.Join(truthtest.Corpus(t), "run", "docker", "docker.sock")
	if !listens(t, "unix", socket, "10-daemons.sh") {
		t.Skip("no Docker")
	}
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	t.Setenv("DOCKER_BUILDKIT", "1")
	t.Setenv("DOCKER_CONFIG", t.TempDir()) // without buildx of the user, and without credentials
	b := requirements(t)
	p := plan.New("librosa", "numba").WithSwap("torch", "cpu").WithDev("scikit-learn", true).WithStrip("tests", true).WithStrip("bytecode", true)
	v := preview(t, b, p)
	ways := b.Strategies(v.Plan, plan.Speeds{})
	pypi, cpu := wheels{}, wheels{}
	for _, s := range ways.List {
		pypi.add(preview(t, b, s.Plan).Graph(), cpu)
	}
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served := pypi
		if strings.HasPrefix(r.URL.Path, "/cpu/") {
			served = cpu
		}
		served.serve(w, r)
	}))
	defer index.Close()
	base := "FROM pyapp:1.0\nUSER root\nRUN userdel app\nENV PIP_INDEX_URL=" + index.URL + "/pypi/\n"
	dockerBuild(t, "base", strings.NewReader(base), "-")
	local := func(path string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = regexp.MustCompile(`(?m)^FROM python:\S+`).ReplaceAll(text, []byte("FROM weighline-truth:base"))
		text = regexp.MustCompile(`(?m)^# syntax=.*\n`).ReplaceAll(text, nil)
		if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(pytorchCPU), []byte(index.URL+"/cpu/")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range ways.List {
		dir := t.TempDir()
		x, err := b.Export(t.Context(), v, analysis.Exports{Dockerfile: filepath.Join(dir, "Dockerfile"), Strategy: s.Name}, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range x.Written {
			local(path)
		}
		args := []string{dir}
		if s.Name == plan.BaseImage {
			dockerBuild(t, "heavy", nil, "--file", filepath.Join(dir, "Dockerfile.base"), dir)
			args = []string{"--build-arg", "BASE=weighline-truth:heavy", dir}
		}
		dockerBuild(t, s.Name, nil, args...)
		want := map[string]string{}
		for _, n := range preview(t, b, s.Plan).Graph().Nodes() {
			want[string(n.Name)] = n.Version
		}
		got := pipLists(t, s.Name)
		for _, name := range []string{"pip", "setuptools", "wheel"} {
			if want[name] == "" {
				delete(got, name) // the environment's own
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: the image has %v, the preview %v", s.Name, got, want)
		}
		told := inImage(t, s.Name, "sh", "-c", "id -u; pwd; ls Dockerfile; find /opt/venv -name tests -o -name __pycache__ | wc -l")
		if stripped := s.Name == plan.Current; !strings.HasPrefix(told, "10001\n/app\nDockerfile\n") || stripped != strings.HasSuffix(told, "\n0\n") {
			t.Errorf("%s: user, folder, sources and files that were to be stripped: %q", s.Name, told)
		}
	}
}

// dockerBuild builds an image that is removed with the test.
func dockerBuild(t *testing.T, name string, in *strings.Reader, args ...string) {
	t.Helper()
	docker := "/usr/bin/docker" // which has BuildKit built in
	if _, err := os.Stat(docker); err != nil {
		docker = "docker"
	}
	c := exec.CommandContext(t.Context(), docker, append([]string{"build", "--quiet", "--network", "host", "--tag", "weighline-truth:" + name}, args...)...)
	if in != nil {
		c.Stdin = in
	}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("docker build of %s: %v\n%s", name, err, out)
	}
	t.Cleanup(func() { exec.Command("docker", "rmi", "-f", "weighline-truth:"+name).Run() })
}

func inImage(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "docker", slices.Concat([]string{"run", "--rm", "--network", "none", "--entrypoint", args[0], "weighline-truth:" + name}, args[1:])...).Output()
	if err != nil {
		t.Fatalf("docker run of %s: %v", name, err)
	}
	return string(out)
}

// pipLists returns what pip lists in the image.
func pipLists(t *testing.T, name string) map[string]string {
	t.Helper()
	var list []struct{ Name, Version string }
	if err := json.Unmarshal([]byte(inImage(t, name, "python", "-m", "pip", "list", "--format", "json")), &list); err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, x := range list {
		m[string(pep.Normalize(x.Name))] = x.Version
	}
	return m
}

// wheels are those of an index: by project, by file name, what each requires.
type wheels map[pep.Name]map[string][]byte

// add makes a wheel of each package of g; local versions come to other.
func (w wheels) add(g *depgraph.Graph, other wheels) {
	for i, n := range g.Nodes() {
		to := w
		if strings.Contains(n.Version, "+") {
			to = other
		}
		project := strings.ReplaceAll(string(n.Name), "-", "_")
		file := fmt.Sprintf("%s-%s-py3-none-any.whl", project, n.Version)
		if to[n.Name] == nil {
			to[n.Name] = map[string][]byte{}
		}
		info := fmt.Sprintf("%s-%s.dist-info/", project, n.Version)
		meta := fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\nProvides-Extra: standard\n", n.Name, n.Version)
		for _, e := range g.Edges() {
			if e.From == i {
				meta += fmt.Sprintf("Requires-Dist: %s\n", g.Nodes()[e.To].Name)
			}
		}
		to[n.Name][file] = pack(map[string]string{
			project + "/__init__.py": "", project + "/tests/test_it.py": "", info + "METADATA": meta,
			info + "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n", info + "RECORD": "",
		})
	}
}

func pack(files map[string]string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			panic(err) // a buffer takes all
		}
	}
	z.Close()
	return out.Bytes()
}

// serve answers for /INDEX/PROJECT/ and /INDEX/PROJECT/FILE.
func (w wheels) serve(out http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 2 || w[pep.Name(parts[1])] == nil {
		http.NotFound(out, r)
		return
	}
	files := w[pep.Name(parts[1])]
	if len(parts) == 3 {
		out.Write(files[parts[2]])
		return
	}
	out.Header().Set("Content-Type", "text/html")
	for file := range files {
		fmt.Fprintf(out, "<a href=%q>%s</a>\n", strings.ReplaceAll(file, "+", "%2B"), file)
	}
}
