package attribution

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"

	"weighline/analysis/layer"
)

// Excerpts of binaries begin with one of these lines.
const (
	goExcerpt   = "go build info\n"   // then a line with the version of Go, and the module info
	rustExcerpt = "cargo auditable\n" // then its JSON
)

const (
	minBinary   = 64 << 10 // bytes; no program of Go or Rust is smaller
	maxVersion  = 256      // bytes of a version of Go
	maxModInfo  = 1 << 20  // bytes; that of kubectl has 20 kB
	maxAuditZ   = 256 << 10
	maxAudit    = 1 << 20 // bytes of JSON
	auditProbe  = 128     // compressed bytes that tell whether it is such a list
	auditBegins = `{"packages":`
)

// Scan is the [layer.ReadOptions.Scan] of the binaries that this package
// knows: executable files in ELF. Shared libraries are passed over, for they
// are most of an image's bytes and none of them has been seen with build info
// and without a package that lists it.
func Scan(path string, size int64, perm uint16) layer.Scanner {
	if size < minBinary || perm&0o111 == 0 {
		return nil
	}
	if base := path[strings.LastIndexByte(path, '/')+1:]; strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.") {
		return nil
	}
	return &binaryScanner{}
}

// A binaryScanner looks for the build info of Go, which begins at a multiple of
// 16 bytes (debug/buildinfo), and for the zlib stream of cargo-auditable's
// .dep-v0 section. The section table would say where both are, but it stands at
// the end of the file, when the bytes are gone.
type binaryScanner struct {
	seen  int    // bytes of elfMagic
	block []byte // the part of a block of 16 bytes that earlier pieces brought
	info  goInfo

	tail  []byte // what earlier pieces ended with, for a probe across them
	audit []byte // the compressed list so far, nil while it is not found
	probe flater
	bytes int64 // seen
	tries int64 // of probe
}

// A hostile file could want one probe after the other. Machine code has
// what looks like a stream once in 30 kB.
const (
	freeProbes = 64
	probeEvery = 1 << 10 // bytes
)

const elfMagic = "\x7fELF"

var goMagic = []byte("\xff Go buildinf:")

const goAlign = 16

// Scan implements [layer.Scanner].
func (s *binaryScanner) Scan(p []byte) bool {
	for i := 0; s.seen < len(elfMagic) && i < len(p); i++ {
		if p[i] != elfMagic[s.seen] {
			return false
		}
		s.seen++
	}
	s.bytes += int64(len(p))
	s.scanGo(p)
	s.scanRust(p)
	return s.info.state != goDone
}

// Excerpt implements [layer.Scanner].
func (s *binaryScanner) Excerpt() []byte {
	switch {
	case s.info.state == goDone || s.info.old:
		return s.info.excerpt()
	case s.audit == nil:
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(s.audit))
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(z, maxAudit+1))
	if err != nil || len(text) > maxAudit {
		return nil
	}
	return append([]byte(rustExcerpt), text...)
}

// scanGo looks at each block of 16 bytes, or takes what follows the right one.
func (s *binaryScanner) scanGo(p []byte) {
	for len(p) > 0 && s.info.state != goDone {
		if s.info.state == goReading {
			n := s.info.take(p)
			// What follows is looked at from the next block on.
			p = p[n:]
			continue
		}
		if len(s.block) > 0 || len(p) < goAlign {
			n := min(goAlign-len(s.block), len(p))
			s.block = append(s.block, p[:n]...)
			p = p[n:]
			if len(s.block) == goAlign {
				s.info.begin(s.block)
				s.block = s.block[:0]
			}
			continue
		}
		first := binary.LittleEndian.Uint64(goMagic)
		i := 0
		for ; i+goAlign <= len(p); i += goAlign {
			if binary.LittleEndian.Uint64(p[i:]) == first && bytes.HasPrefix(p[i:], goMagic) {
				break
			}
		}
		if i+goAlign <= len(p) {
			s.info.begin(p[i : i+goAlign])
			i += goAlign
		}
		p = p[i:]
	}
}

type goState uint8

const (
	goSearching goState = iota
	goReading
	goDone
)

// goInfo is the build info of Go: a header of 32 bytes, then, since Go 1.18,
// the version and the module info, each behind its length as a varint.
type goInfo struct {
	state goState
	old   bool // before Go 1.18: the texts are elsewhere
	buf   []byte
	want  int // bytes of buf that the next step needs

	version, mod string
}

