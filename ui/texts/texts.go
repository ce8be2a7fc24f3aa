// Package texts is the catalogue of what the windows say. The key of a text is
// the text itself in English, so that the code reads as the screen does:
//
//	widget.NewButton(texts.T("Save"), save)
//	texts.F("%s is saved when all of it is read.", name)
//	texts.N(n, "%d package", "%d packages")
//
// A new text is written so, in ui, ui/widgets or ui/state, and gets its line in
// de.json; the tests of this package find what bypasses the catalogue, what a
// language lacks or has too much, and placeholders that do not agree. A further
// language is a further file, named by its code, and a line in [Languages].
//
// fyne.io/fyne/v2/lang has such a catalogue, but knows the language of the
// system only, once and for all, and ui/state must not know Fyne. What engine
// and command line print is English: people search for it. What the engine says of
// findings, strategies and errors the windows put into their language by [Say], with
// the forms of engine/de.json; the whole text of an error and warnings stay as they are.
package texts

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
)

//go:embed *.json engine
var files embed.FS

// A Language is one that the catalogue has.
type Language struct {
	Code string // ISO 639: "de"
	Name string // in the language itself
}

// Languages are those that can be set. English is the code's own.
var Languages = []Language{{"en", "English"}, {"de", "Deutsch"}}

// A catalogue maps an English text to that of a language; nil is English.
type catalogue map[string]string

var (
	current atomic.Pointer[catalogue]
	saying  atomic.Pointer[said]
)

// Use sets the language of all texts from now on, by the code or locale of it:
// "de", "de_AT.UTF-8". A language that the catalogue has not is English.
func Use(locale string) error {
	code := Match(locale)
	if code == Languages[0].Code {
		current.Store(nil)
		saying.Store(nil)
		return nil
	}
	c, err := read(code)
	if err != nil {
		return err
	}
	e, err := readEngine(code)
	if err != nil {
		return err
	}
	current.Store(&c)
	saying.Store(&said{forms(e.Sentences), forms(e.Pieces)})
	return nil
}

// Match returns the code of the language of a locale, "en" if there is none.
func Match(locale string) string {
	code, _, _ := strings.Cut(strings.ToLower(locale), "_")
	code, _, _ = strings.Cut(code, "-")
	for _, l := range Languages {
		if l.Code == code {
			return code
		}
	}
	return Languages[0].Code
}

func read(code string) (catalogue, error) {
	data, err := files.ReadFile(code + ".json")
	if err != nil {
		return nil, fmt.Errorf("no texts in %q: %w", code, err)
	}
	var c catalogue
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("texts in %q: %w", code, err)
	}
	return c, nil
}

// T returns a text in the language that is set, the English one if that has none.
func T(english string) string {
	if c := current.Load(); c != nil {
		if t := (*c)[english]; t != "" {
			return t
		}
	}
	return english
}

// F fills the placeholders of a text as [fmt.Sprintf] does. A language that
// orders them otherwise numbers them: "%[2]s".
func F(format string, args ...any) string { return fmt.Sprintf(T(format), args...) }

// N is the text for n things: one or several. Both are formats, n their first
// argument and args the others. It serves languages that have these two forms.
func N(n int, one, other string, args ...any) string {
	if n == 1 {
		other = one
	}
	return F(other, append([]any{n}, args...)...)
}
