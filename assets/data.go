package assets

import _ "embed"

// Budgets are the limits of platforms, each with what it counts, its source and
// the day on which that was read: JSON, in the form that analysis/plan reads.
// Whoever knows a newer figure changes the file.
//
//go:embed budgets.json
var Budgets []byte

// Substitutes are lighter variants of packages, each with its source and the day
// on which that was read: JSON, in the form that analysis/plan reads.
//
//go:embed substitutes.json
var Substitutes []byte

// Bases are images that others start from, with the sizes of their layers, their
// source and the day on which that was read, and the names of packages that are
// there for development: JSON, in the form that analysis/plan reads.
//
//go:embed bases.json
var Bases []byte
