// Package analysis explains where the bytes of a Python build and of its
// container image come from, and which of them could go.
//
// An analysis runs left to right, and each step is a package that can be read
// and tested alone:
//
//  1. reqfile reads requirement and lock files; pep holds the standards they
//     are written in.
//  2. pyindex knows which versions and files a package index offers and what
//     they weigh: offline from the catalogue in the program.
//  3. depgraph resolves the requirements for a target as pip does and turns
//     them into a graph: who needs whom, and what would fall away with a
//     package.
//  4. oci opens an image from a registry, an engine, an archive or a folder.
//     Its manifest comes first: sizes and instructions are known before any
//     layer is read.
//  5. layer reads each layer once, with inflate, and stacks the layers to the
//     file system that a container sees: kept and waste, per layer and file.
//  6. attribution gives each visible byte to one owner: a Python distribution
//     by its RECORD, an OS package by its database, or nobody.
//  7. evidence tells what uses a package: which line of the user's sources, or
//     of the other packages', and under which conditions.
//  8. [Analyze] composes these to a [Build], which never changes afterwards.
//  9. plan puts the user's toggles against a Build and tells what it would be;
//     [After] makes that a Build of its own, to be compared with the first.
//     insight finds what could go, and says what it frees and what it risks.
//     report prints a Build, store keeps it, and the desktop app shows it.
//
// [Compare] tells what became of one Build in another: two versions of an image, a
// lock and the image that was built from it, a Build and its own future under a
// plan. Layers are put side by side by diff ID, then by the instruction that made
// them. [Timeline] does so for several versions, [Check] holds a Build against
// budgets and against how much it may have grown.
package analysis
