package analysis

import (
	"cmp"
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// Strategies returns the ways to a lighter build, and p itself, on one scale. Of
// the roots, those of dependency groups and those that the user's sources are
// known not to import count as not for production.
func (b *Build) Strategies(p plan.Plan, speeds plan.Speeds) plan.Strategies {
	s := b.Subject()
	if s == nil {
		return plan.Strategies{}
	}
	return s.Strategies(p, plan.StrategyOptions{Python: b.python(), Speeds: speeds, Dev: b.notForProduction(), Base: b.openedBase()})
}

// Time returns about how long a build of v, a preview of b, takes from nothing, pushed.
func (b *Build) Time(v plan.Preview, speeds plan.Speeds) plan.Range {
	return v.Time(plan.StrategyOptions{Python: b.python(), Speeds: speeds})
}

// python returns the version that packages are for, as "3.11": of the target, else of
// the first that is installed.
func (b *Build) python() string {
	if b.Deps != nil {
		return b.Target.Python()
	}
	for _, p := range b.Image.Ledger.Packages {
		if p.Kind == attribution.Python {
			return installedTarget(p.Path, b.Image.Platform).Python()
		}
	}
	return b.Target.Python()
}

// openedBase returns the image that was opened beside requirements, as a base to
// start from; nil if there is none, or if it was not read whole.
func (b *Build) openedBase() *plan.Base {
	i := b.Image
	if b.Deps == nil || i == nil || i.Partial || i.Scale != "" || i.Tree == nil || i.Ledger == nil {
		return nil
	}
	ref, err := oci.ParseRef(cmp.Or(i.Given, i.Reference))
	base := &plan.Base{Image: i.Reference, Platform: i.Platform, Unpacked: i.Tree.Totals.Bytes, Pullable: err == nil && ref.Place == oci.InRegistry}
	if base.Pullable && !strings.Contains(i.Reference, "@") {
		base.Digest = i.Digest
	}
	for _, l := range i.Layers {
		if l.Download.Basis == bytesize.Unknown {
			base.Download, base.Layers = 0, nil // a sum that misses a layer is none
			return base
		}
		base.Layers = append(base.Layers, int64(l.Download.Size))
		base.Download += int64(l.Download.Size)
	}
	return base
}

// notForProduction returns the roots of groups for development, and those of
// which evidence found no use.
func (b *Build) notForProduction() (names []pep.Name) {
	if b.Deps == nil {
		return nil
	}
	for _, doc := range b.Deps.Docs {
		for _, r := range doc.Requirements {
			if slices.Contains([]string{"dev", "test", "tests", "lint", "docs", "doc", "typing", "development"}, r.Group) {
				names = append(names, r.Name)
			}
		}
	}
	if b.Evidence != nil {
		for _, u := range b.Unused() {
			names = append(names, u.Package)
		}
	}
	return names
}
