package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci"
)

// layersOf makes unread layers from words such as "d1=RUN pip install".
func layersOf(words ...string) *analysis.Build {
	img := &analysis.Image{}
	for _, w := range words {
		id, by, _ := strings.Cut(w, "=")
		img.Layers = append(img.Layers, analysis.Layer{Layer: oci.Layer{DiffID: id, Instruction: by}})
	}
	return &analysis.Build{Image: img}
}

func place(i int) string {
	if i < 0 {
		return "x"
	}
	return fmt.Sprint(i)
}

func TestAlignLayers(t *testing.T) {
	test := func(name string, a, b *analysis.Build, want string) {
		t.Helper()
		var got []string
		for _, p := range analysis.Compare(a, b).Layers.Pairs {
			got = append(got, strings.TrimSpace(place(p.A)+"-"+place(p.B)+" "+string(p.Match)))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
	abc := layersOf("a=FROM scratch", "b=RUN pip install x", "c=COPY . /app")
	test("itself", abc, abc, "0-0 shared, 1-1 shared, 2-2 shared")
	test("one in front", abc, layersOf("n=ADD certs", "a=FROM scratch", "b=RUN pip install x", "c=COPY . /app"),
		"x-0, 0-1 shared, 1-2 shared, 2-3 shared")
	test("rebuilt behind one in front", abc, layersOf("n=ADD certs", "a=FROM scratch", "b2=RUN pip install x", "c2=COPY . /app"),
		"x-0, 0-1 shared, 1-2 rebuilt, 2-3 rebuilt")
	test("the same instruction twice", layersOf("a=RUN x", "b=RUN x"), layersOf("b=RUN x"), "0-x, 1-0 shared")
	test("another version", layersOf("b=RUN pip install --no-cache-dir demo==1.0"), layersOf("d=RUN pip install --no-cache-dir demo==1.1"), "0-0 similar")
	test("the more similar one of two", layersOf("b=RUN pip install --no-cache-dir -r prod.txt"),
		layersOf("d=RUN pip install -r prod.txt", "e=RUN pip install -r dev.txt"), "0-0 similar, x-1")
	test("nothing in common", layersOf("b=RUN make"), layersOf("d=COPY . /app"), "x-0, 0-x")
	test("other order", layersOf("a=A", "b=B", "c=C"), layersOf("b=B", "c=C", "a=A"), "1-0 shared, 2-1 shared, 0-2 moved")
	test("without history", layersOf("a", "b"), layersOf("a", "c"), "0-0 shared, x-1, 1-x")
	test("no layers", layersOf(), abc, "x-0, x-1, x-2")
	test("shared twice", layersOf("a=A", "e=WORKDIR"), layersOf("a=A", "e=WORKDIR", "e=WORKDIR"), "0-0 shared, 1-1 shared, x-2")
}
