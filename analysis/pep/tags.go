package pep

import "fmt"

// A Tag is one compatibility tag of a wheel (PEP 425).
type Tag struct{ Python, ABI, Platform string }

// String returns "cp311-cp311-manylinux_2_17_x86_64".
func (t Tag) String() string { return t.Python + "-" + t.ABI + "-" + t.Platform }

// A tagTable is the list of tags of a target and its inverse.
type tagTable struct {
	list []Tag
	rank map[Tag]int
}

// newTagTable lists the tags in pip's order: this Python's own, its stable
// ABIs downwards, then those of any Python 3.
func newTagTable(minor int, p platform) *tagTable {
	t := &tagTable{rank: make(map[Tag]int, 1024)}
	platforms := p.tags()
	add := func(python, abi string, platforms ...string) {
		for _, plat := range platforms {
			tag := Tag{python, abi, plat}
			if _, dup := t.rank[tag]; !dup {
				t.rank[tag] = len(t.list)
				t.list = append(t.list, tag)
			}
		}
	}
	cp := fmt.Sprintf("cp3%d", minor)
	add(cp, cp, platforms...)
	add(cp, "abi3", platforms...)
	add(cp, "none", platforms...)
	for m := minor - 1; m >= 2; m-- {
		add(fmt.Sprintf("cp3%d", m), "abi3", platforms...)
	}
	generic := []string{fmt.Sprintf("py3%d", minor), "py3"}
	for m := minor - 1; m >= 0; m-- {
		generic = append(generic, fmt.Sprintf("py3%d", m))
	}
	for _, py := range generic {
		add(py, "none", platforms...)
	}
	add(cp, "none", "any")
	for _, py := range generic {
		add(py, "none", "any")
	}
	return t
}

// tags lists the platform tags that the platform accepts, the newest first.
func (p platform) tags() []string {
	machine := p.machine()
	switch p.os {
	case "linux":
		return append(manylinux(machine, p.libc), "linux_"+machine)
	case "linux-musl":
		return append(musllinux(machine, p.libc), "linux_"+machine)
	case "macos":
		return macos(machine, p.libc)
	}
	return []string{"win_" + p.arch}
}

// manylinux lists the tags of PEP 600 down to glibc 2.17 (2.5 on x86_64), each
// followed by its older name (PEP 513, 571, 599).
func manylinux(machine string, glibc [2]int) (tags []string) {
	oldest := 17
	if machine == "x86_64" {
		oldest = 5
	}
	legacy := map[int]string{17: "manylinux2014_", 12: "manylinux2010_", 5: "manylinux1_"}
	for minor := glibc[1]; minor >= oldest; minor-- {
		tags = append(tags, fmt.Sprintf("manylinux_%d_%d_%s", glibc[0], minor, machine))
		if name, ok := legacy[minor]; ok {
			tags = append(tags, name+machine)
		}
	}
	return tags
}

// musllinux lists the tags of PEP 656.
func musllinux(machine string, musl [2]int) (tags []string) {
	for minor := musl[1]; minor >= 0; minor-- {
		tags = append(tags, fmt.Sprintf("musllinux_%d_%d_%s", musl[0], minor, machine))
	}
	return tags
}

// macos lists the tags of this and all older releases; until macOS 11 it was
// the minor number that grew.
func macos(machine string, version [2]int) (tags []string) {
	formats := []string{machine, "universal2"}
	if machine == "x86_64" {
		formats = []string{machine, "intel", "fat64", "fat32", "universal2", "universal"}
	}
	for major := version[0]; major > 10; major-- {
		for _, f := range formats {
			tags = append(tags, fmt.Sprintf("macosx_%d_0_%s", major, f))
		}
	}
	if machine != "x86_64" {
		formats = []string{"universal2"} // the half of it that counts is newer
	}
	newest := 16
	if version[0] == 10 {
		newest = version[1]
	}
	for minor := newest; minor >= 4; minor-- {
		for _, f := range formats {
			tags = append(tags, fmt.Sprintf("macosx_10_%d_%s", minor, f))
		}
	}
	return tags
}
