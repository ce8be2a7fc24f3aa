package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/pep"
)

// The strategies, as JSON and the command line name them.
const (
	AsIs       = "as-is"       // nothing changes
	Production = "production"  // without what is there for development
	CPUOnly    = "cpu-only"    // variants without a GPU
	MultiStage = "multi-stage" // what builds stays in a stage of its own
	BaseImage  = "base-image"  // the heavy packages in a base of their own
	OpenedBase = "opened-base" // on the image that was opened beside the requirements
	Current    = "plan"        // the plan as it is
)

// A Strategy is a way to a lighter build, with what it would come to.
type Strategy struct {
	Name  string
	Title string
	Plan  Plan // what it switches on
	// Download, Unpacked and LargestLayer are of the whole image, its base
	// included; LargestLayer is compressed.
	Download, Unpacked, LargestLayer bytesize.Total
	Packages                         int
	// Edit is what a host that has the image pulls again after a requirement was
	// changed.
	Edit    bytesize.Total
	Seconds Range // of a build from nothing, pushed
	Parts   []TimePart
	Remarks []string
	Base    Base       // that it starts from
	Heavy   []pep.Name // of BaseImage: what its base holds
}

// Strategies are the ways out on one scale.
type Strategies struct {
	List []Strategy
	// Recommended names one of them, and Why says why in a sentence.
	Recommended, Why string
	Speeds           Speeds
}

// Find returns the strategy of that name.
func (s Strategies) Find(name string) (Strategy, bool) {
	i := slices.IndexFunc(s.List, func(x Strategy) bool { return x.Name == name })
	if i < 0 {
		return Strategy{}, false
	}
	return s.List[i], true
}

// StrategyOptions say what is known beside the subject.
type StrategyOptions struct {
	Python string     // "3.11"
	Speeds Speeds     // the zero value has the defaults
	Dev    []pep.Name // roots that are known not to be for production, by groups or evidence
	Base   *Base      // the image that was opened beside the requirements, to start from
}

// Strategies returns the ways out for the subject: as it is, for production only,
// for computers without a GPU, in several stages, on a base of one's own, on the
// image that was opened beside the requirements, and under p. What fits nothing in the build says so in its remarks.
func (s *Subject) Strategies(p Plan, o StrategyOptions) Strategies {
	m := s.maker(o)
	out := Strategies{Speeds: m.o.Speeds}
	out.List = []Strategy{
		m.make(AsIs, "As it is", Plan{}),
		m.production(),
		m.cpuOnly(),
		m.multiStage(),
		m.onBase(),
	}
	if o.Base != nil && s.Ledger != nil && !s.Installed {
		out.List = append(out.List, m.onOpened())
	}
	out.List = append(out.List, m.make(Current, "The plan", p))
	out.recommend()
	return out
}

// Time returns about how long a build of the preview takes from nothing, pushed: what
// a strategy of its plan would say.
func (v Preview) Time(o StrategyOptions) Range {
	m := v.subject.maker(o)
	return m.weigh(v).Seconds
}

// A maker makes strategies for one subject.
type maker struct {
	s    *Subject
	o    StrategyOptions
	base Base
}

func (s *Subject) maker(o StrategyOptions) maker {
	o.Speeds = o.Speeds.withDefaults()
	return maker{s: s, o: o, base: baseFor(cmp.Or(o.Python, "3.11"))}
}

// make weighs a plan.
func (m *maker) make(name, title string, p Plan) Strategy {
	x := m.weigh(m.s.Apply(p))
	x.Name, x.Title, x.Plan = name, title, p
	return x
}

