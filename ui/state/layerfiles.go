package state

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/layer"
)

// A FileChange says what a layer did to a name of the layers below it.
type FileChange uint8

// The changes. A folder that was there before has none.
const (
	Unchanged   FileChange = iota
	FileAdded              // was not there
	FileChanged            // was there, with other content
	FileSame               // was there with the same content: chmod, chown, a copy
	FileRemoved            // a whiteout: takes it away
)

// A LayerFile is a name in a layer.
type LayerFile struct {
	Name   string
	Kind   layer.Kind
	Change FileChange
	Link   string // where a symlink or a further name of a file leads
	// Bytes are those that the layer brings, of a folder those of all below it.
	Bytes int64
	// Gone are the bytes of the layers below that the layer hides here: still
	// stored, still pulled.
	Gone int64

	parent int32
	below  []int32
}

// LayerFiles are the files of one layer as a tree: what it adds, changes and
// removes. Files are numbered, a folder before what is in it; 0 is the root.
type LayerFiles struct {
	Layer int
	files []LayerFile
	byDir map[string]int32 // folders and files by their path, while the tree is made
	under *layer.Tree      // the layers below, while the tree is made
	of    *analysis.Build
}

// File returns file n.
func (f *LayerFiles) File(n int) *LayerFile { return &f.files[n] }

// Len is the number of files, the root among them.
func (f *LayerFiles) Len() int { return len(f.files) }

// Parent returns the folder of n, 0 being the root.
func (f *LayerFiles) Parent(n int) int { return int(f.files[n].parent) }

// Below returns what is in folder n, the heaviest first.
func (f *LayerFiles) Below(n int) []int {
	out := make([]int, len(f.files[n].below))
	for i, c := range f.files[n].below {
		out[i] = int(c)
	}
	return out
}

// Path returns the whole path of n.
func (f *LayerFiles) Path(n int) string {
	if n == 0 {
		return "/"
	}
	return path.Join(f.Path(f.Parent(n)), f.files[n].Name)
}

// layerFiles reads layer i of an image: its own entries, held against the layers
// below.
func layerFiles(ctx context.Context, img *analysis.Image, i int) (*LayerFiles, error) {
	var below []*layer.Index
	for _, l := range img.Layers[:i] {
		below = append(below, l.Index)
	}
	under, err := layer.Stack(ctx, below)
	if err != nil {
		return nil, err
	}
	f := &LayerFiles{Layer: i, files: []LayerFile{{Kind: layer.Dir}}, byDir: map[string]int32{"/": 0}, under: under}
	x := img.Layers[i].Index
	for e := range x.Len() {
		f.add(x, e)
	}
	for e := range x.Len() { // what an opaque folder hides is known when all that it has anew is
		if x.Kind(e) == layer.Opaque {
			f.empty(path.Dir(x.Path(e)))
		}
	}
	f.finish()
	return f, nil
}

// at returns the file of a path, made with the folders around it if need be.
func (f *LayerFiles) at(p string) int32 {
	if n, ok := f.byDir[p]; ok {
		return n
	}
	up := f.at(path.Dir(p))
	n := int32(len(f.files))
	f.files = append(f.files, LayerFile{Name: path.Base(p), Kind: layer.Dir, parent: up})
	f.files[up].below = append(f.files[up].below, n)
	f.byDir[p] = n
	return n
}

// add puts entry e of x into the tree; of two of one path the later holds.
func (f *LayerFiles) add(x *layer.Index, e int) {
	p, kind := x.Path(e), x.Kind(e)
	switch kind {
	case layer.Opaque:
		return
	case layer.Whiteout:
		f.remove(path.Join(path.Dir(p), strings.TrimPrefix(path.Base(p), ".wh.")))
		return
	}
	n := f.at(p)
	v := &f.files[n]
	v.Kind, v.Link, v.Bytes, v.Gone = kind, x.Link(e), x.Size(e), 0
	old, was := f.under.Lookup(p)
	switch {
	case !was:
		v.Change = FileAdded
	case kind == layer.Dir && f.under.Kind(old) == layer.Dir:
		v.Change = Unchanged
	case kind == layer.File && f.under.Kind(old) == layer.File && f.under.Size(old) == x.Size(e) && f.under.Hash(old) == x.Hash(e):
		v.Change, v.Gone = FileSame, f.under.Bytes(old)
	default:
		v.Change, v.Gone = FileChanged, f.under.Bytes(old)
	}
}

