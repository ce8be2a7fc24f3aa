package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
)

// What follows is read by a screen reader, if the program is built with the
// tag accessibility: one label for each thing that can be focused or read.
var (
	_ fyne.Accessible = (*tableRow)(nil)
	_ fyne.Accessible = (*treeRow)(nil)
	_ fyne.Accessible = (*Treemap)(nil)
	_ fyne.Accessible = (*StackedBar)(nil)
	_ fyne.Accessible = (*BudgetMeter)(nil)
	_ fyne.Accessible = (*targetCard)(nil)
	_ fyne.Accessible = (*paletteRow)(nil)
)

// AccessibilityLabel is the row as a sentence: titles and cells.
func (r *tableRow) AccessibilityLabel() string {
	var parts []string
	for _, i := range r.t.visibleColumns() {
		if i >= len(r.cells) {
			continue
		}
		c := r.cells[i].cell
		if c.Check != NoCheck && r.t.CheckWord != nil {
			parts = append(parts, r.t.CheckWord(c.Check))
		}
		if c.Text != "" {
			parts = append(parts, strings.TrimSpace(r.t.columns[i].Title+" "+joined(c.Text, c.Secondary)))
		}
	}
	return strings.Join(parts, ", ")
}

// AccessibilityRole is part of fyne.Accessible.
func (r *tableRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the node with its mark and figures.
func (r *treeRow) AccessibilityLabel() string {
	parts := []string{r.shown.Name}
	if r.shown.Mark != NoMark && r.t.MarkWord != nil {
		parts = append(parts, r.t.MarkWord(r.shown.Mark))
	}
	for i, v := range r.shown.Values {
		if i < len(r.t.columns) && v != "" {
			parts = append(parts, r.t.columns[i].Title+" "+v)
		}
	}
	return strings.Join(parts, ", ")
}

// AccessibilityRole is part of fyne.Accessible.
func (r *treeRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is what lies under the cursor.
func (m *Treemap) AccessibilityLabel() string {
	if m.hover < 0 || m.hover >= len(m.tiles) {
		return ""
	}
	return m.pathText(m.hover)
}

// AccessibilityRole is part of fyne.Accessible.
func (m *Treemap) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the marked bar, or all of them.
func (b *StackedBar) AccessibilityLabel() string {
	var all []string
	for _, r := range b.rows {
		text := joined(r.Label, r.Detail)
		if r.Key == b.selected && b.selected != "" {
			return text
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// AccessibilityRole is part of fyne.Accessible.
func (b *StackedBar) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is what is measured, and the verdict.
func (m *BudgetMeter) AccessibilityLabel() string { return joined(m.state.Label, m.state.Text) }

// AccessibilityRole is part of fyne.Accessible.
func (m *BudgetMeter) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is title and hint.
func (c *targetCard) AccessibilityLabel() string { return joined(c.target.Title, c.target.Hint) }

// AccessibilityRole is part of fyne.Accessible.
func (c *targetCard) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the command and its shortcut.
func (r *paletteRow) AccessibilityLabel() string {
	if r.index >= len(r.p.found) {
		return ""
	}
	c := r.p.commands[r.p.found[r.index]]
	return joined(c.Title, c.Hint)
}

// AccessibilityRole is part of fyne.Accessible.
func (r *paletteRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
