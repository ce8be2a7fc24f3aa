package plan

import (
	"fmt"
	"strings"
	"time"

	"weighline/analysis/bytesize"
)

// Counts says what a budget is a limit of, as JSON has it.
type Counts string

// What a budget may count.
const (
	Download     Counts = "download"      // bytes on the wire
	Unpacked     Counts = "unpacked"      // bytes of the files
	LargestLayer Counts = "largest_layer" // compressed bytes of the largest layer
	Disk         Counts = "disk"          // what a host needs: the compressed blobs and what they unpack to
	Time         Counts = "time"          // to build
)

// Label returns c in words.
func (c Counts) Label() string { return strings.ReplaceAll(string(c), "_", " ") }

// Scope says what the bytes of a budget are those of.
type Scope string

// The scopes. The zero Scope is whatever was weighed.
const (
	Bundle Scope = "bundle" // the application and its packages, without an operating system
	Image  Scope = "image"  // a container image
)

// A Budget is a limit, with what it counts.
type Budget struct {
	ID     string `json:"id,omitempty"` // of a preset
	Name   string `json:"name"`
	Limit  int64  `json:"limit"` // bytes; seconds if it counts Time
	Counts Counts `json:"counts"`
	Scope  Scope  `json:"scope,omitempty"`
	// States is the limit in the words of who sets it, as units differ.
	States    string `json:"states,omitempty"`
	Source    string `json:"source,omitempty"`     // URL; "" for a budget of the user's own
	CheckedOn string `json:"checked_on,omitempty"` // the day on which the source was read
}

// String returns "500 MB unpacked", "10 min to build".
func (b Budget) String() string {
	switch b.Counts {
	case Time:
		return duration(float64(b.Limit)) + " to build"
	case LargestLayer:
		return bytesize.Size(b.Limit).String() + " in one layer"
	case Disk:
		return bytesize.Size(b.Limit).String() + " of disk"
	}
	return bytesize.Size(b.Limit).String() + " " + string(b.Counts)
}

// A Range is a time in seconds, as far as it can be told.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// String returns "2 to 3 min", "40 s", "1 h 10 min to 2 h".
func (r Range) String() string {
	low, high := r.Ends()
	if high == "" {
		return low
	}
	return low + " to " + high
}

// Ends returns the two ends as one writes them with a word between: "2" and "3 min";
// high is "" if they read the same.
func (r Range) Ends() (low, high string) {
	low, high = duration(r.Low), duration(r.High)
	if low == high {
		return low, ""
	}
	if n, unit, ok := strings.Cut(low, " "); ok && !strings.Contains(unit, " ") && strings.HasSuffix(high, " "+unit) {
		low = n
	}
	return low, high
}

// duration prints seconds as exactly as one tells them: "9 s", "12 min", "1 h 10 min".
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < 0:
		return "−" + duration(-seconds)
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	d = d.Round(time.Minute)
	if m := int(d.Minutes()) % 60; m > 0 {
		return fmt.Sprintf("%d h %d min", int(d.Hours()), m)
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// Usage is what a build needs of what budgets limit. What is not in Bytes, and
// a nil Seconds, is unknown.
type Usage struct {
	Bytes   map[Counts]bytesize.Total
	Seconds *Range
}

// Of returns what is used of what b counts, false if nothing is known of it.
func (u Usage) Of(c Counts) (bytesize.Total, bool) {
	t, ok := u.Bytes[c]
	return t, ok && (t.Unknown == 0 || t.Size > 0)
}

// A Distance is how far a build is from a limit.
type Distance struct {
	// Left is the limit less what is used: negative when the limit is passed,
	// unknown when nothing is known of what it counts, and for time.
	Left bytesize.Amount
	// Missing counts the sizes that nobody knows: with them less is left.
	Missing int
	// Seconds are what is left of a time, nil for bytes.
	Seconds *Range
}

// Check returns how far the build is from the limit, and whether it is surely
// passed: by what is known and estimated, without what is unknown; of a time, by
// its low end.
func (b Budget) Check(u Usage) (d Distance, over bool) {
	if b.Counts == Time {
		if u.Seconds == nil {
			return Distance{}, false
		}
		limit := float64(b.Limit)
		d.Seconds = &Range{Low: limit - u.Seconds.High, High: limit - u.Seconds.Low}
		return d, d.Seconds.High < 0
	}
	used, known := u.Of(b.Counts)
	d.Missing = used.Unknown
	if !known {
		return d, false
	}
	d.Left = bytesize.Of(bytesize.Size(b.Limit) - used.Size)
	if used.Estimated > 0 {
		d.Left.Basis = bytesize.Estimated
	}
	return d, d.Left.Size < 0
}

// String returns "120 MB left", "over by 30.0 MB", "at most 120 MB left, 3 sizes
// are unknown", "2 to 4 min left", "unknown".
func (d Distance) String() string {
	if d.Seconds != nil {
		switch {
		case d.Seconds.High < 0:
			return "over by " + Range{-d.Seconds.High, -d.Seconds.Low}.String()
		case d.Seconds.Low < 0:
			return "may be over by " + duration(-d.Seconds.Low)
		}
		return d.Seconds.String() + " left"
	}
	if d.Left.Basis == bytesize.Unknown {
		return "unknown"
	}
	about, left := "", d.Left
	if left.Basis == bytesize.Estimated {
		about = "≈ "
	}
	if left.Size < 0 {
		if d.Missing > 0 {
			about = "at least "
		}
		return "over by " + about + (-left.Size).String()
	}
	text := about + left.Size.String() + " left"
	if d.Missing > 0 {
		text = "at most " + text + ", " + missing(d.Missing)
	}
	return text
}

func missing(n int) string {
	if n == 1 {
		return "1 size is unknown"
	}
	return fmt.Sprintf("%d sizes are unknown", n)
}
