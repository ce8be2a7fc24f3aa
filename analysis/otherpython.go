package analysis

import (
	"fmt"

	"weighline/analysis/pep"
)

// otherPython warns of files that are for other versions of Python than the
// target's, as Requires-Python says: pip and uv do not install them there.
func (d *Deps) otherPython(target pep.Target) (out []Warning) {
	for _, doc := range d.Docs {
		for _, hint := range doc.TargetHints {
			specs, err := pep.ParseSpecifiers(hint)
			if err != nil || allows(specs, target.Python()) {
				continue
			}
			text := fmt.Sprintf("it is for Python %s and was weighed for %s, where it is not installed", specs, target.Python())
			for _, p := range pep.Pythons {
				if allows(specs, p) {
					text += "; it can be weighed for " + p
					break
				}
			}
			out = append(out, Warning{Code: "other-python", Text: text, File: doc.Files[0].Path})
			break
		}
	}
	return out
}

// maxPatch is more than any Python 3.x had releases.
const maxPatch = 40

// allows reports whether one of the releases of a Python such as "3.11" fits.
func allows(specs pep.Specifiers, python string) bool {
	for patch := range maxPatch {
		if v, err := pep.ParseVersion(fmt.Sprintf("%s.%d", python, patch)); err == nil && specs.Contains(v, true) {
			return true
		}
	}
	return false
}
