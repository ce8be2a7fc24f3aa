package reqfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A source is a requirements file as it was read, kept for [Slim].
type source struct {
	path       string
	charset    charset
	lines      []physLine
	constraint bool
	items      []item
}

// An item is a line that pip acts on.
type item struct {
	first, last int     // physical lines, from 1
	req         int     // index in Doc.Requirements or Doc.Constraints, else -1
	include     *source // the file that a -r or -c line names, if it was read
	option      string  // "--requirement" or "--constraint" for such a line
	value       string  // what it names
	local       bool    // its --find-links is relative to the file
}

// A pipReader reads requirements files into doc.
type pipReader struct {
	ctx   context.Context
	doc   *Doc
	o     Options
	files *files
	errs  []error
	bad   int      // lines that could not be read
	full  bool     // the limit of included files is reached, and that was said
	chain []string // files being read, outermost first
}

// readRequirements reads the requirements file with the given content.
func readRequirements(ctx context.Context, data []byte, file string, o Options, f *files) (*Doc, error) {
	r := &pipReader{ctx: ctx, doc: &Doc{Format: Requirements}, o: o, files: f}
	r.read(data, file, false)
	r.doc.lint()
	if r.bad > maxErrors {
		r.errs = append(r.errs, &SyntaxError{File: file, Msg: fmt.Sprintf("%d more lines could not be read", r.bad-maxErrors)})
	}
	return r.doc, errors.Join(r.errs...)
}

// maxLine is the longest line that is read. The longest that was seen, of
// hashes joined by backslashes, has 30 kB.
const maxLine = 1 << 20

// maxRequirements is how many requirements are read with all includes:
// seven times what a large project asks for.
const maxRequirements = 3_000

// maxErrors is how many bad lines are told apart; the others are counted.
const maxErrors = 100

func (r *pipReader) fail(file string, line int, msg, text string) {
	if r.bad++; r.bad > maxErrors {
		return
	}
	if text != "" {
		text = excerpt(text)
	}
	r.errs = append(r.errs, &SyntaxError{file, line, msg, text})
}

// read reads one file and what it includes.
func (r *pipReader) read(data []byte, file string, constraint bool) *source {
	text, cs, problem := decode(data)
	if problem != "" {
		r.doc.warn("encoding", file, 0, "%s", problem)
	}
	src := &source{path: file, charset: cs, lines: splitLines(text), constraint: constraint}
	r.doc.sources = append(r.doc.sources, src)
	at := len(r.doc.Files)
	r.doc.Files = append(r.doc.Files, File{Path: file, Lines: len(src.lines), Bytes: int64(len(data))})
	r.chain = append(r.chain, file)
	lines := joinLines(src.lines[:min(len(src.lines), maxLines)])
	if len(src.lines) > maxLines {
		r.fail(file, maxLines+1, fmt.Sprintf("the file has more than %d lines, which no real one has; the rest was skipped", maxLines), "")
	}
	for _, l := range lines {
		if len(r.doc.Requirements)+len(r.doc.Constraints) >= maxRequirements {
			r.fail(file, l.first, fmt.Sprintf("more than %d requirements; this one and all after it were skipped", maxRequirements), "")
			break
		}
		if r.ctx.Err() != nil {
			r.fail(file, l.first, "the reading was stopped here: "+context.Cause(r.ctx).Error(), "")
			break
		}
		bad := r.bad
		it := r.line(file, l, constraint)
		if r.bad == bad || it.include != nil {
			r.doc.Files[at].Read++
		}
		src.items = append(src.items, it)
	}
	r.doc.Files[at].Items = len(lines)
	r.chain = r.chain[:len(r.chain)-1]
	return src
}

