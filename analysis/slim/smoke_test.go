package slim

import (
	"slices"
	"testing"
)

func TestSplitWords(t *testing.T) {
	test := func(s string, want ...string) {
		t.Helper()
		got, err := splitWords(s)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("splitWords(%q) = %q, %v, want %q", s, got, err, want)
		}
	}
	test(`python -c "import app.main"`, "python", "-c", "import app.main")
	test(`  a 'b "c' d\ e "f\"g" ''`, "a", `b "c`, "d e", `f"g`, "")
	for _, bad := range []string{``, `  `, `a "b`, `a\`} {
		if got, err := splitWords(bad); err == nil {
			t.Errorf("splitWords(%q) = %q, and no error", bad, got)
		}
	}
}
