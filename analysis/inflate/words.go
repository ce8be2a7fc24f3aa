package inflate

import "unsafe"

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
