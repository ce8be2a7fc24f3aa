package pyindex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// acceptPages is what is asked for: JSON (PEP 691), else HTML (PEP 503).
const acceptPages = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

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

// simplePage is a page of PEP 691, with sizes (PEP 700), yanked files (PEP 592)
// and metadata files (PEP 658, PEP 714).
type simplePage struct {
	Meta struct {
		Version string `json:"api-version"`
	} `json:"meta"`
	Files []struct {
		Filename       string            `json:"filename"`
		URL            string            `json:"url"`
		Hashes         map[string]string `json:"hashes"`
		RequiresPython *string           `json:"requires-python"`
		Size           *int64            `json:"size"`
		Yanked         yankedField       `json:"yanked"`
		Core           metadataField     `json:"core-metadata"`
		DistInfo       metadataField     `json:"dist-info-metadata"`
	} `json:"files"`
}

// A yankedField is false, true or the reason.
type yankedField struct{ reason *string }

func (y *yankedField) UnmarshalJSON(b []byte) error {
	var text string
	switch string(b) {
	case "false", "null":
		y.reason = nil
		return nil
	case "true":
	default:
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	y.reason = &text
	return nil
}

// A metadataField is false, true or the hashes of the metadata file.
type metadataField map[string]string

func (m *metadataField) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "false", "null":
		return nil
	case "true":
		*m = metadataField{}
		return nil
	}
	var hashes map[string]string
	err := json.Unmarshal(b, &hashes)
	*m = hashes
	return err
}

func parseJSON(doc *document) ([]File, error) {
	base, err := url.Parse(doc.url)
	if err != nil {
		return nil, err
	}
	var page simplePage
	if err := json.Unmarshal(doc.body, &page); err != nil {
		return nil, fmt.Errorf("the index's page is damaged: %w", err)
	}
	if v := page.Meta.Version; v != "" && !strings.HasPrefix(v, "1.") {
		return nil, fmt.Errorf("the index speaks version %.20s of its language, 1 is known here", v)
	}
	files := make([]File, 0, len(page.Files))
	for i := range page.Files {
		e := &page.Files[i]
		f := File{Filename: e.Filename, URL: resolve(base, e.URL), Hashes: e.Hashes, Yanked: e.Yanked.reason}
		if e.RequiresPython != nil {
			f.RequiresPython = *e.RequiresPython
		}
		if e.Size != nil && *e.Size >= 0 {
			f.Size = bytesize.Of(*e.Size)
		}
		if f.Metadata = e.Core; f.Metadata == nil {
			f.Metadata = e.DistInfo
		}
		files = append(files, f)
	}
	return files, nil
}

// resolve makes an address of a page whole; "" if it is none of http.
func resolve(base *url.URL, ref string) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
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
	var out []Release
	for _, f := range files {
		v, ok := versionOf(f.Filename, name)
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

func versionOf(file string, name pep.Name) (v pep.Version, ok bool) {
	if strings.HasSuffix(file, ".whl") {
		w, err := pep.ParseWheelName(file)
		return w.Version, err == nil && w.Name == name
	}
	return pep.SdistVersion(file, name)
}
