package attribution

// Limits for what hostile images claim. Real ones stay far below: the largest
// known have 20,000 packages, and 150,000 files in one list.
const (
	maxPackages = 100_000
	maxPaths    = 1_000_000  // in one list
	maxRequires = 10_000     // of one Python distribution
	maxPath     = 8 << 10    // bytes; no kernel opens longer ones
	maxShared   = 256        // packages beside its owner that list one file
	maxSteps    = 50_000_000 // folders looked into, for all lists together
)

// full reports whether the image has so many packages that no more are added.
func (a *attributor) full() bool {
	if len(a.l.Packages) < maxPackages {
		return false
	}
	if !a.overfull {
		a.overfull = true
		a.problem("the image claims more than %d packages; the others are not looked at", maxPackages)
	}
	return true
}

// spend counts work done for lists, and reports whether there may be more.
func (a *attributor) spend(steps int) bool {
	a.steps += steps
	if a.steps < maxSteps {
		return true
	}
	if !a.tired {
		a.tired = true
		a.problem("the packages' lists lead through too many folders and links; the rest of them is not looked at")
	}
	return false
}
