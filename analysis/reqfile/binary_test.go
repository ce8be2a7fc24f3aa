package reqfile

import (
	"math/rand/v2"
	"testing"
)

// What is compressed or encrypted has no magic number that is known, and few NULs.
func TestBinary(t *testing.T) {
	noise := make([]byte, 100_000)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(noise)
	if got := binary(noise); got != "it is binary, not text" {
		t.Errorf("noise: %q", got)
	}
	for _, text := range []string{"", "requests\r\n\tflask # caf\xe9\n", "# \x1b[31mred\x1b[0m\nrequests\n", "requests\x00\x00\n", "# \u65e5\u672c\u8a9e\nrequests\n"} {
		if got := binary([]byte(text)); got != "" {
			t.Errorf("%q: %s", text, got)
		}
	}
}
