package ocitest

import (
	"archive/tar"
	"bytes"
	"io"
	"testing"
)

const story = `
# The upper layer removes what the lower layer brought.
tag acme/api:1.4
layer base gzip RUN pip install numpy
step ENV A=B
env A=B
-- base/app/numpy/core.so mode=755 --
0123456789
-- base/app/python -> python3.11 --
-- base/app/again => app/numpy/core.so --
-- base/opt/ --
-- slim/app/.wh.numpy --
-- slim/big size=1000 --
x
`

func TestParse(t *testing.T) {
	img := Text(t, story)
	if len(img.Layers) != 2 || len(img.History) != 3 || !img.History[1].EmptyLayer {
		t.Fatalf("Parse: %d layers, history %v", len(img.Layers), img.History)
	}
	r := tar.NewReader(bytes.NewReader(img.Tar(0)))
	var got string
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		got += string(h.Typeflag) + h.Name + " "
	}
	if want := "0app/numpy/core.so 2app/python 1app/again 5opt/ "; got != want {
		t.Errorf("entries = %q, want %q", got, want)
	}
	if len(img.Tar(1)) != 512+512+1024+1024 {
		t.Errorf("size= is not obeyed: %d bytes of tar", len(img.Tar(1)))
	}
}

// The digest shows when anything about the output changes, which would change
// every sample that is embedded.
func TestDeterministic(t *testing.T) {
	a, b := Text(t, story), Text(t, story)
	if a.Manifest().Digest != b.Manifest().Digest {
		t.Error("the same text made two images")
	}
	a.Layers[0].Compression = "zstd"
	if a.Manifest().Digest == b.Manifest().Digest || Digest(a.Tar(0)) != Digest(b.Tar(0)) {
		t.Error("compression must change the manifest and no tar")
	}
}

func TestParseBad(t *testing.T) {
	test := func(text, want string) {
		t.Helper()
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("Parse(%q) = %v, want %s", text, err, want)
		}
	}
	test("nonsense x\n", `image text:1: "nonsense" begins no line that is known`)
	test("-- file --\n", `image text: -- file --: the name has no layer`)
	test("-- a/b what=1 --\n", `image text: -- a/b what=1 --: "what=1" is not known`)
	test("-- a/b mode=9 --\n", `image text: -- a/b mode=9 --: strconv.ParseInt: parsing "9": invalid syntax`)
}

func FuzzParse(f *testing.F) {
	f.Add(story)
	f.Fuzz(func(t *testing.T, text string) { Parse(text) })
}
