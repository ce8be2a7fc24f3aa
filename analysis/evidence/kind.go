package evidence

import "fmt"

// A Kind says under which conditions a use takes place.
type Kind uint8

// The kinds. A use of several kinds at once, such as a dynamic import in a
// function, has the one that is named last here, but for the last five, which
// are no imports of a source.
const (
	Unguarded    Kind = iota // runs when the module is imported
	Guarded                  // in a try that catches ImportError, its handlers, an if, or a case
	InFunction               // runs when somebody calls it
	Dynamic                  // import_module("x"), __import__("x"), find_spec("x"), importorskip("x")
	TypeChecking             // under TYPE_CHECKING: nothing at run time
	EntryPoint               // named by an entry point of the project
	Command                  // run by a Dockerfile, Procfile, script or YAML file
	Required                 // another list of the project asks for it
	Requires                 // a package that stays requires it by its metadata
	Native                   // a native library that another one is linked to (DT_NEEDED)
)

var kindNames = [...]string{"unguarded", "guarded", "in-function", "dynamic", "type-checking", "entry-point", "command", "required", "requires", "native"}

// String returns the word for k that JSON has, such as "in-function".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// MarshalText returns [Kind.String].
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what [Kind.MarshalText] wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("there is no kind of use called %q", text)
}

// flags are the conditions that a statement stands under.
type flags uint8

const (
	inGuard flags = 1 << iota // a try, its handlers, a case
	inIf
	inFunction
	inTyping
	isDynamic
)

func (f flags) kind() Kind {
	switch {
	case f&inTyping != 0:
		return TypeChecking
	case f&isDynamic != 0:
		return Dynamic
	case f&inFunction != 0:
		return InFunction
	case f&(inGuard|inIf) != 0:
		return Guarded
	}
	return Unguarded
}
