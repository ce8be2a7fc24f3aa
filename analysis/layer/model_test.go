package layer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A model is the plainest way to stack layers: a tree of pointers, nothing
// remembered. TestStackModel compares it with Stack on random layers.
type model struct {
	root  *mnode
	layer int
	waste []string
}

type mnode struct {
	kind   Kind
	body   string
	target string
	layer  int
	names  int
	kids   map[string]*mnode
	order  []string // of kids, as they came
	up     *mnode
	name   string
}

func (m *model) resolve(parts []string, create bool) *mnode {
	at, hops := m.root, 0
	for len(parts) > 0 {
		p := parts[0]
		parts = parts[1:]
		switch p {
		case "", ".":
			continue
		case "..":
			if at.up != nil {
				at = at.up
			}
			continue
		}
		n := at.kids[p]
		if n != nil && n.kind == Symlink {
			if hops++; hops > 255 {
				return nil
			}
			if strings.HasPrefix(n.target, "/") {
				at = m.root
			}
			parts = append(strings.Split(n.target, "/"), parts...)
			continue
		}
		if n == nil || n.kind != Dir {
			if !create {
				return nil
			}
			if n != nil {
				m.drop(at, p, Overwritten, nil)
			}
			n = &mnode{kind: Dir, kids: map[string]*mnode{}, up: at, name: p}
			at.put(p, n)
		}
		at = n
	}
	return at
}

func (n *mnode) put(name string, c *mnode) {
	n.kids[name] = c
	n.order = append(n.order, name)
}

func (n *mnode) path() string {
	if n.up == nil {
		return ""
	}
	return n.up.path() + "/" + n.name
}

func (m *model) drop(at *mnode, name string, why Why, by *mnode) {
	n := at.kids[name]
	delete(at.kids, name)
	at.order = slices.DeleteFunc(at.order, func(s string) bool { return s == name })
	m.unlink(n, at.path()+"/"+name, why, by)
}

func (m *model) unlink(n *mnode, path string, why Why, by *mnode) {
	if n.kind == Dir {
		for _, k := range n.order {
			m.unlink(n.kids[k], path+"/"+k, why, nil)
		}
	}
	if n.names--; n.kind != File || n.names > 0 || n.body == "" {
		return
	}
	if why == Overwritten && by != nil && by.kind == File && by.body == n.body {
		why = RewrittenIdentical
	}
	if n.layer == m.layer {
		why = SameLayerDuplicate
	}
	m.waste = append(m.waste, fmt.Sprintf("%s %s %d@%d by %d", why, path, len(n.body), n.layer, m.layer))
}

func (m *model) apply(words []string) {
	var rest [][3]string // path, operator, argument
	for _, w := range words {
		i := strings.IndexAny(w, "=-")
		path, op, arg := strings.TrimSuffix(w, "/"), "/", ""
		if i >= 0 {
			path, op, arg = w[:i], w[i:i+1], w[i+1:]
			if strings.HasPrefix(arg, ">") {
				op, arg = op+">", arg[1:]
			}
		}
		parts := strings.Split(path, "/")
		base := parts[len(parts)-1]
		if !strings.HasPrefix(base, ".wh.") {
			rest = append(rest, [3]string{path, op, arg})
			continue
		}
		d := m.resolve(parts[:len(parts)-1], false)
		if d == nil {
			continue
		}
		for _, name := range slices.Clone(d.order) {
			if base == opaqueName || name == base[4:] {
				m.drop(d, name, Deleted, nil)
			}
		}
	}
	for _, e := range rest {
		m.entry(strings.Split(e[0], "/"), e[1], e[2])
	}
}

