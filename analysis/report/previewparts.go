package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// SwappedJSON is a package whose place a variant takes.
type SwappedJSON struct {
	Package       string          `json:"package"`
	Variant       string          `json:"variant"`
	Name          string          `json:"name"` // of what takes the place
	Version       string          `json:"version"`
	Requirement   string          `json:"requirement"` // the line to write
	Index         string          `json:"index,omitempty"`
	Download      bytesize.Amount `json:"download"`
	DownloadBasis string          `json:"download_basis"` // known, estimated or unknown
	Exact         bool            `json:"exact"`          // what it requires was resolved, not taken from the table
	OtherAPI      bool            `json:"other_api"`
	Note          string          `json:"note"`
	Source        string          `json:"source"`
	CheckedOn     string          `json:"checked_on"`
}

// StrippedJSON is what the files of a class weigh in the packages that stay.
type StrippedJSON struct {
	Class    string          `json:"class"`
	Packages bytesize.Amount `json:"packages"` // by their wheels; null if no wheel was looked into
	Unknown  int             `json:"unknown"`  // packages whose wheels nobody has looked into
	Image    bytesize.Amount `json:"image"`    // null without an image whose files are at hand
	Files    int             `json:"files"`    // in the image
}

// JoinedJSON is a package of which requirements and image differ.
type JoinedJSON struct {
	Name      string   `json:"name"`
	Status    string   `json:"status"` // differs, only-required, only-installed
	Required  string   `json:"required,omitempty"`
	Installed string   `json:"installed,omitempty"`
	Roots     []string `json:"roots"`
	Layers    []int    `json:"layers"`
	Unpacked  int64    `json:"unpacked"`
}

// SystemJSON is a Python distribution that a package of the system brought.
type SystemJSON struct {
	Name    string        `json:"name"`
	Version string        `json:"version"`
	Path    string        `json:"path"`
	Kind    string        `json:"kind"`    // of the package that brought it: deb, apk, rpm or conda
	Package string        `json:"package"` // its name
	Freed   bytesize.Size `json:"freed"`
}

// PlanPartsJSON is what a preview tells of a plan beside what it drops.
type PlanPartsJSON struct {
	Plan     json.RawMessage `json:"plan"`
	Dev      []string        `json:"dev"`
	Swapped  []SwappedJSON   `json:"swapped"`
	Added    []string        `json:"added"`
	Stripped []StrippedJSON  `json:"stripped"`
	Squashed bytesize.Amount `json:"squashed"` // hidden bytes that go; null without an image
	// Push is what the changed layers would weigh compressed: pushed and pulled
	// again. An estimate; null if nobody knows or without an image.
	Push     bytesize.Amount `json:"push"`
	Problems []string        `json:"problems"`
	// System lists what goes of packages that the system's package manager brought:
	// it takes them out, weigh slim does not.
	System []SystemJSON `json:"system"`
	// Joined lists where requirements and image differ, if there are both.
	Joined []JoinedJSON `json:"joined,omitempty"`
	// Brought tells which line put which bytes into which layer.
	Brought []BroughtJSON `json:"brought,omitempty"`
}