// line does what pip does with one logical line.
func (r *pipReader) line(file string, l logLine, constraint bool) item {
	it := item{first: l.first, last: l.last, req: -1}
	if len(l.text) > maxLine {
		r.fail(file, l.first, "this line is longer than a megabyte, which no requirement is; it was skipped", l.text)
		return it
	}
	if i := strings.IndexByte(l.text, 0); i >= 0 {
		r.fail(file, l.first, "this line holds a NUL byte, so the file is damaged or not text; the line was skipped", l.text)
		return it
	}
	if l.swallowed > 0 && l.swallowed <= l.last {
		r.doc.warn("line-swallowed", file, l.swallowed, "the comment on the line before ends in a backslash, so pip takes this line for a part of it")
	}
	text, unset := expandEnv(l.text, r.o.Env)
	args, optionText := breakOptions(text)
	opts, rest, err := parseOptions(optionText)
	if err == nil {
		err = checkValues(opts)
	}
	if err != nil {
		r.fail(file, l.first, err.Error(), l.text)
		return it
	}
	req := Requirement{File: file, Line: l.first, EndLine: l.last, Constraint: constraint, Comment: redact(l.comment)}
	i := slices.IndexFunc(opts, func(o Option) bool { return o.Name == "--editable" })
	switch {
	case args != "":
		err = r.requirement(&req, args, opts, rest)
	case i >= 0:
		text := opts[i].Value // before Delete, which clears it
		err = r.editable(&req, text, slices.Delete(opts, i, i+1), rest)
	default:
		return r.options(it, file, l, opts, rest, constraint)
	}
	if err != nil {
		msg := err.Error()
		if len(unset) > 0 {
			msg = "the environment variable " + strings.Join(unset, ", ") + " is not set, and without it pip refuses this line"
		}
		r.fail(file, l.first, msg, l.text)
		return it
	}
	list := &r.doc.Requirements
	if constraint {
		list = &r.doc.Constraints
	}
	it.req = len(*list)
	*list = append(*list, req)
	return it
}

// requirement reads a line that asks for something.
func (r *pipReader) requirement(req *Requirement, text string, opts []Option, rest []string) error {
	for _, o := range opts {
		if o.Name == "--no-binary" || o.Name == "--only-binary" {
			r.format(o) // pip stores these two while it parses
		}
	}
	req.own(opts)
	if err := parseLine(req, text, r.o); err != nil {
		return err
	}
	for _, o := range opts {
		r.onLine(*req, o)
	}
	if len(rest) > 0 {
		r.doc.warn("words-ignored", req.File, req.Line, "pip ignores %s behind the options of this line", quote(strings.Join(rest, " ")))
	}
	r.look(req)
	return nil
}

// checkValues reports what pip refuses in the values of options, wherever
// they stand.
func checkValues(opts []Option) error {
	for _, o := range opts {
		switch o.Name {
		case "--hash":
			algo, _, ok := strings.Cut(o.Value, ":")
			if !ok {
				return errors.New("--hash needs an algorithm and a digest, such as sha256:abcd…, and has " + quote(o.Value))
			}
			if algo != "sha256" && algo != "sha384" && algo != "sha512" {
				return errors.New("pip accepts sha256, sha384 and sha512 in --hash, not " + quote(algo))
			}
		case "--config-settings":
			if !strings.Contains(o.Value, "=") {
				return errors.New("--config-settings needs KEY=VALUE and has " + quote(o.Value))
			}
		}
	}
	return nil
}

// own moves the options that belong to one requirement into req.
func (req *Requirement) own(opts []Option) {
	for _, o := range opts {
		switch o.Name {
		case "--hash":
			req.Hashes = append(req.Hashes, Hash(o.Value))
		case "--config-settings", "--global-option":
			req.Options = append(req.Options, o)
		}
	}
}

// onLine deals with an option of the file that stands on the line of a
// requirement: pip drops all of them in silence but --no-binary and
// --only-binary.
func (r *pipReader) onLine(req Requirement, o Option) {
	w := Warning{File: req.File, Line: req.Line, Name: req.Name}
	switch o.Name {
	case "--hash", "--config-settings", "--global-option", "--no-binary", "--only-binary":
		return
	case "--index-url", "--extra-index-url", "--find-links", "--no-index", "--trusted-host":
		w.Code = "index-on-line"
		w.Text = "pip ignores " + o.String() + " here without a word, and takes " + req.title() + " from the default index; put the option on a line of its own"
		w.Fix, w.Index = "write "+quote(o.String())+" on a line of its own above the requirements", URL{o.Value}
	case "--requirement", "--constraint":
		w.Code = "include-on-line"
		w.Text = "pip ignores " + o.String() + " here without a word; put it on a line of its own"
		w.Fix = "write " + quote(o.String()) + " on a line of its own"
	default:
		w.Code = "option-on-line"
		w.Text = "pip ignores " + o.String() + " on the line of a requirement"
	}
	r.doc.Warnings = append(r.doc.Warnings, w)
}

