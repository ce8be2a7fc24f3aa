package report_test

import (
	"bytes"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/plan"
	"weighline/analysis/report"
)

// What a plan makes of the files and packages of an image stands beside what they
// are now.
func TestFiguresUnderAPlan(t *testing.T) {
	b := imageOf(t, "RUN one", "RUN two")
	v, _ := analysis.Preview(b, plan.New("demo1"))
	var out bytes.Buffer
	if err := report.BuildDocument(b, v, at, nil).Markdown(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| Files | 6 | 5 | −1 |", "| Packages | 2 | 1 | −1 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the figures lack %q:\n%s", want, out.String())
		}
	}
}
