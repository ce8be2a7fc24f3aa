package layer

import "sync/atomic"

// A Budget bounds what all layers of an image take together: a hostile image
// may have thousands of them, each within its own [Limits]. The zero value is
// good and holds for one image; it may be used by several readings at a time.
type Budget struct {
	Memory int64 // bytes of all indexes, kept contents included; 0 for 192 MiB
	Keep   int64 // bytes of all kept contents; 0 for 96 MiB

	memory, keep, read, decoded atomic.Int64
}

// What a Budget allows if it says nothing else: indexes of about three million
// files, and more than the package databases that were seen (40 MB).
const (
	defaultMemory = 192 << 20
	defaultKeep   = 96 << 20
)

func or(n, other int64) int64 {
	if n == 0 {
		return other
	}
	return n
}

// take asks for n more bytes of index.
func (b *Budget) take(n int64) error {
	if most := or(b.Memory, defaultMemory); b.memory.Add(n) > most {
		b.memory.Add(-n)
		return &LimitError{"bytes of names and file lists in all layers", most}
	}
	return nil
}

// takeKeep reports whether n more bytes of content may be kept.
func (b *Budget) takeKeep(n int64) bool {
	if b.keep.Add(n) > or(b.Keep, defaultKeep) {
		b.keep.Add(-n)
		return false
	}
	return true
}

// grown counts bytes read and decoded since the last call, and says when they
// are out of proportion.
func (b *Budget) grown(read, decoded, ratio int64) error {
	r, d := b.read.Add(read), b.decoded.Add(decoded)
	if d > bombFloor && d/ratio > r {
		return &RatioError{r, d}
	}
	return nil
}
