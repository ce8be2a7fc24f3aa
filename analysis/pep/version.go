package pep

import (
	"cmp"
	"strconv"
	"strings"
)

// A Version is a version of a project as PEP 440 defines it. The zero Version
// stands for "no version"; it sorts below all others and prints as "".
type Version struct {
	raw     string // as it was written, for ===
	release []uint64
	local   []localPart
	epoch   uint64
	pre     preRelease
	post    opt
	dev     opt
}

// A preRelease is the a1, b2 or rc3 of a version; letter 0 means none.
type preRelease struct {
	letter byte // 'a', 'b' or 'r'
	n      uint64
}

// An opt is a number that may be missing.
type opt struct {
	set bool
	n   uint64
}

// A localPart is one component after the "+": a number, or a word.
type localPart struct {
	word string // "" for a number
	n    uint64
}

// ParseVersion reads a version in any spelling that PEP 440 accepts: "v1.0",
// "1.0-1", "1.0.RC1". The error is a [*SyntaxError].
func ParseVersion(s string) (Version, error) {
	p := scanner{in: s}
	p.skip(isSpace)
	v, err := p.version(true)
	if err != nil {
		return Version{}, err
	}
	p.skip(isSpace)
	if !p.end() {
		return Version{}, p.errorf("not a version (PEP 440)")
	}
	return v, nil
}

// MustVersion is [ParseVersion] for literals; it panics on an error.
func MustVersion(s string) Version {
	v, err := ParseVersion(s)
	if err != nil {
		panic(err)
	}
	return v
}

// IsZero reports whether v is the zero Version.
func (v Version) IsZero() bool { return len(v.release) == 0 }

// IsPre reports whether v is a pre-release, which includes development releases.
func (v Version) IsPre() bool { return v.pre.letter != 0 || v.dev.set }

// IsDev reports whether v is a development release.
func (v Version) IsDev() bool { return v.dev.set }

// IsPost reports whether v is a post-release.
func (v Version) IsPost() bool { return v.post.set }

// Epoch returns the number before the "!", mostly 0.
func (v Version) Epoch() uint64 { return v.epoch }

// Release returns the numbers of the release: 1, 4, 2 for "1.4.2rc1".
func (v Version) Release() []uint64 { return append([]uint64(nil), v.release...) }

// Local returns the local label in normal form: "cu128" for "2.7.1+cu128".
func (v Version) Local() string { return string(v.appendLocal(nil)) }

// Public returns v without its local label.
func (v Version) Public() Version {
	v.local = nil
	v.raw, _, _ = strings.Cut(v.raw, "+")
	return v
}

// Raw returns v as it was written.
func (v Version) Raw() string { return v.raw }

// String returns v in the normal form of PEP 440.
func (v Version) String() string {
	if v.IsZero() {
		return ""
	}
	b := make([]byte, 0, 24)
	if v.epoch != 0 {
		b = append(strconv.AppendUint(b, v.epoch, 10), '!')
	}
	for i, n := range v.release {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendUint(b, n, 10)
	}
	switch v.pre.letter {
	case 'a', 'b':
		b = strconv.AppendUint(append(b, v.pre.letter), v.pre.n, 10)
	case 'r':
		b = strconv.AppendUint(append(b, "rc"...), v.pre.n, 10)
	}
	if v.post.set {
		b = strconv.AppendUint(append(b, ".post"...), v.post.n, 10)
	}
	if v.dev.set {
		b = strconv.AppendUint(append(b, ".dev"...), v.dev.n, 10)
	}
	if len(v.local) > 0 {
		b = v.appendLocal(append(b, '+'))
	}
	return string(b)
}

func (v Version) appendLocal(b []byte) []byte {
	for i, p := range v.local {
		if i > 0 {
			b = append(b, '.')
		}
		if p.word != "" {
			b = append(b, p.word...)
		} else {
			b = strconv.AppendUint(b, p.n, 10)
		}
	}
	return b
}

// MarshalText writes the normal form.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a version; an empty text is the zero Version.
func (v *Version) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*v = Version{}
		return nil
	}
	*v, err = ParseVersion(string(b))
	return err
}

// Equal reports whether v and w are the same version: "1.0" and "1.0.0" are.
func (v Version) Equal(w Version) bool { return v.Compare(w) == 0 }

// Compare returns -1, 0 or 1 as v sorts before, with or after w.
func (v Version) Compare(w Version) int {
	if c := v.comparePublic(w); c != 0 {
		return c
	}
	return compareLocal(v.local, w.local)
}

// comparePublic compares without the local labels.
func (v Version) comparePublic(w Version) int {
	if v.IsZero() || w.IsZero() {
		return cmp.Compare(min(len(v.release), 1), min(len(w.release), 1))
	}
	if c := v.compareRelease(w); c != 0 {
		return c
	}
	vr, vn := v.preRank()
	wr, wn := w.preRank()
	return cmp.Or(
		cmp.Compare(vr, wr), cmp.Compare(vn, wn),
		compareOpt(v.post, w.post, -1),
		compareOpt(v.dev, w.dev, 1),
	)
}

// compareRelease compares epochs and release numbers; 1.0 is as high as 1.
func (v Version) compareRelease(w Version) int {
	if c := cmp.Compare(v.epoch, w.epoch); c != 0 {
		return c
	}
	for i := range max(len(v.release), len(w.release)) {
		if c := cmp.Compare(at(v.release, i), at(w.release, i)); c != 0 {
			return c
		}
	}
	return 0
}

func at(release []uint64, i int) uint64 {
	if i < len(release) {
		return release[i]
	}
	return 0
}

// preRank orders 1.0.dev1 < 1.0a1 < 1.0b1 < 1.0rc1 < 1.0.
func (v Version) preRank() (byte, uint64) {
	switch {
	case v.pre.letter != 0:
		return v.pre.letter, v.pre.n
	case v.dev.set && !v.post.set:
		return 0, 0
	}
	return 'z', 0
}

// compareOpt compares two numbers; a missing one counts as -∞ or +∞.
func compareOpt(a, b opt, missing int) int {
	switch {
	case a.set && b.set:
		return cmp.Compare(a.n, b.n)
	case a.set == b.set:
		return 0
	case a.set:
		return -missing
	}
	return missing
}

// compareLocal compares local labels: none first, words before numbers, a
// prefix before what continues it.
func compareLocal(a, b []localPart) int {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if (x.word == "") != (y.word == "") {
			if x.word == "" {
				return 1
			}
			return -1
		}
		if c := cmp.Or(strings.Compare(x.word, y.word), cmp.Compare(x.n, y.n)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}
