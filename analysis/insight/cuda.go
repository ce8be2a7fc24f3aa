package insight

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/depgraph"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// gpuFrameworks are packages that run on a CPU as well, and whose usual files
// from PyPI on Linux bring or require CUDA.
var gpuFrameworks = map[pep.Name]bool{
	"torch": true, "torchvision": true, "torchaudio": true, "jax": true, "jaxlib": true, "tensorflow": true,
}

// gpuOnly reports whether a package does nothing without a GPU of NVIDIA. The
// readers of a GPU's state (nvidia-ml-py) are small and are no part of CUDA.
func gpuOnly(name pep.Name) bool {
	s := string(name)
	switch {
	case s == "nvidia-ml-py" || s == "nvidia-ml-py3":
		return false
	case s == "triton" || s == "pytorch-triton":
		return true
	}
	for _, prefix := range []string{"nvidia-", "cupy-cuda", "jax-cuda", "tensorrt", "cuda-bindings", "cuda-python", "cuda-toolkit"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// gpuLibraries begin the names of CUDA's shared libraries, wherever they lie.
var gpuLibraries = []string{
	"libtorch_cuda", "libc10_cuda", "libcaffe2_nvrtc", "libcudart", "libcudnn", "libcublas", "libcufft", "libcufile", "libcupti", "libcurand",
	"libcusolver", "libcusparse", "libnccl", "libnpp", "libnvJitLink", "libnvToolsExt", "libnvblas", "libnvinfer", "libnvjpeg", "libnvrtc", "libnvshmem", "libnvptxcompiler",
}

func gpuLibrary(name string) bool {
	return strings.HasPrefix(name, "lib") && strings.Contains(name, ".so") && slices.ContainsFunc(gpuLibraries, func(p string) bool { return strings.HasPrefix(name, p) })
}

// gpuSystem reports whether a package of the system is a part of CUDA.
func gpuSystem(p *attribution.Package) bool {
	if p.Kind != attribution.Deb && p.Kind != attribution.RPM {
		return false
	}
	return strings.HasPrefix(p.Name, "cuda-") || strings.HasPrefix(p.Name, "libcudnn") || strings.HasPrefix(p.Name, "libcublas") ||
		strings.HasPrefix(p.Name, "libnccl") || strings.HasPrefix(p.Name, "libcusparse") || strings.HasPrefix(p.Name, "libnpp")
}

// cuda tells of what only a GPU can use: packages that go when their framework is
// installed in its build for the CPU, and CUDA's libraries in an image. That
// nothing has a GPU is for the user to know.
func (f *finder) cuda() {
	x := Insight{ID: "cuda", Certainty: Possible,
		Text: "Only a machine with a GPU of NVIDIA can use these. Where none is, the build for the CPU does the same work.",
		Risk: "Breaks what asks for a GPU (\"cuda\" as a device). Speed on a CPU does not change."}
	goes := f.gpuPackages(&x)
	rows := f.gpuInstalled(&x, goes)
	if f.in.Deps != nil {
		x.Download = amountOf(sumOf(f.g, goes).Download)
		if len(rows) == 0 {
			rows = f.gpuRequired(goes)
		}
	}
	if x.Rows = rows; len(rows) == 0 {
		return
	}
	x.Counts, x.Bytes = Unpacked, bytesize.Of(f.sizeOf(x.extent))
	what := "CUDA in the image"
	if len(x.extent.files)+len(x.extent.owned) == 0 {
		x.Counts, x.Bytes, what = Download, x.Download, "CUDA to download"
	}
	if x.Bytes.Basis != bytesize.Unknown && x.Bytes.Size < gpuLeast {
		return
	}
	packages := ""
	if n := len(x.extent.names); n > 0 {
		packages = fmt.Sprintf(" (%s)", count(n, "package", "packages"))
	}
	x.Title = fmt.Sprintf("%s of %s%s that only a GPU can use", x.Bytes, what, packages)
	f.add(x)
}

// gpuLeast is what a finding about CUDA has at least: stubs and loaders of some
// kilobytes are part of builds for the CPU, too.
const gpuLeast = bytesize.MB

// gpuPackages returns the nodes of the graph that go when the frameworks do not
// ask for CUDA, and says in x how.
func (f *finder) gpuPackages(x *Insight) []int {
	g := f.g
	if g == nil {
		return nil
	}
	nodes := g.Nodes()
	var edges []depgraph.Edge
	swapped := map[int]bool{}
	for _, e := range g.Edges() {
		if gpuFrameworks[nodes[e.From].Name] && gpuOnly(nodes[e.To].Name) {
			swapped[e.From] = true
			continue
		}
		edges = append(edges, e)
	}
	var roots []depgraph.Root
	for _, r := range g.Roots() {
		if gpuOnly(r.Requirement.Name) {
			x.Apply.Drop = append(x.Apply.Drop, r.Requirement.Name)
			continue
		}
		roots = append(roots, r)
	}
	if len(swapped) == 0 && len(roots) == len(g.Roots()) {
		return nil
	}
	without, before := depgraph.NewGraph(slices.Clone(nodes), edges, roots).Without(), g.Without()
	var goes []int
	for i := range nodes {
		if before.Kept(i) && !without.Kept(i) {
			goes = append(goes, i)
			x.extent.names = append(x.extent.names, nodes[i].Name)
		}
	}
	if f.in.Deps != nil {
		x.extent.deps = goes
	}
	slices.Sort(x.Apply.Drop)
	x.Apply.Drop = slices.Compact(x.Apply.Drop)
	f.gpuFix(x, swapped)
	return goes
}

// gpuFix says how to install the frameworks without CUDA.
func (f *finder) gpuFix(x *Insight, swapped map[int]bool) {
	for i, n := range f.g.Nodes() {
		if !swapped[i] {
			continue
		}
		switch n.Name {
		case "torch":
			f.torchFix(x, n)
		case "tensorflow", "jax", "jaxlib":
			x.Fix = append(x.Fix, "# ask for "+string(n.Name)+" without its CUDA extra:", "pip install "+pinned(n))
		}
	}
	if len(x.Apply.Drop) > 0 {
		x.Fix = append(x.Fix, fmt.Sprintf("# take out of the requirements: %s", join(x.Apply.Drop)))
	}
}

// torchFix swaps torch for its build for the CPU, and with it the packages that
// are built against one of the two.
func (f *finder) torchFix(x *Insight, torch depgraph.Node) {
	x.Apply.Swap = map[pep.Name]string{"torch": "cpu"}
	pins, lines := pinned(torch), []string{"# in requirements.txt:", "--extra-index-url https://download.pytorch.org/whl/cpu", pinned(torch) + "+cpu"}
	for _, name := range []pep.Name{"torchaudio", "torchvision"} {
		if i, ok := f.g.Index(name); ok {
			x.Apply.Swap[name] = "cpu"
			pins += " " + pinned(f.g.Nodes()[i])
			lines = append(lines, pinned(f.g.Nodes()[i])+"+cpu")
		}
	}
	x.Fix = append(x.Fix, "pip install "+pins+" --index-url https://download.pytorch.org/whl/cpu")
	x.Fix = append(x.Fix, lines...)
}

// pinned returns "torch==2.7.1" without a local version, or the name alone.
func pinned(n depgraph.Node) string {
	if n.Version == "" {
		return string(n.Name)
	}
	version, _, _ := strings.Cut(n.Version, "+")
	return string(n.Name) + "==" + version
}

// gpuRequired returns a row for each package of the requirements that goes.
func (f *finder) gpuRequired(goes []int) (rows []Row) {
	for _, i := range goes {
		n := f.g.Nodes()[i]
		r := f.row(n.Name)
		r.Bytes = n.Download
		rows = append(rows, r)
	}
	return rows
}

// gpuInstalled puts what of CUDA is in the image into x: the packages that go,
// those of the system, and libraries of the names that CUDA's have.
func (f *finder) gpuInstalled(x *Insight, goes []int) (rows []Row) {
	if f.l == nil {
		return nil
	}
	names := map[pep.Name]bool{}
	for _, i := range goes {
		names[f.g.Nodes()[i].Name] = true
	}
	packages := f.packagesNamed(func(p *attribution.Package) bool {
		return p.Kind == attribution.Python && names[pep.Name(p.Name)] || gpuSystem(p)
	})
	f.take(&x.extent, packages)
	for _, i := range packages {
		p := &f.l.Packages[i]
		r := f.row(pep.Name(p.Name))
		r.Path, r.Version, r.Layer, r.Bytes, r.Files = p.Path, p.Version, layerOf(p), bytesize.Of(p.Unpacked), p.Files
		rows = append(rows, r)
		if p.Kind != attribution.Python {
			x.extent.names = append(x.extent.names, pep.Name(p.Name))
		}
	}
	return append(rows, f.gpuFiles(x, f.marked(packages))...)
}

// gpuFiles adds CUDA's libraries that lie elsewhere: in the wheel of a framework,
// or loose. A row is a folder. Those of packages that stay because something
// needs them are left alone.
func (f *finder) gpuFiles(x *Insight, taken []bool) (rows []Row) {
	at := map[layer.Node]int{} // folder → row
	for n, own := range f.own {
		node := layer.Node(n)
		if own == 0 || f.owner[n] > 0 && (taken[f.owner[n]-1] || gpuOnly(pep.Name(f.l.Packages[f.owner[n]-1].Name))) || !gpuLibrary(f.t.Name(node)) {
			continue
		}
		x.extent.files = append(x.extent.files, node)
		dir := f.t.Parent(node)
		i, ok := at[dir]
		if !ok {
			i = len(rows)
			at[dir] = i
			rows = append(rows, Row{Path: f.t.FullPath(dir), Layer: f.t.LayerOf(node), Bytes: bytesize.Of(0)})
			if o := f.owner[n]; o > 0 {
				p := &f.l.Packages[o-1]
				rows[i].Package, rows[i].Version = pep.Name(p.Name), p.Version
				rows[i].Note = "inside a package that stays: its CUDA libraries only"
			}
		}
		rows[i].Bytes.Size += bytesize.Size(own)
		rows[i].Files++
	}
	slices.Sort(x.extent.files)
	return rows
}

// row returns a row about a package, with the line that asks for it, or the
// shortest way to it.
func (f *finder) row(name pep.Name) Row {
	r := Row{Package: name, Layer: -1}
	if f.g == nil {
		return r
	}
	i, ok := f.g.Index(name)
	if !ok {
		return r
	}
	r.Version = f.g.Nodes()[i].Version
	for _, root := range f.g.Roots() {
		if root.Requirement.Name == name {
			r.File, r.Line = root.File, root.Line
			return r
		}
	}
	if by := f.g.RequiredBy(name); len(by) > 0 {
		r.Note = "required by " + join(by[:min(len(by), 3)])
	}
	return r
}

// sumOf adds up nodes of a graph.
func sumOf(g *depgraph.Graph, nodes []int) (s depgraph.Sum) {
	for _, i := range nodes {
		n := &g.Nodes()[i]
		s.Packages++
		s.Download.Add(n.Download)
		s.Unpacked.Add(n.Unpacked)
	}
	return s
}

// count returns "1 package", "3 packages".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return bytesize.Size(n).Grouped() + " " + many
}

func join(names []pep.Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