// title returns the name of r, or what stands in its place.
func (r Requirement) title() string {
	if r.RawName != "" {
		return r.RawName
	}
	return r.Text
}

// editable reads what follows -e.
func (r *pipReader) editable(req *Requirement, text string, opts []Option, rest []string) error {
	req.Editable = true
	for _, o := range opts {
		if o.Name == "--editable" {
			r.doc.warn("editable-rest", req.File, req.Line, "pip reads one -e per line and ignores %s", o)
		} else {
			r.onLine(*req, o)
		}
	}
	if len(rest) > 0 {
		r.doc.warn("editable-rest", req.File, req.Line, "pip ends an editable requirement at the first blank and ignores %s", quote(strings.Join(rest, " ")))
	}
	if err := parseEditable(req, text, r.o); err != nil {
		return err
	}
	r.look(req)
	return nil
}

// look reads the local project that req names, if there is one.
func (r *pipReader) look(req *Requirement) {
	switch {
	case req.Path == "":
	case !r.files.can():
	case r.o.isFile(req.Path) || r.o.isDir(req.Path):
		req.Project = r.files.project(req.Path)
		if req.Name == "" && req.Project != nil {
			req.Name, req.RawName = req.Project.Name, string(req.Project.Name)
		}
	default:
		r.doc.Warnings = append(r.doc.Warnings, Warning{
			Code: "path-missing", File: req.File, Line: req.Line, Name: req.Name,
			Text: "there is no " + req.Path + ", so its size and what it needs are unknown",
		})
	}
}

// options does what a line without a requirement asks for.
func (r *pipReader) options(it item, file string, l logLine, opts []Option, rest []string, constraint bool) item {
	if len(rest) > 0 {
		r.doc.warn("words-ignored", file, l.first, "pip ignores %s on this line", quote(strings.Join(rest, " ")))
	}
	for _, name := range []string{"--requirement", "--constraint"} {
		i := slices.IndexFunc(opts, func(o Option) bool { return o.Name == name })
		if i < 0 {
			continue
		}
		for j, o := range opts {
			if j != i {
				r.doc.warn("option-ignored", file, l.first, "pip includes %s on this line and ignores %s", opts[i].Value, o)
			}
		}
		it.option, it.value = name, opts[i].Value
		it.include = r.include(file, l, opts[i], constraint)
		return it
	}
	// pip asks each kind of option once, in this order, whatever the line says.
	var index []Option
	links := 0
	for _, o := range opts {
		switch o.Name {
		case "--no-index":
			r.doc.NoIndex = true
		case "--index-url", "--extra-index-url":
			index = append(index, o)
		case "--find-links":
			if links++; links > 1 {
				r.doc.warn("option-ignored", file, l.first, "pip reads one --find-links per line and ignores %s", o)
				continue
			}
			it.local = r.findLinks(file, o.Value)
		case "--no-binary", "--only-binary":
			r.format(o)
		case "--prefer-binary":
			r.doc.PreferBinary = true
		case "--require-hashes":
			r.doc.NeedHashes = true
		case "--pre":
			r.doc.Pre = true
		case "--trusted-host":
			if !slices.Contains(r.doc.TrustedHosts, o.Value) {
				r.doc.TrustedHosts = append(r.doc.TrustedHosts, o.Value)
			}
		case "--hash", "--config-settings", "--global-option":
			r.doc.warn("option-ignored", file, l.first, "%s belongs to a requirement and stands alone, so pip ignores it", o.Name)
		}
	}
	r.indexes(file, l.first, index)
	return it
}

