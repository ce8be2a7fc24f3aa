package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
)

// StrategyJSON is a way to a lighter build, with what it would come to.
type StrategyJSON struct {
	Name         string          `json:"name"`
	Title        string          `json:"title"`
	Download     bytesize.Amount `json:"download"` // of the image, its base included; null if nothing is known
	Unpacked     bytesize.Amount `json:"unpacked"`
	LargestLayer bytesize.Amount `json:"largest_layer"`
	Edit         bytesize.Amount `json:"edit"`    // pulled again after an edit of the requirements
	Unknown      int             `json:"unknown"` // sizes that are missing from these
	Packages     int             `json:"packages"`
	Seconds      plan.Range      `json:"seconds"`
	Parts        []plan.TimePart `json:"parts"`
	Remarks      []string        `json:"remarks"`
	Base         string          `json:"base"`
	Plan         any             `json:"plan"`
	Recommended  bool            `json:"recommended"`
	Why          string          `json:"why,omitempty"`
}

// StrategiesOf returns the list "strategies".
func StrategiesOf(s plan.Strategies) []StrategyJSON {
	out := []StrategyJSON{}
	for _, x := range s.List {
		j := StrategyJSON{Name: x.Name, Title: x.Title, Download: atLeast(x.Download, -1), Unpacked: atLeast(x.Unpacked, -1), LargestLayer: amountOf(x.LargestLayer), Edit: amountOf(x.Edit),
			Unknown: x.Download.Unknown + x.Unpacked.Unknown, Packages: x.Packages, Seconds: x.Seconds, Parts: x.Parts, Remarks: append([]string{}, x.Remarks...), Base: x.Base.Reference(), Plan: x.Plan.Encode()}
		if x.Name == s.Recommended {
			j.Recommended, j.Why = true, s.Why
		}
		out = append(out, j)
	}
	return out
}

// amountOf is atLeast of a single figure: unknown if nothing of it is known.
func amountOf(t bytesize.Total) bytesize.Amount {
	if t.Size == 0 && t.Unknown > 0 {
		return bytesize.Amount{}
	}
	return atLeast(t, -1)
}

// WriteStrategies prints the ways out on one scale, with what is to be said of
// each and which one is recommended.
func WriteStrategies(w io.Writer, s plan.Strategies, width int) error {
	t := Table{Columns: []Column{{Title: "STRATEGY", Min: 11}, {Title: "DOWNLOAD", Right: true}, {Title: "UNPACKED", Right: true}, {Title: "LARGEST", Right: true, Spare: 2}, {Title: "EDIT PULLS", Right: true, Spare: 1}, {Title: "BUILD TAKES"}}}
	for _, x := range s.List {
		t.Row(x.Name, x.Download.String(), x.Unpacked.String(), x.LargestLayer.String(), x.Edit.String(), x.Seconds.String())
	}
	fmt.Fprintln(w)
	if err := t.Write(w, width); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, r := range remarks(s) {
		writeWrapped(w, r, width)
	}
	fmt.Fprintln(w)
	writeWrapped(w, "Recommended: "+s.Recommended+". "+s.Why, width)
	how := "usual build machines"
	if s.Speeds.Measured {
		how = "this computer, measured, with a usual network"
	}
	writeWrapped(w, fmt.Sprintf("Times are estimates for %s: network %v Mbit/s, unpack %v MB/s, compress %v MB/s.", how, s.Speeds.Download, s.Speeds.Unpack, s.Speeds.Compress), width)
	return nil
}

// remarks returns the remarks of all strategies, each once behind the names of
// those it is about.
func remarks(s plan.Strategies) (list []string) {
	names := map[string][]string{}
	var order []string
	for _, x := range s.List {
		for _, r := range x.Remarks {
			if len(names[r]) == 0 {
				order = append(order, r)
			}
			names[r] = append(names[r], x.Name)
		}
	}
	for _, r := range order {
		about := strings.Join(names[r], ", ")
		if len(names[r]) > len(s.List)/2 {
			about = "All"
			if len(names[r]) < len(s.List) {
				about = "Most"
			}
		}
		list = append(list, about+": "+r)
	}
	return list
}

// AddStrategies puts the ways to a lighter build behind the totals.
func (d *Document) AddStrategies(s plan.Strategies) {
	if len(s.List) == 0 {
		return
	}
	t := table{id: "strategies", title: "Ways to a lighter build", first: len(s.List), note: "Recommended: " + s.Recommended + ". " + s.Why + " Times are estimates.",
		columns: []Column{{Title: "Strategy"}, {Title: "Download", Right: true}, {Title: "Unpacked", Right: true}, {Title: "Largest layer", Right: true},
			{Title: "Pulled after an edit", Right: true}, {Title: "Build takes"}, {Title: "Remarks"}}}
	for _, x := range s.List {
		t.add(plain(x.Title), total(x.Download), total(x.Unpacked), total(x.LargestLayer), total(x.Edit), plain(x.Seconds.String()), linesOf(x.Remarks))
	}
	d.tables = append([]table{t}, d.tables...)
}
