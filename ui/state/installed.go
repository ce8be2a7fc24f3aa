package state

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"weighline/analysis/attribution"
	"weighline/analysis/bytesize"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/ui/texts"
)

// maxFiles is how many files of a package the details list.
const maxFiles = 8

// filesOf tells how many files of the image a package owns, and the heaviest.
func (s *Session) filesOf(r *Row) []string {
	l := s.Build.Ledger()
	if l == nil || l.Tree() == nil || len(r.packages) == 0 {
		return nil
	}
	return heaviestFiles(l.Tree(), func(yield func(layer.Node) bool) {
		for _, i := range r.packages {
			for n := range l.Nodes(i) {
				if !yield(n) {
					return
				}
			}
		}
	})
}

// heaviestFiles counts some files and names the heaviest.
func heaviestFiles(t *layer.Tree, files iter.Seq[layer.Node]) []string {
	var heaviest []layer.Node // the largest first
	count := 0
	for n := range files {
		count++
		at, _ := slices.BinarySearchFunc(heaviest, n, func(a, b layer.Node) int { return cmp.Compare(t.Own(b), t.Own(a)) })
		if at < maxFiles {
			heaviest = slices.Insert(heaviest, at, n)
			heaviest = heaviest[:min(len(heaviest), maxFiles)]
		}
	}
	if count == 0 {
		return []string{texts.T("None of the files in the image is its own.")}
	}
	lines := []string{texts.N(count, "%[1]d file:", "%[2]s files, the heaviest:", bytesize.Size(count).Grouped())}
	for _, n := range heaviest {
		lines = append(lines, texts.F("%s in layer %d: %s", bytesize.Size(t.Own(n)), t.LayerOf(n), t.FullPath(n)))
	}
	return lines
}

// DescribeFolder answers of bytes that no package claims, by the key of their
// folder on the map, what they are. The title is "" for any other key.
func (s *Session) DescribeFolder(key string) (title string, parts []Part) {
	l := s.Build.Ledger()
	path, ok := strings.CutPrefix(key, folderKey)
	if l == nil || !ok {
		return "", nil
	}
	i := slices.IndexFunc(l.Folders, func(f attribution.Folder) bool { return f.Path == path })
	if i < 0 {
		return "", nil
	}
	f := l.Folders[i]
	lines := []string{texts.N(f.Files, "%[2]s in %[1]d file that no package claims.", "%[2]s in %[3]s files that no package claims.", bytesize.Size(f.Bytes).Exact(), bytesize.Size(f.Files).Grouped())}
	if f.What != "" {
		lines = append(lines, texts.F("By their names most of it is: %s", f.What))
	}
	parts = []Part{{texts.T("Unowned"), lines}}
	if l.Tree() != nil {
		files := heaviestFiles(l.Tree(), unclaimed(l, path))
		for i := range files {
			files[i] = layer.Printable(files[i])
		}
		parts = append(parts, Part{texts.T("Its files"), files})
	}
	return layer.Printable(path), parts
}

// unclaimed yields the files that a folder of unclaimed bytes counts: not those
// that a deeper one has.
func unclaimed(l *attribution.Ledger, folder string) iter.Seq[layer.Node] {
	t := l.Tree()
	deeper := map[layer.Node]bool{}
	for _, f := range l.Folders {
		if n, ok := t.Lookup(f.Path); ok && f.Path != folder {
			deeper[n] = true
		}
	}
	return func(yield func(layer.Node) bool) {
		home, ok := t.Lookup(folder)
		if !ok {
			return
		}
		for n := home; n < t.End(home); n++ {
			if n != home && deeper[n] {
				n = t.End(n) - 1
				continue
			}
			if _, owned := l.Owner(n); owned || t.Kind(n) != layer.File || t.Secondary(n) {
				continue
			}
			if !yield(n) {
				return
			}
		}
	}
}

// copies tells of a package that is there several times where each one is.
func (s *Session) copies(r *Row) (lines []string) {
	if r.Where == "" {
		return nil
	}
	for i := range s.Rows {
		if x := &s.Rows[i]; x.Name == r.Name && x.Kind == r.Kind {
			if len(lines) == maxNames {
				lines = append(lines, texts.T("and more"))
				break
			}
			lines = append(lines, texts.F("%s: version %s, %s", x.Where, x.Version, amountWord(x.Unpacked)))
		}
	}
	if r.CanDrop {
		lines = append(lines, texts.T("Dropping takes all of them: a plan goes by names."))
	}
	return lines
}

// amountWord writes a size in a sentence.
func amountWord(a bytesize.Amount) string {
	if a.Basis == bytesize.Unknown {
		return texts.T("size unknown")
	}
	return a.String()
}

// broughtBy tells which packages of the system installed a Python distribution.
func (s *Session) broughtBy(r *Row) (lines []string) {
	l := s.Build.Ledger()
	if l == nil {
		return nil
	}
	for _, i := range r.packages {
		if by, ok := l.BroughtBy(i); ok {
			lines = append(lines, texts.F("Installed by the %s package %s", string(by.Kind), by.Name))
		}
	}
	return lines
}

// systemWhy tells which other packages of the system depend on one. Only those of
// Debian are known to say so.
func (s *Session) systemWhy(r *Row) []string {
	l := s.Build.Ledger()
	if l == nil || r.Kind != string(attribution.Deb) || len(r.packages) == 0 {
		return nil
	}
	by := neededBy(l)[r.packages[0]]
	if len(by) == 0 {
		return []string{texts.T("No other installed package depends on it by its name.")}
	}
	return []string{texts.N(len(by), "%[2]s depends on it.", "%[2]s depend on it.", list(by))}
}

// requires returns the names that a package asks for.
func (s *Session) requires(r *Row) []pep.Name {
	if r.node >= 0 {
		return s.Graph().Requires(r.Name)
	}
	l := s.Build.Ledger()
	if l == nil || r.Kind != string(attribution.Deb) || len(r.packages) == 0 {
		return nil
	}
	var names []pep.Name
	for _, n := range debNames(l.Packages[r.packages[0]].Requires) {
		if !slices.Contains(names, pep.Name(n)) {
			names = append(names, pep.Name(n))
		}
	}
	return names
}

// leftToSystem tells what of a package that goes the manager of the system's
// packages brought.
func (s *Session) leftToSystem(r *Row) []string {
	v := s.Preview.Image
	if v == nil {
		return nil
	}
	var parts []plan.SystemPart
	for _, x := range v.System {
		if x.Package.Kind == attribution.Python && x.Package.Name == string(r.Name) {
			parts = append(parts, x)
		}
	}
	return systemLines(parts)
}

// systemLines says what of a plan is not for a slim image to take out: packages of
// the system brought it, whose database would name files that are not there.
func systemLines(parts []plan.SystemPart) []string {
	if len(parts) == 0 {
		return nil
	}
	var freed bytesize.Size
	var names []pep.Name
	for _, x := range parts {
		freed += x.Freed
		if n := pep.Name(layer.Printable(x.By.Name)); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return []string{texts.F("%s of what goes belong to packages that %s installed (%s): a slim image keeps them, they go where the image is built.", freed, parts[0].By.Kind.Manager(), list(names))}
}