// weigh weighs a preview as an image of the base with one layer of packages; of a
// subject without requirements as the image itself.
func (m *maker) weigh(v Preview) Strategy {
	x := Strategy{Packages: v.After.Packages, Base: m.base, Remarks: slices.Clone(v.Problems)}
	if m.s.Installed && v.Image != nil {
		m.weighImage(&x, &v)
		return x
	}
	packages, code := v.After, v.pythonCode()
	var base Strategy // its sums
	base.Download.Add(m.base.amount(m.base.Download))
	x.Download, x.Unpacked = plus(base.Download, packages.Download), packages.Unpacked
	x.Unpacked.Add(m.base.unpacked())
	x.LargestLayer = estimated(packages.Download)
	if l := m.base.largest(); l.Size > x.LargestLayer.Size {
		x.LargestLayer = bytesize.Total{}
		x.LargestLayer.Add(l)
	}
	x.Edit = estimated(packages.Download)
	x.Parts, x.Seconds = m.o.Speeds.times(base.Download, packages.Download, packages.Unpacked, code, packages.Download)
	if n := packages.Download.Unknown + packages.Unpacked.Unknown; n > 0 {
		x.Remarks = append(x.Remarks, fmt.Sprintf("%s, so sizes and times are at least these.", missing(n)))
	}
	return x
}

// weighImage takes the figures of the image under the plan.
func (m *maker) weighImage(x *Strategy, v *Preview) {
	i := v.Image
	x.Download, x.Unpacked = i.DownloadAfter, i.AfterTotal()
	first := m.s.firstOfPackages()
	var content bytesize.Total
	for _, l := range i.Layers {
		if l.After.Size > x.LargestLayer.Size || l.After.Basis == bytesize.Unknown {
			x.LargestLayer = bytesize.Total{Unknown: x.LargestLayer.Unknown}
			x.LargestLayer.Add(l.After)
		}
		if l.Index >= first {
			x.Edit.Add(l.After)
			if c := m.s.layer(l.Index).Content; c >= 0 {
				content.Add(bytesize.About(c - int64(l.Freed) - int64(l.Squashed)))
			}
		}
	}
	rest := x.Download.Sub(x.Edit)
	said := fmt.Sprintf("By the image that was opened: an edit rebuilds layer %d and those above it.", first)
	if first >= len(i.Layers) {
		x.Edit.Unknown++
		said = "No layer of the image brings Python packages of its own, so nobody knows which ones an edit rebuilds."
	}
	x.Parts, x.Seconds = m.o.Speeds.times(rest, x.Edit, content, v.pythonCode(), x.Edit)
	x.Remarks = append(x.Remarks, said)
}

// firstOfPackages returns the first layer that brings a Python distribution that
// the image's own Python did not come with: with pip, setuptools or wheel only,
// it is the base's.
func (s *Subject) firstOfPackages() int {
	first := s.layerCount()
	for _, p := range s.Ledger.Packages {
		if p.Kind != "python" || slices.Contains([]string{"pip", "setuptools", "wheel"}, p.Name) {
			continue
		}
		for _, b := range p.Layers {
			if b.Bytes > 0 {
				first = min(first, b.Index)
			}
		}
	}
	return first
}

func plus(a, b bytesize.Total) bytesize.Total {
	return bytesize.Total{Size: a.Size + b.Size, Unknown: a.Unknown + b.Unknown, Estimated: a.Estimated + b.Estimated}
}

// estimated returns t as an estimate: wheels are as compressed as layers are,
// but not to the byte.
func estimated(t bytesize.Total) bytesize.Total {
	t.Estimated = max(t.Estimated, 1)
	return t
}

// pythonCode returns about how much Python code is compiled: what wheels say of
// it, else six tenths of a pure wheel and eight hundredths of a compiled one.
func (v *Preview) pythonCode() (t bytesize.Total) {
	const pyc = 1.3
	v.eachKept(func(n *depgraph.Node, strip bytesize.Size) {
		switch size := int64(n.Unpacked.Size - strip); {
		case n.Contents != nil:
			t.Add(bytesize.About(int64(float64(n.Contents.Pyc) / pyc)))
		case n.Unpacked.Basis == bytesize.Unknown, strings.HasPrefix(string(n.Name), "nvidia-"):
		case strings.HasSuffix(n.File, "-none-any.whl"):
			t.Add(bytesize.About(size * 6 / 10))
		default:
			t.Add(bytesize.About(size * 8 / 100))
		}
	})
	return t
}

