package state

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// A Status says what the plan does to a package.
type Status int

// The statuses.
const (
	Stays   Status = iota
	Dropped        // asked to go, and goes
	Freed          // goes with what was dropped
	Holding        // asked to go, and stays: others need it
	Swapped        // something lighter takes its place
	DevOnly        // moved to the file for development
)

// String returns the word that the table shows.
func (s Status) String() string {
	return [...]string{"", texts.T("dropped"), texts.T("goes too"), texts.T("held"), texts.T("swapped"), texts.T("for development")}[s]
}

// A Row is one package of the table.
type Row struct {
	Key      string // stable as long as the build is open
	Kind     string // "python", "deb", …
	Name     pep.Name
	Version  string
	Download bytesize.Amount
	Unpacked bytesize.Amount
	Basis    string       // where Unpacked comes from, or why a size is unknown
	Frees    depgraph.Sum // what goes if it is dropped now, besides what goes already
	HeldBy   []pep.Name   // the kept roots that still need it
	Root     bool         // a line of the requirements asks for it
	From     string       // that line, or a package that requires it
	Layers   []int        // of the image that hold bytes of it
	Status   Status
	CanDrop  bool   // it is a Python package of the graph
	Where    string // what tells it from others of its name: a folder, an architecture
	Place    string // the end of Where, as much as is needed for that

	node     int   // in the graph, -1 if it is not in it
	packages []int // of the ledger
}

// Gone reports whether the package goes under the plan.
func (r *Row) Gone() bool {
	return r.Status == Dropped || r.Status == Freed || r.Status == Swapped || r.Status == DevOnly
}

// Graph returns who needs whom in the open build: by the requirements if there
// are any, else by what is installed in the image. nil if neither is known.
func (s *Session) Graph() *depgraph.Graph { return s.Build.Graph() }

// recount makes the rows anew for the build and the plan, in their order.
func (s *Session) recount() {
	g, ledger := s.Build.Graph(), s.Build.Ledger()
	if g == nil {
		s.Rows, s.byKey, s.Preview = nil, nil, plan.Preview{}
		s.addUnmanaged(ledger)
		s.index()
		s.weighBudget()
		return
	}
	if s.subjectOf != s.Build {
		s.subject, s.subjectOf = s.Build.Subject(), s.Build
	}
	s.Preview = s.subject.Apply(s.Plan)
	s.estimate()
	s.weighBudget()
	frees := s.Preview.Removal.Frees()
	if len(s.Rows) > 0 && s.rowsOf == s.Build {
		for i := range s.Rows {
			s.Rows[i].count(s, frees)
		}
		return
	}
	s.Rows, s.rowsOf = make([]Row, 0, len(g.Nodes())), s.Build
	fromDeps := s.Build.Deps != nil
	for i, n := range g.Nodes() {
		r := Row{Kind: string(attribution.Python), Name: n.Name, Version: layer.Printable(n.Version), Download: n.Download, Unpacked: n.Unpacked,
			Basis: cmp.Or(n.UnpackedBasis, n.Reason), Root: g.IsRoot(i) && fromDeps, CanDrop: true, node: i}
		r.Key = r.Kind + ":" + string(n.Name)
		if first, _ := g.Index(n.Name); first != i {
			r.Key += fmt.Sprintf("#%d", i)
		}
		r.From = from(g, i, fromDeps)
		s.Rows = append(s.Rows, r)
	}
	s.addUnmanaged(ledger)
	s.index()
	for i := range s.Rows {
		s.Rows[i].count(s, frees)
	}
}

// Relabel words what is shown anew, as in another language.
func (s *Session) Relabel() {
	if s.Build == nil {
		return
	}
	s.rowsOf = nil
	if s.Saved == nil {
		s.Title = s.Reference()
	}
	s.replace(s.Build)
}

// topLevel is said of what is installed though nothing requires it.
func topLevel() string { return texts.T("top level") }

// from tells why a package is there: the line that asks for it, or one of the
// packages that require it.
func from(g *depgraph.Graph, i int, fromDeps bool) string {
	name := g.Nodes()[i].Name
	if g.IsRoot(i) {
		if !fromDeps {
			return topLevel()
		}
		for _, r := range g.Roots() {
			if r.Requirement.Name == name {
				return place(r.File, r.Line)
			}
		}
	}
	return someOf(g.RequiredBy(name))
}

