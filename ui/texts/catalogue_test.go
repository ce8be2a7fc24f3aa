package texts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// names are literals that look like texts and are none, with the reason.
var names = map[string]string{
	"Weighline":       "the program's own name",
	" – Weighline":    "the program's own name, in the title of a window",
	"Mg":              "letters that are measured",
	"Dockerfile.slim": "a file's name",
	" to ":            "between the two numbers of a speed, as the engine writes it",

	"catalogue of ":               "begins where sizes are from, as the engine says it",
	"lock, and the catalogue of ": "the same",
	"index ":                      "the same",
	"lock, and the index ":        "the same",
}

// A use is a literal of the code: one of the catalogue, or one that bypasses it.
type use struct {
	at   string
	text string
}

// scan reads the code of the windows: the texts that it takes from the
// catalogue, and what looks like a text and does not come from there.
func scan(t *testing.T) (texts map[string]string, strays []use) {
	t.Helper()
	texts = map[string]string{}
	for _, dir := range []string{"..", "../state", "../widgets"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no code in %s (%v)", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			strays = append(strays, scanFile(t, file, texts)...)
		}
	}
	return texts, strays
}

// literals calls do for each string of a file, with where it stands and the nodes
// that lead to it, itself the last.
func literals(t *testing.T, file string, do func(text, at string, path []ast.Node)) {
	t.Helper()
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var path []ast.Node
	ast.Inspect(tree, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			do(text, fset.Position(lit.Pos()).String(), path)
		}
		return true
	})
}

func scanFile(t *testing.T, file string, texts map[string]string) (strays []use) {
	literals(t, file, func(text, at string, path []ast.Node) {
		switch what := place(path); {
		case what == "catalogue":
			texts[text] = at
			if !slices.ContainsFunc(path, func(n ast.Node) bool { _, ok := n.(*ast.FuncDecl); return ok }) {
				strays = append(strays, use{at, text + " (taken once for all, before the language is set: make it a function)"})
			}
		case what != "no text" && isText(text, what == "text") && names[text] == "":
			strays = append(strays, use{at, text})
		}
	})
	return strays
}

// place tells what the last node of the path is: a literal of the catalogue, one
// in a place where only texts stand, one where none stands, or neither.
func place(path []ast.Node) string {
	if len(path) < 2 {
		return ""
	}
	lit := path[len(path)-1]
	for _, n := range path {
		if call, ok := n.(*ast.CallExpr); ok && slices.Contains([]string{"New", "Errorf", "panic", "LogError"}, nameOf(call.Fun)) {
			return "no text" // an error for those who read logs; what people see of it is worded at the edge
		}
	}
	switch parent := path[len(path)-2].(type) {
	case *ast.CallExpr:
		if s, ok := parent.Fun.(*ast.SelectorExpr); ok && nameOf(s.X) == "texts" {
			return "catalogue"
		}
		if slices.Contains([]string{"SetText", "NewLabel", "NewButton", "NewCheck", "NewMenuItem", "SetPlaceHolder", "NewTipLabel", "heading", "line"}, nameOf(parent.Fun)) {
			return "text"
		}
	case *ast.KeyValueExpr:
		if parent.Value == lit && slices.Contains([]string{"Text", "Title", "Tooltip", "Tip", "Hint", "Why", "Secondary", "Label"}, nameOf(parent.Key)) {
			return "text"
		}
	case *ast.ImportSpec, *ast.Field:
		return "no text"
	}
	return ""
}

func nameOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

var (
	placeholder = regexp.MustCompile(`%[-+# 0]*(\[\d+\])?[0-9.*]*[a-zA-Z%]`)
	letter      = regexp.MustCompile(`\pL`)
	capital     = regexp.MustCompile(`^[A-Z].*\p{Ll}`) // not the NAME of a variable
)

// isText reports whether somebody is meant to read s: words with blanks, or one
// that begins with a capital letter. Where only texts stand any letter will do.
func isText(s string, sure bool) bool {
	s = placeholder.ReplaceAllString(s, "")
	return letter.MatchString(s) && (sure || strings.ContainsAny(s, " \n") || capital.MatchString(s))
}

func TestNothingBypassesTheCatalogue(t *testing.T) {
	_, strays := scan(t)
	for _, s := range strays {
		t.Errorf("%s: %q does not come from the catalogue: use texts.T, F or N", s.at, s.text)
	}
}

// TestWhole checks that a language has each text of the code, no other, and the
// same placeholders.
func TestWhole(t *testing.T) {
	texts, _ := scan(t)
	for _, l := range Languages[1:] {
		c, err := read(l.Code)
		if err != nil {
			t.Fatal(err)
		}
		var missing []string
		for _, english := range slices.Sorted(maps.Keys(texts)) {
			other := c[english]
			if other == "" {
				missing = append(missing, "\t"+strconv.Quote(english)+`: ""`)
				continue
			}
			if a, b := placeholders(english), placeholders(other); !maps.Equal(a, b) {
				t.Errorf("%s.json: %q has the placeholders %v, %q has %v", l.Code, other, b, english, a)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s.json lacks %d texts:\n%s", l.Code, len(missing), strings.Join(missing, ",\n"))
		}
		for english := range c {
			if texts[english] == "" {
				t.Errorf("%s.json has %q, which the code has not", l.Code, english)
			}
		}
	}
}

// placeholders maps the number of each argument to how it is printed.
func placeholders(s string) map[int]string {
	out, next := map[int]string{}, 1
	for _, p := range placeholder.FindAllString(s, -1) {
		if strings.HasSuffix(p, "%") {
			continue
		}
		if i := strings.IndexByte(p, '['); i >= 0 {
			n, rest, _ := strings.Cut(p[i+1:], "]")
			next, _ = strconv.Atoi(n) // the expression lets digits through only
			p = "%" + rest
		}
		out[next] = p
		next++
	}
	return out
}

func TestEveryFileIsALanguage(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		code, ok := strings.CutSuffix(f.Name(), ".json")
		if ok && Match(code) != code {
			t.Errorf("%s is no language of Languages", f.Name())
		}
	}
}
