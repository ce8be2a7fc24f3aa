package report

import (
	"fmt"
	"io"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// StoreJSON is the object that weigh library prints: schema
// weighline/library@1. Sizes are bytes on disk, compressed as they are kept.
type StoreJSON struct {
	Schema   string        `json:"schema"`
	Path     string        `json:"path"`
	ReadOnly bool          `json:"read_only"`
	Size     bytesize.Size `json:"size"` // of the file, and of those that SQLite keeps beside it
	Builds   struct {
		Saved int           `json:"saved"`
		Bin   int           `json:"bin"` // deleted, can be brought back for 30 days
		Size  bytesize.Size `json:"size"`
	} `json:"builds"`
	Cache struct {
		Layers int           `json:"layers"`
		Size   bytesize.Size `json:"size"`
		Needed bytesize.Size `json:"needed"` // of layers that saved builds need: never evicted
		Limit  bytesize.Size `json:"limit"`  // of the others
	} `json:"cache"`
}

// WriteLibrary prints what a library takes.
func WriteLibrary(w io.Writer, j StoreJSON, width int) {
	writeWrapped(w, fmt.Sprintf("%s, %s", layer.Printable(j.Path), j.Size), width)
	if j.ReadOnly {
		writeWrapped(w, "It cannot be written: nothing can be saved in it.", width)
	}
	saved := fmt.Sprintf("%s, %s", plural(j.Builds.Saved, "saved build"), j.Builds.Size)
	if j.Builds.Bin > 0 {
		saved += fmt.Sprintf("; %d more in the bin", j.Builds.Bin)
	}
	writeWrapped(w, saved, width)
	writeWrapped(w, fmt.Sprintf("%s read before, %s of which saved builds need %s; the others are kept up to %s",
		plural(j.Cache.Layers, "layer"), j.Cache.Size, j.Cache.Needed, j.Cache.Limit), width)
}

// WriteHistory prints the saved builds of one reference, the oldest first, with
// what each has more or less than the one before.
func WriteHistory(w io.Writer, j ListJSON, width int) error {
	if len(j.Builds) == 0 {
		_, err := fmt.Fprintln(w, "No saved build is of that reference; weigh list shows what is saved.")
		return err
	}
	t := Table{Columns: []Column{{Title: "SAVED"}, {Title: "NAME", Min: 12}, {Title: "PACKAGES", Right: true, Spare: 3}, {Title: "DOWNLOAD", Right: true, Spare: 1},
		{Title: "CHANGE", Right: true, Spare: 2}, {Title: "UNPACKED", Right: true}, {Title: "CHANGE", Right: true}, {Title: "NOTES", Min: 6, Spare: 4}}}
	for i, s := range j.Builds {
		down, unpacked := "", ""
		if i > 0 {
			before := j.Builds[i-1]
			down, unpacked = trend(before.Download, s.Download), trend(before.Unpacked, s.Unpacked)
		}
		t.Row(s.Created.Local().Format("2006-01-02 15:04"), s.Name, fmt.Sprint(s.Packages.After), sizeText(s.Download.After, s.Download.Unknown.Before), down,
			sizeText(s.Unpacked.After, s.Unpacked.Unknown.Before), unpacked, s.Notes)
	}
	return t.Write(w, width)
}

// trend returns the difference of two totals, "" where one is not known.
func trend(a, b BeforeJSON) string {
	if a.After.Basis == bytesize.Unknown || b.After.Basis == bytesize.Unknown {
		return ""
	}
	return (b.After.Size - a.After.Size).Delta()
}
