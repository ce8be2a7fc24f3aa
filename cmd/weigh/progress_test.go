package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci/ocitest"
)

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &progress{w: &out, terminal: true, width: 60}
	test := func(s analysis.Progress, want string) {
		t.Helper()
		out.Reset()
		if p.step(s); out.String() != want {
			t.Errorf("step(%+v) prints %q, want %q", s, out.String(), want)
		}
	}
	const start = "\r\x1b[K"
	test(analysis.Progress{What: "Opening"}, start+"Opening")
	test(analysis.Progress{What: "Reading", Done: 5e6}, start+"Reading 5.00 MB")
	test(analysis.Progress{What: "Reading", Done: 5e6, Total: 10e6}, start+"Reading 5.00 MB of 10.0 MB [============            ]")
	test(analysis.Progress{What: "Reading", Done: 20e6, Total: 10e6}, start+"Reading 20.0 MB of 10.0 MB [========================]")
	test(analysis.Progress{What: strings.Repeat("x", 70)}, start+strings.Repeat("x", 59))
	out.Reset()
	if p.clear(); out.String() != start {
		t.Errorf("clear prints %q", out.String())
	}
	p = &progress{w: &out, width: 60}
	test(analysis.Progress{What: "Reading", Done: 5e6, Total: 10e6}, "Reading 5.00 MB of 10.0 MB\n")
	p = nil
	test(analysis.Progress{What: "quiet"}, "")
}

// TestProgressIsShown reads an image with a progress that prints every step.
func TestProgressIsShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image.oci")
	if err := ocitest.Build(ocitest.Layer{Entries: []ocitest.Entry{{Name: "a", Size: 5000}}}).WriteOCIArchive(path); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{err: &out, library: filepath.Join(t.TempDir(), "l.db"), progress: &progress{w: &out, width: 80}}
	if _, err := a.load(t.Context(), analysis.Input{Image: path}, &sourceFlags{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Reading layers: 1 of 1") {
		t.Errorf("progress = %q, want the layers", out.String())
	}
}
