package reqfile

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
)

// newDoc returns an empty Doc for the file.
func newDoc(f Format, file string, data []byte) *Doc {
	return &Doc{Format: f, Files: []File{{Path: file, Lines: countLines(data), Bytes: int64(len(data))}}}
}

func countLines(data []byte) int {
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// parseStructured reads the formats that are TOML, JSON or YAML.
func parseStructured(ctx context.Context, data []byte, name string, format Format, o Options, f *files) (*Doc, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	text, cs, problem := decode(data)
	if cs.name != "utf-8" || cs.bom != "" {
		data = []byte(text)
	}
	var doc *Doc
	var errs []error
	switch format {
	case UvLock:
		doc, errs = readUvLock(data, name)
	case PoetryLock:
		doc, errs = readPoetryLock(data, name)
	case PdmLock:
		doc, errs = readPdmLock(data, name)
	case Pylock:
		doc, errs = readPylock(data, name)
	case PipfileLock:
		doc, errs = readPipfileLock(data, name)
	case Pipfile:
		doc, errs = readPipfile(data, name)
	case Pyproject:
		doc, errs = readPyproject(ctx, data, name, f)
	case Conda:
		doc, errs = readConda(ctx, data, name, o, f)
	default:
		return nil, &FormatError{name, "no reader is known for the format " + quote(string(format))}
	}
	if problem != "" {
		doc.warn("encoding", name, 0, "%s", problem)
	}
	if doc.Lock == nil {
		slices.SortStableFunc(doc.Requirements, func(a, b Requirement) int {
			if a.File != b.File || a.Line == 0 || b.Line == 0 {
				return 0
			}
			return cmp.Compare(a.Line, b.Line)
		})
		doc.lintTwice()
	}
	return doc, errors.Join(errs...)
}
