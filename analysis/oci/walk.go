package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// A WalkFunc is called by [Image.Walk] with a layer and its blob as stored.
type WalkFunc func(ctx context.Context, l *Layer, blob io.Reader) error

// Walk visits each distinct layer once: layers that share a Name come once,
// with the lowest Index. It works for every source and is sequential; where
// [Image.RandomAccess] holds, callers may open layers in parallel instead.
//
// An engine's stream brings layers in an order of its own and may say only at
// its end which is which. Such a layer has Index -1; when blob has been read
// to its end, Index and DiffID are set if the bytes tell. In any case the
// Names of [Image.Layers] are set when Walk returns, as are RawConfig and
// History.
//
// An error of fn ends the walk and is returned. A layer that cannot be opened
// does not: the others are visited, and the joined errors returned.
func (i *Image) Walk(ctx context.Context, fn WalkFunc) error {
	if i.walk != nil {
		return i.walk(ctx, fn)
	}
	var errs []error
	seen := make(map[string]bool)
	for n := range i.Layers {
		l := i.Layers[n]
		if seen[l.Name] {
			continue
		}
		seen[l.Name] = true
		err := visit(ctx, &l, fn)
		var open *openError
		switch {
		case errors.As(err, &open) && ctx.Err() == nil:
			errs = append(errs, open.err)
		case err != nil:
			return errors.Join(append(errs, err)...)
		}
	}
	return errors.Join(errs...)
}

// openError keeps errors of opening apart from those of a WalkFunc.
type openError struct{ err error }

func (e *openError) Error() string { return e.err.Error() }
func (e *openError) Unwrap() error { return e.err }

func visit(ctx context.Context, l *Layer, fn WalkFunc) error {
	rc, err := l.Open(ctx)
	if err != nil {
		return &openError{err}
	}
	defer rc.Close()
	return fn(ctx, l, rc)
}

// label is how messages call the layer; people count from 1.
func (l *Layer) label() string {
	if l.Index < 0 {
		return "layer " + clean(l.Name)
	}
	return fmt.Sprintf("layer %d", l.Index+1)
}
