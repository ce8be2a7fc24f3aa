package attribution

import (
	"cmp"
	"path"
	"slices"
)

// A Change is what became of one package between two ledgers.
type Change struct {
	Kind   Kind
	Name   string
	Change string // Added, Removed, Changed or Same
	A, B   *Side  // nil where the package is not there
	Delta  int64  // bytes of B less those of A
}

// What [Change.Change] may be, as JSON has it.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed" // version or bytes
	Same    = "same"
)

// A Side is a package in one of the two ledgers.
type Side struct {
	Version  string
	Path     string
	Unpacked int64
	Files    int
	Layers   []LayerBytes // as in [Package]
}

// Diff compares the packages of two ledgers: what became of a when it turned
// into b. The largest differences come first, those without any at the end,
// by kind and name. Of several packages with one kind and name (two sites,
// nested node_modules) those at the same path are compared, then those in the same
// folder, then the rest in the order of their paths. A nil ledger has no packages.
func Diff(a, b *Ledger) []Change {
	left, right := packages(a), packages(b)
	byKey := map[pairKey][]int{} // in right
	for i, p := range right {
		byKey[pairKey{p.Kind, p.Name, p.Path}] = append(byKey[pairKey{p.Kind, p.Name, p.Path}], i)
	}
	partner := make([]int, len(left)) // in right, -1
	taken := make([]bool, len(right))
	match := func(key func(p *Package) pairKey) {
		for i := range left {
			if partner[i] >= 0 {
				continue
			}
			k := key(&left[i])
			for len(byKey[k]) > 0 && taken[byKey[k][0]] {
				byKey[k] = byKey[k][1:]
			}
			if len(byKey[k]) > 0 {
				partner[i] = byKey[k][0]
				taken[partner[i]] = true
			}
		}
	}
	for i := range partner {
		partner[i] = -1
	}
	match(byPath)
	for _, key := range []func(*Package) pairKey{byFolder, byName} {
		clear(byKey)
		for i := range right {
			if k := key(&right[i]); !taken[i] {
				byKey[k] = append(byKey[k], i)
			}
		}
		match(key)
	}

	changes := make([]Change, 0, max(len(left), len(right)))
	for i := range left {
		if partner[i] < 0 {
			changes = append(changes, change(&left[i], nil))
		} else {
			changes = append(changes, change(&left[i], &right[partner[i]]))
		}
	}
	for i := range right {
		if !taken[i] {
			changes = append(changes, change(nil, &right[i]))
		}
	}
	slices.SortStableFunc(changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(abs(y.Delta), abs(x.Delta)), cmp.Compare(weight(x), weight(y)),
			cmp.Compare(kindOrder[x.Kind], kindOrder[y.Kind]), cmp.Compare(x.Name, y.Name))
	})
	return changes
}

type pairKey struct {
	kind       Kind
	name, path string
}

func byPath(p *Package) pairKey { return pairKey{p.Kind, p.Name, p.Path} }

// byFolder finds another version of a distribution, whose metadata lies in the
// same site-packages folder under another name.
func byFolder(p *Package) pairKey { return pairKey{p.Kind, p.Name, path.Dir(p.Path)} }

func byName(p *Package) pairKey { return pairKey{p.Kind, p.Name, ""} }

func packages(l *Ledger) []Package {
	if l == nil {
		return nil
	}
	return l.Packages
}

func change(a, b *Package) Change {
	c := Change{A: side(a), B: side(b)}
	switch {
	case a == nil:
		c.Kind, c.Name, c.Change, c.Delta = b.Kind, b.Name, Added, b.Unpacked
	case b == nil:
		c.Kind, c.Name, c.Change, c.Delta = a.Kind, a.Name, Removed, -a.Unpacked
	default:
		c.Kind, c.Name, c.Change, c.Delta = a.Kind, a.Name, Changed, b.Unpacked-a.Unpacked
		if a.Version == b.Version && a.Unpacked == b.Unpacked && a.Files == b.Files {
			c.Change = Same
		}
	}
	return c
}

func side(p *Package) *Side {
	if p == nil {
		return nil
	}
	return &Side{p.Version, p.Path, p.Unpacked, p.Files, p.Layers}
}

// weight puts changes that move no bytes before what is the same.
func weight(c Change) int {
	if c.Change == Same {
		return 1
	}
	return 0
}

func abs(n int64) int64 { return max(n, -n) }
