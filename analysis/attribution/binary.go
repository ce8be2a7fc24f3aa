package attribution

import (
	"encoding/json"
	"path"
	"runtime/debug"
	"strings"

	"weighline/analysis/layer"
)

// claimBinaries makes a package of each executable that says what it was built
// from and that no other package owns.
func (a *attributor) claimBinaries() {
	t := a.t
	for n := layer.Root + 1; int(n) < t.Len(); n++ {
		if t.Kind(n) != layer.File || t.Size(n) < minBinary || t.Secondary(n) || a.l.owner[n] != 0 {
			continue
		}
		text, ok := a.text(n)
		if !ok {
			continue
		}
		file := t.FullPath(n)
		if Keep(file, t.Size(n)) {
			continue // a content, not an excerpt
		}
		p, ok := binaryPackage(text, file)
		if !ok {
			continue
		}
		if a.full() {
			return
		}
		p.Claim = Claim{Listed: true, Bytes: t.Size(n), Files: 1}
		a.take(a.add(p), n)
	}
}

// binaryPackage reads an excerpt of [Scan].
func binaryPackage(text, file string) (Package, bool) {
	if rest, ok := strings.CutPrefix(text, goExcerpt); ok {
		version, mod, _ := strings.Cut(rest, "\n")
		return goBinary(version, mod, file), true
	}
	if rest, ok := strings.CutPrefix(text, rustExcerpt); ok {
		return rustBinary(rest, file)
	}
	return Package{}, false
}

// goBinary is named by its main module, as "go version -m" prints it. Where there
// is none its package names it; the version of Go is that of Go's own programs.
// What says nothing, or was built before Go 1.18, is named by its file.
func goBinary(version, mod, file string) Package {
	p := Package{Kind: Go, Name: path.Base(file), Path: file}
	info, err := debug.ParseBuildInfo(mod)
	if err != nil {
		return p
	}
	switch {
	case info.Main.Path != "":
		p.Name, p.Version = info.Main.Path, info.Main.Version
	case strings.HasPrefix(info.Path, "cmd/"):
		p.Name, p.Version = info.Path, version
	case info.Path != "" && info.Path != "command-line-arguments":
		p.Name = info.Path
	}
	for _, m := range info.Deps[:min(len(info.Deps), maxRequires)] {
		if m.Replace != nil {
			m = m.Replace
		}
		p.Requires = append(p.Requires, strings.TrimSpace(m.Path+" "+m.Version))
	}
	return p
}

// rustBinary is named by the root of cargo-auditable's list
// (github.com/rust-secure-code/cargo-auditable, PARSING.md).
func rustBinary(text, file string) (Package, bool) {
	var list struct {
		Packages []struct {
			Name, Version, Kind string
			Root                bool
		}
	}
	if json.Unmarshal([]byte(text), &list) != nil || len(list.Packages) == 0 {
		return Package{}, false
	}
	p := Package{Kind: Rust, Name: path.Base(file), Path: file}
	for _, c := range list.Packages[:min(len(list.Packages), maxRequires)] {
		switch {
		case c.Root:
			p.Name, p.Version = c.Name, c.Version
		case c.Kind != "build": // what only built it is not in it
			p.Requires = append(p.Requires, strings.TrimSpace(c.Name+" "+c.Version))
		}
	}
	return p, true
}
