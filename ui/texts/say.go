package texts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// engine has what the engine says of findings and strategies in a language: the
// forms of its sentences, and those of the pieces that it puts into them, such as
// "3 packages". The key is the engine's own English form, with %s for each piece.
type engine struct {
	Sentences map[string]string `json:"sentences"`
	Pieces    map[string]string `json:"pieces"`
}

// A form is how a sentence of the engine reads, and what it is in a language.
type form struct {
	first   string // a piece of text that it has, to be quick about those that it is not
	size    int    // of its text without the slots
	pattern *regexp.Regexp
	text    string
}

// said are the forms of a language, those with the most text first.
type said struct{ sentences, pieces []form }

var slot = regexp.MustCompile(`%(?:\[(\d+)\])?[sdv]`)

// Say returns a sentence of the engine in the language that is set; of an error the
// reason that stands behind what it is about ("app.tar: it is empty"). The engine
// speaks English: `weigh` prints it, and people search for it. What the language
// has no form of stays as it is.
func Say(english string) string {
	if s := saying.Load(); s != nil {
		return s.say(english)
	}
	return english
}

func (s *said) say(english string) string {
	least := 0
	for at := 0; ; least = leastReason {
		if t, ok := find(s.sentences, least, english[at:], s.piece); ok {
			return english[:at] + t
		}
		next := strings.Index(english[at:], ": ")
		if next < 0 {
			return english
		}
		at += next + len(": ")
	}
}

// piece translates what stands in a slot of a sentence.
func (s *said) piece(english string) string {
	if t, ok := find(s.pieces, 0, english, s.piece); ok {
		return t
	}
	return s.say(english)
}

// leastReason is how much text a form has at least that is looked for behind a colon.
const leastReason = 10

// find fills the first form that fits, of so much text at least, with what stands in
// its slots.
func find(forms []form, least int, english string, piece func(string) string) (string, bool) {
	for _, f := range forms {
		if f.size < least || !strings.Contains(english, f.first) {
			continue
		}
		m := f.pattern.FindStringSubmatch(english)
		if m == nil {
			continue
		}
		next := 0
		return slot.ReplaceAllStringFunc(f.text, func(s string) string {
			next++
			n := next
			if at := slot.FindStringSubmatch(s)[1]; at != "" {
				n, _ = strconv.Atoi(at) // digits, by the pattern
			}
			if n < 1 || n >= len(m) {
				return s
			}
			return piece(m[n])
		}), true
	}
	return "", false
}

// forms orders the forms of a table, those with the most text first.
func forms(table map[string]string) (list []form) {
	for english, text := range table {
		var pattern strings.Builder
		pattern.WriteString(`(?s)^`)
		first, at := "", 0
		for _, place := range append(slot.FindAllStringIndex(english, -1), []int{len(english), len(english)}) {
			between := english[at:place[0]]
			if pattern.WriteString(regexp.QuoteMeta(between)); len(between) > len(first) {
				first = between
			}
			switch at = place[1]; {
			case place[0] == len(english):
			case strings.HasSuffix(english[:at], "d"):
				pattern.WriteString(`(\d[\d.,]*)`)
			default:
				pattern.WriteString(`(.+?)`)
			}
		}
		pattern.WriteString(`$`)
		list = append(list, form{first, len(slot.ReplaceAllString(english, "")), regexp.MustCompile(pattern.String()), text})
	}
	slices.SortFunc(list, func(a, b form) int {
		return cmp.Or(cmp.Compare(b.size, a.size), strings.Compare(a.text, b.text))
	})
	return list
}

func readEngine(code string) (e engine, err error) {
	data, err := files.ReadFile("engine/" + code + ".json")
	if err != nil {
		return e, fmt.Errorf("no sentences of the engine in %q: %w", code, err)
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("sentences of the engine in %q: %w", code, err)
	}
	return e, nil
}
