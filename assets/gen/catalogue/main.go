// Command catalogue writes the offline catalogue of packages from a snapshot of
// lock files. Of the snapshot it takes figures only: names, versions, the names
// and sizes of files, requirements and the index each was found on.
//
// It runs in the folder of the assets. The snapshot is expected beside the
// repository, in shared/python; WEIGHLINE_SHARED names another folder.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
)

const target = "catalogue.bin"

func main() {
	if err := run(cmp.Or(os.Getenv("WEIGHLINE_SHARED"), filepath.Join("..", "..", "shared"))); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func run(shared string) error {
	f, err := os.Open(filepath.Join(shared, "python", "snapshot.json.gz"))
	if os.IsNotExist(err) {
		if _, have := os.Stat(target); have == nil {
			fmt.Fprintln(os.Stderr, "catalogue: no snapshot at", shared, "- the catalogue stays as it is")
			return nil
		}
	}
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := read(f)
	if err != nil {
		return err
	}
	releases, err := s.releases()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := pyindex.WriteCatalogue(&b, s.date(), s.from(), releases); err != nil {
		return err
	}
	return os.WriteFile(target, b.Bytes(), 0o644)
}

// A snapshot is what the file holds, as far as it is used here.
type snapshot struct {
	Format      string
	CreatedFrom []struct {
		ID string
	} `json:"created_from"`
	Packages map[string]map[string]release
}

type release struct {
	Index          string
	RequiresPython string `json:"requires_python"`
	Requires       []string
	Extras         map[string][]string
	Exact          bool
	Sdist          *struct {
		Filename string
		Size     *int64
	}
	Wheels [][2]any
}

func read(r io.Reader) (s snapshot, err error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return s, err
	}
	if err := json.NewDecoder(z).Decode(&s); err != nil {
		return s, err
	}
	if s.Format != "weighline-index-snapshot/1" {
		return s, fmt.Errorf("unknown format %q of the snapshot", s.Format)
	}
	return s, nil
}

var day = regexp.MustCompile(`\d{4}-\d\d-\d\d$`)

// date is that of the newest lock file.
func (s snapshot) date() (newest string) {
	for _, c := range s.CreatedFrom {
		newest = max(newest, day.FindString(c.ID))
	}
	return newest
}

func (s snapshot) from() string {
	return fmt.Sprintf("lock files of %d public projects", len(s.CreatedFrom))
}

func (s snapshot) releases() (list []pyindex.SnapshotRelease, err error) {
	for name, versions := range s.Packages {
		for version, r := range versions {
			v, err := pep.ParseVersion(version)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			list = append(list, pyindex.SnapshotRelease{
				Release: pyindex.Release{
					Name: pep.Normalize(name), Version: v,
					Index: cmp.Or(r.Index, pyindex.PyPI), Files: r.files(),
					Requires: r.Requires, RequiresPython: r.RequiresPython, Exact: r.Exact,
				},
				Extras: r.Extras,
			})
		}
	}
	slices.SortFunc(list, func(a, b pyindex.SnapshotRelease) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version.Raw(), b.Version.Raw()))
	})
	return list, nil
}

func (r release) files() (files []pyindex.File) {
	for _, w := range r.Wheels {
		f := pyindex.File{Filename: w[0].(string)}
		if size, ok := w[1].(float64); ok {
			f.Size = bytesize.Of(int64(size))
		}
		files = append(files, f)
	}
	if r.Sdist != nil {
		f := pyindex.File{Filename: r.Sdist.Filename}
		if r.Sdist.Size != nil {
			f.Size = bytesize.Of(*r.Sdist.Size)
		}
		files = append(files, f)
	}
	return files
}
