package analysis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// scaleLabel marks an image whose files stand for larger ones, such as the
// sample's: "1:1000".
const scaleLabel = "io.weighline.scale"

// readImage opens the image, shows its manifest through o.Early, and reads its
// layers. When it returns an error together with an Image, that holds what
// could be read.
func readImage(ctx context.Context, ref string, b *Build, o Options) (*Image, []Warning, error) {
	if IsInstallation(ref) {
		return readFolder(ctx, ref, o)
	}
	o.progress(Progress{What: "Opening the image"})
	src, err := openImage(ctx, ref, o.Image)
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	img := &Image{
		Reference: src.Reference, Given: ref, Digest: src.Digest, Platform: src.Platform, Created: src.Created,
		Scale: layer.Printable(src.Config.Labels[scaleLabel]), Partial: true,
	}
	img.describe(src)
	warnings := imageWarnings(src)
	if o.LayersOnly {
		return img, warnings, nil
	}
	early := func() {
		if o.Early != nil {
			b, shown := *b, *img
			shown.Layers = slices.Clone(img.Layers)
			b.Image, b.Warnings = &shown, append(slices.Clone(b.Warnings), warnings...)
			o.Early(&b)
		}
	}
	early()
	indexes, errs := readLayers(ctx, src, o, func(i int, x *layer.Index) {
		img.Layers[i].fill(x)
		early()
	})
	// An engine tells all about its layers only while it sends them.
	img.describe(src)
	err = img.finish(ctx, indexes, errs)
	if src.Incomplete != nil && ctx.Err() == nil {
		img.Partial = true
		err = errors.Join(src.Incomplete, err)
	}
	return img, append(imageWarnings(src), img.oddities()...), err
}

// oddities tells what was passed over in layers that were read, and which were
// not.
func (img *Image) oddities() []Warning {
	out := img.fromTOC()
	for i, l := range img.Layers {
		if l.Index == nil {
			continue
		}
		for _, p := range l.Index.Problems {
			out = append(out, Warning{Code: "layer-odd", Text: fmt.Sprintf("Layer %d of %d: %s.", i+1, len(img.Layers), p)})
		}
	}
	if t := img.Tree; t != nil && t.Unresolved > 0 {
		out = append(out, Warning{Code: "layer-paths", Text: fmt.Sprintf("%d entries are left out: links lead their folders nowhere, or too deep.", t.Unresolved)})
	}
	if img.Ledger != nil {
		for _, p := range img.Ledger.Problems {
			out = append(out, Warning{Code: "packages", Text: p + "."})
		}
	}
	return out
}

// describe fills in what src tells of its layers.
func (img *Image) describe(src *oci.Image) {
	img.Layers = make([]Layer, 0, len(src.Layers))
	for _, l := range src.Layers {
		img.Layers = append(img.Layers, Layer{Layer: l, Download: download(l.Size)})
	}
}

func imageWarnings(src *oci.Image) []Warning {
	var out []Warning
	for _, w := range src.Warnings {
		out = append(out, Warning{Code: w.Code, Text: w.Text})
	}
	return out
}

func download(size int64) bytesize.Amount {
	if size < 0 {
		return bytesize.Amount{}
	}
	return bytesize.Of(size)
}

// finish puts what was read into img: trees, owners, figures. It returns the
// errors of layers, joined, when img is complete as far as it goes.
func (img *Image) finish(ctx context.Context, indexes []*layer.Index, errs []error) error {
	// What was read is shown even when the user has stopped the reading.
	work := context.WithoutCancel(ctx)
	read := 0
	for i := range img.Layers {
		l := &img.Layers[i]
		if errs[i] != nil {
			l.Err, indexes[i] = errs[i], nil
			continue
		}
		if x := indexes[i]; x != nil {
			read++
			l.fill(x)
		}
	}
	if read == 0 && len(img.Layers) > 0 {
		return joinLayers(ctx, errs)
	}
	tree, err := layer.Stack(work, indexes)
	var at *layer.StackError
	if errors.As(err, &at) {
		img.cut(at, indexes, errs)
		tree, err = layer.Stack(work, indexes)
	}
	if err != nil {
		return err
	}
	img.Partial = slices.ContainsFunc(img.Layers, func(l Layer) bool { return !l.Read })
	for i, s := range tree.Layers {
		l := &img.Layers[i]
		l.Kept, l.Waste = bytesize.Size(s.Kept), bytesize.Size(s.Waste)
		// Without the files that lie nowhere, of which a warning tells.
		l.Content, l.Files = bytesize.Size(s.Content), s.Files
	}
	img.Tree = tree
	if img.Ledger, err = attribution.Attribute(work, tree, attribution.Options{}); err != nil {
		return err
	}
	img.Graph = installedGraph(img)
	return joinLayers(ctx, errs)
}

