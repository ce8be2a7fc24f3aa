package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// TestHostileNames reads an image whose names, versions and requirements would
// act on a terminal: no command prints them as they are.
func TestHostileNames(t *testing.T) {
	const evil = "\x1b[31mevil\u202e"
	site := "usr/lib/python3.11/site-packages/"
	img := ocitest.Build(ocitest.Layer{CreatedBy: "RUN " + evil, Entries: []ocitest.Entry{
		{Name: site + "a-1.dist-info/METADATA", Body: "Metadata-Version: 2.1\nName: a" + evil + "\nVersion: 1" + evil + "\nRequires-Dist: b; python_version > '1' or extra == '" + evil + "'\n"},
		{Name: site + "a-1.dist-info/RECORD", Body: "a" + evil + ".py,,\n"},
		{Name: site + "a" + evil + ".py", Body: "x = 1\n"},
		{Name: site + "b-1.dist-info/METADATA", Body: "Metadata-Version: 2.1\nName: b\nVersion: 1\n"},
		{Name: "usr/lib/node_modules/x/package.json", Body: `{"name":"x\u001b[31m\u202e","version":"1\u001b[31m"}`},
	}})
	path, library := filepath.Join(t.TempDir(), "image.tar"), filepath.Join(t.TempDir(), "weighline.db")
	if err := img.WriteOCIArchive(path); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"image", path}, {"image", path, "--json", "--files"}, {"image", path, "--files"},
		{"plan", path, "--drop", "b", "--save", "x"}, {"plan", path, "--drop", "a" + evil}, {"show", "x"}, {"show", "x", "--json"}, {"list"},
		{"compare", "sample:after", path}, {"compare", "sample:after", path, "--json"}} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), append(args, "--library", library), nil, &out, &errOut); code != exitDone {
			t.Errorf("weigh %q = %d: %s", args, code, errOut.String())
		}
		for line := range strings.Lines(out.String() + errOut.String()) {
			if strings.ContainsAny(line, "\x1b\u202e") {
				t.Errorf("weigh %q prints %q", args, line)
			}
		}
	}
}
