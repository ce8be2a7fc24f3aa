package report

import (
	"fmt"
	"io"
	"path"

	"weighline/analysis"
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// maxChanges is how many packages and files the text lists; --json has more.
const maxChanges = 30

func writePackageChanges(w io.Writer, c *analysis.Comparison, o CompareOptions, width int) error {
	if c.Packages == [2]int{-1, -1} {
		return nil
	}
	what := "UNPACKED"
	if c.ByDownload() {
		what = "DOWNLOAD"
	}
	l := changeList{c: c, o: o, copies: copiesOf(c), brief: width > 0 && width < roomForPlaces, table: Table{Columns: []Column{{Title: "PACKAGE", Min: 16}, {Title: "KIND", Spare: 3}, {Title: "CHANGE", Min: 10}, {Title: "A", Min: 6}, {Title: "B", Min: 6},
		{Title: what + " A", Right: true, Spare: 2}, {Title: what + " B", Right: true, Spare: 1}, {Title: "DIFFERENCE", Right: true}}}}
	l.fill()
	fmt.Fprintln(w)
	if l.rows == 0 && l.hidden == 0 {
		_, err := fmt.Fprintf(w, "The packages are the same: %s.\n", plural(l.same, "package"))
		return err
	}
	if l.rows > 0 {
		if err := l.table.Write(w, width); err != nil {
			return err
		}
	}
	return writeRest(w, l.same, "same", l.hidden, l.more)
}

// roomForPlaces is how wide a terminal is that has room for where a copy lies.
const roomForPlaces = 150

// A changeList is the table of the packages that changed, and what it leaves out.
type changeList struct {
	c                        *analysis.Comparison
	o                        CompareOptions
	copies                   copies
	brief                    bool // of a copy it is not said where it lies
	table                    Table
	rows, same, hidden, more int
}

// fill adds the changes, and the files of no package where their bytes have them stand.
func (l *changeList) fill() {
	unowned := l.c.Delta(l.c.Unowned)
	left := !l.c.ByGraph && unowned.Size != 0 && !l.o.hides(unowned)
	for i := range l.c.Changes {
		x := &l.c.Changes[i]
		if left && (x.Change == attribution.Same || abs(l.c.Weight(x)) < abs(unowned)) {
			l.unowned(unowned)
			left = false
		}
		l.add(x)
	}
	if left {
		l.unowned(unowned)
	}
}

func (l *changeList) unowned(d bytesize.Amount) {
	l.rows++
	l.table.Row(unownedName, "", attribution.Changed, "", "", l.c.Unowned.A.String(), l.c.Unowned.B.String(), deltaText(d))
}

func (l *changeList) add(x *analysis.PackageChange) {
	switch {
	case x.Change == attribution.Same:
		l.same++
	case l.o.hides(l.c.Weight(x)):
		l.hidden++
	case l.rows >= maxChanges:
		l.more++
	default:
		l.rows++
		va, ua := sideText(l.c, x.A)
		vb, ub := sideText(l.c, x.B)
		l.table.Row(x.Name, string(x.Kind), l.copies.changeText(x, l.brief), va, vb, ua, ub, deltaText(l.c.Weight(x)))
	}
}

func abs(a bytesize.Amount) bytesize.Size { return max(a.Size, -a.Size) }

// writeRest tells what a list left out.
func writeRest(w io.Writer, same int, word string, hidden, more int) error {
	if more > 0 {
		fmt.Fprintf(w, "and %d more that changed less; --json lists them\n", more)
	}
	if hidden > 0 {
		fmt.Fprintf(w, "and %d that changed less than --min-change\n", hidden)
	}
	if same > 0 {
		fmt.Fprintf(w, "and %d the %s\n", same, word)
	}
	return nil
}

// copies counts the packages of a comparison that have one kind and name: where
// there are several, a word about one of them says which.
type copies map[copyName]int

type copyName struct {
	kind attribution.Kind
	name string
}

func copiesOf(c *analysis.Comparison) copies {
	n := copies{}
	for i := range c.Changes {
		n[copyName{c.Changes[i].Kind, c.Changes[i].Name}]++
	}
	return n
}

// changeText returns what became of a package in a few words, the fewest if it is to
// be brief.
func (n copies) changeText(x *analysis.PackageChange, brief bool) string {
	text := changeText(x)
	side := x.A
	if side == nil {
		side = x.B
	}
	if n[copyName{x.Kind, x.Name}] > 1 && side.Path != "" && x.Change != attribution.Same {
		if brief {
			return "copy " + text
		}
		text += " in " + path.Dir(layer.Printable(side.Path))
	}
	return text
}

func changeText(x *analysis.PackageChange) string {
	switch {
	case x.Renamed != "" && x.B != nil:
		return "added (was " + x.Renamed + ")"
	case x.Renamed != "":
		return "removed (now " + x.Renamed + ")"
	case x.Moved && x.A.Version == x.B.Version && x.Delta == bytesize.Of(0):
		return "moved to another layer"
	}
	return x.Change
}

func sideText(c *analysis.Comparison, s *analysis.PackageSide) (version, size string) {
	switch {
	case s == nil:
		return "-", "-"
	case c.ByDownload():
		return s.Version, s.Download.String()
	}
	return s.Version, s.Unpacked.String()
}
