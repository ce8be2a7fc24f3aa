package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oracletest"
)

// weigh runs a command line and returns what it printed; it must succeed.
func weigh(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errOut); code != exitDone {
		t.Fatalf("weigh %s = %d: %s", strings.Join(args, " "), code, errOut.String())
	}
	return out.Bytes()
}

type size = *int64

// TestFoundingStory compares weigh deps with the answer of pip: every package
// with its version, file and size, the totals, and what each drop frees.
func TestFoundingStory(t *testing.T) {
	dir := oracletest.Path(t, "python")
	text, err := os.ReadFile(filepath.Join(dir, "oracles", "founding_story.json"))
	if err != nil {
		t.Skipf("the oracle is not there: %v", err)
	}
	type pkg struct {
		Name, Version, File string
		Download            int64
	}
	var want struct {
		Packages []pkg
		Totals   struct{ Packages, Download int64 }
		Freed    map[string][2]int64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	source := []string{filepath.Join(dir, "projects/synthetic/motivating.txt"), "--constraint", filepath.Join(dir, "projects/synthetic/motivating-constraints.txt"), "--json"}

	var got struct {
		Schema string
		Totals struct{ Packages, Download, Unknown int64 }
		// The fields of an oracle's package are some of the contract's.
		Packages []struct {
			pkg
			Frees struct{ Packages, Download size }
		}
	}
	if err := json.Unmarshal(weigh(t, append([]string{"deps"}, source...)...), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != "weighline/deps@1" || got.Totals.Packages != want.Totals.Packages || got.Totals.Download != want.Totals.Download || got.Totals.Unknown != 0 {
		t.Errorf("totals = %s %+v, want %+v", got.Schema, got.Totals, want.Totals)
	}
	packages := map[string]pkg{}
	for _, p := range got.Packages {
		packages[p.Name] = p.pkg
		if f, ok := want.Freed[p.Name]; ok && (*p.Frees.Packages != f[0] || *p.Frees.Download != f[1]) {
			t.Errorf("%s frees %d packages, %d bytes, want %v", p.Name, *p.Frees.Packages, *p.Frees.Download, f)
		}
	}
	for _, p := range want.Packages {
		if packages[p.Name] != p {
			t.Errorf("package %+v, want %+v", packages[p.Name], p)
		}
		delete(packages, p.Name)
	}
	if len(packages) > 0 {
		t.Errorf("packages beyond those of pip: %v", packages)
	}

	for drops, freed := range want.Freed {
		args := append([]string{"plan"}, source...)
		for name := range strings.SplitSeq(drops, "+") {
			args = append(args, "--drop", name)
		}
		testFounding(t, args, freed)
	}
}

// testFounding runs weigh plan, which must free that many packages and bytes.
func testFounding(t *testing.T, args []string, freed [2]int64) {
	t.Helper()
	type change struct{ Before, After int64 }
	var got struct {
		Preview struct {
			Freed              []string
			Download, Packages change
			Held               []struct {
				Name string
				By   []string
			}
		}
	}
	if err := json.Unmarshal(weigh(t, args...), &got); err != nil {
		t.Fatal(err)
	}
	v := got.Preview
	packages, bytes := v.Packages.Before-v.Packages.After, v.Download.Before-v.Download.After
	if packages != freed[0] || bytes != freed[1] || int64(len(v.Freed)) != freed[0] {
		t.Errorf("weigh %s frees %d packages (%d named), %d bytes, want %v", strings.Join(args, " "), packages, len(v.Freed), bytes, freed)
	}
	if freed[0] == 0 && (len(v.Held) != 1 || len(v.Held[0].By) == 0) {
		t.Errorf("weigh %s: held = %v, want who holds it", strings.Join(args, " "), v.Held)
	}
}
