// Package attribution gives every visible byte of an image one owner, or says
// that it has none.
//
//  1. [Keep] names the small files whose content tells what is installed; it
//     goes into the options of a layer's reading.
//  2. [Attribute] reads them from the stacked tree: Python distributions
//     (RECORD, installed-files.txt), node_modules, conda, dpkg, apk and rpm. Each
//     reader lists the files that a package claims.
//  3. Where two packages claim a file, the more specific one has it: Python
//     distribution before npm before conda before OS package. Bytecode that a list lacks
//     goes with its source. The rest is unowned, grouped by folder.
//  4. The result is a [Ledger]; [Diff] tells two of them apart, and
//     [Ledger.Waste] says whose the bytes were that are gone.
//
// A Python distribution that conda installed is two packages: the distribution
// (kind python) owns what its RECORD lists, and the package (kind conda) what is
// left of conda's list, often nothing. Without a RECORD the distribution owns
// what conda's list has in its site, as with Debian's packages. So the same
// distribution has the same name and bytes whoever installed it.
//
// An executable that no package lists is one of its own if it says what it was
// built from: Go's build info, or the list that cargo-auditable puts into Rust
// binaries. [Scan] finds both while the file streams by, so that nothing of it
// has to be kept.
//
// The sum over all packages and the unowned bytes is the image's unpacked
// total, always.
package attribution
