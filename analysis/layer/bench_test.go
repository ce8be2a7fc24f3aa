package layer

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// benchTar returns a tar stream of about total bytes that compresses like a
// layer: text, binaries and noise in files of many sizes.
func benchTar(total int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	words := make([]string, 4000)
	for i := range words {
		words[i] = strconv.FormatUint(r.Uint64N(1<<40), 36)
	}
	var b bytes.Buffer
	for i := 0; b.Len() < total; i++ {
		size := 200 + int(r.ExpFloat64()*20_000)
		if i%500 == 0 {
			size = 5 << 20
		}
		body := make([]byte, 0, size+16)
		for len(body) < size {
			if i%4 == 0 {
				body = append(body, byte(r.Uint32N(64)), 0, byte(r.Uint32()), 0x48)
			} else {
				body = append(append(body, words[r.IntN(1+r.IntN(len(words)))]...), ' ')
			}
		}
		b.Write(rawHeader(fmt.Sprintf("usr/lib/python3/package%d/module%d.py", i/30, i), '0', int64(size), nil))
		b.Write(body[:size])
		b.Write(make([]byte, padding(int64(size))))
	}
	b.Write(make([]byte, 1024))
	return b.Bytes()
}

var benchBlobs = sync.OnceValue(func() map[string][]byte {
	plain := benchTar(200 << 20)
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, 6)
	w.Write(plain)
	w.Close()
	return map[string][]byte{"plain": plain, "gzip": z.Bytes(), "zstd": zst(plain)}
})

// BenchmarkRead reports megabytes of the tar stream a second.
func BenchmarkRead(b *testing.B) {
	for _, form := range []string{"gzip", "zstd", "plain"} {
		b.Run(form, func(b *testing.B) {
			blob := benchBlobs()[form]
			digest := sha(blob)
			b.SetBytes(int64(len(benchBlobs()["plain"])))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(b.Context(), bytes.NewReader(blob), ReadOptions{Digest: digest}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyFiles returns an index of n files, 10 in a folder.
func manyFiles(b *testing.B, n int, prefix string) *Index {
	opts := ReadOptions{Limits: Limits{}.withDefaults()}
	bd := newBuilder(&Index{})
	w := newWalker(bd, &opts)
	for i := range n {
		name := fmt.Sprintf("usr/lib/python3/site-packages/package_%d/sub/%smodule_%07d.py", i/10, prefix, i)
		if err := w.write(rawHeader(name, '0', 0, nil)); err != nil {
			b.Fatal(err)
		}
	}
	x := bd.finish()
	for i := range x.size {
		x.size[i], x.hash[i] = int64(i), uint64(i)*0x9e3779b97f4a7c15
	}
	return x
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkStack1M stacks a layer of a million files, and reports the memory
// of the tree with its index and the time of 10,000 whiteouts above it.
func BenchmarkStack1M(b *testing.B) {
	before := heap()
	base := manyFiles(b, 1_000_000, "")
	index := heap()
	var names []string
	for i := range 10_000 {
		names = append(names, fmt.Sprintf("usr/lib/python3/site-packages/package_%d/sub/.wh.module_%07d.py=", i*10, i*100))
	}
	top := indexOf(b, names...)
	for _, c := range []struct {
		name   string
		layers []*Index
	}{{"files", []*Index{base}}, {"whiteouts", []*Index{base, top}}} {
		b.Run(c.name, func(b *testing.B) {
			var tree *Tree
			for b.Loop() {
				tree, _ = Stack(b.Context(), c.layers)
			}
			after := heap()
			b.ReportMetric(float64(index-before)/1e6, "MB-index")
			b.ReportMetric(float64(after-before)/1e6, "MB-all")
			runtime.KeepAlive(tree)
		})
	}
	runtime.KeepAlive(base)
}

func BenchmarkLookup1M(b *testing.B) {
	tree, _ := Stack(b.Context(), []*Index{manyFiles(b, 1_000_000, "")})
	tree.Lookup("/")
	paths := make([]string, 1000)
	for i := range paths {
		paths[i] = tree.FullPath(Node(1 + i*1000))
	}
	i := 0
	for b.Loop() {
		if _, ok := tree.Lookup(paths[i%1000]); !ok {
			b.Fatal(paths[i%1000])
		}
		i++
	}
}

func BenchmarkEncode200k(b *testing.B) {
	x := manyFiles(b, 200_000, "")
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(x.Encode())))
	}
}

func BenchmarkDecode200k(b *testing.B) {
	blob := manyFiles(b, 200_000, "").Encode()
	b.SetBytes(int64(len(blob)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(blob); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(blob))/1e6, "MB-blob")
}

// BenchmarkWalk is the tar walker alone: time an entry.
func BenchmarkWalk(b *testing.B) {
	stream := tarOf(strings.Fields(strings.Repeat("usr/lib/python3/site-packages/package/sub/module.py=x usr/lib/python3/other/module.py= ", 5000))...)
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		if _, err := walkAll(stream, outSize, ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/entry")
}
