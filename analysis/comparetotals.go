package analysis

import (
	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
)

// Totals are the sums of the two builds.
type Totals struct {
	A, B bytesize.Total
	// paired, if not nil, is the difference package by package: what one side does
	// not know of a package that is the same on both makes no difference.
	paired *pairedSum
}

// A pairedSum is the difference between the packages of two graphs.
type pairedSum struct {
	size       bytesize.Size
	estimated  bool
	more, less int // unknown sizes of what came and of what went; a change is both
}

// Known returns B less A, as far as both are known.
func (t Totals) Known() bytesize.Size {
	if t.paired != nil {
		return t.paired.size
	}
	return t.B.Size - t.A.Size
}

// Missing counts the unknown sizes that would make the difference larger than
// [Totals.Known], and those that would make it smaller.
func (t Totals) Missing() (more, less int) {
	if t.paired != nil {
		return t.paired.more, t.paired.less
	}
	return t.B.Unknown, t.A.Unknown
}

// Delta returns B less A: an estimate if sizes are missing that only make it larger,
// or only smaller; unknown if they may do both, or if nothing else is known.
func (t Totals) Delta() bytesize.Amount {
	more, less := t.Missing()
	estimated := t.A.Estimated+t.B.Estimated > 0
	if t.paired != nil {
		estimated = t.paired.estimated
	}
	switch {
	case more > 0 && less > 0, t.nothing():
		return bytesize.Amount{}
	case estimated || more+less > 0:
		return bytesize.About(t.Known())
	}
	return bytesize.Of(t.Known())
}

// nothing reports whether the difference is that of nothing known.
func (t Totals) nothing() bool {
	if more, less := t.Missing(); t.paired != nil {
		return more+less > 0 && t.paired.size == 0
	}
	return t.A.Size == 0 && t.A.Unknown > 0 || t.B.Size == 0 && t.B.Unknown > 0
}

// pair sums what became of each package.
func pair(changes []PackageChange, delta func(*PackageChange) bytesize.Amount) *pairedSum {
	p := &pairedSum{}
	for i := range changes {
		x := &changes[i]
		d := delta(x)
		switch {
		case x.Change == attribution.Same:
		case d.Basis == bytesize.Unknown:
			if x.B != nil {
				p.more++
			}
			if x.A != nil {
				p.less++
			}
		default:
			p.size += d.Size
			p.estimated = p.estimated || d.Basis == bytesize.Estimated
		}
	}
	return p
}