func (m *model) entry(parts []string, op, arg string) {
	base := parts[len(parts)-1]
	d := m.resolve(parts[:len(parts)-1], true)
	if d == nil {
		return
	}
	old := d.kids[base]
	n := &mnode{layer: m.layer, names: 1, up: d, name: base}
	switch op {
	case "/":
		if old != nil && old.kind == Dir {
			return
		}
		n.kind, n.kids = Dir, map[string]*mnode{}
	case "=":
		n.kind, n.body = File, arg
	case "->":
		n.kind, n.target = Symlink, arg
	case "=>":
		tp := strings.Split(arg, "/")
		td := m.resolve(tp[:len(tp)-1], false)
		if td == nil {
			return
		}
		t := td.kids[tp[len(tp)-1]]
		if t == nil || t.kind == Dir || t == old {
			return
		}
		t.names++
		n = t
	}
	if old != nil {
		by := n
		if op == "=>" {
			by = nil // a link is no copy
		}
		m.drop(d, base, Overwritten, by)
	}
	d.put(base, n)
}

func (m *model) list(n *mnode, path string, seen map[*mnode]bool, b *strings.Builder) {
	names := make([]string, 0, len(n.kids))
	for k := range n.kids {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		c, p := n.kids[k], path+"/"+k
		switch c.kind {
		case Dir:
			fmt.Fprintf(b, "%s/\n", p)
			m.list(c, p, seen, b)
		case Symlink:
			fmt.Fprintf(b, "%s->%s\n", p, c.target)
		case File:
			size := len(c.body)
			if seen[c] {
				size = 0
			}
			seen[c] = true
			fmt.Fprintf(b, "%s=%d@%d\n", p, size, c.layer)
		}
	}
}

// randomLayer makes words over few names, so that they meet often.
func randomLayer(r *rand.Rand) []string {
	name := func() string {
		var parts []string
		for range 1 + r.IntN(3) {
			parts = append(parts, string(rune('a'+r.IntN(4))))
		}
		return strings.Join(parts, "/")
	}
	var words []string
	for range r.IntN(14) {
		n := name()
		switch r.IntN(10) {
		case 0, 1, 2, 3:
			n += "=" + strings.Repeat("x", r.IntN(3))
		case 4:
			n += "/"
		case 5:
			target := name()
			switch r.IntN(4) {
			case 0:
				target = "/" + target
			case 1:
				target = "../" + target
			}
			n += "->" + target
		case 6:
			n += "=>" + name()
		case 7, 8:
			i := strings.LastIndexByte(n, '/') + 1
			n = n[:i] + ".wh." + n[i:] + "=" // whiteouts are empty files
		case 9:
			n += "/.wh..wh..opq="
		}
		words = append(words, n)
	}
	return words
}

func TestStackModel(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := &model{root: &mnode{kind: Dir, kids: map[string]*mnode{}}}
		var indexes []*Index
		var layers [][]string
		for i := range 1 + r.IntN(4) {
			words := randomLayer(r)
			layers = append(layers, words)
			m.layer = i
			m.apply(words)
			indexes = append(indexes, indexOf(t, words...))
		}
		tree, err := Stack(t.Context(), indexes)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		m.list(m.root, "", map[*mnode]bool{}, &want)
		lines := strings.Split(strings.TrimSpace(list(tree)), "\n")
		var tr, waste []string
		for _, l := range lines {
			if strings.HasPrefix(l, "/") {
				tr = append(tr, l)
			} else if l != "" {
				waste = append(waste, l)
			}
		}
		slices.Sort(waste)
		slices.Sort(m.waste)
		if g := strings.Join(tr, "\n"); g != strings.TrimSpace(want.String()) || !slices.Equal(waste, m.waste) {
			t.Fatalf("seed %d: stack of %q is\n%s\n%s\nwant\n%s%s", seed, layers, g, strings.Join(waste, "\n"), want.String(), strings.Join(m.waste, "\n"))
		}
		for i, s := range tree.Layers {
			if s.Kept+s.Waste != s.Content {
				t.Fatalf("seed %d: layer %d: kept %d + waste %d != content %d", seed, i, s.Kept, s.Waste, s.Content)
			}
		}
	}
}
