package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"weighline/analysis/bytesize"
	"weighline/assets"
)

var presets = sync.OnceValue(func() []Budget {
	list, err := decodeBudgets(assets.Budgets)
	if err != nil {
		panic(err) // a test reads the file, too
	}
	return list
})

// Presets returns the limits of platforms that Weighline knows, each with its
// source and the day on which that was read. The caller may change the slice.
func Presets() []Budget { return slices.Clone(presets()) }

// ErrNoPreset says that no preset has the name that was asked for.
var ErrNoPreset = errors.New("there is no such preset")

// Preset returns the preset with an ID. The error wraps [ErrNoPreset].
func Preset(id string) (Budget, error) {
	all := presets()
	i := slices.IndexFunc(all, func(b Budget) bool { return strings.EqualFold(b.ID, strings.TrimSpace(id)) })
	if i < 0 {
		return Budget{}, fmt.Errorf("%s: %w", id, ErrNoPreset)
	}
	return all[i], nil
}

func decodeBudgets(data []byte) ([]Budget, error) {
	var file struct {
		Presets []Budget `json:"presets"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("budgets: %w", err)
	}
	for _, b := range file.Presets {
		if err := b.valid(); err != nil {
			return nil, fmt.Errorf("budgets: %s: %w", b.ID, err)
		}
	}
	return file.Presets, nil
}

func (b Budget) valid() error {
	if b.Limit <= 0 {
		return errors.New("a limit is more than 0")
	}
	switch b.Counts {
	case Download, Unpacked, LargestLayer, Disk, Time:
		return nil
	}
	return fmt.Errorf("%q is nothing that a budget counts: there are download, unpacked, largest-layer, disk and time", string(b.Counts))
}

// ParseBudget reads a budget as people write it: "500MB", "500MB:unpacked",
// "1GB:download", "2GiB:largest-layer", "14GB:disk", "10m:time". Without a word
// behind the colon it counts unpacked bytes, or time if it is a duration.
func ParseBudget(text string) (Budget, error) {
	amount, counts, named := strings.Cut(text, ":")
	b := Budget{Name: strings.TrimSpace(text), Counts: Unpacked}
	if named {
		b.Counts = Counts(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(counts)), "-", "_"))
	}
	seconds, isTime := parseDuration(amount)
	switch {
	case b.Counts == Time && !isTime:
		return Budget{}, fmt.Errorf("budget %q: %q is no time: write 90s, 10m or 1h30m", text, amount)
	case isTime && named && b.Counts != Time:
		return Budget{}, fmt.Errorf("budget %q: %q is a time, and %s is counted in bytes", text, amount, b.Counts.Label())
	case isTime:
		b.Counts, b.Limit = Time, seconds
	default:
		size, err := bytesize.Parse(amount)
		if err != nil {
			return Budget{}, fmt.Errorf("budget %q: %w", text, err)
		}
		b.Limit = int64(size)
	}
	if err := b.valid(); err != nil {
		return Budget{}, fmt.Errorf("budget %q: %w", text, err)
	}
	return b, nil
}

// parseDuration reads "10m", "10 min", "1h30m" as seconds.
func parseDuration(text string) (int64, bool) {
	s := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), " ", "")
	d, err := time.ParseDuration(strings.Replace(s, "min", "m", 1))
	return int64(d.Seconds()), err == nil && s != "0"
}
