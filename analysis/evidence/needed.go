package evidence

import "io"

// A Wanted is what an ELF file wants from the loader.
type Wanted struct {
	Libraries []string // names (DT_NEEDED)
	// Paths are the folders that the file itself says where to look (DT_RUNPATH,
	// else DT_RPATH), as they are written: with $ORIGIN for the file's own.
	Paths []string
}

// Needed returns what an ELF file wants from the loader, and false for what is no
// ELF file or has no dynamic section.
func Needed(r io.ReaderAt) (Wanted, bool) {
	d, err := readDynamic(r)
	return Wanted{d.needed, d.paths}, err == nil
}
