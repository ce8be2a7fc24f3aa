package slim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"weighline/analysis/oci"
)

// An OutputError says why a text names no place for an image.
type OutputError struct {
	Text string
	Why  string // a sentence
}

func (e *OutputError) Error() string { return fmt.Sprintf("%s cannot be written: %s", e.Text, e.Why) }

// ParseOutput tells where an image is to go:
//
//	oci:DIR[:TAG], ./DIR, DIR/                 an OCI layout
//	oci-archive:FILE[:NAME], docker-archive:…  an archive; FILE.tar alone, too
//	docker:NAME, podman:NAME                   a local engine
//	registry/repository:tag, docker://…        a registry
//
// With force a name that is taken is taken over.
func ParseOutput(text string, force bool, o oci.Options) (Destination, error) {
	s := strings.TrimSpace(text)
	scheme, rest, ok := strings.Cut(s, ":")
	if ok {
		switch {
		case scheme == "oci":
			dir, tag := splitName(rest)
			return nonEmpty(text, dir, &Layout{Dir: expand(dir), Tag: tag, Force: force})
		case scheme == "oci-archive" || scheme == "docker-archive":
			file, name := splitName(rest)
			return nonEmpty(text, file, &Archive{File: expand(file), Name: name, Force: force})
		case scheme == "docker" && strings.HasPrefix(rest, "//"):
			return newRegistry(strings.TrimPrefix(rest, "//"), force, o)
		case scheme == "docker" || scheme == "docker-daemon":
			return newEngine(oci.InDocker, rest, force)
		case scheme == "podman":
			return newEngine(oci.InPodman, rest, force)
		}
	}
	switch path := expand(s); {
	case s == "":
		return nil, &OutputError{text, "it is empty"}
	case strings.HasSuffix(s, ".tar"):
		return &Archive{File: path, Force: force}, nil
	case strings.HasSuffix(s, "/"), s == ".", strings.HasPrefix(s, "./"), strings.HasPrefix(s, "../"), strings.HasPrefix(s, "~/"), filepath.IsAbs(s):
		return &Layout{Dir: path, Force: force}, nil
	}
	return newRegistry(s, force, o)
}

func nonEmpty(text, path string, d Destination) (Destination, error) {
	if path == "" {
		return nil, &OutputError{text, "a path is missing after the colon"}
	}
	return d, nil
}

// splitName takes PATH:NAME and PATH@NAME apart.
func splitName(s string) (path, name string) {
	dir := strings.LastIndexAny(s, `/\`)
	first := strings.IndexAny(s[dir+1:], ":@")
	// A name may have slashes of its own: the path ends at the first colon that
	// follows the part that is a path.
	if i := strings.IndexAny(s, ":@"); i > 0 && (first < 0 || i < dir) {
		return s[:i], s[i+1:]
	}
	if first < 0 {
		return s, ""
	}
	return s[:dir+1+first], s[dir+2+first:]
}

func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}
