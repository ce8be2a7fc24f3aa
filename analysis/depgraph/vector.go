package depgraph

import "slices"

// A vector is a slice by identifier that is cheap to copy: copies share chunks
// until they write.
type vector[T any] struct{ chunks []*[chunkSize]T }

const chunkSize = 32

func (v *vector[T]) clone() vector[T] { return vector[T]{slices.Clone(v.chunks)} }

func (v *vector[T]) get(i int32) (x T) {
	if c := int(i / chunkSize); c < len(v.chunks) && v.chunks[c] != nil {
		return v.chunks[c][i%chunkSize]
	}
	return x
}

func (v *vector[T]) put(i int32, x T) {
	c := int(i / chunkSize)
	for len(v.chunks) <= c {
		v.chunks = append(v.chunks, nil)
	}
	fresh := new([chunkSize]T)
	if v.chunks[c] != nil {
		*fresh = *v.chunks[c]
	}
	fresh[i%chunkSize] = x
	v.chunks[c] = fresh
}