// roots returns the names that lines ask for, each once.
func (m *maker) roots() (names []pep.Name) {
	for _, r := range m.s.Graph.Roots() {
		names = append(names, r.Requirement.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (m *maker) production() Strategy {
	p := Plan{}
	for _, n := range m.roots() {
		switch {
		case !slices.Contains(m.o.Dev, n) && !ForDevelopment(n):
		case m.s.Installed:
			p = p.With(n, true) // there is no line to move
		default:
			p = p.WithDev(n, true)
		}
	}
	x := m.make(Production, "Production-only requirements", p)
	if p.Empty() {
		x.Remarks = append(x.Remarks, "Nothing is known to be for development only: reading your sources tells what they do not import, and a line can be moved to a list for development by hand.")
	} else {
		x.Remarks = append(x.Remarks, "For development only: "+join(p.Names())+". Check that the application starts and its tests pass without them.")
	}
	return x
}

func (m *maker) cpuOnly() Strategy {
	p := Plan{}
	for _, v := range variants() {
		if _, ok := m.s.Graph.Index(v.Package); ok && v.Variant == "cpu" {
			p = p.WithSwap(v.Package, v.Variant)
		}
	}
	x := m.make(CPUOnly, "Builds for computers without a GPU", p)
	if len(p.Swap) == 0 {
		x.Remarks = append(x.Remarks, "No package of the build has a variant without GPU support that is known here.")
		return x
	}
	x.Remarks = append(x.Remarks, "Only where no GPU is used: nothing falls back by itself.")
	return x
}

// multiStage copies what the last layer shows into a new image: of an image that
// was opened, without the waste of its lower layers.
func (m *maker) multiStage() Strategy {
	p, waste := Plan{}, m.s.waste()
	if waste > 0 {
		p = p.WithSquash(true)
	}
	x := m.make(MultiStage, "Multi-stage build", p)
	if waste > 0 {
		x.Remarks = append(x.Remarks, fmt.Sprintf("Leaves behind what later layers hide in lower ones: %s. So does squashing.", waste))
	}
	tools := m.s.buildTools()
	var built []pep.Name
	for _, n := range m.s.Graph.Nodes() {
		if n.File != "" && !strings.HasSuffix(n.File, ".whl") {
			built = append(built, n.Name)
		}
	}
	switch {
	case tools > 0 && !m.s.Installed: // the figures are those of a slim image, which has none
		x.Remarks = append(x.Remarks, fmt.Sprintf("The image that was opened has build tools of its operating system, %s unpacked: they stay behind, as in the figures here.", tools))
	case tools > 0:
		x.Unpacked.Size -= tools
		x.Remarks = append(x.Remarks, fmt.Sprintf("Leaves build tools of the image's operating system behind: %s unpacked.", tools))
	case m.s.Installed && waste > 0:
	case m.s.Installed:
		x.Remarks = append(x.Remarks, "Barely helps here: no compiler and no headers of the operating system are in the image.")
	case len(built) > 0:
		x.Remarks = append(x.Remarks, "Barely helps here: all but "+join(built)+" come as wheels. Build tools stay behind if those need any.")
	default:
		x.Remarks = append(x.Remarks, "Barely helps here: everything comes as wheels, so only build tools would stay behind, and none are needed.")
	}
	return x
}

// waste returns what later layers of an image hide in lower ones, 0 where a build
// is made of requirements.
func (s *Subject) waste() (sum bytesize.Size) {
	if !s.Installed || s.Ledger == nil {
		return 0
	}
	for i := range s.layerCount() {
		sum += bytesize.Size(s.layer(i).Waste)
	}
	return sum
}

// buildTools returns what the image has of packages that only compile.
func (s *Subject) buildTools() (sum bytesize.Size) {
	if s.Ledger == nil || s.Scale > 1 && !s.Installed {
		return 0
	}
	for _, p := range s.Ledger.Packages {
		if p.Kind == "deb" && isBuildTool(p.Name) {
			sum += bytesize.Size(p.Unpacked)
		}
	}
	return sum
}

func isBuildTool(deb string) bool {
	for _, prefix := range []string{"gcc-", "g++-", "cpp-", "binutils", "libgcc-1", "libstdc++-1"} {
		if strings.HasPrefix(deb, prefix) && (!strings.HasPrefix(prefix, "lib") || strings.HasSuffix(deb, "-dev")) && !strings.HasSuffix(deb, "-base") {
			return true
		}
	}
	return slices.Contains([]string{"gcc", "g++", "cpp", "make", "cmake", "build-essential", "dpkg-dev", "libc6-dev", "linux-libc-dev", "libc-dev-bin", "python3-dev"}, deb)
}

// onBase puts the heaviest packages, four fifths of the bytes, into a base.
func (m *maker) onBase() Strategy {
	x := m.make(BaseImage, "A base image with the heavy packages", Plan{})
	g := m.s.Graph
	order := make([]int, 0, len(g.Nodes()))
	all := g.Without()
	weight := func(i int) bytesize.Size { return cmp.Or(g.Nodes()[i].Download.Size, g.Nodes()[i].Unpacked.Size) }
	var total bytesize.Size
	for i := range g.Nodes() {
		if all.Kept(i) {
			order = append(order, i)
			total += weight(i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(b), weight(a)) })
	var in bytesize.Size
	var rest depgraph.Sum
	for _, i := range order {
		n := g.Nodes()[i]
		if in < total*4/5 {
			in += weight(i)
			x.Heavy = append(x.Heavy, n.Name)
			continue
		}
		rest.Packages++
		rest.Download.Add(n.Download)
		rest.Unpacked.Add(n.Unpacked)
	}
	slices.Sort(x.Heavy)
	if m.s.Installed {
		x.Remarks = append(x.Remarks, "How much of the image's download that is nobody knows: an image does not tell it by package.")
		x.Edit = bytesize.Total{Unknown: 1}
		return x
	}
	x.LargestLayer = bytesize.Total{Size: in, Estimated: 1}
	x.Edit = estimated(rest.Download)
	x.Parts, x.Seconds = m.o.Speeds.times(bytesize.Total{}, rest.Download, rest.Unpacked, bytesize.Total{Size: rest.Unpacked.Size / 5, Estimated: 1}, rest.Download)
	x.Remarks = append(x.Remarks,
		fmt.Sprintf("Frees nothing: it moves %s of %s into an image that builds and hosts keep.", in, total),
		"The time is that of a build where the base is there already; the first pull is as large as before, and a new version of a heavy package rebuilds the base.",
	)
	return x
}

// recommend names the strategy that pulls least without changing what the code
// can do, and says why.
func (s *Strategies) recommend() {
	now := s.List[0]
	best := now
	for _, x := range s.List[1:] {
		if x.Name != BaseImage && x.Download.Unknown <= now.Download.Unknown &&
			(x.Download.Size < best.Download.Size || x.Name == Current && x.Download.Size == best.Download.Size && best.Name != AsIs) {
			best = x
		}
	}
	saved := now.Download.Size - best.Download.Size
	switch {
	case best.Name == AsIs || saved < now.Download.Size/20:
		s.Recommended = AsIs
		s.Why = "No way out here makes the image a twentieth lighter: look at what single packages free."
		if base, ok := s.Find(BaseImage); ok && base.Edit.Unknown == 0 && now.Edit.Size > 500*bytesize.MB && base.Edit.Size < now.Edit.Size/4 {
			s.Recommended = BaseImage
			s.Why = fmt.Sprintf("Nothing makes the image much lighter, but on a base of its own an edit pulls %s again instead of %s.", base.Edit, now.Edit)
		}
	default:
		s.Recommended = best.Name
		s.Why = fmt.Sprintf("It pulls %s instead of %s, and a build takes %s instead of %s.", best.Download, now.Download, best.Seconds, now.Seconds)
		if best.Name == CPUOnly {
			s.Why += " Right if production has no GPU."
		}
	}
}
