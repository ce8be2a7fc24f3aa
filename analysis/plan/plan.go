// Package plan holds what a user decided about a build, and tells what the
// build would be.
//
// A [Plan] is a value: what to drop. [Apply] puts it against the graph of a
// build and the ledger of its image and returns a [Preview], which says what
// goes, what was asked to go and stays, and the totals before and after.
// Neither the graph nor the ledger changes.
package plan

import (
	"encoding/json"
	"fmt"
	"slices"

	"weighline/analysis/pep"
)

// A Plan is the set of a user's toggles. The zero Plan changes nothing. Plans
// are values: the methods return new ones.
type Plan struct {
	// Drop names, in order, the packages that are asked to go. A root is taken
	// out of the requirements; any other package is an excluded dependency.
	Drop []pep.Name `json:"drop,omitempty"`
}

// New returns the plan that drops names.
func New(names ...pep.Name) Plan {
	var p Plan
	for _, n := range names {
		p = p.With(n, true)
	}
	return p
}

// With returns p with the drop of name switched on or off.
func (p Plan) With(name pep.Name, drop bool) Plan {
	i, found := slices.BinarySearch(p.Drop, name)
	switch {
	case drop && !found:
		p.Drop = slices.Insert(slices.Clone(p.Drop), i, name)
	case !drop && found:
		p.Drop = slices.Delete(slices.Clone(p.Drop), i, i+1)
	}
	return p
}

// Drops reports whether p asks for name to go.
func (p Plan) Drops(name pep.Name) bool {
	_, found := slices.BinarySearch(p.Drop, name)
	return found
}

// Empty reports whether p changes nothing.
func (p Plan) Empty() bool { return len(p.Drop) == 0 }

// Equal reports whether p and q ask for the same.
func (p Plan) Equal(q Plan) bool { return slices.Equal(p.Drop, q.Drop) }

// Encode returns p as JSON, as [Decode] reads it.
func (p Plan) Encode() json.RawMessage {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // names are strings
	}
	return b
}

// Decode reads what [Plan.Encode] wrote, or a user's own file.
func Decode(data []byte) (Plan, error) {
	var raw Plan
	if err := json.Unmarshal(data, &raw); err != nil {
		return Plan{}, fmt.Errorf("plan: %w", err)
	}
	var p Plan
	for _, n := range raw.Drop {
		p = p.With(pep.Normalize(string(n)), true)
	}
	return p, nil
}
