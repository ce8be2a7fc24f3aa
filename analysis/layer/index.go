package layer

import (
	"iter"
	"strings"
)

// A Kind says what an entry of a layer, or a node of a tree, is.
type Kind uint8

// The kinds of entries. Whiteouts appear in an [Index] only, never in a
// [Tree].
const (
	File     Kind = iota // regular, contiguous or sparse file
	Dir                  // directory
	Symlink              // symbolic link
	Hardlink             // further name of an entry of this or a lower layer
	Device               // character or block device, fifo, and unknown types
	Whiteout             // .wh.NAME: NAME of the lower layers is gone
	Opaque               // .wh..wh..opq: all of the lower directory is gone
	Aufs                 // other .wh..wh. names: bookkeeping of AUFS, no files
)

// String returns the name of k in lower case.
func (k Kind) String() string {
	names := [...]string{"file", "dir", "symlink", "hardlink", "device", "whiteout", "opaque", "aufs"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// Counts of the tar entries of a layer.
type Counts struct {
	Entries   int // all, with those of the root itself
	Files     int // regular files
	Dirs      int
	Symlinks  int
	Hardlinks int
	Devices   int
	Whiteouts int
	Opaques   int
	Aufs      int
}

// An Index lists the entries of one layer in the order of the archive, in
// arrays: about 50 bytes a file with its name. It is immutable once it has
// been made, so it may be shared between trees and goroutines.
type Index struct {
	Digest           string // of the blob, "sha256:…"; "" when nobody named or computed it
	DiffID           string // of the tar stream; as computed, else as the image claims, else ""
	Proved           bool   // DiffID was computed from the bytes
	Compression      string // "gzip", "zstd" or "none", by content
	CompressedSize   int64  // bytes of the blob
	UncompressedSize int64  // bytes of the tar stream, with what follows its end
	ContentBytes     int64  // bytes of the regular files of all entries
	Counts           Counts
	Listed           bool     // from a table of contents: a claim, see [Listing]
	Cut              bool     // kept contents are missing because other layers of the image had too many
	Looked           bool     // the headers of compiled code were looked at, see [Index.Binary]
	Problems         []string // what was odd and has been passed over, at most 20 sentences

	names   string   // the names of all entries, one after the other
	nameEnd []uint32 // where in names the name of entry i ends
	dir     []uint32 // directory of entry i, in dirParent
	size    []int64  // size of a file; for links the number of their link
	hash    []uint64 // xxh3 of a file's content
	mode    []uint16 // permissions in the lower 12 bits, Kind in the upper 4

	dirNames   string   // as names, for directories
	dirNameEnd []uint32 // directory 0 is the root and has no name
	dirParent  []uint32 // always smaller than the directory's own number

	linkText string   // targets of symlinks, and base names of hard links' targets
	linkEnd  []uint32 // where in linkText link i ends
	linkDir  []uint32 // directory of a hard link's target

	keptEntry []uint32 // entries whose content is kept, ascending
	kept      [][]byte

	binEntry []uint32 // entries that are compiled code, ascending
	bins     []Binary
}

// Len returns the number of entries that the index lists: all but those of the
// root directory itself.
func (x *Index) Len() int { return len(x.dir) }

// Kind returns what entry i is.
func (x *Index) Kind(i int) Kind { return Kind(x.mode[i] >> 12) }

// Perm returns the permission bits of entry i, with setuid, setgid and sticky
// as in the file header (0o7777).
func (x *Index) Perm(i int) uint16 { return x.mode[i] & 0o7777 }

// Size returns the bytes of entry i, 0 when it is no regular file.
func (x *Index) Size(i int) int64 {
	if x.Kind(i) != File {
		return 0
	}
	return x.size[i]
}

// Hash returns the xxh3 hash (64 bit) of the content of file i.
func (x *Index) Hash(i int) uint64 { return x.hash[i] }

// Name returns the last part of the path of entry i. For a whiteout it begins
// with ".wh.".
func (x *Index) Name(i int) string {
	from := uint32(0)
	if i > 0 {
		from = x.nameEnd[i-1]
	}
	return x.names[from:x.nameEnd[i]]
}

// Path returns the path of entry i as the archive has it, cleaned and
// beginning with a slash.
func (x *Index) Path(i int) string {
	var b strings.Builder
	x.writeDir(&b, x.dir[i])
	b.WriteByte('/')
	b.WriteString(x.Name(i))
	return b.String()
}

// Link returns where entry i leads: the target of a symlink as it was written,
// the cleaned path of a hard link's target, "" for everything else.
func (x *Index) Link(i int) string {
	switch x.Kind(i) {
	case Symlink:
		return x.linkName(int(x.size[i]))
	case Hardlink:
		n := int(x.size[i])
		var b strings.Builder
		x.writeDir(&b, x.linkDir[n])
		b.WriteByte('/')
		b.WriteString(x.linkName(n))
		return b.String()
	}
	return ""
}

// Content returns the content of entry i, if [ReadOptions.Keep] asked for it,
// or what [ReadOptions.Scan] found in it. It must not be changed.
func (x *Index) Content(i int) ([]byte, bool) {
	lo, hi := 0, len(x.keptEntry)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if x.keptEntry[m] < uint32(i) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == len(x.keptEntry) || x.keptEntry[lo] != uint32(i) {
		return nil, false
	}
	return x.kept[lo], true
}

// Contents yields the entries whose content, or an excerpt of it, is kept.
func (x *Index) Contents() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i, e := range x.keptEntry {
			if !yield(int(e), x.kept[i]) {
				return
			}
		}
	}
}

// Kept returns the number of entries whose content is kept.
func (x *Index) Kept() int { return len(x.keptEntry) }

func (x *Index) linkName(n int) string {
	from := uint32(0)
	if n > 0 {
		from = x.linkEnd[n-1]
	}
	return x.linkText[from:x.linkEnd[n]]
}

func (x *Index) dirName(d uint32) string {
	if d == 0 {
		return ""
	}
	return x.dirNames[x.dirNameEnd[d-1]:x.dirNameEnd[d]]
}

// writeDir writes the path of directory d: "" for the root, else "/a/b".
func (x *Index) writeDir(b *strings.Builder, d uint32) {
	var up [64]uint32
	chain := up[:0]
	for ; d != 0; d = x.dirParent[d] {
		chain = append(chain, d)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(x.dirName(chain[i]))
	}
}
