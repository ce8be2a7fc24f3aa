package state

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/ui/texts"
)

// A FileDiff is a file that differs, or a folder with such files.
type FileDiff struct {
	Name   string
	Folder bool
	Change FileChange // Unchanged for a folder that both have
	Mode   bool       // only the permissions differ
	// A and B are the bytes of a file, of a folder those of all files below it that
	// differ; -1 where there is no file.
	A, B  int64
	Delta int64
	Files int // of a folder, how many differ below it

	parent int32
	below  []int32
	path   string // of a file
}

// FileDiffs are the files that differ between two images, as a tree: a folder
// before what is in it; 0 is the root.
type FileDiffs struct {
	files []FileDiff
	byDir map[string]int32 // while the tree is made
}

// A FileView is what of FileDiffs is listed, and in which order.
type FileView struct {
	Files  int   // that are listed
	Hidden int   // that changed too little
	Flat   []int // all files, without folders
	Open   []int // folders to open, so that what the filter found is seen
	below  map[int][]int
}

// newFileDiffs makes the tree of what differs.
func newFileDiffs(c *analysis.Comparison) *FileDiffs {
	f := &FileDiffs{files: make([]FileDiff, 1, len(c.Files.List)+1), byDir: map[string]int32{"/": 0}}
	f.files[0].Folder = true
	for i := range c.Files.List {
		f.add(&c.Files.List[i])
	}
	for n := len(f.files) - 1; n > 0; n-- {
		v := &f.files[n]
		if v.Folder {
			v.Change = folderChange(c, f.Path(n))
		}
	}
	f.sum(0)
	f.byDir = nil
	return f
}

func (f *FileDiffs) add(x *analysis.FileChange) {
	n := int32(len(f.files))
	v := FileDiff{Name: path.Base(x.Path), Change: FileChanged, Mode: x.Mode, A: -1, B: -1, Delta: x.Delta, path: x.Path}
	if x.A != nil {
		v.A = *x.A
	} else {
		v.Change = FileAdded
	}
	if x.B != nil {
		v.B = *x.B
	} else {
		v.Change = FileRemoved
	}
	if x.A != nil && x.B != nil && *x.A == *x.B {
		v.Change = FileSame
	}
	f.files = append(f.files, v)
	up := f.folder(path.Dir(x.Path))
	f.files[n].parent = up
	f.files[up].below = append(f.files[up].below, n)
}

// folder returns the node of a folder, made if need be.
func (f *FileDiffs) folder(dir string) int32 {
	if n, ok := f.byDir[dir]; ok {
		return n
	}
	up := f.folder(path.Dir(dir))
	n := int32(len(f.files))
	f.files = append(f.files, FileDiff{Name: path.Base(dir), Folder: true, parent: up})
	f.files[up].below = append(f.files[up].below, n)
	f.byDir[dir] = n
	return n
}

// folderChange tells whether only one of the images has a folder.
func folderChange(c *analysis.Comparison, dir string) FileChange {
	has := func(t *layer.Tree) bool {
		n, ok := t.Lookup(dir)
		return ok && t.Kind(n) == layer.Dir
	}
	switch inA, inB := has(c.A.Image.Tree), has(c.B.Image.Tree); {
	case !inA:
		return FileAdded
	case !inB:
		return FileRemoved
	}
	return Unchanged
}

// sum adds up what is below a folder.
func (f *FileDiffs) sum(n int32) {
	for _, c := range f.files[n].below {
		if f.files[c].Folder {
			f.sum(c)
		}
		v, up := &f.files[c], &f.files[n]
		up.A += max(v.A, 0)
		up.B += max(v.B, 0)
		up.Delta += v.Delta
		up.Files += max(v.Files, 1)
	}
}

// File returns file n, Parent the folder that it is in.
func (f *FileDiffs) File(n int) *FileDiff { return &f.files[n] }

// Parent returns the folder of n, 0 being the root.
func (f *FileDiffs) Parent(n int) int { return int(f.files[n].parent) }

