package analysis_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/fileclass"
	"weighline/analysis/oci"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
	"weighline/analysis/slim"
)

const slimApp = `
tag acme/app:1
layer base
layer app
-- base/usr/lib/python3/site-packages/demo/core.py --
print("demo")
-- base/usr/lib/python3/site-packages/demo/tests/test_demo.py --
print("test")
-- base/usr/lib/python3/site-packages/demo-1.0.dist-info/METADATA --
Name: demo
Version: 1.0
-- base/usr/lib/python3/site-packages/demo-1.0.dist-info/RECORD --
demo/core.py,,
demo/tests/test_demo.py,,
demo-1.0.dist-info/METADATA,,
demo-1.0.dist-info/RECORD,,
-- base/usr/lib/python3/other.py --
stays
-- app/app/main.py --
main
`

func slimText(t *testing.T, platform string) *ocitest.Image {
	t.Helper()
	img := ocitest.Text(t, slimApp)
	img.Platform = platform
	return img
}

func analyzed(t *testing.T, reference string, o oci.Options) *analysis.Build {
	t.Helper()
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: reference}, analysis.Options{Image: o})
	check(t, err)
	return b
}

func holds(t *testing.T, r *analysis.SlimResult) {
	t.Helper()
	if len(r.Checks) != 5 || !r.OK() {
		t.Errorf("checks: %+v", r.Checks)
	}
}

// A registry that has the image gets the layers that changed and nothing else.
func TestSlimInRegistry(t *testing.T) {
	host := ocitest.Serve(t, slimText(t, "linux/amd64"))
	b := analyzed(t, host+"/acme/app:1", oci.Options{Platform: "linux/amd64"})
	p := plan.New("demo")
	r, err := analysis.Slim(t.Context(), b, p, host+"/acme/app:slim", analysis.SlimOptions{Verify: true})
	check(t, err)
	holds(t, r)
	if r.Kept != 1 || r.Rewritten != 1 || r.Reused == 0 {
		t.Errorf("kept %d, rewritten %d, reused %d bytes", r.Kept, r.Rewritten, r.Reused)
	}
	var taken *slim.ExistsError
	if _, err := analysis.Slim(t.Context(), b, p, host+"/acme/app:slim", analysis.SlimOptions{}); !errors.As(err, &taken) {
		t.Errorf("a tag that exists: %v", err)
	}
	again, err := analysis.Slim(t.Context(), b, p, host+"/acme/app:slim", analysis.SlimOptions{Force: true})
	check(t, err)
	if again.Digest != r.Digest || again.Reused < r.Actual.Download {
		t.Errorf("again: %s, %d of %d bytes were there already", again.Digest, again.Reused, r.Actual.Download)
	}
}

func TestSlimPlatforms(t *testing.T) {
	host := ocitest.Serve(t, &ocitest.Index{Tag: "acme/app:1", Attestations: true,
		Images: []*ocitest.Image{slimText(t, "linux/amd64"), slimText(t, "linux/arm64"), slimText(t, "linux/arm/v7")}})
	b := analyzed(t, host+"/acme/app:1", oci.Options{Platform: "linux/arm64"})
	dir := filepath.Join(t.TempDir(), "out")
	r, err := analysis.Slim(t.Context(), b, plan.New("demo"), "oci:"+dir, analysis.SlimOptions{Verify: true, KeepPlatforms: true, Platforms: []string{"linux/amd64"}})
	check(t, err)
	holds(t, r)
	for platform, want := range map[string]bool{"linux/amd64": false, "linux/arm64": false, "linux/arm/v7": true} {
		after := analyzed(t, r.Reference, oci.Options{Platform: platform})
		_, has := after.Image.Tree.Lookup("/usr/lib/python3/site-packages/demo/core.py")
		if has != want || after.Image.Platform != platform {
			t.Errorf("%s: demo is there: %v, want %v", platform, has, want)
		}
	}
	alone, err := analysis.Slim(t.Context(), b, plan.New("demo"), "oci:"+dir+"2", analysis.SlimOptions{})
	check(t, err)
	if alone.Digest != alone.Manifest || len(alone.Notes) != 2 {
		t.Errorf("one platform alone: %s, %s, %q", alone.Digest, alone.Manifest, alone.Notes)
	}
	if _, err := analysis.Slim(t.Context(), b, plan.New("demo"), "oci:"+dir+"3", analysis.SlimOptions{Platforms: []string{"linux/s390x"}}); oci.CodeOf(err) != oci.NoPlatform {
		t.Errorf("a platform that is not there: %v", err)
	}
}

// Every form of a file, and back.
func TestSlimForms(t *testing.T) {
	dir := t.TempDir()
	img := slimText(t, "linux/amd64")
	check(t, img.WriteDockerArchive(filepath.Join(dir, "legacy.tar"), ocitest.ArchiveOptions{Style: ocitest.Legacy}))
	check(t, img.WriteOCIArchive(filepath.Join(dir, "oci.tar")))
	for _, from := range []string{"legacy.tar", "oci.tar"} {
		for _, format := range []string{"same", "gzip", "zstd", "none"} {
			b := analyzed(t, filepath.Join(dir, from), oci.Options{Platform: "linux/amd64"})
			to := filepath.Join(dir, from+"-"+format+".tar")
			r, err := analysis.Slim(t.Context(), b, plan.Plan{}.WithStrip(fileclass.Tests, true), to, analysis.SlimOptions{Verify: true, Compression: format})
			check(t, err)
			holds(t, r)
			if r.Stripped != 1 {
				t.Errorf("%d files stripped, want 1", r.Stripped)
			}
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".weighline*"))
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestSlimRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.tar")
	check(t, slimText(t, "linux/amd64").WriteOCIArchive(file))
	b := analyzed(t, file, oci.Options{Platform: "linux/amd64"})
	test := func(p plan.Plan, to string, o analysis.SlimOptions, want string) {
		t.Helper()
		_, err := analysis.Slim(t.Context(), b, p, to, o)
		if err == nil || !strings.Contains(analysis.Explain(err), want) {
			t.Errorf("Slim(%+v, %s) = %v, want %s", p, to, err, want)
		}
	}
	test(plan.Plan{}.WithSwap("demo", "cpu"), "x.tar", analysis.SlimOptions{}, "only a build can do")
	test(plan.New("demo"), "", analysis.SlimOptions{}, "it is empty")
	test(plan.New("demo"), "UPPER/case", analysis.SlimOptions{}, "it is neither a path nor a name")
	test(plan.New("demo"), file, analysis.SlimOptions{}, "exists already")
	test(plan.New("demo"), filepath.Join(dir, "no", "folder", "x.tar"), analysis.SlimOptions{}, "there is no folder")
	test(plan.New("demo"), filepath.Join(dir, "x.tar"), analysis.SlimOptions{Compression: "lzma"}, "none of same, gzip, zstd, none")
	check(t, os.WriteFile(filepath.Join(dir, "b"), nil, 0o600))
	test(plan.New("demo"), "oci:"+dir, analysis.SlimOptions{}, "exists already")
}
