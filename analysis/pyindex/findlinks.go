package pyindex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// maxLinks is how many entries of a --find-links folder are looked at.
const maxLinks = 100_000

// links returns the releases of a project that the --find-links places have, as
// pip takes them: the files of a folder, the links of a page, or one file.
func (c *Client) links(ctx context.Context, name pep.Name) (all []Release, failed []error) {
	for _, place := range c.o.FindLinks {
		files, err := share(ctx, c, c.places, place, func(ctx context.Context) ([]File, error) { return c.place(ctx, place) })
		if err != nil {
			failed = append(failed, fmt.Errorf("--find-links %s: %w", cleanPlace(place), err))
		}
		all = append(all, group(name, cleanPlace(place), files)...)
	}
	return all, failed
}

// cleanPlace returns a place without user and password.
func cleanPlace(place string) string {
	if strings.Contains(place, "://") {
		return clean(place)
	}
	return place
}

// place reads one --find-links.
func (c *Client) place(ctx context.Context, place string) ([]File, error) {
	u, err := url.Parse(place)
	switch {
	case err == nil && (u.Scheme == "http" || u.Scheme == "https"):
		if u.User != nil {
			c.web.keys.add(u)
			u.User = nil
		}
		if isArchive(u.Path) {
			return []File{{Filename: u.Path[strings.LastIndexByte(u.Path, '/')+1:], URL: u.String()}}, nil
		}
		doc, err := c.web.get(ctx, u.String(), acceptPages, c.o.MaxPage)
		if err != nil {
			return nil, err
		}
		return parsePage(doc)
	case err == nil && u.Scheme == "file":
		if u.Host != "" && u.Host != "localhost" {
			return nil, errors.New("a file: address of another computer")
		}
		return c.local(filepath.FromSlash(u.Path))
	case strings.Contains(place, "://"):
		return nil, errors.New("it is neither a folder nor an address of http, https or file")
	}
	return c.local(place)
}

// local reads a folder, a page or a file of this computer.
func (c *Client) local(path string) ([]File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return c.folder(path)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is a pipe or a device, not a regular file")
	case isPage(path):
		return c.pageFile(path, info.Size())
	}
	return []File{localFile(path, info.Size())}, nil
}

// folder lists the wheels, source distributions and pages in a folder; what lies
// deeper is not looked at.
func (c *Client) folder(path string) (files []File, err error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(maxLinks)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) == maxLinks {
		err = fmt.Errorf("only the first %d entries were looked at", maxLinks)
	} else {
		err = nil
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		full := filepath.Join(path, e.Name())
		if !isArchive(e.Name()) && !isPage(e.Name()) {
			continue
		}
		info, bad := os.Stat(full)
		switch {
		case bad != nil || !info.Mode().IsRegular():
		case isPage(full):
			more, bad := c.pageFile(full, info.Size())
			files, err = append(files, more...), errors.Join(err, bad)
		default:
			files = append(files, localFile(full, info.Size()))
		}
	}
	return files, err
}

// pageFile reads the links of a page on the disk.
func (c *Client) pageFile(path string, size int64) ([]File, error) {
	if size > c.o.MaxPage {
		return nil, fmt.Errorf("%s is larger than %d MB", path, c.o.MaxPage>>20)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseHTML(&document{url: fileURL(path), kind: "text/html", body: body})
}

func localFile(path string, size int64) File {
	return File{Filename: filepath.Base(path), URL: fileURL(path), Size: bytesize.Of(size)}
}

// local reports whether the file lies on the disk, where it may change.
func (f *File) local() bool { return strings.HasPrefix(f.URL, "file:") }

// fileURL returns the file: address of an absolute path.
func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func isPage(name string) bool {
	return strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".htm")
}

// isArchive reports whether a name is that of something that pip installs.
func isArchive(name string) bool {
	for _, end := range []string{".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return false
}

// localSpan reads a part of a file on the disk, as span does of one on a server.
func localSpan(u *url.URL, a, b int64) (data []byte, size int64, err error) {
	f, err := os.Open(filepath.FromSlash(u.Path))
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	size = info.Size()
	if !info.Mode().IsRegular() || a < 0 || a >= size {
		return nil, 0, fmt.Errorf("%s: it is shorter than its directory says", u.Path)
	}
	data = make([]byte, min(b, size-1)-a+1)
	if _, err := f.ReadAt(data, a); err != nil {
		return nil, 0, err
	}
	return data, size, nil
}

// body opens a file of a release from its beginning.
func (c *Client) body(ctx context.Context, address string, use func(io.Reader) error) error {
	if u, err := url.Parse(address); err == nil && u.Scheme == "file" {
		f, err := os.Open(filepath.FromSlash(u.Path))
		if err != nil {
			return err
		}
		defer f.Close()
		return use(f)
	}
	return c.web.try(ctx, func() error {
		r, err := c.web.request(ctx, address)
		if err != nil {
			return err
		}
		r.Header.Set("Accept-Encoding", "identity")
		return c.web.do(r, func(resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return c.web.status(resp)
			}
			return use(resp.Body)
		})
	})
}
