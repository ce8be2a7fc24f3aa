//go:build !unix

package layer

import "io/fs"

// identify does not tell files apart: each name counts as a file of its own.
func identify(fs.FileInfo) (fileID, bool) { return fileID{}, false }
