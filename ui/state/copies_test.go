package state

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// dist are the files of a Python distribution in a folder.
func dist(site, name, version string, size int64, requires ...string) []ocitest.Entry {
	info := site + "/" + name + "-" + version + ".dist-info/"
	meta := "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"
	for _, r := range requires {
		meta += "Requires-Dist: " + r + "\n"
	}
	return []ocitest.Entry{
		{Name: info + "METADATA", Body: meta},
		{Name: info + "RECORD", Body: name + "/core.so,,\n" + info[len(site)+1:] + "METADATA,,\n" + info[len(site)+1:] + "RECORD,,\n"},
		{Name: site + "/" + name + "/core.so", Size: size},
	}
}

// TestCopies opens an image that has two distributions twice, in Debian's folder
// and in pip's, in a layer each: each row is about its own files, and what it frees
// is what the plan then takes.
func TestCopies(t *testing.T) {
	const debian, pip = "usr/lib/python3/dist-packages", "usr/local/lib/python3.11/site-packages"
	status := "Package: python3-scipy\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.10\nDepends: python3-numpy (>= 1), libc6 | musl:any\n\n" +
		"Package: python3-numpy\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.24\n\n"
	system := append(dist(debian, "scipy", "1.10", 5000, "numpy"), dist(debian, "numpy", "1.24", 400)...)
	system = append(system, ocitest.Entry{Name: "var/lib/dpkg/status", Body: status},
		ocitest.Entry{Name: "var/lib/dpkg/info/python3-scipy.list", Body: "/" + debian + "/scipy-1.10.dist-info/METADATA\n/" + debian + "/scipy/core.so\n"},
		ocitest.Entry{Name: "var/lib/dpkg/info/python3-numpy.list", Body: "/" + debian + "/numpy-1.24.dist-info/METADATA\n/" + debian + "/numpy/core.so\n"},
		ocitest.Entry{Name: "var/cache/big", Size: 90000}, ocitest.Entry{Name: "var/cache/small", Size: 3})
	own := append(dist(pip, "scipy", "1.11", 7000, "numpy"), dist(pip, "numpy", "1.25", 600)...)
	s, l := newSession(t, nil)
	image := filepath.Join(t.TempDir(), "image")
	if err := ocitest.Build(ocitest.Layer{Entries: system}, ocitest.Layer{Entries: own}).WriteLayout(image); err != nil {
		t.Fatal(err)
	}
	s.Open(image)
	l.idle()

	a, b := s.Row("python:scipy"), s.Row("")
	for i := range s.Rows {
		if r := &s.Rows[i]; r.Name == "scipy" && r != a {
			b = r
		}
	}
	if a == nil || b == nil || a == b {
		t.Fatalf("rows: %+v", s.Rows)
	}
	if a.Where == b.Where || !strings.Contains(a.Where+b.Where, "/"+debian) || !strings.Contains(a.Where+b.Where, "/"+pip) {
		t.Errorf("the copies are in %q and %q", a.Where, b.Where)
	}
	if places := a.Place + b.Place; places != "…/python3/dist-packages…/python3.11/site-packages" && places != "…/python3.11/site-packages…/python3/dist-packages" {
		t.Errorf("told apart as %q and %q", a.Place, b.Place)
	}
	if a.Where != "/"+debian {
		a, b = b, a
	}
	if !slices.Equal(a.Layers, []int{0}) || !slices.Equal(b.Layers, []int{1}) {
		t.Errorf("layers of the copies: %v and %v", a.Layers, b.Layers)
	}
	n, _ := s.Build.Image.Tree.Lookup("/" + pip + "/scipy/core.so")
	if key := s.KeyOfFile(n); key != b.Key {
		t.Errorf("the file of %s selects %s", b.Key, key)
	}
	if a.Frees != b.Frees || a.Frees.Packages != 4 {
		t.Errorf("dropping one of the copies frees %+v, the other %+v", a.Frees, b.Frees)
	}
	frees := int64(s.FreesOwn(a).Size)
	details := text(s.Describe(a))
	for _, want := range []string{"/" + pip + ": version 1.11", "Dropping takes all of them", "Installed by the deb package python3-scipy", "5.00 kB in layer 0: /" + debian + "/scipy/core.so", "With it go numpy."} {
		if !strings.Contains(details, want) {
			t.Errorf("the details lack %q:\n%s", want, details)
		}
	}
	if needed := text(s.Describe(row(t, s, "numpy"))); strings.Count(needed, "scipy  ›  numpy") != 1 {
		t.Errorf("the details of what both copies require:\n%s", needed)
	}
	s.SetDropped(a.Name, true)
	if v := s.Preview.Image; int64(v.Before-v.After) != frees {
		t.Errorf("dropping frees %d, promised were %d", v.Before-v.After, frees)
	}
	const left = "of what goes belong to packages that dpkg installed (python3-"
	if details = text(s.Describe(a)); !strings.Contains(details, left) {
		t.Errorf("the details do not tell what is left to the system:\n%s", details)
	}
	if lines := strings.Join(s.PlanLines(), "\n"); !strings.Contains(lines, left) {
		t.Errorf("the plan in words does not:\n%s", lines)
	}

	deb := s.Row("deb:python3-numpy")
	if deb == nil || deb.From != "python3-scipy" {
		t.Fatalf("why python3-numpy is there: %+v", deb)
	}
	if details = text(s.Describe(deb)); !strings.Contains(details, "python3-scipy depends on it.") {
		t.Errorf("the details of a package of the system:\n%s", details)
	}
	if details = text(s.Describe(s.Row("deb:python3-scipy"))); !strings.Contains(details, "python3-numpy, libc6, musl") {
		t.Errorf("what a package of the system requires:\n%s", details)
	}
	for _, f := range s.Build.Ledger().Folders {
		if title, parts := s.DescribeFolder("folder:" + f.Path); title != f.Path || !strings.Contains(text(parts), "that no package claims") {
			t.Errorf("the details of %s: %q\n%s", f.Path, title, text(parts))
		}
		if _, parts := s.DescribeFolder("folder:" + f.Path); f.Bytes >= 90000 && !strings.Contains(text(parts), "90.0 kB in layer 0: /var/cache/big") {
			t.Errorf("the files of %s:\n%s", f.Path, text(parts))
		}
	}
}

func TestToldApart(t *testing.T) {
	rows := []*Row{{Where: "/usr/local/lib/python3.11/site-packages"}, {Where: "/opt/venv/lib/python3.11/site-packages"}, {Where: "/app"}}
	for last := 2; !toldApart(rows, last); last *= 2 {
	}
	var got []string
	for _, r := range rows {
		got = append(got, r.Place)
	}
	if want := []string{"…/local/lib/python3.11/site-packages", "…/venv/lib/python3.11/site-packages", "/app"}; !slices.Equal(got, want) {
		t.Errorf("told apart as %q, want %q", got, want)
	}
}

// text is what parts say, a line each.
func text(parts []Part) string {
	var lines []string
	for _, p := range parts {
		lines = append(append(lines, p.Heading), p.Lines...)
	}
	return strings.Join(lines, "\n")
}
