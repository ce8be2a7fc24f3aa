package report

import (
	"fmt"
	"io"
	"time"

	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
)

// SavedJSON is what the library says of a saved build.
type SavedJSON struct {
	Name      string    `json:"name"`
	Notes     string    `json:"notes"`
	Reference string    `json:"reference"`
	Digest    string    `json:"digest"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Dropped   []string  `json:"dropped"`
	Layers    int       `json:"layers"`

	Packages CountJSON  `json:"packages"`
	Download BeforeJSON `json:"download"`
	Unpacked BeforeJSON `json:"unpacked"`
}

// ListJSON is the object that weigh list prints: schema weighline/list@1.
type ListJSON struct {
	Schema  string      `json:"schema"`
	Library string      `json:"library"`
	Builds  []SavedJSON `json:"builds"` // the latest first
}

// WriteList prints saved builds as a table. Lines are at most width characters
// long, if width is not 0.
func WriteList(w io.Writer, j ListJSON, width int) error {
	if len(j.Builds) == 0 {
		_, err := fmt.Fprintf(w, "Nothing is saved in %s.\n", layer.Printable(j.Library))
		return err
	}
	t := Table{Columns: []Column{{Title: "NAME", Min: 12}, {Title: "SAVED", Spare: 1}, {Title: "PACKAGES", Right: true, Spare: 2}, {Title: "DOWNLOAD", Right: true},
		{Title: "UNPACKED", Right: true}, {Title: "OF", Min: 12, Tail: true, Spare: 3}, {Title: "NOTES", Min: 6, Spare: 4}}}
	for _, s := range j.Builds {
		t.Row(s.Name, s.Updated.Local().Format("2006-01-02 15:04"), arrow(fmt.Sprint(s.Packages.Before), fmt.Sprint(s.Packages.After)),
			s.Download.text(), s.Unpacked.text(), s.Reference, s.Notes)
	}
	return t.Write(w, width)
}

// WriteSaved prints what the library says of one saved build.
func WriteSaved(w io.Writer, s SavedJSON) {
	fmt.Fprintf(w, "%s, saved %s\n", layer.Printable(s.Name), s.Updated.Local().Format("2006-01-02 15:04"))
	if s.Notes != "" {
		fmt.Fprintf(w, "%s\n", layer.Printable(s.Notes))
	}
	fmt.Fprintln(w)
}

func (b BeforeJSON) text() string {
	return arrow(sizeText(b.Before, b.Unknown.Before), sizeText(b.After, b.Unknown.After))
}

func sizeText(a bytesize.Amount, unknown int) string {
	if unknown > 0 && a.Basis != bytesize.Unknown {
		return "≥ " + a.Size.String()
	}
	return a.String()
}

func arrow(before, after string) string {
	if before == after {
		return before
	}
	return before + " → " + after
}
