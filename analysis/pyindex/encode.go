package pyindex

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// The form of a catalogue, inside one zstd frame: the magic line, date, origin,
// table of indexes, table of wheel tags, names of the projects, and for each a
// text with its releases. Numbers are uvarints; a text is its length and its
// bytes; a list is its length and its items. Wheel names are not stored: name,
// version and a number in the table of tags give them back.
const catalogueMagic = "weighline catalogue 1\n"

// flags of an encoded release.
const (
	flagExact = 1 << iota
	flagPython
	flagSdist
)

// tables are the texts that many releases share.
type tables struct{ indexes, tags []string }

// A SnapshotRelease is a release to be written: requirements of extras are
// kept apart, as lock files have them.
type SnapshotRelease struct {
	Release
	Extras map[string][]string // by extra, without the "extra ==" marker
}

// WriteCatalogue writes a catalogue of the releases. Only the last file that is
// no wheel of each is kept, and of the files only names and sizes.
func WriteCatalogue(w io.Writer, date, from string, releases []SnapshotRelease) error {
	releases = slices.Clone(releases)
	slices.SortStableFunc(releases, func(a, b SnapshotRelease) int {
		return cmp.Or(strings.Compare(string(a.Name), string(b.Name)), b.Version.Compare(a.Version), strings.Compare(a.Index, b.Index))
	})
	e := encoder{indexes: map[string]int{}, tags: map[string]int{}}
	var names, bodies []string
	for len(releases) > 0 {
		n := 1
		for n < len(releases) && releases[n].Name == releases[0].Name {
			n++
		}
		names = append(names, string(releases[0].Name))
		bodies = append(bodies, e.project(releases[:n]))
		releases = releases[n:]
	}
	var b buffer
	b = append(b, catalogueMagic...)
	b.text(date)
	b.text(from)
	b.texts(e.indexTable)
	b.texts(e.tagTable)
	b.number(len(names))
	for _, s := range names {
		b.text(s)
	}
	for _, s := range bodies {
		b.text(s)
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	if _, err := z.Write(b); err != nil {
		return err
	}
	return z.Close()
}

type encoder struct {
	indexes, tags        map[string]int
	indexTable, tagTable []string
}

// intern returns the place of s in the table, which it may make longer.
func intern(seen map[string]int, table *[]string, s string) int {
	n, ok := seen[s]
	if !ok {
		n = len(*table)
		seen[s] = n
		*table = append(*table, s)
	}
	return n
}

func (e *encoder) project(releases []SnapshotRelease) string {
	var b buffer
	b.number(len(releases))
	for i := range releases {
		e.release(&b, &releases[i])
	}
	return string(b)
}

func (e *encoder) release(b *buffer, r *SnapshotRelease) {
	var wheels []File
	var sdist *File
	for i := range r.Files {
		if f := &r.Files[i]; f.IsWheel() {
			wheels = append(wheels, *f)
		} else {
			sdist = f
		}
	}
	flags := 0
	set := func(flag int, on bool) {
		if on {
			flags |= flag
		}
	}
	set(flagExact, r.Exact)
	set(flagPython, r.RequiresPython != "")
	set(flagSdist, sdist != nil)

	b.text(r.Version.Raw())
	b.number(flags)
	b.number(intern(e.indexes, &e.indexTable, r.Index))
	if r.RequiresPython != "" {
		b.text(r.RequiresPython)
	}
	b.texts(r.Requires)
	extras := make([]string, 0, len(r.Extras))
	for x := range r.Extras {
		extras = append(extras, x)
	}
	slices.Sort(extras)
	b.number(len(extras))
	for _, x := range extras {
		b.text(x)
		b.texts(r.Extras[x])
	}
	if sdist != nil {
		b.text(sdist.Filename)
		b.size(sdist.Size)
	}
	e.wheels(b, r, wheels)
}

// wheels writes the part before the tags once, for it is nearly always the same.
func (e *encoder) wheels(b *buffer, r *SnapshotRelease, wheels []File) {
	b.number(len(wheels))
	last := usualPrefix(r.Name, r.Version.Raw())
	for i := range wheels {
		prefix, tags := cutTags(wheels[i].Filename)
		n := intern(e.tags, &e.tagTable, tags) << 1
		if prefix != last {
			n |= 1
		}
		b.number(n)
		if prefix != last {
			b.text(prefix)
			last = prefix
		}
		b.size(wheels[i].Size)
	}
}

// usualPrefix is how the name of a wheel begins unless it is an old one.
func usualPrefix(name pep.Name, version string) string {
	return strings.ReplaceAll(string(name), "-", "_") + "-" + version + "-"
}

// cutTags splits a wheel's name before its three tags; ".whl" is left out.
func cutTags(filename string) (prefix, tags string) {
	s := strings.TrimSuffix(filename, ".whl")
	at := len(s)
	for range 3 {
		if i := strings.LastIndexByte(s[:at], '-'); i >= 0 {
			at = i
		}
	}
	if at < len(s) && s[at] == '-' {
		at++
	}
	return s[:at], s[at:]
}

type buffer []byte

func (b *buffer) number(n int)  { *b = binary.AppendUvarint(*b, uint64(n)) }
func (b *buffer) text(s string) { b.number(len(s)); *b = append(*b, s...) }
func (b *buffer) texts(l []string) {
	b.number(len(l))
	for _, s := range l {
		b.text(s)
	}
}

// size writes 0 for an unknown size, else the size and one.
func (b *buffer) size(a bytesize.Amount) {
	if a.Known() {
		b.number(int(a.Size) + 1)
	} else {
		b.number(0)
	}
}

var errDamaged = errors.New("damaged")

// A reader takes a catalogue apart. After an error it returns zero values.
type reader struct {
	rest string
	err  error
}

func (r *reader) fail() {
	r.rest, r.err = "", errDamaged
}

func (r *reader) take(n int) string {
	if n < 0 || n > len(r.rest) {
		r.fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) number() int {
	var n uint64
	for shift := 0; shift < 56 && shift/7 < len(r.rest); shift += 7 {
		c := r.rest[shift/7]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			r.rest = r.rest[shift/7+1:]
			return int(n)
		}
	}
	r.fail()
	return 0
}

// count reads the length of a list; no list is longer than what is left.
func (r *reader) count() int {
	n := r.number()
	if n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) text() string { return r.take(r.number()) }

func (r *reader) texts() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	l := make([]string, n)
	for i := range l {
		l[i] = r.text()
	}
	return l
}

