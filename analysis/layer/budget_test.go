package layer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// Layers each within their own limits pass those of the image together.
func TestBudget(t *testing.T) {
	var sources []Source
	for i := range 6 {
		var words []string
		for n := range 20_000 {
			words = append(words, fmt.Sprintf("layer%d/%d=", i, n))
		}
		b := tarOf(append(words, fmt.Sprintf("layer%d/keep=%s", i, strings.Repeat("k", 600)))...)
		sources = append(sources, Source{Digest: sha(b), DiffID: sha(b), Size: int64(len(b)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }})
	}
	cache := &memory{index: map[string][]byte{}}
	read := ReadOptions{Budget: &Budget{Memory: 2_500_000, Keep: 1000}, Keep: func(path string, _ int64) bool { return strings.HasSuffix(path, "/keep") }}
	x, errs := ReadLayers(t.Context(), sources, LayersOptions{Read: read, Jobs: 1, Cache: cache})
	var limit *LimitError
	if errs[0] != nil || errs[2] != nil || !errors.As(errs[5], &limit) || limit.Max != 2_500_000 {
		t.Errorf("errors %v, want the last layers to have no room", errs)
	}
	if x[0].Kept() != 1 || x[1].Kept() != 0 || !x[1].Cut || len(x[1].Problems) != 1 {
		t.Errorf("kept %d and %d contents, problems %q; want one, in the first layer", x[0].Kept(), x[1].Kept(), x[1].Problems)
	}
	if len(cache.index) != 1 {
		t.Errorf("%d indexes are cached, want only the one that has all", len(cache.index))
	}
}

func TestBudgetRatio(t *testing.T) {
	b := &Budget{}
	var ratio *RatioError
	if err := b.grown(1000, bombFloor, 400); err != nil {
		t.Errorf("grown below the floor = %v", err)
	}
	if err := b.grown(1000, 1, 400); !errors.As(err, &ratio) || ratio.Compressed != 2000 {
		t.Errorf("grown above the floor = %v, want a RatioError", err)
	}
	if err := b.grown(bombFloor, 1, 400); err != nil {
		t.Errorf("grown of what does not pack = %v", err)
	}
}
