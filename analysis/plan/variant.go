package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
	"weighline/assets"
)

// A Variant is what can take the place of a package. It is one of three: the
// same project from another index under a local version (Local), another
// project (Name), or the same without its extras (NoExtras).
type Variant struct {
	Package pep.Name `json:"package"` // what is replaced
	Variant string   `json:"variant"` // as a plan names it
	Title   string   `json:"title"`

	Local       string   `json:"local,omitempty"` // PEP 440 local version: "cpu" of "2.7.1+cpu"
	Index       string   `json:"index,omitempty"` // that offers it, if it is not PyPI
	Name        pep.Name `json:"name,omitempty"`
	SameVersion bool     `json:"same_version,omitempty"` // of the other project, which is released together with it
	NoExtras    bool     `json:"no_extras,omitempty"`

	// Goes are patterns of what the variant does not require, for where nobody
	// knows its own requirements.
	Goes []string `json:"goes,omitempty"`
	// With are packages that are built for one variant or the other: those in the
	// build must be swapped, too.
	With     []pep.Name `json:"with,omitempty"`
	Download int64      `json:"download,omitempty"` // bytes, where no index tells; 0 if unknown
	Of       string     `json:"of,omitempty"`       // what Download was read of

	OtherAPI  bool   `json:"other_api,omitempty"` // the code must be changed
	Note      string `json:"note"`
	Source    string `json:"source"`
	CheckedOn string `json:"checked_on"`
}

var variants = sync.OnceValue(func() []Variant {
	list, err := decodeVariants(assets.Substitutes)
	if err != nil {
		panic(err) // a test reads the file, too
	}
	return list
})

func decodeVariants(data []byte) ([]Variant, error) {
	var file struct {
		Substitutes []Variant `json:"substitutes"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("substitutes: %w", err)
	}
	for _, v := range file.Substitutes {
		ways := 0
		for _, is := range []bool{v.Local != "", v.Name != "", v.NoExtras} {
			if is {
				ways++
			}
		}
		if ways != 1 || v.Package != pep.Normalize(string(v.Package)) || v.Name != pep.Normalize(string(v.Name)) {
			return nil, fmt.Errorf("substitutes: %s=%s: not one of local, name, no_extras, or a name that is not in normal form", v.Package, v.Variant)
		}
	}
	return file.Substitutes, nil
}

// AllVariants returns all variants that Weighline knows, in the order of the
// table.
func AllVariants() []Variant { return slices.Clone(variants()) }

// Variants returns what can take the place of a package.
func Variants(name pep.Name) (list []Variant) {
	for _, v := range variants() {
		if v.Package == name {
			list = append(list, v)
		}
	}
	return list
}

// ErrNoVariant says that nothing is known that could take the place of a package
// under the name that was asked for.
var ErrNoVariant = errors.New("no such variant is known")

// FindVariant returns the variant of a package. The error wraps [ErrNoVariant]
// and names those that there are.
func FindVariant(name pep.Name, variant string) (Variant, error) {
	list := Variants(name)
	var words []string
	for _, v := range list {
		if strings.EqualFold(v.Variant, strings.TrimSpace(variant)) {
			return v, nil
		}
		words = append(words, v.Variant)
	}
	if len(words) == 0 {
		return Variant{}, fmt.Errorf("%s=%s: %w: there is none of %s", name, variant, ErrNoVariant, name)
	}
	return Variant{}, fmt.Errorf("%s=%s: %w: there is %s", name, variant, ErrNoVariant, strings.Join(words, ", "))
}

// Project returns the name of the project that is installed instead.
func (v Variant) Project() pep.Name {
	if v.Name != "" {
		return v.Name
	}
	return v.Package
}

// Version returns the version that takes the place of one, "" if that is left to
// pip.
func (v Variant) Version(present string) string {
	switch {
	case v.NoExtras || v.SameVersion:
		return present
	case v.Local == "":
		return ""
	}
	if p, err := pep.ParseVersion(present); err == nil {
		return p.Public().String() + "+" + v.Local
	}
	return ""
}

// Requirement returns the line that asks for the variant in the place of line;
// present is the version that is there now, "" if nobody knows.
func (v Variant) Requirement(line pep.Requirement, present string) pep.Requirement {
	r := line
	r.URL = ""
	switch {
	case v.NoExtras:
		r.Extras = nil
		return r
	case v.Name != "":
		r.Name, r.RawName, r.Extras = v.Name, string(v.Name), nil
		if !v.SameVersion {
			r.Specifiers = nil
		}
		return r
	}
	if version := v.Version(present); version != "" {
		pinned := pep.MustRequirement("x==" + version)
		r.Specifiers = pinned.Specifiers
	}
	return r
}

// goes reports whether the variant surely does not require name.
func (v Variant) goes(name pep.Name) bool {
	return slices.ContainsFunc(v.Goes, func(pattern string) bool {
		ok, err := path.Match(pattern, string(name))
		return ok && err == nil
	})
}

// byRule is what the table alone tells of the variant: what the package requires
// now, without what goes.
func (v Variant) byRule(g *depgraph.Graph) *depgraph.Graph {
	i, _ := g.Index(v.Package)
	old := g.Nodes()[i]
	nodes := []depgraph.Node{{Name: v.Project(), Version: v.Version(old.Version), Source: "substitutes", Index: v.Index}}
	var edges []depgraph.Edge
	for _, e := range g.Edges() {
		to := g.Nodes()[e.To]
		if e.From != i || v.goes(to.Name) || v.Name != "" && !v.SameVersion {
			continue
		}
		edges = append(edges, depgraph.Edge{From: 0, To: len(nodes), Requirement: e.Requirement})
		nodes = append(nodes, to)
	}
	return depgraph.NewGraph(nodes, edges, []depgraph.Root{{Requirement: v.Requirement(lineOf(g, v.Package), old.Version)}})
}

// lineOf returns the first line that asks for name, or its plain name.
func lineOf(g *depgraph.Graph, name pep.Name) pep.Requirement {
	for _, r := range g.Roots() {
		if r.Requirement.Name == name {
			return r.Requirement
		}
	}
	return pep.Requirement{Name: name, RawName: string(name)}
}

// weigh fills in from the table what no index told of the variant's node.
func (v Variant) weigh(n depgraph.Node) depgraph.Node {
	if n.Download.Basis == bytesize.Unknown && v.Download > 0 {
		n.Download, n.Reason = bytesize.About(v.Download), ""
		n.Unpacked = bytesize.Amount{}
	}
	if n.Unpacked.Basis == bytesize.Unknown && n.Download.Basis != bytesize.Unknown {
		const ratio = 2.9 // of compiled wheels, see pyindex.EstimateUnpacked
		n.Unpacked = bytesize.About(int64(ratio * float64(n.Download.Size)))
		n.UnpackedBasis = fmt.Sprintf("estimate: 2.9 times the download of %s, read on %s", v.Of, v.CheckedOn)
	}
	if n.Download.Basis == bytesize.Unknown && n.Reason == "" {
		n.Reason = "no index was asked that has it"
	}
	return n
}
