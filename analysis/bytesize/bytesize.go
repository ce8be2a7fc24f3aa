// Package bytesize holds numbers of bytes and how people read them: decimal
// units as docker, pip and registries print them (kB, MB, GB), binary units on
// request, and the difference between a size that is known, one that is
// estimated and one that nobody knows.
package bytesize

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// A Size is a number of bytes.
type Size int64

// Units of a [Size]. The decimal ones are the default everywhere; the binary
// ones serve limits that a platform states in them.
const (
	KB Size = 1000
	MB      = 1000 * KB
	GB      = 1000 * MB

	KiB Size = 1024
	MiB      = 1024 * KiB
	GiB      = 1024 * MiB
)

// binary says that [Size.String] uses binary units.
var binary atomic.Bool

// UseBinary makes [Size.String], and all that is printed by it, use binary units
// from now on, or decimal ones again. It is a setting of the whole program, for
// one person who looks at it, so that the two are never mixed on a screen; the
// command line does not use it.
func UseBinary(on bool) { binary.Store(on) }

// String returns s with three significant digits in decimal units: "0 B",
// "999 B", "1.00 kB", "821 MB", "3.12 GB", or as [Size.IEC] does after
// [UseBinary]. A negative size has a true minus sign (U+2212).
func (s Size) String() string {
	if binary.Load() {
		return s.IEC()
	}
	return s.format(1000, [...]string{"B", "kB", "MB", "GB", "TB", "PB", "EB"})
}

// IEC returns s with three significant digits in binary units: "2.90 GiB".
func (s Size) IEC() string {
	return s.format(1024, [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"})
}

func (s Size) format(base float64, units [7]string) string {
	sign, v := "", float64(s)
	if s < 0 {
		sign, v = "−", -v
	}
	if v < base {
		return fmt.Sprintf("%s%.0f %s", sign, v, units[0])
	}
	u := 0
	// 999.5 and more would print as "1000": that is one of the next unit.
	for v >= base-0.5 && u < len(units)-1 {
		v /= base
		u++
	}
	switch {
	case v < 9.995:
		return fmt.Sprintf("%s%.2f %s", sign, v, units[u])
	case v < 99.95:
		return fmt.Sprintf("%s%.1f %s", sign, v, units[u])
	}
	return fmt.Sprintf("%s%.0f %s", sign, v, units[u])
}

// Exact returns every byte of s, in groups of three: "3,118,856,420 bytes".
func (s Size) Exact() string {
	if s == 1 || s == -1 {
		return s.Grouped() + " byte"
	}
	return s.Grouped() + " bytes"
}

// Grouped returns the number of bytes in groups of three: "3,118,856,420".
func (s Size) Grouped() string {
	digits, sign := strconv.FormatInt(int64(s), 10), ""
	if strings.HasPrefix(digits, "-") {
		digits, sign = digits[1:], "−"
	}
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// Delta returns s as a difference, with its sign: "+20.0 MB", "−2.98 GB", "0 B".
func (s Size) Delta() string {
	if s > 0 {
		return "+" + s.String()
	}
	return s.String()
}

// A Basis tells how well a size is known. The zero Basis is [Unknown], so that
// a size which nobody set is never mistaken for 0 bytes.
type Basis uint8

// The bases, from the worst to the best.
const (
	Unknown   Basis = iota // nobody knows; the owner of the Amount says why
	Estimated              // computed from something else, which the owner names
	Known                  // read from the thing itself or from its index
)

func (b Basis) String() string {
	return [...]string{"unknown", "estimated", "known"}[b]
}

// An Amount is a size with how well it is known. The zero Amount is unknown.
type Amount struct {
	Size  Size
	Basis Basis
}

// Of returns the known amount of n bytes.
func Of[N ~int | ~int64](n N) Amount { return Amount{Size(n), Known} }

// About returns the estimated amount of n bytes.
func About[N ~int | ~int64](n N) Amount { return Amount{Size(n), Estimated} }

// Known reports whether a is exact.
func (a Amount) Known() bool { return a.Basis == Known }

// Over returns one n-th of a, which is an estimate; n is more than 0.
func (a Amount) Over(n int64) Amount {
	if a.Basis == Unknown {
		return a
	}
	return About(int64(a.Size) / n)
}

// String returns "821 MB", "≈ 821 MB" for an estimate, and "unknown".
func (a Amount) String() string {
	switch a.Basis {
	case Known:
		return a.Size.String()
	case Estimated:
		return "≈ " + a.Size.String()
	}
	return "unknown"
}

// MarshalJSON writes the number of bytes, or null for an unknown amount.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.Basis == Unknown {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(a.Size), 10), nil
}

// UnmarshalJSON reads what [Amount.MarshalJSON] writes. JSON does not tell an
// estimate from a known size: the field beside it does ("unpacked_basis").
func (a *Amount) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*a = Amount{}
		return nil
	}
	a.Basis = Known
	return json.Unmarshal(b, &a.Size)
}

// A Total is a sum of amounts that remembers what it could not add.
type Total struct {
	Size      Size // the sum of the known and estimated amounts
	Unknown   int  // how many amounts are missing from Size
	Estimated int  // how many of the added amounts are estimates
}

// Add adds a.
func (t *Total) Add(a Amount) {
	switch a.Basis {
	case Unknown:
		t.Unknown++
		return
	case Estimated:
		t.Estimated++
	}
	t.Size += a.Size
}

// Sub returns t without u, which must be a part of t.
func (t Total) Sub(u Total) Total {
	return Total{t.Size - u.Size, t.Unknown - u.Unknown, t.Estimated - u.Estimated}
}

// String returns the sum, with "≥ " where amounts are missing from it and
// "≈ " where it holds estimates; "unknown" where nothing is known at all.
func (t Total) String() string {
	switch {
	case t.Unknown > 0 && t.Size == 0:
		return "unknown"
	case t.Unknown > 0:
		return "≥ " + t.Size.String()
	case t.Estimated > 0:
		return "≈ " + t.Size.String()
	}
	return t.Size.String()
}
