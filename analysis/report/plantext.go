package report

import (
	"fmt"
	"io"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// WritePreview prints what b would be under a plan: totals before and after,
// what goes, what was asked to go and stays, which layers change. Lines are at
// most width characters long, if width is not 0. limit is how many of the
// packages that go are listed, 0 for all.
func WritePreview(w io.Writer, b *analysis.Build, v plan.Preview, width, limit int) error {
	if v.Plan.Empty() {
		writeWrapped(w, "Nothing is dropped: --drop NAME shows what goes with a package.", width)
	}
	for _, line := range planWords(v) {
		writeWrapped(w, line, width)
	}
	fmt.Fprintln(w)
	if err := writeTotals(w, b, v, width); err != nil {
		return err
	}
	for _, h := range v.Held {
		fmt.Fprintln(w)
		writeWrapped(w, fmt.Sprintf("%s stays: %s still %s it.", h.Name, strings.Join(texts(h.By), " and "), needs(len(h.By))), width)
	}
	for _, n := range v.Excluded {
		fmt.Fprintln(w)
		writeWrapped(w, fmt.Sprintf("%s goes although %s it: pip installs it again unless it is excluded.", n, requiredBy(v, n)), width)
	}
	writeParts(w, b, v, width)
	if err := writeFreed(w, b, v, width, limit); err != nil {
		return err
	}
	if err := writeEvidence(w, b, missed(v), width); err != nil {
		return err
	}
	if err := writeLayersChanged(w, b, v, width); err != nil {
		return err
	}
	if err := writeBrought(w, b, width); err != nil {
		return err
	}
	return writeJoined(w, b, width)
}

func needs(n int) string {
	if n == 1 {
		return "needs"
	}
	return "need"
}

func requiredBy(v plan.Preview, name pep.Name) string {
	g := v.Removal.Graph()
	var kept []string
	for _, by := range g.RequiredBy(name) {
		if i, ok := g.Index(by); ok && v.Removal.Kept(i) {
			kept = append(kept, string(by))
		}
	}
	if len(kept) == 1 {
		return kept[0] + " requires"
	}
	return strings.Join(kept, " and ") + " require"
}

func writeTotals(w io.Writer, b *analysis.Build, v plan.Preview, width int) error {
	t := Table{Columns: []Column{{Title: "", Min: 8}, {Title: "BEFORE", Right: true}, {Title: "AFTER", Right: true}, {Title: "DIFFERENCE", Right: true, Min: 20}}}
	if b.Deps != nil {
		t.Row("Download", v.Before.Download.String(), v.After.Download.String(), less(v.Before.Download, v.After.Download))
		t.Row("Unpacked", v.Before.Unpacked.String(), v.After.Unpacked.String(), less(v.Before.Unpacked, v.After.Unpacked))
	}
	packages := "Packages"
	if b.Deps == nil {
		packages = "Python packages" // an image has others, which no plan takes out
	}
	t.Row(packages, fmt.Sprint(v.Before.Packages), fmt.Sprint(v.After.Packages), delta(v.After.Packages-v.Before.Packages))
	if v.Image != nil {
		t.Row(imageRow(b, "unpacked"), v.Image.Before.String(), v.Image.AfterTotal().String(), change(v.Image.Before, v.Image.After))
		if x := v.Image; x.DownloadBefore.Size > 0 && len(x.LayersChanged) > 0 {
			t.Row(imageRow(b, "download"), x.DownloadBefore.String(), x.DownloadAfter.String(), less(x.DownloadBefore, x.DownloadAfter))
		}
	}
	return t.Write(w, width)
}

// less prints the difference of two totals, with what is unknown of it.
func less(before, after bytesize.Total) string {
	freed := before.Sub(after)
	if freed.Unknown > 0 {
		return change(before.Size, after.Size) + " and more"
	}
	return change(before.Size, after.Size)
}

// change prints "−2.98 GB (96 % smaller)".
func change(before, after bytesize.Size) string {
	d := after - before
	if d == 0 || before <= 0 {
		return d.Delta()
	}
	return fmt.Sprintf("%s (%s)", d.Delta(), percent(before, after))
}

func percent(before, after bytesize.Size) string {
	p := 100 * float64(after-before) / float64(before)
	word := "larger"
	if p < 0 {
		p, word = -p, "smaller"
	}
	switch {
	case p < 1:
		return "under 1 % " + word
	case p > 99 && p < 100:
		return "over 99 % " + word
	}
	return fmt.Sprintf("%.0f %% %s", p, word)
}

func delta(n int) string {
	switch {
	case n > 0:
		return fmt.Sprintf("+%d", n)
	case n < 0:
		return fmt.Sprintf("−%d", -n)
	}
	return "0"
}

func writeFreed(w io.Writer, b *analysis.Build, v plan.Preview, width, limit int) error {
	if len(v.Freed) == 0 {
		return nil
	}
	g := v.Removal.Graph()
	t := Table{Columns: []Column{{Title: "GOES", Min: 16}, {Title: "VERSION", Min: 8}, {Title: "DOWNLOAD", Right: true}, {Title: "UNPACKED", Right: true}, {Title: "WHY IT WAS THERE", Min: 16, Spare: 1}}}
	var going []int
	for _, i := range heaviest(g) {
		if v.Removal.Gone(i) {
			going = append(going, i)
		}
	}
	for at, i := range going {
		if limit > 0 && at == limit && len(going) > limit+1 {
			rest := sumOf(g, going[at:])
			t.Row(fmt.Sprintf("and %d more", len(going)-at), "", rest.Download.String(), rest.Unpacked.String(), "")
			break
		}
		n := g.Nodes()[i]
		cause := asking(b, g, i)
		if by := g.RequiredBy(n.Name); cause == "" && len(by) > 0 {
			cause = "required by " + some(by, 3)
		}
		t.Row(string(n.Name), n.Version, n.Download.String(), n.Unpacked.String(), cause)
	}
	if b.Deps == nil {
		t.Drop("DOWNLOAD") // an image does not tell
	}
	fmt.Fprintln(w)
	return t.Write(w, width)
}

func writeLayersChanged(w io.Writer, b *analysis.Build, v plan.Preview, width int) error {
	if v.Image == nil || v.Plan.Empty() {
		return nil
	}
	x := v.Image
	if len(x.LayersChanged) == 0 {
		_, err := fmt.Fprintln(w, "\nNo layer of the image has bytes of what goes.")
		return err
	}
	var total bytesize.Total
	var names []string
	for _, i := range x.LayersChanged {
		total.Add(b.Image.Layers[i].Download)
		names = append(names, fmt.Sprint(i))
	}
	fmt.Fprintln(w)
	writeWrapped(w, fmt.Sprintf("Layers that would be written, pushed and pulled again: %s (%s now, %s then).", strings.Join(names, ", "), total, x.Push), width)
	return nil
}

// imageRow names the line of the image's total; a scale model's is told apart.
func imageRow(b *analysis.Build, what string) string {
	if b.Image.Scale != "" {
		return fmt.Sprintf("Image (%s) %s", b.Image.Scale, what)
	}
	return "Image " + what
}
