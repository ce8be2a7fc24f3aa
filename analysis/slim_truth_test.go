//go:build truth

package analysis_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"weighline/analysis"
	"weighline/analysis/attribution/truthtest"
	"weighline/analysis/fileclass"
	"weighline/analysis/oci"
	"weighline/analysis/oracletest"
	"weighline/analysis/plan"
)

// TestTruthSlim writes lighter images of real ones and asks programs that share
// no code with this module what they are: the script of the corpus, archive/tar,
// umoci, skopeo, and Docker, where pip and Python look at them.
func TestTruthSlim(t *testing.T) {
	images := filepath.Join(truthtest.Corpus(t), "images")
	for _, c := range []struct {
		name, image string
		plan        plan.Plan
		still       string // what must be imported still
		gone        string // what must not
	}{
		{"drop torch", "pyapp-1.0.oci", plan.New("torch"), "numpy, pandas, scipy, sklearn, sqlalchemy, lxml, PIL", "torch"},
		{"squash", "pyapp-1.1.oci", plan.Plan{}.WithSquash(true), "numpy, pandas, scipy", "IPython"},
		{"strip tests", "pyapp-1.0.oci", plan.Plan{}.WithStrip(fileclass.Tests, true), "numpy, pandas, scipy, sklearn", "numpy.tests.test_scripts"},
		{"all at once", "pyapp-1.1.oci", plan.New("torch", "matplotlib").WithSquash(true).WithStrip(fileclass.Tests, true).WithStrip(fileclass.Bytecode, true), "numpy, pandas, scipy", "torch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := analysis.Analyze(t.Context(), analysis.Input{Image: filepath.Join(images, c.image)}, analysis.Options{})
			check(t, err)
			dir := filepath.Join(slimDir(t), "slim")
			began := time.Now()
			r, err := analysis.Slim(t.Context(), b, c.plan, "oci:"+dir+":slim", analysis.SlimOptions{Verify: true})
			check(t, err)
			t.Logf("%.1f s; layers %d kept, %d rewritten, %d removed; promised %+v, actual %+v; refused %d, links %d, shared %d", time.Since(began).Seconds(),
				r.Kept, r.Rewritten, r.Removed, r.Promised, r.Actual, len(r.Refused), len(r.Links), len(r.Shared))
			for _, x := range r.Checks {
				if !x.OK {
					t.Errorf("%s: %s", x.Name, x.Text)
				}
			}
			slimSubsequence(t, b, dir)
			slimByScript(t, dir, r, c.plan.Squash)
			slimAgain(t, b, c.plan, r)
			slimTools(t, dir)
			slimRuns(t, strings.TrimSuffix(c.image, ".oci"), dir, c.still, c.gone)
		})
	}
}

// slimDir is a folder on the disk of the corpus: /tmp may be small.
func slimDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Join(truthtest.Corpus(t), "work"), "slim-*")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// slimSubsequence reads the layers before and after with archive/tar: what is
// left must be what was there, in the same order, header for header.
func slimSubsequence(t *testing.T, b *analysis.Build, dir string) {
	t.Helper()
	after, err := oci.Open(t.Context(), dir, oci.Options{})
	check(t, err)
	defer after.Close()
	before, err := oci.Open(t.Context(), b.Image.Reference, oci.Options{})
	check(t, err)
	defer before.Close()
	k, changed := 0, 0
	for i := range after.Layers {
		for before.Layers[k].CreatedBy != after.Layers[i].CreatedBy {
			k++ // nothing was left of it
		}
		if before.Layers[k].Digest == after.Layers[i].Digest {
			k++
			continue
		}
		old, now := openTar(t, &before.Layers[k]), openTar(t, &after.Layers[i])
		for {
			h, err := now.Next()
			if err == io.EOF {
				break
			}
			check(t, err)
			sum := contentSum(t, now)
			found := false
			for !found {
				o, err := old.Next()
				if err != nil {
					t.Fatalf("layer %d: %s is not in the layer before, or is another one: %v", i, h.Name, err)
				}
				if o.Name != h.Name {
					continue
				}
				found = reflect.DeepEqual(o, h) && contentSum(t, old) == sum
				if !found && strings.HasSuffix(h.Name, ".dist-info/RECORD") {
					found = true
					changed++
				}
			}
		}
		k++
	}
	t.Logf("%d RECORDs changed", changed)
}

