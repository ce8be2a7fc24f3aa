package slim

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Compressions of layers that are written.
const (
	Same = "same" // as the layer was
	Gzip = "gzip"
	Zstd = "zstd"
	None = "none"
)

// newCompressor returns a writer that compresses to out as format says. It must
// be closed.
func newCompressor(format string, out io.Writer) (io.WriteCloser, error) {
	switch format {
	case Gzip:
		return newGzipWriter(out), nil
	case Zstd:
		// One at a time: the output must not depend on the computer.
		return zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	case None:
		return plain{out}, nil
	}
	return nil, fmt.Errorf("compression %q is none of same, gzip, zstd, none", format)
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }
