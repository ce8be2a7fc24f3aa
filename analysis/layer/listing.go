package layer

import (
	"archive/tar"

	"github.com/zeebo/xxh3"
)

// A Listing builds an [Index] from entries that something else than the layer
// tells, such as the table of contents of an eStargz layer. No digest proves
// it; no content is kept, and the tar stream's size is not known.
//
// Copies of files are recognised by the digests that the table has, among
// layers that were listed; a file that was read never counts as one's copy.
type Listing struct {
	w      *walker
	digest string
}

// A ListEntry is an entry of a layer.
type ListEntry struct {
	Name   string // as in the tar
	Type   byte   // a type flag of archive/tar
	Size   int64  // of a file, in bytes
	Mode   int64
	Link   string // target of a symbolic or hard link
	Digest string // of a file's content, or ""
}

// NewListing begins the index of a layer, of which opts tells what is known:
// Digest, DiffID, Size, Limits and Budget.
func NewListing(opts ReadOptions) *Listing {
	opts.Limits = opts.Limits.withDefaults()
	x := &Index{Digest: opts.Digest, DiffID: opts.DiffID, CompressedSize: max(opts.Size, 0), Listed: true}
	return &Listing{newWalker(newBuilder(x), &opts), opts.Digest}
}

// Add appends an entry. Its error is a [*LimitError] or a [*TarError]: then the
// listing is worth nothing.
func (l *Listing) Add(e ListEntry) error {
	w := l.w
	if len(e.Name) > w.opts.Limits.Name || len(e.Link) > w.opts.Limits.Name {
		w.b.problem("an entry's name or link is longer than %d bytes; the entry is left out", w.opts.Limits.Name)
		return nil
	}
	w.b.path([]byte(e.Name))
	if err := w.room(); err != nil {
		return err
	}
	k, size := File, int64(0)
	switch e.Type {
	case tar.TypeReg:
		if size = e.Size; size < 0 || size > maxStream || w.b.x.ContentBytes > maxStream {
			return w.fail("impossible size of a file in the table of contents")
		}
	case tar.TypeDir:
		k = Dir
	case tar.TypeSymlink:
		k = Symlink
	case tar.TypeLink:
		k = Hardlink
	default:
		k = Device
	}
	i := w.b.add(k, uint16(e.Mode&0o7777), size, []byte(e.Link))
	if i >= 0 && k == File {
		w.b.x.hash[i] = l.hash(e)
	}
	return nil
}

// hash stands for the content of a file.
func (l *Listing) hash(e ListEntry) uint64 {
	if e.Digest != "" {
		return xxh3.HashString(e.Digest)
	}
	return xxh3.HashString(l.digest + " " + e.Name) // like no other file
}

// Index returns what was listed. The listing must not be used after it.
func (l *Listing) Index() *Index { return l.w.b.finish() }
