package main

import (
	"crypto/md5" // dpkg keeps MD5 sums
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed debs.txt
var debsText string

// debGroups are the packages of debs.txt by the line in brackets above them.
var debGroups = sync.OnceValues(func() (map[string][]deb, error) {
	groups, err := parseShapes(debsText)
	if err != nil {
		return nil, fmt.Errorf("debs.txt: %w", err)
	}
	out := map[string][]deb{}
	for group, shapes := range groups {
		for _, s := range shapes {
			kib, err := strconv.ParseInt(s.head[5], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("debs.txt: %s: %w", s.head[0], err)
			}
			out[group] = append(out[group], deb{shape: s, bytes: kib * 1024 / scale})
		}
	}
	return out, nil
})

// A deb is a Debian package.
type deb struct {
	shape
	bytes int64 // of its files, in the model
}

func (d deb) name() string    { return d.head[0] }
func (d deb) version() string { return d.head[1] }
func (d deb) arch() string    { return d.head[2] }

// info is the beginning of the names of the files that dpkg keeps about d.
func (d deb) info() string {
	name := d.name()
	if d.head[3] == "libs" && d.arch() != "all" {
		name += ":" + d.arch() // packages that may be there for several architectures
	}
	return "var/lib/dpkg/info/" + name
}

// shapeFiles are the files with the copyright that each package has.
func (d deb) shapeFiles() []shapeFile {
	return append(slices.Clone(d.files), shapeFile{path: "usr/share/doc/" + d.name() + "/copyright"})
}

// stored is where a file is, other than its package says: Debian 12 has moved
// /bin, /sbin and /lib to /usr and left links, but the packages still say /bin.
func stored(name string) string {
	for _, dir := range []string{"bin/", "sbin/", "lib/", "lib64/"} {
		if strings.HasPrefix(name, dir) {
			return "usr/" + name
		}
	}
	return name
}

// unpack adds the files of the package and dpkg's notes about them.
func (t tree) unpack(d deb) {
	files := d.shapeFiles()
	least := make([]int64, len(files))
	for i, f := range files {
		if f.link == "" {
			least[i] = 24
		} else {
			files[i].weight = 0
		}
	}
	if last := len(files) - 1; d.bytes > 2000 {
		least[last] = 160
	}
	sizes := divide(d.bytes, files, least)
	var sums strings.Builder
	for i, f := range files {
		if f.link != "" {
			t.link(stored(f.path), f.link)
			continue
		}
		body, ok := wellKnown[f.path]
		if !ok {
			body = content(d.name()+" "+f.path, f.path, "", sizes[i], 0.4, nil)
		}
		if strings.Contains(f.path, "bin/") {
			t.program(stored(f.path), body)
		} else {
			t.put(stored(f.path), body)
		}
		if !strings.HasPrefix(f.path, "etc/") {
			fmt.Fprintf(&sums, "%x  %s\n", md5.Sum([]byte(body)), f.path)
		}
	}
	t.put(d.info()+".list", d.list())
	t.put(d.info()+".md5sums", sums.String())
	if conf := d.conffiles(); len(conf) > 0 {
		t.put(d.info()+".conffiles", "/"+strings.Join(conf, "\n/")+"\n")
	}
}

// wellKnown are files whose words others read.
var wellKnown = map[string]string{
	"etc/debian_version": "12.11\n",
	"etc/issue":          "Debian GNU/Linux 12 \\n \\l\n\n",
	"etc/host.conf":      "multi on\n",
	"usr/lib/os-release": `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`,
}

// list names the files of the package and their folders.
func (d deb) list() string {
	seen := map[string]bool{"/.": true}
	out := []string{"/."}
	for _, f := range d.shapeFiles() {
		parts := strings.Split(f.path, "/")
		for i := range parts {
			if p := "/" + strings.Join(parts[:i+1], "/"); !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// conffiles are the files that dpkg does not overwrite.
func (d deb) conffiles() []string {
	var out []string
	for _, f := range d.files {
		if strings.HasPrefix(f.path, "etc/") && f.link == "" {
			out = append(out, f.path)
		}
	}
	return out
}

// paragraph is what the status file says of the package.
func (d deb) paragraph(content tree) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Package: %s\nStatus: install ok installed\nPriority: %s\nSection: %s\nInstalled-Size: %d\n", d.name(), d.head[4], d.head[3], (d.bytes+1023)/1024)
	fmt.Fprintf(&b, "Maintainer: Debian Developers <debian-devel@lists.debian.org>\nArchitecture: %s\n", d.arch())
	if strings.Contains(d.info(), ":") {
		b.WriteString("Multi-Arch: same\n")
	}
	fmt.Fprintf(&b, "Version: %s\n", d.version())
	for _, line := range d.notes["<"] {
		fmt.Fprintf(&b, "Depends: %s\n", line)
	}
	if conf := d.conffiles(); len(conf) > 0 {
		b.WriteString("Conffiles:\n")
		for _, name := range conf {
			fmt.Fprintf(&b, " /%s %x\n", name, md5.Sum([]byte(content[name].Body)))
		}
	}
	fmt.Fprintf(&b, "Description: %s\n\n", strings.Join(d.notes["-"], " "))
	return b.String()
}

// writeStatus writes the whole status file, as dpkg does after each run, and
// keeps the one before. content has the packages' files.
func (t tree) writeStatus(content tree, debs []deb) {
	const status = "var/lib/dpkg/status"
	if old, ok := content[status]; ok {
		t.put(status+"-old", old.Body)
	}
	debs = slices.SortedFunc(slices.Values(debs), func(a, b deb) int { return strings.Compare(a.name(), b.name()) })
	var b strings.Builder
	for _, d := range debs {
		b.WriteString(d.paragraph(content))
	}
	t.put(status, b.String())
}

// purge adds the whiteouts that remove the packages from what lies below.
func (t tree) purge(below tree, debs []deb) {
	var gone []string
	for _, d := range debs {
		for _, f := range d.shapeFiles() {
			gone = append(gone, stored(f.path))
		}
		for name := range below {
			if base, ok := strings.CutPrefix(name, d.info()+"."); ok && path.Base(base) == base {
				gone = append(gone, name)
			}
		}
	}
	for name, e := range without(below, gone) {
		t[name] = e
	}
}