// cut takes the layers from one on, which cannot be stacked, for unread.
func (img *Image) cut(at *layer.StackError, indexes []*layer.Index, errs []error) {
	for i := at.Layer; i < len(indexes); i++ {
		if indexes[i] == nil {
			continue
		}
		if errs[i] = at.Err; i > at.Layer {
			errs[i] = fmt.Errorf("layer %d below it cannot be stacked", at.Layer+1)
		}
		l := &img.Layers[i]
		*l = Layer{Layer: l.Layer, Download: l.Download, Err: errs[i]}
		indexes[i] = nil
	}
}

// fill puts the figures of the layer's index into l.
func (l *Layer) fill(x *layer.Index) {
	l.Read, l.Listed, l.Index, l.Files = true, x.Listed, x, x.Counts.Files
	l.Uncompressed, l.Content = bytesize.Size(x.UncompressedSize), bytesize.Size(x.ContentBytes)
	if l.Download.Basis == bytesize.Unknown {
		l.Download = bytesize.Of(x.CompressedSize)
	}
}

// joinLayers returns one error for all layers that failed, or the context's.
func joinLayers(ctx context.Context, errs []error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed []error
	for i, err := range errs {
		if err != nil {
			failed = append(failed, &layer.PlaceError{Layer: i, Layers: len(errs), Err: err})
		}
	}
	return errors.Join(failed...)
}

// readLayers reads the layers of src: in parallel where they can be opened one
// by one, else in the order in which the source sends them. done is told of each
// layer of the former when it is read, one at a time.
func readLayers(ctx context.Context, src *oci.Image, o Options, done func(i int, x *layer.Index)) ([]*layer.Index, []error) {
	read := layer.ReadOptions{Keep: attribution.Keep, Scan: attribution.Scan, VerifyDiffID: o.Verify, Budget: &layer.Budget{}}
	step := func(p layer.Progress) {
		o.progress(Progress{What: fmt.Sprintf("Reading layers: %d of %d", p.LayersDone, p.Layers), Done: p.Read, Total: p.Total})
	}
	o.Cache = o.cache()
	if !src.RandomAccess && !o.CachedOnly {
		return walkLayers(ctx, src, o, read)
	}
	sources := make([]layer.Source, len(src.Layers))
	for i := range src.Layers {
		l := &src.Layers[i]
		sources[i] = layer.Source{DiffID: l.DiffID, Digest: l.Digest, MediaType: l.MediaType, Size: l.Size, Open: l.Open}
		if o.TOC && l.HasTOC() {
			sources[i].List = func(ctx context.Context) (*layer.Index, error) { return listLayer(ctx, l, read) }
		}
		if o.CachedOnly {
			sources[i].Open, sources[i].List = notCached, nil
		}
	}
	indexes, errs := layer.ReadLayers(ctx, sources, layer.LayersOptions{Read: read, Cache: o.Cache, Progress: step, Done: func(i int, x *layer.Index, err error) {
		if err == nil && x != nil {
			done(i, x)
		}
	}})
	for i, err := range errs {
		if errors.Is(err, ErrNotRead) {
			errs[i] = nil // as asked for
		}
	}
	return indexes, errs
}

// walkLayers reads the layers of a source that comes as one stream.
func walkLayers(ctx context.Context, src *oci.Image, o Options, read layer.ReadOptions) ([]*layer.Index, []error) {
	byName := map[string]*layer.Index{}
	failed := map[string]error{}
	var before int64
	err := src.Walk(ctx, func(ctx context.Context, l *oci.Layer, blob io.Reader) error {
		r := read
		r.Digest, r.DiffID, r.Size = l.Digest, l.DiffID, l.Size
		r.Progress = func(n int64) {
			o.progress(Progress{What: fmt.Sprintf("Reading layers: %d", len(byName)+1), Done: before + n})
		}
		x, err := layer.Read(ctx, blob, r)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			failed[l.Name] = err
			return nil
		}
		before += x.CompressedSize
		byName[l.Name] = x
		if o.Cache != nil && x.DiffID != "" && !x.Cut {
			_ = o.Cache.PutIndex(ctx, x) // a cache that cannot be written only costs time
		}
		return nil
	})
	indexes, errs := make([]*layer.Index, len(src.Layers)), make([]error, len(src.Layers))
	for i, l := range src.Layers {
		indexes[i], errs[i] = byName[l.Name], failed[l.Name]
		if indexes[i] == nil && errs[i] == nil {
			errs[i] = err
		}
	}
	return indexes, errs
}
