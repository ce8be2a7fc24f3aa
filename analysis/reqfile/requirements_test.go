package reqfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/oracletest"
)

// pipReading is pip's reading of one file.
type pipReading struct {
	N            int
	IndexURLs    []string `json:"index_urls"`
	FindLinks    []string `json:"find_links"`
	Trusted      []string
	Pre          bool
	Requirements []struct {
		Requirement string
		Editable    bool
		ComesFrom   string `json:"comes_from"`
		Constraint  bool
		Options     struct{ Hashes map[string][]string }
		Name        *string
		Specifier   *string
		Extras      []string
		Marker      *string
		Link        *string
		Error       string
	}
}

// TestPipOracle compares the reading of each real file with pip's.
func TestPipOracle(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(oracletest.Path(t, "python/oracles"), "pip_reads_requirements.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]pipReading
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	projects := oracletest.Path(t, "python/projects")
	n := 0
	for file, want := range all {
		doc, err := Load(t.Context(), filepath.Join(projects, file), Options{Dir: projects, Env: func(string) string { return "" }})
		if doc == nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		compareReading(t, projects, file, doc, err, want)
		n += len(want.Requirements)
	}
	t.Logf("%d files, %d requirements", len(all), n)
}

func compareReading(t *testing.T, dir, file string, doc *Doc, err error, want pipReading) {
	t.Helper()
	rel := func(name string) string { return strings.TrimPrefix(name, dir+"/") }
	lists := map[bool][]Requirement{false: doc.Requirements, true: doc.Constraints}
	bad := map[string]bool{}
	for _, e := range syntaxErrors(err) {
		bad[fmt.Sprintf("%s (line %d)", rel(e.File), e.Line)] = true
	}
	wantBad := 0
	for _, w := range want.Requirements {
		if w.Error != "" {
			wantBad++
			if !bad[w.ComesFrom[3:]] {
				t.Errorf("%s: no error for %s: %s", file, w.ComesFrom, w.Error)
			}
			continue
		}
		list := lists[w.Constraint]
		if len(list) == 0 {
			t.Errorf("%s: %s is missing", file, w.Requirement)
			return
		}
		got := list[0]
		lists[w.Constraint] = list[1:]
		flag := "-r"
		if w.Constraint {
			flag = "-c"
		}
		check := func(what string, got, want any) {
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s: %s is %v, want %v", file, w.Requirement, what, got, want)
			}
		}
		check("place", fmt.Sprintf("%s %s (line %d)", flag, rel(got.File), got.Line), w.ComesFrom)
		check("text", got.raw, strings.TrimSpace(w.Requirement))
		check("editable", got.Editable, w.Editable)
		var hashes []string
		for algo, list := range w.Options.Hashes {
			for _, h := range list {
				hashes = append(hashes, algo+":"+h)
			}
		}
		check("hashes", got.Hashes, hashes)
		if w.Editable {
			continue // the oracle looks no further
		}
		name, spec, marker := "", "", ""
		if w.Name != nil {
			name, spec = *w.Name, *w.Specifier
		}
		if w.Marker != nil {
			marker = *w.Marker
		}
		check("name", got.RawName, name)
		check("specifier", sorted(got.Specifiers.String()), spec)
		extras := slices.Sorted(slices.Values(got.Extras))
		if len(w.Extras) > 0 || !strings.Contains(w.Requirement, "[") {
			check("extras", extras, w.Extras) // the oracle sees only brackets at the end
		}
		gotMarker := ""
		if got.Marker != nil {
			gotMarker = got.Marker.String()
		}
		check("marker", gotMarker, marker)
		if w.Link != nil {
			check("link", strings.Replace(got.Link().Secret(), dir, "/CWD", 1), *w.Link)
		}
	}
	if len(lists[false])+len(lists[true]) > 0 || len(bad) != wantBad {
		t.Errorf("%s: %d requirements and %d errors too many: %v", file, len(lists[false])+len(lists[true]), len(bad)-wantBad, err)
	}
	var urls []string
	for _, x := range doc.Indexes(Index{URL: URL{"https://pypi.org/simple"}}) {
		urls = append(urls, x.URL.String())
	}
	if !slices.Equal(urls, want.IndexURLs) {
		t.Errorf("%s: indexes are %v, want %v", file, urls, want.IndexURLs)
	}
	var links []string
	for _, l := range doc.FindLinks {
		links = append(links, l.Secret())
	}
	if fmt.Sprint(links, doc.TrustedHosts, doc.Pre) != fmt.Sprint(want.FindLinks, want.Trusted, want.Pre) {
		t.Errorf("%s: options are %v %v %v, want %v %v %v", file, links, doc.TrustedHosts, doc.Pre, want.FindLinks, want.Trusted, want.Pre)
	}
}

// sorted puts specifiers in the order in which Python prints them.
func sorted(specifiers string) string {
	parts := strings.Split(specifiers, ",")
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

func syntaxErrors(err error) []*SyntaxError {
	var e *SyntaxError
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*SyntaxError
		for _, x := range joined.Unwrap() {
			all = append(all, syntaxErrors(x)...)
		}
		return all
	}
	if errors.As(err, &e) {
		return []*SyntaxError{e}
	}
	return nil
}
