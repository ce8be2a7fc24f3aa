package layer

import (
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"

	"weighline/analysis/inflate"
)

// A filler decodes a stream into dst[hist:]; dst[:hist] holds the last 32 KiB
// of what it decoded before, or all of it. It returns io.EOF at the end,
// possibly together with the last bytes.
type filler interface {
	Fill(dst []byte, hist int) (n int, err error)
}

// sniff tells the compression from the first bytes of a blob: media types lie.
func sniff(b []byte) string {
	switch {
	case len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b: // RFC 1952
		return "gzip"
	case len(b) >= 4 && b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd, // RFC 8878
		len(b) >= 4 && b[0]&0xf0 == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18: // skippable frame
		return "zstd"
	}
	return "none"
}

// newFiller returns the decoder for a compression that sniff named, and what
// frees its memory.
func newFiller(compression string, r io.Reader, l *Limits) (filler, func(), error) {
	switch compression {
	case "gzip":
		return inflate.NewGzip(r), func() {}, nil
	case "zstd":
		// More goroutines inside cost a fifth more CPU.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(uint64(l.Window)), zstd.WithDecoderMaxMemory(1<<50))
		if err != nil {
			return nil, nil, err
		}
		return readFiller{z}, z.Close, nil
	}
	return nil, nil, errors.New("unknown compression")
}

// A readFiller is a filler that needs no history.
type readFiller struct{ r io.Reader }

func (f readFiller) Fill(dst []byte, hist int) (int, error) {
	n, err := io.ReadFull(f.r, dst[hist:])
	if err == io.ErrUnexpectedEOF && n > 0 { //nolint:errorlint // what ReadFull itself returns
		// ReadFull says so for a clean end as well; ask again.
		var one [1]byte
		if _, again := f.r.Read(one[:]); again == io.EOF {
			err = io.EOF
		} else if again != nil {
			err = again
		}
	}
	return n, err
}