func openTar(t *testing.T, l *oci.Layer) *tar.Reader {
	t.Helper()
	rc, err := l.Open(t.Context())
	check(t, err)
	t.Cleanup(func() { rc.Close() })
	z, err := gzip.NewReader(rc)
	check(t, err)
	return tar.NewReader(z)
}

func contentSum(t *testing.T, r io.Reader) [32]byte {
	t.Helper()
	h := sha256.New()
	_, err := io.Copy(h, r)
	check(t, err)
	return [32]byte(h.Sum(nil))
}

// slimByScript runs the script of the corpus on the result.
func slimByScript(t *testing.T, dir string, r *analysis.SlimResult, squashed bool) {
	t.Helper()
	script, ok := oracletest.Look(t, "images/60-truth.py")
	if !ok {
		t.Logf("%s is not there: the promise is not checked by it", script)
		return
	}
	out := filepath.Join(t.TempDir(), "truth.json")
	run(t, "python3", script, dir, "-", out)
	truth := truthtest.Load(t, out)
	if truth.Rootfs.Bytes != r.Promised.Unpacked {
		t.Errorf("the script counts %d bytes, promised were %d", truth.Rootfs.Bytes, r.Promised.Unpacked)
	}
	if truth.Totals.CompressedBytes != r.Actual.Download {
		t.Errorf("the script counts a download of %d bytes, and not %d", truth.Totals.CompressedBytes, r.Actual.Download)
	}
	if squashed && truth.Waste.Bytes != 0 {
		t.Errorf("the script still finds %d bytes of waste", truth.Waste.Bytes)
	}
}

// slimAgain writes the image once more.
func slimAgain(t *testing.T, b *analysis.Build, p plan.Plan, first *analysis.SlimResult) {
	t.Helper()
	r, err := analysis.Slim(t.Context(), b, p, "oci:"+filepath.Join(slimDir(t), "again"), analysis.SlimOptions{})
	check(t, err)
	if r.Digest != first.Digest {
		t.Errorf("the second run gives %s, the first one %s", r.Digest, first.Digest)
	}
}

// slimTools lets others read the result.
func slimTools(t *testing.T, dir string) {
	t.Helper()
	if _, err := exec.LookPath("skopeo"); err == nil {
		run(t, "skopeo", "inspect", "oci:"+dir+":slim")
		run(t, "skopeo", "copy", "-q", "oci:"+dir+":slim", "dir:"+filepath.Join(slimDir(t), "dir"))
	} else {
		t.Log("skopeo is not there")
	}
	if _, err := exec.LookPath("umoci"); err == nil {
		run(t, "umoci", "unpack", "--rootless", "--image", dir+":slim", filepath.Join(slimDir(t), "bundle"))
	} else {
		t.Log("umoci is not there")
	}
}

// slimRuns starts the result under the real Docker.
func slimRuns(t *testing.T, image, dir, still, gone string) {
	t.Helper()
	socket := filepath.Join(truthtest.Corpus(t), "run", "docker", "docker.sock")
	if !listens(t, "unix", socket, "10-daemons.sh") {
		return
	}
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	name := "weighline-truth:slim"
	defer exec.Command("docker", "rmi", "-f", name).Run()
	run(t, "skopeo", "copy", "-q", "--dest-daemon-host", "unix://"+socket, "oci:"+dir+":slim", "docker-daemon:"+name)
	python := func(image string, args ...string) (string, error) {
		out, err := exec.Command("docker", append([]string{"run", "--rm", "--network=none", "--entrypoint", "python", image}, args...)...).CombinedOutput()
		return string(out), err
	}
	original := strings.Replace(image, "-", ":", 1)
	if out, err := python(name, "-c", "import "+still); err != nil {
		t.Errorf("import %s: %v: %s", still, err, out)
	}
	before, err := python(original, "-c", importAll)
	if err != nil {
		t.Errorf("%s: %v: %s", original, err, before)
	}
	after, err := python(name, "-c", importAll)
	if err != nil {
		t.Errorf("%s: %v: %s", name, err, after)
	}
	slimImports(t, before, after)
	if out, err := python(name, "-c", "import "+gone); err == nil || !strings.Contains(out, "ModuleNotFoundError") {
		t.Errorf("%s is still there: %v: %s", gone, err, out)
	}
	was, _ := python(original, "-m", "pip", "check")
	is, _ := python(name, "-m", "pip", "check")
	for line := range strings.Lines(is) {
		if !strings.Contains(was, line) && !strings.Contains(line, "No broken requirements") {
			t.Errorf("pip check says something new: %s", line)
		}
	}
	if out, err := python(name, "-c", "import importlib.metadata as m; [list(d.files or ()) for d in m.distributions()]"); err != nil {
		t.Errorf("importlib.metadata: %v: %s", err, out)
	}
}

