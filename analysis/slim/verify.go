package slim

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// A Check is one thing that was promised of a result, and whether it holds.
type Check struct {
	Name string // such as "unpacked", as JSON has it
	OK   bool
	Text string // a sentence
}

// maxOff is how far the download may be from its promise, as a share.
const maxOff = 0.02

// Verify compares an image that was read again with what c promised of it; r
// tells what was written. libs are the libraries that it misses, see
// [Cut.Missing].
func Verify(c *Cut, r *Result, after *attribution.Ledger, download int64, libs []Missing) []Check {
	t := after.Tree()
	return []Check{
		checkUnpacked(c, t), checkDownload(r, download), checkRecords(c, after), checkLibraries(libs), checkWhiteouts(c, t),
	}
}

func checkUnpacked(c *Cut, t *layer.Tree) Check {
	want, _ := c.Unpacked()
	if err := c.Check(t); err != nil {
		return Check{"unpacked", false, err.Error() + "."}
	}
	if t.Totals.Bytes != want {
		return Check{"unpacked", false, fmt.Sprintf("The files have %d bytes, and %d were promised.", t.Totals.Bytes, want)}
	}
	return Check{"unpacked", true, fmt.Sprintf("%d files have the %d bytes that were promised, and every name is what it was.", t.Totals.Files, want)}
}

func checkDownload(r *Result, got int64) Check {
	if got < 0 {
		return Check{"download", true, "The place does not tell what layers weigh compressed."}
	}
	off := 0.0
	if r.Promised.Download > 0 {
		off = float64(got)/float64(r.Promised.Download) - 1
	}
	text := fmt.Sprintf("%d bytes, %.1f %% off the estimate of %d.", got, 100*math.Abs(off), r.Promised.Download)
	return Check{"download", got == r.Actual.Download && math.Abs(off) <= maxOff, text}
}

// checkRecords looks whether each RECORD still lists what is there: what was there
// before and is not any more must be out of it.
func checkRecords(c *Cut, after *attribution.Ledger) Check {
	t, before := after.Tree(), c.Tree
	records, rows := 0, 0
	var bad []string
	for _, p := range after.Packages {
		if p.Kind != attribution.Python {
			continue
		}
		n, ok := t.Lookup(p.Path + "/RECORD")
		text, kept := t.Content(n)
		if !ok || !kept {
			continue
		}
		records++
		site := t.FullPath(t.Parent(t.Parent(n)))
		for _, row := range recordRows(string(text)) {
			rows++
			path := row.under(site)
			was, there := before.Lookup(path)
			if !there {
				continue // it was missing before
			}
			is, ok := t.Lookup(path)
			if !ok || t.Size(is) != before.Size(was) && row.size == strconv.FormatInt(before.Size(was), 10) {
				bad = append(bad, path)
			}
		}
	}
	if len(bad) > 0 {
		return Check{"records", false, fmt.Sprintf("%d files that RECORDs list are missing or others, such as %s.", len(bad), layer.Printable(bad[0]))}
	}
	if records == 0 {
		return Check{"records", true, "No distribution with a RECORD stays."}
	}
	return Check{"records", true, fmt.Sprintf("The RECORDs of %d distributions, %d rows, list nothing that went.", records, rows)}
}

func checkLibraries(libs []Missing) Check {
	if len(libs) == 0 {
		return Check{"libraries", true, "No program or library that stays needs a library that went (DT_NEEDED)."}
	}
	return Check{"libraries", false, fmt.Sprintf("%d needs of libraries are no longer met, such as %s, which needs %s.",
		len(libs), layer.Printable(libs[0].File), layer.Printable(libs[0].Library))}
}

// checkWhiteouts looks for whiteouts that hide nothing and did before.
func checkWhiteouts(c *Cut, t *layer.Tree) Check {
	before, _, err := idle(c.Tree)
	if err != nil {
		return Check{"whiteouts", false, err.Error()}
	}
	after, all, err := idle(t)
	if err != nil {
		return Check{"whiteouts", false, err.Error()}
	}
	for _, p := range before {
		if i := slices.Index(after, p); i >= 0 {
			after = slices.Delete(after, i, i+1)
		}
	}
	if len(after) > 0 {
		return Check{"whiteouts", false, fmt.Sprintf("%d whiteouts hide nothing any more, such as %s.", len(after), layer.Printable(after[0]))}
	}
	if all == 0 {
		return Check{"whiteouts", true, "There are no whiteouts."}
	}
	return Check{"whiteouts", true, fmt.Sprintf("None of the %d whiteouts became one that hides nothing.", all)}
}
