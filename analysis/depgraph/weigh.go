package depgraph

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// A Weigher looks into wheels without downloading them. Its methods may be
// called from several goroutines; it bounds how many requests run at a time.
type Weigher interface {
	// File finds a file of a project by its name.
	File(ctx context.Context, name pep.Name, filename string) (*pyindex.File, bool)
	// Contents returns what a wheel holds.
	Contents(ctx context.Context, f *pyindex.File) (*pyindex.Contents, error)
}

// WheelBasis is what a node says of an unpacked size that was read from the
// wheel's own directory.
const WheelBasis = "wheel: the sum of the files in its directory"

// Weigh returns the graph with the contents and exact unpacked sizes of its
// wheels, and with the downloads that the index does not state. What cannot be looked into keeps
// its estimate, and a warning says why. progress, which may be nil, is called
// with the numbers of packages that are done and of all. The error is the
// context's.
func (g *Graph) Weigh(ctx context.Context, w Weigher, progress func(done, total int)) (*Graph, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	found := make([]*pyindex.Contents, len(g.nodes))
	errs := make([]error, len(g.nodes))
	var wait sync.WaitGroup
	var mu sync.Mutex
	var done atomic.Int64
	for i, n := range g.nodes {
		if n.File == "" || !(&pyindex.File{Filename: n.File}).IsWheel() {
			done.Add(1)
			continue
		}
		wait.Go(func() {
			if f, ok := w.File(ctx, n.Name, n.File); ok {
				found[i], errs[i] = w.Contents(ctx, f)
			} else {
				errs[i] = fmt.Errorf("%s: %w", n.File, pyindex.ErrNotFound)
			}
			mu.Lock()
			defer mu.Unlock()
			progress(int(done.Add(1)), len(g.nodes))
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("looking into wheels: %w", err)
	}
	h := g.WithNodes(func(i int, n Node) Node {
		if c := found[i]; c != nil {
			n.Contents, n.Unpacked, n.UnpackedBasis = c, bytesize.Of(c.Unpacked), WheelBasis
			if n.Download.Basis != bytesize.Known {
				n.Download, n.Reason, n.Source = bytesize.Of(c.Size), "", "index"
			}
		}
		return n
	})
	h.warnings = append(h.warnings[:len(h.warnings):len(h.warnings)], weighWarnings(errs)...)
	return h, nil
}

// weighWarnings makes one warning of all wheels on servers without ranges, and
// one of each other failure.
func weighWarnings(errs []error) (list []Warning) {
	none, first := 0, ""
	for _, err := range errs {
		switch {
		case err == nil:
		case errors.Is(err, pyindex.ErrNoRanges):
			if none++; none == 1 {
				first = err.Error()
			}
		default:
			list = append(list, Warning{Code: "no-contents", Text: "The unpacked size is an estimate: " + err.Error()})
		}
	}
	if none > 0 {
		list = append(list, Warning{Code: "no-ranges", Text: fmt.Sprintf("The unpacked size of %d packages is an estimate: %s", none, first)})
	}
	return list
}
