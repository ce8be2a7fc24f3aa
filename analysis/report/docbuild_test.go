package report_test

import (
	"bytes"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
	"weighline/analysis/report"
)

// What a plan makes of the files and packages of an image stands beside what they
// are now.
func TestFiguresUnderAPlan(t *testing.T) {
	b := imageOf(t, "RUN one", "RUN two")
	v, _ := analysis.Preview(b, plan.New("demo1"))
	var out bytes.Buffer
	if err := report.BuildDocument(b, v, at, nil).Markdown(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| Files | 6 | 5 | −1 |", "| Packages | 2 | 1 | −1 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the figures lack %q:\n%s", want, out.String())
		}
	}
}

// Of two copies of a package one went: the table says which.
func TestWhichCopyWent(t *testing.T) {
	copyIn := func(dir string) ocitest.Layer {
		var moved []ocitest.Entry
		for _, e := range site("demo", "1.0", 500) {
			e.Name = strings.Replace(e.Name, "usr/lib/python3.11", dir, 1)
			moved = append(moved, e)
		}
		return ocitest.Layer{Entries: moved}
	}
	a, b := readImage(t, copyIn("venv/lib/python3.11"), copyIn("usr/lib/python3.11")), readImage(t, copyIn("usr/lib/python3.11"))
	c := analysis.Compare(a, b)
	var text, page bytes.Buffer
	if err := report.WriteCompare(&text, c, report.CompareOptions{}, 0); err != nil {
		t.Fatal(err)
	}
	if err := report.CompareDocument(c, report.CompareOptions{}, at, nil).Markdown(&page); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{text.String(), page.String()} {
		if !strings.Contains(out, "removed in /venv/lib/python3.11/site-packages") {
			t.Errorf("nothing says which copy went:\n%s", out)
		}
	}
	alone := analysis.Compare(b, readImage(t, ocitest.Layer{Entries: []ocitest.Entry{{Name: "x", Body: "x"}}}))
	text.Reset()
	if err := report.WriteCompare(&text, alone, report.CompareOptions{}, 0); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "removed in") {
		t.Errorf("of one copy there is nothing to tell apart:\n%s", text.String())
	}
}
