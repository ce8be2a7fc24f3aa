package bytesize

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestString(t *testing.T) {
	test := func(s Size, decimal, binary, exact string) {
		t.Helper()
		if got := s.String(); got != decimal {
			t.Errorf("Size(%d).String() = %q, want %q", int64(s), got, decimal)
		}
		if got := s.IEC(); got != binary {
			t.Errorf("Size(%d).IEC() = %q, want %q", int64(s), got, binary)
		}
		if got := s.Exact(); got != exact {
			t.Errorf("Size(%d).Exact() = %q, want %q", int64(s), got, exact)
		}
	}
	test(0, "0 B", "0 B", "0 bytes")
	test(1, "1 B", "1 B", "1 byte")
	test(999, "999 B", "999 B", "999 bytes")
	test(1000, "1.00 kB", "1000 B", "1,000 bytes")
	test(1023, "1.02 kB", "1023 B", "1,023 bytes")
	test(1024, "1.02 kB", "1.00 KiB", "1,024 bytes")
	test(9_995, "10.0 kB", "9.76 KiB", "9,995 bytes")
	test(999_499, "999 kB", "976 KiB", "999,499 bytes")
	test(999_500, "1.00 MB", "976 KiB", "999,500 bytes")
	test(3_118_856_420, "3.12 GB", "2.90 GiB", "3,118,856,420 bytes")
	test(-2_980_000_000, "−2.98 GB", "−2.78 GiB", "−2,980,000,000 bytes")
	test(1<<63-1, "9.22 EB", "8.00 EiB", "9,223,372,036,854,775,807 bytes")
	test(-1<<63, "−9.22 EB", "−8.00 EiB", "−9,223,372,036,854,775,808 bytes")
}

func TestDelta(t *testing.T) {
	for s, want := range map[Size]string{20 * MB: "+20.0 MB", -20 * MB: "−20.0 MB", 0: "0 B"} {
		if got := s.Delta(); got != want {
			t.Errorf("Size(%d).Delta() = %q, want %q", int64(s), got, want)
		}
	}
}

func TestAmountJSON(t *testing.T) {
	in := []Amount{Of(12), About(7), {}}
	b, err := json.Marshal(in)
	if err != nil || string(b) != "[12,7,null]" {
		t.Fatalf("Marshal(%v) = %s, %v, want [12,7,null]", in, b, err)
	}
	var out []Amount
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if out[0] != Of(12) || out[2] != (Amount{}) {
		t.Errorf("Unmarshal(%s) = %v", b, out)
	}
}

func ExampleTotal() {
	var t Total
	t.Add(Of(800 * MB))
	fmt.Println(t)
	t.Add(About(40 * MB))
	fmt.Println(t)
	t.Add(Amount{}) // an index that gave no size
	fmt.Println(t)
	// Output:
	// 800 MB
	// ≈ 840 MB
	// ≥ 840 MB
}

func TestUseBinary(t *testing.T) {
	UseBinary(true)
	t.Cleanup(func() { UseBinary(false) })
	var total Total
	total.Add(About(2_980_000_000))
	total.Add(Amount{})
	for got, want := range map[string]string{(20 * MiB).Delta(): "+20.0 MiB", About(MB).String(): "≈ 977 KiB", total.String(): "≥ 2.78 GiB"} {
		if got != want {
			t.Errorf("in binary units %q, want %q", got, want)
		}
	}
}
