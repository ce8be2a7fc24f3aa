package ui

import (
	"fmt"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/ui/texts"
)

// A sheet is columns for a spreadsheet.
type sheet struct{ strings.Builder }

func (t *sheet) row(cells ...string) { t.WriteString(strings.Join(cells, "\t") + "\n") }

// bytesCell writes a size in bytes, and nothing where nobody knows it.
func bytesCell(size bytesize.Size, known bool) string {
	if !known {
		return ""
	}
	return fmt.Sprint(int64(size))
}

// copyText is what the page shows, in columns for a spreadsheet.
func (p *chartsPage) copyText() string {
	var t sheet
	switch p.shows() {
	case chartHistory:
		p.copyHistory(&t)
	case chartLayers:
		p.copyLayers(&t)
	default:
		p.copyPackages(&t)
		if img := p.window.session.Build.Image; img != nil && img.Ledger != nil {
			t.row()
			p.copyLayers(&t)
		}
	}
	return t.String()
}

func (p *chartsPage) copyPackages(t *sheet) {
	title := texts.T("Download")
	if p.window.session.ByUnpackedSize() {
		title = texts.T("Unpacked")
	}
	t.row(texts.T("Package"), title)
	values, labels := heaviest(p.window.session, chartBars)
	for i, v := range values {
		t.row(labels[i], bytesCell(bytesize.Size(v), true))
	}
}

func (p *chartsPage) copyLayers(t *sheet) {
	t.row(texts.T("Layer"), texts.T("Instruction"), texts.T("Kept"), texts.T("Waste"))
	img := p.window.session.Build.Image
	if img == nil {
		return
	}
	for i, l := range img.Layers {
		known := l.Read && img.Ledger != nil
		t.row(fmt.Sprint(i), strings.Join(strings.Fields(printable(l.Instruction)), " "), bytesCell(l.Kept, known), bytesCell(l.Waste, known))
	}
}

func (p *chartsPage) copyHistory(t *sheet) {
	s := p.window.session
	t.row(texts.F("Saved versions of %s", s.Reference()), texts.T("Download"), texts.T("Unpacked"))
	for _, v := range s.Versions(s.Reference()) {
		down, up := v.Summary.DownloadAfter, v.Summary.UnpackedAfter
		t.row(printable(v.Name), bytesCell(bytesize.Size(down), down >= 0), bytesCell(bytesize.Size(up), up >= 0))
	}
}
