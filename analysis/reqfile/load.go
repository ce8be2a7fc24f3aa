package reqfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Load reads the file at path, or chooses from the folder at path, with all
// that it includes. What could be read comes together with the joined
// [SyntaxError] values; the Doc is nil only if nothing could be.
func Load(ctx context.Context, path string, o Options) (*Doc, error) {
	o.disk = true
	if _, given := o.Given[path]; !given && o.Texts == nil {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("read requirements: %w", err)
		}
		if info.IsDir() {
			return loadFolder(ctx, path, o)
		}
	}
	path = filepath.Clean(path)
	o = o.withDefaults(path)
	f := newFiles(o, path)
	data, err := f.open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	doc, err := parse(ctx, data, path, o, f)
	if doc != nil && doc.Lock != nil {
		f.beside(ctx, doc)
	}
	if doc != nil {
		doc.texts = f.read
	}
	return doc, err
}

// Texts returns the files that were read for a Doc that [Load] returned, by
// name, byte for byte. With them as [Options.Texts], Load returns the same again.
// The caller must not change them.
func (d *Doc) Texts() map[string][]byte { return d.texts }

// Parse reads a file from r; name is used in messages, and to tell the format
// where the content does not. No other file is opened: an include becomes a
// warning.
func Parse(ctx context.Context, r io.Reader, name string, o Options) (*Doc, error) {
	o = o.withDefaults(name)
	data, err := readAll(r, o.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	doc, err := parse(ctx, data, name, o, newFiles(o, name))
	if doc != nil && doc.Lock != nil {
		doc.roots()
	}
	return doc, err
}

// parse reads data in the format that it has.
func parse(ctx context.Context, data []byte, name string, o Options, f *files) (*Doc, error) {
	format := o.Format
	if format == "" {
		format = Detect(data, name)
	}
	if format == "" {
		return nil, &FormatError{name, describe(data, "")}
	}
	if what := binary(data); what != "" {
		return nil, &FormatError{name, what}
	}
	if format != Requirements {
		return parseStructured(ctx, data, name, format, o, f)
	}
	doc, err := readRequirements(ctx, data, name, o, f)
	if top := doc.Files[0]; top.Read == 0 && top.Items > 0 && ctx.Err() == nil {
		found := "none of its lines is a requirement"
		if top.Items == 1 {
			found = "its only line is no requirement"
		}
		err = errors.Join(&FormatError{name, found}, err)
	}
	return doc, err
}
