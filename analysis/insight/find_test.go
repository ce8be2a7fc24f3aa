package insight_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
	"weighline/analysis/layer"
	"weighline/analysis/oci/ocitest"
)

// read analyses an image made of text, and requirements unless they are "".
func read(t testing.TB, image, requirements string) *analysis.Build {
	t.Helper()
	in, o := analysis.Input{}, analysis.Options{}
	if image != "" {
		in.Image = filepath.Join(t.TempDir(), "image")
		if err := ocitest.Text(t, image).WriteLayout(in.Image); err != nil {
			t.Fatal(err)
		}
	}
	if requirements != "" {
		in.Files = []string{"requirements.txt"}
		o.Texts = map[string][]byte{"requirements.txt": []byte(requirements)}
	}
	b, err := analysis.Analyze(t.Context(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// find returns the finding called id, or fails.
func find(t testing.TB, list []insight.Insight, id string) insight.Insight {
	t.Helper()
	for _, x := range list {
		if x.ID == id {
			return x
		}
	}
	t.Fatalf("there is no finding %q among %s", id, ids(list))
	return insight.Insight{}
}

func ids(list []insight.Insight) string {
	var words []string
	for _, x := range list {
		words = append(words, x.ID)
	}
	return strings.Join(words, " ")
}

// show writes a finding as a test expects it: a line with its figures and a line
// for each row.
func show(x insight.Insight) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s %s\n", x.ID, x.Bytes.Size, x.Counts, x.Certainty)
	for _, r := range x.Rows {
		fmt.Fprintf(&b, "  %d", r.Bytes.Size)
		for _, s := range []string{layer.Printable(r.Path), string(r.Package)} {
			if s != "" {
				fmt.Fprintf(&b, " %s", s)
			}
		}
		if r.Layer >= 0 {
			fmt.Fprintf(&b, " layer %d", r.Layer)
		}
		if r.File != "" {
			fmt.Fprintf(&b, " %s:%d", r.File, r.Line)
		}
		if r.Note != "" {
			fmt.Fprintf(&b, " (%s)", r.Note)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// want compares what show writes with lines that may be indented by tabs.
func want(t testing.TB, x insight.Insight, lines string) {
	t.Helper()
	lines = strings.TrimLeft(strings.ReplaceAll(lines, "\t", ""), "\n")
	if got := show(x); got != lines {
		t.Errorf("got\n%swant\n%s", got, lines)
	}
	complete(t, x)
}

// complete checks what every finding must say.
func complete(t testing.TB, x insight.Insight) {
	t.Helper()
	if x.Title == "" || x.Text == "" || len(x.Rows) == 0 || len(x.Fix) == 0 || strings.Contains(x.Title, "\n") {
		t.Errorf("%s lacks a title, a text, evidence or a way to mend it: %+v", x.ID, x)
	}
	if x.Risk == "" {
		t.Errorf("%s says nothing of what could break", x.ID)
	}
}

func TestNothing(t *testing.T) {
	if got := insight.Find(t.Context(), insight.Input{}); len(got) != 0 {
		t.Errorf("Find of nothing = %s", ids(got))
	}
	b := read(t, "-- base/etc/os-release --\nID=debian\n", "")
	if got := b.Insights(t.Context()); len(got) != 0 {
		t.Errorf("findings in an image with one file: %s", ids(got))
	}
}

func TestWaste(t *testing.T) {
	b := read(t, `
layer base FROM scratch
layer models RUN download
layer clean RUN rm -rf /models /tmp/a && chmod +x /app/run
-- base/app/run size=10 --
-- base/app/conf size=7 --
-- models/models/a/x size=100 --
-- models/models/b/y size=200 --
-- models/tmp/a size=50 --
-- models/app/conf size=9 --
-- models/same size=3 --
-- models/same size=4 --
-- clean/.wh.models --
-- clean/tmp/.wh.a --
-- clean/app/run size=10 mode=755 --
`, "")
	list := b.Insights(t.Context())
	if got := ids(list); got != "waste-deleted waste-rewritten waste-overwritten waste-same-layer" {
		t.Errorf("findings: %s", got)
	}
	want(t, find(t, list, "waste-deleted"), `
		waste-deleted 350 waste known
		  350 / layer 1 (by layer 2: RUN rm -rf /models /tmp/a && chmod +x /app/run)
		`)
	want(t, find(t, list, "waste-rewritten"), `
		waste-rewritten 10 waste known
		  10 /app layer 0 (by layer 2: RUN rm -rf /models /tmp/a && chmod +x /app/run)
		`)
	want(t, find(t, list, "waste-overwritten"), `
		waste-overwritten 7 waste known
		  7 /app layer 0 (by layer 1: RUN download)
		`)
	want(t, find(t, list, "waste-same-layer"), `
		waste-same-layer 3 waste known
		  3 / layer 1 (by layer 1: RUN download)
		`)
	var waste int64
	for _, l := range b.Image.Layers {
		waste += int64(l.Waste)
	}
	if got := insight.Total(list...); int64(got.Waste) != waste || got.Unpacked != 0 {
		t.Errorf("Total = %+v, want the %d bytes that the layers waste", got, waste)
	}
	if x := list[0]; !x.Apply.Squash {
		t.Errorf("waste applies as %+v, want a squash", x.Apply)
	}
}

func TestDuplicates(t *testing.T) {
	b := read(t, `
-- a/one size=100 --
-- a/two size=100 --
-- a/link => one --
-- b/three size=100 --
-- b/x/small1 --
12
-- b/y/small2 --
12
-- b/y/other --
21
-- b/empty1 --
-- b/empty2 --
`, "")
	list := b.Insights(t.Context())
	x := find(t, list, "duplicates")
	want(t, x, `
		duplicates 203 unpacked known
		  200 /link layer 0 (3 × 100 B; also /three)
		  3 /x/small1 layer 1 (2 × 3 B; also /y/small2)
		`)
	n := 0
	for range x.Nodes() {
		n++
	}
	if n != 3 {
		t.Errorf("the finding names %d files, want the 3 that are copies", n)
	}
	// A file is counted once, however many findings name it.
	if got := insight.Total(x, x); got.Unpacked != 203 {
		t.Errorf("Total of the same twice = %v, want 203 B", got.Unpacked)
	}
}

// TestPartial reads an image of which a layer is missing: no figure is exact.
func TestPartial(t *testing.T) {
	x, err := layer.Read(t.Context(), bytes.NewReader(ocitest.Text(t, "-- a/x size=9 --\n-- a/y size=9 --\n").Tar(0)), layer.ReadOptions{Keep: attribution.Keep})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := layer.Stack(t.Context(), []*layer.Index{x, nil})
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := attribution.Attribute(t.Context(), tree, attribution.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := find(t, insight.Find(t.Context(), insight.Input{Tree: tree, Ledger: ledger}), "duplicates")
	if d.Certainty != insight.Estimated || d.Bytes != bytesize.About(9) || !strings.Contains(d.Text, "not read") {
		t.Errorf("with a layer missing: %v, %s, %q", d.Bytes, d.Certainty, d.Text)
	}
}
