package pep

import (
	"cmp"
	"strings"
)

// A WheelName is what the file name of a wheel says (PEP 427, PEP 425).
type WheelName struct {
	Name     Name
	Version  Version
	Build    string   // the optional build tag, which begins with a digit
	Python   []string // "py2", "py3", "cp311"
	ABI      []string // "none", "abi3", "cp311"
	Platform []string // "any", "manylinux_2_17_x86_64"
}

// ParseWheelName reads a file name such as
// "charset_normalizer-3.4.2-cp311-cp311-manylinux_2_17_x86_64.whl". The error
// is a [*SyntaxError].
func ParseWheelName(file string) (WheelName, error) {
	fail := func(at int, msg string) (WheelName, error) {
		return WheelName{}, &SyntaxError{Input: file, Offset: max(at, 0), Msg: msg}
	}
	stem, ok := strings.CutSuffix(file, ".whl")
	if !ok {
		return fail(len(file), "a wheel's name ends in .whl")
	}
	parts := strings.Split(stem, "-")
	if n := len(parts); n != 5 && n != 6 {
		return fail(0, "a wheel's name has five or six parts")
	}
	for _, part := range parts {
		if part == "" || strings.ContainsAny(part, " /\\\t\n\r") {
			return fail(0, "an empty or blank part in a wheel's name")
		}
	}
	v, err := ParseVersion(strings.ReplaceAll(parts[1], "_", "-"))
	if err != nil {
		return fail(len(parts[0])+1, "no version (PEP 440) in a wheel's name")
	}
	w := WheelName{Name: Normalize(parts[0]), Version: v}
	if len(parts) == 6 {
		if w.Build = parts[2]; !isDigit(w.Build[0]) {
			return fail(len(parts[0])+len(parts[1])+2, "a build tag begins with a digit")
		}
	}
	tags := parts[len(parts)-3:]
	w.Python = strings.Split(tags[0], ".")
	w.ABI = strings.Split(tags[1], ".")
	w.Platform = strings.Split(tags[2], ".")
	return w, nil
}

// CutTags splits the file name of a wheel before its three tags: all of them is
// often the same in many names. ok is false if it has no five or six parts; then
// it is no wheel's name.
func CutTags(file string) (project, tags string, ok bool) {
	stem, ok := strings.CutSuffix(file, ".whl")
	if n := strings.Count(stem, "-"); !ok || n != 4 && n != 5 {
		return file, "", false
	}
	at := len(stem)
	for range 3 {
		at = strings.LastIndexByte(stem[:at], '-')
	}
	return stem[:at], stem[at+1:], true
}

// Pure reports whether the wheel runs on any platform with any ABI.
func (w WheelName) Pure() bool {
	return len(w.ABI) == 1 && w.ABI[0] == "none" && len(w.Platform) == 1 && w.Platform[0] == "any"
}

// CompareBuild orders the build tags of two wheels of one version: by number,
// then by the rest; none comes first.
func CompareBuild(a, b string) int {
	if a == b {
		return 0
	}
	an, ar := splitBuild(a)
	bn, br := splitBuild(b)
	return cmp.Or(cmp.Compare(len(an), len(bn)), strings.Compare(an, bn), strings.Compare(ar, br))
}

// splitBuild returns the number without leading zeros, and the rest.
func splitBuild(s string) (number, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	number = strings.TrimLeft(s[:len(s)-len(rest)], "0")
	if number == "" && s != "" {
		number = "0"
	}
	return number, rest
}

// SdistVersion reads the version from the file name of a source distribution
// of the project: "soxr-0.5.0.post1.tar.gz". ok is false if it is none.
func SdistVersion(file string, project Name) (v Version, ok bool) {
	stem := file
	for _, ext := range []string{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar"} {
		if s, found := strings.CutSuffix(file, ext); found {
			stem = s
			break
		}
	}
	if stem == file {
		return v, false
	}
	// The project may have dashes and so may the version: take the shortest
	// beginning that is the project's name.
	for i := range len(stem) {
		if stem[i] == '-' && Normalize(stem[:i]) == project {
			v, err := ParseVersion(stem[i+1:])
			return v, err == nil
		}
	}
	return v, false
}
