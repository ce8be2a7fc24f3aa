// Package layer knows the files of image layers: it reads one layer, and it
// stacks several to the file system that a container sees.
//
//  1. [Read] takes a layer blob as it comes from a registry or an archive,
//     decodes it (gzip, zstd or plain, told apart by content because media
//     types lie), checks its digests and walks its tar entries, all in one
//     pass, without a temporary file and in bounded memory. The result is an
//     [Index]: arrays of names, sizes, modes and content hashes, and the
//     contents of the few small files that somebody asked for.
//  2. [ReadLayers] does so for all layers of an image, as many at a time as
//     there are cores, asks a [Cache] first, and keeps what was read when one
//     layer fails or the user has seen enough.
//     Where a layer carries a table of contents and nobody wants to download
//     it, a [Listing] makes its index instead.
//  3. [Stack] puts indexes on top of each other, with whiteouts, and returns
//     the final [Tree] together with what each layer brought, what is still
//     visible of it (kept) and what is not (waste), and why.
//
// The rules of the numbers: a byte belongs to the inode that a regular tar
// entry made; a hard link adds a name and no bytes; a sparse file counts its
// real size; whiteouts act on lower layers only; an entry below a lower
// symlink lands where the symlink leads, inside the root.
//
// Names from archives may hold anything but NUL. They are kept as they are
// inside; [Printable] makes one harmless before it reaches a person.
package layer
