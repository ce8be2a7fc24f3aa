// Package evidence tells what says that a package is used: which line of which
// file imports it, and under which conditions.
//
// The story:
//
//  1. [Parse] reads the imports of one Python source, exactly as Python's own ast
//     has them, without building a tree: see [Import] and [Kind].
//  2. [Scan] reads a folder of the user's sources: modules, notebooks, entry
//     points, and commands in Dockerfiles, Procfiles, scripts and YAML.
//  3. [Names] tells which distribution an imported name belongs to, and how well
//     that is known.
//  4. [Installed] adds what the packages that stay import of each other, where
//     their files are at hand, and which native libraries they load.
//  5. [Report.Verdicts] says of packages that are to go: Breaks, May break, or No
//     use found. Nothing is ever called safe: code can load by names that stand
//     in no source.
package evidence
