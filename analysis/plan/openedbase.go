package plan

import (
	"fmt"
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// onOpened installs onto the image that was opened what it lacks, or has at
// another version. What it has beyond that stays in it.
func (m *maker) onOpened() Strategy {
	base := *m.o.Base
	x := m.make(OpenedBase, "The image that was opened, as the base", Plan{})
	x.Base = base
	has := m.s.versionsInImage()
	g := m.s.Graph
	all := g.Without()
	var rest depgraph.Sum
	var lacks, differs int
	for i, n := range g.Nodes() {
		versions := has[n.Name]
		if !all.Kept(i) || slices.Contains(versions, n.Version) {
			continue
		}
		if len(versions) > 0 {
			differs++
		} else {
			lacks++
		}
		rest.Packages++
		rest.Download.Add(n.Download)
		rest.Unpacked.Add(n.Unpacked)
	}
	var own bytesize.Total
	own.Add(base.amount(base.Download))
	x.Download, x.Unpacked = plus(own, rest.Download), rest.Unpacked
	x.Unpacked.Add(base.unpacked())
	x.LargestLayer = estimated(rest.Download)
	if l := base.largest(); l.Size > x.LargestLayer.Size {
		x.LargestLayer = bytesize.Total{}
		x.LargestLayer.Add(l)
	}
	x.Edit = estimated(rest.Download)
	x.Parts, x.Seconds = m.o.Speeds.times(own, rest.Download, rest.Unpacked, bytesize.Total{Size: rest.Unpacked.Size / 5, Estimated: 1}, rest.Download)
	x.Remarks = []string{
		fmt.Sprintf("Of %d packages %d are in %s at the version that is required, %d at another one, and %d are not.", x.Packages, x.Packages-rest.Packages, base.Image, differs, lacks),
	}
	switch {
	case rest.Packages == 0:
		x.Remarks = append(x.Remarks, "Nothing would be installed: it is the image of these requirements, or holds all of them.")
	case rest.Packages == x.Packages:
		x.Remarks = append(x.Remarks, "It helps nothing: an official slim image is smaller, unless what it brings beside Python is needed.")
	default:
		x.Remarks = append(x.Remarks, "What it has and the requirements do not ask for stays in the image; a package at another version is in it twice, below and above.")
	}
	return x
}

// versionsInImage returns the versions of the Python packages in the image.
func (s *Subject) versionsInImage() map[pep.Name][]string {
	m := map[pep.Name][]string{}
	for _, p := range s.Ledger.Packages {
		if p.Kind == "python" {
			m[pep.Name(p.Name)] = append(m[pep.Name(p.Name)], p.Version)
		}
	}
	return m
}
