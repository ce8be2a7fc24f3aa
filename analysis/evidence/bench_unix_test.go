//go:build unix

package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkScan reads a folder of 50,000 Python files: the library and the
// packages of the machine's Python, each as often as it takes.
func BenchmarkScan(b *testing.B) {
	const n = 50_000
	files := pythonFiles(b)
	root := b.TempDir()
	for i := range n {
		dir := filepath.Join(root, fmt.Sprintf("d%03d", i/500))
		if i%500 == 0 {
			if err := os.Mkdir(dir, 0o755); err != nil {
				b.Fatal(err)
			}
		}
		if err := place(files[i%len(files)], filepath.Join(dir, fmt.Sprintf("m%d.py", i))); err != nil {
			b.Fatal(err)
		}
	}
	dists := names("numpy", "requests", "pyyaml", "six", "setuptools", "torch", "google-cloud-storage")
	var cpu time.Duration
	for b.Loop() {
		start := cpuTime()
		r, err := Scan(b.Context(), root, Options{Names: dists})
		if err != nil || r.Files != n {
			b.Fatalf("%d files, %v", r.Files, err)
		}
		b.SetBytes(r.Bytes)
		cpu += cpuTime() - start
	}
	b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
}

// place makes target another name for file, or a copy of it.
func place(file, target string) error {
	if os.Link(file, target) == nil {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(target, data, 0o644)
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkParse parses the sources of the machine's Python from memory.
func BenchmarkParse(b *testing.B) {
	var list [][]byte
	size := 0
	for _, f := range sample(pythonFiles(b), 2000) {
		src, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		list, size = append(list, src), size+len(src)
	}
	b.SetBytes(int64(size))
	var p parser
	for b.Loop() {
		for _, src := range list {
			p.parse(src)
		}
	}
}
