package evidence

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
)

// dynamic is what an ELF file says that the loader reads.
type dynamic struct {
	soname string
	needed []string
	paths  []string // DT_RUNPATH, or DT_RPATH where there is none
}

var errNoDynamic = errors.New("no ELF file with a dynamic section that can be read")

// Limits of ELF files, for those that are made to be slow.
const (
	maxSegments = 1000
	maxDynamic  = 1 << 20 // bytes of the dynamic section
	maxNeeded   = 1000
	maxString   = 4096 // bytes of a name or a search path
)

// A segment is a program header.
type segment struct {
	kind              elf.ProgType
	code              bool
	offset, addr, len uint64
}

// An elfHeader is what is read first of an ELF file.
type elfHeader struct {
	order           binary.ByteOrder
	wide            bool // 64 bits
	phoff           uint64
	phsize, phcount int
}

const elfHeaderSize = 64

func readHeader(b []byte) (h elfHeader, err error) {
	if len(b) < elfHeaderSize || string(b[:4]) != elf.ELFMAG {
		return h, errNoDynamic
	}
	switch elf.Data(b[elf.EI_DATA]) {
	case elf.ELFDATA2LSB:
		h.order = binary.LittleEndian
	case elf.ELFDATA2MSB:
		h.order = binary.BigEndian
	default:
		return h, errNoDynamic
	}
	switch elf.Class(b[elf.EI_CLASS]) {
	case elf.ELFCLASS64:
		h.wide, h.phoff = true, h.order.Uint64(b[32:])
		h.phsize, h.phcount = int(h.order.Uint16(b[54:])), int(h.order.Uint16(b[56:]))
	case elf.ELFCLASS32:
		h.phoff = uint64(h.order.Uint32(b[28:]))
		h.phsize, h.phcount = int(h.order.Uint16(b[42:])), int(h.order.Uint16(b[44:]))
	default:
		return h, errNoDynamic
	}
	if h.phcount == 0 || h.phcount > maxSegments || h.wide && h.phsize < 56 || h.phsize < 32 || h.phoff > 1<<40 {
		return h, errNoDynamic
	}
	return h, nil
}

// segments reads the program headers from their bytes.
func (h elfHeader) segments(b []byte) []segment {
	var out []segment
	for ; len(b) >= h.phsize; b = b[h.phsize:] {
		s := segment{kind: elf.ProgType(h.order.Uint32(b))}
		if h.wide {
			s.code = elf.ProgFlag(h.order.Uint32(b[4:]))&elf.PF_X != 0
			s.offset, s.addr, s.len = h.order.Uint64(b[8:]), h.order.Uint64(b[16:]), h.order.Uint64(b[32:])
		} else {
			s.code = elf.ProgFlag(h.order.Uint32(b[24:]))&elf.PF_X != 0
			s.offset, s.addr, s.len = uint64(h.order.Uint32(b[4:])), uint64(h.order.Uint32(b[8:])), uint64(h.order.Uint32(b[16:]))
		}
		out = append(out, s)
	}
	return out
}

// readDynamic reads the names in the dynamic section of an ELF file (System V
// ABI), by its program headers: sections may be stripped. It is not debug/elf
// because that wants the sections, at the end of a file that streams by.
func readDynamic(r io.ReaderAt) (d dynamic, err error) {
	head := make([]byte, elfHeaderSize)
	if _, err := r.ReadAt(head, 0); err != nil {
		return d, errNoDynamic
	}
	h, err := readHeader(head)
	if err != nil {
		return d, err
	}
	table := make([]byte, h.phsize*h.phcount)
	if _, err := r.ReadAt(table, int64(h.phoff)); err != nil {
		return d, errNoDynamic
	}
	segments := h.segments(table)
	i := slices.IndexFunc(segments, func(s segment) bool { return s.kind == elf.PT_DYNAMIC })
	if i < 0 || segments[i].len > maxDynamic || segments[i].offset > 1<<40 {
		return d, errNoDynamic
	}
	entries := make([]byte, segments[i].len)
	if _, err := r.ReadAt(entries, int64(segments[i].offset)); err != nil {
		return d, errNoDynamic
	}
	return h.names(r, segments, entries)
}

