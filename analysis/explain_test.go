package analysis_test

import (
	"errors"
	"fmt"
	"testing"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
)

// TestExplainLayers: of a layer it is said which one, of how many, and whether it
// could not be read or not be written; of what is below it only why.
func TestExplainLayers(t *testing.T) {
	test := func(err error, want string) {
		t.Helper()
		if got := analysis.Explain(err); got != want {
			t.Errorf("Explain(%v) = %q, want %q", err, got, want)
		}
	}
	cause := errors.Join(&oci.Error{Code: oci.Truncated, What: "blobs/sha256/1", Why: "it ends 5 bytes too early"}, errors.New("what followed of it"))
	read := &layer.PlaceError{Layer: 1, Layers: 3, Err: cause}
	test(read, "layer 2 of 3 cannot be read: it ends 5 bytes too early")
	test(fmt.Errorf("app.tar: %w", read), "layer 2 of 3 cannot be read: it ends 5 bytes too early")
	test(&layer.PlaceError{Layer: 0, Layers: 3, Writing: true, Err: cause}, "layer 1 of 3 cannot be written anew: it ends 5 bytes too early")
	test(errors.Join(read, errors.New("x")), "layer 2 of 3 cannot be read: it ends 5 bytes too early (and 1 more)")
}
