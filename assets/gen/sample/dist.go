package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"weighline/analysis/pep"
)

// Where pip installs, without a slash at the front.
const (
	sitePackages = "usr/local/lib/python3.11/site-packages"
	binaries     = "usr/local/bin"
)

//go:embed dists.txt
var distsText string

// distShapes are the shapes of dists.txt by normal name.
var distShapes = sync.OnceValues(func() (map[pep.Name]shape, error) {
	groups, err := parseShapes(distsText)
	if err != nil {
		return nil, fmt.Errorf("dists.txt: %w", err)
	}
	out := map[pep.Name]shape{}
	for _, s := range groups[""] {
		out[pep.Name(s.head[0])] = s
	}
	return out, nil
})

// A dist is a distribution while it is being installed. Its files are those of
// a tree, with the paths that RECORD gives them.
type dist struct {
	project
	shape
	dir   string // the .dist-info folder
	files map[string]string
}

// installed says how pip is called.
type installed struct{ compile bool }

// install puts the distribution into the tree, as pip does. The bytes of what
// the wheel brings and pip adds are the scaled ones of the project, or the few
// more that its metadata takes; compiled modules come on top.
func (t tree) install(p project, how installed) error {
	shapes, err := distShapes()
	if err != nil {
		return err
	}
	s, ok := shapes[p.release.Name]
	if !ok {
		return fmt.Errorf("%s: no shape in dists.txt", p.release.Name)
	}
	if strings.HasSuffix(p.release.Version.String(), "+cpu") {
		s = s.withoutCUDA()
	}
	project, _, _ := strings.Cut(p.file.Filename, "-")
	d := &dist{project: p, shape: s, files: map[string]string{}}
	d.dir = project + "-" + p.release.Version.String() + ".dist-info"
	if err := d.addMetadata(); err != nil {
		return err
	}
	d.addScripts()
	d.addContent(d.sizes(how))
	if how.compile {
		d.addCompiled()
	}
	d.files[d.dir+"/RECORD"] = d.record()
	for name, body := range d.files {
		at := path.Join(sitePackages, name)
		if path.Dir(at) == binaries || path.Base(path.Dir(at)) == "bin" {
			t.program(at, body)
			continue
		}
		t.put(at, body)
	}
	return nil
}

// withoutCUDA is the shape of PyTorch's build for the CPU.
func (s shape) withoutCUDA() shape {
	s.files = slices.DeleteFunc(slices.Clone(s.files), func(f shapeFile) bool { return strings.Contains(f.path, "cuda") && isLibrary(path.Base(f.path)) })
	s.notes = maps.Clone(s.notes)
	s.notes["&"] = []string{"libtorch.so libtorch_cpu.so", "libtorch_cpu.so libc10.so"}
	return s
}

// spelling is the name as the project writes it.
func (d *dist) spelling() string { return d.head[len(d.head)-1] }

