package layer

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// tarOf makes a tar archive of words:
//
//	dir/            a directory
//	name=content    a file
//	name->target    a symbolic link
//	name=>target    a hard link
//	name!           a device
func tarOf(words ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, word := range words {
		h := &tar.Header{Mode: 0o644, Format: tar.FormatPAX}
		body := ""
		if name, target, ok := strings.Cut(word, "->"); ok {
			h.Name, h.Linkname, h.Typeflag = name, target, tar.TypeSymlink
		} else if name, target, ok := strings.Cut(word, "=>"); ok {
			h.Name, h.Linkname, h.Typeflag = name, target, tar.TypeLink
		} else if name, content, ok := strings.Cut(word, "="); ok {
			h.Name, h.Typeflag, h.Size, body = name, tar.TypeReg, int64(len(content)), content
		} else if strings.HasSuffix(word, "/") {
			h.Name, h.Typeflag, h.Mode = word, tar.TypeDir, 0o755
		} else {
			h.Name, h.Typeflag = strings.TrimSuffix(word, "!"), tar.TypeFifo
		}
		if err := w.WriteHeader(h); err != nil {
			panic(fmt.Sprint(word, err))
		}
		w.Write([]byte(body))
	}
	w.Close()
	return b.Bytes()
}

func indexOf(t testing.TB, words ...string) *Index {
	t.Helper()
	x, err := Read(t.Context(), bytes.NewReader(tarOf(words...)), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func stackOf(t testing.TB, layers ...string) *Tree {
	t.Helper()
	var all []*Index
	for _, l := range layers {
		all = append(all, indexOf(t, strings.Fields(l)...))
	}
	tree, err := Stack(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func gz(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func zst(b []byte) []byte {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	return w.EncodeAll(b, nil)
}

func sha(b []byte) string {
	s := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(s[:])
}

// list writes a tree as text: a line a node.
func list(t *Tree) string {
	var b strings.Builder
	for n := Root + 1; int(n) < t.Len(); n++ {
		switch t.Kind(n) {
		case Dir:
			fmt.Fprintf(&b, "%s/", t.FullPath(n))
		case Symlink:
			fmt.Fprintf(&b, "%s->%s", t.FullPath(n), t.Target(n))
		case Device:
			fmt.Fprintf(&b, "%s!", t.FullPath(n))
		case File:
			fmt.Fprintf(&b, "%s=%d@%d", t.FullPath(n), t.Own(n), t.LayerOf(n))
		}
		b.WriteByte('\n')
	}
	for _, w := range t.Waste(0) {
		fmt.Fprintf(&b, "%s %s %d@%d by %d\n", w.Why, w.Path, w.Bytes, w.Layer, w.RemovedBy)
	}
	return b.String()
}
