package insight

import (
	"fmt"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// wasteWords tell of one cause of waste.
type wasteWords struct {
	id, what, text string
	fix            []string
	risk           string
}

var wasteCauses = [...]wasteWords{
	layer.Deleted: {
		"waste-deleted", "deleted by a later layer",
		"A file that a later layer deletes is still pulled and stored: a layer hides what lies below it, and takes nothing away.",
		[]string{
			"# delete in the instruction that makes the files:",
			"RUN apt-get update && apt-get install -y --no-install-recommends NAME && rm -rf /var/lib/apt/lists/*",
			"# keep caches and compilers out of the layer altogether:",
			"RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt",
		},
		"None for the running container: it does not see these files. Fewer layers share less with other images.",
	},
	layer.Overwritten: {
		"waste-overwritten", "overwritten by a later layer",
		"The older content is still pulled and stored below the newer one.",
		[]string{"# write the final content first, or install both in one instruction; copy only what the image lacks"},
		"None for the running container: it sees the newer content only.",
	},
	layer.RewrittenIdentical: {
		"waste-rewritten", "written again with the same content",
		"chmod, chown and copying again make a whole new copy of each file they touch, even where not a byte of it changes.",
		[]string{
			"COPY --chown=app:app --chmod=0755 . /app",
			"# or change owner and mode in the instruction that makes the files:",
			"RUN pip install -r requirements.txt && chown -R app:app /app",
		},
		"None for the running container, if owner and mode are set where the files are made.",
	},
	layer.SameLayerDuplicate: {
		"waste-same-layer", "twice in one layer",
		"One layer holds the same path more than once; only the last one counts.",
		[]string{"# the tool that writes the layer appends to an archive: let it write each path once"},
		"None for the running container.",
	},
}

// waste tells of bytes in lower layers that no container sees, one finding for
// each cause, a row for each pair of layers.
func (f *finder) waste() {
	if f.t == nil || f.in.Folder {
		return
	}
	groups := f.t.WasteGroups()
	for why, sum := range f.t.WasteByWhy() {
		if sum.Bytes == 0 {
			continue
		}
		words := wasteCauses[why]
		x := Insight{
			ID: words.id, Counts: Waste, Bytes: bytesize.Of(sum.Bytes), Certainty: Known,
			Title: fmt.Sprintf("%s in %s %s", bytesize.Size(sum.Bytes), files(sum.Files), words.what),
			Text:  words.text, Fix: words.fix, Risk: words.risk, Apply: Change{Squash: true},
			extent: extent{waste: map[layer.Why]int64{layer.Why(why): sum.Bytes}},
		}
		for _, g := range groups {
			if int(g.Why) != why {
				continue
			}
			x.Rows = append(x.Rows, Row{Path: g.Folder, Layer: g.Layer, Bytes: bytesize.Of(g.Bytes), Files: g.Files,
				Note: f.wasteNote(g)})
		}
		f.add(x)
	}
}

func (f *finder) wasteNote(g layer.WasteGroup) string {
	by := fmt.Sprintf("by layer %d", g.RemovedBy)
	if s := f.instruction(g.RemovedBy); s != "" {
		by += ": " + s
	}
	return by
}

// files returns "1 file", "12 files".
func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return bytesize.Size(n).Grouped() + " files"
}
