package slim

import (
	"path"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// A recordRow is a row of a RECORD (PEP 376, binary distribution format).
type recordRow struct {
	path string // as written
	hash string // "sha256=…" in URL-safe base 64, or ""
	size string // in bytes, or ""
	text string // the row itself with its end
}

// recordRows reads a RECORD as Python's csv module does.
func recordRows(text string) []recordRow {
	var rows []recordRow
	for text != "" {
		var fields [3]string
		rest, k := text, 0
		for {
			var field string
			field, rest = csvField(rest)
			if k < len(fields) {
				fields[k] = field
			}
			if k++; !strings.HasPrefix(rest, ",") {
				break
			}
			rest = rest[1:]
		}
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "\r"), "\n")
		if fields[0] != "" {
			rows = append(rows, recordRow{fields[0], fields[1], fields[2], text[:len(text)-len(rest)]})
		}
		if len(rest) == len(text) {
			break
		}
		text = rest
	}
	return rows
}

// csvField returns the field that text begins with, and what follows it.
func csvField(text string) (field, rest string) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ",\r\n")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:]
	}
	return attribution.QuotedField(text[1:])
}

// under returns the path of a row of a RECORD in site.
func (r recordRow) under(site string) string {
	if strings.HasPrefix(r.path, "/") {
		return path.Clean(r.path)
	}
	return path.Clean(site + "/" + r.path)
}

// records takes the rows of files that went out of the RECORDs of distributions
// that stay, so that each RECORD still says what is there: tools that check or
// uninstall by it find nothing missing.
func (s *chooser) records() {
	if s.c.Stripped == 0 {
		return
	}
	for i, p := range s.l.Packages {
		if p.Kind != attribution.Python || s.drop[i] {
			continue
		}
		info, _ := s.t.Lookup(p.Path)
		n, ok := s.t.Child(info, "RECORD")
		if !ok || s.c.gone[n] {
			continue
		}
		text, ok := s.t.Content(n)
		if !ok {
			continue
		}
		s.change(n, []byte(s.remaining(string(text), s.t.FullPath(s.t.Parent(info)))), len(text))
	}
}

// remaining returns the rows of a RECORD whose files do not go.
func (s *chooser) remaining(text, site string) string {
	var out strings.Builder
	for _, r := range recordRows(text) {
		if n, ok := s.t.Lookup(r.under(site)); ok && s.c.gone[n] && s.t.Kind(n) != layer.Dir {
			continue
		}
		out.WriteString(r.text)
	}
	return out.String()
}