// remove marks a path of the layers below as taken away.
func (f *LayerFiles) remove(p string) {
	old, was := f.under.Lookup(p)
	if _, anew := f.byDir[p]; anew || !was {
		return // a whiteout acts on lower layers only
	}
	n := f.at(p)
	f.files[n].Kind, f.files[n].Change, f.files[n].Gone = f.under.Kind(old), FileRemoved, f.under.Bytes(old)
}

// empty marks all of a folder of the layers below as taken away, but for what the
// layer itself has there.
func (f *LayerFiles) empty(dir string) {
	old, was := f.under.Lookup(dir)
	if !was || f.under.Kind(old) != layer.Dir {
		return
	}
	for c := range f.under.Children(old) {
		f.remove(path.Join(dir, f.under.Name(c)))
	}
}

// finish adds the bytes up and puts the heaviest first.
func (f *LayerFiles) finish() {
	for n := len(f.files) - 1; n > 0; n-- {
		up := &f.files[f.files[n].parent]
		up.Bytes += f.files[n].Bytes
		if f.files[n].Change != FileRemoved || up.Change != FileRemoved {
			up.Gone += f.files[n].Gone
		}
	}
	for n := range f.files {
		slices.SortStableFunc(f.files[n].below, func(a, b int32) int {
			x, y := &f.files[a], &f.files[b]
			return cmp.Or(cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(y.Gone, x.Gone), cmp.Compare(x.Name, y.Name))
		})
	}
	f.byDir, f.under = nil, nil
}

// filter returns what of the layer has all words of text in its path, as
// filterFiles does of the final file system.
func (f *LayerFiles) filter(text string) *FileFilter {
	words := pathWordsOf(text)
	has := make([]uint16, len(f.files))
	out := &FileFilter{keep: make([]uint64, len(f.files)/64+1)}
	out.show(0)
	matched, opened := make([]bool, len(f.files)), map[int]bool{}
	for n := 1; n < len(f.files); n++ {
		up := f.Parent(n)
		inside := matched[up]
		own := words.in(f.files[n].Name, func() string { return f.Path(up) })
		has[n] = has[up] | own
		match := own != 0 && has[n] == words.all
		if matched[n] = inside || match; !matched[n] {
			continue
		}
		out.show(layer.Node(n))
		if !match {
			continue
		}
		out.Matches++
		for up := f.Parent(n); up != 0; up = f.Parent(up) {
			out.show(layer.Node(up))
			if out.Matches <= maxOpened && !opened[up] {
				opened[up] = true
				out.Open = append(out.Open, up)
			}
		}
	}
	return out
}

// ShowLayer makes the files of layer i those that are looked at, -1 standing for
// the final file system.
func (s *Session) ShowLayer(i int) {
	if i == s.FilesOf && (i < 0 || s.LayerFiles != nil && s.LayerFiles.of == s.Build) {
		return
	}
	s.FilesOf, s.LayerFiles = i, nil
	b := s.Build
	if i < 0 || b == nil || b.Image == nil || i >= len(b.Image.Layers) || b.Image.Layers[i].Index == nil {
		s.FilesOf = -1
		s.findFiles()
		s.changed()
		return
	}
	s.task(nil, func(ctx context.Context) (func(), error) {
		f, err := layerFiles(ctx, b.Image, i)
		if err != nil {
			return nil, err
		}
		f.of = b
		return func() {
			if s.Build == b && s.FilesOf == i {
				s.LayerFiles = f
				s.findFiles()
			}
		}, nil
	})
	s.changed()
}
