package bytesize

import (
	"fmt"
	"strconv"
	"strings"
)

// A ParseError says that a text is no number of bytes.
type ParseError struct{ Text string }

func (e *ParseError) Error() string {
	return fmt.Sprintf("%q is no number of bytes: write 500000, 500kB or 1.5MiB", e.Text)
}

// Parse reads a number of bytes as people write it: "500000", "500kB",
// "1.5 MiB". Decimal units are powers of 1000, binary ones of 1024, and the case
// of the letters does not matter. The error is a [*ParseError].
func Parse(text string) (Size, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range []struct {
		name string
		size Size
	}{{"kib", KiB}, {"mib", MiB}, {"gib", GiB}, {"kb", KB}, {"mb", MB}, {"gb", GB}, {"b", 1}, {"", 1}} {
		number, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(f >= 0 && f <= 1e9*float64(GB)/float64(unit.size)) { // NaN is neither
			break
		}
		return Size(f * float64(unit.size)), nil
	}
	return 0, &ParseError{text}
}
