package slim

import (
	"fmt"

	"github.com/zeebo/xxh3"

	"weighline/analysis/layer"
)

// A MismatchError says where the file system of a result is not the one that was
// promised.
type MismatchError struct {
	Path string
	What string // a sentence
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("the result is not what was promised: %s: %s", layer.Printable(e.Path), e.What)
}

// Check compares got with what c leaves of its tree: the same names, kinds,
// permissions, links, sizes and contents, and nothing more. The error is a
// [*MismatchError].
func (c *Cut) Check(got *layer.Tree) error {
	want := c.Tree
	to := make([]layer.Node, want.Len()) // by node of want
	inode := map[uint32]uint32{}         // of files with several names: want → got
	next := layer.Root + 1
	for n := layer.Root + 1; int(n) < want.Len(); n++ {
		if c.gone[n] {
			continue
		}
		if int(next) >= got.Len() {
			return &MismatchError{want.FullPath(n), "it is missing"}
		}
		to[n] = next
		if what := c.differs(n, got, next, to[want.Parent(n)]); what != "" {
			return &MismatchError{want.FullPath(n), what}
		}
		if want.Links(n) > 1 && want.Kind(n) == layer.File {
			if first, ok := inode[want.Inode(n)]; ok && first != got.Inode(next) {
				return &MismatchError{want.FullPath(n), "it is no longer a hard link"}
			}
			inode[want.Inode(n)] = got.Inode(next)
		}
		next++
	}
	if int(next) < got.Len() {
		return &MismatchError{got.FullPath(next), "it should not be there"}
	}
	return nil
}

// differs says in what node m of got is not node n of c's tree, "" if they are
// the same.
func (c *Cut) differs(n layer.Node, got *layer.Tree, m, parent layer.Node) string {
	want := c.Tree
	switch {
	case got.Parent(m) != parent || got.Name(m) != want.Name(n):
		return "it is missing, or something is there that should not be: " + layer.Printable(got.FullPath(m))
	case got.Kind(m) != want.Kind(n):
		return fmt.Sprintf("it is a %v, and was a %v", got.Kind(m), want.Kind(n))
	case got.Perm(m) != want.Perm(n):
		return fmt.Sprintf("its permissions are %o, and were %o", got.Perm(m), want.Perm(n))
	case got.Target(m) != want.Target(n):
		return "it leads elsewhere"
	case got.Kind(m) != layer.File:
		return ""
	}
	size, hash := want.Size(n), want.Hash(n)
	if b, ok := c.content(n); ok {
		size, hash = int64(len(b)), xxh3.Hash(b)
	}
	if got.Size(m) != size || got.Hash(m) != hash {
		return fmt.Sprintf("its content is another one (%d bytes, and not %d)", got.Size(m), size)
	}
	return ""
}

// content returns what file n will hold if that changes.
func (c *Cut) content(n layer.Node) ([]byte, bool) {
	if len(c.New) == 0 {
		return nil, false
	}
	b, ok := c.New[n]
	return b, ok
}
