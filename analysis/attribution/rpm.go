package attribution

import (
	"strconv"
	"strings"
)

// rpmDirs are where rpm keeps its database: since ever, SUSE and Fedora ≥ 36,
// rpm-ostree.
var rpmDirs = []string{"/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"}

// readRPM reads the database of installed RPMs.
func (a *attributor) readRPM() {
	seen := map[uint32]bool{} // one of the folders is often a link to another
	for _, dir := range rpmDirs {
		for _, name := range []string{"rpmdb.sqlite", "Packages.db", "Packages"} {
			n, ok := a.t.Follow(dir + "/" + name)
			if !ok || seen[a.t.Inode(n)] {
				continue
			}
			seen[a.t.Inode(n)] = true
			db, ok := a.t.Content(n)
			if !ok || len(db) == 0 {
				continue
			}
			if w, ok := a.t.Follow(dir + "/" + name + "-wal"); ok && a.t.Size(w) > 0 {
				a.problem("%s/%s has changes that rpm has not written to it yet: packages may be missing", dir, name)
			}
			headers, err := rpmHeaders(db)
			if err != nil {
				a.problem("%s/%s: %v; read %d packages", dir, name, err, len(headers))
			}
			for _, h := range headers {
				if a.full() {
					break
				}
				a.rpm(h, dir+"/"+name)
			}
		}
	}
}

// named returns the package as far as its name goes.
func (h *rpmHeader) named() Package {
	p := Package{Kind: RPM, Name: h.text(rpmName), Version: h.text(rpmVersion), Arch: h.text(rpmArch)}
	if r := h.text(rpmRelease); r != "" {
		p.Version += "-" + r
	}
	if e := h.ints(rpmEpoch); len(e) > 0 && e[0] != 0 {
		p.Version = strconv.FormatUint(uint64(e[0]), 10) + ":" + p.Version
	}
	return p
}

func (a *attributor) rpm(blob []byte, file string) {
	h, err := parseRPMHeader(blob)
	if err != nil {
		a.problem("%s: a package's header is damaged: %v", file, err)
		return
	}
	p := h.named()
	if p.Name == "" || p.Name == "gpg-pubkey" { // a key that is kept like a package
		return
	}
	p.Path = file
	for _, r := range h.texts(rpmRequires) {
		if !strings.HasPrefix(r, "rpmlib(") {
			p.Requires = append(p.Requires, r)
		}
	}
	nodes, claim := a.claimed(h.files())
	p.Claim = claim
	i := a.add(p)
	for _, n := range nodes {
		a.take(i, n)
	}
}