// begin looks at the first block of a header.
func (g *goInfo) begin(block []byte) {
	if !bytes.HasPrefix(block, goMagic) {
		return
	}
	const inline = 2
	pointer, flags := block[14], block[15]
	if flags&inline == 0 {
		// Programs that read build info hold the magic themselves.
		g.old = g.old || (pointer == 4 || pointer == 8) && flags <= 1
		return
	}
	g.state, g.buf, g.want = goReading, g.buf[:0], 16+binary.MaxVarintLen16
}

// take takes bytes behind the first block, as many as are needed, and returns
// how many these were.
func (g *goInfo) take(p []byte) int {
	n := min(g.want-len(g.buf), len(p))
	g.buf = append(g.buf, p[:n]...)
	for g.state == goReading && len(g.buf) >= g.want {
		g.step()
	}
	return n
}

// step reads as much as g.buf allows.
func (g *goInfo) step() {
	fail := func() { g.state, g.buf = goSearching, nil }
	b := g.buf[16:]
	length, k := binary.Uvarint(b)
	if k <= 0 || length == 0 || length > maxVersion {
		fail()
		return
	}
	end := k + int(length)
	if len(b) < end+binary.MaxVarintLen32 {
		g.want = 16 + end + binary.MaxVarintLen32
		return
	}
	version := string(b[k:end])
	if !strings.HasPrefix(version, "go") && !strings.HasPrefix(version, "devel") {
		fail()
		return
	}
	length, k = binary.Uvarint(b[end:])
	if k <= 0 || length > maxModInfo {
		fail()
		return
	}
	from, to := end+k, end+k+int(length)
	if len(b) < to {
		g.want = 16 + to
		return
	}
	g.version, g.mod = version, unframe(string(b[from:to]))
	g.state, g.buf = goDone, nil
}

// unframe takes the marks of 16 bytes around module info away, as
// debug/buildinfo does.
func unframe(mod string) string {
	if len(mod) >= 33 && mod[len(mod)-17] == '\n' {
		return mod[16 : len(mod)-16]
	}
	return ""
}

func (g *goInfo) excerpt() []byte {
	return []byte(goExcerpt + g.version + "\n" + g.mod) // both are "" of an old one
}

// scanRust looks for a zlib stream that begins like cargo-auditable's list.
func (s *binaryScanner) scanRust(p []byte) {
	if s.audit != nil {
		s.audit = append(s.audit, p[:min(len(p), maxAuditZ-len(s.audit))]...)
		return
	}
	// A stream may begin in the last bytes of the pieces before.
	if n := len(s.tail); n > 0 {
		joined := append(s.tail, p[:min(len(p), auditProbe)]...)
		end := max(0, len(joined)-auditProbe)
		if i := s.find(joined, min(end, n)); i >= 0 {
			s.audit = append(append(make([]byte, 0, 2*auditProbe), joined[i:n]...), p[:min(len(p), maxAuditZ)]...)
			return
		}
		if len(p) < auditProbe {
			s.tail = append(s.tail[:0], joined[end:]...)
			return
		}
	}
	if i := s.find(p, max(0, len(p)-auditProbe)); i >= 0 {
		s.audit = append([]byte(nil), p[i:min(len(p), i+maxAuditZ)]...)
		return
	}
	s.tail = append(s.tail[:0], p[max(0, len(p)-auditProbe):]...)
}

// find returns where such a stream begins in p, or -1. It begins before end,
// and behind end are enough bytes to tell.
func (s *binaryScanner) find(p []byte, end int) int {
	for i := 0; i < end; i++ {
		n := bytes.IndexByte(p[i:end], 0x78) // deflate with a window of 32 kB
		if n < 0 {
			return -1
		}
		i += n
		if s.tries > freeProbes+s.bytes/probeEvery {
			return -1
		}
		if (0x78<<8+int(p[i+1]))%31 != 0 || p[i+1]&0x20 != 0 {
			continue
		}
		s.tries++
		if s.probe.begins(p[i+2:i+auditProbe], auditBegins) {
			return i
		}
	}
	return -1
}

// A flater inflates the beginnings of streams.
type flater struct {
	in  bytes.Reader
	r   io.ReadCloser
	out [len(auditBegins)]byte
}

// begins reports whether the deflate stream b begins with text.
func (f *flater) begins(b []byte, text string) bool {
	if kind := b[0] >> 1 & 3; kind == 0 || kind == 3 {
		return false // stored, and no text is; or no stream at all
	}
	f.in.Reset(b)
	if f.r == nil {
		f.r = flate.NewReader(&f.in)
	} else if err := f.r.(flate.Resetter).Reset(&f.in, nil); err != nil {
		return false
	}
	n, _ := io.ReadFull(f.r, f.out[:])
	return n == len(text) && string(f.out[:]) == text
}
