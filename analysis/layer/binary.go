package layer

import (
	"encoding/binary"
	"sort"
	"strings"
)

// A Format is a form of compiled code.
type Format uint8

// The forms that a layer's reading tells apart by the first bytes of a file.
const (
	ELF   Format = iota + 1 // Linux and most other systems
	MachO                   // macOS
	PE                      // Windows
)

// A Binary is what the headers of an executable file, a library or an object
// say: System V ABI, "ELF header" and "Sections".
type Binary struct {
	Format  Format
	Machine uint16 // e_machine of an ELF file, else 0
	// Sections says that the table of sections could be read, so that the two
	// sizes below are known. It lies anywhere in the file; where a tool has put it
	// before the names that belong to it, it is not looked for.
	Sections bool
	Debug    int64 // bytes of sections that debuggers read: .debug_*, .zdebug_*, .stab*, .gdb_index
	Symbols  int64 // bytes of .symtab with its names, of what is linked already
}

// machines are the processors of images, by e_machine, as GOARCH has them.
// Programs for GPUs and for the kernel's virtual machine are ELF files, too.
var machines = map[uint16]string{
	3: "386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64", 258: "loong64",
}

// Arch returns the processor that b is for, as platforms of images name it; ""
// if it is for none that images are made for.
func (b Binary) Arch() string { return machines[b.Machine] }

// Binary returns what the headers of entry i say, false if it is no compiled
// code. See [Index.Looked].
func (x *Index) Binary(i int) (Binary, bool) {
	k := sort.Search(len(x.binEntry), func(k int) bool { return x.binEntry[k] >= uint32(i) })
	if k == len(x.binEntry) || x.binEntry[k] != uint32(i) {
		return Binary{}, false
	}
	return x.bins[k], true
}

// Binary returns what the headers of file n say, false if it is no compiled
// code. See [Tree.Looked].
func (t *Tree) Binary(n Node) (Binary, bool) {
	g := t.ino[n]
	if g&madeFlag != 0 {
		return Binary{}, false
	}
	x, i := t.entry(g)
	return x.Binary(i)
}

// Looked reports whether the headers of compiled code were looked at when the
// layer that brought n was read.
func (t *Tree) Looked(n Node) bool {
	g := t.ino[n]
	if g&madeFlag != 0 {
		return true
	}
	x, _ := t.entry(g)
	return x.Looked
}

// Sizes of what a probe holds on to at most, in bytes.
const (
	elfHeader = 64
	maxTable  = 128 << 10 // of sections: 2,000 of them; libraries have some 40
	maxNames  = 64 << 10  // of their names
	before    = 4 << 10   // that linkers put the names into, right before the table
)

// A probe looks at the headers of one file while its bytes go by.
type probe struct {
	on    bool
	size  int64 // of the file
	bin   Binary
	class byte // 1: 32 bit, 2: 64 bit
	order binary.ByteOrder
	kind  uint16 // e_type
	head  []byte

	tableAt, tableLen int64
	entSize, count    int
	nameIndex         int

	from, to int64 // the bytes that are wanted next
	window   []byte
	sections []section // once the table has been read
}

type section struct {
	name, kind, link uint32
	off, size        int64
}

// begin prepares for a file of some size.
func (p *probe) begin(size int64) {
	*p = probe{on: size >= elfHeader, size: size, head: p.head[:0], window: p.window[:0], sections: p.sections[:0]}
}

// write takes the bytes of the file from at on.
func (p *probe) write(at int64, b []byte) {
	if at == 0 && len(b) > 0 && !mayBinary(b[0]) {
		p.on = false
		return
	}
	if n := elfHeader - len(p.head); n > 0 {
		p.head = append(p.head, b[:min(n, len(b))]...)
		if len(p.head) < elfHeader {
			return
		}
		p.header()
	}
	for p.on && p.to > p.from {
		have := p.from + int64(len(p.window))
		if have >= at+int64(len(b)) || at > have {
			return
		}
		end := min(p.to, at+int64(len(b)))
		p.window = append(p.window, b[have-at:end-at]...)
		if end < p.to {
			return
		}
		p.whole()
	}
}

// mayBinary reports whether a file that begins so can be compiled code.
func mayBinary(c byte) bool {
	return c == 0x7f || c == 'M' || c == 0xfe || c == 0xcf || c == 0xce || c == 0xca
}