// Path returns the whole path of n.
func (f *FileDiffs) Path(n int) string {
	if n == 0 {
		return "/"
	}
	return path.Join(f.Path(f.Parent(n)), f.files[n].Name)
}

// Below returns what of a folder is listed.
func (v *FileView) Below(n int) []int { return v.below[n] }

// FileWord tells what became of a file in a word or two.
func FileWord(v *FileDiff) string {
	switch {
	case v.Folder && v.Change == Unchanged:
		if v.Files == 1 {
			return texts.F("%d file", 1)
		}
		return texts.F("%s files", bytesize.Size(v.Files).Grouped())
	case v.Change == FileAdded:
		return texts.T("added")
	case v.Change == FileRemoved:
		return texts.T("removed")
	case v.Mode:
		return texts.T("mode only")
	case v.Change == FileSame:
		return texts.T("content, same size")
	}
	return texts.T("content")
}

// view lists the files that the filter and the threshold let through.
func (f *FileDiffs) view(filter string, least bytesize.Size, order CompareOrder) *FileView {
	v := &FileView{below: map[int][]int{}}
	words := strings.Fields(filter)
	shown := make([]bool, len(f.files))
	opened := map[int]bool{}
	for n := range f.files {
		x := &f.files[n]
		switch {
		case x.Folder:
			continue
		case !matchesAll(strings.ToLower(x.path), words):
			continue
		case least > 0 && bytesize.Size(max(x.Delta, -x.Delta)) < least:
			v.Hidden++
			continue
		}
		v.Files++
		v.Flat = append(v.Flat, n)
		for up := n; !shown[up]; up = f.Parent(up) {
			shown[up] = true
			if up == 0 {
				break
			}
		}
		for up := f.Parent(n); len(words) > 0 && up != 0 && v.Files <= maxOpened && !opened[up]; up = f.Parent(up) {
			opened[up] = true
			v.Open = append(v.Open, up)
		}
	}
	for n := range f.files {
		if x := &f.files[n]; shown[n] && x.Folder {
			var list []int
			for _, c := range x.below {
				if shown[c] {
					list = append(list, int(c))
				}
			}
			f.sort(list, order)
			v.below[n] = list
		}
	}
	f.sort(v.Flat, order)
	return v
}

func (f *FileDiffs) sort(list []int, order CompareOrder) {
	slices.SortStableFunc(list, func(a, b int) int {
		x, y := &f.files[a], &f.files[b]
		byName := cmp.Compare(cmp.Or(x.path, x.Name), cmp.Or(y.path, y.Name))
		if order == ByPlace {
			return byName
		}
		return cmp.Or(order.compare(bytesize.Of(x.Delta), bytesize.Of(y.Delta), 0, 0), byName)
	})
}

// listFiles finds out elsewhere which files are listed; what was listed stays until
// then.
func (s *Session) listFiles() {
	c := s.Compare
	if c.Diffs == nil {
		return
	}
	filter, least, order, changed := c.filter, c.MinChange, c.FileOrder, c.Changed
	s.queue(func() {
		v := c.Diffs.view(filter, least, order)
		s.post(func() {
			if s.Compare == c && c.filter == filter && c.MinChange == least && c.FileOrder == order && c.Changed >= changed {
				c.Shown = v
				s.changed()
			}
		})
	})
}

// Owner returns the key of the package that a file belongs to in B, or in A if it is
// not there; "" if no package claims it.
func (c *Compare) Owner(file string) string {
	for _, side := range []*analysis.Build{c.B, c.A} {
		l := side.Ledger()
		if l == nil || l.Tree() == nil {
			continue
		}
		n, ok := l.Tree().Lookup(file)
		if !ok {
			continue
		}
		i, ok := l.Owner(n)
		if !ok {
			continue
		}
		owner := &l.Packages[i]
		for j := range c.packages {
			x := &c.packages[j]
			at := x.B
			if side == c.A {
				at = x.A
			}
			if at != nil && x.Kind == owner.Kind && x.Name == owner.Name && at.Path == owner.Path {
				return c.Key(x)
			}
		}
	}
	return ""
}
