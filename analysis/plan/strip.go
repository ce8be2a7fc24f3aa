package plan

import (
	"sync"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
)

// Stripped is what the files of a class weigh in the packages that stay.
type Stripped struct {
	Class fileclass.Class
	// Packages are those of the requirements: what their wheels say. Those whose
	// wheels nobody has looked into are unknown.
	Packages bytesize.Total
	// Image is what the image has of them: unknown if its files are not at hand.
	Image bytesize.Amount
	Files int // in the image
}

// A classTable holds the bytes of the classes in the image, by package.
type classTable struct {
	once sync.Once
	rows map[int][]attribution.ClassBytes // by place in Ledger.Packages
	ok   bool
}

// classRows looks at the files of the image once.
func (s *Subject) classRows() (map[int][]attribution.ClassBytes, bool) {
	s.mu.Lock()
	if s.classes == nil {
		s.classes = &classTable{}
	}
	t := s.classes
	s.mu.Unlock()
	t.once.Do(func() {
		if s.Ledger == nil {
			return
		}
		var list []attribution.ClassBytes
		list, t.ok = s.Ledger.Classes()
		t.rows = map[int][]attribution.ClassBytes{}
		for _, x := range list {
			t.rows[x.Package] = append(t.rows[x.Package], x)
		}
	})
	return t.rows, t.ok
}

// strip adds up what the classes of the plan weigh in what stays of the graph.
// The image's part is added by applyImage.
func (v *Preview) strip(r *depgraph.Removal) {
	for _, c := range v.Plan.Strip {
		x := Stripped{Class: c}
		if v.subject.Ledger != nil {
			if _, ok := v.subject.classRows(); ok {
				x.Image = bytesize.Of(0)
			}
		}
		for i, n := range r.Edited().Nodes() {
			if r.Kept(i) && !v.subject.Installed {
				x.Packages.Add(classOf(&n, c))
			}
		}
		v.Stripped = append(v.Stripped, x)
	}
}

// classOf returns what the wheel of n has of a class.
func classOf(n *depgraph.Node, c fileclass.Class) bytesize.Amount {
	if n.Contents == nil {
		return bytesize.Amount{}
	}
	return bytesize.Of(n.Contents.Class(c))
}

// strippedFromGraph returns what goes from the packages of the graph.
func (v *Preview) strippedFromGraph() (sum bytesize.Size) {
	for _, x := range v.Stripped {
		sum += x.Packages.Size
	}
	if len(v.Plan.Strip) == 0 || !v.subject.Installed {
		return sum
	}
	r := v.Removal
	for i, bytes := range v.installedStrip() {
		if r.Kept(i) {
			sum += bytes
		}
	}
	return sum
}

// installedStrip returns what the plan strips of each node of a graph of what is
// installed: its nodes are the Python distributions of the ledger in their order.
func (v *Preview) installedStrip() map[int]bytesize.Size {
	rows, _ := v.subject.classRows()
	out := map[int]bytesize.Size{}
	node := 0
	for i, p := range v.subject.Ledger.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		if !v.replaced(pep.Name(p.Name)) {
			for _, x := range rows[i] {
				if v.Plan.Strips(x.Class) {
					out[node] += bytesize.Size(x.Bytes)
				}
			}
		}
		node++
	}
	return out
}

// replaced reports whether another build takes the place of name.
func (v *Preview) replaced(name pep.Name) bool {
	for _, x := range v.Swapped {
		if x.Package == name && x.Local != "" {
			return true
		}
	}
	return false
}
