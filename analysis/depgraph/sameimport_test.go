package depgraph

import (
	"strings"
	"testing"
)

func TestSameImport(t *testing.T) {
	g, err := Resolve(t.Context(), catalogue(t), Input{Roots: lines("requirements.txt", "numpy", "opencv-python-headless", "opencv-python")})
	if err != nil {
		t.Fatal(err)
	}
	w := g.Warnings()
	if len(w) != 1 || w[0].Code != "same-import" || w[0].Line != 3 || !strings.Contains(w[0].Text, "bring the same module cv2") {
		t.Errorf("warnings = %+v", w)
	}
}
