package depgraph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

// A project is what a resolution knows of one name: its candidates, the best
// first, each version once.
type project struct {
	name       pep.Name
	candidates []candidate
	final      bits // the candidates that are no pre-releases
	unyanked   bits
	allowed    bits // by the constraints
	pinned     bool // a constraint names one version
	namesPre   bool // a constraint names a pre-release

	memo map[string]bits // which candidates a specifier allows

	missing string // why there are no candidates, or "" if there are
	stub    string // why its one candidate stands for what nobody knows, or ""
}

// A candidate is a version that could be chosen, with its best file.
type candidate struct {
	version pep.Version
	release *pyindex.Release // nil for a stub
	file    *pyindex.File
	rank    int    // of the file's tags for the target; higher than any tag's for a source distribution
	build   string // the wheel's build tag
	yanked  bool
}

// load asks the source for the candidates of a project. It does not fail: what
// went wrong is said in missing.
func (s *search) load(ctx context.Context, name pep.Name) *project {
	p := &project{name: name, memo: map[string]bits{}}
	releases, err := s.source.Releases(ctx, name)
	if err != nil {
		p.missing = err.Error()
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			s.failed = cmp.Or(ctx.Err(), err)
		}
		return p
	}
	releases = s.firstIndex(releases)
	list, last, elsewhere := s.files(name, releases)
	if len(list) == 0 {
		list = last
	}
	p.candidates = s.sort(list)
	if len(p.candidates) == 0 {
		p.missing = fmt.Sprintf("none of the %d releases of %s has a file for %s", len(releases), name, s.in.Target)
		switch wheels, sdists := s.opts.formats(name); {
		case !wheels:
			p.missing += ", and wheels are forbidden by --no-binary"
		case !sdists:
			p.missing += ", and source distributions are forbidden by --only-binary"
		}
		if elsewhere > 0 {
			p.missing += fmt.Sprintf(" (%d need another Python)", elsewhere)
		}
	}
	p.index()
	return p
}

// rank returns the place of a wheel's tags, and its build tag if it has one.
// Most names end in tags that were seen before.
func (s *search) rank(file string) (rank int, build string, ok bool) {
	project, tags, ok := pep.CutTags(file)
	if !ok {
		return 0, "", false
	}
	rank, seen := s.ranks[tags]
	if !seen {
		if rank, ok = s.in.Target.RankTags(tags); !ok {
			rank = -1
		}
		s.ranks[tags] = rank
	}
	if strings.Count(project, "-") == 2 {
		build = project[strings.LastIndexByte(project, '-')+1:]
	}
	return rank, build, rank >= 0
}

// firstIndex keeps the releases of the first index that has any, if uv's rule
// is asked for, and those of places that are no index (--find-links).
func (s *search) firstIndex(all []pyindex.Release) []pyindex.Release {
	place := func(r pyindex.Release) int {
		return slices.IndexFunc(s.opts.FirstIndex, func(url string) bool { return strings.TrimRight(r.Index, "/") == strings.TrimRight(url, "/") })
	}
	first := len(s.opts.FirstIndex)
	for _, r := range all {
		if at := place(r); at >= 0 {
			first = min(first, at)
		}
	}
	if first == len(s.opts.FirstIndex) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(r pyindex.Release) bool { at := place(r); return at >= 0 && at != first })
}

// files lists the files that the target can take, those of last resort apart,
// and counts the releases that need another Python.
func (s *search) files(name pep.Name, releases []pyindex.Release) (list, last []candidate, elsewhere int) {
	list = make([]candidate, 0, len(releases)+4)
	wheels, sdists := s.opts.formats(name)
	for i := range releases {
		r := &releases[i]
		refused := false
		for j := range r.Files {
			f := &r.Files[j]
			if !s.pythonAllowed(f.RequiresPython) {
				refused = true
				continue
			}
			c := candidate{version: r.Version, release: r, file: f, rank: 1 << 30, yanked: f.Yanked != nil}
			if f.IsWheel() {
				var ok bool
				if c.rank, c.build, ok = s.rank(f.Filename); !ok || !wheels {
					continue
				}
			} else if !sdists {
				continue
			}
			if f.LastResort {
				last = append(last, c)
			} else {
				list = append(list, c)
			}
		}
		if refused {
			elsewhere++
		}
	}
	return list, last, elsewhere
}

