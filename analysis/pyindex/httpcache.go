package pyindex

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A cache keeps answers on disk: one file for each, named by the digest of what
// was asked. A file that is damaged counts as absent, one that cannot be
// written is left out: the cache never fails.
type cache struct {
	dir string // "" keeps nothing
	now func() time.Time
}

// An entry is a kept answer: a line of JSON, and the body.
type entry struct {
	URL      string    `json:"url"` // after redirects, without user and password
	Status   int       `json:"status"`
	Kind     string    `json:"kind,omitempty"`
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"`
	Until    time.Time `json:"until"`            // it need not be asked again before
	NoStore  bool      `json:"-"`                // it may not be kept
	Size     int       `json:"size"`             // of the body
	Digest   string    `json:"digest,omitempty"` // of the body: a half written file is not trusted
	Body     []byte    `json:"-"`
}

// usualAge is how long an answer holds that says nothing about it: what
// pypi.org says of its pages.
const usualAge = 10 * time.Minute

// maxEntry bounds what is read back of one file.
const maxEntry = 256 << 20

func newEntry(resp *http.Response, now time.Time) *entry {
	u := *resp.Request.URL
	u.User, u.Fragment = nil, ""
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	e := &entry{URL: u.String(), Status: resp.StatusCode, Kind: strings.ToLower(strings.TrimSpace(kind))}
	e.refresh(resp.Header, now)
	return e
}

// refresh takes over what the server says of the answer's age (RFC 9111).
func (e *entry) refresh(h http.Header, now time.Time) {
	if tag := h.Get("ETag"); tag != "" {
		e.ETag = tag
	}
	if m := h.Get("Last-Modified"); m != "" {
		e.Modified = m
	}
	age, said := usualAge, false
	for _, word := range strings.Split(strings.ToLower(strings.Join(h.Values("Cache-Control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		switch name {
		case "no-store":
			e.NoStore = true
		case "no-cache":
			age, said = 0, true
		case "max-age":
			if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 64); err == nil && !said {
				age, said = time.Duration(min(max(n, 0), 10*365*24*3600))*time.Second, true
			}
		}
	}
	if !said && e.ETag+e.Modified != "" {
		age = 0 // asking whether it changed costs little
	}
	if n, err := strconv.Atoi(h.Get("Age")); err == nil && n > 0 && said {
		age -= time.Duration(n) * time.Second
	}
	if e.Status != http.StatusOK {
		age = min(age, usualAge)
	}
	e.Until = now.Add(age)
}

func (e *entry) fresh(now time.Time) bool { return now.Before(e.Until) }

// conditions asks for the answer only if it changed. e may be nil.
func (e *entry) conditions(h http.Header) {
	if e == nil {
		return
	}
	if e.ETag != "" {
		h.Set("If-None-Match", e.ETag)
	}
	if e.Modified != "" {
		h.Set("If-Modified-Since", e.Modified)
	}
}

func (e *entry) document() (*document, error) {
	if e.Status != http.StatusOK {
		return nil, fmt.Errorf("%w at %s", ErrNotFound, clean(e.URL))
	}
	return &document{url: e.URL, kind: e.Kind, body: e.Body}, nil
}

func (c cache) file(key string) string {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:20])
	return filepath.Join(c.dir, name[:2], name[2:])
}

// load returns what is kept for a key, or nil.
func (c cache) load(key string) *entry {
	if c.dir == "" {
		return nil
	}
	name := c.file(key)
	if info, err := os.Stat(name); err != nil || info.Size() > maxEntry {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	head, body, ok := bytes.Cut(data, []byte("\n"))
	e := &entry{}
	if !ok || json.Unmarshal(head, e) != nil || e.Size != len(body) || e.Digest != digest(body) {
		return nil
	}
	e.Body = body
	return e
}

// store keeps an answer, if it may be kept.
func (c cache) store(key string, e *entry) {
	if c.dir == "" || e.NoStore {
		return
	}
	e.Size, e.Digest = len(e.Body), digest(e.Body)
	head, err := json.Marshal(e)
	if err != nil {
		return
	}
	name := c.file(key)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(append(append(head, '\n'), e.Body...))
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
