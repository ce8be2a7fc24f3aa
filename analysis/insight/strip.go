package insight

import (
	"fmt"

	"weighline/analysis/bytesize"
	"weighline/analysis/fileclass"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
)

// classWords tell of one class of files inside packages.
var classWords = map[fileclass.Class]struct {
	what, text, risk string
	fix              []string
}{
	fileclass.Tests: {"tests inside packages", "Packages bring the tests that their makers run. Nothing imports them while a service runs.",
		"A few packages import helpers from their tests folder (numpy.testing does not lie in one). Try the imports of the service after stripping.",
		[]string{`RUN pip install -r requirements.txt && \`, `    find /usr/local/lib -path '*site-packages*' -type d \( -name tests -o -name test \) -prune -exec rm -rf {} +`}},
	fileclass.Bytecode: {"bytecode of packages", "Python writes it again when a module is first imported.",
		"The first start gets slower, and every start does where the container's file system is read-only or thrown away.",
		[]string{"RUN pip install --no-compile -r requirements.txt", "ENV PYTHONDONTWRITEBYTECODE=1"}},
	fileclass.Static: {"static libraries inside packages", "They serve who links other programs against the package, never Python itself.",
		"Breaks building extensions against these packages in the image (torch.utils.cpp_extension, triton where it compiles).",
		[]string{`RUN pip install -r requirements.txt && \`, `    find /usr/local/lib -path '*site-packages*' -name '*.a' -delete`}},
	fileclass.Headers: {"headers inside packages", "They serve who compiles against the package.",
		"Breaks building extensions against these packages in the image (torch.utils.cpp_extension, numpy's C API).",
		[]string{`RUN pip install -r requirements.txt && \`, `    find /usr/local/lib -path '*site-packages*' \( -name '*.h' -o -name '*.hpp' -o -name '*.cuh' \) -delete`}},
}

// strip tells of the classes of files inside Python packages that a service can
// mostly do without, one finding for each: by the files of an image, else by what
// the wheels' directories tell.
func (f *finder) strip() {
	if f.t != nil {
		f.stripFiles()
		return
	}
	if f.l == nil && f.in.Deps != nil {
		f.stripWheels()
	}
}

func (f *finder) stripFiles() {
	files := map[fileclass.Class][]layer.Node{}
	for n, c := range f.l.Classified() {
		files[c] = append(files[c], n)
	}
	for _, class := range fileclass.All {
		if len(files[class]) == 0 {
			continue
		}
		x := stripInsight(class)
		x.Counts, x.Certainty = Unpacked, Possible
		if class == fileclass.Bytecode {
			x.Certainty = Known
		}
		x.extent.files = files[class]
		x.Rows = f.rowsByPackage(files[class])
		x.Bytes = bytesize.Of(f.sizeOf(x.extent))
		x.Title = fmt.Sprintf("%s of %s", x.Bytes, classWords[class].what)
		if x.Bytes.Size > 0 {
			f.add(x)
		}
	}
}

func stripInsight(class fileclass.Class) Insight {
	w := classWords[class]
	return Insight{ID: "strip-" + string(class), Text: w.text, Risk: w.risk, Fix: w.fix, Apply: Change{Strip: []fileclass.Class{class}}}
}

// rowsByPackage returns a row for each package that owns some of the files.
func (f *finder) rowsByPackage(files []layer.Node) (rows []Row) {
	at := map[int32]int{}
	for _, n := range files {
		o := f.owner[n]
		i, ok := at[o]
		if !ok {
			i = len(rows)
			at[o] = i
			p := &f.l.Packages[o-1]
			rows = append(rows, Row{Package: pep.Name(p.Name), Version: p.Version, Path: p.Path, Layer: layerOf(p), Bytes: bytesize.Of(0)})
		}
		rows[i].Bytes.Size += bytesize.Size(f.own[n])
		rows[i].Files++
	}
	return rows
}

// stripWheels goes by what the wheels hold. pip compiles bytecode that no wheel
// brings; how much is estimated from the sources.
func (f *finder) stripWheels() {
	all := f.g.Without()
	for _, class := range fileclass.All {
		x := stripInsight(class)
		x.Counts, x.Certainty = Unpacked, Possible
		x.extent.wheel = map[wheelPart]int64{}
		var sum bytesize.Total
		for i, n := range f.g.Nodes() {
			if n.Contents == nil || !all.Kept(i) {
				continue
			}
			a := bytesize.Of(n.Contents.Class(class))
			if class == fileclass.Bytecode {
				a = bytesize.About(a.Size + bytesize.Size(n.Contents.Pyc))
			}
			if a.Size == 0 {
				continue
			}
			sum.Add(a)
			x.extent.wheel[wheelPart{i, class}] = int64(a.Size)
			r := f.row(n.Name)
			r.Bytes = a
			x.Rows = append(x.Rows, r)
		}
		if sum.Size == 0 {
			continue
		}
		x.Bytes = amountOf(sum)
		x.Title = fmt.Sprintf("%s of %s, as the wheels' directories tell", x.Bytes, classWords[class].what)
		f.add(x)
	}
}
