package main

import (
	"strconv"
	"strings"

	"weighline/analysis/bytesize"
)

// parseSize reads a number of bytes: "500000", "500kB", "1.5 MiB".
func parseSize(text string) (bytesize.Size, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range []struct {
		name string
		size bytesize.Size
	}{{"kib", bytesize.KiB}, {"mib", bytesize.MiB}, {"gib", bytesize.GiB}, {"kb", bytesize.KB}, {"mb", bytesize.MB}, {"gb", bytesize.GB}, {"b", 1}, {"", 1}} {
		number, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(f >= 0 && f <= 1e9*float64(bytesize.GB)/float64(unit.size)) { // NaN is neither
			break
		}
		return bytesize.Size(f * float64(unit.size)), nil
	}
	return 0, usagef("%q is no number of bytes: write 500000, 500kB or 1.5MiB", text)
}
