package reqfile

import (
	"errors"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"weighline/analysis/pep"
)

// vcsSchemes are those of pip's version control back ends.
var vcsSchemes = schemes("git+http git+https git+ssh git+git git+file " +
	"hg+file hg+http hg+https hg+ssh hg+static-http " +
	"svn+ssh svn+http svn+https svn+svn svn+file " +
	"bzr+http bzr+https bzr+ssh bzr+sftp bzr+ftp bzr+lp bzr+file")

func schemes(list string) map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(list) {
		m[s] = true
	}
	return m
}

// isVCS reports whether s is an address of a version control system.
func isVCS(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	return ok && vcsSchemes[strings.ToLower(scheme)]
}

// isURL reports whether pip takes s for an address.
func isURL(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "file", "ftp":
		return ok
	}
	return isVCS(s)
}

var (
	trailingExtrasRE = regexp.MustCompile(`^(.+)(\[[^\]]+\])$`)
	wheelRE          = regexp.MustCompile(`^([^\s-]+?)-([^\s-]*?)(-(\d[^-]*?))?-([^\s-]+?)-([^\s-]+?)-([^\s-]+?)\.whl$`)
)

// stripExtras cuts "[a,b]" off the end of s.
func stripExtras(s string) (string, string) {
	if m := trailingExtrasRE.FindStringSubmatch(s); m != nil {
		return m[1], m[2]
	}
	return s, ""
}

// parseLine reads text, the part of a line before the options, as pip's
// parse_req_from_line does: an address, a path or a PEP 508 requirement.
func parseLine(req *Requirement, text string, o Options) error {
	req.raw = strings.TrimFunc(text, isSpace)
	req.Text = redact(req.raw)
	sep := ";"
	if isURL(text) {
		sep = "; "
	}
	name, markerText, _ := strings.Cut(text, sep)
	name = strings.TrimFunc(name, isSpace)
	var marker *pep.Marker
	if markerText = strings.TrimFunc(markerText, isSpace); markerText != "" {
		m, err := pep.ParseMarker(markerText)
		if err != nil {
			return errors.New("the marker cannot be read: " + reason(err))
		}
		marker = m
	}
	err := errors.New("there is no name before the marker")
	switch {
	case name == "":
	case isURL(name):
		err = linkRequirement(req, name, "")
	default:
		err = nameOrPath(req, name, o)
	}
	if err != nil {
		return err
	}
	if marker != nil {
		req.Marker = marker
	}
	return nil
}

// nameOrPath reads a path where pip would, else a PEP 508 requirement.
func nameOrPath(req *Requirement, name string, o Options) error {
	base, extras := stripExtras(name)
	full := base
	if !filepath.IsAbs(full) {
		full = filepath.Join(o.Dir, full)
	}
	looks := strings.Contains(name, "/") || strings.HasPrefix(name, ".")
	if looks && o.isDir(full) {
		if !o.isFile(filepath.Join(full, "pyproject.toml")) && !o.isFile(filepath.Join(full, "setup.py")) {
			return errors.New("this folder holds neither pyproject.toml nor setup.py, so pip cannot install it")
		}
		req.Path = full
		return linkRequirement(req, fileURL(full), extras)
	}
	before, _, at := strings.Cut(name, "@")
	at = at && !strings.Contains(before, "/") && !strings.HasPrefix(before, ".")
	if isArchive(base) && (o.isFile(full) || !at) {
		req.Path = full
		return linkRequirement(req, fileURL(full), extras)
	}
	parsed, err := pep.ParseRequirement(name)
	if err != nil {
		return errors.New(requirementProblem(name, full, err, o))
	}
	req.Requirement = parsed
	if parsed.URL != "" {
		req.link = URL{parsed.URL}
		req.URL = redact(parsed.URL)
		if u, err := url.Parse(parsed.URL); err == nil && strings.EqualFold(u.Scheme, "file") {
			req.Path = filepath.FromSlash(u.Path)
		}
	}
	return nil
}

