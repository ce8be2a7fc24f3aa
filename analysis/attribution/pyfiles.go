package attribution

import "strings"

// metadata is what we need of a distribution's core metadata.
type metadata struct {
	name, version string
	requires      []string
}

// parseMetadata reads the headers of METADATA or PKG-INFO (core metadata
// specification: the format of mail headers). The description is not read.
func parseMetadata(text string) metadata {
	var m metadata
	var last *string // the value that a continuation line belongs to
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if last != nil {
				*last += "\n" + line
			}
			continue
		}
		last = nil
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			break // the headers end here, as Python's parser has it
		}
		value = strings.Trim(value, " \t")
		switch strings.ToLower(key) {
		case "name":
			if m.name == "" {
				m.name, last = value, &m.name
			}
		case "version":
			if m.version == "" {
				m.version, last = value, &m.version
			}
		case "requires-dist":
			if len(m.requires) == maxRequires {
				continue
			}
			m.requires = append(m.requires, value)
			last = &m.requires[len(m.requires)-1]
		}
	}
	return m
}

// recordPaths returns the first field of each row of a RECORD (CSV as Python's
// csv module reads it, PEP 376).
func recordPaths(text string) []string {
	paths := make([]string, 0, min(strings.Count(text, "\n")+1, maxPaths))
	for text != "" && len(paths) < maxPaths {
		var field string
		if text[0] == '"' {
			field, text = QuotedField(text[1:])
		}
		end := strings.IndexAny(text, ",\n")
		if end < 0 {
			end = len(text)
		}
		field += strings.TrimSuffix(text[:end], "\r")
		text = text[end:]
		// The other fields, a hash and a size, are never quoted.
		if nl := strings.IndexByte(text, '\n'); nl >= 0 {
			text = text[nl+1:]
		} else {
			text = ""
		}
		if field != "" {
			paths = append(paths, field)
		}
	}
	return paths
}

// QuotedField reads a field of a RECORD behind its opening quote, up to the closing
// one, which is not doubled (CSV, PEP 376), and returns what follows it.
func QuotedField(text string) (field, rest string) {
	var b strings.Builder
	for {
		end := strings.IndexByte(text, '"')
		if end < 0 {
			b.WriteString(text)
			return b.String(), ""
		}
		b.WriteString(text[:end])
		if text = text[end+1:]; !strings.HasPrefix(text, `"`) {
			return b.String(), text
		}
		b.WriteByte('"')
		text = text[1:]
	}
}
