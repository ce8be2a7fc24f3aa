package analysis

import (
	"cmp"
	"slices"

	"weighline/analysis/layer"
)

// FileChanges tells which regular files of two images differ: in content, by
// size and hash, or in mode.
type FileChanges struct {
	Added, Removed, Changed int // paths
	Modes                   int // of Changed, those with the same content and other permissions
	List                    []FileChange
}

// A FileChange is what became of one path. A and B are bytes, nil where there is
// no regular file. Delta counts a further name of a file that has another as
// nothing. The largest differences come first, then by path.
type FileChange struct {
	Path  string
	A, B  *int64
	Delta int64
	Mode  bool // only the permissions differ
}

func compareFiles(a, b *layer.Tree) *FileChanges {
	d := fileDiff{a: a, b: b, out: &FileChanges{}}
	d.folder(layer.Root, layer.Root)
	slices.SortFunc(d.out.List, func(x, y FileChange) int {
		return cmp.Or(cmp.Compare(max(y.Delta, -y.Delta), max(x.Delta, -x.Delta)), cmp.Compare(x.Path, y.Path))
	})
	return d.out
}

type fileDiff struct {
	a, b *layer.Tree
	out  *FileChanges
}

// folder compares what two folders hold. The nodes below one follow it, in the
// order of their names.
func (d *fileDiff) folder(na, nb layer.Node) {
	a, b := na+1, nb+1
	endA, endB := d.a.End(na), d.b.End(nb)
	for a < endA || b < endB {
		var order int
		switch {
		case b >= endB:
			order = -1
		case a >= endA:
			order = 1
		default:
			order = cmp.Compare(d.a.Name(a), d.b.Name(b))
		}
		switch {
		case order < 0:
			d.removed(a)
			a = d.a.End(a)
		case order > 0:
			d.added(b)
			b = d.b.End(b)
		default:
			d.both(a, b)
			a, b = d.a.End(a), d.b.End(b)
		}
	}
}

func (d *fileDiff) both(a, b layer.Node) {
	kindA, kindB := d.a.Kind(a), d.b.Kind(b)
	switch {
	case kindA == layer.Dir && kindB == layer.Dir:
		d.folder(a, b)
	case kindA == layer.File && kindB == layer.File:
		d.file(a, b)
	default:
		d.removed(a)
		d.added(b)
	}
}

func (d *fileDiff) file(a, b layer.Node) {
	sizeA, sizeB := d.a.Size(a), d.b.Size(b)
	content := sizeA != sizeB
	if d.a.Listed(a) == d.b.Listed(b) { // the hash of a file that was only listed fits no other
		content = content || d.a.Hash(a) != d.b.Hash(b)
	}
	if !content && d.a.Perm(a) == d.b.Perm(b) {
		return
	}
	d.out.Changed++
	if !content {
		d.out.Modes++
	}
	d.out.List = append(d.out.List, FileChange{d.a.FullPath(a), &sizeA, &sizeB, sizeB - sizeA, !content})
}

func (d *fileDiff) removed(n layer.Node) {
	for i := n; i < d.a.End(n); i++ {
		if d.a.Kind(i) == layer.File {
			size := d.a.Size(i)
			d.out.Removed++
			d.out.List = append(d.out.List, FileChange{Path: d.a.FullPath(i), A: &size, Delta: -d.a.Own(i)})
		}
	}
}

func (d *fileDiff) added(n layer.Node) {
	for i := n; i < d.b.End(n); i++ {
		if d.b.Kind(i) == layer.File {
			size := d.b.Size(i)
			d.out.Added++
			d.out.List = append(d.out.List, FileChange{Path: d.b.FullPath(i), B: &size, Delta: d.b.Own(i)})
		}
	}
}
