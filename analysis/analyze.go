package analysis

import (
	"context"
	"errors"
	"time"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
)

// An Input names what is to be analysed.
type Input struct {
	Files       []string // requirement or lock files, or folders with them
	Constraints []string // constraint files, as pip's -c
	Image       string   // reference to an image; "" for none
}

// Options say how an [Analyze] works. The zero value is good.
type Options struct {
	Target pep.Target // the zero Target is CPython 3.11 on linux/amd64

	// Extras and Groups of a project file are required, too.
	Extras, Groups []string

	// Index and ExtraIndex are addresses of package indexes, as pip's --index-url
	// and --extra-index-url; [IndexSettings] stands for what pip and uv are set to.
	// If any is given, and not Offline, versions and exact sizes come from there,
	// else from the catalogue in the program.
	Index, ExtraIndex []string
	Offline           bool
	// IndexStrategy is [BestMatch] or [FirstIndex]. The default is BestMatch, and
	// FirstIndex where the indexes come from uv's settings.
	IndexStrategy string
	// IndexCache is where answers of indexes are kept: the user's cache directory
	// by default, "none" for nowhere.
	IndexCache string

	// Image says how the image is opened.
	Image oci.Options
	// LayersOnly reads the image's manifest and config and no layer.
	LayersOnly bool
	// Verify computes the diff IDs of layers whose blob digest proves them.
	Verify bool
	// TOC lists the layers that carry a table of contents (eStargz,
	// zstd:chunked) from it, without downloading them. No digest proves such a
	// list, and the packages in it are not known.
	TOC bool
	// Cache keeps what was read of layers; nil for none.
	Cache layer.Cache
	// Known are builds whose layers need not be read again: so that each layer
	// that several versions of an image share is read once, even with no Cache.
	Known []*Build
	// CachedOnly reads no layer but from Cache and Known; the others stay unread.
	CachedOnly bool

	// Code is the folder of the user's own sources, in which evidence is looked
	// for; "" for none.
	Code string
	// Evidence looks in the files of the image's packages for what they use of each
	// other, also without Code: the layers that hold them are read once more.
	Evidence bool

	// Progress, if not nil, is told how far the analysis is. It may be called
	// from several goroutines at the same time.
	Progress func(Progress)
	// Early, if not nil, is given a Build that holds what is known before the
	// layers of an image are read, and another one whenever a layer was. Its
	// calls do not overlap, but come from several goroutines.
	Early func(*Build)

	// variants are indexes whose releases of the catalogue count beside PyPI's.
	variants []string

	// Texts, if not nil, are read in the place of files: of those named in it.
	Texts map[string][]byte
	// Given are files by name that need not lie on disk; what they include does.
	// An image that need not is in Image.Archives.
	Given map[string][]byte
}

func (o Options) withDefaults() Options {
	if o.Target == (pep.Target{}) {
		o.Target = pep.DefaultTarget()
	}
	return o
}

func (o Options) progress(p Progress) {
	if o.Progress != nil {
		o.Progress(p)
	}
}

// Analyze reads and weighs what in names. With an error it returns what could
// be read nevertheless, or nil if that is nothing. A cancelled ctx ends it soon;
// the layers that were read until then are in the Build.
func Analyze(ctx context.Context, in Input, o Options) (*Build, error) {
	o = o.withDefaults()
	b := &Build{Created: time.Now().UTC(), Target: o.Target}
	var errs []error
	if len(in.Files) > 0 {
		deps, warnings, err := readDeps(ctx, in, o)
		b.Deps, b.Warnings = deps, append(b.Warnings, warnings...)
		errs = append(errs, err)
	}
	if in.Image != "" && ctx.Err() == nil {
		img, warnings, err := readImage(ctx, in.Image, b, o)
		b.Image, b.Warnings = img, append(b.Warnings, warnings...)
		errs = append(errs, err)
	}
	if (o.Code != "" || o.Evidence) && b.Graph() != nil && ctx.Err() == nil {
		found, warnings, err := readEvidence(ctx, b, o)
		b.Evidence, b.Warnings = found, append(b.Warnings, warnings...)
		errs = append(errs, err)
	}
	if ctx.Err() != nil {
		errs = []error{ctx.Err()}
	}
	if b.Deps == nil && b.Image == nil {
		return nil, errors.Join(errs...)
	}
	return b, errors.Join(errs...)
}
