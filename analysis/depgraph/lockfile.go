package depgraph

import (
	"fmt"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// describe makes the node of a locked package: the file for the target, its
// size, or the reason why that is not known.
func (f *follower) describe(p *reqfile.LockPackage) Node {
	n := Node{Name: p.Name, Version: p.Version.String(), Source: "lock"}
	if p.Source.Kind == reqfile.FromRegistry {
		n.Index = p.Source.URL.String()
	}
	files := make([]pyindex.File, 0, len(p.Files))
	for _, l := range p.Files {
		if l.Filename != "" {
			files = append(files, pyindex.File{Filename: l.Filename, Size: l.Size})
		}
	}
	best := bestOf(f.target, files)
	switch {
	case best >= 0:
		f.weigh(&n, p, files[best])
	case built(p.Source) != "":
		n.Reason = built(p.Source)
	case len(files) > 0:
		n.Reason = fmt.Sprintf("none of its %d locked files is for %s", len(files), f.target)
	default:
		f.lookUp(&n, p)
	}
	if n.File == "" && n.UnpackedBasis == "" {
		n.UnpackedBasis = "not known: " + n.Reason
	}
	if p.Source.Kind == reqfile.FromVirtual {
		n.Download, n.Unpacked, n.UnpackedBasis, n.Reason = bytesize.Of(0), bytesize.Of(0), "nothing is installed of it", ""
	}
	return n
}

// built says why a package that is no file of an index has no known size.
func built(s reqfile.Source) string {
	switch s.Kind {
	case reqfile.FromGit:
		return "built from " + s.String() + ": its size is not known before"
	case reqfile.FromURL:
		return "taken from " + s.URL.String() + ": its size is not in the lock"
	case reqfile.FromPath:
		return "a file on the computer (" + s.Path + "): its size is not looked up"
	case reqfile.FromDirectory:
		return "a project on the computer (" + s.Path + "): it is built when it is installed"
	case reqfile.FromEditable:
		return "a project on the computer (" + s.Path + "): it stays where it is"
	}
	return ""
}

// weigh gives the node the figures of its file; a size that the lock lacks comes
// from the Source, by the name of the file.
func (f *follower) weigh(n *Node, p *reqfile.LockPackage, file pyindex.File) {
	n.File = file.Filename
	if file.Size.Basis == bytesize.Unknown {
		if r := f.release(p); r != nil {
			for i := range r.Files {
				if strings.EqualFold(r.Files[i].Filename, file.Filename) && r.Files[i].Size.Basis != bytesize.Unknown {
					file.Size, n.Source = r.Files[i].Size, f.o.SourceName
				}
			}
		}
	}
	n.Download = file.Size
	n.Unpacked, n.UnpackedBasis = pyindex.EstimateUnpacked(&file)
	if n.Download.Basis == bytesize.Unknown {
		n.Reason = fmt.Sprintf("%s does not state the size of %s", f.lock.Format, n.File)
		if f.o.Source != nil {
			n.Reason += ", and the " + f.o.SourceName + " does not know it"
		}
	}
}

// lookUp takes the file from the Source, for locks that name none.
func (f *follower) lookUp(n *Node, p *reqfile.LockPackage) {
	n.Reason = fmt.Sprintf("%s does not name its files", f.lock.Format)
	if f.o.Source == nil {
		return
	}
	r := f.release(p)
	if r == nil {
		n.Reason += ", and the " + f.o.SourceName + " does not know this version"
		return
	}
	best := bestOf(f.target, r.Files)
	if best < 0 {
		n.Reason = fmt.Sprintf("none of the %d files that the %s knows of it is for %s", len(r.Files), f.o.SourceName, f.target)
		return
	}
	n.Reason, n.Source, n.Index = "", f.o.SourceName, r.Index
	f.weigh(n, p, r.Files[best])
}

// bestOf returns the place of the file that pip would take for the target: the
// wheel whose tags it likes best, else a source distribution; -1 if none fits.
func bestOf(target pep.Target, files []pyindex.File) int {
	best, bestRank, bestBuild := -1, 0, ""
	for i := range files {
		if !files[i].IsWheel() {
			if best < 0 {
				best, bestRank = i, 1<<30
			}
			continue
		}
		w, err := pep.ParseWheelName(files[i].Filename)
		if err != nil {
			continue
		}
		rank, ok := target.Rank(w)
		if ok && (best < 0 || rank < bestRank || rank == bestRank && pep.CompareBuild(w.Build, bestBuild) > 0) {
			best, bestRank, bestBuild = i, rank, w.Build
		}
	}
	return best
}