// someOf names the first of some packages, and how many more there are.
func someOf(by []pep.Name) string {
	switch len(by) {
	case 0:
		return ""
	case 1:
		return string(by[0])
	}
	return texts.F("%s and %d more", by[0], len(by)-1)
}

// place tells where a line is. The name of a usual file goes without saying.
func place(file string, line int) string {
	switch name := base(file); {
	case line == 0:
		return name
	case name == "requirements.txt" || name == "pyproject.toml":
		return texts.F("line %d", line)
	default:
		return fmt.Sprintf("%s:%d", name, line)
	}
}

// addUnmanaged adds the packages of the image that are not in the graph: those
// of other kinds, and Python distributions that the requirements do not name.
func (s *Session) addUnmanaged(l *attribution.Ledger) {
	s.rowOfPackage = nil
	if l == nil {
		return
	}
	s.rowOfPackage = make([]int, len(l.Packages))
	home := s.rowFinder()
	seen := map[string]int{}
	needs := neededBy(l)
	for at, p := range l.Packages {
		s.rowOfPackage[at] = -1
		i := home(&p)
		switch {
		case i >= 0:
		case s.Build.Deps != nil && s.Build.Image.Scale != "":
			continue // the sizes of a scale model do not stand beside real ones
		default:
			r := Row{Kind: string(p.Kind), Name: pep.Name(layer.Printable(p.Name)), Version: layer.Printable(p.Version), Unpacked: bytesize.Of(p.Unpacked),
				Basis: texts.T("the files in the image"), From: someOf(needs[at]), node: -1}
			r.Key = r.Kind + ":" + p.Name
			if seen[r.Key]++; seen[r.Key] > 1 {
				r.Key += fmt.Sprintf("#%d", seen[r.Key])
			}
			i = len(s.Rows)
			s.Rows = append(s.Rows, r)
		}
		s.rowOfPackage[at] = i
		s.Rows[i].take(at, &p)
	}
	s.tellApart(l)
}

// count brings what depends on the plan up to date.
func (r *Row) count(s *Session, frees []depgraph.Sum) {
	if r.node < 0 {
		return
	}
	removal := s.Preview.Removal
	dev := s.Plan.MovesToDev(r.Name)
	asked := s.Plan.Drops(r.Name) || dev
	switch gone := removal.Gone(r.node); {
	case s.swapped(r.Name) != nil:
		r.Status = Swapped
	case gone && dev:
		r.Status = DevOnly
	case gone && asked:
		r.Status = Dropped
	case gone:
		r.Status = Freed
	case asked:
		r.Status = Holding
	default:
		r.Status = Stays
	}
	r.Frees, r.HeldBy = frees[r.node], nil
	// Only what is asked for by name and stays without its line is held.
	if !r.Gone() && removal.Graph().IsRoot(r.node) && r.Frees.Packages == 0 {
		r.HeldBy = removal.HeldBy(r.Name)
	}
}

func (s *Session) index() {
	s.byKey = make(map[string]int, len(s.Rows))
	for i := range s.Rows {
		s.byKey[s.Rows[i].Key] = i
	}
}

// A By is what a table is sorted by.
type By string

// What rows can be sorted by. ByOwn is the figure that the treemap shows.
const (
	ByName     By = "name"
	ByVersion  By = "version"
	ByOwn      By = "own"
	ByDownload By = "download"
	ByUnpacked By = "unpacked"
	ByFrees    By = "frees"
	ByHeld     By = "held"
	ByFrom     By = "from"
	ByStatus   By = "status"
)

// A Sort is an order of rows.
type Sort struct {
	By   By
	Down bool // the largest first
}

// SortBy orders the rows. Nothing else does: a toggle leaves them in place.
func (s *Session) SortBy(by By, down bool) {
	s.Sort = Sort{by, down}
	s.sortRows()
	s.changed()
}

// SetFilter shows only packages whose name, origin, kind, place or status has text
// in it.
func (s *Session) SetFilter(text string) {
	if text == s.Filter {
		return
	}
	s.Filter = text
	s.sortRows()
	s.findFiles()
	if s.Compare != nil {
		s.listCompare()
	}
	s.changed()
}

// Select makes the package with that key the selected one, in all views.
func (s *Session) Select(key string) {
	if key == s.Selected {
		return
	}
	s.Selected = key
	s.changed()
}

// Visible returns how many rows the filter lets through, At the i-th of them.
func (s *Session) Visible() int { return len(s.view) }

// At returns the i-th visible row.
func (s *Session) At(i int) *Row { return &s.Rows[s.view[i]] }

