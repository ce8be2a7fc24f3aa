package main

import (
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

// TestNamesAreHarmless prints an image whose names would act on a terminal.
func TestNamesAreHarmless(t *testing.T) {
	t.Setenv("WEIGHLINE_LIBRARY", filepath.Join(t.TempDir(), "weighline.db"))
	img := ocitest.Build(
		ocitest.Layer{CreatedBy: "RUN \x1b[2Jclear", Entries: []ocitest.Entry{
			{Name: "etc/\x1b[31mred", Body: "1"}, {Name: "etc/a\nb", Body: "12"}, {Name: "etc/\u202egpj.exe", Body: "123"}, {Name: "etc/\xff", Body: "1234"},
		}},
		ocitest.Layer{Entries: []ocitest.Entry{{Name: "etc/.wh.\x1b[31mred"}}},
	)
	path := filepath.Join(t.TempDir(), "evil.tar")
	if err := img.WriteDockerArchive(path, ocitest.ArchiveOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"image", path, "--files"}, {"image", path, "--files", "--json"}} {
		out := string(weigh(t, args...))
		for _, bad := range []string{"\x1b", "\u202e", "\xff", "a\nb"} {
			if strings.Contains(out, bad) {
				t.Errorf("weigh %s prints %q", strings.Join(args, " "), bad)
			}
		}
		if !strings.Contains(out, `x1b[31mred`) || !strings.Contains(out, `u202egpj.exe`) {
			t.Errorf("weigh %s does not print the names:\n%s", strings.Join(args, " "), out)
		}
	}
}
