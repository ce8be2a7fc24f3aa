package analysis

import (
	"cmp"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// What a [Joined] package is to the two.
const (
	JoinSame      = "same"           // required and installed at one version
	JoinDiffers   = "differs"        // installed at another version than is required
	JoinRequired  = "only-required"  // the requirements lead to it, the image lacks it
	JoinInstalled = "only-installed" // the image has it, the requirements do not lead to it
)

// A Joined is a Python package as requirements and an image have it.
type Joined struct {
	Name      pep.Name
	Status    string
	Required  string // version by the requirements, "" if they do not lead to it
	Installed string // version in the image, "" if it is not there; several with ", "
	// Roots are the lines of the requirements that put its bytes into the image.
	Roots    []pep.Name
	Layers   []attribution.LayerBytes // that brought its bytes, by layer
	Unpacked bytesize.Size            // in the image
}

// Join puts the requirements of b beside its image: which lines put which bytes
// into which layer, what only one of the two has, which versions differ. What
// differs comes first, then by size and name. nil if b does not have both.
func (b *Build) Join() []Joined {
	l := b.Ledger()
	if b.Deps == nil || l == nil {
		return nil
	}
	rows := map[pep.Name]*Joined{}
	var out []*Joined
	row := func(name pep.Name) *Joined {
		if rows[name] == nil {
			rows[name] = &Joined{Name: name}
			out = append(out, rows[name])
		}
		return rows[name]
	}
	g := b.Deps.Graph
	all := g.Without()
	for i, n := range g.Nodes() {
		if all.Kept(i) {
			r := row(n.Name)
			r.Required, r.Roots = cmp.Or(n.Version, "?"), g.RootsOf(n.Name)
		}
	}
	for _, p := range l.Packages {
		if p.Kind == attribution.Python {
			row(pep.Name(p.Name)).install(&p)
		}
	}
	list := make([]Joined, len(out))
	for i, r := range out {
		r.Status = r.status()
		list[i] = *r
	}
	slices.SortFunc(list, func(a, b Joined) int {
		return cmp.Or(cmp.Compare(order(a.Status), order(b.Status)), cmp.Compare(b.Unpacked, a.Unpacked), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func order(status string) int {
	return slices.Index([]string{JoinDiffers, JoinRequired, JoinInstalled, JoinSame}, status)
}

// install adds a distribution of the image.
func (r *Joined) install(p *attribution.Package) {
	if r.Installed != "" {
		r.Installed += ", "
	}
	r.Installed += cmp.Or(p.Version, "?")
	r.Unpacked += bytesize.Size(p.Unpacked)
	r.Layers = addLayers(r.Layers, p.Layers)
}

func (r *Joined) status() string {
	switch {
	case r.Installed == "":
		return JoinRequired
	case r.Required == "":
		return JoinInstalled
	case r.Required == "?" || sameVersion(r.Required, r.Installed):
		return JoinSame // nobody knows which version is required: that is no difference
	}
	return JoinDiffers
}

// sameVersion compares versions as PEP 440 does: 1.0 is 1.0.0.
func sameVersion(a, b string) bool {
	v, err := pep.ParseVersion(a)
	w, err2 := pep.ParseVersion(b)
	if err != nil || err2 != nil {
		return a == b
	}
	return v.Equal(w)
}
