package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
)

// maxResult bounds how large a file with a result may be, in bytes.
const maxResult = 256 << 20

// IsResult reports whether a file holds what weigh … --json printed.
func IsResult(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	head, err := analysis.Head(path, 4096)
	if err != nil {
		return false
	}
	text := bytes.TrimLeft(head, "\ufeff \t\r\n")
	return bytes.HasPrefix(text, []byte("{")) && bytes.Contains(text, []byte(`"weighline/`))
}

// Read reads what weigh image, deps or plan --json printed, as a build to
// compare with: its figures, packages and layers are there, its files are not.
// name is for messages.
func Read(r io.Reader, name string) (*analysis.Build, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxResult+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxResult {
		return nil, fmt.Errorf("%s: it is larger than %s, which no result of weigh is", name, bytesize.Size(maxResult))
	}
	var head struct {
		Schema string          `json:"schema"`
		Image  json.RawMessage `json:"image"` // beside requirements
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fmt.Errorf("%s: it is empty, and no result of weigh", name)
	}
	var wrong *json.UnmarshalTypeError
	err = json.Unmarshal(data, &head)
	kind, version, _ := strings.Cut(head.Schema, "@")
	switch {
	case errors.As(err, &wrong) || err == nil && head.Schema == "":
		return nil, fmt.Errorf("%s: it is JSON, but no result of weigh image, deps or plan --json", name)
	case err != nil:
		return nil, fmt.Errorf("%s: it cannot be read as JSON: %w", name, err)
	case kind != "weighline/image" && kind != "weighline/deps":
		return nil, fmt.Errorf("%s: a result of weigh image, deps or plan --json is wanted, and its schema is %q", name, head.Schema)
	case version != "1":
		return nil, fmt.Errorf("%s: it was written by a newer weigh (schema %s)", name, head.Schema)
	}
	b := &analysis.Build{Target: pep.DefaultTarget()}
	if kind == "weighline/image" {
		err = readImage(b, data)
	} else if err = readDeps(b, data); err == nil && len(head.Image) > 0 {
		err = readImage(b, head.Image)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: it is damaged: %w", name, err)
	}
	return b, nil
}

func readImage(b *analysis.Build, data []byte) error {
	var j ImageJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	b.Created = j.Read
	img := analysis.Image{Reference: j.Reference, Digest: j.Digest, Platform: j.Platform, Partial: j.Partial, Scale: j.Scale, Created: j.Built}
	for i, l := range j.Layers {
		x := analysis.Layer{Layer: oci.Layer{Index: i, Name: l.Digest, Digest: l.Digest, DiffID: l.DiffID, MediaType: l.MediaType,
			Compression: l.Compression, CreatedBy: oci.RedactCommand(l.CreatedBy), Instruction: oci.Instruction(l.CreatedBy), Size: -1}, Download: l.Download}
		if l.Download.Known() {
			x.Size = int64(l.Download.Size)
		}
		if l.Error != "" {
			x.Err = errors.New(l.Error)
		}
		if l.Files != nil && l.Content.Known() {
			x.Read, x.Listed = true, !l.Uncompressed.Known()
			x.Uncompressed, x.Content, x.Kept, x.Waste, x.Files = l.Uncompressed.Size, l.Content.Size, l.Kept.Size, l.Waste.Size, *l.Files
		}
		img.Layers = append(img.Layers, x)
	}
	if !j.Totals.Unpacked.Known() {
		b.Image = &img // no layer was read
		return nil
	}
	l := &attribution.Ledger{Unpacked: int64(j.Totals.Unpacked.Size), Unowned: int64(j.Unowned.Size)}
	if j.Totals.Files != nil {
		l.Files = *j.Totals.Files
	}
	for _, p := range j.Packages {
		q := attribution.Package{Kind: attribution.Kind(p.Kind), Name: p.Name, Version: p.Version, Path: p.Path,
			Unpacked: p.Unpacked, Files: p.Files, Pyc: p.Pyc, Requires: p.Requires}
		for _, in := range p.Layers {
			if in.Index < 0 || in.Index >= len(j.Layers) {
				return fmt.Errorf("%s lies in layer %d of %d", layer.Printable(p.Name), in.Index, len(j.Layers))
			}
			q.Layers = append(q.Layers, attribution.LayerBytes{Index: in.Index, Bytes: in.Bytes})
		}
		l.Packages = append(l.Packages, q)
	}
	b.Image = img.WithLedger(l)
	return nil
}

func readDeps(b *analysis.Build, data []byte) error {
	var j DepsJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	b.Created = j.Read
	if t, err := pep.ParseTarget(j.Target.Python, j.Target.Platform); err == nil {
		b.Target = t
	}
	nodes := make([]depgraph.Node, len(j.Packages))
	at := map[string]int{}
	for i, p := range j.Packages {
		if p.UnpackedBasis == "estimate" && p.Unpacked.Known() {
			p.Unpacked.Basis = bytesize.Estimated // JSON does not tell by itself
		}
		nodes[i] = depgraph.Node{Name: pep.Normalize(p.Name), Version: p.Version, File: p.File, Download: p.Download, Unpacked: p.Unpacked,
			UnpackedBasis: p.UnpackedFrom, Source: p.Source, Reason: p.Reason}
		at[p.Name] = i
	}
	var edges []depgraph.Edge
	for i, p := range j.Packages {
		for _, to := range p.Requires {
			if k, ok := at[to]; ok {
				edges = append(edges, depgraph.Edge{From: i, To: k, Requirement: to})
			}
		}
	}
	var roots []depgraph.Root
	for _, r := range j.Roots {
		req, err := pep.ParseRequirement(r.Requirement)
		if err != nil {
			req = pep.Requirement{Name: pep.Normalize(r.Name)}
		}
		roots = append(roots, depgraph.Root{Requirement: req, File: r.File, Line: r.Line})
	}
	b.Deps = &analysis.Deps{Catalogue: j.Catalogue, Graph: depgraph.NewGraph(nodes, edges, roots)}
	return nil
}
