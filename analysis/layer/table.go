package layer

import "github.com/zeebo/xxh3"

// hashName returns the hash of a name in a directory.
func hashName(parent uint32, name string) uint64 {
	return xxh3.HashStringSeed(name, uint64(parent))
}

// A table finds nodes by hash: open addressing, linear probing. A slot holds
// the upper half of the hash, which also says where the search begins, and the
// node + 1; 0 is free.
type table struct {
	slots []uint64
	used  int // slots that are not free, with removed ones
	live  int
}

const removed = none // as node + 1, which no node reaches

func (t *table) init(n int) {
	size := 16
	for size*3 < n*4 {
		size *= 2
	}
	t.slots = make([]uint64, size)
	t.used, t.live = 0, 0
}

func (t *table) first(h uint64) int { return int(h >> 32 & uint64(len(t.slots)-1)) }
func (t *table) after(i int) int    { return (i + 1) & (len(t.slots) - 1) }

// at returns the node of slot i if its hash is h, else none; false for a free
// slot.
func (t *table) at(i int, h uint64) (uint32, bool) {
	v := t.slots[i]
	if v == 0 {
		return none, false
	}
	if v>>32 != h>>32 || uint32(v) == removed {
		return none, true
	}
	return uint32(v) - 1, true
}

func (t *table) add(h uint64, n uint32) {
	if (t.used+1)*5 > len(t.slots)*4 {
		t.grow()
	}
	i := t.first(h)
	for t.slots[i] != 0 && uint32(t.slots[i]) != removed {
		i = t.after(i)
	}
	if t.slots[i] == 0 {
		t.used++
	}
	t.live++
	t.slots[i] = h>>32<<32 | uint64(n+1)
}

func (t *table) remove(h uint64, n uint32) {
	for i := t.first(h); t.slots[i] != 0; i = t.after(i) {
		if uint32(t.slots[i]) == n+1 {
			t.slots[i] = t.slots[i]>>32<<32 | removed
			t.live--
			return
		}
	}
}

// grow makes room for more, or only throws the removed ones out.
func (t *table) grow() {
	old := t.slots
	t.init(max(t.live*2, 12))
	for _, v := range old {
		if v != 0 && uint32(v) != removed {
			t.add(v, uint32(v)-1)
		}
	}
}
