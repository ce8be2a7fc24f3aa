package insight

import (
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
)

// A union collects extents.
type union struct {
	in    *finder
	files []bool // by node
	same  [][]layer.Node
	parts map[layer.Node]int64
	waste map[layer.Why]int64
	owned []bool // by package of the ledger
	deps  []bool // by node of the graph
	wheel map[wheelPart]int64
}

func (u *union) add(e extent) {
	if e.in == nil {
		return
	}
	if u.in == nil {
		u.in = e.in
		if e.in.t != nil {
			u.files = make([]bool, e.in.t.Len())
		}
		if e.in.l != nil {
			u.owned = make([]bool, len(e.in.l.Packages))
		}
		if e.in.g != nil {
			u.deps = make([]bool, len(e.in.g.Nodes()))
		}
	}
	for _, n := range e.files {
		if part, ok := e.parts[n]; ok {
			u.parts[n] = max(u.parts[n], part)
		} else {
			u.files[n] = true
		}
	}
	u.same = append(u.same, e.same...)
	for why, n := range e.waste {
		u.waste[why] = max(u.waste[why], n)
	}
	for _, i := range e.owned {
		u.owned[i] = true
	}
	for _, i := range e.deps {
		u.deps[i] = true
	}
	for part, n := range e.wheel {
		u.wheel[part] = n
	}
}

// nodes returns the files that e names, ascending.
func (e extent) nodes() []layer.Node {
	if len(e.same) == 0 {
		return e.files
	}
	list := slices.Clone(e.files)
	for _, group := range e.same {
		list = append(list, group[1:]...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// copies lets all but one go of the files of one content that are still there:
// another finding may name the very copy that would have stayed.
func (u *union) copies() {
	for _, group := range u.same {
		kept := false
		for _, n := range group {
			if !u.files[n] && kept {
				u.files[n] = true
			}
			kept = kept || !u.files[n]
		}
	}
}

func (u *union) sum() (s Sum) {
	u.copies()
	for n, in := range u.files {
		if in {
			s.Unpacked += bytesize.Size(u.in.own[n])
		}
	}
	for n, part := range u.parts {
		if !u.files[n] {
			s.Unpacked += bytesize.Size(part)
		}
	}
	for i, in := range u.owned {
		if in {
			s.Unpacked += bytesize.Size(u.in.l.Packages[i].Unpacked)
		}
	}
	for _, n := range u.waste {
		s.Waste += bytesize.Size(n)
	}
	for part, n := range u.wheel {
		if !u.deps[part.node] {
			s.Stripped += bytesize.Size(n)
		}
	}
	s.Requirements = u.packages()
	return s
}

// packages adds up the nodes of the graph that are in the union.
func (u *union) packages() (s depgraph.Sum) {
	if !slices.Contains(u.deps, true) {
		return s
	}
	for i, n := range u.in.g.Nodes() {
		if u.deps[i] {
			s.Packages++
			s.Download.Add(n.Download)
			s.Unpacked.Add(n.Unpacked)
		}
	}
	return s
}
