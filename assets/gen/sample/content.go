package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
)

// random returns a source of numbers that depends on nothing but the key.
func random(key string) *rand.ChaCha8 { return rand.NewChaCha8(sha256.Sum256([]byte(key))) }

// blob returns n bytes of which a share (0 to 1) cannot be compressed and the
// rest can be, to nearly nothing.
func blob(key string, n int64, share float64) string {
	const block = 1024
	b := make([]byte, max(n, 0))
	src := random(key)
	for at := 0; at < len(b); at += block {
		part := b[at:min(at+block, len(b))]
		_, _ = src.Read(part[:int(float64(len(part))*share)]) // never fails
	}
	return string(b)
}

// words are what made-up code and prose is made of.
var words = strings.Fields(`accept align array axis batch block buffer cache call channel check chunk clear close code
column config context copy count create cursor data decode default delta depth device dict encode entry error event
expand factor field filter find flag flush format frame graph group handle hash header index init input item iter join
kernel key label layer length level limit line link list load local lock loop map mask match merge method mode model
module name next node norm offset open option order output pack parent parse part patch path pattern phase pool print
process query queue range rank rate read record reduce reset resolve result root route row sample scale scan
scope score seed send shape signal size slice sort source split stack start state step stream string table tensor text
thread time token total trace track tree tuple type unit update value vector view weight window word write zone`)

// source returns Python code of n bytes that begins with head, or head alone
// if that is longer.
func source(key, head string, n int64) string {
	r := rand.New(random(key))
	word := func() string { return words[r.IntN(len(words))] }
	var b strings.Builder
	b.WriteString(head)
	for int64(b.Len()) < n {
		name, a, c := word()+"_"+word(), word(), "to_"+word()
		fmt.Fprintf(&b, "\n\ndef %s(%s, %s=%d):\n    \"\"\"%s the %s of a %s.\"\"\"\n", name, a, c, r.IntN(1000),
			strings.ToUpper(a[:1])+a[1:], word(), word())
		for range 1 + r.IntN(4) {
			fmt.Fprintf(&b, "    if %s.%s > %d:\n        %s = %s(%s, %q)\n", a, word(), r.IntN(4096), c, word(), a, word())
		}
		fmt.Fprintf(&b, "    return %s.%s(%s)\n", a, word(), c)
	}
	code, least := b.String(), len(head)
	if size := max(int(n), least); len(code) > size {
		// The last function that would not fit whole goes; a comment fills its
		// place, so that it stays code.
		at := max(strings.LastIndex(code[least:size], "\n\ndef "), 0)
		code = code[:least+at] + comment(size-least-at)
	}
	return code
}

// comment returns a comment of n bytes.
func comment(n int) string {
	if n < 2 {
		return strings.Repeat("\n", max(n, 0))
	}
	text := strings.Repeat(" see the notes on the scale of this model;", n/40+1)
	return "#" + text[:n-2] + "\n"
}

// compiled returns what stands for the compiled module of the code: a header
// as Python 3.11 writes it, and 1.2 bytes for each of the code.
func compiled(key, code string) string {
	n := len(code)
	header := []byte{0xa7, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0, 0, 0xb8, 0x67, 0x68, byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
	return string(header) + blob(key, 24+int64(n)*6/5, 0.15)
}

// prose returns text of n bytes.
func prose(key string, n int64) string {
	r := rand.New(random(key))
	var b strings.Builder
	for int64(b.Len()) <= n {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(" \n"[min(r.IntN(9)/8, 1)])
	}
	if n <= 0 {
		return ""
	}
	return b.String()[:n-1] + "\n"
}

// content returns a file's bytes by the end of its name; share is that of the
// bytes of binary files that cannot be compressed.
func content(key, name, head string, n int64, share float64, needed []string) string {
	base := path.Base(name)
	switch {
	case n == 0 && head == "":
		return ""
	case strings.HasSuffix(name, ".py"):
		return source(key, head, n)
	case isLibrary(base):
		return library(key, base, needed, n, share)
	case isText(base):
		return prose(key, n)
	}
	return blob(key, n, share)
}

// isLibrary reports whether a file of the name is a shared library.
func isLibrary(base string) bool {
	return strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.")
}

// isText reports whether a file of the name holds words.
func isText(base string) bool {
	switch path.Ext(base) {
	case ".h", ".pyi", ".pyx", ".c", ".txt", ".json", ".csv", ".pem", ".tiktoken", ".1", ".sh", ".cmake", ".pth",
		".pm", ".pl", ".crt", ".zi", ".tab", ".tcc", ".md", ".conf", ".service", ".cfg", ".bashrc":
		return true
	}
	return base == "copyright" || base == "COPYING"
}