// requirementProblem says why pip refuses name.
func requirementProblem(name, full string, err error, o Options) string {
	switch {
	case strings.Contains(name, "/") && !strings.Contains(name, "@"):
		if o.isFile(full) {
			return "this is a path, and the file there is no Python archive; a requirements file needs -r before it"
		}
		return "this looks like a path, and there is nothing at " + full
	case strings.Contains(name, "=") && !strings.ContainsAny(name, "<>!~") && !strings.Contains(name, "=="):
		return "pip knows no operator \"=\"; did you mean \"==\"?"
	}
	return "not a requirement: " + reason(err)
}

// reason returns the message of a pep error without the input, which the
// SyntaxError shows anyway.
func reason(err error) string {
	var e *pep.SyntaxError
	if errors.As(err, &e) {
		return e.Msg
	}
	return excerpt(err.Error())
}

// linkRequirement fills req from an address: a wheel's name tells project and
// version, else the fragment "egg=" may name it.
func linkRequirement(req *Requirement, link, extras string) error {
	req.link = URL{link}
	file, fragment, _ := strings.Cut(link, "#")
	file, _, _ = strings.Cut(file, "?")
	if base, err := url.PathUnescape(path.Base(file)); err == nil {
		file = base
	}
	var spec string
	if strings.HasSuffix(file, ".whl") && !isVCS(link) {
		m := wheelRE.FindStringSubmatch(file)
		if m == nil {
			return errors.New(quote(file) + " is not the name of a wheel, which has five parts")
		}
		spec = strings.ReplaceAll(m[1], "_", "-") + "==" + strings.ReplaceAll(m[2], "_", "-")
	} else {
		spec = eggName(fragment)
	}
	if spec == "" {
		spec = "unnamed"
	}
	parsed, err := pep.ParseRequirement(spec)
	if err != nil {
		return errors.New("the address names " + quote(spec) + ", which is not a requirement: " + reason(err))
	}
	req.Requirement = parsed
	if spec == "unnamed" {
		req.Name, req.RawName = "", ""
	}
	if extras != "" {
		more, err := pep.ParseRequirement("unnamed" + extras)
		if err != nil {
			return errors.New("the extras cannot be read: " + reason(err))
		}
		req.Extras = append(req.Extras, more.Extras...)
	}
	req.URL = redact(link)
	return nil
}

// eggName returns the value of "egg" in the fragment of an address.
func eggName(fragment string) string {
	for _, part := range strings.Split(fragment, "&") {
		if v, ok := strings.CutPrefix(part, "egg="); ok {
			if u, err := url.PathUnescape(v); err == nil {
				v = u
			}
			return v
		}
	}
	return ""
}

// parseEditable reads what follows -e: a folder, or an address of a version
// control system.
func parseEditable(req *Requirement, text string, o Options) error {
	req.raw, req.Text = text, redact(text)
	for _, short := range []string{"git:", "hg:", "svn:", "bzr:"} {
		if strings.HasPrefix(strings.ToLower(text), short) {
			text = short[:len(short)-1] + "+" + text
		}
	}
	if isVCS(text) {
		return linkRequirement(req, text, "")
	}
	if name, link, ok := strings.Cut(text, "@"); ok && isVCS(strings.TrimSpace(link)) && !strings.Contains(name, "/") {
		return nameOrPath(req, text, o)
	}
	base, extras := stripExtras(text)
	if isURL(text) {
		u, err := url.Parse(base)
		if err != nil || !strings.EqualFold(u.Scheme, "file") {
			return errors.New("-e takes a folder or an address such as git+https://…#egg=NAME, and this is neither")
		}
		req.Path = filepath.FromSlash(u.Path)
		return linkRequirement(req, base, extras)
	}
	full := base
	if !filepath.IsAbs(full) {
		full = filepath.Join(o.Dir, full)
	}
	req.Path = full
	if err := linkRequirement(req, fileURL(full), extras); err != nil && o.isDir(full) {
		return err
	}
	return nil
}

func fileURL(full string) string {
	if abs, err := filepath.Abs(full); err == nil {
		full = abs
	}
	parts := strings.Split(filepath.ToSlash(full), "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(p), "+", "%20") // as Python quotes
	}
	return "file://" + strings.Join(parts, "/")
}

// isArchive reports whether pip takes a name for an archive's.
func isArchive(name string) bool {
	name = strings.ToLower(name)
	for _, ext := range []string{".zip", ".whl", ".tar.bz2", ".tbz", ".tar.gz", ".tgz", ".tar", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}
