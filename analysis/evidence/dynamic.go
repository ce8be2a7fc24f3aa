package evidence

import (
	"bytes"
	"regexp"
)

// dynamicWords are functions that import, or look for, the module that their
// first argument names.
var dynamicWords = [][]byte{[]byte("import_module"), []byte("__import__"), []byte("importorskip"), []byte("find_spec")}

func mayImportDynamically(src []byte) bool {
	for _, w := range dynamicWords {
		if bytes.Contains(src, w) {
			return true
		}
	}
	return false
}

var dottedName = regexp.MustCompile(`^[\pL\pN_]+(\.[\pL\pN_]+)*$`)

// call looks at the call whose bracket is at i: of a function that imports the
// module of a literal name, it is put down.
func (p *parser) call(i int) {
	end := i
	for end > 0 && (p.src[end-1] == ' ' || p.src[end-1] == '\t') {
		end--
	}
	start := end
	for start > 0 && end-start < 20 && isName(p.src[start-1]) {
		start--
	}
	for _, w := range dynamicWords {
		if bytes.Equal(p.src[start:end], w) {
			if module := p.literal(i + 1); dottedName.MatchString(module) {
				p.add(Import{Module: module, Line: p.line}, p.flags()|isDynamic)
			}
			return
		}
	}
}

// literal returns the first argument of a call if it is a plain string.
// The parser does not move.
func (p *parser) literal(at int) string {
	look := parser{src: p.src, pos: at}
	look.blanksInBrackets()
	if name := look.word(); string(name) == "name" || string(name) == "modname" {
		look.blanksInBrackets()
		if look.pos == len(look.src) || look.src[look.pos] != '=' {
			return ""
		}
		look.pos++
		look.blanksInBrackets()
	} else if w := string(name); w != "" && w != "u" && w != "U" && w != "r" && w != "R" {
		return ""
	}
	var text []byte
	for look.pos < len(look.src) && classOf[look.src[look.pos]] == quoteByte { // strings side by side are one
		_, width := quote(look.src, look.pos)
		end, ok := plainString(look.src, look.pos)
		if !ok || end-look.pos > 300 || len(text) > 300 {
			return ""
		}
		text = append(text, look.src[look.pos+width:end-width]...)
		look.pos = end
		look.blanksInBrackets()
	}
	if look.pos < len(look.src) && (look.src[look.pos] == ',' || look.src[look.pos] == ')') {
		return string(text)
	}
	return ""
}
