package inflate

import (
	"errors"
	"fmt"
	"io"
)

var (
	// ErrNotGzip says that the input does not begin with a gzip header.
	ErrNotGzip = errors.New("not a gzip stream")
	// ErrChecksum says that a member's CRC-32 or size is not the one that
	// its trailer promises.
	ErrChecksum = errors.New("checksum mismatch")
	// ErrTrailing says that something other than zeros or a further member follows
	// the last member. All data before it was delivered and is proved
	// by its checksum.
	ErrTrailing = errors.New("trailing garbage after the gzip stream")
	// ErrHistory says that a caller gave Fill less history than it had decoded.
	ErrHistory = errors.New("inflate: Fill needs the last 32 KiB of output in front of dst")
)

// What both loops may find wrong with the symbols of a block.
const (
	wrongLiteral  = "invalid literal/length code"
	wrongDistance = "invalid distance code"
	wrongStart    = "match from before the start of the output"
)

// A CorruptError tells where a gzip stream is damaged or cut off.
type CorruptError struct {
	Offset int64  // bytes of the compressed input that were used before
	What   string // what is wrong there
	Err    error  // io.ErrUnexpectedEOF, one of this package's errors, or nil
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("gzip: %s at byte %d", e.What, e.Offset)
}

// Unwrap returns Err.
func (e *CorruptError) Unwrap() error { return e.Err }

// corrupt returns a [CorruptError] for the present place in the input.
func (d *Decoder) corrupt(what string, err error) error {
	return &CorruptError{Offset: d.offset(), What: what, Err: err}
}

// cut returns the error for input that ended too early: that of the reader,
// if it had one, else a [CorruptError] around [io.ErrUnexpectedEOF].
func (d *Decoder) cut(where string) error {
	if d.readErr != io.EOF {
		return d.readErr
	}
	return d.corrupt("input ends within "+where, io.ErrUnexpectedEOF)
}
