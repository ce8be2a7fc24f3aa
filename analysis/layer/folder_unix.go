//go:build unix

package layer

import (
	"io/fs"
	"syscall"
)

// identify returns which file info is about, and whether it has several names.
func identify(info fs.FileInfo) (fileID, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Nlink < 2 {
		return fileID{}, false
	}
	return fileID{uint64(s.Dev), uint64(s.Ino)}, true //nolint:unconvert // the types differ between systems
}
