package attribution

import "strings"

// eggRequires reads the requires.txt of an egg-info folder: where the metadata
// beside it has no Requires-Dist, as of setuptools before 57 and of most of
// Debian's packages, it says what the distribution requires. Sections are named
// [extra], [:marker] or [extra:marker]; the answer is in the form of Requires-Dist,
// as importlib.metadata gives it.
func eggRequires(text string) (requires []string) {
	condition := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			condition = eggCondition(line[1 : len(line)-1])
		case len(requires) < maxRequires:
			if condition != "" {
				line += " ; " + condition // the blank ends an address behind @
			}
			requires = append(requires, line)
		}
	}
	return requires
}

// eggCondition turns the name of a section into a marker.
func eggCondition(section string) string {
	extra, marker, _ := strings.Cut(section, ":")
	extra, marker = strings.TrimSpace(extra), strings.TrimSpace(marker)
	if extra == "" {
		return marker
	}
	if marker != "" {
		marker = "(" + marker + ") and "
	}
	return marker + `extra == "` + extra + `"`
}
