package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// BroughtJSON is what a line of the requirements put into the image.
type BroughtJSON struct {
	By       string       `json:"by"`          // line, several, nobody
	Root     string       `json:"requirement"` // of by line
	Packages int          `json:"packages"`
	Unpacked int64        `json:"unpacked"`
	Layers   []LayerBytes `json:"layers"`
}

func brought(b *analysis.Build) (rows []BroughtJSON) {
	for _, x := range b.Brought() {
		row := BroughtJSON{By: x.By, Root: string(x.Root), Packages: x.Packages, Unpacked: int64(x.Unpacked), Layers: []LayerBytes{}}
		for _, l := range x.Layers {
			row.Layers = append(row.Layers, LayerBytes{Index: l.Index, Bytes: l.Bytes})
		}
		rows = append(rows, row)
	}
	return rows
}

// writeBrought prints which line of the requirements put which bytes into which
// layer, the heaviest lines.
func writeBrought(w io.Writer, b *analysis.Build, width int) error {
	rows := b.Brought()
	if len(rows) == 0 {
		return nil
	}
	const most = 12
	t := Table{Columns: []Column{{Title: "INTO THE IMAGE BY", Min: 16}, {Title: "PACKAGES", Right: true}, {Title: "UNPACKED", Right: true}, {Title: "IN LAYERS", Spare: 1}}}
	var lines, more int
	var rest bytesize.Size
	for _, x := range rows {
		if x.By == analysis.ByLine {
			if lines++; lines > most {
				more, rest = more+1, rest+x.Unpacked
				continue
			}
		}
		if x.By != analysis.ByLine && more > 0 {
			t.Row(fmt.Sprintf("%d more lines", more), "", rest.String(), "")
			more = 0
		}
		layers := []string{}
		for _, l := range x.Layers {
			layers = append(layers, fmt.Sprintf("%d: %s", l.Index, bytesize.Size(l.Bytes)))
		}
		t.Row(broughtBy(x), fmt.Sprint(x.Packages), x.Unpacked.String(), strings.Join(layers, ", "))
	}
	if more > 0 {
		t.Row(fmt.Sprintf("%d more lines", more), "", rest.String(), "")
	}
	fmt.Fprintln(w)
	return t.Write(w, width)
}

func broughtBy(x analysis.Brought) string {
	switch x.By {
	case analysis.BySeveral:
		return "several lines"
	case analysis.ByNobody:
		return "no line"
	}
	return layer.Printable(string(x.Root))
}
