package insight

import (
	"cmp"
	"fmt"
	"slices"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// buildTools tells of compilers, headers and version control in the final image.
func (f *finder) buildTools() {
	if f.l == nil {
		return
	}
	what := map[int]string{}
	packages := f.packagesNamed(func(p *attribution.Package) bool {
		list := buildTools()[string(p.Kind)]
		if list == nil {
			return false
		}
		_, ok := list.of(p.Name)
		return ok
	})
	for _, i := range packages {
		p := &f.l.Packages[i]
		what[i], _ = buildTools()[string(p.Kind)].of(p.Name)
	}
	x := Insight{ID: "build-tools", Counts: Unpacked, Certainty: Possible,
		Text: "Compilers, headers and version control build the service; running it does without.",
		Fix: []string{
			"FROM python:3.12 AS build", "RUN python -m venv /venv && /venv/bin/pip install -r requirements.txt",
			"FROM python:3.12-slim", "COPY --from=build /venv /venv",
		},
		Risk: "triton and torch.compile call a C compiler while they run. What the packages' libraries need at run time (libpq5 beside libpq-dev) must stay."}
	f.take(&x.extent, packages)
	f.packageRows(&x, packages, func(i int) string { return what[i] })
	if x.Bytes = bytesize.Of(f.sizeOf(x.extent)); x.Bytes.Size == 0 {
		return
	}
	x.Title = fmt.Sprintf("%s of build tools (%s) in the final image", x.Bytes, count(len(packages), "package", "packages"))
	f.add(x)
}

// packageRows puts a row for each package into x.
func (f *finder) packageRows(x *Insight, packages []int, note func(i int) string) {
	for _, i := range packages {
		p := &f.l.Packages[i]
		x.Rows = append(x.Rows, Row{Package: pep.Name(p.Name), Version: p.Version, Path: p.Path, Layer: layerOf(p),
			Bytes: bytesize.Of(p.Unpacked), Files: p.Files, Note: note(i)})
		x.extent.names = append(x.extent.names, pep.Name(p.Name))
	}
}

// devOnly tells of roots that only developers and CI run, with what goes with
// them. Packages that something else needs stay.
func (f *finder) devOnly() {
	if f.g == nil {
		return
	}
	var roots []pep.Name
	for i, n := range f.g.Nodes() {
		if _, ok := devPackages().of(string(n.Name)); ok && f.g.IsRoot(i) {
			roots = append(roots, n.Name)
		}
	}
	x := Insight{ID: "dev-only", Certainty: Possible,
		Text: "These test, check or document the service; production does not import them.",
		Risk: "Breaks what runs tests or notebooks inside the production image."}
	f.dropped(&x, roots, func(name pep.Name) string {
		what, _ := devPackages().of(string(name))
		return what
	})
	if len(x.extent.names) == 0 {
		return
	}
	x.Fix = []string{"# move to requirements-dev.txt, which production does not install:"}
	for _, n := range roots {
		x.Fix = append(x.Fix, string(n))
	}
	x.Apply.Dev = roots
	x.Title = fmt.Sprintf("%s in %s for development only", x.Bytes, count(len(x.extent.names), "package", "packages"))
	f.add(x)
}

// dropped fills x with what goes when some roots are dropped together: bytes,
// rows, extent. Nothing goes if others hold all of them.
func (f *finder) dropped(x *Insight, roots []pep.Name, note func(pep.Name) string) {
	slices.Sort(roots)
	r := f.g.Without(roots...)
	x.extent.names = r.Freed()
	if len(x.extent.names) == 0 {
		return
	}
	for i, n := range f.g.Nodes() {
		if !r.Gone(i) {
			continue
		}
		if f.in.Deps != nil {
			x.extent.deps = append(x.extent.deps, i)
		}
		row := f.row(n.Name)
		row.Bytes = n.Download
		if s := note(n.Name); s != "" {
			row.Note = s
		}
		x.Rows = append(x.Rows, row)
	}
	if f.in.Deps != nil {
		x.Download = amountOf(r.Total().Download)
	}
	x.Counts, x.Bytes = Download, x.Download
	f.inImage(x)
}

// inImage counts what of x's packages lies in the image, if there is one.
func (f *finder) inImage(x *Insight) {
	packages := f.packagesNamed(func(p *attribution.Package) bool {
		if p.Kind != attribution.Python {
			return false
		}
		_, ok := slices.BinarySearch(x.extent.names, pep.Name(p.Name))
		return ok
	})
	if len(packages) == 0 {
		return
	}
	f.take(&x.extent, packages)
	x.Counts, x.Bytes = Unpacked, bytesize.Of(f.sizeOf(x.extent))
	for k := range x.Rows {
		r := &x.Rows[k]
		r.Bytes = bytesize.Amount{}
		for _, i := range packages {
			if p := &f.l.Packages[i]; pep.Name(p.Name) == r.Package {
				r.Bytes = bytesize.Of(r.Bytes.Size + bytesize.Size(p.Unpacked))
				r.Path, r.Version, r.Layer, r.Files = p.Path, p.Version, layerOf(p), r.Files+p.Files
			}
		}
		if r.Bytes.Basis == bytesize.Unknown {
			r.Note = "not in the image"
		}
	}
}

// copies tells of Python distributions that are installed in several places: in
// the system and in a virtual environment, by conda and by pip.
func (f *finder) copies() {
	if f.l == nil {
		return
	}
	groups := map[string][]int{}
	for i := range f.l.Packages {
		if p := &f.l.Packages[i]; p.Kind == attribution.Python && p.Unpacked > 0 {
			groups[p.Name] = append(groups[p.Name], i)
		}
	}
	x := Insight{ID: "package-copies", Counts: Unpacked, Certainty: Possible,
		Text: "One of the copies is imported, by the first place on sys.path that has it. The figure leaves out the largest copy of each.",
		Fix:  []string{"python -c 'import NAME; print(NAME.__file__)'   # which copy is used", "# install into one place: the environment of the service, or the system's, not both"},
		Risk: "Programs of the system may use its own copy (apt's packages in /usr/lib/python3/dist-packages)."}
	var extra []int
	names := 0
	for _, group := range groups {
		if len(group) < 2 {
			continue
		}
		names++
		slices.SortFunc(group, func(a, b int) int {
			return cmp.Or(cmp.Compare(f.l.Packages[b].Unpacked, f.l.Packages[a].Unpacked), cmp.Compare(a, b))
		})
		kept := &f.l.Packages[group[0]]
		f.packageRows(&x, group[1:], func(int) string { return "beside " + kept.Version + " in " + kept.Path })
		extra = append(extra, group[1:]...)
	}
	if len(extra) == 0 {
		return
	}
	f.take(&x.extent, extra)
	x.extent.names = nil // a name goes only if all its copies do
	x.Bytes = bytesize.Of(f.sizeOf(x.extent))
	x.Title = fmt.Sprintf("%s in further copies of %s", x.Bytes, count(names, "package", "packages"))
	f.add(x)
}
