//go:build truth

package analysis_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weighline/analysis"
	"weighline/analysis/attribution/truthtest"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/report"
)

// TestTruth reads every image of the corpus in every form, as weigh does, and
// compares the build and its JSON with the truth.
func TestTruth(t *testing.T) {
	corpus := truthtest.Corpus(t)
	images := filepath.Join(corpus, "images")
	read := func(ref, name string, how truthtest.Form) {
		t.Run(strings.TrimPrefix(ref, images+"/"), func(t *testing.T) {
			checkTruth(t, ref, truthtest.Load(t, filepath.Join(corpus, "truth", name+".json")), how)
		})
	}
	layouts, _ := filepath.Glob(filepath.Join(images, "*.oci"))
	for _, l := range layouts {
		read(l, strings.TrimSuffix(filepath.Base(l), ".oci"), truthtest.Same)
	}
	variants(t, corpus, read)
	registries(t, read)
	engines(t, corpus, read)
}

type reader func(ref, name string, how truthtest.Form)

// variants reads the archives, folders and other compressions of some images.
func variants(t *testing.T, corpus string, read reader) {
	var list map[string]struct {
		BaseTruth   string `json:"base_truth"`
		SameDiffIDs *bool  `json:"same_diff_ids"`
	}
	b, err := os.ReadFile(filepath.Join(corpus, "truth", "variants.json"))
	check(t, err)
	check(t, json.Unmarshal(b, &list))
	dir := filepath.Join(corpus, "images", "variants")
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		name, how := e.Name(), truthtest.Wrapped
		base, _, _ := strings.Cut(name, ".")
		if strings.HasPrefix(name, "pyapp-1.0") {
			base = "pyapp-1.0"
		}
		if v, ok := list[name]; ok {
			base = strings.TrimSuffix(v.BaseTruth, ".json")
			if v.SameDiffIDs != nil && !*v.SameDiffIDs {
				how = truthtest.Repacked
			}
		}
		// An eStargz image has files of its own; of some there is a truth.
		own := strings.TrimSuffix(name, ".oci")
		if _, err := os.Stat(filepath.Join(corpus, "truth", own+".json")); err == nil {
			base, how = own, truthtest.Same
		}
		read(filepath.Join(dir, name), base, how)
	}
}

func registries(t *testing.T, read reader) {
	if !listens(t, "tcp", "127.0.0.1:5000", "70-registry.sh") {
		return
	}
	for ref, name := range map[string]string{
		"alpine-like:latest": "alpine-like", "distroless-py:latest": "distroless-py", "goapp:1": "goapp-1", "goapp-multi:latest": "goapp-multi",
		"layers:76": "layers-76", "nodeapp:20": "nodeapp-20", "pyapp:1.0": "pyapp-1.0", "pyapp:1.1": "pyapp-1.1", "rpmapp:1": "rpmapp-1",
	} {
		read("127.0.0.1:5000/corpus/"+ref, name, truthtest.Same)
	}
	for _, kind := range []string{"plain", "plain-labelled", "zstd"} {
		read("127.0.0.1:5000/corpus/distroless-py:latest-"+kind, "distroless-py", truthtest.Wrapped)
	}
	read("127.0.0.1:5000/corpus/distroless-py:latest-zstdchunked", "distroless-py", truthtest.Repacked)
	read("127.0.0.1:5000/corpus/distroless-py:latest-estargz", "distroless-py.estargz", truthtest.Same)
	read("127.0.0.1:5000/pushed/nodeapp:20", "nodeapp-20", truthtest.Wrapped) // schema 2, by docker push
}

func engines(t *testing.T, corpus string, read reader) {
	docker, podman := filepath.Join(corpus, "run", "docker", "docker.sock"), filepath.Join(corpus, "run", "podman", "podman.sock")
	if listens(t, "unix", docker, "10-daemons.sh") {
		t.Setenv("DOCKER_HOST", "unix://"+docker)
		for ref, name := range map[string]string{"goapp:1": "goapp-1", "distroless-py:1": "distroless-py", "layers:76": "layers-76", "nodeapp:20": "nodeapp-20", "pyapp:1.0": "pyapp-1.0", "pyapp:1.1": "pyapp-1.1"} {
			read("docker:"+ref, name, truthtest.Wrapped)
		}
	}
	if listens(t, "unix", podman, "10-daemons.sh") {
		t.Setenv("CONTAINER_HOST", "unix://"+podman)
		read("podman:distroless-py:1", "distroless-py", truthtest.Wrapped)
		read("podman:layers:76", "layers-76", truthtest.Wrapped)
	}
}

