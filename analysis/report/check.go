package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
)

// CheckJSON is the object that weigh check prints: schema weighline/check@1.
type CheckJSON struct {
	Schema   string        `json:"schema"`
	SideJSON               // what was checked
	Baseline *SideJSON     `json:"baseline"` // null without one
	Passed   bool          `json:"passed"`
	Failed   []string      `json:"failed"` // why it did not pass, a sentence each
	Limits   []VerdictJSON `json:"limits"`
	// Totals are those of what was checked; with a baseline, those of both.
	Totals   UsageJSON           `json:"totals"`
	Growth   *CompareTotals      `json:"growth"`
	Insights *InsightChangesJSON `json:"insights"` // null without a baseline that keeps its files
	Warnings []WarningJSON       `json:"warnings"`
}

// UsageJSON is what a build needs of what limits count; null where nobody knows.
type UsageJSON struct {
	Download     bytesize.Amount `json:"download"`
	Unpacked     bytesize.Amount `json:"unpacked"`
	LargestLayer bytesize.Amount `json:"largest_layer"`
	Disk         bytesize.Amount `json:"disk"`
}

// VerdictJSON is one limit and what came of it.
type VerdictJSON struct {
	Limit     string          `json:"limit"` // in words
	Preset    string          `json:"preset,omitempty"`
	Counts    string          `json:"counts"`
	Growth    bool            `json:"growth"`
	Bytes     int64           `json:"bytes"` // the limit; seconds if it counts time
	Used      bytesize.Amount `json:"used"`
	Unknown   int             `json:"unknown"` // sizes that are missing from used
	Left      bytesize.Amount `json:"left"`    // below 0 if the limit is passed
	Verdict   string          `json:"verdict"` // passed, failed or unknown
	Text      string          `json:"text"`
	Note      string          `json:"note,omitempty"`
	Source    string          `json:"source,omitempty"`
	CheckedOn string          `json:"checked_on,omitempty"` // the day on which the source was read
	Blame     BlameJSON       `json:"blame"`
}

// BlameJSON lists what makes a limit fail, most bytes first.
type BlameJSON struct {
	Packages []BlamedPackage `json:"packages"`
	Layers   []BlamedLayer   `json:"layers"`
}

// BlamedPackage is a package with its bytes, or with those it grew by.
type BlamedPackage struct {
	Kind    string          `json:"kind"` // "" for the files that no package claims
	Name    string          `json:"name"`
	Version string          `json:"version"`
	Bytes   bytesize.Amount `json:"bytes"`
	Counts  string          `json:"counts"` // download or unpacked
}

// BlamedLayer is a layer with its bytes, or with those it grew by.
type BlamedLayer struct {
	Index       int             `json:"index"`
	Instruction string          `json:"instruction"`
	Bytes       bytesize.Amount `json:"bytes"`
	Counts      string          `json:"counts"`
}

// A Check is a build that was held against limits.
type Check struct {
	Build      *analysis.Build
	Name       string               // what the build is called, if not by what it is of
	Comparison *analysis.Comparison // with the baseline, nil without one
	Options    CompareOptions
	Verdicts   []analysis.Verdict
	Failed     []string // why it did not pass, besides limits
	Problems   error
}

// Passed reports whether no limit is passed and nothing else failed.
func (c *Check) Passed() bool { return len(c.failures()) == 0 }

func (c *Check) failures() []string {
	out := []string{}
	for _, v := range c.Verdicts {
		if v.Over {
			out = append(out, verdictText(v))
		}
	}
	return append(out, c.Failed...)
}

// verdictText returns a verdict in a sentence: "500 MB unpacked: 2.61 GB, over by
// 2.11 GB".
func verdictText(v analysis.Verdict) string {
	used, result := "unknown", "nobody knows"
	if v.Decided {
		used, result = v.Used.String(), v.Distance.String()
		if v.Limit.Counts == plan.Time {
			return limitName(v) + ": " + result
		}
	}
	return limitName(v) + ": " + used + ", " + result
}

func limitName(v analysis.Verdict) string {
	switch {
	case v.Growth:
		return v.Limit.Name
	case v.Limit.ID != "":
		return v.Limit.Name + " (" + v.Limit.String() + ")"
	}
	return v.Limit.String()
}

// JSON returns what weigh check --json prints.
func (c *Check) JSON() CheckJSON {
	u := c.Build.Usage()
	of := func(counts plan.Counts) bytesize.Amount {
		t, ok := u.Of(counts)
		if !ok {
			return bytesize.Amount{}
		}
		return atLeast(t, -1)
	}
	j := CheckJSON{Schema: "weighline/check@1", SideJSON: sideJSON(c.Build, c.Name), Passed: c.Passed(), Failed: c.failures(), Limits: []VerdictJSON{},
		Totals: UsageJSON{of(plan.Download), of(plan.Unpacked), of(plan.LargestLayer), of(plan.Disk)}, Warnings: warnings(c.Build, c.Problems)}
	if c.Comparison != nil {
		a := sideJSON(c.Comparison.A, c.Options.NameA)
		t := compareTotals(c.Comparison)
		j.Baseline, j.Growth, j.Insights = &a, &t, insightChanges(c.Options.Insights)
	}
	for _, v := range c.Verdicts {
		j.Limits = append(j.Limits, verdictJSON(v))
	}
	return j
}

