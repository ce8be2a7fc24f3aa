package plan

import (
	"cmp"
	"fmt"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
)

// An ImagePreview is what an image would be under a plan.
type ImagePreview struct {
	Before, After bytesize.Size // unpacked
	// Estimated counts the sizes in After that are estimates, Unknown those that
	// are missing from it: of variants that no image has had yet.
	Estimated, Unknown int
	// Squashed is what goes of lower layers without being seen: waste.
	Squashed bytesize.Size
	// LayersChanged are the layers that would be written anew, so pushed and
	// pulled again: those that brought bytes of what goes or is swapped, and
	// with Squash those with waste. Deleting in a later layer frees nothing.
	LayersChanged []int
	// System is what goes of packages that the system's package manager, or conda,
	// installed: weigh slim leaves those to it, as its database would name files
	// that are not there.
	System []SystemPart
	// Layers are all layers whose figures are known, in order.
	Layers []LayerPreview
	// DownloadBefore and DownloadAfter are of all layers; Push is the part of
	// DownloadAfter that is in changed layers.
	DownloadBefore, DownloadAfter, Push bytesize.Total
}

// A SystemPart is what goes of a Python distribution that a package of the system
// brought.
type SystemPart struct {
	Package attribution.Package // the distribution
	By      attribution.Package // what brought it
	Freed   bytesize.Size
}

// AfterTotal returns After with how well it is known.
func (v *ImagePreview) AfterTotal() bytesize.Total {
	return bytesize.Total{Size: v.After, Estimated: v.Estimated, Unknown: v.Unknown}
}

// A LayerPreview is what becomes of one layer.
type LayerPreview struct {
	Index    int
	Changed  bool
	Freed    bytesize.Size // visible bytes that go from it
	Squashed bytesize.Size // hidden bytes that go from it
	Added    bytesize.Total
	// Before and After are the compressed blob. After is an estimate where the
	// layer changes: what stays compresses as the whole layer did, but for files
	// that are compressed as they are, and a wheel that is added is as compressed
	// as a layer is.
	Before, After bytesize.Amount
}

// A packageChange is what becomes of one package of the ledger.
type packageChange struct {
	gone  bool
	by    *Swapped // takes its place in the image
	strip []attribution.ClassBytes
}

// applyImage fills in what becomes of the image.
func (v *Preview) applyImage() {
	s := v.subject
	l := s.Ledger
	x := &ImagePreview{Before: bytesize.Size(l.Unpacked), After: bytesize.Size(l.Unpacked)}
	x.Layers = make([]LayerPreview, s.layerCount())
	for i := range x.Layers {
		x.Layers[i].Index = i
	}
	v.Image, v.changes = x, map[int]*packageChange{}
	var rows map[int][]attribution.ClassBytes
	if len(v.Plan.Strip) > 0 {
		rows, _ = s.classRows()
	}
	swapped := v.swappedNames()
	for i := range l.Packages {
		p := &l.Packages[i]
		if p.Kind != attribution.Python {
			continue
		}
		c := v.change(pep.Name(p.Name), swapped, rows[i])
		if c == nil {
			continue
		}
		v.changes[i] = c
		freed := v.takeOut(p, c)
		if by, ok := l.BroughtBy(i); ok && freed > 0 {
			x.System = append(x.System, SystemPart{*p, by, freed})
		}
	}
	v.takeIn()
	v.squash()
	x.finish(s)
}

// An addition is a package that comes to the image with what takes the place of
// another one.
type addition struct {
	node  depgraph.Node
	layer int
}

// takeIn adds to the image what its new packages require beside them, where the
// first of those comes to lie.
func (v *Preview) takeIn() {
	at, have := -1, map[pep.Name]bool{}
	for i, p := range v.subject.Ledger.Packages {
		have[pep.Name(p.Name)] = have[pep.Name(p.Name)] || p.Kind == attribution.Python
		if c := v.changes[i]; c != nil && c.by != nil {
			have[c.by.To.Name] = true
			if at < 0 {
				at = heaviest(&p)
			}
		}
	}
	if at < 0 {
		return
	}
	for _, name := range v.Added {
		i, _ := v.Removal.Edited().Index(name)
		if n := v.Removal.Edited().Nodes()[i]; !have[name] {
			v.additions = append(v.additions, addition{n, at})
			v.Image.add(at, &n, v.subject)
		}
	}
}

