package truthtest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sort"

	"weighline/analysis/attribution"
	"weighline/analysis/layer"
)

// checkPackages compares the packages, and that they add up.
func checkPackages(c *checker, want *Truth, tree *layer.Tree, l *attribution.Ledger) {
	for _, p := range l.Problems {
		c.t.Log(p)
	}
	by := map[attribution.Kind][]attribution.Package{}
	sum := l.Unowned
	for _, p := range l.Packages {
		by[p.Kind] = append(by[p.Kind], p)
		sum += p.Unpacked
	}
	equal(c, "packages and unowned bytes", sum, tree.Totals.Bytes)
	var folders int64
	for _, f := range l.Folders {
		folders += f.Bytes
	}
	equal(c, "folders of unowned bytes", folders, l.Unowned)
	checkPython(c, want, by[attribution.Python])
	checkDpkg(c, want, by[attribution.Deb])
	checkApk(c, want, by[attribution.Apk])
	checkNode(c, want, by[attribution.Node])
	checkRPM(c, want.RPMQA, by[attribution.RPM])
	c.t.Logf("%d python, %d deb, %d apk, %d node, %d rpm; unowned %d of %d", len(by[attribution.Python]), len(by[attribution.Deb]),
		len(by[attribution.Apk]), len(by[attribution.Node]), len(by[attribution.RPM]), l.Unowned, l.Unpacked)
}

func checkPython(c *checker, want *Truth, got []attribution.Package) {
	equal(c, "distributions", len(got), want.Python.Count)
	byPath := map[string]attribution.Package{}
	var sum int64
	for _, p := range got {
		byPath[p.Path] = p
		if p.Claim.Listed {
			sum += p.Claim.Bytes
		}
	}
	equal(c, "bytes of distributions", sum, want.Python.Bytes)
	for _, w := range want.Python.Dists {
		info := w.Metadata
		for _, suffix := range []string{"/METADATA", "/PKG-INFO"} {
			if n := len(info) - len(suffix); info[n:] == suffix {
				info = info[:n]
			}
		}
		p, ok := byPath[info]
		equal(c, info+" is there", ok, true)
		equal(c, info+" name", p.Name, w.Normalized)
		equal(c, info+" version", p.Version, w.Version)
		equal(c, info+" installer", p.Installer, w.Installer)
		// The script reads headers alone; importlib.metadata, and so this module, takes
		// what an egg-info folder requires from its requires.txt.
		if w.Kind != "egg-info" || len(w.Requires) > 0 {
			equal(c, info+" requires", slices.Equal(p.Requires, w.Requires), true)
		}
		if w.Record {
			equal(c, info+" claim", p.Claim, attribution.Claim{Listed: true, Bytes: w.Bytes, Files: w.Files, Pyc: w.PycBytes, Missing: w.Missing})
		}
	}
}

func checkDpkg(c *checker, want *Truth, got []attribution.Package) {
	equal(c, "debs", len(got), want.Dpkg.Count)
	byName := map[string]attribution.Package{}
	for _, p := range got {
		byName[p.Name+":"+p.Arch] = p
	}
	var sum int64
	for _, w := range want.Dpkg.Packages {
		key := w.Name + ":" + w.Arch
		p, ok := byName[key]
		equal(c, key+" is there", ok, true)
		equal(c, key+" version", p.Version, w.Version)
		if !w.Statusd {
			equal(c, key+" bytes", p.Claim.Bytes, w.Bytes)
			equal(c, key+" files", p.Claim.Files, w.Files)
			equal(c, key+" missing", p.Claim.Missing, w.Missing)
			sum += p.Claim.Bytes
		}
	}
	equal(c, "bytes of debs", sum, want.Dpkg.Bytes)
}

func checkApk(c *checker, want *Truth, got []attribution.Package) {
	equal(c, "apk packages", len(got), len(want.Apk))
	for _, w := range want.Apk {
		i := slices.IndexFunc(got, func(p attribution.Package) bool { return p.Name == w.Name })
		if i < 0 {
			c.t.Errorf("apk package %s is missing", w.Name)
			continue
		}
		p := got[i]
		equal(c, "apk "+w.Name, fmt.Sprint(p.Version, p.Claim), fmt.Sprint(w.Version, attribution.Claim{Listed: true, Bytes: w.Bytes, Files: w.Files, Missing: w.Missing}))
	}
}

func checkNode(c *checker, want *Truth, got []attribution.Package) {
	equal(c, "node packages", len(got), want.Node.Count)
	var sum int64
	for _, p := range got {
		sum += p.Claim.Bytes
	}
	equal(c, "bytes of node packages", sum, want.Node.Bytes)
	sort.SliceStable(got, func(i, j int) bool {
		a, b := got[i], got[j]
		if a.Claim.Bytes != b.Claim.Bytes {
			return a.Claim.Bytes > b.Claim.Bytes
		}
		return a.Path < b.Path
	})
	for i, w := range want.Node.Top {
		equal(c, fmt.Sprintf("node package %d", i), fmt.Sprintln(got[i].Path, got[i].Claim.Bytes, got[i].Claim.Files), fmt.Sprintln(w.Path, w.Bytes, w.Files))
	}
}

// checkRPM compares with what rpm -qa itself said, if it was asked.
func checkRPM(c *checker, file string, got []attribution.Package) {
	var want []struct{ Name, Version, Arch string }
	if b, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(b, &want); err != nil {
			c.t.Fatal(err)
		}
	}
	equal(c, "rpms", len(got), len(want))
	for i, w := range want {
		if i < len(got) {
			equal(c, fmt.Sprintf("rpm %d", i), fmt.Sprintln(got[i].Name, got[i].Version, got[i].Arch), fmt.Sprintln(w.Name, w.Version, w.Arch))
			equal(c, w.Name+" has files", got[i].Claim.Files > 0 && got[i].Unpacked > 0, true)
		}
	}
}
