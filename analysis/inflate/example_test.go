package inflate_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"weighline/analysis/inflate"
)

// A pipeline decodes into its own buffers, each of which begins with the end
// of the one before.
func ExampleDecoder_Fill() {
	var stream bytes.Buffer
	w := gzip.NewWriter(&stream)
	io.WriteString(w, "thirteen bytes of text, and then some")
	w.Close()

	d := inflate.NewGzip(&stream)
	var last []byte // the output so far, or its last 32 KiB
	for {
		dst := make([]byte, len(last)+15)
		hist := copy(dst, last)
		n, err := d.Fill(dst, hist)
		fmt.Printf("%q\n", dst[hist:hist+n])
		if err != nil {
			fmt.Println(err)
			return
		}
		last = dst[max(0, hist+n-32<<10) : hist+n]
	}
	// Output:
	// "thirteen bytes "
	// "of text, and th"
	// "en some"
	// EOF
}
