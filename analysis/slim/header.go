package slim

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"weighline/analysis/layer"
)

const block = 512

// An edit says how an entry is written differently from how it was read.
type edit struct {
	name    string // its new path, without a slash in front; "" for the old one
	link    string // where a hard link leads; "" for where it led
	content []byte // takes the place of the content if replace
	replace bool
}

// Fields of a tar header (POSIX ustar).
var (
	nameField  = span{0, 100}
	modeField  = span{100, 108}
	sizeField  = span{124, 136}
	sumField   = span{148, 156}
	typeField  = span{156, 157}
	linkField  = span{157, 257}
	magicField = span{257, 265}
	prefix     = span{345, 500}
	starPrefix = span{345, 476}
)

type span struct{ from, to int }

func (s span) of(h []byte) []byte { return h[s.from:s.to] }

func (s span) set(h []byte, text string) {
	f := s.of(h)
	clear(f)
	copy(f, text)
}

// apply returns the blocks of h as e wants them. What e does not speak of stays
// byte for byte, but for the checksum.
func (e edit) apply(h layer.Header) []byte {
	main := bytes.Clone(h.Blocks[h.At : h.At+block])
	tail := h.Blocks[h.At+block:]
	x := extended{records: map[string]string{}}
	x.read(h.Blocks[:h.At], e)
	if e.name != "" {
		e.rename(main, &x)
	}
	if e.link != "" {
		x.drop("linkpath")
		linkField.set(main, e.link)
		if len(e.link) > len(linkField.of(main)) {
			x.set("linkpath", e.link)
		}
	}
	if e.replace {
		x.drop("size")
		x.dropPrefix("GNU.sparse.")
		main[typeField.from] = '0'
		copy(sizeField.of(main), fmt.Sprintf("%011o\x00", len(e.content)))
		tail = nil // the map of a sparse file
	}
	seal(main)
	out := append(x.bytes(main), main...)
	return append(out, tail...)
}

func (e edit) rename(main []byte, x *extended) {
	if x.has("GNU.sparse.name") {
		x.set("GNU.sparse.name", e.name)
		return
	}
	x.drop("path")
	nameField.set(main, e.name)
	switch magic := string(magicField.of(main)[:6]); {
	case magic == "ustar\x00" && string(main[508:512]) == "tar\x00":
		clear(starPrefix.of(main))
	case magic == "ustar\x00":
		clear(prefix.of(main))
	}
	if len(e.name) > len(nameField.of(main)) {
		x.set("path", e.name)
	}
}

// seal writes the checksum of a header.
func seal(h []byte) {
	copy(sumField.of(h), "        ")
	sum := 0
	for _, c := range h[:block] {
		sum += int(c)
	}
	copy(sumField.of(h), fmt.Sprintf("%06o\x00 ", sum))
}

// extended are the headers before the one of an entry: the pax records, in
// their order, and everything else as it came.
type extended struct {
	raw     []byte // GNU long names that stay
	head    []byte // header of the pax records
	keys    []string
	records map[string]string
	more    [][2]string // records that repeat a key, as old sparse maps do
}

// read takes the blocks before an entry's header apart. Long names that e
// replaces are left out.
func (x *extended) read(b []byte, e edit) {
	for len(b) >= block {
		size, err := strconv.ParseInt(strings.Trim(string(sizeField.of(b)), " \x00"), 8, 64)
		end := block + int(size+block-1)/block*block
		if err != nil || end > len(b) {
			end = len(b)
			size = int64(end - block)
		}
		switch typ := b[typeField.from]; {
		case typ == 'x' || typ == 'X':
			x.head = bytes.Clone(b[:block])
			x.parse(b[block : block+int(size)])
		case typ == 'L' && e.name != "", typ == 'K' && e.link != "":
		default:
			x.raw = append(x.raw, b[:end]...)
		}
		b = b[end:]
	}
}

// parse reads pax records, "LENGTH KEY=VALUE\n" each.
func (x *extended) parse(b []byte) {
	for len(b) > 0 {
		digits, _, ok := bytes.Cut(b, []byte(" "))
		n, err := strconv.Atoi(string(digits))
		if !ok || err != nil || n > len(b) || n < len(digits)+3 {
			return // as the reader does, which says so
		}
		key, value, _ := strings.Cut(string(b[len(digits)+1:n-1]), "=")
		if _, again := x.records[key]; again || len(x.more) > 0 && strings.HasPrefix(key, "GNU.sparse.") {
			x.more = append(x.more, [2]string{key, value})
		} else {
			x.set(key, value)
		}
		b = b[n:]
	}
}

func (x *extended) has(key string) bool { _, ok := x.records[key]; return ok }

func (x *extended) set(key, value string) {
	if !x.has(key) {
		x.keys = append(x.keys, key)
	}
	x.records[key] = value
}

func (x *extended) drop(key string) { delete(x.records, key) }

func (x *extended) dropPrefix(p string) {
	for _, k := range x.keys {
		if strings.HasPrefix(k, p) {
			x.drop(k)
		}
	}
	x.more = nil
}

// bytes returns the headers; main is the one they stand before.
func (x *extended) bytes(main []byte) []byte {
	var body []byte
	for _, k := range x.keys {
		if v, ok := x.records[k]; ok {
			body = append(body, record(k, v)...)
		}
	}
	for _, m := range x.more {
		body = append(body, record(m[0], m[1])...)
	}
	out := x.raw
	if len(body) == 0 {
		return out
	}
	if x.head == nil {
		x.head = make([]byte, block)
		nameField.set(x.head, "PaxHeaders.0/entry")
		modeField.set(x.head, "0000644")
		magicField.set(x.head, "ustar\x0000")
		x.head[typeField.from] = 'x'
	}
	copy(sizeField.of(x.head), fmt.Sprintf("%011o\x00", len(body)))
	seal(x.head)
	out = append(append(out, x.head...), body...)
	return append(out, make([]byte, -len(body)&(block-1))...)
}

// record returns a pax record; its length counts its own digits.
func record(key, value string) string {
	n := len(key) + len(value) + 3
	size := n + len(strconv.Itoa(n))
	if len(strconv.Itoa(size)) > len(strconv.Itoa(n)) {
		size = n + len(strconv.Itoa(size))
	}
	return strconv.Itoa(size) + " " + key + "=" + value + "\n"
}