func verdictJSON(v analysis.Verdict) VerdictJSON {
	j := VerdictJSON{Limit: limitName(v), Preset: v.Limit.ID, Counts: string(v.Limit.Counts), Growth: v.Growth, Bytes: v.Limit.Limit, Unknown: v.Used.Unknown,
		Left: v.Distance.Left, Verdict: "passed", Text: verdictText(v), Note: v.Note, Source: v.Limit.Source, CheckedOn: v.Limit.CheckedOn,
		Blame: BlameJSON{[]BlamedPackage{}, []BlamedLayer{}}}
	switch {
	case !v.Decided:
		j.Verdict = "unknown"
	case v.Over:
		j.Verdict = "failed"
	}
	if v.Decided && v.Limit.Counts != plan.Time {
		j.Used = atLeast(v.Used, -1)
	}
	for _, x := range v.Packages {
		j.Blame.Packages = append(j.Blame.Packages, BlamedPackage{string(x.Kind), layer.Printable(x.Name), layer.Printable(x.Version), x.Bytes, string(x.Counts)})
	}
	for _, x := range v.Layers {
		j.Blame.Layers = append(j.Blame.Layers, BlamedLayer{x.Layer, layer.Printable(x.Name), x.Bytes, string(x.Counts)})
	}
	return j
}

// Write prints each limit with what came of it, and what is to blame.
func (c *Check) Write(w io.Writer, width int, colour Colour) error {
	side := sideJSON(c.Build, c.Name)
	writeWrapped(w, nameSide(side), width)
	if c.Comparison != nil {
		writeWrapped(w, "against "+nameSide(sideJSON(c.Comparison.A, c.Options.NameA)), width)
	}
	fmt.Fprintln(w)
	for _, v := range c.Verdicts {
		word := colour.good("passed ")
		switch {
		case !v.Decided:
			word = "unknown"
		case v.Over:
			word = colour.bad("FAILED ")
		}
		writeIndented(w, word+"  ", besideWord, layer.Printable(verdictText(v)), width)
		if v.Note != "" {
			writeIndented(w, besideWord, besideWord, "("+v.Note+")", width)
		}
		if err := writeBlame(w, v, width); err != nil {
			return err
		}
	}
	for _, text := range c.Failed {
		writeIndented(w, colour.bad("FAILED ")+"  ", besideWord, layer.Printable(text), width)
	}
	return nil
}

// besideWord is as wide as what stands before a verdict.
const besideWord = "         "

func writeBlame(w io.Writer, v analysis.Verdict, width int) error {
	if len(v.Packages)+len(v.Layers) == 0 {
		return nil
	}
	title := "BYTES"
	if v.Growth {
		title = "GREW BY"
	}
	t := Table{Columns: []Column{{Title: title, Right: true}, {Title: "OF"}, {Title: "TO BLAME", Min: 20}}}
	for _, x := range v.Packages {
		t.Row(x.Bytes.String(), string(x.Counts), blamed(x))
	}
	for _, x := range v.Layers {
		t.Row(x.Bytes.String(), string(x.Counts), blamed(x))
	}
	if err := t.Write(w, width); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

// blamed names what is to blame: "torch 2.7.1 (python)", "layer 4: RUN pip …".
func blamed(x analysis.Blame) string {
	switch {
	case x.Layer >= 0:
		return strings.TrimSuffix(fmt.Sprintf("layer %d: %s", x.Layer, layer.Printable(x.Name)), ": ")
	case x.Kind == "":
		return x.Name
	}
	return strings.TrimSpace(layer.Printable(x.Name)+" "+layer.Printable(x.Version)) + " (" + string(x.Kind) + ")"
}

// Document makes the report of the check: the limits, then what changed since the
// baseline, or else what the build weighs.
func (c *Check) Document(made Made) *Document {
	var d *Document
	if c.Comparison != nil {
		d = CompareDocument(c.Comparison, c.Options, made, c.Problems)
	} else {
		v := plan.Preview{}
		if g := c.Build.Graph(); g != nil {
			v = plan.Apply(plan.Plan{}, g, c.Build.Ledger())
		}
		d = BuildDocument(c.Build, v, made, c.Problems)
	}
	for _, v := range c.Verdicts {
		x := verdict{limit: limitName(v), used: v.Used.String(), result: v.Distance.String(), failed: v.Over, source: v.Limit.Source}
		if v.Limit.Counts == plan.Time {
			x.used = "an estimate"
		}
		if !v.Decided {
			x.used, x.result = "unknown", "it cannot be checked"
		}
		if v.Note != "" {
			x.result += " (" + v.Note + ")"
		}
		for _, b := range append(append([]analysis.Blame{}, v.Packages...), v.Layers...) {
			x.blame = append(x.blame, fmt.Sprintf("%s %s: %s", b.Bytes, b.Counts, cut(blamed(b))))
		}
		d.verdicts = append(d.verdicts, x)
	}
	for _, text := range c.Failed {
		d.verdicts = append(d.verdicts, verdict{limit: text, failed: true})
	}
	return d
}