// addMetadata adds the files of the .dist-info folder except RECORD.
func (d *dist) addMetadata() error {
	wheel, err := pep.ParseWheelName(d.file.Filename)
	if err != nil {
		return err
	}
	var m strings.Builder
	fmt.Fprintf(&m, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", d.spelling(), d.release.Version)
	if d.release.RequiresPython != "" {
		fmt.Fprintf(&m, "Requires-Python: %s\n", d.release.RequiresPython)
	}
	for _, r := range d.release.Requires {
		fmt.Fprintf(&m, "Requires-Dist: %s\n", r)
	}
	for _, x := range d.release.ProvidesExtras {
		fmt.Fprintf(&m, "Provides-Extra: %s\n", x)
	}
	m.WriteString("\nA stand-in of a scale model.\n")

	var w strings.Builder
	fmt.Fprintf(&w, "Wheel-Version: 1.0\nGenerator: setuptools (80.9.0)\nRoot-Is-Purelib: %t\n", wheel.Pure())
	for _, python := range wheel.Python {
		for _, platform := range wheel.Platform {
			fmt.Fprintf(&w, "Tag: %s-%s-%s\n", python, wheel.ABI[0], platform)
		}
	}
	d.files[d.dir+"/METADATA"] = m.String()
	d.files[d.dir+"/WHEEL"] = w.String()
	d.files[d.dir+"/INSTALLER"] = "pip\n"
	if d.requested {
		d.files[d.dir+"/REQUESTED"] = ""
	}
	return nil
}

// addScripts adds entry_points.txt and what pip makes of it.
func (d *dist) addScripts() {
	if len(d.notes[">"]) == 0 {
		return
	}
	points := "[console_scripts]\n"
	for _, line := range d.notes[">"] {
		name, object, _ := strings.Cut(line, "=")
		module, function, _ := strings.Cut(object, ":")
		points += name + " = " + object + "\n"
		d.files["../../../bin/"+name] = "#!/usr/local/bin/python3.11\n# -*- coding: utf-8 -*-\nimport re\nimport sys\nfrom " +
			module + " import " + function + "\nif __name__ == '__main__':\n" +
			"    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(" + function + "())\n"
	}
	d.files[d.dir+"/entry_points.txt"] = points
}

// opening is how the code of a module begins: with its imports.
func (d *dist) opening(name string) string {
	var b strings.Builder
	for _, m := range d.modules("@", name) {
		fmt.Fprintf(&b, "import %s\n", m)
	}
	for _, m := range d.modules("?", name) {
		fmt.Fprintf(&b, "try:\n    import %s\nexcept ImportError:\n    %s = None\n", m, m)
	}
	for _, m := range d.modules("~", name) {
		fmt.Fprintf(&b, "def _%s():\n    import %s\n    return %s\n", m, m, m)
	}
	return b.String()
}

// sizes divides the bytes that are left for the content among its files. What
// RECORD takes depends on the digits of the sizes, hence the rounds.
func (d *dist) sizes(how installed) []int64 {
	least := make([]int64, len(d.shape.files))
	for i, f := range d.shape.files {
		least[i] = int64(len(d.opening(f.path)))
		if isLibrary(path.Base(f.path)) {
			least[i] = max(least[i], 64)
		}
	}
	var fixed int64
	for _, body := range d.files {
		fixed += int64(len(body))
	}
	var sizes []int64
	for record, round := int64(0), 0; round < 8; round++ {
		sizes = divide(d.unpacked/scale-fixed-record, d.shape.files, least)
		next := d.recordSize(sizes, how)
		if next == record {
			break
		}
		record = next
	}
	return sizes
}

// recordSize is the size of RECORD if the content has the given sizes.
func (d *dist) recordSize(sizes []int64, how installed) int64 {
	const hash = ",sha256=" + "0123456789012345678901234567890123456789012" + ","
	n := len(d.dir + "/RECORD,,\n")
	for name, body := range d.files {
		n += len(name) + len(hash) + len(fmt.Sprintln(len(body)))
	}
	for i, f := range d.shape.files {
		n += len(f.path) + len(hash) + len(fmt.Sprintln(sizes[i]))
		if name, ok := cached(f.path); ok && how.compile {
			n += len(name) + len(",,\n")
		}
	}
	return int64(n)
}

// What the layer's gzip makes of text, and of the headers of a file with its
// line in RECORD and its compiled module.
const (
	textShare = 0.28
	fileCost  = 160
)

// addContent writes the files of the shape. The binary ones are given as much
// noise as brings the whole, once compressed, to the size of the real download.
func (d *dist) addContent(sizes []int64) {
	var binary, text int64
	for i, f := range d.shape.files {
		if base := path.Base(f.path); isText(base) || strings.HasSuffix(base, ".py") {
			text += sizes[i]
		} else {
			binary += sizes[i]
		}
	}
	share := 0.0
	if binary > 0 {
		noise := float64(d.download)/scale - textShare*float64(text) - float64(fileCost*len(sizes))
		share = min(max(noise/float64(binary), 0.05), 0.98)
	}
	for i, f := range d.shape.files {
		key := fmt.Sprintf("%s %s %s", d.release.Name, d.release.Version, f.path)
		needed := d.modules("&", path.Base(f.path))
		d.files[f.path] = content(key, f.path, d.opening(f.path), sizes[i], share, needed)
	}
}

// cached returns where the compiled module of a file is kept.
func cached(name string) (string, bool) {
	dir, base := path.Split(name)
	module, ok := strings.CutSuffix(base, ".py")
	return dir + "__pycache__/" + module + ".cpython-311.pyc", ok && dir != "../../../bin/"
}

// addCompiled adds the compiled modules.
func (d *dist) addCompiled() {
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		if to, ok := cached(name); ok {
			d.files[to] = compiled(name, d.files[name])
		}
	}
}

// record returns the content of RECORD: as pip leaves it, sorted, and without
// hash and size for itself and for compiled modules.
func (d *dist) record() string {
	rows := []string{d.dir + "/RECORD,,\n"}
	for name, body := range d.files {
		row := name + ",,\n"
		if !strings.HasSuffix(name, ".pyc") {
			sum := sha256.Sum256([]byte(body))
			row = fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(body))
		}
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return strings.Join(rows, "")
}
