package layer

import (
	"bytes"
	"strconv"

	"github.com/zeebo/xxh3"
)

// maxSparse bounds the pieces of one sparse file, and maxHoles the bytes of
// zeros that are hashed for the holes of a layer's sparse files: a header of
// 512 bytes can claim a hole of any size.
const (
	maxSparse = 1 << 20
	maxHoles  = 16 << 30
)

// A span is a piece of a sparse file that holds data.
type span struct{ off, n int64 }

// A sparse tells where the data of a sparse file belongs.
type sparse struct {
	spans []span
	size  int64 // real size of the file
}

// valid reports whether the spans are in order, inside the file, and take all
// of the data (GNU tar manual "Storing Sparse Files").
func (s *sparse) valid(data int64) bool {
	end, sum := int64(0), int64(0)
	for _, p := range s.spans {
		if p.off < end || p.n < 0 || p.off > s.size || p.n > s.size-p.off {
			return false
		}
		end, sum = p.off+p.n, sum+p.n
	}
	return sum == data
}

func (s *sparse) holes(data int64) int64 { return s.size - data }

var zeros [64 << 10]byte

// A sparseHash hashes data as if the holes between were there.
type sparseHash struct {
	h    *xxh3.Hasher
	s    *sparse
	next int   // the span that the next data belongs to
	done int64 // bytes of that span already seen
	pos  int64 // position in the real file
}

func (h *sparseHash) write(p []byte) {
	for len(p) > 0 && h.next < len(h.s.spans) {
		sp := h.s.spans[h.next]
		h.zeros(sp.off + h.done)
		n := min(int64(len(p)), sp.n-h.done)
		h.h.Write(p[:n])
		h.pos += n
		h.done += n
		p = p[n:]
		if h.done == sp.n {
			h.next, h.done = h.next+1, 0
		}
	}
}

func (h *sparseHash) sum() uint64 {
	h.zeros(h.s.size)
	return h.h.Sum64()
}

// zeros hashes the hole from the present position to pos.
func (h *sparseHash) zeros(pos int64) {
	for h.pos < pos {
		n := min(pos-h.pos, int64(len(zeros)))
		h.h.Write(zeros[:n])
		h.pos += n
	}
}

// oldSparse appends the pieces in b, 24 bytes each, of a GNU sparse header or
// its extension. Empty fields end the list.
func oldSparse(spans []span, b []byte) ([]span, bool) {
	for ; len(b) >= 24; b = b[24:] {
		if b[0] == 0 {
			break
		}
		off, ok1 := number(b[:12])
		n, ok2 := number(b[12:24])
		if !ok1 || !ok2 || len(spans) >= maxSparse {
			return spans, false
		}
		spans = append(spans, span{off, n})
	}
	return spans, true
}

// A paxSparse collects the GNU.sparse.* records of versions 0.0, 0.1 and 1.0.
type paxSparse struct {
	major, minor string
	name         []byte
	size         int64 // -1 when not given
	list         []int64
	bad          bool
}

func (s *paxSparse) record(key string, v []byte) {
	switch key {
	case "GNU.sparse.major":
		s.major = string(v)
	case "GNU.sparse.minor":
		s.minor = string(v)
	case "GNU.sparse.name":
		s.name = append([]byte(nil), v...)
	case "GNU.sparse.size", "GNU.sparse.realsize":
		s.size = s.number(v)
	case "GNU.sparse.offset", "GNU.sparse.numbytes":
		s.list = append(s.list, s.number(v))
	case "GNU.sparse.map":
		s.list = s.list[:0]
		for len(v) > 0 && len(s.list) < 2*maxSparse {
			n, rest, _ := bytes.Cut(v, []byte(","))
			s.list = append(s.list, s.number(n))
			v = rest
		}
	}
}

func (s *paxSparse) number(v []byte) int64 {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || n < 0 {
		s.bad = true
		return 0
	}
	return n
}

// inData reports whether the map stands before the data (version 1.0).
func (s *paxSparse) inData() bool { return s.major == "1" && s.minor == "0" }

func (s *paxSparse) present() bool { return s.size >= 0 && (s.inData() || len(s.list) > 0) }

func (s *paxSparse) sparse() *sparse {
	return &sparse{spans: pairs(s.list), size: s.size}
}

func pairs(list []int64) []span {
	spans := make([]span, 0, len(list)/2)
	for ; len(list) >= 2; list = list[2:] {
		spans = append(spans, span{list[0], list[1]})
	}
	return spans
}

// mapLine takes a decimal number and its newline from b, or reports that more
// bytes are needed.
func mapLine(b []byte) (n int64, rest []byte, more, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return 0, b, true, len(b) < 32
	}
	n, err := strconv.ParseInt(string(b[:i]), 10, 64)
	return n, b[i+1:], false, err == nil && n >= 0
}
