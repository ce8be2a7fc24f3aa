package oci

import (
	"archive/tar"
	"bytes"
	"unicode/utf8"
)

var magics = []struct{ prefix, kind string }{
	{"\x1f\x8b", "gzip"},
	{"\x28\xb5\x2f\xfd", "zstd"},
	{"BZh", "bzip2"},
	{"\xfd7zXZ\x00", "an xz file (unpack it with xz -d)"},
	{"PK\x03\x04", "a ZIP file or wheel"},
	{"PK\x05\x06", "an empty ZIP file"},
	{"\x7fELF", "a program"},
	{"MZ", "a Windows program"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"7z\xbc\xaf\x27\x1c", "a 7z file"},
	{"hsqs", "a squashfs file"},
	{"\x89PNG", "a picture"},
	{"%PDF", "a PDF"},
}

// sniffFile tells from a file's first bytes what it is: "tar", "gzip", "zstd",
// "bzip2", "text", a phrase for other kinds, or "".
func sniffFile(head []byte) string {
	if len(head) == 0 {
		return "an empty file"
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.kind
		}
	}
	if len(head) >= 512 {
		if _, err := tar.NewReader(bytes.NewReader(head[:512])).Next(); err == nil || len(bytes.Trim(head[:512], "\x00")) == 0 || string(head[257:262]) == "ustar" {
			return "tar"
		}
	}
	if isText(head) {
		return "text"
	}
	return ""
}

// IsArchive reports whether a file that begins with head, of 512 bytes or more, may
// be the archive of an image. Nothing but zeros is the end of one.
func IsArchive(head []byte) bool {
	switch sniffFile(head) {
	case "gzip", "zstd", "bzip2":
		return true
	case "tar":
		return len(bytes.Trim(head, "\x00")) > 0
	}
	return false
}

func isText(b []byte) bool {
	for n := 0; n < 3 && len(b) > 0 && !utf8.Valid(b); n++ {
		b = b[:len(b)-1] // a rune cut in two
	}
	return utf8.Valid(b) && !bytes.ContainsAny(b, "\x00\x01\x02\x03")
}
