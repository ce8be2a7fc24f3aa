package attribution_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// TestOwners takes a ledger apart, as a saved build does, and puts it together
// again: each file has the owner that it had.
func TestOwners(t *testing.T) {
	l := ledgerOf(t, []file{
		{"s/site-packages/a/x.py", "1234"},
		{"s/site-packages/a/y.py => s/site-packages/a/x.py", ""},
		{"s/site-packages/loose", "123"},
		{"s/site-packages/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"},
		{"s/site-packages/a-1.dist-info/RECORD", "a/x.py,,\na/y.py,,\n"},
		{"s/site-packages/b-1.dist-info/METADATA", "Name: b\nVersion: 1\n"},
		{"s/site-packages/b-1.dist-info/RECORD", "a/x.py,,\nb-1.dist-info/METADATA,,\n"},
	})
	data := l.Owners()
	saved, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var bare attribution.Ledger
	if err := json.Unmarshal(saved, &bare); err != nil {
		t.Fatal(err)
	}
	if bare.Owners() != nil {
		t.Error("a ledger without files has owners of them")
	}
	m, err := bare.WithOwners(l.Tree(), data)
	if err != nil {
		t.Fatal(err)
	}
	for n := range layer.Node(l.Tree().Len()) {
		i, ok := l.Owner(n)
		j, same := m.Owner(n)
		if i != j || ok != same || !reflect.DeepEqual(l.AlsoListed(n), m.AlsoListed(n)) {
			t.Errorf("%s: owner %d %v, then %d %v; also %v, then %v", l.Tree().FullPath(n), i, ok, j, same, l.AlsoListed(n), m.AlsoListed(n))
		}
	}
	if m.Tree() != l.Tree() || bare.Tree() != nil {
		t.Error("the tree is not that of the new ledger alone")
	}
	// Each cut and each changed byte is refused, or is another sound table.
	for i := range data {
		if _, err := bare.WithOwners(l.Tree(), data[:i]); !errors.Is(err, attribution.ErrOwners) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
		bad := append([]byte(nil), data...)
		bad[i] ^= 0xff
		if m, err := bare.WithOwners(l.Tree(), bad); err == nil {
			for n := range layer.Node(l.Tree().Len()) {
				m.Owner(n)
			}
		}
	}
	other := treeOf(t, []file{{"x", "1"}})
	if _, err := bare.WithOwners(other, data); !errors.Is(err, attribution.ErrOwners) {
		t.Errorf("the owners of another tree: %v", err)
	}
}
