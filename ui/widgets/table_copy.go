package widgets

import (
	"strings"
)

// TSV returns the selected rows, or all if none is selected, as lines of
// tab-separated cells under a line of titles: what a spreadsheet pastes.
func (t *DataTable) TSV() string {
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", "")
	visible := t.visibleColumns()
	var b strings.Builder
	line := func(cell func(c *column) string) {
		for i, at := range visible {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(clean.Replace(cell(&t.columns[at])))
		}
		b.WriteByte('\n')
	}
	line(func(c *column) string { return c.Title })
	for row := range t.length() {
		if len(t.sel.keys) > 0 && !t.sel.has(t.Key(row)) {
			continue
		}
		line(func(c *column) string {
			if t.Copy != nil {
				return t.Copy(row, c.ID)
			}
			return t.Cell(row, c.ID).Text
		})
	}
	return b.String()
}