// importAll is a program that imports each module of each distribution that is
// installed, and the service's own, each in a process of its own: one that does not
// import before need not do so afterwards. It prints a line for each, in its order.
const importAll = `
import importlib.metadata as m, os, sys
names = {"app.main"}
for d in m.distributions():
    for f in d.files or ():
        if f.parts[0] not in ("..", "bin") and not f.parts[0].endswith((".dist-info", ".egg-info", ".libs", ".pth", "__pycache__")):
            names.add(f.parts[0].split(".")[0])
for n in sorted(names):
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1); os.dup2(1, 2)
        try:
            __import__(n)
        except BaseException:
            os._exit(1)
        os._exit(0)
    print("\n", n, "imports" if os.waitpid(pid, 0)[1] == 0 else "fails")
`

// slimImports compares what importAll printed in the image before and in the
// result: what is there in both imports as it did.
func slimImports(t *testing.T, before, after string) {
	t.Helper()
	imports := map[string]string{}
	for line := range strings.Lines(before) {
		if f := strings.Fields(line); len(f) == 2 {
			imports[f[0]] = f[1]
		}
	}
	n := 0
	for line := range strings.Lines(after) {
		f := strings.Fields(line)
		if len(f) != 2 {
			continue
		}
		if imports[f[0]] == "imports" {
			n++
			if f[1] != "imports" {
				t.Errorf("%s no longer imports", f[0])
			}
		}
	}
	if n < 20 {
		t.Errorf("%d modules import, want 20 at least: %s", n, after)
	}
	t.Logf("%d modules import as before", n)
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return string(out)
}

// TestTruthSlimPlaces writes a small image to every kind of place, from every kind
// of place.
func TestTruthSlimPlaces(t *testing.T) {
	corpus := truthtest.Corpus(t)
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(corpus, "run", "docker", "docker.sock"))
	t.Setenv("CONTAINER_HOST", "unix://"+filepath.Join(corpus, "run", "podman", "podman.sock"))
	engines := listens(t, "unix", filepath.Join(corpus, "run", "docker", "docker.sock"), "10-daemons.sh") &&
		listens(t, "unix", filepath.Join(corpus, "run", "podman", "podman.sock"), "10-daemons.sh")
	registry := listens(t, "tcp", "127.0.0.1:5000", "70-registry.sh")
	dir := slimDir(t)
	tag := fmt.Sprint("t", time.Now().UnixNano())
	for _, from := range []string{filepath.Join(corpus, "images", "layers-76.oci"), "docker:layers:76", "podman:layers:76", "127.0.0.1:5000/corpus/layers:76", "127.0.0.1:5000/pushed/layers:76"} {
		if !engines && !strings.Contains(from, "/") || !registry && strings.HasPrefix(from, "127") {
			continue
		}
		b, err := analysis.Analyze(t.Context(), analysis.Input{Image: from}, analysis.Options{})
		check(t, err)
		for i, to := range []string{"oci:" + dir + "/l", dir + "/a.tar", "docker:weighline-truth:places", "podman:localhost/weighline-truth:places", "127.0.0.1:5000/weighline/places:" + tag} {
			if !engines && (i == 2 || i == 3) || !registry && i == 4 {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) {
				r, err := analysis.Slim(t.Context(), b, plan.Plan{}.WithSquash(true), to, analysis.SlimOptions{Verify: true, Force: true})
				check(t, err)
				for _, x := range r.Checks {
					if !x.OK {
						t.Errorf("%s: %s", x.Name, x.Text)
					}
				}
				t.Logf("kept %d, rewritten %d, removed %d; reused %d of %d bytes", r.Kept, r.Rewritten, r.Removed, r.Reused, r.Actual.Download)
			})
		}
	}
	exec.Command("docker", "rmi", "-f", "weighline-truth:places").Run()
}
