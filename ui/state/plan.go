package state

import (
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// Variants returns what could take the place of a package of the build.
func (s *Session) Variants(r *Row) []plan.Variant {
	if r == nil || !r.CanDrop {
		return nil
	}
	return plan.Variants(r.Name)
}

// Swap puts a variant in the place of a package; "" keeps the package.
func (s *Session) Swap(name pep.Name, variant string) { s.setPlan(s.Plan.WithSwap(name, variant)) }

// SetDev moves packages of the list to a file for development, or back, as one
// step of undo.
func (s *Session) SetDev(names []pep.Name, on bool) {
	p := s.Plan
	for _, n := range names {
		p = p.WithDev(n, on)
	}
	s.setPlan(p)
}

// SetStrip switches whether the files of a class go from all packages.
func (s *Session) SetStrip(class fileclass.Class, on bool) { s.setPlan(s.Plan.WithStrip(class, on)) }

// SetSquash switches whether the waste of lower layers goes from the image.
func (s *Session) SetSquash(on bool) { s.setPlan(s.Plan.WithSquash(on)) }

// KeepAll takes every decision about the packages out of the plan, as one step
// of undo.
func (s *Session) KeepAll(names []pep.Name) {
	p := s.Plan
	for _, n := range names {
		p = without(p, n)
	}
	s.setPlan(p)
}

// maxRescuers bounds how many decisions of a plan are tried for what they bring back.
const maxRescuers = 40

// BroughtBack returns which decision about a package, taken back alone, keeps a
// package that goes with what is dropped; "" if none does.
func (s *Session) BroughtBack(r *Row) pep.Name {
	if r.Status != Freed {
		return ""
	}
	names := s.Plan.Names()
	for _, n := range names[:min(len(names), maxRescuers)] {
		if p := without(s.Plan, n); !s.subject.Apply(p).Removal.Gone(r.node) {
			return n
		}
	}
	return ""
}

// without returns a plan that decides nothing about a package.
func without(p plan.Plan, n pep.Name) plan.Plan {
	return p.With(n, false).WithDev(n, false).WithSwap(n, "")
}

// swapped returns what takes the place of a package under the plan, nil if
// nothing does.
func (s *Session) swapped(name pep.Name) *plan.Swapped {
	i := slices.IndexFunc(s.Preview.Swapped, func(x plan.Swapped) bool { return x.Package == name })
	if i < 0 {
		return nil
	}
	return &s.Preview.Swapped[i]
}

// describeSwap tells what takes the place of a package.
func (s *Session) describeSwap(r *Row) []string {
	x := s.swapped(r.Name)
	lines := []string{texts.F("In its place comes %s %s, a download of %s: %s.", x.To.Name, x.To.Version, x.To.Download, texts.Say(x.Title)), texts.Say(x.Note)}
	if x.OtherAPI {
		lines = append(lines, texts.T("It has another API: the code must be changed."))
	}
	if !x.Exact {
		lines = append(lines, texts.T("What it requires was not resolved: it is what the table of substitutes tells."))
	}
	return append(lines, texts.F("Source: %s, read on %s", x.Source, x.CheckedOn))
}

// A StripChoice is a class of files that can be stripped, with what it weighs in
// what the plan keeps.
type StripChoice struct {
	Class fileclass.Class
	Title string
	Bytes bytesize.Amount // unknown: nobody has looked into the packages
	On    bool
}

// StripChoices lists the classes that can be stripped. It looks at all files of
// an image: not for every drawing.
func (s *Session) StripChoices() []StripChoice {
	if s.subject == nil {
		return nil
	}
	p := s.Plan
	for _, c := range fileclass.All {
		p = p.WithStrip(c, true)
	}
	stripped := s.subject.Apply(p).Stripped
	slices.SortFunc(stripped, func(a, b plan.Stripped) int {
		return slices.Index(fileclass.All, a.Class) - slices.Index(fileclass.All, b.Class)
	})
	var list []StripChoice
	for _, x := range stripped {
		c := StripChoice{Class: x.Class, Title: ClassTitle(x.Class), Bytes: x.Image, On: s.Plan.Strips(x.Class)}
		if s.Build.Deps != nil || s.Build.Image == nil {
			c.Bytes = amountOf(x.Packages)
		}
		list = append(list, c)
	}
	return list
}

// amountOf returns a total as one amount: unknown if nothing of it is known, an
// estimate if a part is.
func amountOf(t bytesize.Total) bytesize.Amount {
	switch {
	case t.Size == 0 && t.Unknown > 0:
		return bytesize.Amount{}
	case t.Unknown+t.Estimated > 0:
		return bytesize.About(t.Size)
	}
	return bytesize.Of(t.Size)
}

// ClassTitle names a class of files.
func ClassTitle(c fileclass.Class) string {
	switch c {
	case fileclass.Tests:
		return texts.T("Tests of packages")
	case fileclass.Bytecode:
		return texts.T("Bytecode (__pycache__), made again at the first import")
	case fileclass.Static:
		return texts.T("Static libraries")
	case fileclass.Headers:
		return texts.T("Headers and CMake files")
	}
	return string(c)
}

// CanSquash reports whether the image has waste in its layers that a plan could
// take out, and how much.
func (s *Session) CanSquash() (bytesize.Size, bool) {
	if s.Build == nil || s.Build.Ledger() == nil {
		return 0, false
	}
	var waste bytesize.Size
	for _, l := range s.Build.Image.Layers {
		waste += l.Waste
	}
	return waste, waste > 0
}

// PlanLines tell what the plan does, a line for each decision.
func (s *Session) PlanLines() []string {
	var lines []string
	v := s.Preview
	for _, n := range s.Plan.Drop {
		switch {
		case slices.Contains(v.Excluded, n):
			lines = append(lines, texts.F("%s is excluded, though others require it", n))
		default:
			lines = append(lines, texts.F("%s is dropped", n))
		}
	}
	for _, n := range s.Plan.Dev {
		lines = append(lines, texts.F("%s moves to the list for development", n))
	}
	for _, x := range v.Swapped {
		how := texts.T("what the table of substitutes tells")
		if x.Exact {
			how = texts.T("resolved")
		}
		lines = append(lines, texts.F("%s is swapped for %s (%s): %s", x.Package, texts.Say(x.Title), how, texts.Say(x.Note)))
	}
	for _, x := range v.Stripped {
		lines = append(lines, texts.F("Stripped: %s", ClassTitle(x.Class)))
	}
	if s.Plan.Squash {
		lines = append(lines, texts.T("The waste of lower layers is squashed out"))
	}
	for _, h := range v.Held {
		lines = append(lines, texts.F("%s stays: %s still need it", h.Name, list(h.By)))
	}
	if len(v.Added) > 0 {
		lines = append(lines, texts.F("In their place come %s", list(v.Added)))
	}
	if v.Image != nil {
		lines = append(lines, systemLines(v.Image.System)...)
	}
	if risk := s.Risk(); risk != "" {
		lines = append(lines, texts.F("By the sources that were read: %s", risk))
	}
	return append(lines, v.Problems...)
}
