package analysis

import "context"

// WithEvidence returns b with what the sources in folder o.Code, and the files
// of its image, say of who uses its packages. b stays as it is.
func (b *Build) WithEvidence(ctx context.Context, o Options) (*Build, error) {
	found, warnings, err := readEvidence(ctx, b, o)
	if found == nil {
		return nil, err
	}
	c := *b
	c.Evidence = found
	c.Warnings = nil
	for _, w := range b.Warnings {
		if w.Code != "code" { // of sources that were read before
			c.Warnings = append(c.Warnings, w)
		}
	}
	c.Warnings = append(c.Warnings, warnings...)
	return &c, err
}
