// Package plan holds what a user decided about a build, and tells what the
// build would be.
//
// A [Plan] is a value: what to drop, what to swap for a lighter variant, what to
// move to a file for development, which files inside packages to strip. [Apply]
// puts it against the graph of a build and the ledger of its image and returns a
// [Preview], which says what goes, what was asked to go and stays, and the
// totals before and after. Neither the graph nor the ledger changes.
//
// A [Budget] is a limit that a platform or the user sets; it is checked against
// the [Usage] of a build, whose figures may be estimates or incomplete.
package plan

import (
	"maps"
	"slices"

	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
)

// A Plan is the set of a user's toggles. The zero Plan changes nothing. Plans
// are values: the methods return new ones and share nothing that changes. For a
// package there is one decision at most: it is dropped, swapped, or moved to the
// development file; the last one counts.
type Plan struct {
	// Drop names, in order, the packages that are asked to go. A root is taken
	// out of the requirements; any other package is an excluded dependency.
	Drop []pep.Name `json:"drop,omitempty"`
	// Swap names for packages the variant that takes their place, such as "cpu"
	// for torch; the variants there are stand in the table of substitutes.
	Swap map[pep.Name]string `json:"swap,omitempty"`
	// Strip names, in order, the classes of files that go from all packages.
	Strip []fileclass.Class `json:"strip,omitempty"`
	// Dev names, in order, the roots that move to a file of their own for
	// development, so that production does not install them.
	Dev []pep.Name `json:"dev,omitempty"`
	// Squash takes out of the image the bytes that lower layers bring and higher
	// ones hide.
	Squash bool `json:"squash,omitempty"`
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
	if drop {
		p = p.undecided(name)
	}
	p.Drop = with(p.Drop, name, drop)
	return p
}

// WithSwap returns p with name swapped for a variant, or not if that is "".
func (p Plan) WithSwap(name pep.Name, variant string) Plan {
	if variant != "" {
		p = p.undecided(name)
	}
	if p.Swap[name] == variant {
		return p
	}
	p.Swap = maps.Clone(p.Swap)
	if variant == "" {
		delete(p.Swap, name)
		return p
	}
	if p.Swap == nil {
		p.Swap = map[pep.Name]string{}
	}
	p.Swap[name] = variant
	return p
}

// WithDev returns p with name moved to the development file, or back.
func (p Plan) WithDev(name pep.Name, dev bool) Plan {
	if dev {
		p = p.undecided(name)
	}
	p.Dev = with(p.Dev, name, dev)
	return p
}

// WithStrip returns p with the stripping of a class switched on or off. A class
// that cannot be stripped changes nothing.
func (p Plan) WithStrip(class fileclass.Class, strip bool) Plan {
	if class.Known() {
		p.Strip = with(p.Strip, class, strip)
	}
	return p
}

// WithSquash returns p with the squashing of hidden bytes switched on or off.
func (p Plan) WithSquash(squash bool) Plan {
	p.Squash = squash
	return p
}

// undecided returns p without a decision about name.
func (p Plan) undecided(name pep.Name) Plan {
	p.Drop, p.Dev = with(p.Drop, name, false), with(p.Dev, name, false)
	return p.WithSwap(name, "")
}

// with returns the sorted list with x in it or not; the list itself stays.
func with[T ~string](list []T, x T, in bool) []T {
	i, found := slices.BinarySearch(list, x)
	switch {
	case in && !found:
		return slices.Insert(slices.Clone(list), i, x)
	case !in && found:
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return list
}

// Drops reports whether p asks for name to go.
func (p Plan) Drops(name pep.Name) bool { return has(p.Drop, name) }

// Swaps returns the variant that p takes in the place of name, "" for none.
func (p Plan) Swaps(name pep.Name) string { return p.Swap[name] }

// MovesToDev reports whether p moves name to the development file.
func (p Plan) MovesToDev(name pep.Name) bool { return has(p.Dev, name) }

// Strips reports whether p strips the files of a class.
func (p Plan) Strips(class fileclass.Class) bool { return has(p.Strip, class) }

func has[T ~string](list []T, x T) bool {
	_, found := slices.BinarySearch(list, x)
	return found
}

// Names returns the packages that p decides about, sorted.
func (p Plan) Names() []pep.Name {
	names := slices.Concat(p.Drop, p.Dev, slices.Collect(maps.Keys(p.Swap)))
	slices.Sort(names)
	return slices.Compact(names)
}

// Empty reports whether p changes nothing.
func (p Plan) Empty() bool {
	return len(p.Drop)+len(p.Swap)+len(p.Strip)+len(p.Dev) == 0 && !p.Squash
}

// Equal reports whether p and q ask for the same.
func (p Plan) Equal(q Plan) bool {
	return slices.Equal(p.Drop, q.Drop) && maps.Equal(p.Swap, q.Swap) && slices.Equal(p.Strip, q.Strip) &&
		slices.Equal(p.Dev, q.Dev) && p.Squash == q.Squash
}
