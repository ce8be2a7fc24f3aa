package texts

import (
	"encoding/json"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func german(t *testing.T) {
	t.Helper()
	if err := Use("de"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Use("en") })
}

func TestSay(t *testing.T) {
	said := func(english, want string) {
		t.Helper()
		if got := Say(english); got != want {
			t.Errorf("%q is said as %q, want %q", english, got, want)
		}
	}
	said("4.43 MB of CUDA in the image (14 packages) that only a GPU can use", "4.43 MB of CUDA in the image (14 packages) that only a GPU can use")
	german(t)
	said("4.43 MB of CUDA in the image (14 packages) that only a GPU can use", "4.43 MB CUDA im Image (14 Pakete), das nur eine GPU nutzen kann")
	said("12 kB in 1 file deleted by a later layer", "12 kB in 1 Datei, von einem späteren Layer gelöscht")
	said("by layer 6: RUN rm -rf /root/.cache", "von Layer 6: RUN rm -rf /root/.cache")
	said("It pulls ≈ 511 MB instead of 3.16 GB, and a build takes 79 s to 5 min instead of 5 to 25 min.",
		"Gezogen werden ≈ 511 MB statt 3.16 GB, und ein Build dauert 79 s bis 5 min statt 5 bis 25 min.")
	said("compile ≈ 133 MB of Python code at 2.5 to 6 MB/s", "≈ 133 MB Python-Code kompilieren, mit 2.5 bis 6 MB/s")
	said("3 sizes are unknown, so sizes and times are at least these.", "3 Größen sind unbekannt, also sind Größen und Zeiten mindestens diese.")
	said("app.tar: the archive ends too early, after 1,204 entries", "app.tar: das Archiv endet zu früh, nach 1,204 Einträgen")
	said("127.0.0.1:5000/pyapp:9: No tag 9 in pyapp. Nearest: 1.0, 1.1.", "127.0.0.1:5000/pyapp:9: Kein Tag 9 in pyapp. Am nächsten: 1.0, 1.1.")
	said("app.tar: for what nobody foresaw", "app.tar: for what nobody foresaw")
	said("RUN pip install torch", "RUN pip install torch")
	said("", "")
}

// TestSlots: a form uses each slot of the engine's once.
func TestSlots(t *testing.T) {
	for _, l := range Languages[1:] {
		e, err := readEngine(l.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []map[string]string{e.Sentences, e.Pieces} {
			for english, text := range table {
				used := map[string]int{}
				for i, m := range slot.FindAllStringSubmatch(text, -1) {
					if m[1] == "" {
						m[1] = strconv.Itoa(i + 1)
					}
					used[m[1]]++
				}
				n := len(slot.FindAllString(english, -1))
				for i := range n {
					if used[strconv.Itoa(i+1)] != 1 {
						t.Errorf("%s: slot %d of %q is used %d times in %q", l.Code, i+1, english, used[strconv.Itoa(i+1)], text)
					}
				}
				if len(used) != n {
					t.Errorf("%s: %q has slots that %q has not", l.Code, text, english)
				}
			}
		}
	}
}

// command begins a literal that is no sentence: what one types, or a part of it.
var command = regexp.MustCompile(`^(RUN|COPY|FROM|ENV|pip|docker|uv|find| |ln|python -c|\\|\(\?|[a-z.]+\.)`)

// composed is the form of a title whose words come from a table.
var composed = regexp.MustCompile(`^%s (of|in %s) %s`)

// notSaid are literals of the engine's code that no window shows, or that are put
// together with others before.
var notSaid = map[string]bool{
	" Right if production has no GPU.":                                               true,
	" Where uv linked packages to its cache, the files are shared and nothing goes.": true,
	"# ask for ":             true,
	"# in requirements.txt:": true,
	". Check that the application starts and its tests pass without them.": true,
}

// TestEngineIsSaid finds what the engine says of findings and strategies, in its
// code, and no language has a form of.
func TestEngineIsSaid(t *testing.T) {
	german(t)
	found := 0
	for _, pattern := range []string{"../../analysis/insight/*.go", "../../analysis/plan/strategy.go", "../../analysis/plan/openedbase.go", "../../analysis/plan/speed.go"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatalf("no code at %s (%v)", pattern, err)
		}
		for _, file := range list {
			if !strings.HasSuffix(file, "_test.go") {
				found += checkSaid(t, file)
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d sentences were found", found)
	}
	var substitutes any
	data, err := os.ReadFile("../../assets/substitutes.json")
	if err == nil {
		err = json.Unmarshal(data, &substitutes)
	}
	if err != nil {
		t.Fatal(err)
	}
	checkNotes(t, substitutes)
}

// checkSaid looks at the sentences of one file: literals that end with a full stop,
// and formats of titles.
func checkSaid(t *testing.T, file string) (found int) {
	literals(t, file, func(text, at string, path []ast.Node) {
		sentence := strings.HasSuffix(text, ".") || strings.HasPrefix(text, "%s of ") || strings.HasPrefix(text, "%s in ") || strings.HasPrefix(text, "# ")
		if !sentence || len(strings.Fields(text)) < 3 || command.MatchString(text) || notSaid[text] || composed.MatchString(text) || place(path) == "no text" {
			return
		}
		found++
		example := strings.NewReplacer("%s", "5 MB", "%d", "3", "%v", "50 to 300").Replace(text)
		if Say(example) == example {
			t.Errorf("%s: no form of %q", at, text)
		}
	})
	return found
}

// checkNotes looks at titles and notes within what was read from JSON.
func checkNotes(t *testing.T, v any) {
	switch x := v.(type) {
	case map[string]any:
		for key, value := range x {
			if text, ok := value.(string); ok && (key == "title" || key == "note") && Say(text) == text {
				t.Errorf("no form of %q", text)
			}
			checkNotes(t, value)
		}
	case []any:
		for _, value := range x {
			checkNotes(t, value)
		}
	}
}
