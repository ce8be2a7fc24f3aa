package main

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manual makes the page of a command from its help.
func manual(t *testing.T, c *cobra.Command) []byte {
	t.Helper()
	var b bytes.Buffer
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	h := &doc.GenManHeader{Title: strings.ToUpper(strings.ReplaceAll(c.CommandPath(), " ", "-")), Section: "1", Date: &day, Source: "Weighline", Manual: "Weighline"}
	c.DisableAutoGenTag = true
	if err := doc.GenMan(c, h, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestManual makes a manual page for each command from its help; `make man` keeps
// them in the folder that WEIGHLINE_MAN names.
func TestManual(t *testing.T) {
	root := (&app{}).rootCommand()
	dir := cmp.Or(os.Getenv("WEIGHLINE_MAN"), t.TempDir())
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		page := manual(t, c)
		for _, want := range []string{".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXAMPLE"} {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("the page of %s has no %s", c.CommandPath(), want)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHelp checks that each command says in its help what it does, in one line and
// at length, and gives an example.
func TestHelp(t *testing.T) {
	root := (&app{}).rootCommand()
	for _, c := range root.Commands() {
		if c.Short == "" || c.Example == "" || !strings.Contains(c.Example, "weigh "+c.Name()) {
			t.Errorf("weigh %s: short %q, example %q", c.Name(), c.Short, c.Example)
		}
	}
}
