package pyindex

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// acceptPages is what is asked for: JSON (PEP 691), else HTML (PEP 503).
const acceptPages = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

// maxFiles is how many files a page may have; the nightly builds of the largest
// projects come to some 30,000.
const maxFiles = 60_000

var errTooMany = fmt.Errorf("it lists more than %d files, which no project has", maxFiles)

// parsePage reads the files of an index's page, in its order.
func parsePage(doc *document) ([]File, error) {
	start := bytes.TrimLeft(doc.body[:min(len(doc.body), 512)], " \t\r\n\ufeff")
	switch {
	case strings.HasSuffix(doc.kind, "json") && bytes.HasPrefix(start, []byte("<")):
		return nil, errors.New("it sent a web page where an index was announced; is the address one of an index (…/simple)?")
	case strings.HasSuffix(doc.kind, "json"):
		return parseJSON(doc)
	case doc.kind == "text/html" || doc.kind == "application/vnd.pypi.simple.v1+html" || bytes.HasPrefix(start, []byte("<")):
		return parseHTML(doc)
	}
	return nil, fmt.Errorf("it sent %q, which is no page of an index; is the address one of an index (…/simple)?", doc.kind)
}

// parseJSON reads a page of PEP 691, with sizes (PEP 700), yanked files (PEP
// 592) and metadata files (PEP 658, PEP 714).
func parseJSON(doc *document) ([]File, error) {
	base, err := url.Parse(doc.url)
	if err != nil {
		return nil, err
	}
	var files []File
	version := ""
	s := &jsonScanner{text: doc.body}
	err = s.object(func(key []byte) (err error) {
		switch {
		case string(key) == "meta" && s.peek() == '{':
			var meta map[string]string
			meta, err = s.texts()
			version = meta["api-version"]
			return err
		case string(key) == "files":
			return s.list('[', ']', func() error {
				f, err := s.file(base)
				if files = append(files, f); len(files) > maxFiles {
					return errTooMany
				}
				return err
			})
		}
		return s.skip()
	})
	if err == nil && s.peek() != 0 {
		err = s.fail()
	}
	if err != nil {
		return nil, fmt.Errorf("the index's page is damaged: %w", err)
	}
	if version != "" && !strings.HasPrefix(version, "1.") {
		return nil, fmt.Errorf("the index speaks version %.20s of its language, 1 is known here", version)
	}
	return files, nil
}

// file reads a file of a page. A value of another kind than the standard's
// counts as absent.
func (s *jsonScanner) file(base *url.URL) (f File, err error) {
	var older map[string]string
	err = s.object(func(key []byte) (err error) {
		kind := s.peek()
		switch k := string(key); {
		case k == "filename" && kind == '"':
			f.Filename, err = s.str()
		case k == "url" && kind == '"':
			var ref string
			ref, err = s.str()
			f.URL = resolve(base, ref)
		case k == "requires-python" && kind == '"':
			f.RequiresPython, err = s.str()
		case k == "hashes" && kind == '{':
			f.Hashes, err = s.texts()
		case k == "core-metadata":
			f.Metadata, err = s.metadata()
		case k == "dist-info-metadata":
			older, err = s.metadata()
		case k == "yanked" && kind == '"':
			var reason string
			reason, err = s.str()
			f.Yanked = &reason
		case k == "yanked" && kind == 't':
			f.Yanked = new(string)
			err = s.skip()
		case k == "size" && kind >= '0' && kind <= '9':
			var w string
			w, err = s.word()
			if n, bad := strconv.ParseInt(w, 10, 64); bad == nil && n <= maxFile {
				f.Size = bytesize.Of(n)
			}
		default:
			err = s.skip()
		}
		return err
	})
	if f.Metadata == nil {
		f.Metadata = older
	}
	return f, err
}

// metadata reads what a page says of a metadata file: the hashes, true or false.
func (s *jsonScanner) metadata() (map[string]string, error) {
	switch s.peek() {
	case '{':
		return s.texts()
	case 't':
		return map[string]string{}, s.skip()
	}
	return nil, s.skip()
}