func planParts(b *analysis.Build, v plan.Preview) PlanPartsJSON {
	j := PlanPartsJSON{Plan: v.Plan.Encode(), Dev: texts(v.Plan.Dev), Swapped: []SwappedJSON{}, Added: texts(v.Added), Stripped: []StrippedJSON{}, Problems: append([]string{}, v.Problems...), System: []SystemJSON{}}
	for _, x := range v.Swapped {
		j.Swapped = append(j.Swapped, SwappedJSON{
			Package: string(x.Package), Variant: x.Variant.Variant, Name: string(x.To.Name), Version: x.To.Version, Requirement: swappedLine(b, x),
			Index: x.Index, Download: x.To.Download, DownloadBasis: x.To.Download.Basis.String(), Exact: x.Exact, OtherAPI: x.OtherAPI, Note: x.Note, Source: x.Source, CheckedOn: x.CheckedOn})
	}
	for _, x := range v.Stripped {
		s := StrippedJSON{Class: string(x.Class), Unknown: x.Packages.Unknown, Image: x.Image, Files: x.Files}
		if b.Deps != nil {
			s.Packages = atLeast(x.Packages, v.After.Packages)
		}
		j.Stripped = append(j.Stripped, s)
	}
	if v.Image != nil {
		j.Squashed, j.Push = bytesize.Of(v.Image.Squashed), exactly(v.Image.Push)
		for _, x := range v.Image.System {
			j.System = append(j.System, SystemJSON{x.Package.Name, x.Package.Version, layer.Printable(x.Package.Path), string(x.By.Kind), x.By.Name, x.Freed})
		}
	}
	for _, x := range b.Join() {
		if x.Status == analysis.JoinSame || b.Image.Scale != "" {
			continue
		}
		row := JoinedJSON{Name: string(x.Name), Status: x.Status, Required: x.Required, Installed: x.Installed, Roots: texts(x.Roots), Layers: []int{}, Unpacked: int64(x.Unpacked)}
		for _, l := range x.Layers {
			row.Layers = append(row.Layers, l.Index)
		}
		j.Joined = append(j.Joined, row)
	}
	j.Brought = brought(b)
	return j
}

// swappedLine returns the line that takes the place of the package's own.
func swappedLine(b *analysis.Build, x plan.Swapped) string {
	line := pep.Requirement{Name: x.Package, RawName: string(x.Package)}
	for _, r := range b.Graph().Roots() {
		if r.Requirement.Name == x.Package {
			line = r.Requirement
			break
		}
	}
	return x.Line(line).String()
}

// missed returns the packages that go and whose modules nothing else has: a
// variant with the same API has those of what it takes the place of.
func missed(v plan.Preview) []pep.Name {
	return slices.DeleteFunc(slices.Clone(v.Freed), func(n pep.Name) bool {
		return slices.ContainsFunc(v.Swapped, func(x plan.Swapped) bool { return x.Package == n && !x.OtherAPI })
	})
}

// planWords says what a plan does, one line for each sort of toggle.
func planWords(v plan.Preview) (lines []string) {
	p := v.Plan
	if len(p.Drop) > 0 {
		lines = append(lines, "Without "+strings.Join(texts(p.Drop), ", "))
	}
	for _, x := range v.Swapped {
		lines = append(lines, fmt.Sprintf("%s in the place of %s: %s", strings.TrimSpace(string(x.To.Name)+" "+x.To.Version), x.Package, x.Title))
	}
	if len(p.Dev) > 0 {
		lines = append(lines, "For development only: "+strings.Join(texts(p.Dev), ", "))
	}
	if len(p.Strip) > 0 {
		words := make([]string, len(p.Strip))
		for i, c := range p.Strip {
			words[i] = string(c)
		}
		lines = append(lines, "Stripped of "+strings.Join(words, ", "))
	}
	if p.Squash {
		lines = append(lines, "Layers without what later ones hide")
	}
	return lines
}

// writeParts prints what the plan does beside dropping packages.
func writeParts(w io.Writer, b *analysis.Build, v plan.Preview, width int) {
	for _, x := range v.Swapped {
		text := fmt.Sprintf("%s becomes %s", x.Package, swappedLine(b, x))
		if x.Index != "" {
			text += ", from " + x.Index
		}
		text += ". " + x.Note
		switch x.To.Download.Basis {
		case bytesize.Estimated:
			text += fmt.Sprintf(" Its download is an estimate: %s, read on %s.", x.Of, x.CheckedOn)
		case bytesize.Unknown:
			text += " Nobody knows its size here: --index asks."
		}
		if !x.Exact {
			text += " What it requires was not looked up: it is what " + string(x.Package) + " requires, without what it is known not to."
		}
		fmt.Fprintln(w)
		writeWrapped(w, text, width)
	}
	if len(v.Added) > 0 {
		fmt.Fprintln(w)
		writeWrapped(w, "New: "+strings.Join(texts(v.Added), ", ")+".", width)
	}
	for _, x := range v.Stripped {
		fmt.Fprintln(w)
		writeWrapped(w, strippedText(b, v, x), width)
	}
	if v.Image != nil && v.Plan.Squash {
		fmt.Fprintf(w, "\nHidden bytes that go from lower layers: %s.\n", v.Image.Squashed)
	}
	if text := systemText(v.Image); text != "" {
		fmt.Fprintln(w)
		writeWrapped(w, text, width)
	}
}