// add puts a package that is installed anew into a layer.
func (x *ImagePreview) add(layer int, n *depgraph.Node, s *Subject) {
	var t bytesize.Total
	t.Add(s.scaled(n.Unpacked))
	x.After += t.Size
	x.Estimated, x.Unknown = x.Estimated+t.Estimated, x.Unknown+t.Unknown
	if layer < len(x.Layers) {
		x.Layers[layer].Changed = true
		x.Layers[layer].Added.Add(s.scaled(n.Download))
	}
}

// swappedNames returns, by the package that goes, what takes its place, once.
func (v *Preview) swappedNames() map[pep.Name]*Swapped {
	m := map[pep.Name]*Swapped{}
	for i := range v.Swapped {
		x := &v.Swapped[i]
		if !x.NoExtras && !has(heldNames(v.Held), x.Package) {
			m[x.Package] = x
		}
	}
	return m
}

func heldNames(held []depgraph.Held) (names []pep.Name) {
	for _, h := range held {
		names = append(names, h.Name)
	}
	slices.Sort(names)
	return names
}

// change returns what becomes of a distribution, nil if nothing.
func (v *Preview) change(name pep.Name, swapped map[pep.Name]*Swapped, classes []attribution.ClassBytes) *packageChange {
	if by := swapped[name]; by != nil {
		delete(swapped, name) // in a second site it is a copy that goes
		return &packageChange{gone: true, by: by}
	}
	if has(v.Freed, name) || v.replaced(name) {
		return &packageChange{gone: true}
	}
	var c *packageChange
	for _, x := range classes {
		if v.Plan.Strips(x.Class) {
			if c == nil {
				c = &packageChange{}
			}
			c.strip = append(c.strip, x)
		}
	}
	return c
}

// takeOut counts the change of one package, and returns what goes of it.
func (v *Preview) takeOut(p *attribution.Package, c *packageChange) (freed bytesize.Size) {
	x := v.Image
	if c.gone {
		for _, b := range p.Layers {
			x.free(b.Index, b.Bytes)
		}
		freed += bytesize.Size(p.Unpacked)
	}
	for _, b := range c.strip {
		x.free(b.Layer, b.Bytes)
		freed += bytesize.Size(b.Bytes)
		for i := range v.Stripped {
			if s := &v.Stripped[i]; s.Class == b.Class {
				s.Image.Size += bytesize.Size(b.Bytes)
				s.Files += b.Files
			}
		}
	}
	x.After -= freed
	if c.by != nil {
		x.add(heaviest(p), &c.by.To, v.subject)
	}
	return freed
}

// heaviest returns the layer that brought most of a package.
func heaviest(p *attribution.Package) (at int) {
	most := int64(-1)
	for _, b := range p.Layers {
		if b.Bytes > most {
			at, most = b.Index, b.Bytes
		}
	}
	return at
}

// scaled returns what an amount is in the image.
func (s *Subject) scaled(a bytesize.Amount) bytesize.Amount {
	if s.Scale > 1 && !s.Installed { // else the graph is scaled already
		return a.Over(s.Scale)
	}
	return a
}

// free takes visible bytes out of a layer.
func (x *ImagePreview) free(i int, bytes int64) {
	if bytes <= 0 || i < 0 || i >= len(x.Layers) {
		return
	}
	x.Layers[i].Freed += bytesize.Size(bytes)
	x.Layers[i].Changed = true
}

func (v *Preview) squash() {
	if !v.Plan.Squash {
		return
	}
	for i := range v.Image.Layers {
		l := &v.Image.Layers[i]
		if l.Squashed = bytesize.Size(v.subject.layer(i).Waste); l.Squashed > 0 {
			l.Changed = true
			v.Image.Squashed += l.Squashed
		}
	}
}

// layerCount returns how many layers the image has, as far as that is known.
func (s *Subject) layerCount() int {
	n := len(s.Layers)
	if t := s.Ledger.Tree(); t != nil {
		n = max(n, len(t.Layers))
	}
	for i := range s.Ledger.Packages {
		for _, b := range s.Ledger.Packages[i].Layers {
			n = max(n, b.Index+1)
		}
	}
	return n
}

