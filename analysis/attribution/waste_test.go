package attribution_test

import (
	"fmt"
	"testing"

	"weighline/analysis/attribution"
)

// TestPackageWaste: waste belongs to the package that brought it, whether it is
// installed in the end or not, and adds up to the image's waste.
func TestPackageWaste(t *testing.T) {
	const site = "usr/lib/python3.11/site-packages/"
	dist := func(name, version, record string) []file {
		info := site + name + "-" + version + ".dist-info/"
		return []file{{info + "METADATA", "Name: " + name + "\nVersion: " + version + "\n"}, {info + "RECORD", record}}
	}
	base := append(dist("old", "1.0", "old/a.py,,\n"), dist("kept", "2.0", "kept/a.py,,\nkept/b.py,,\n")...)
	base = append(base, []file{
		{site + "old/a.py", "0123456789"},
		{site + "old/__pycache__/a.cpython-311.pyc", "01234"},
		{site + "kept/a.py", "0123"},
		{site + "kept/b.py", "01"},
		{"var/lib/dpkg/info/gcc-12:amd64.list", "/bin/gcc\n"},
		{"usr/bin/gcc", "0123456"},
		{"app/node_modules/@a/b/x.js", "012"},
		{"lib/apk/db/installed", "P:curl\nV:8\nF:usr/bin\nR:curl\n"},
		{"usr/bin/curl", "0123456789abc"},
		{"tmp/junk", "0"},
	}...)
	newer := append(dist("kept", "3.0", "kept/a.py,,\n"), []file{
		{site + "kept/a.py", "9876"},
		{site + "kept/.wh.b.py", ""},
		{site + ".wh.kept-2.0.dist-info", ""},
		{site + ".wh.old", ""},
		{site + ".wh.old-1.0.dist-info", ""},
		{"var/lib/dpkg/info/.wh.gcc-12:amd64.list", ""},
		{"usr/bin/.wh.gcc", ""},
		{"app/.wh.node_modules", ""},
		{"usr/bin/curl", "changed"}, // curl is still listed
		{"tmp/.wh.junk", ""},
	}...)
	l := ledgerOf(t, base, newer)
	got, sum, files := "", int64(0), 0
	for _, w := range l.Waste() {
		got += fmt.Sprintf("%s %s %s %v %d %d\n", w.Kind, w.Name, w.Version, w.Installed, w.Bytes, w.Files)
		sum, files = sum+w.Bytes, files+w.Files
	}
	// The lists themselves belong to nobody, but a RECORD that was not written
	// into itself.
	want := fmt.Sprintf(`  %[1]s false %[2]d 6
python old 1.0 false 15 2
apk curl 8 true 13 1
deb gcc-12  false 7 1
python kept 2.0 false 6 2
node @a/b  false 3 1
`, "", len("Name: old\nVersion: 1.0\n")+len("old/a.py,,\n")+len("Name: kept\nVersion: 2.0\n")+len("kept/a.py,,\nkept/b.py,,\n")+len("/bin/gcc\n")+1)
	if got != want {
		t.Errorf("the waste is\n%swant\n%s", got, want)
	}
	if total := l.Tree().WasteTotal(); sum != total.Bytes || files != total.Files {
		t.Errorf("together it is %d bytes in %d files, want %+v", sum, files, total)
	}
	if w := (&attribution.Ledger{}).Waste(); w != nil {
		t.Errorf("a ledger without a tree wastes %v", w)
	}
}

func TestFolderKinds(t *testing.T) {
	weights := string(make([]byte, 1<<20))
	l := ledgerOf(t, []file{
		{"models/a.safetensors", weights}, {"models/note", "0123456"},
		{"root/.cache/pip/http/x.bin", weights}, {"var/cache/apt/pkgcache.bin", weights},
		{"root/.cache/huggingface/hub/m/model.safetensors", weights},
		{"app/main.py", "0123456789"}, {"etc/passwd", "0123456789"},
	})
	got := ""
	for _, f := range l.Folders {
		got += fmt.Sprintf("%s %s %d\n", f.Path, f.What, f.Files)
	}
	want := "/root  2\n/models model weights 2\n/var cache 1\n/app app 1\n/etc  1\n"
	if got != want {
		t.Errorf("the folders are\n%swant\n%s", got, want)
	}
}
