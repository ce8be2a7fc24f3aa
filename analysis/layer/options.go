package layer

// ReadOptions say what is expected of a layer and what is wanted from it.
type ReadOptions struct {
	Digest string // of the blob, "sha256:…"; verified while reading unless ""
	DiffID string // of the tar stream; verified if VerifyDiffID or without Digest

	// VerifyDiffID computes the diff ID even where the blob's digest proves
	// the bytes already. It costs a third of the reading of a gzip layer.
	VerifyDiffID bool

	// Size is the blob's expected size in bytes; 0 or less for unknown.
	Size int64

	// Progress, if not nil, is told the compressed bytes read so far, a few
	// times a megabyte, from another goroutine.
	Progress func(compressed int64)

	// Keep, if not nil, says whether the content of a regular file goes into
	// the index. The path is clean and begins with a slash; it must not be
	// retained.
	Keep func(path string, size int64) bool

	// Scan, if not nil, is asked for a [Scanner] of each regular file whose
	// content is not kept; nil for most. Arguments as for Keep, with the
	// permission bits.
	Scan func(path string, size int64, perm uint16) Scanner

	// Parts, if not nil, is given the entries themselves as they come, from
	// another goroutine.
	Parts Parts

	Limits Limits

	// Budget is shared by the layers of one image; nil for one of its own.
	Budget *Budget
}

// A Scanner looks for something in a file too large to be kept while its
// content streams by.
type Scanner interface {
	// Scan takes the next piece of the content, which it must not retain, and
	// says whether it wants to see more.
	Scan(p []byte) bool
	// Excerpt returns what goes into the index in the place of the content;
	// nil for nothing.
	Excerpt() []byte
}

// bombFloor is how many decoded bytes are never taken for a bomb, whatever
// they were made of.
const bombFloor = 2 << 30

// Limits keep hostile layers from taking all memory or time. A zero means the
// default.
type Limits struct {
	Entries      int   // tar entries of one layer; 2,000,000
	Name         int   // bytes of one path or link; 32 KiB, longer ones are left out
	Names        int64 // bytes of all names of one layer; 256 MiB
	Meta         int64 // bytes of one pax header or GNU long name; 1 MiB, as archive/tar
	KeepFile     int64 // bytes of one kept content; 64 MiB, longer ones are not kept
	KeepTotal    int64 // bytes of the kept contents of one layer; 160 MiB
	Uncompressed int64 // bytes of the tar stream; 1 TiB
	Window       int64 // bytes of a zstd window; 128 MiB, as the zstd program

	// Ratio is how many times larger than its blob a tar stream may be once
	// it, or all layers of the image, have more than 2 GiB; 400. Zeros reach 1,030 in gzip and more in
	// zstd, real layers 2 to 10.
	Ratio int64
}

func (l Limits) withDefaults() Limits {
	def(&l.Entries, 2_000_000)
	def(&l.Name, 32<<10)
	def(&l.Names, 256<<20)
	def(&l.Meta, 1<<20)
	def(&l.KeepFile, 64<<20)
	def(&l.KeepTotal, 160<<20)
	def(&l.Uncompressed, 1<<40)
	def(&l.Window, 128<<20)
	def(&l.Ratio, 400)
	return l
}

func def[T int | int64](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}
