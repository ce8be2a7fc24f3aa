// Package attribution gives every visible byte of an image one owner, or says
// that it has none.
//
//  1. [Keep] names the small files whose content tells what is installed; it
//     goes into the options of a layer's reading.
//  2. [Attribute] reads them from the stacked tree: Python distributions
//     (RECORD, installed-files.txt), node_modules, dpkg, apk and rpm. Each
//     reader lists the files that a package claims.
//  3. Where two packages claim a file, the more specific one has it: Python
//     distribution before npm before OS package. Bytecode that a list lacks
//     goes with its source. The rest is unowned, grouped by folder.
//  4. The result is a [Ledger]; [Diff] tells two of them apart.
//
// The sum over all packages and the unowned bytes is the image's unpacked
// total, always.
package attribution
