package slim

import (
	"io"

	"weighline/analysis/layer"
)

// A fate is what becomes of an entry.
type fate uint8

const (
	stays   fate = iota
	goes         // it is left out
	changes      // it is written as an edit says
)

// A rewriter is the [layer.Parts] that writes what stays of a layer.
type rewriter struct {
	out   io.Writer
	fates []fate       // by entry
	edits map[int]edit // of the entries that change
	skip  bool         // the content that comes is not wanted
}

var zeros [2 * block]byte

// Entry decides about entry i. Entries that no index lists, the root itself and
// records for all that follows, stay.
func (r *rewriter) Entry(i int, h layer.Header) error {
	r.skip = false
	f := stays
	if i >= 0 && i < len(r.fates) {
		f = r.fates[i]
	}
	if f == stays {
		return r.write(h.Blocks)
	}
	if r.skip = true; f == goes {
		return nil
	}
	e := r.edits[i]
	if err := r.write(e.apply(h)); err != nil || !e.replace {
		r.skip = false
		return err
	}
	if err := r.write(e.content); err != nil {
		return err
	}
	return r.write(zeros[:-len(e.content)&(block-1)])
}

// Data copies content.
func (r *rewriter) Data(p []byte) error {
	if r.skip {
		return nil
	}
	return r.write(p)
}

// end writes the end of an archive. What followed it in the layer that was read
// is no file, and is left out.
func (r *rewriter) end() error { return r.write(zeros[:]) }

func (r *rewriter) write(p []byte) error {
	_, err := r.out.Write(p)
	return err
}
