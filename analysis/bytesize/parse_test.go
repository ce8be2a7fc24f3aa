package bytesize

import "testing"

func TestParse(t *testing.T) {
	test := func(text string, want Size, ok bool) {
		t.Helper()
		if got, err := Parse(text); got != want || (err == nil) != ok {
			t.Errorf("Parse(%q) = %d, %v, want %d, %v", text, got, err, want, ok)
		}
	}
	test("0", 0, true)
	test("500000", 500_000, true)
	test("500kB", 500_000, true)
	test("1.5 MiB", 1_572_864, true)
	test("2gb", 2_000_000_000, true)
	test("7 b", 7, true)
	test("", 0, false)
	test("MB", 0, false)
	test("-1", 0, false)
	test("1e99", 0, false)
	test("NaN", 0, false)
}