// header looks at the first bytes.
func (p *probe) header() {
	h := p.head
	switch binary.BigEndian.Uint32(h) {
	case 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe:
		p.bin.Format = MachO
		return
	case 0xcafebabe: // a file for several processors; Java's classes begin so, too
		if n := binary.BigEndian.Uint32(h[4:]); n > 0 && n < 20 {
			p.bin.Format = MachO
			return
		}
		p.on = false
		return
	}
	if h[0] == 'M' && h[1] == 'Z' {
		p.bin.Format = PE
		return
	}
	p.class = h[4]
	if string(h[:4]) != "\x7fELF" || p.class != 1 && p.class != 2 || h[5] != 1 && h[5] != 2 {
		p.on = false
		return
	}
	p.order = binary.LittleEndian
	if h[5] == 2 {
		p.order = binary.BigEndian
	}
	p.bin.Format, p.kind, p.bin.Machine = ELF, p.order.Uint16(h[16:]), p.order.Uint16(h[18:])
	rest := h[46:] // e_shentsize is at 58 of 64 bits, and at 46 of 32
	if p.class == 2 {
		p.tableAt, rest = int64(p.order.Uint64(h[40:])), h[58:]
	} else {
		p.tableAt = int64(p.order.Uint32(h[32:]))
	}
	p.entSize, p.count, p.nameIndex = int(p.order.Uint16(rest)), int(p.order.Uint16(rest[2:])), int(p.order.Uint16(rest[4:]))
	p.tableLen = int64(p.entSize) * int64(p.count)
	least := 40
	if p.class == 2 {
		least = 64
	}
	switch {
	case p.tableAt == 0: // no sections: nothing to strip
		p.bin.Sections = true
	case p.entSize < least || p.count == 0 || p.tableLen > maxTable || p.nameIndex >= p.count ||
		p.tableAt < elfHeader || p.tableAt > p.size-p.tableLen:
	default:
		p.from, p.to = max(elfHeader, p.tableAt-before), p.tableAt+p.tableLen
	}
}

// whole takes a window that is full: first the table with what lies before it,
// then, if they lie behind it, the names.
func (p *probe) whole() {
	if len(p.sections) == 0 {
		p.readTable()
		names := p.sections[p.nameIndex]
		n := min(names.size, maxNames)
		switch {
		case names.off >= p.from && names.off+n <= p.to:
			p.sum(p.window[names.off-p.from:][:n])
			p.from, p.to = 0, 0
		case names.off >= p.to && names.off <= p.size-n && n > 0:
			p.from, p.to, p.window = names.off, names.off+n, p.window[:0]
		default:
			p.from, p.to = 0, 0
		}
		return
	}
	p.sum(p.window)
	p.from, p.to = 0, 0
}

func (p *probe) readTable() {
	table := p.window[p.tableAt-p.from:]
	for i := range p.count {
		e := table[i*p.entSize:]
		s := section{name: p.order.Uint32(e), kind: p.order.Uint32(e[4:])}
		if p.class == 2 {
			s.off, s.size, s.link = int64(p.order.Uint64(e[24:])), int64(p.order.Uint64(e[32:])), p.order.Uint32(e[40:])
		} else {
			s.off, s.size, s.link = int64(p.order.Uint32(e[16:])), int64(p.order.Uint32(e[20:])), p.order.Uint32(e[24:])
		}
		const noBits = 8 // has a size, and no bytes in the file
		if s.kind == noBits || s.off < 0 || s.size < 0 || s.size > p.size || s.off > p.size-s.size {
			s.size = 0
		}
		p.sections = append(p.sections, s)
	}
}

// sum adds up the sections that nothing needs to run.
func (p *probe) sum(names []byte) {
	const (
		symtab          = 2
		executable, dyn = 2, 3
	)
	for _, s := range p.sections {
		name := ""
		if int64(s.name) < int64(len(names)) {
			name, _, _ = strings.Cut(string(names[s.name:min(len(names), int(s.name)+64)]), "\x00")
		}
		switch {
		case strings.HasPrefix(name, ".debug_"), strings.HasPrefix(name, ".zdebug_"), strings.HasPrefix(name, ".stab"), name == ".gdb_index":
			p.bin.Debug += s.size
		case s.kind == symtab && (p.kind == executable || p.kind == dyn):
			p.bin.Symbols += s.size
			if int(s.link) < len(p.sections) {
				p.bin.Symbols += p.sections[s.link].size
			}
		}
	}
	// Sections of a file that was made to mislead may lie over each other.
	p.bin.Debug = min(p.bin.Debug, p.size)
	p.bin.Symbols = min(p.bin.Symbols, p.size-p.bin.Debug)
	p.bin.Sections = true
}

// end keeps what was found of entry i.
func (p *probe) end(x *Index, i int) {
	if p.on && p.bin.Format != 0 {
		x.binEntry = append(x.binEntry, uint32(i))
		x.bins = append(x.bins, p.bin)
	}
	p.on = false
}
