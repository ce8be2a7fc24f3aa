package layer

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A Node is a name in the final file system. Nodes are numbered in the order
// of their paths, a directory before what is in it, names in byte order; the
// nodes below n are n+1 to [Tree.End](n)-1. So a slice by Node is the way to
// remember something about all of them.
type Node uint32

// Root is the node of "/".
const Root Node = 0

// A Tree is the file system that layers make together: about 90 bytes a file
// with the indexes it refers to. It is immutable and may be used by several
// goroutines.
type Tree struct {
	Layers      []LayerStat // one for each layer given to Stack
	Missing     []int       // layers that were nil
	Totals      Totals
	Unresolved  int // entries that lie nowhere: symlink loops, too deep
	BrokenLinks int // hard links to nothing

	layers []*Index
	base   []uint32 // first entry number of each layer
	made   []madeDir

	parent    []uint32
	end       []uint32
	ent       []uint32 // entry that gives the name
	ino       []uint32 // entry that made the inode
	anyListed bool     // some layers were listed, not read
	secondary bitset   // a further name of a file whose bytes another node has
	names     map[uint32]int32

	lost struct { // what Waste needs: the nodes as they were numbered before
		list        []wasted
		parent, ent []uint32
	}

	once  sync.Once
	sums  []int64 // bytes of all nodes before one
	find  table
	index sync.Once

	scanned atomic.Int64 // names that lookups compared without the index
}

// A madeDir is a directory that no entry names but another entry lies in.
type madeDir struct {
	name  string
	layer int32
}

// A LayerStat is what one layer brought. Kept + Waste = Content.
type LayerStat struct {
	Content    int64 // bytes of its regular files
	Files      int   // how many
	Kept       int64 // bytes still visible in the final tree
	Waste      int64 // bytes that it brought and a layer took away
	WasteFiles int
}

// Totals of the final file system.
type Totals struct {
	Files       int   // inodes of regular files
	Bytes       int64 // in them: the image's unpacked size
	FileNames   int   // names of regular files
	BytesByName int64 // as if each name were a file of its own
	Dirs        int   // without the root
	Symlinks    int
	Devices     int
}

// Len returns the number of nodes.
func (t *Tree) Len() int { return len(t.parent) }

// Layer returns the index of layer i, nil if it was missing.
func (t *Tree) Layer(i int) *Index { return t.layers[i] }

// Partial reports whether a layer was missing.
func (t *Tree) Partial() bool { return len(t.Missing) > 0 }

// Parent returns the directory that n is in; that of the root is the root.
func (t *Tree) Parent(n Node) Node { return Node(t.parent[n]) }

// End returns the node after the last one below n.
func (t *Tree) End(n Node) Node { return Node(t.end[n]) }

// Name returns the last part of n's path, "" for the root.
func (t *Tree) Name(n Node) string { return t.entName(t.ent[n]) }

// Kind returns File, Dir, Symlink or Device.
func (t *Tree) Kind(n Node) Kind { return t.entKind(t.ino[n]) }

// Size returns the bytes of a regular file, 0 for everything else.
func (t *Tree) Size(n Node) int64 { return t.entSize(t.ino[n]) }

// Own returns the bytes of n that no node before it has: 0 for the second and
// further names of a file. The sum over all nodes is Totals.Bytes.
func (t *Tree) Own(n Node) int64 {
	if t.secondary.has(uint32(n)) {
		return 0
	}
	return t.entSize(t.ino[n])
}

// Secondary reports whether n is a further name of a file that has another
// name before n.
func (t *Tree) Secondary(n Node) bool { return t.secondary.has(uint32(n)) }

// Hash returns the xxh3 hash of a file's content. Files with equal Size and
// Hash are taken for copies.
func (t *Tree) Hash(n Node) uint64 { return t.entHash(t.ino[n]) }

// Listed reports whether a layer that was not read brought n, see [Listing].
func (t *Tree) Listed(n Node) bool {
	g := t.ino[n]
	if !t.anyListed || g&madeFlag != 0 {
		return false
	}
	x, _ := t.entry(g)
	return x.Listed
}

// Perm returns the permission bits of n, with setuid, setgid and sticky
// (0o7777); 0o755 for a directory that no layer mentions.
func (t *Tree) Perm(n Node) uint16 {
	g := t.ino[n]
	if g&madeFlag != 0 {
		return 0o755
	}
	x, i := t.entry(g)
	return x.Perm(i)
}

