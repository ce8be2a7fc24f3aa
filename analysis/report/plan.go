package report

import (
	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
)

// PreviewJSON is what a build would be under a plan: the object "preview".
type PreviewJSON struct {
	Dropped  []string   `json:"dropped"` // what was asked to go
	Freed    []string   `json:"freed"`   // all that goes
	Held     []HeldJSON `json:"held"`    // what was asked to go and stays
	Excluded []string   `json:"excluded"`
	Download BeforeJSON `json:"download"`
	Unpacked BeforeJSON `json:"unpacked"`
	Packages CountJSON  `json:"packages"`
	// LayersChanged are the layers of the image that would be written again;
	// null without an image.
	LayersChanged []int `json:"layers_changed"`
	// Image is what the image would be, where requirements and an image were
	// given.
	Image *ImagePreviewJSON `json:"image,omitempty"`
	// Evidence and Code are there if sources were read for it.
	Evidence []EvidenceJSON `json:"evidence,omitzero"`
	Code     *CodeJSON      `json:"code,omitempty"`
	PlanPartsJSON
	Strategies []StrategyJSON `json:"strategies,omitzero"`
}

// HeldJSON is a package that was asked to go and stays, with the roots that
// need it.
type HeldJSON struct {
	Name string   `json:"name"`
	By   []string `json:"by"`
}

// BeforeJSON is a total without and with the plan; Unknown counts the sizes
// that are missing from it.
type BeforeJSON struct {
	Before bytesize.Amount `json:"before"`
	After  bytesize.Amount `json:"after"`
	// AfterBasis tells how well After is known: "known", "estimated" or "unknown".
	AfterBasis string    `json:"after_basis"`
	Unknown    CountJSON `json:"unknown"`
}

// CountJSON is a number without and with the plan.
type CountJSON struct {
	Before int `json:"before"`
	After  int `json:"after"`
}

// ImagePreviewJSON is an image without and with the plan.
type ImagePreviewJSON struct {
	Unpacked BeforeJSON `json:"unpacked"`
}

// Plan returns what weigh plan --json prints: the object of what was opened,
// with a preview. Of requirements together with an image that is the object of
// the requirements, with that of the image inside. saved is what the library
// says of it, or nil.
func Plan(b *analysis.Build, v plan.Preview, saved *SavedJSON, problems error) any {
	return PlanWith(b, v, plan.Strategies{}, saved, problems)
}

// PlanWith is [Plan] with strategies, unless those are empty.
func PlanWith(b *analysis.Build, v plan.Preview, ways plan.Strategies, saved *SavedJSON, problems error) any {
	preview := Preview(b, v)
	if len(ways.List) > 0 {
		preview.Strategies = StrategiesOf(ways)
	}
	switch {
	case b.Deps == nil:
		return struct {
			ImageJSON
			Preview PreviewJSON `json:"preview"`
			Saved   *SavedJSON  `json:"saved,omitempty"`
		}{Image(b, false, problems), preview, saved}
	case b.Image == nil:
		return struct {
			DepsJSON
			Preview PreviewJSON `json:"preview"`
			Saved   *SavedJSON  `json:"saved,omitempty"`
		}{Deps(b, v.Removal, problems), preview, saved}
	}
	image := Image(b, false, nil)
	image.Warnings = []WarningJSON{} // they stand with the others
	return struct {
		DepsJSON
		Image   ImageJSON   `json:"image"`
		Preview PreviewJSON `json:"preview"`
		Saved   *SavedJSON  `json:"saved,omitempty"`
	}{Deps(b, v.Removal, problems), image, preview, saved}
}

// Preview returns the object "preview".
func Preview(b *analysis.Build, v plan.Preview) PreviewJSON {
	j := PreviewJSON{
		Dropped: texts(v.Plan.Drop), Freed: texts(v.Freed), PlanPartsJSON: planParts(b, v), Evidence: Evidence(b, missed(v)), Code: Code(b.Evidence), Held: []HeldJSON{}, Excluded: texts(v.Excluded),
		Packages: CountJSON{v.Before.Packages, v.After.Packages},
		Download: before(atLeast(v.Before.Download, v.Before.Packages), atLeast(v.After.Download, v.After.Packages), v.Before.Download.Unknown, v.After.Download.Unknown),
		Unpacked: before(atLeast(v.Before.Unpacked, v.Before.Packages), atLeast(v.After.Unpacked, v.After.Packages), v.Before.Unpacked.Unknown, v.After.Unpacked.Unknown),
	}
	for _, h := range v.Held {
		j.Held = append(j.Held, HeldJSON{string(h.Name), texts(h.By)})
	}
	if v.Image == nil {
		return j
	}
	j.LayersChanged = append([]int{}, v.Image.LayersChanged...)
	after := v.Image.AfterTotal()
	unpacked := before(bytesize.Of(v.Image.Before), atLeast(after, -1), 0, after.Unknown)
	if b.Deps != nil {
		j.Image = &ImagePreviewJSON{unpacked}
		return j
	}
	j.Unpacked, j.Download = unpacked, imageDownload(b, v)
	return j
}

// before makes a total without and with the plan.
func before(b, after bytesize.Amount, unknown, unknownAfter int) BeforeJSON {
	return BeforeJSON{b, after, after.Basis.String(), CountJSON{unknown, unknownAfter}}
}

// imageDownload returns the image's download. What changed layers would weigh is
// estimated from what they weigh now.
func imageDownload(b *analysis.Build, v plan.Preview) BeforeJSON {
	x := v.Image
	return before(imageTotals(b.Image).Download, exactly(x.DownloadAfter), x.DownloadBefore.Unknown, x.DownloadAfter.Unknown)
}
