package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// WhyJSON tells why a package is there: the chains that lead to it from what is
// asked for, the shortest first.
type WhyJSON struct {
	Name   string       `json:"name"`
	HeldBy []string     `json:"held_by"` // what is asked for and needs it, itself left out
	Chains [][]StepJSON `json:"chains"`
	More   bool         `json:"more"` // there are other chains
	Frees  FreesJSON    `json:"frees"`
}

// StepJSON is a package of a chain, and the text that asks for it.
type StepJSON struct {
	Name        string `json:"name"`
	Requirement string `json:"requirement"`
}

// maxChains is how many chains are listed.
const maxChains = 50

// Why returns why a package of r's graph is there; ok is false if it is not.
func Why(r *depgraph.Removal, name pep.Name) (j WhyJSON, ok bool) {
	g := r.Graph()
	i, ok := g.Index(name)
	if !ok {
		return j, false
	}
	chains, more := g.Why(name, maxChains)
	j = WhyJSON{Name: string(name), HeldBy: texts(r.HeldBy(name)), Chains: [][]StepJSON{}, More: more, Frees: freesOf(r.Frees()[i])}
	for _, c := range chains {
		steps := make([]StepJSON, len(c))
		for k, s := range c {
			steps[k] = StepJSON{string(s.Name), layer.Printable(s.Requirement)}
		}
		j.Chains = append(j.Chains, steps)
	}
	return j, true
}

// WriteWhy prints why a package of b is there, what holds it, and what its wheel
// holds.
func WriteWhy(w io.Writer, b *analysis.Build, r *depgraph.Removal, name pep.Name, width int) error {
	say := func(format string, args ...any) {
		writeIndented(w, "  ", "    ", fmt.Sprintf(format, args...), width)
	}
	j, ok := Why(r, name)
	if !ok {
		_, err := fmt.Fprintf(w, "%s is not among the packages.\n", layer.Printable(string(name)))
		return err
	}
	i, _ := r.Graph().Index(name)
	n := r.Graph().Nodes()[i]
	writeWrapped(w, fmt.Sprintf("%s %s: download %s, unpacked %s", n.Name, layer.Printable(n.Version), n.Download, n.Unpacked), width)
	if held := heldBy(r, i, r.Frees()[i]); len(held) > 0 {
		say("dropping its line frees nothing: %s needs it", some(held, 5))
	} else {
		say("without it go %s: %s", plural(j.Frees.Packages, "package"), freesText(b, r.Frees()[i]))
	}
	for _, c := range j.Chains {
		var words []string
		for _, s := range c {
			words = append(words, s.Requirement)
		}
		say("%s", strings.Join(words, " → "))
	}
	if j.More {
		say("and more chains than these %d", len(j.Chains))
	}
	return writeContents(w, &n, say)
}

// writeContents prints what a wheel holds, if that is known.
func writeContents(w io.Writer, n *depgraph.Node, say func(format string, args ...any)) error {
	c := n.Contents
	if c == nil {
		return nil
	}
	say("its wheel: %s, of which compiled code %s, tests %s, static libraries %s, headers %s; pip would add about %s of bytecode",
		plural(c.Files, "file"), bytesize.Size(c.Compiled()), bytesize.Size(c.Tests), bytesize.Size(c.Static), bytesize.Size(c.Headers), bytesize.Size(c.Pyc))
	if len(c.Imports) > 0 {
		say("imported as %s", layer.Printable(strings.Join(c.Imports[:min(8, len(c.Imports))], ", ")))
	}
	for k, l := range c.Libraries {
		if k == 5 {
			fmt.Fprintf(w, "  and %d more libraries\n", len(c.Libraries)-k)
			break
		}
		fmt.Fprintf(w, "  %10s  %s\n", bytesize.Size(l.Size), layer.Printable(l.Path))
	}
	return nil
}