// LayerOf returns the layer that brought n's inode; for a directory the one
// that made it first. -1 for the root.
func (t *Tree) LayerOf(n Node) int {
	if t.Kind(n) == Dir {
		return t.entLayer(t.ent[n])
	}
	return t.entLayer(t.ino[n])
}

// Inode returns a number that two nodes share if and only if they are names of
// one file.
func (t *Tree) Inode(n Node) uint32 {
	if t.Kind(n) == Dir {
		return t.ent[n]
	}
	return t.ino[n]
}

// Links returns how many names n's inode has.
func (t *Tree) Links(n Node) int { return max(1, int(t.names[t.ino[n]])) }

// Target returns where symlink n leads, as it was written; "" for others.
func (t *Tree) Target(n Node) string {
	if t.Kind(n) != Symlink {
		return ""
	}
	return t.entLink(t.ino[n])
}

// Content returns the content of file n, if [ReadOptions.Keep] asked for it
// when its layer was read. It must not be changed.
func (t *Tree) Content(n Node) ([]byte, bool) {
	if t.Kind(n) != File {
		return nil, false
	}
	x, i := t.entry(t.ino[n])
	return x.Content(i)
}

// FullPath returns the path of n from the root, "/" for the root itself. Use
// [Printable] before people see it.
func (t *Tree) FullPath(n Node) string {
	return joinPath(uint32(n), t.parent, t.ent, t)
}

func joinPath(n uint32, parent, ent []uint32, t *Tree) string {
	if n == 0 {
		return "/"
	}
	var up [32]string
	parts, size := up[:0], 0
	for ; n != 0; n = parent[n] {
		name := t.entName(ent[n])
		parts, size = append(parts, name), size+1+len(name)
	}
	slices.Reverse(parts)
	var b strings.Builder
	b.Grow(size)
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(p)
	}
	return b.String()
}

// Children yields what is in directory n, in byte order of the names.
func (t *Tree) Children(n Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if t.Kind(n) != Dir {
			return
		}
		for c := n + 1; c < Node(t.end[n]); c = Node(t.end[c]) {
			if !yield(c) {
				return
			}
		}
	}
}

// Bytes returns the bytes of n and of all below it, each inode once, at its
// first name in the whole tree.
func (t *Tree) Bytes(n Node) int64 {
	t.once.Do(func() {
		t.sums = make([]int64, t.Len()+1)
		for i := range t.Len() {
			t.sums[i+1] = t.sums[i] + t.Own(Node(i))
		}
	})
	return t.sums[t.end[n]] - t.sums[n]
}

// entry returns where an entry number leads. It must not have madeFlag.
func (t *Tree) entry(g uint32) (*Index, int) {
	l := t.entLayer(g)
	return t.layers[l], int(g - t.base[l])
}

func (t *Tree) entLayer(g uint32) int {
	if g&madeFlag != 0 {
		return int(t.made[g&^madeFlag].layer)
	}
	lo, hi := 0, len(t.base)-1 // base[lo] <= g < base[hi]
	for hi-lo > 1 {
		if m := int(uint(lo+hi) >> 1); t.base[m] <= g {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

func (t *Tree) entName(g uint32) string {
	if g&madeFlag != 0 {
		return t.made[g&^madeFlag].name
	}
	x, i := t.entry(g)
	return x.Name(i)
}

func (t *Tree) entKind(g uint32) Kind {
	if g&madeFlag != 0 {
		return Dir
	}
	x, i := t.entry(g)
	return x.Kind(i)
}

func (t *Tree) entSize(g uint32) int64 {
	if g&madeFlag != 0 {
		return 0
	}
	x, i := t.entry(g)
	return x.Size(i)
}

func (t *Tree) entHash(g uint32) uint64 {
	if g&madeFlag != 0 {
		return 0
	}
	x, i := t.entry(g)
	return x.hash[i]
}

// entLink returns the target of a symlink's entry.
func (t *Tree) entLink(g uint32) string {
	x, i := t.entry(g)
	return x.linkName(int(x.size[i]))
}

type bitset []uint64

func (b bitset) has(i uint32) bool {
	return int(i>>6) < len(b) && b[i>>6]>>(i&63)&1 != 0
}

func (b *bitset) set(i uint32) {
	for int(i>>6) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[i>>6] |= 1 << (i & 63)
}
