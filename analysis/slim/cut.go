package slim

import "weighline/analysis/layer"

// A Cut is what is to go from an image, and the promise that follows from it.
type Cut struct {
	Tree *layer.Tree
	// New are the contents of files that change because others go, by the node
	// of the only name of each.
	New map[layer.Node][]byte
	// Squash leaves out what later layers hide as well.
	Squash bool

	// Dropped are the distributions that go, "name version" each, and Kept those
	// that were to go and stay, with the reason.
	Dropped []string
	Kept    []Refusal
	// Stripped counts the files that went from distributions that stay.
	Stripped int
	// Links are the symbolic links that went because they led only to what
	// goes, and Shared the files that stay because a kept package lists them, too.
	Links, Shared []string

	gone []bool // by node: the name goes
}

// A Refusal says why a package that was to go stays.
type Refusal struct {
	Package string // "name version"
	Why     string // a sentence
}

// NewCut returns a cut of t that takes nothing away.
func NewCut(t *layer.Tree) *Cut {
	return &Cut{Tree: t, New: map[layer.Node][]byte{}, gone: make([]bool, t.Len())}
}

// Remove lets the name n go, a directory with all that is in it. The root
// stays.
func (c *Cut) Remove(n layer.Node) {
	if n == layer.Root {
		return
	}
	for m := n; m < c.Tree.End(n); m++ {
		c.gone[m] = true
	}
}

// Gone reports whether the name n goes.
func (c *Cut) Gone(n layer.Node) bool { return c.gone[n] }

// Empty reports whether the cut changes nothing.
func (c *Cut) Empty() bool {
	if c.Squash || len(c.New) > 0 {
		return false
	}
	for _, g := range c.gone {
		if g {
			return false
		}
	}
	return true
}

// Unpacked returns what the image's files come to after the cut, in bytes and
// files, each inode once.
func (c *Cut) Unpacked() (bytes int64, files int) {
	t := c.Tree
	seen := map[uint32]bool{} // inodes with several names
	for n := layer.Root; int(n) < t.Len(); n++ {
		if c.gone[n] || t.Kind(n) != layer.File {
			continue
		}
		if t.Links(n) > 1 {
			if seen[t.Inode(n)] {
				continue
			}
			seen[t.Inode(n)] = true
		}
		files++
		if b, ok := c.content(n); ok {
			bytes += int64(len(b))
		} else {
			bytes += t.Size(n)
		}
	}
	return bytes, files
}

// settle lets directories go that no entry names and that have nothing left in
// them: without what was in them nothing makes them.
func (c *Cut) settle() {
	t := c.Tree
	left := make([]int, t.Len()) // names in a directory that stay
	for n := layer.Node(t.Len() - 1); n > layer.Root; n-- {
		if !c.gone[n] && t.Kind(n) == layer.Dir && left[n] == 0 {
			if _, _, named := t.Entry(n); !named {
				c.gone[n] = true
			}
		}
		if !c.gone[n] {
			left[t.Parent(n)]++
		}
	}
}