// indexes declares the indexes of one line: the last --index-url first, then
// the others. pip hears none after --no-index.
func (r *pipReader) indexes(file string, line int, opts []Option) {
	if r.doc.NoIndex {
		return
	}
	for _, o := range slices.Backward(opts) {
		if o.Name != "--index-url" {
			continue
		}
		if slices.ContainsFunc(r.doc.IndexURLs, func(x Index) bool { return !x.Default }) {
			r.doc.warn("index-reset", file, line, "pip forgets the indexes named above this --index-url; put it first")
		}
		r.doc.IndexURLs = append(r.doc.IndexURLs, Index{URL: URL{o.Value}, Default: true, File: file, Line: line})
		break
	}
	for _, o := range opts {
		if o.Name == "--extra-index-url" {
			r.doc.IndexURLs = append(r.doc.IndexURLs, Index{URL: URL{o.Value}, File: file, Line: line})
		}
	}
}

// findLinks adds a --find-links, which may be relative to the file: pip
// looks there first. It reports whether it is.
func (r *pipReader) findLinks(file, value string) (local bool) {
	if !strings.Contains(value, "://") && !filepath.IsAbs(value) && r.files.can() {
		if p := filepath.Join(filepath.Dir(file), value); r.o.isFile(p) || r.o.isDir(p) {
			value, local = p, true
		}
	}
	r.doc.FindLinks = append(r.doc.FindLinks, URL{value})
	return local
}

// format stores --no-binary and --only-binary as pip's FormatControl does.
func (r *pipReader) format(o Option) {
	target, other := &r.doc.NoBinary, &r.doc.OnlyBinary
	if o.Name == "--only-binary" {
		target, other = other, target
	}
	for _, v := range strings.Split(o.Value, ",") {
		switch v {
		case ":all:":
			*target, *other = []string{":all:"}, nil
		case ":none:":
			*target = nil
		default:
			name := string(pep.Normalize(v))
			*other = slices.DeleteFunc(*other, func(s string) bool { return s == name })
			if !slices.Contains(*target, name) {
				*target = append(*target, name)
			}
		}
	}
}

// include reads the file of a -r or -c line.
func (r *pipReader) include(file string, l logLine, o Option, constraint bool) *source {
	name := o.Value
	if scheme, _, ok := strings.Cut(strings.ToLower(name), ":"); ok {
		switch scheme {
		case "http", "https":
			r.doc.warn("include-not-fetched", file, l.first, "%s is on the network and was not read; save it beside this file and name the copy", excerpt(name))
			return nil
		case "file":
			u, err := url.Parse(name)
			if err != nil || u.Host != "" && u.Host != "localhost" {
				r.fail(file, l.first, "this file: address names no file of this computer", l.text)
				return nil
			}
			name = filepath.FromSlash(u.Path)
		}
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(file), name)
	}
	if !r.files.can() {
		r.doc.warn("include-not-read", file, l.first, "%s was not read: only the text of this file was given", name)
		return nil
	}
	if i := slices.Index(r.chain, name); i >= 0 {
		loop := strings.Join(append(slices.Clone(r.chain[i:]), name), " → ")
		r.fail(file, l.first, "this file includes itself ("+loop+"), so the line was skipped", l.text)
		return nil
	}
	if outside(r.files.root, name) {
		r.doc.warn("include-outside", file, l.first, "%s lies outside %s; a copy of the folder, such as a docker build, would lack it", name, r.files.root)
	}
	data, err := r.files.open(name)
	if errors.Is(err, errTooMany) {
		if !r.full {
			r.full = true
			r.fail(file, l.first, fmt.Sprintf("more than %d files are included, which no real project does; this include and all after it were skipped", r.o.MaxFiles), l.text)
		}
		return nil
	}
	if err != nil {
		r.fail(file, l.first, includeProblem(name, err), "")
		return nil
	}
	if f := Detect(data, ""); f != Requirements {
		r.fail(file, l.first, name+" is not a requirements file: "+describe(data, f), "")
		return nil
	}
	return r.read(data, name, o.Name == "--constraint")
}

func includeProblem(name string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "the included file " + name + " does not exist"
	}
	return "the included file could not be read: " + err.Error()
}

// outside reports whether name lies outside the folder root.
func outside(root, name string) bool {
	rel, err := filepath.Rel(root, name)
	return err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
