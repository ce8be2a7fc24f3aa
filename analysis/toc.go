package analysis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// codeTOC is the code of the warning that layers were listed, not read.
const codeTOC = "from-toc"

// listLayer makes the index of a layer from its table of contents. It returns
// nil, and no error, where there is none that can be used: then the layer is to
// be read.
func listLayer(ctx context.Context, l *oci.Layer, read layer.ReadOptions) (*layer.Index, error) {
	read.Digest, read.DiffID, read.Size = l.Digest, l.DiffID, l.Size
	list := layer.NewListing(read)
	var full *layer.LimitError
	err := l.TOC(ctx, func(e *oci.TOCEntry) error {
		return list.Add(layer.ListEntry{Name: e.Name, Type: e.Type, Size: e.Size, Mode: e.Mode, Link: e.Link, Digest: e.Digest})
	})
	switch {
	case err == nil:
		return list.Index(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &full):
		return nil, err // reading it would end the same
	}
	return nil, nil
}

// fromTOC says which layers are listed from a claim.
func (img *Image) fromTOC() []Warning {
	var which []string
	for i, l := range img.Layers {
		if l.Listed {
			which = append(which, fmt.Sprint(i+1))
		}
	}
	if len(which) == 0 {
		return nil
	}
	text := fmt.Sprintf("Layers %s of %d are", strings.Join(which, ", "), len(img.Layers))
	switch len(which) {
	case 1:
		text = fmt.Sprintf("Layer %s of %d is", which[0], len(img.Layers))
	case len(img.Layers):
		text = fmt.Sprintf("All %d layers are", len(which))
	}
	text += " listed from the table of contents that their maker put beside the files and were not read: no digest proves the list, and the packages in it are not known, so their files count as unowned."
	return []Warning{{Code: codeTOC, Text: text}}
}
