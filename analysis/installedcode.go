package analysis

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/evidence"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
)

// A wanted file is one of an installed package that evidence is looked for in.
type wanted struct {
	pkg     pep.Name
	site    string // its site-packages folder
	rel     string // below that
	library bool
}

// maxModule is the largest source of a package that is read: what is larger is
// data in the form of Python.
const maxModule = 16 << 20

// maxWanted is how many files of packages are read; the largest images have some
// 100,000.
const maxWanted = 500_000

// readInstalled adds to r what the packages of the image use of each other. The
// layers that hold their sources and libraries are read once more.
func readInstalled(ctx context.Context, b *Build, r *evidence.Report, names *evidence.Names, o Options) (*evidence.Report, error) {
	in := evidence.NewInstalled(names, b.runsIn())
	want := b.Image.wanted(in)
	for _, p := range b.Image.Ledger.Packages {
		if text := b.Image.entryPoints(p); p.Kind == attribution.Python && text != "" {
			in.EntryPoints(pep.Name(p.Name), path.Base(p.Path)+"/entry_points.txt", text)
		}
	}
	if len(want) == 0 {
		return r, nil
	}
	var err error
	if IsInstallation(b.Image.Reference) {
		err = b.Image.readFiles(ctx, in, want[0], o)
	} else {
		err = b.Image.readAgain(ctx, in, want, o)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return in.Report(r), err
}

// runsIn returns the Python and the platform that most packages of the image are
// installed for; of a folder that does not tell, those of the target.
func (b *Build) runsIn() evidence.Env {
	count := map[string]int{}
	best, most := b.Target, 0
	for _, p := range b.Image.Ledger.Packages {
		if p.Kind != attribution.Python || !pythonPath.MatchString(p.Path) {
			continue
		}
		t := installedTarget(p.Path, b.Image.Platform)
		if count[t.Python()]++; count[t.Python()] > most {
			best, most = t, count[t.Python()]
		}
	}
	minor, _ := strconv.Atoi(strings.TrimPrefix(best.Python(), "3."))
	platform, _, _ := strings.Cut(best.Platform(), "/")
	switch platform {
	case "linux-musl":
		platform = "linux"
	case "macos":
		platform = "darwin"
	case "windows":
		platform = "win32"
	}
	return evidence.Env{Platform: platform, Minor: minor}
}

// wanted returns the sources and libraries of the image's Python distributions,
// by layer and path, and tells in of all libraries that there are.
func (img *Image) wanted(in *evidence.Installed) map[int]map[string]wanted {
	t, l := img.Tree, img.Ledger
	if t == nil || l == nil {
		return nil
	}
	out := map[int]map[string]wanted{}
	total := 0
	for n := range layer.Node(t.Len()) {
		name := t.Name(n)
		w := wanted{library: evidence.IsLibrary(name)}
		if !w.library && !strings.HasSuffix(name, ".py") {
			continue
		}
		i, owned := l.Owner(n)
		owned = owned && l.Packages[i].Kind == attribution.Python
		if w.library && !owned {
			in.Provides("", name)
		}
		if !owned || t.Kind(n) != layer.File {
			continue
		}
		full := t.FullPath(n)
		w.pkg, w.site = pep.Name(l.Packages[i].Name), path.Dir(l.Packages[i].Path)
		if w.rel, owned = strings.CutPrefix(full, w.site+"/"); !owned {
			continue
		}
		if w.library {
			in.Provides(w.pkg, name)
		} else if t.Size(n) > maxModule {
			continue
		}
		if total++; total > maxWanted {
			break
		}
		at := t.LayerOf(n)
		if out[at] == nil {
			out[at] = map[string]wanted{}
		}
		out[at][full] = w
	}
	return out
}

// readFiles reads the files of a folder of this computer.
func (img *Image) readFiles(ctx context.Context, in *evidence.Installed, want map[string]wanted, o Options) error {
	done := 0
	for full, w := range want {
		if err := ctx.Err(); err != nil {
			return err
		}
		if done++; done%200 == 0 {
			o.progress(Progress{What: fmt.Sprintf("Reading the packages' files: %d of %d", done, len(want))})
		}
		if w.library {
			if f, err := os.Open(full); err == nil {
				in.Library(w.pkg, w.rel, f)
				f.Close()
			}
			continue
		}
		if src, err := os.ReadFile(full); err == nil {
			in.Source(w.pkg, w.site, w.rel, src)
		}
	}
	return nil
}

// readAgain reads those layers of an image once more that have what is wanted.
func (img *Image) readAgain(ctx context.Context, in *evidence.Installed, want map[int]map[string]wanted, o Options) error {
	src, err := openImage(ctx, img.again(), o.Image)
	if err != nil {
		return err
	}
	defer src.Close()
	read := func(ctx context.Context, l *oci.Layer, blob io.Reader) error {
		i := img.place(l, want)
		if i < 0 {
			return nil
		}
		w := want[i]
		delete(want, i)
		_, err := layer.Read(ctx, blob, layer.ReadOptions{
			Digest: l.Digest, DiffID: l.DiffID, Size: l.Size,
			Scan: func(path string, size int64, _ uint16) layer.Scanner { return scannerOf(in, w, path, size) },
			Progress: func(n int64) {
				o.progress(Progress{What: fmt.Sprintf("Reading the packages' files: layer %d of %d", i+1, len(img.Layers)), Done: n, Total: max(0, l.Size)})
			},
		})
		if err != nil {
			return &layer.PlaceError{Layer: i, Layers: len(img.Layers), Err: err}
		}
		return nil
	}
	if !src.RandomAccess {
		return src.Walk(ctx, read)
	}
	for i := range src.Layers {
		l := &src.Layers[i]
		if img.place(l, want) < 0 {
			continue
		}
		if err := readBlob(ctx, l, func(blob io.Reader) error { return read(ctx, l, blob) }); err != nil {
			return err
		}
	}
	return nil
}

// place returns which layer of img l is, if something of it is wanted, else -1.
func (img *Image) place(l *oci.Layer, want map[int]map[string]wanted) int {
	for i := range img.Layers {
		if img.Layers[i].Name == l.Name && want[i] != nil {
			return i
		}
	}
	return -1
}

func readBlob(ctx context.Context, l *oci.Layer, do func(io.Reader) error) error {
	blob, err := l.Open(ctx)
	if err != nil {
		return err
	}
	// Closing is what ends a read that waits for the network.
	stop := context.AfterFunc(ctx, func() { blob.Close() })
	defer func() {
		if stop() {
			blob.Close()
		}
	}()
	return do(blob)
}

// scannerOf returns what takes in a file of a layer, nil for one that is not
// wanted.
func scannerOf(in *evidence.Installed, want map[string]wanted, path string, size int64) layer.Scanner {
	w, ok := want[path]
	if !ok {
		return nil
	}
	return &codeScanner{in: in, wanted: w, size: size}
}

// A codeScanner hands a file of a package to the evidence when it has streamed
// by. It keeps nothing for the index.
type codeScanner struct {
	in     *evidence.Installed
	wanted wanted
	size   int64
	source bytes.Buffer
	elf    evidence.ELFStream
}

func (s *codeScanner) Scan(p []byte) bool {
	if s.wanted.library {
		_, _ = s.elf.Write(p)
		return s.elf.More()
	}
	if s.source.Len() == 0 {
		s.source.Grow(int(min(s.size, maxModule)))
	}
	s.source.Write(p)
	return s.source.Len() <= maxModule
}

func (s *codeScanner) Excerpt() []byte {
	if s.wanted.library {
		s.in.Library(s.wanted.pkg, s.wanted.rel, &s.elf)
	} else {
		s.in.Source(s.wanted.pkg, s.wanted.site, s.wanted.rel, s.source.Bytes())
	}
	return nil
}