// Row returns the row with that key, or nil.
func (s *Session) Row(key string) *Row {
	if i, ok := s.byKey[key]; ok {
		return &s.Rows[i]
	}
	return nil
}

func (s *Session) sortRows() {
	s.Ordered++
	s.view = s.view[:0]
	words := strings.Fields(strings.ToLower(s.Filter))
	for i := range s.Rows {
		if s.Rows[i].matches(words) {
			s.view = append(s.view, i)
		}
	}
	compare := s.comparison()
	slices.SortStableFunc(s.view, func(a, b int) int {
		x, y := &s.Rows[a], &s.Rows[b]
		c := compare(x, y)
		if s.Sort.Down {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(x.Name, y.Name))
	})
}

func (r *Row) matches(words []string) bool {
	text := strings.ToLower(string(r.Name) + " " + r.Version + " " + r.From + " " + r.Kind + " " + r.Where + " " + r.Status.String())
	return matchesAll(text, words)
}

func (s *Session) comparison() func(a, b *Row) int {
	switch s.Sort.By {
	case ByVersion:
		return func(a, b *Row) int { return compareVersions(a.Version, b.Version) }
	case ByOwn:
		return func(a, b *Row) int {
			return cmp.Or(compareAmounts(s.Own(a), s.Own(b)), compareAmounts(a.Unpacked, b.Unpacked))
		}
	case ByDownload:
		return func(a, b *Row) int { // of what an image has nobody knows the download
			return cmp.Or(compareAmounts(a.Download, b.Download), compareAmounts(a.Unpacked, b.Unpacked))
		}
	case ByUnpacked:
		return func(a, b *Row) int { return compareAmounts(a.Unpacked, b.Unpacked) }
	case ByFrees:
		return func(a, b *Row) int { return cmp.Compare(s.FreesOwn(a).Size, s.FreesOwn(b).Size) }
	case ByHeld:
		return func(a, b *Row) int { return cmp.Compare(len(a.HeldBy), len(b.HeldBy)) }
	case ByFrom:
		return func(a, b *Row) int { return cmp.Compare(a.From, b.From) }
	case ByStatus:
		return func(a, b *Row) int { return cmp.Compare(a.Status, b.Status) }
	}
	return func(a, b *Row) int { return cmp.Compare(a.Name, b.Name) }
}

// compareAmounts puts unknown sizes below all others.
func compareAmounts(a, b bytesize.Amount) int {
	if (a.Basis == bytesize.Unknown) != (b.Basis == bytesize.Unknown) {
		return cmp.Compare(min(a.Basis, 1), min(b.Basis, 1))
	}
	return cmp.Compare(a.Size, b.Size)
}

// ByUnpackedSize reports whether the window weighs by unpacked size: an image
// does not tell what was downloaded for a package.
func (s *Session) ByUnpackedSize() bool { return s.Build == nil || s.Build.Deps == nil }

// Own returns the row's figure that the window weighs by.
func (s *Session) Own(r *Row) bytesize.Amount {
	if s.ByUnpackedSize() {
		return r.Unpacked
	}
	return r.Download
}

// FreesOwn is Own of what goes with the row.
func (s *Session) FreesOwn(r *Row) bytesize.Total {
	if s.ByUnpackedSize() {
		return r.Frees.Unpacked
	}
	return r.Frees.Download
}

// Title returns how a build opened from sources is called.
func Title(sources []string) string {
	switch len(sources) {
	case 0:
		return ""
	case 1:
		if sources[0] == SampleSource {
			return texts.T("speech-api (sample)")
		}
		return base(sources[0])
	}
	var names []string
	for i, s := range sources {
		if s != "-c" && (i == 0 || sources[i-1] != "-c") {
			names = append(names, base(s))
		}
	}
	return strings.Join(names, " + ")
}

// base returns the last part of a path, the image of a pasted command, and anything
// else as it is.
func base(source string) string {
	if name, ok := strings.CutPrefix(source, SampleSource+":"); ok {
		return name
	}
	if image, _, ok := oci.Pulled(source); ok && image != "" {
		return image
	}
	if i := strings.LastIndexAny(source, `/\`); i >= 0 && !strings.Contains(source, ":") {
		return source[i+1:]
	}
	return source
}

// Warnings returns those of the open build.
func (s *Session) Warnings() []analysis.Warning {
	if s.Build == nil {
		return nil
	}
	return s.Build.Warnings
}
