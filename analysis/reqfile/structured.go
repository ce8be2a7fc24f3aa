package reqfile

import "context"

// parseStructured reads the formats that are TOML, JSON or YAML.
func parseStructured(ctx context.Context, data []byte, name string, format Format, o Options, f *files) (*Doc, error) {
	return nil, &FormatError{name, "it has the form of " + string(format)}
}

func loadFolder(ctx context.Context, path string, o Options) (*Doc, error) {
	return nil, &FormatError{path, "it is a folder"}
}

func (f *files) beside(ctx context.Context, doc *Doc) {}

func (f *files) project(path string) *Doc { return nil }

// A Lock is what a lock file says.
type Lock struct{}
