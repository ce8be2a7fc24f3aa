package layer

import (
	"bytes"
	"fmt"
	"unsafe"
)

// Names of whiteouts (OCI image spec "layer").
const (
	whiteoutPrefix = ".wh."
	aufsPrefix     = ".wh..wh."
	opaqueName     = ".wh..wh..opq"
)

// A builder fills an Index entry by entry.
type builder struct {
	x        *Index
	names    []byte
	dirNames []byte
	linkText []byte

	dirs    map[string]uint32 // full path → directory
	lastDir []byte            // path of the directory that the last entry was in
	lastID  uint32
	scratch []byte // the cleaned path of the entry being added
	target  []byte // the cleaned path of its hard link's target
}

func newBuilder(x *Index) *builder {
	x.dirNameEnd = append(x.dirNameEnd, 0)
	x.dirParent = append(x.dirParent, 0)
	return &builder{x: x, dirs: map[string]uint32{"": 0}}
}

// clean writes name to dst as an absolute path without ".", ".." and empty
// parts; "" is the root. ".." is taken by the letter, as tar programs do.
func clean(dst, name []byte) []byte {
	dst = dst[:0]
	for len(name) > 0 {
		part := name
		if i := bytes.IndexByte(name, '/'); i >= 0 {
			part, name = name[:i], name[i+1:]
		} else {
			name = nil
		}
		switch {
		case len(part) == 0 || len(part) == 1 && part[0] == '.':
		case len(part) == 2 && part[0] == '.' && part[1] == '.':
			dst = dst[:max(0, bytes.LastIndexByte(dst, '/'))]
		default:
			dst = append(append(dst, '/'), part...)
		}
	}
	return dst
}

// path sets the path of the entry that is added next.
func (b *builder) path(name []byte) { b.scratch = clean(b.scratch, name) }

// current returns that path. The string is only good until the next one is
// set: making a string of each path would be most of a walk's garbage.
func (b *builder) current() string {
	return unsafe.String(unsafe.SliceData(b.scratch), len(b.scratch))
}

// add appends the entry whose path was last given to path, and returns its
// number, or -1 for the root itself. link is the target of a link.
func (b *builder) add(k Kind, perm uint16, size int64, link []byte) int {
	x := b.x
	x.Counts.Entries++
	slash := bytes.LastIndexByte(b.scratch, '/')
	if slash < 0 {
		return -1
	}
	base := b.scratch[slash+1:]
	if bytes.HasPrefix(base, []byte(whiteoutPrefix)) {
		k, size = whiteoutKind(base), 0
	}
	b.count(k, size)
	switch k {
	case File:
	case Symlink, Hardlink:
		size = int64(len(x.linkEnd))
		b.addLink(k, link)
	default:
		size = 0
	}
	b.names = append(b.names, base...)
	x.nameEnd = append(x.nameEnd, uint32(len(b.names)))
	x.dir = append(x.dir, b.internDir(b.scratch[:slash]))
	x.size = append(x.size, size)
	x.hash = append(x.hash, 0)
	x.mode = append(x.mode, uint16(k)<<12|perm&0o7777)
	return len(x.dir) - 1
}

func (b *builder) count(k Kind, size int64) {
	c := &b.x.Counts
	switch k {
	case File:
		c.Files++
		b.x.ContentBytes += size
	case Dir:
		c.Dirs++
	case Device:
		c.Devices++
	case Symlink:
		c.Symlinks++
	case Hardlink:
		c.Hardlinks++
	case Whiteout:
		c.Whiteouts++
	case Opaque:
		c.Opaques++
	case Aufs:
		c.Aufs++
	}
}

func whiteoutKind(base []byte) Kind {
	switch {
	case string(base) == opaqueName:
		return Opaque
	case bytes.HasPrefix(base, []byte(aufsPrefix)):
		return Aufs
	}
	return Whiteout
}

func (b *builder) addLink(k Kind, link []byte) {
	x, dir := b.x, uint32(0)
	if k == Hardlink {
		b.target = clean(b.target, link)
		slash := max(0, bytes.LastIndexByte(b.target, '/'))
		dir, link = b.internDir(b.target[:slash]), bytes.TrimPrefix(b.target[slash:], []byte("/"))
	}
	b.linkText = append(b.linkText, link...)
	x.linkEnd = append(x.linkEnd, uint32(len(b.linkText)))
	x.linkDir = append(x.linkDir, dir)
}

// internDir returns the number of the directory with a cleaned path.
func (b *builder) internDir(path []byte) uint32 {
	if bytes.Equal(path, b.lastDir) {
		return b.lastID
	}
	id := b.internDirSlow(path)
	b.lastDir, b.lastID = append(b.lastDir[:0], path...), id
	return id
}

func (b *builder) internDirSlow(path []byte) uint32 {
	if id, ok := b.dirs[string(path)]; ok {
		return id
	}
	// Find the nearest known parent, then add what is below it.
	full := string(path)
	end := len(full)
	id, ok := uint32(0), false
	for !ok {
		end = bytes.LastIndexByte(path[:end], '/')
		id, ok = b.dirs[full[:end]]
	}
	for end < len(full) {
		next := len(full)
		if i := bytes.IndexByte(path[end+1:], '/'); i >= 0 {
			next = end + 1 + i
		}
		b.dirNames = append(b.dirNames, full[end+1:next]...)
		b.x.dirNameEnd = append(b.x.dirNameEnd, uint32(len(b.dirNames)))
		b.x.dirParent = append(b.x.dirParent, id)
		id = uint32(len(b.x.dirParent) - 1)
		b.dirs[full[:next]] = id
		end = next
	}
	return id
}

// arena returns the bytes of all names so far.
func (b *builder) arena() int { return len(b.names) + len(b.dirNames) + len(b.linkText) }

// memory returns about how many bytes the index takes so far, with what the
// builder needs to find its directories; the kept contents have a budget of
// their own.
func (b *builder) memory() int64 {
	return int64(b.arena()) + 26*int64(len(b.x.dir)) + 28*int64(len(b.x.bins)) + 8*int64(len(b.x.linkEnd)) + 80*int64(len(b.x.dirParent))
}

// dropLast takes the last entry, a file whose content did not arrive, away.
func (b *builder) dropLast() {
	x := b.x
	i := len(x.dir) - 1
	x.Counts.Entries--
	x.Counts.Files--
	x.ContentBytes -= x.size[i]
	b.names = b.names[:len(b.names)-len(b.nameOf(i))]
	x.nameEnd, x.dir, x.size, x.hash, x.mode = x.nameEnd[:i], x.dir[:i], x.size[:i], x.hash[:i], x.mode[:i]
}

func (b *builder) nameOf(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = b.x.nameEnd[i-1]
	}
	return b.names[from:b.x.nameEnd[i]]
}

func (b *builder) keep(i int, content []byte) {
	b.x.keptEntry = append(b.x.keptEntry, uint32(i))
	b.x.kept = append(b.x.kept, content)
}

func (b *builder) problem(format string, args ...any) {
	if len(b.x.Problems) < 20 {
		b.x.Problems = append(b.x.Problems, fmt.Sprintf(format, args...))
	}
}

// finish returns the index. The builder must not be used after it.
func (b *builder) finish() *Index {
	x := b.x
	x.names, x.dirNames, x.linkText = string(b.names), string(b.dirNames), string(b.linkText)
	b.dirs = nil
	return x
}
