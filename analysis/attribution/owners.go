package attribution

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"unicode/utf8"

	"weighline/analysis/layer"
)

// ErrOwners says that owners are not those of the files of a tree.
var ErrOwners = errors.New("the owners are those of other files")

// Owners returns who owns each file, for [Ledger.WithOwners]: some bytes for each
// run of files that one package has. It is nil for a ledger that has no tree, and
// for one with paths that JSON would change: they have to be found out again.
func (l *Ledger) Owners() []byte {
	if l.tree == nil || len(l.owner) == 0 || slices.ContainsFunc(l.Packages, func(p Package) bool { return !utf8.ValidString(p.Path) }) {
		return nil
	}
	b := binary.AppendUvarint(nil, uint64(len(l.owner)))
	for i := 0; i < len(l.owner); {
		n := i + 1
		for n < len(l.owner) && l.owner[n] == l.owner[i] {
			n++
		}
		b = binary.AppendUvarint(b, uint64(l.owner[i]))
		b = binary.AppendUvarint(b, uint64(n-i))
		i = n
	}
	b = binary.AppendUvarint(b, uint64(len(l.also)))
	for _, n := range slices.Sorted(maps.Keys(l.also)) {
		b = binary.AppendUvarint(b, uint64(n))
		b = binary.AppendUvarint(b, uint64(len(l.also[n])))
		for _, o := range l.also[n] {
			b = binary.AppendUvarint(b, uint64(o))
		}
	}
	return b
}

// WithOwners returns the ledger with the files of t, of which data, made by
// [Ledger.Owners], says who owns them: what [Attribute] would find out again. The
// error is [ErrOwners].
func (l *Ledger) WithOwners(t *layer.Tree, data []byte) (*Ledger, error) {
	d := ownerReader{b: data, packages: uint64(len(l.Packages))}
	m := *l
	m.tree, m.first = t, map[uint32]layer.Node{}
	if d.next() != uint64(t.Len()) || l.Unpacked != t.Totals.Bytes || l.Files != t.Totals.Files {
		return nil, ErrOwners
	}
	m.owner = make([]int32, t.Len())
	for i := 0; i < len(m.owner); {
		o, n := d.owner(), d.next()
		if n == 0 || n > uint64(len(m.owner)-i) || d.bad {
			return nil, ErrOwners
		}
		for end := i + int(n); i < end; i++ {
			m.owner[i] = o
		}
	}
	for range d.next() {
		n, count := d.next(), d.next()
		if n >= uint64(t.Len()) || count > maxShared || d.bad {
			return nil, ErrOwners
		}
		for range count {
			if m.also == nil {
				m.also = map[layer.Node][]int32{}
			}
			m.also[layer.Node(n)] = append(m.also[layer.Node(n)], d.owner())
		}
	}
	if d.bad || len(d.b) > 0 {
		return nil, ErrOwners
	}
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		if t.Kind(n) == layer.File && t.Links(n) > 1 && !t.Secondary(n) {
			m.first[t.Inode(n)] = n
		}
	}
	return &m, nil
}

// An ownerReader reads numbers; after an error it returns zeros.
type ownerReader struct {
	b        []byte
	packages uint64
	bad      bool
}

func (d *ownerReader) next() uint64 {
	n, k := binary.Uvarint(d.b)
	if k <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[k:]
	return n
}

// owner reads the number of a package + 1.
func (d *ownerReader) owner() int32 {
	n := d.next()
	if n > d.packages {
		d.bad = true
		return 0
	}
	return int32(n)
}
