//go:build (amd64 || arm64) && !inflatechecked

package inflate

import "unsafe"

// The four functions below are the only unchecked memory accesses of the package. All are
// called from the fast loop alone, which keeps them within bounds and
// whose comment says how. They make decoding 10 to 15 % cheaper. The build tag inflatechecked
// replaces them by checked ones, to prove that by tests and fuzzing.

func load64(b []byte, i int) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i))
}

func store64(b []byte, i int, v uint64) {
	*(*uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i)) = v
}

func store8(b []byte, i int, v uint8) {
	*(*uint8)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i)) = v
}

func copy16(b []byte, to, from int) {
	*(*[16]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), to)) =
		*(*[16]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), from))
}