// layer returns what is known of a layer.
func (s *Subject) layer(i int) Layer {
	if i < len(s.Layers) {
		return s.Layers[i]
	}
	if t := s.Ledger.Tree(); t != nil && i < len(t.Layers) {
		return Layer{Content: t.Layers[i].Content, Waste: t.Layers[i].Waste}
	}
	return Layer{Content: -1}
}

// finish adds the layers up.
func (x *ImagePreview) finish(s *Subject) {
	for i := range x.Layers {
		l := &x.Layers[i]
		was := s.layer(i)
		l.Before, l.After = was.Download, was.Download
		if l.Changed {
			x.LayersChanged = append(x.LayersChanged, i)
			l.After = l.estimate(was, s.packed(i))
			x.Push.Add(l.After)
		}
		x.DownloadBefore.Add(l.Before)
		x.DownloadAfter.Add(l.After)
	}
}

// estimate returns what the changed layer would weigh compressed.
func (l *LayerPreview) estimate(was Layer, packed packedLayer) bytesize.Amount {
	if was.Download.Basis == bytesize.Unknown || was.Content < 0 || l.Added.Unknown > 0 {
		return bytesize.Amount{}
	}
	size := packed.without(float64(was.Download.Size), float64(was.Content), float64(l.Freed+l.Squashed), float64(l.Squashed))
	return bytesize.About(int64(size) + int64(l.Added.Size))
}

// Ledger returns who would own the bytes of the image: nil without one. Its
// files are not at hand.
func (v Preview) Ledger() *attribution.Ledger {
	if v.Image == nil {
		return nil
	}
	old := v.subject.Ledger
	l := &attribution.Ledger{Unpacked: int64(v.Image.After), Files: old.Files, Unowned: old.Unowned, Folders: old.Folders, Problems: old.Problems}
	l.Packages = make([]attribution.Package, 0, len(old.Packages))
	for i, p := range old.Packages {
		c := v.changes[i]
		switch {
		case c == nil:
		case c.gone:
			l.Files -= p.Files
			if c.by == nil {
				continue
			}
			l.Problems = appendUnknown(l.Problems, &c.by.To)
			p = v.subject.installed(&c.by.To, heaviest(&p), p)
		default:
			l.Files -= strip(&p, c.strip)
		}
		l.Packages = append(l.Packages, p)
	}
	for _, a := range v.additions {
		l.Problems = appendUnknown(l.Problems, &a.node)
		l.Packages = append(l.Packages, v.subject.installed(&a.node, a.layer, attribution.Package{}))
	}
	slices.SortStableFunc(l.Packages, func(a, b attribution.Package) int {
		if a.Kind != attribution.Python || b.Kind != attribution.Python {
			return cmp.Compare(order(a.Kind), order(b.Kind)) // the others stand as they stood
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	return l
}

// order puts Python distributions first.
func order(k attribution.Kind) int {
	if k == attribution.Python {
		return 0
	}
	return 1
}

func appendUnknown(problems []string, n *depgraph.Node) []string {
	if n.Unpacked.Basis != bytesize.Unknown {
		return problems
	}
	return append(slices.Clip(problems), fmt.Sprintf("nobody knows how much %s %s takes, so it counts for nothing here", n.Name, n.Version))
}

// installed returns a distribution that a layer would bring, in the place of old.
func (s *Subject) installed(n *depgraph.Node, layer int, old attribution.Package) attribution.Package {
	size := int64(s.scaled(n.Unpacked).Size)
	return attribution.Package{Kind: attribution.Python, Name: string(n.Name), Version: n.Version, Path: old.Path, Unpacked: size,
		Layers: []attribution.LayerBytes{{Index: layer, Bytes: size}}, Installer: old.Installer, Requested: old.Requested}
}

// strip takes the files of classes out of p and returns how many.
func strip(p *attribution.Package, classes []attribution.ClassBytes) (files int) {
	p.Layers = slices.Clone(p.Layers)
	for _, x := range classes {
		p.Unpacked -= x.Bytes
		p.Files -= x.Files
		files += x.Files
		if x.Class == fileclass.Bytecode {
			p.Pyc -= x.Bytes
		}
		for i := range p.Layers {
			if p.Layers[i].Index == x.Layer {
				p.Layers[i].Bytes -= x.Bytes
			}
		}
	}
	return files
}
