package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestManual makes the manual page of each command from its help, and has mandoc
// look for mistakes where it is at hand.
func TestManual(t *testing.T) {
	root := (&app{}).rootCommand()
	mandoc, _ := exec.LookPath("mandoc")
	for _, p := range manuals(root) {
		for _, want := range []string{".SH NAME\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH OPTIONS", ".SH EXIT STATUS\n", ".SH SEE ALSO\n"} {
			if !strings.Contains(p.Text, want) {
				t.Errorf("%s has no %q", p.Name, want)
			}
		}
		if mandoc == "" {
			continue
		}
		c := exec.CommandContext(t.Context(), mandoc, "-Tlint", "-Wwarning")
		c.Stdin = strings.NewReader(p.Text)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", p.Name, err, out)
		}
	}
}

// TestHelp checks that each command says in its help what it does, in one line and
// at length, and gives an example, within the width of the terminal.
func TestHelp(t *testing.T) {
	root := (&app{}).rootCommand()
	for _, c := range root.Commands() {
		if c.Short == "" || c.Example == "" || !strings.Contains(c.Example, "weigh "+c.Name()) {
			t.Errorf("weigh %s: short %q, example %q", c.Name(), c.Short, c.Example)
		}
		for _, width := range []int{60, 80, 200} {
			checkHelp(t, c, width)
		}
	}
}

func checkHelp(t *testing.T, c *cobra.Command, width int) {
	t.Helper()
	text := helpText(c, width)
	for _, want := range []string{"\nUsage:\n  weigh " + c.Name(), "\nExamples:\n", "--json"} {
		if !strings.Contains(text, want) {
			t.Errorf("weigh %s --help has no %q", c.Name(), want)
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if len([]rune(line)) > width && !strings.HasPrefix(line, "  ") { // lists and commands are not wrapped
			t.Errorf("weigh %s --help at %d columns: %q", c.Name(), width, line)
		}
	}
}