// listens reports whether somebody does, and else says which script starts it.
func listens(t *testing.T, network, address, script string) bool {
	conn, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		t.Logf("nothing listens at %s: shared/images/%s start", address, script)
		return false
	}
	return conn.Close() == nil
}

func checkTruth(t *testing.T, ref string, want *truthtest.Truth, how truthtest.Form) {
	o := analysis.Options{Verify: true, Image: oci.Options{Platform: "linux/amd64"}}
	if strings.Contains(ref, ":latest-") || strings.HasPrefix(ref, "docker:") || strings.HasPrefix(ref, "podman:") {
		o.Image.Platform = ""
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: ref}, o)
	check(t, err)
	var indexes []*layer.Index
	for _, l := range b.Image.Layers {
		indexes = append(indexes, l.Index)
	}
	want.Check(t, indexes, b.Image.Tree, b.Image.Ledger, how)
	for _, w := range b.Warnings {
		t.Logf("warning: %s", w.Text)
	}
	if how != truthtest.Repacked {
		checkJSON(t, report.Image(b, false, nil), want, how)
	}
}

// checkJSON compares the object that weigh image prints.
func checkJSON(t *testing.T, j report.ImageJSON, want *truthtest.Truth, how truthtest.Form) {
	t.Helper()
	equal := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("JSON: %s = %v, want %v", what, got, want)
		}
	}
	size := func(a bytesize.Amount) any {
		if !a.Known() {
			return "unknown"
		}
		return int64(a.Size)
	}
	equal("partial", j.Partial, false)
	equal("layers", len(j.Layers), want.Totals.Layers)
	equal("totals.layers", j.Totals.Layers, want.Totals.Layers)
	if how == truthtest.Same {
		equal("totals.download", size(j.Totals.Download), want.Totals.CompressedBytes)
	}
	equal("totals.uncompressed", size(j.Totals.Uncompressed), want.Totals.UncompressedBytes)
	equal("totals.content", size(j.Totals.Content), want.Totals.ContentBytes)
	equal("totals.unpacked", size(j.Totals.Unpacked), want.Rootfs.Bytes)
	equal("totals.files", *j.Totals.Files, want.Rootfs.Files)
	equal("totals.waste", size(j.Totals.Waste), want.Waste.Bytes)
	for i, w := range want.Layers {
		l, at := j.Layers[i], fmt.Sprintf("layers[%d].", i)
		if how == truthtest.Same {
			equal(at+"digest", l.Digest, w.Digest)
			equal(at+"download", size(l.Download), w.CompressedBytes)
		}
		equal(at+"diff_id", l.DiffID, w.DiffID)
		equal(at+"uncompressed", size(l.Uncompressed), w.UncompressedBytes)
		equal(at+"content", size(l.Content), w.ContentBytes)
		equal(at+"files", *l.Files, w.Files)
		equal(at+"kept", size(l.Kept), w.SurvivingBytes)
		equal(at+"waste", size(l.Waste), w.WastedBytes)
	}
	equal("length of waste", len(j.Waste), len(want.Waste.Top))
	for i, w := range want.Waste.Top {
		equal(fmt.Sprintf("waste[%d]", i), j.Waste[i], report.WasteJSON{Path: w.Path, Bytes: w.Bytes, Layer: w.Layer, RemovedBy: w.KilledBy, Why: w.Why})
	}
	checkPackagesJSON(t, j, want, equal)
}

// checkPackagesJSON counts the packages of each kind, and adds them up.
func checkPackagesJSON(t *testing.T, j report.ImageJSON, want *truthtest.Truth, equal func(what string, got, want any)) {
	t.Helper()
	count := map[string]int{}
	sum := int64(j.Unowned.Size)
	for _, p := range j.Packages {
		count[p.Kind]++
		sum += p.Unpacked
		var layers int64
		for _, l := range p.Layers {
			layers += l.Bytes
		}
		equal(p.Path+" in layers", layers, p.Unpacked)
	}
	equal("python packages", count["python"], want.Python.Count)
	equal("deb packages", count["deb"], want.Dpkg.Count)
	equal("apk packages", count["apk"], len(want.Apk))
	equal("node packages", count["node"], want.Node.Count)
	equal("packages and unowned", sum, want.Rootfs.Bytes)
}
