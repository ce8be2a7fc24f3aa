package slim

import (
	"testing"
)

// Each check fails when what it is about does not hold, and passes otherwise.
func TestVerifyFindsFaults(t *testing.T) {
	const site, info = "-- one/s/a/x.py --\nx\n-- one/s/a/y.py --\ny\n", `-- one/s/a-1.dist-info/METADATA --
Name: a
Version: 1
-- one/s/a-1.dist-info/RECORD --
a/x.py,,
a/y.py,,2
never/there.py,,
a-1.dist-info/METADATA,,
a-1.dist-info/RECORD,,
`
	const more = "-- one/big --\nbig\n-- two/.wh.nothing --\n"
	before := save(t, "layer one\nlayer two\n"+site+info+more)
	test := func(name, text string, download int64, libs []Missing, want ...string) {
		t.Helper()
		after := save(t, "layer one\nlayer two\n"+text)
		c := without(t, before, "/big")
		r := &Result{Promised: Sizes{Download: 1000}, Actual: Sizes{Download: download}}
		failed := map[string]bool{}
		for _, x := range Verify(c, r, after.ledger, download, libs) {
			if x.Text == "" {
				t.Errorf("%s: %s says nothing", name, x.Name)
			}
			if !x.OK {
				failed[x.Name] = true
			}
		}
		for _, w := range want {
			if !failed[w] {
				t.Errorf("%s: %s passes", name, w)
			}
			delete(failed, w)
		}
		for f := range failed {
			t.Errorf("%s: %s fails", name, f)
		}
	}
	const good, idle = site + info, "-- two/.wh.nothing --\n"
	test("as promised", good+idle, 1000, nil)
	test("just below 2 % more", good+idle, 1019, nil)
	test("3 % more", good+idle, 1030, nil, "download")
	test("a place that does not tell", good+idle, -1, nil)
	test("a file is missing", "-- one/s/a/x.py --\nx\n"+info+idle, 1000, nil, "unpacked", "records")
	test("a file of another size", "-- one/s/a/x.py --\nx\n-- one/s/a/y.py --\nlong\n"+info+idle, 1000, nil, "unpacked", "records")
	test("a file too many", good+"-- one/big --\nbig\n"+idle, 1000, nil, "unpacked")
	test("a library is missing", good+idle, 1000, []Missing{{"/a", "b.so"}}, "libraries")
	test("a whiteout more", good+idle+"-- two/.wh.big --\n", 1000, nil, "whiteouts")
}