// pythonAllowed reports whether the target's Python is among those that a
// Requires-Python names. What cannot be read forbids nothing, as with pip.
func (s *search) pythonAllowed(text string) bool {
	if text == "" {
		return true
	}
	ok, seen := s.pythons[text]
	if !seen {
		l, err := pep.ParseSpecifiers(text)
		ok = err != nil || l.Contains(s.python, true)
		s.pythons[text] = ok
	}
	return ok
}

// sort puts the best file first and keeps one of each version: yanked files
// last, then by version, then by the place of the tags, then by build; of equal
// ones the one found last, which is pip's order.
func (s *search) sort(list []candidate) []candidate {
	slices.Reverse(list)
	source := func(c candidate) int {
		if s.opts.PreferBinary && !c.file.IsWheel() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		if a.yanked != b.yanked {
			if a.yanked {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(source(a), source(b)), b.version.Compare(a.version), cmp.Compare(a.rank, b.rank), pep.CompareBuild(b.build, a.build))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(c candidate) bool {
		v := c.version.String()
		dup := seen[v]
		seen[v] = true
		return dup
	})
}

// index fills the sets of candidates.
func (p *project) index() {
	n := len(p.candidates)
	p.final, p.unyanked, p.allowed = newBits(n), newBits(n), fullBits(n)
	for i, c := range p.candidates {
		if !c.version.IsPre() {
			p.final.set(i)
		}
		if !c.yanked {
			p.unyanked.set(i)
		}
	}
}

// constrain limits the project to what the specifiers allow.
func (p *project) constrain(l pep.Specifiers) {
	p.allowed = p.allowed.and(p.matching(l))
	p.pinned = p.pinned || l.Pinned()
	p.namesPre = p.namesPre || l.NamesPre()
}

// matching returns the candidates whose versions the specifiers allow,
// pre-releases included. A stub without a version fits everything.
func (p *project) matching(l pep.Specifiers) bits {
	set := fullBits(len(p.candidates))
	for i := range l {
		key := l[i].String()
		one, ok := p.memo[key]
		if !ok {
			one = newBits(len(p.candidates))
			for j, c := range p.candidates {
				if c.version.IsZero() || l[i:i+1].Contains(c.version, true) {
					one.set(j)
				}
			}
			p.memo[key] = one
		}
		set = set.and(one)
	}
	return set
}

// makeStub gives the project one candidate that stands for what nobody knows,
// of the version that a requirement names, if one does.
func (p *project) makeStub(reason string, version pep.Version) {
	p.stub, p.missing = reason, ""
	p.candidates = []candidate{{version: version}}
	p.memo = map[string]bits{}
	p.index()
}

// bits is a set of small numbers.
type bits []uint64

func newBits(n int) bits       { return make(bits, (n+63)/64) }
func (b bits) set(i int)       { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool  { return b[i/64]&(1<<(i%64)) != 0 }
func (b bits) empty() bool     { return !slices.ContainsFunc(b, func(w uint64) bool { return w != 0 }) }
func (b bits) and(c bits) bits { return b.combine(c, func(x, y uint64) uint64 { return x & y }) }
func (b bits) or(c bits) bits  { return b.combine(c, func(x, y uint64) uint64 { return x | y }) }

// without returns the numbers of b that are not in c, which may be nil.
func (b bits) without(c bits) bits {
	if c == nil {
		return b
	}
	return b.combine(c, func(x, y uint64) uint64 { return x &^ y })
}

func (b bits) combine(c bits, f func(x, y uint64) uint64) bits {
	out := make(bits, len(b))
	for i := range b {
		out[i] = f(b[i], c[i])
	}
	return out
}

func fullBits(n int) bits {
	b := newBits(n)
	for i := range n {
		b.set(i)
	}
	return b
}
