package layer

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

const blockSize = 512

// Type flags of tar headers (POSIX pax, GNU tar manual "Basic Tar Format").
const (
	tarReg     = '0'
	tarRegA    = 0 // V7; a directory when its name ends in a slash
	tarLink    = '1'
	tarSymlink = '2'
	tarChar    = '3'
	tarBlock   = '4'
	tarDir     = '5'
	tarFifo    = '6'
	tarCont    = '7' // contiguous file
	tarPax     = 'x'
	tarPaxSun  = 'X' // Solaris
	tarGlobal  = 'g'
	tarLong    = 'L' // GNU long name
	tarLongLnk = 'K' // GNU long link name
	tarSparse  = 'S' // GNU old sparse file
)

// cstr returns b up to its first NUL.
func cstr(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

// number parses a numeric field: octal digits with blanks and NULs around
// them, or base 256 when the highest bit is set.
func number(b []byte) (int64, bool) {
	if len(b) > 0 && b[0]&0x80 != 0 {
		return base256(b)
	}
	for len(b) > 0 && (b[0] == ' ' || b[0] == 0) {
		b = b[1:]
	}
	b = cstr(b)
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '7' || n >= 1<<60 {
			return 0, false
		}
		n = n<<3 | int64(c-'0')
	}
	return n, true
}

// base256 parses a big-endian number in two's complement whose highest bit
// only marks it.
func base256(b []byte) (int64, bool) {
	var inv byte
	if b[0]&0x40 != 0 {
		inv = 0xff
	}
	var n uint64
	for i, c := range b {
		c ^= inv
		if i == 0 {
			c &= 0x7f
		}
		if n>>56 > 0 {
			return 0, false
		}
		n = n<<8 | uint64(c)
	}
	if n>>63 > 0 {
		return 0, false
	}
	if inv == 0xff {
		return ^int64(n), true
	}
	return int64(n), true
}

// checksumOK compares the header's checksum with its bytes. Old programs
// summed signed bytes.
func checksumOK(h []byte) bool {
	want, ok := number(h[148:156])
	if !ok {
		return false
	}
	// The field itself counts as blanks.
	sum := byteSum(h[:blockSize]) + 8*' '
	for _, c := range h[148:156] {
		sum -= int64(c)
	}
	return want == sum || want == sum-256*negative(h)
}

// byteSum adds up the bytes of a block, eight at a time in four lanes: that
// is half of the walker's work.
func byteSum(h []byte) int64 {
	const lanes = 0x00ff00ff00ff00ff
	var sum uint64
	for ; len(h) >= 8; h = h[8:] {
		v := binary.LittleEndian.Uint64(h)
		sum += v&lanes + v>>8&lanes
	}
	return int64(sum&0xffff + sum>>16&0xffff + sum>>32&0xffff + sum>>48)
}

// negative counts the bytes that are negative where bytes are signed.
func negative(h []byte) int64 {
	n := int64(0)
	for i, c := range h[:blockSize] {
		if c >= 0x80 && (i < 148 || i >= 156) {
			n++
		}
	}
	return n
}

func isGNU(h []byte) bool { return string(h[257:265]) == "ustar  \x00" }

// headerName returns the name of a header, with the prefix that ustar (155
// bytes) and star (131 bytes) have before it. The result may alias buf.
func headerName(buf, h []byte) []byte {
	name := cstr(h[:100])
	if string(h[257:263]) != "ustar\x00" {
		return name
	}
	prefix := h[345:500]
	if string(h[508:512]) == "tar\x00" {
		prefix = h[345:476]
	}
	if prefix = cstr(prefix); len(prefix) == 0 {
		return name
	}
	buf = append(append(buf[:0], prefix...), '/')
	return append(buf, name...)
}

// paxRecord reads the record "LENGTH KEY=VALUE\n" that b begins with.
func paxRecord(b []byte) (key string, value, rest []byte, ok bool) {
	sp := bytes.IndexByte(b, ' ')
	if sp < 1 || sp > 20 {
		return "", nil, nil, false
	}
	n, err := strconv.ParseUint(string(b[:sp]), 10, 31)
	if err != nil || int(n) > len(b) || int(n) < sp+3 || b[n-1] != '\n' {
		return "", nil, nil, false
	}
	k, v, found := bytes.Cut(b[sp+1:n-1], []byte("="))
	if !found || len(k) == 0 {
		return "", nil, nil, false
	}
	return string(k), v, b[n:], true
}