// resolve makes an address of a page whole; "" if it is none of http.
func resolve(base *url.URL, ref string) string {
	if base.Host != "" && !strings.ContainsAny(ref, "#?@ \t\r\n\\") && !strings.Contains(ref, "/.") {
		switch { // the usual cases, without taking the address apart
		case strings.HasPrefix(ref, "https://"):
			return ref
		case strings.HasPrefix(ref, "/") && !strings.HasPrefix(ref, "//"):
			return base.Scheme + "://" + base.Host + ref
		}
	}
	u, err := base.Parse(strings.TrimSpace(ref))
	local := u != nil && u.Scheme == "file" && base.Scheme == "file" // a page of a disk may lead to its files
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && !local {
		return ""
	}
	u.User, u.Fragment = nil, ""
	return u.String()
}

// parseHTML reads the anchors of a page of PEP 503.
func parseHTML(doc *document) ([]File, error) {
	base, err := url.Parse(doc.url)
	if err != nil {
		return nil, err
	}
	var files []File
	z := html.NewTokenizer(bytes.NewReader(doc.body))
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(files) == 0 && looksLikeLogin(doc.body) {
				return nil, errors.New("it sent a web page to sign in; put a user and a password into ~/.netrc or the address of the index")
			}
			return files, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			if !more || len(tag) != 1 && string(tag) != "base" {
				continue
			}
			attrs := attributes(z)
			switch string(tag) {
			case "base":
				if u, err := base.Parse(attrs["href"]); err == nil {
					base = u
				}
			case "a":
				if f, ok := anchor(base, attrs); ok {
					files = append(files, f)
				}
				if len(files) > maxFiles {
					return nil, errTooMany
				}
			}
		}
	}
}

func looksLikeLogin(body []byte) bool {
	return bytes.Contains(bytes.ToLower(body), []byte(`type="password"`))
}

func attributes(z *html.Tokenizer) map[string]string {
	attrs := map[string]string{}
	for {
		key, value, more := z.TagAttr()
		if len(key) > 0 {
			attrs[string(key)] = string(value)
		}
		if !more {
			return attrs
		}
	}
}

// anchor reads a link to a file; its name is the end of the address.
func anchor(base *url.URL, attrs map[string]string) (f File, ok bool) {
	href, fragment, _ := strings.Cut(strings.TrimSpace(attrs["href"]), "#")
	f.URL = resolve(base, href)
	u, err := url.Parse(f.URL)
	if err != nil || href == "" || f.URL == "" {
		return f, false
	}
	f.Filename = u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	if algorithm, hash, ok := strings.Cut(fragment, "="); ok && algorithm != "egg" && algorithm != "subdirectory" {
		f.Hashes = map[string]string{algorithm: hash}
	}
	f.RequiresPython = attrs["data-requires-python"]
	if reason, yes := attrs["data-yanked"]; yes {
		f.Yanked = &reason
	}
	for _, key := range []string{"data-core-metadata", "data-dist-info-metadata"} {
		if value, yes := attrs[key]; yes && value != "false" && f.Metadata == nil {
			f.Metadata = map[string]string{}
			if algorithm, hash, ok := strings.Cut(value, "="); ok {
				f.Metadata[algorithm] = hash
			}
		}
	}
	return f, f.Filename != ""
}

// group sorts files into releases, in the order in which their versions appear.
// What is neither a wheel nor a source distribution of the project is passed
// over, as pip does.
func group(name pep.Name, index string, files []File) []Release {
	at := map[string]int{}
	known := map[string]pep.Version{}
	var out []Release
	for _, f := range files {
		v, ok := versionOf(f.Filename, name, known)
		if !ok || f.URL == "" {
			continue
		}
		key := v.String()
		i, seen := at[key]
		if !seen {
			i = len(out)
			at[key] = i
			out = append(out, Release{Name: name, Version: v, Index: index})
		}
		out[i].Files = append(out[i].Files, f)
	}
	return out
}

// versionOf reads the version of a file of the project. The wheels of one
// version share all before their tags: known has what was read of that.
func versionOf(file string, name pep.Name, known map[string]pep.Version) (v pep.Version, ok bool) {
	if !strings.HasSuffix(file, ".whl") {
		return pep.SdistVersion(file, name)
	}
	project, _, ok := pep.CutTags(file)
	if !ok {
		return v, false
	}
	if v, ok = known[project]; !ok {
		if w, err := pep.ParseWheelName(file); err == nil && w.Name == name {
			v = w.Version
		}
		known[project] = v
	}
	return v, !v.IsZero()
}
