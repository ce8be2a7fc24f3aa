package state

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"time"

	"weighline/analysis/report"
)

// ReportEndings are those of the files that a comparison can be written to.
func ReportEndings() []string { return []string{".html", ".md", ".json", ".csv"} }

// ComparePath suggests where the report of the comparison goes.
func (s *Session) ComparePath() string { return "comparison.html" }

// WriteCompare writes the comparison as a report to a file, whose ending says in
// which form; HTML is what it is without one. What is hidden on the screen as too
// small is not listed there either.
func (s *Session) WriteCompare(path string, overwrite bool) {
	c := s.Compare
	if c == nil {
		return
	}
	ending := strings.ToLower(filepath.Ext(path))
	if !isReport(ending) {
		path, ending = path+".html", ".html"
	}
	o := report.CompareOptions{MinChange: c.MinChange, NameA: c.nameOf(c.TitleA, c.A.Image == nil), NameB: c.nameOf(c.TitleB, c.B.Image == nil), Insights: c.Findings}
	made, looked := report.Made{By: "Weighline", At: time.Now()}, c.Looked
	s.Write(path, overwrite, func(w io.Writer) error {
		if !looked { // they are still being looked for
			o.Insights = c.Insights(context.Background())
		}
		switch ending {
		case ".md":
			return report.CompareDocument(c.Comparison, o, made, nil).Markdown(w)
		case ".csv":
			return report.WriteCompareCSV(w, c.Comparison, o)
		case ".json":
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			return enc.Encode(report.Compare(c.Comparison, o, nil))
		}
		return report.CompareDocument(c.Comparison, o, made, nil).HTML(w)
	})
}

// nameOf is how a report calls a side: an image by its reference, which the report
// finds itself.
func (c *Compare) nameOf(title string, named bool) string {
	if named || c.A.Image != nil && c.B.Image != nil && c.A.Image.Reference == c.B.Image.Reference {
		return title
	}
	return ""
}

func isReport(ending string) bool {
	for _, e := range ReportEndings() {
		if e == ending {
			return true
		}
	}
	return false
}
