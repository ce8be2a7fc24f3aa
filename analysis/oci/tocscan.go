package oci

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"
)

// A tocScanner reads the JSON of a table of contents entry by entry. The
// tables of big layers have tens of megabytes, and encoding/json would hold
// all of it in memory and take most of the time.
type tocScanner struct {
	r     *bufio.Reader
	entry []byte // the JSON of one entry, reused
}

const maxTOCEntry = 4 << 20 // bytes of one entry's JSON

func newTOCScanner(r io.Reader) *tocScanner {
	return &tocScanner{r: bufio.NewReaderSize(r, 64<<10)}
}

var errTOC = errors.New("it is no table of contents")

// tocTypes are the words for entries. "chunk" is a part of the file before.
var tocTypes = map[string]byte{
	"reg": tar.TypeReg, "dir": tar.TypeDir, "symlink": tar.TypeSymlink, "hardlink": tar.TypeLink,
	"char": tar.TypeChar, "block": tar.TypeBlock, "fifo": tar.TypeFifo,
}

// entries calls fn with each entry, and reads to the end.
func (s *tocScanner) entries(fn func(*TOCEntry) error) error {
	if err := s.seek(); err != nil {
		return tocError(err)
	}
	var e TOCEntry
	for {
		more, err := s.next()
		if err != nil {
			return tocError(err)
		}
		if !more {
			_, err := io.Copy(io.Discard, s.r)
			return tocError(err)
		}
		e = TOCEntry{}
		if err := parseTOCEntry(s.entry, &e); err != nil {
			return tocError(err)
		}
		if e.Type == 0 {
			continue
		}
		if err := fn(&e); err != nil {
			return err
		}
	}
}

func tocError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fail(Truncated, "", "the table of contents ends too early").because(err)
	}
	return fail(Damaged, "", "the table of contents cannot be read: %v", err)
}

// seek reads up to the bracket that begins the list of entries.
func (s *tocScanner) seek() error {
	if c, err := s.skipSpace(); err != nil || c != '{' {
		return errors.Join(errTOC, err)
	}
	for {
		c, err := s.skipSpace()
		if err != nil {
			return err
		}
		if c == ',' {
			continue
		}
		if c != '"' {
			return errTOC // "}": there are no entries
		}
		s.entry = append(s.entry[:0], c)
		if err := s.restOfString(); err != nil {
			return err
		}
		key := string(s.entry)
		if c, err := s.skipSpace(); err != nil || c != ':' {
			return errors.Join(errTOC, err)
		}
		c, err = s.skipSpace()
		switch {
		case err != nil:
			return err
		case key == `"entries"` && c == '[':
			return nil
		}
		if err := s.value(c); err != nil {
			return err
		}
	}
}

// next reads the next entry's JSON into s.entry.
func (s *tocScanner) next() (bool, error) {
	c, err := s.skipSpace()
	if c == ',' && err == nil {
		c, err = s.skipSpace()
	}
	switch {
	case err != nil:
		return false, err
	case c == ']':
		return false, nil
	case c != '{':
		return false, errTOC
	}
	return true, s.value(c)
}

// value reads the value that begins with c into s.entry.
func (s *tocScanner) value(c byte) error {
	s.entry = append(s.entry[:0], c)
	switch c {
	case '"':
		return s.restOfString()
	case '{', '[':
		return s.restOfNested()
	}
	for { // a number or word: up to what cannot belong to it
		c, err := s.r.ReadByte()
		if err != nil {
			return err
		}
		if c == ',' || c == '}' || c == ']' || c <= ' ' {
			return s.r.UnreadByte()
		}
		if s.entry = append(s.entry, c); len(s.entry) > 64 {
			return errTOC
		}
	}
}

