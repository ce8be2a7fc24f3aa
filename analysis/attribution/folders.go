package attribution

import (
	"cmp"
	"slices"

	"weighline/analysis/layer"
)

// folders groups the unowned files. A folder in which nothing is owned is one
// row; of a folder that packages have files in, the loose files and small
// folders are one.
func (a *attributor) folders(opts Options) {
	t, l := a.t, a.l
	least := opts.MinFolder
	if least <= 0 {
		least = max(1_000_000, l.Unpacked/1000)
	}
	owned := make([]bool, t.Len()) // a package has something in there
	bytes := make([]int64, t.Len())
	kinds := a.unownedKinds()
	files := make([]int, t.Len())
	// Nodes come after their directories, so going backwards sees a
	// directory's content before itself.
	for i := t.Len() - 1; i > 0; i-- {
		n := layer.Node(i)
		p := t.Parent(n)
		switch t.Kind(n) {
		case layer.File:
			if t.Secondary(n) {
				continue
			}
			if l.owner[n] != 0 {
				owned[p] = true
				continue
			}
			bytes[p] += t.Size(n)
			kinds.file(n, p)
			files[p]++
		case layer.Dir:
			owned[p] = owned[p] || owned[n]
		}
	}
	for i := t.Len() - 1; i > 0; i-- {
		n := layer.Node(i)
		if files[n] == 0 {
			continue
		}
		p := t.Parent(n)
		if (owned[p] || p == layer.Root) && bytes[n] >= least {
			l.Folders = append(l.Folders, Folder{t.FullPath(n), bytes[n], files[n], kinds.of(n, bytes[n])})
			continue
		}
		bytes[p] += bytes[n]
		kinds.up(n, p)
		files[p] += files[n]
	}
	if files[0] > 0 {
		l.Folders = append(l.Folders, Folder{"/", bytes[0], files[0], kinds.of(0, bytes[0])})
	}
	slices.SortFunc(l.Folders, func(a, b Folder) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
	})
}
