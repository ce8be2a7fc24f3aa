package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
)

// Encode returns p as JSON, as [Decode] reads it.
func (p Plan) Encode() json.RawMessage {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // names are strings
	}
	return b
}

// An UnknownError names what stands in a plan and this program does not know:
// the plan of a newer one, or a slip. The rest of the plan is good.
type UnknownError struct {
	Fields  []string // of the object, sorted
	Classes []string // that cannot be stripped, as they are written
}

func (e *UnknownError) Error() string {
	var parts []string
	if len(e.Fields) > 0 {
		parts = append(parts, "this version does not know "+quoted(e.Fields))
	}
	if len(e.Classes) > 0 {
		parts = append(parts, "strip: there is no class "+quoted(e.Classes))
	}
	return "plan: " + strings.Join(parts, "; ")
}

func quoted(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(q, ", ")
}

// Decode reads what [Plan.Encode] wrote, or a user's own file: names may be
// spelled as on PyPI and in any order. With an [*UnknownError] the plan is good
// but for what that names. Two decisions about one package are an error.
func Decode(data []byte) (Plan, error) {
	var raw Plan
	if err := json.Unmarshal(data, &raw); err != nil {
		return Plan{}, fmt.Errorf("plan: %w", err)
	}
	var p Plan
	decided := map[pep.Name]string{}
	decide := func(text pep.Name, how string, with func(pep.Name) Plan) error {
		name := pep.Normalize(strings.TrimSpace(string(text)))
		if name == "" {
			return fmt.Errorf("plan: %s: %q is no name of a package", how, text)
		}
		if was, ok := decided[name]; ok && was != how {
			return fmt.Errorf("plan: %s stands in %q and in %q: only one of them can be done", name, was, how)
		}
		decided[name], p = how, with(name)
		return nil
	}
	for _, n := range raw.Drop {
		if err := decide(n, "drop", func(n pep.Name) Plan { return p.With(n, true) }); err != nil {
			return Plan{}, err
		}
	}
	for _, n := range slices.Sorted(maps.Keys(raw.Swap)) {
		if raw.Swap[n] == "" {
			return Plan{}, fmt.Errorf("plan: swap: it is not said what takes the place of %s", n)
		}
		if err := decide(n, "swap", func(name pep.Name) Plan { return p.WithSwap(name, raw.Swap[n]) }); err != nil {
			return Plan{}, err
		}
	}
	for _, n := range raw.Dev {
		if err := decide(n, "dev", func(n pep.Name) Plan { return p.WithDev(n, true) }); err != nil {
			return Plan{}, err
		}
	}
	unknown := unknownFields(data)
	for _, c := range raw.Strip {
		if !c.Known() {
			unknown.Classes = append(unknown.Classes, string(c))
		}
		p = p.WithStrip(c, true)
	}
	p.Squash = raw.Squash
	if len(unknown.Fields)+len(unknown.Classes) > 0 {
		return p, unknown
	}
	return p, nil
}

func unknownFields(data []byte) *UnknownError {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(data, &fields) // it was an object, or null
	e := &UnknownError{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch strings.ToLower(name) { // as encoding/json takes them
		case "drop", "swap", "strip", "dev", "squash":
		default:
			e.Fields = append(e.Fields, name)
		}
	}
	return e
}

// ParseClass reads the name of a class of files that can be stripped.
func ParseClass(text string) (fileclass.Class, error) {
	c := fileclass.Class(strings.ToLower(strings.TrimSpace(text)))
	if !c.Known() {
		words := make([]string, len(fileclass.All))
		for i, k := range fileclass.All {
			words[i] = string(k)
		}
		return "", fmt.Errorf("%q is no class of files: the classes are %s", text, strings.Join(words, ", "))
	}
	return c, nil
}
