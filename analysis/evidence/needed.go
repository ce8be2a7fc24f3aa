package evidence

import "io"

// Needed returns the libraries that an ELF file wants from the loader, by their
// names (DT_NEEDED), and false for what is no ELF file or has no dynamic section.
func Needed(r io.ReaderAt) ([]string, bool) {
	d, err := readDynamic(r)
	return d.needed, err == nil
}
