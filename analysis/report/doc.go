// Package report prints one result in many ways: as text for people and as the
// JSON that scripts rely on.
//
// For each result there is a function that makes the JSON object ([Image],
// [Deps], [Plan], [Compare]), which only picks and names values of the build,
// and one that writes text ([WriteImage], [WriteDeps], …) within a number of
// characters a line. Both take their figures from the same place, so that they
// cannot differ.
//
// Sizes are bytes; what nobody knows is null in JSON, never 0. Names from files
// and registries are made harmless before they are printed.
package report