func (r *reader) size() bytesize.Amount {
	if n := r.number(); n > 0 {
		return bytesize.Of(n - 1)
	}
	return bytesize.Amount{}
}

// decode reads the releases of one project.
func (t *tables) decode(name pep.Name, body string) ([]Release, error) {
	r := reader{rest: body}
	list := make([]Release, r.count())
	for i := range list {
		t.release(&r, name, &list[i])
	}
	return list, r.err
}

func (t *tables) release(r *reader, name pep.Name, out *Release) {
	raw := r.text()
	v, err := pep.ParseVersion(raw)
	flags, index := r.number(), r.number()
	if err != nil || index >= len(t.indexes) {
		r.fail()
		return
	}
	*out = Release{Name: name, Version: v, Index: t.indexes[index], Exact: flags&flagExact != 0, HasMetadata: true}
	if flags&flagPython != 0 {
		out.RequiresPython = r.text()
	}
	out.Requires = r.texts()
	for range r.count() {
		x := r.text()
		out.ProvidesExtras = append(out.ProvidesExtras, x)
		for _, text := range r.texts() {
			out.Requires = append(out.Requires, withExtra(text, x))
		}
	}
	var sdist *File
	if flags&flagSdist != 0 {
		sdist = &File{Filename: r.text(), Size: r.size(), RequiresPython: out.RequiresPython}
	}
	n := r.count()
	out.Files = make([]File, n, n+1) // with room for the source distribution
	prefix := usualPrefix(name, raw)
	for i := range out.Files {
		n := r.number()
		if n&1 != 0 {
			prefix = r.text()
		}
		if n>>1 >= len(t.tags) {
			r.fail()
			return
		}
		out.Files[i] = File{Filename: prefix + t.tags[n>>1] + ".whl", Size: r.size(), RequiresPython: out.RequiresPython}
	}
	if sdist != nil {
		sdist.LastResort = len(out.Files) > 0
		out.Files = append(out.Files, *sdist)
	}
}

// withExtra turns the requirement of an extra into the form of Requires-Dist.
func withExtra(requirement, extra string) string {
	base, marker, ok := strings.Cut(requirement, ";")
	if marker = strings.TrimSpace(marker); ok && marker != "" {
		return strings.TrimSpace(base) + " ; (" + marker + ") and extra == '" + extra + "'"
	}
	return strings.TrimSpace(base) + " ; extra == '" + extra + "'"
}
