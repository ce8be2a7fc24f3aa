package attribution_test

import (
	"fmt"
	"testing"

	"weighline/analysis/attribution"
	"weighline/analysis/fileclass"
)

// TestClassified has an environment below a folder called test: only what lies
// below its site-packages counts, only what a distribution owns, and no metadata.
func TestClassified(t *testing.T) {
	const site = "test/v/lib/python3.11/site-packages/"
	l := ledgerOf(t, []file{
		{site + "a/__init__.py", "1234"},
		{site + "a/tests/x.py", "22"},
		{site + "a/tests/x.so", "55555"},
		{site + "a/tests/again.so => " + site + "a/tests/x.so", ""},
		{site + "a/__pycache__/m.cpython-311.pyc", "333"},
		{site + "a/m.py", "1"},
		{site + "a/lib.a", "4444"},
		{site + "a/include/a.h", "666666"},
		{site + "loose/tests/y.py", "7"}, // nobody's
		{site + "a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"},
		{site + "a-1.dist-info/tests/z", "1"},
		{site + "a-1.dist-info/RECORD", "a/__init__.py,,\na/tests/x.py,,\na/tests/x.so,,\na/tests/again.so,,\na/m.py,,\na/lib.a,,\na/include/a.h,,\na-1.dist-info/tests/z,,\n"},
	})
	sums := map[fileclass.Class]int64{}
	for n, c := range l.Classified() {
		sums[c] += l.Tree().Size(n)
	}
	want := map[fileclass.Class]int64{fileclass.Tests: 7, fileclass.Bytecode: 3, fileclass.Static: 4, fileclass.Headers: 6}
	if fmt.Sprint(sums) != fmt.Sprint(want) {
		t.Errorf("classes = %v, want %v", sums, want)
	}
	for range (&attribution.Ledger{}).Classified() {
		t.Error("a ledger without a tree has classes")
	}
}