// restOfNested appends an object or list up to its closing bracket. Most of
// the time of a scan goes by here, so it walks the buffer itself.
func (s *tocScanner) restOfNested() error {
	depth, inString, escaped := 1, false, false
	for {
		if _, err := s.r.Peek(1); err != nil {
			return err
		}
		window, _ := s.r.Peek(s.r.Buffered())
		for i, c := range window {
			switch {
			case escaped:
				escaped = false
			case inString:
				escaped, inString = c == '\\', c != '"'
			case c == '"':
				inString = true
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				depth--
			}
			if depth == 0 {
				s.entry = append(s.entry, window[:i+1]...)
				_, err := s.r.Discard(i + 1)
				return err
			}
		}
		if s.entry = append(s.entry, window...); len(s.entry) > maxTOCEntry {
			return errors.New("an entry is too long")
		}
		if _, err := s.r.Discard(len(window)); err != nil {
			return err
		}
	}
}

// restOfString appends a string up to and with its closing quote.
func (s *tocScanner) restOfString() error {
	for {
		part, err := s.r.ReadSlice('"')
		s.entry = append(s.entry, part...)
		switch {
		case len(s.entry) > maxTOCEntry:
			return errors.New("an entry is too long")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return err
		}
		slashes := 0
		for i := len(s.entry) - 2; i >= 0 && s.entry[i] == '\\'; i-- {
			slashes++
		}
		if slashes%2 == 0 {
			return nil
		}
	}
}

func (s *tocScanner) skipSpace() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
	}
}

// parseTOCEntry fills e from one entry's JSON. A word for the type that is
// not known, or "chunk", leaves Type 0.
func parseTOCEntry(b []byte, e *TOCEntry) error {
	p := tocParser{b: b}
	p.at = 1 // "{"
	for {
		p.space()
		if p.at < len(b) && b[p.at] == ',' {
			p.at++
			continue
		}
		if p.at >= len(b) || b[p.at] != '"' {
			return nil // "}"
		}
		key := p.token()
		p.space()
		if p.at >= len(b) || b[p.at] != ':' {
			return errTOC
		}
		p.at++
		p.space()
		if err := e.set(key, p.token()); err != nil {
			return err
		}
	}
}

// set takes one field over; keys and values are JSON.
func (e *TOCEntry) set(key, v []byte) (err error) {
	switch string(key) {
	case `"name"`:
		e.Name, err = jsonString(v)
	case `"type"`:
		e.Type = tocTypes[string(bytes.Trim(v, `"`))]
	case `"linkName"`:
		e.Link, err = jsonString(v)
	case `"size"`:
		e.Size, err = strconv.ParseInt(string(v), 10, 64)
		if err == nil && e.Size < 0 {
			err = errors.New("a size is below zero")
		}
	case `"mode"`:
		e.Mode, err = strconv.ParseInt(string(v), 10, 64)
	case `"uid"`:
		e.UID, err = strconv.Atoi(string(v))
	case `"gid"`:
		e.GID, err = strconv.Atoi(string(v))
	case `"modtime"`:
		if s, serr := jsonString(v); serr == nil {
			e.ModTime, _ = time.Parse(time.RFC3339Nano, s) // "" stays zero
		}
	case `"digest"`:
		e.Digest, err = jsonString(v)
	}
	return err
}

func jsonString(v []byte) (string, error) {
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' && bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1]), nil
	}
	var s string
	err := json.Unmarshal(v, &s)
	return s, err
}

// A tocParser cuts an object into tokens.
type tocParser struct {
	b  []byte
	at int
}

func (p *tocParser) space() {
	for p.at < len(p.b) && p.b[p.at] <= ' ' {
		p.at++
	}
}

// token returns the value at the place, whatever its kind.
func (p *tocParser) token() []byte {
	start, depth := p.at, 0
	for p.at < len(p.b) {
		switch c := p.b[p.at]; {
		case c == '"':
			p.at++
			for p.at < len(p.b) && p.b[p.at] != '"' {
				if p.b[p.at] == '\\' {
					p.at++
				}
				p.at++
			}
			p.at++
			if depth == 0 {
				return p.b[start:min(p.at, len(p.b))]
			}
			continue
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return p.b[start:p.at] // the end of the object around
			}
			if depth--; depth == 0 {
				p.at++
				return p.b[start:p.at]
			}
		case depth == 0 && (c == ',' || c <= ' '):
			return p.b[start:p.at]
		}
		p.at++
	}
	return p.b[start:min(p.at, len(p.b))]
}
