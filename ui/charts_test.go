package ui

import (
	"bytes"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/ui/chart"
)

// TestLayersChart stacks what is kept and wasted of each layer, on both pages, and
// writes it as SVG.
func TestLayersChart(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("charts")
	packages := b.charts.picture.draw(800, 400)
	b.charts.kind.SetSelectedIndex(chartLayers)
	contains(t, "title", b.charts.title.Text, "kept and waste")
	layers := b.charts.picture.draw(800, 400)
	equal(t, "another picture than that of the packages", packages != layers, true)
	equal(t, "the same picture again", b.charts.picture.draw(800, 400) == layers, true)
	var svg bytes.Buffer
	if err := b.charts.save("layers.svg")(&svg); err != nil {
		t.Fatal(err)
	}
	contains(t, "the file", svg.String(), ">Kept<", ">Waste<", ">"+b.session.Build.Image.Layers[5].Content.String()+"<")
	b.show("layers")
	before := b.layers.picture.draw(480, 200)
	b.app.SetVariant(Dark)
	equal(t, "drawn anew in the dark", b.layers.picture.draw(480, 200) != before, true)

	unread, err := layersChart(&analysis.Image{Layers: make([]analysis.Layer, 2)}, chart.Options{}).SVG()
	if err == nil || !strings.Contains(string(unread), "No layer was read") {
		t.Errorf("of layers that were not read: %v\n%s", err, unread)
	}
}
