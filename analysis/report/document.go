package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// A Document is a report that is ready to be printed by [Document.HTML],
// [Document.Markdown] or [Document.CSV]: what it is about, when and from what its
// numbers are, and tables. All printers print the same values.
type Document struct {
	title    string
	lead     string    // what is to be known first, one sentence
	facts    []fact    // when and from what
	figures  *table    // totals
	verdicts []verdict // of limits
	maps     []areaMap
	tables   []table
	warnings []string
}

// Made says by what and when a report is made.
type Made struct {
	By string    // program and version
	At time.Time // the zero time leaves it out
}

// A fact is a word or two about where numbers come from.
type fact struct{ label, text string }

// A verdict is one limit and what came of it.
type verdict struct {
	limit, used, result string
	failed              bool
	source              string // address of who sets the limit
	blame               []string
}

// A table has as many cells in each row as columns.
type table struct {
	id, title, note string
	columns         []Column
	rows            [][]cell
	more            int // rows that are left out before any printer leaves out some
	first           int // rows that are worth showing where there is little room
}

// A cell is a value of a table.
type cell struct {
	text  string
	name  bool    // from a file or an image: printed as it is, never as markup
	exact string  // every byte of a size
	part  float64 // of the largest in its column, for a bar; 0 for none
	tone  string  // "more" or "less" for a difference
}

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

func plain(text string) cell { return cell{text: text} }

// named holds a text that comes from elsewhere.
func named(text string) cell { return cell{text: layer.Printable(text), name: true} }

// sized holds an amount, with all its digits.
func sized(a bytesize.Amount) cell {
	c := cell{text: a.String()}
	if a.Basis != bytesize.Unknown {
		c.exact = a.Size.Exact()
	}
	return c
}

func bytesOf[N ~int64](n N) cell { return sized(bytesize.Of(n)) }

// grown holds a difference.
func grown(a bytesize.Amount) cell {
	c := cell{text: deltaText(a)}
	if a.Basis == bytesize.Unknown {
		return c
	}
	c.exact = a.Size.Exact()
	switch {
	case a.Size > 0:
		c.tone = "more"
	case a.Size < 0:
		c.tone = "less"
	}
	return c
}

func total(t bytesize.Total) cell {
	c := cell{text: t.String()}
	if t.Unknown == 0 || t.Size > 0 {
		c.exact = t.Size.Exact()
	}
	return c
}

func counted(n int) cell { return plain(bytesize.Size(n).Grouped()) }

// sortBy puts the rows with the largest sizes first, and the sizes with them.
func (t *table) sortBy(sizes []bytesize.Size) {
	order := heaviestFirst(sizes, func(s *bytesize.Size) bytesize.Size { return max(*s, -*s) })
	rows, in := slices.Clone(t.rows), slices.Clone(sizes)
	for i, j := range order {
		t.rows[i], sizes[i] = rows[j], in[j]
	}
}

// bars gives the cells of a column bars by the sizes of the rows.
func (t *table) bars(column int, sizes []bytesize.Size) {
	if len(sizes) == 0 {
		return
	}
	most := max(slices.Max(sizes), -slices.Min(sizes))
	if most <= 0 {
		return
	}
	for i, s := range sizes {
		t.rows[i][column].part = float64(max(s, -s)) / float64(most)
	}
}

// about lists when and from what a build's numbers are.
func about(b *analysis.Build, prefix string) (facts []fact) {
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, fact{prefix + label, layer.Printable(text)})
		}
	}
	if b.Deps != nil {
		add("Requirements", titleOf(b))
		add("Resolved for", b.Target.String())
		add("Versions and sizes from", b.Deps.Catalogue)
	}
	if img := b.Image; img != nil {
		add("Image", img.Reference)
		add("Digest", img.Digest)
		add("Platform", img.Platform)
		if !img.Created.IsZero() {
			add("Image built", day(img.Created))
		}
		if img.Scale != "" {
			add("Scale model", img.Scale+": each file stands for a larger one")
		}
		if img.Partial {
			add("Partial", fmt.Sprintf("%d of %d layers were read; the figures are those of these", img.LayersRead(), len(img.Layers)))
		}
	}
	if !b.Created.IsZero() {
		add("Read", day(b.Created))
	}
	return facts
}

// caution puts into the lead what must be known of the figures before they are read.
func (d *Document) caution(builds ...*analysis.Build) {
	scale, partial := false, false
	for _, b := range builds {
		scale = scale || b.Image != nil && b.Image.Scale != ""
		partial = partial || b.Image != nil && b.Image.Partial
	}
	if scale {
		d.lead = strings.TrimSpace(d.lead + " A scale model: each file of the image stands for a larger one.")
	}
	if partial {
		d.lead = strings.TrimSpace(d.lead + " Not all layers were read: the figures are those of the layers that were.")
	}
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (m Made) facts() (facts []fact) {
	if m.By != "" {
		facts = append(facts, fact{"Report by", m.By})
	}
	if !m.At.IsZero() {
		facts = append(facts, fact{"Report of", day(m.At)})
	}
	return facts
}

func (d *Document) warn(b *analysis.Build, problems error) {
	for _, w := range warnings(b, problems) {
		text := w.Text
		if w.File != "" {
			text = w.File + ": " + text
		}
		d.warnings = append(d.warnings, text)
	}
}

// rowsLimit bounds the rows of one table of a document.
const rowsLimit = 1000

// limited returns the first rows of a list and how many are left out.
func limited[T any](list []T) ([]T, int) {
	n := min(len(list), rowsLimit)
	return list[:n], len(list) - n
}

// heaviestFirst returns the indexes of a list in descending order of size.
func heaviestFirst[T any](list []T, size func(*T) bytesize.Size) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size(&list[b]), size(&list[a])) })
	return order
}