// systemText says what of the difference is not for weigh slim to take, "" if
// nothing is.
func systemText(x *plan.ImagePreview) string {
	if x == nil || len(x.System) == 0 {
		return ""
	}
	var freed bytesize.Size
	var names []string
	for _, s := range x.System {
		freed += s.Freed
		if name := layer.Printable(s.By.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	const most = 3
	if n := len(names) - most; n > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", n))
	}
	return fmt.Sprintf("%s of the difference belong to packages that %s installed (%s): weigh slim leaves them, they go where the image is built.",
		freed, x.System[0].By.Kind.Manager(), strings.Join(names, ", "))
}

func strippedText(b *analysis.Build, v plan.Preview, x plan.Stripped) string {
	var parts []string
	if x.Image.Basis != bytesize.Unknown {
		parts = append(parts, fmt.Sprintf("%s of %s in the image", x.Image, plural(x.Files, "file")))
	} else if b.Image != nil {
		parts = append(parts, "unknown in the image, whose files are not at hand")
	}
	if b.Deps != nil {
		switch known := v.After.Packages - x.Packages.Unknown; {
		case known == 0:
			parts = append(parts, "unknown in the wheels, which nobody has looked into: --index does")
		case x.Packages.Unknown > 0:
			parts = append(parts, fmt.Sprintf("%s in the wheels of %d packages, unknown in %d", x.Packages.Size, known, x.Packages.Unknown))
		default:
			parts = append(parts, fmt.Sprintf("%s in the wheels", x.Packages.Size))
		}
	}
	return fmt.Sprintf("Stripped of %s: %s.", x.Class, strings.Join(parts, "; "))
}

// joinedWords say what a status means.
var joinedWords = map[string]string{
	analysis.JoinDiffers:   "of other versions",
	analysis.JoinRequired:  "that the image lacks",
	analysis.JoinInstalled: "that nothing requires",
}

// writeJoined prints where requirements and image differ, some of each sort.
func writeJoined(w io.Writer, b *analysis.Build, width int) error {
	const most = 6
	count := map[string]int{}
	rows := b.Join()
	for _, x := range rows {
		count[x.Status]++
	}
	if len(rows) == count[analysis.JoinSame] || b.Image.Scale != "" {
		return nil
	}
	t := Table{Columns: []Column{{Title: "REQUIREMENTS AND IMAGE DIFFER", Min: 16}, {Title: "REQUIRED", Min: 8}, {Title: "INSTALLED", Min: 8}, {Title: "UNPACKED", Right: true}, {Title: "LAYERS", Spare: 1}}}
	shown := map[string]int{}
	for _, x := range rows {
		n := count[x.Status]
		shown[x.Status]++
		switch at := shown[x.Status]; {
		case x.Status == analysis.JoinSame || n > most+1 && at > most+1:
		case n > most+1 && at == most+1:
			t.Row(fmt.Sprintf("and %d more %s", n-most, joinedWords[x.Status]), "", "", "", "")
		default:
			t.joined(x)
		}
	}
	fmt.Fprintln(w)
	return t.Write(w, width)
}

func (t *Table) joined(x analysis.Joined) {
	size, layers := "—", []string{}
	if x.Installed != "" {
		size = x.Unpacked.String()
	}
	for _, l := range x.Layers {
		layers = append(layers, fmt.Sprint(l.Index))
	}
	t.Row(string(x.Name), orDash(x.Required), orDash(x.Installed), size, strings.Join(layers, ", "))
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
