package pyindex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// A jsonScanner walks through a JSON text once, without copying it. A page of an
// index has some MB, of which a few fields are wanted: encoding/json takes four
// times as long for it.
type jsonScanner struct {
	text  []byte
	at    int
	depth int
}

const maxDepth = 200

var errJSON = errors.New("not valid JSON")

func (s *jsonScanner) fail() error {
	if s.at >= len(s.text) {
		return fmt.Errorf("%w: it ends in the middle", errJSON)
	}
	return fmt.Errorf("%w at byte %d", errJSON, s.at)
}

// peek returns the next byte that is not white space, 0 at the end.
func (s *jsonScanner) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

func (s *jsonScanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// object calls f for each key; f reads or skips the value.
func (s *jsonScanner) object(f func(key []byte) error) error {
	return s.list('{', '}', func() error {
		key, err := s.raw()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return s.fail()
		}
		return f(key)
	})
}

// list reads an object's or an array's elements.
func (s *jsonScanner) list(open, end byte, element func() error) error {
	if s.depth++; s.depth > maxDepth {
		return fmt.Errorf("%w: it is nested too deeply", errJSON)
	}
	defer func() { s.depth-- }()
	if !s.take(open) {
		return s.fail()
	}
	if s.take(end) {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.take(end) {
			return nil
		}
		if !s.take(',') {
			return s.fail()
		}
	}
}

// raw returns a text without its quotes, escapes as they stand.
func (s *jsonScanner) raw() ([]byte, error) {
	if !s.take('"') {
		return nil, s.fail()
	}
	from := s.at
	for s.at < len(s.text) {
		i := bytes.IndexByte(s.text[s.at:], '"')
		if i < 0 {
			break
		}
		s.at += i + 1
		slashes := 0
		for j := s.at - 2; j >= from && s.text[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return s.text[from : s.at-1], nil
		}
	}
	s.at = len(s.text)
	return nil, s.fail()
}

// str reads a text.
func (s *jsonScanner) str() (string, error) {
	b, err := s.raw()
	if err != nil || bytes.IndexByte(b, '\\') < 0 {
		return string(b), err
	}
	var out string
	if json.Unmarshal(s.text[s.at-len(b)-2:s.at], &out) != nil {
		return "", s.fail()
	}
	return out, nil
}

// skip passes over a value.
func (s *jsonScanner) skip() error {
	switch s.peek() {
	case '{':
		return s.object(func([]byte) error { return s.skip() })
	case '[':
		return s.list('[', ']', s.skip)
	case '"':
		_, err := s.raw()
		return err
	}
	_, err := s.word()
	return err
}

// word reads a number, true, false or null.
func (s *jsonScanner) word() (string, error) {
	s.peek()
	from := s.at
	for s.at < len(s.text) && bytes.IndexByte([]byte(" \t\r\n,]}:\"[{"), s.text[s.at]) < 0 {
		s.at++
	}
	w := string(s.text[from:s.at])
	if w == "true" || w == "false" || w == "null" {
		return w, nil
	}
	if _, err := strconv.ParseFloat(w, 64); err != nil {
		s.at = from
		return "", s.fail()
	}
	return w, nil
}

// texts reads an object whose values are texts; others are passed over.
func (s *jsonScanner) texts() (map[string]string, error) {
	out := map[string]string{}
	err := s.object(func(key []byte) error {
		if s.peek() != '"' {
			return s.skip()
		}
		v, err := s.str()
		out[string(key)] = v
		return err
	})
	return out, err
}
