package layer

import "strings"

// maxScan is how many names are compared one by one before an index of all
// names is worth its making.
const maxScan = 20_000

// Child returns the node called name in directory n.
func (t *Tree) Child(n Node, name string) (Node, bool) {
	if t.scanned.Load() < maxScan {
		return t.scan(n, name)
	}
	t.index.Do(t.buildIndex)
	h := hashName(uint32(n), name)
	for i := t.find.first(h); ; i = t.find.after(i) {
		c, ok := t.find.at(i, h)
		if !ok {
			return 0, false
		}
		if c != none && t.parent[c] == uint32(n) && t.entName(t.ent[c]) == name {
			return Node(c), true
		}
	}
}

// scan is Child without the index.
func (t *Tree) scan(n Node, name string) (Node, bool) {
	steps := int64(0)
	defer func() { t.scanned.Add(steps) }()
	for c := range t.Children(n) {
		if steps++; t.Name(c) == name {
			return c, true
		}
	}
	return 0, false
}

func (t *Tree) buildIndex() {
	t.find.init(t.Len())
	for i := 1; i < t.Len(); i++ {
		t.find.add(hashName(t.parent[i], t.entName(t.ent[i])), uint32(i))
	}
}

// Lookup returns the node of a path. Symbolic links to directories are
// followed inside the root, except for the last part of the path. ".." in the
// path itself is taken by the letter, as package lists mean it.
func (t *Tree) Lookup(path string) (Node, bool) {
	return t.walk(path, false)
}

// LookupSteps is Lookup that also tells how many names it looked at: a short
// path may lead through long links, and who looks many up wants to know.
func (t *Tree) LookupSteps(path string) (n Node, steps int, ok bool) {
	w := lookup{t: t}
	ok = w.walk(string(clean(nil, []byte(path))), true)
	return w.at, w.steps, ok
}

// Follow is Lookup that follows the last part of the path, too.
func (t *Tree) Follow(path string) (Node, bool) {
	return t.walk(path, true)
}

func (t *Tree) walk(path string, last bool) (Node, bool) {
	w := lookup{t: t, last: last}
	ok := w.walk(string(clean(nil, []byte(path))), true)
	return w.at, ok
}

type lookup struct {
	t     *Tree
	at    Node
	hops  int
	steps int  // names looked at
	last  bool // follow the last part
}

// walk goes down path. end says that nothing comes after it.
func (w *lookup) walk(path string, end bool) bool {
	for path != "" {
		name, rest, _ := strings.Cut(path, "/")
		path = rest
		w.steps++
		switch name {
		case "", ".":
			continue
		case "..":
			w.at = w.t.Parent(w.at)
			continue
		}
		c, ok := w.t.Child(w.at, name)
		if !ok {
			return false
		}
		final := end && path == ""
		if w.t.Kind(c) != Symlink || final && !w.last {
			w.at = c
			continue
		}
		if w.hops++; w.hops > maxHops {
			return false
		}
		target := w.t.Target(c)
		if strings.HasPrefix(target, "/") {
			w.at = 0
		}
		if !w.walk(target, final) {
			return false
		}
	}
	return true
}
