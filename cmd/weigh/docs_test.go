package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

var (
	fenced = regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")
	spoken = regexp.MustCompile("`(weigh [^`]+)`")
	// called is weigh, or a path to it, where a command begins.
	called = regexp.MustCompile(`(?:^|[$|>&;({ ])"?(?:\$RUNNER_TEMP/)?weigh"? +((?:[a-z]+)(?: [^|>;&#]*)?)`)
)

// TestDocumentedCommands looks for each command of weigh that the documents show, and
// for each of its flags.
func TestDocumentedCommands(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range append(files, "../../README.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commandLines(string(text)) {
			n++
			if err := understood(line); err != "" {
				t.Errorf("%s: weigh %s: %s", filepath.Base(file), line, err)
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d commands were found", n)
	}
}

// commandLines returns what stands behind weigh in code blocks and code spans.
func commandLines(text string) (out []string) {
	blocks := strings.ReplaceAll(text, "\\\n", " ")
	for _, m := range fenced.FindAllStringSubmatch(blocks, -1) {
		for line := range strings.SplitSeq(m[2], "\n") {
			line, _, _ = strings.Cut(line, "# ") // a comment
			for _, c := range called.FindAllStringSubmatch(line, -1) {
				out = append(out, c[1])
			}
		}
	}
	for _, m := range spoken.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		if c := called.FindStringSubmatch(strings.ReplaceAll(m[1], "\n", " ")); c != nil {
			out = append(out, c[1])
		}
	}
	return out
}

// understood says what of a command line weigh does not have, "" for nothing.
func understood(line string) string {
	root := (&app{}).rootCommand()
	words := strings.Fields(line)
	if words[0] == strings.ToUpper(words[0]) {
		return ""
	}
	c, _, err := root.Find(words)
	if err != nil || c == root {
		return "there is no such command"
	}
	for _, w := range words {
		w = strings.Trim(w, `"'),.[]`)
		if name, _, _ := strings.Cut(strings.TrimPrefix(w, "--"), "="); strings.HasPrefix(w, "--") && !has(c, name) {
			return "there is no flag --" + name
		}
	}
	return ""
}

func has(c *cobra.Command, name string) bool {
	return name == "" || name == "help" || c.Flags().Lookup(name) != nil || c.InheritedFlags().Lookup(name) != nil
}

// TestPipelines reads the examples for CI systems: each line of a script is text, which
// YAML makes something else of where a colon stands.
func TestPipelines(t *testing.T) {
	text, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
		if m[1] != "yaml" {
			continue
		}
		var v any
		if err := yaml.Unmarshal([]byte(m[2]), &v); err != nil {
			t.Errorf("%v in\n%s", err, m[2])
		}
		doc, _ := v.(map[string]any)
		job, ok := doc["weigh"].(map[string]any)
		if !ok {
			continue
		}
		for _, part := range []string{"before_script", "script", "after_script"} {
			for _, line := range job[part].([]any) {
				if _, ok := line.(string); !ok {
					t.Errorf("%s: %v is no text", part, line)
				}
				scripts++
			}
		}
	}
	if scripts == 0 {
		t.Error("no script was found")
	}
}