// names reads the strings that the entries of the dynamic section name.
func (h elfHeader) names(r io.ReaderAt, segments []segment, entries []byte) (d dynamic, err error) {
	var needed []uint64
	var soname, table, rpath, runpath uint64
	step := 8
	if h.wide {
		step = 16
	}
	for b := entries; len(b) >= step && len(needed) < maxNeeded; b = b[step:] {
		var tag, value uint64
		if h.wide {
			tag, value = h.order.Uint64(b), h.order.Uint64(b[8:])
		} else {
			tag, value = uint64(h.order.Uint32(b)), uint64(h.order.Uint32(b[4:]))
		}
		switch elf.DynTag(tag) { //nolint:exhaustive // only names are wanted
		case elf.DT_NEEDED:
			needed = append(needed, value)
		case elf.DT_SONAME:
			soname = value
		case elf.DT_STRTAB:
			table = value
		case elf.DT_RPATH:
			rpath = value
		case elf.DT_RUNPATH:
			runpath = value
		}
		if tag == uint64(elf.DT_NULL) {
			break
		}
	}
	at, ok := fileOffset(segments, table)
	if !ok {
		return d, errNoDynamic
	}
	for _, n := range needed {
		if s := stringAt(r, at, n); s != "" {
			d.needed = append(d.needed, s)
		}
	}
	if soname > 0 {
		d.soname = stringAt(r, at, soname)
	}
	if n := cmp.Or(runpath, rpath); n > 0 {
		d.paths = strings.Split(stringAt(r, at, n), ":")
	}
	return d, nil
}

// fileOffset returns where in the file an address is.
func fileOffset(segments []segment, addr uint64) (uint64, bool) {
	for _, s := range segments {
		if s.kind == elf.PT_LOAD && addr >= s.addr && addr-s.addr < s.len && s.offset < 1<<40 {
			return addr - s.addr + s.offset, true
		}
	}
	return 0, false
}

// stringAt returns the name that begins n bytes behind at, "" if there is none.
func stringAt(r io.ReaderAt, at, n uint64) string {
	if n > 1<<32 {
		return ""
	}
	b := make([]byte, maxString+1)
	got, _ := r.ReadAt(b, int64(at+n))
	end := bytes.IndexByte(b[:got], 0)
	if end <= 0 {
		return ""
	}
	return string(b[:end])
}

// An ELFStream takes in an ELF file piece by piece and keeps the parts in which
// the names of its libraries are. As an io.ReaderAt it knows these parts alone.
type ELFStream struct {
	off   int64
	parts []elfPart // in the order of the file
	known bool      // the program headers were seen
	no    bool      // it is none
}

type elfPart struct {
	from, to int64 // bytes of the file that are kept
	data     []byte
}

// Parts of files that are kept: the beginning, which has the strings of most
// libraries, and segments without code, which have those that patchelf has moved.
// The strings of the largest libraries of torch have some 20 MB.
const (
	elfHead    = 4 << 10
	elfFirst   = 40 << 20
	elfSegment = 48 << 20
	elfAll     = 128 << 20 // of one file
)

// Write takes the next piece, and never fails.
func (s *ELFStream) Write(p []byte) (int, error) {
	n := len(p)
	if len(s.parts) == 0 {
		s.parts = []elfPart{{from: 0, to: elfHead}}
	}
	for len(p) > 0 && !s.no {
		if !s.known && s.off >= elfHead {
			s.plan()
			continue
		}
		k := int64(len(p))
		if !s.known {
			k = min(k, elfHead-s.off)
		}
		s.take(p[:k])
		s.off += k
		p = p[k:]
	}
	return n, nil
}

// More reports whether what is still to come matters.
func (s *ELFStream) More() bool { return !s.no }

// take keeps what of p lies in a part.
func (s *ELFStream) take(p []byte) {
	for i := range s.parts {
		part := &s.parts[i]
		from, to := max(part.from+int64(len(part.data)), s.off), min(part.to, s.off+int64(len(p)))
		if from < to && from == part.from+int64(len(part.data)) {
			part.data = append(part.data, p[from-s.off:to-s.off]...)
		}
	}
}

// plan decides from the program headers what is kept of the rest.
func (s *ELFStream) plan() {
	s.known = true
	head := s.parts[0].data
	h, err := readHeader(head)
	end := h.phoff + uint64(h.phsize*h.phcount)
	if err != nil || end > uint64(len(head)) {
		s.no = true
		return
	}
	s.parts[0].to = elfFirst
	room := int64(elfAll - elfFirst)
	for _, x := range h.segments(head[h.phoff:end]) {
		from := max(int64(min(x.offset, 1<<40)), elfHead)
		to := int64(min(x.offset, 1<<40) + min(x.len, 1<<40))
		wanted := x.len <= elfSegment && (x.kind == elf.PT_LOAD && !x.code || x.kind == elf.PT_DYNAMIC)
		if wanted && to > elfFirst && from < to && to-from <= room {
			room -= to - from
			s.parts = append(s.parts, elfPart{from: from, to: to})
		}
	}
}

// ReadAt reads from the parts that were kept.
func (s *ELFStream) ReadAt(p []byte, off int64) (int, error) {
	for _, part := range s.parts {
		if off >= part.from && off < part.from+int64(len(part.data)) {
			n := copy(p, part.data[off-part.from:])
			if n < len(p) {
				return n, io.EOF
			}
			return n, nil
		}
	}
	return 0, io.EOF
}
