package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
)

// lockOf analyses a pylock.toml. Sizes below 0 are not in it.
func lockOf(t *testing.T, packages ...[2]any) *analysis.Build {
	t.Helper()
	text := "lock-version = \"1.0\"\ncreated-by = \"test\"\n"
	for _, p := range packages {
		name, size, file := p[0].(string), "", p[0].(string)+"-1-py3-none-any.whl"
		if n := p[1].(int); n >= 0 {
			size = fmt.Sprintf(", size = %d", n)
		}
		text += fmt.Sprintf("[[packages]]\nname = %q\nversion = \"1\"\nwheels = [{name = %q, url = \"https://example.com/%s\"%s, hashes = {sha256 = %q}}]\n",
			name, file, file, size, strings.Repeat("0", 64))
	}
	b, err := analysis.Analyze(t.Context(), analysis.Input{Files: []string{"pylock.toml"}}, analysis.Options{Texts: map[string][]byte{"pylock.toml": []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTotalsPaired compares locks some sizes of which nobody knows: what is the same
// in both makes no difference, and what is not says which way.
func TestTotalsPaired(t *testing.T) {
	type p = [2]any
	test := func(what string, a, b *analysis.Build, want bytesize.Amount, more, less int) {
		t.Helper()
		d := analysis.Compare(a, b).Download
		if d.Delta() != want {
			t.Errorf("%s: difference %+v, want %+v", what, d.Delta(), want)
		}
		if m, l := d.Missing(); m != more || l != less {
			t.Errorf("%s: %d and %d missing, want %d and %d", what, m, l, more, less)
		}
	}
	base := lockOf(t, p{"xxone", 100}, p{"xxhuge", -1})
	test("unknown in both", base, lockOf(t, p{"xxone", 100}, p{"xxhuge", -1}, p{"xxtwo", 30}), bytesize.Of(30), 0, 0)
	test("known in one", base, lockOf(t, p{"xxone", 100}, p{"xxhuge", 9000}), bytesize.Of(0), 0, 0)
	test("unknown one came", base, lockOf(t, p{"xxone", 100}, p{"xxhuge", -1}, p{"xxtwo", -1}), bytesize.Amount{}, 1, 0)
	test("unknown one went", base, lockOf(t, p{"xxone", 90}), bytesize.About(-10), 0, 1)
	test("an unknown and a known one came", base, lockOf(t, p{"xxone", 100}, p{"xxhuge", -1}, p{"xxtwo", -1}, p{"xxthree", 7}), bytesize.About(7), 1, 0)
	test("nothing known, nothing changed", lockOf(t, p{"xxhuge", -1}), lockOf(t, p{"xxhuge", -1}), bytesize.Of(0), 0, 0)
	test("one came and one went", base, lockOf(t, p{"xxone", 100}, p{"xxtwo", -1}), bytesize.Amount{}, 1, 1)

	grown := analysis.Compare(base, lockOf(t, p{"xxone", 106}, p{"xxhuge", 9000}))
	v, err := analysis.Check(grown.B, nil, grown, analysis.Growth{Bytes: 5, Counts: plan.Download}, analysis.Growth{Bytes: 6, Counts: plan.Download})
	if err != nil || !v[0].Over || v[1].Over {
		t.Errorf("growth by 6 bytes: %+v, %v; want more than 5 and not more than 6", v, err)
	}
}
