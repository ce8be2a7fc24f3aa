package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// TimelineJSON is the object that weigh compare prints for more than two builds:
// schema weighline/timeline@1.
type TimelineJSON struct {
	Schema   string        `json:"schema"`
	Versions []VersionJSON `json:"versions"` // the first one first
	Steps    []CompareJSON `json:"steps"`    // from each version to the next
	Warnings []WarningJSON `json:"warnings"` // what of them could not be read
}

// VersionJSON is one build of a timeline.
type VersionJSON struct {
	SideJSON
	Download bytesize.Amount `json:"download"`
	Unpacked bytesize.Amount `json:"unpacked"`
	Packages *int            `json:"packages"`
	Layers   *int            `json:"layers"`
}

// Timeline returns what weigh compare --json prints for more than two builds.
func Timeline(steps []*analysis.Comparison, o CompareOptions, problems error) TimelineJSON {
	j := TimelineJSON{Schema: "weighline/timeline@1", Versions: []VersionJSON{}, Steps: []CompareJSON{}, Warnings: []WarningJSON{}}
	for _, err := range analysis.Flatten(problems) {
		j.Warnings = append(j.Warnings, problem(err))
	}
	for i, c := range steps {
		step := o.step(i)
		x := Compare(c, step, nil)
		if i == 0 {
			j.Versions = append(j.Versions, VersionJSON{x.A, x.Totals.Download.A, x.Totals.Unpacked.A, x.Totals.Packages.A, x.Totals.Layers.A})
		}
		j.Versions = append(j.Versions, VersionJSON{x.B, x.Totals.Download.B, x.Totals.Unpacked.B, x.Totals.Packages.B, x.Totals.Layers.B})
		j.Steps = append(j.Steps, x)
	}
	return j
}

// step returns the options for the i-th step of a timeline.
func (o CompareOptions) step(i int) CompareOptions {
	if i+1 < len(o.Names) {
		o.NameA, o.NameB = o.Names[i], o.Names[i+1]
	}
	return o
}

// maxStepChanges is how many packages a line of the history names.
const maxStepChanges = 3

// WriteTimeline prints a line for each build: its figures, how it differs from
// the one before, and which packages changed most.
func WriteTimeline(w io.Writer, steps []*analysis.Comparison, o CompareOptions, width int) error {
	if len(steps) == 0 {
		return errors.New("a timeline needs two builds")
	}
	j := Timeline(steps, o, nil)
	t := Table{Columns: []Column{{Title: "VERSION", Min: 16, Tail: true}, {Title: "DOWNLOAD", Right: true, Spare: 1}, {Title: "", Right: true, Spare: 2}, {Title: "UNPACKED", Right: true}, {Title: "", Right: true},
		{Title: "PACKAGES", Right: true, Spare: 4}, {Title: "LAYERS", Right: true, Spare: 5}, {Title: "TO PULL", Right: true, Spare: 3}, {Title: "WHAT CHANGED MOST", Min: 20}}}
	for i, v := range j.Versions {
		row := []string{v.Reference, v.Download.String(), "", v.Unpacked.String(), "", number(v.Packages), layerCount(v.Layers), "", ""}
		if i > 0 {
			step := j.Steps[i-1]
			row[2], row[4] = deltaText(step.Totals.Download.Delta), deltaText(step.Totals.Unpacked.Delta)
			if step.Layers.Pull.Known() {
				row[7] = step.Layers.Pull.String()
			}
			row[8] = mostChanged(steps[i-1], o, false)
		}
		t.Row(row...)
	}
	return t.Write(w, width)
}

func layerCount(n *int) string {
	if n == nil {
		return "-"
	}
	return number(n)
}

// mostChanged names what changed most: "+numpy 2.0, scipy 1.0 → 1.1", with bytes
// "scipy 1.0 → 1.1 (+12 MB)".
func mostChanged(c *analysis.Comparison, o CompareOptions, bytes bool) string {
	type item struct {
		text  string
		delta bytesize.Amount
	}
	var list []item
	more := 0
	for _, x := range c.Changes {
		switch d := c.Weight(&x); {
		case x.Change == attribution.Same || o.hides(d):
		case d.Basis == bytesize.Unknown && x.A != nil && x.B != nil:
			more++ // nobody knows whether it is among the most
		default:
			list = append(list, item{changeInWords(&x), d})
		}
	}
	if d := c.Delta(c.Unowned); !c.ByGraph && d.Size != 0 && !o.hides(d) {
		list = append(list, item{unownedName, d})
	}
	order := heaviestFirst(list, func(x *item) bytesize.Size { return max(x.delta.Size, -x.delta.Size) })
	var words []string
	for _, i := range order[:min(maxStepChanges, len(order))] {
		x := list[i]
		switch {
		case x.text == unownedName:
			x.text += " " + deltaText(x.delta)
		case bytes && x.delta.Basis != bytesize.Unknown && !strings.HasSuffix(x.text, deltaText(x.delta)):
			x.text += " (" + deltaText(x.delta) + ")"
		}
		words = append(words, x.text)
	}
	more += len(list) - len(words)
	switch {
	case len(words) == 0 && more > 0:
		words = append(words, plural(more, "package")+" of unknown size")
	case more > 0:
		words = append(words, fmt.Sprintf("%d more", more))
	case len(words) == 0 && c.Identical:
		return "nothing: the same layers"
	case len(words) == 0 && slices.Min(c.Packages[:]) < 0:
		return "no layer was read"
	case len(words) == 0:
		return "no package"
	}
	return strings.Join(words, ", ")
}

// changeInWords returns what became of a package, in the fewest words.
func changeInWords(x *analysis.PackageChange) string {
	name := layer.Printable(x.Name)
	switch {
	case x.A == nil:
		return "+" + name + " " + layer.Printable(x.B.Version)
	case x.B == nil:
		return "−" + name + " " + layer.Printable(x.A.Version)
	case x.A.Version != x.B.Version:
		return name + " " + layer.Printable(x.A.Version) + " → " + layer.Printable(x.B.Version)
	}
	return name + " " + deltaText(x.Delta)
}
