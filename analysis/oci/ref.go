package oci

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// A Ref is a parsed reference to an image.
type Ref struct {
	Text     string // as it was given
	Place    Place
	Name     string // repository and tag, or the engine's name for it, or a path
	Tag      string // picks one image of an archive or layout: PATH@TAG
	Platform string // of a pasted "docker pull --platform", else ""
}

// A Place is where a [Ref] leads.
type Place int

// The places.
const (
	InRegistry Place = iota
	OnDisk
	InDocker
	InPodman
)

var (
	pullCommand = regexp.MustCompile(`^(?:[$#>]\s+)?(?:sudo\s+)?(?:docker|podman|nerdctl|crane|buildah|finch)\s+(?:images?\s+)?pull\s+(.+)$`)
	platformOpt = regexp.MustCompile(`(?:^|\s)--platform[= ](\S+)`)
	fileMarks   = regexp.MustCompile(`^(?:\.{0,2}[/\\]|~|[A-Za-z]:\\)|\.(?:tar|tgz|tzst|tar\.gz|tar\.zst|tar\.bz2|tar\.xz|oci|zip|txt|toml|lock|json|ya?ml)(?:$|@)|\\`)
)

// ParseRef tells what a reference means, by its syntax and by what lies on
// disk:
//
//	python:3.12-slim, ghcr.io/acme/api@sha256:…      in a registry; docker:// too
//	docker pull python:3.12-slim                     the same, pasted
//	image.tar, ./layout, image.tar@acme/api:1.4      on disk; docker-archive:,
//	                                                 oci:, oci-archive:, dir: too
//	docker:NAME, podman:NAME                         in a local engine;
//	                                                 docker-daemon: too
//
// A word that names both a file or folder and an image means what lies on disk;
// docker:// before it means the image. What kind of archive it is, and whether it
// is one, [Open] finds out.
func ParseRef(s string) (Ref, error) {
	ref := Ref{Text: strings.TrimSpace(s)}
	rest, platform, pasted := Pulled(s)
	ref.Platform = platform
	switch {
	case pasted && rest == "":
		return ref, fail(BadReference, s, "the command names no image")
	case !pasted:
		rest = strings.Trim(ref.Text, quotes)
	}
	if rest == "" {
		return ref, fail(BadReference, "", "no image is named").
			hint("Give a name such as python:3.12-slim, a file, or docker:NAME.")
	}
	if schemeless(rest) != rest {
		if err := ref.refusePassword(rest); err != nil {
			return ref, err
		}
	}
	if scheme, body, ok := strings.Cut(rest, ":"); ok {
		if done, err := ref.scheme(scheme, body); done || err != nil {
			return ref, err
		}
	}
	if ref.onDisk(rest, "@") {
		return ref, nil
	}
	if err := ref.refusePassword(rest); err != nil {
		return ref, err
	}
	if fileMarks.MatchString(rest) && !strings.Contains(rest, "@sha256:") {
		path, _, _ := strings.Cut(rest, "@")
		return ref, fail(NotFound, path, "there is no such file or folder")
	}
	return ref, ref.registry(rest)
}

// quotes are what may stand around a reference that was pasted.
const quotes = "`'\" \t\r\n"

// Pulled returns the image, and the platform if one is given, of a pasted command
// such as "docker pull --platform linux/arm64 python:3.12". ok is false for
// anything else; an image of "" is a command that names none.
func Pulled(s string) (image, platform string, ok bool) {
	m := pullCommand.FindStringSubmatch(strings.Trim(s, quotes))
	if m == nil {
		return "", "", false
	}
	if p := platformOpt.FindStringSubmatch(m[1]); p != nil {
		platform = p[1]
		m[1] = platformOpt.ReplaceAllString(m[1], "")
	}
	for _, word := range strings.Fields(m[1]) {
		if !strings.HasPrefix(word, "-") {
			return strings.Trim(word, quotes), platform, true
		}
	}
	return "", platform, true
}

// scheme reads the forms with a word and a colon in front. done is whether it
// was one of them.
func (r *Ref) scheme(scheme, body string) (done bool, err error) {
	remote := strings.HasPrefix(body, "//")
	switch {
	case scheme == "docker" && remote:
		return true, r.registry(strings.TrimPrefix(body, "//"))
	case (scheme == "http" || scheme == "https") && remote:
		return true, fail(BadReference, r.Text, "an image is named without %s://", scheme).
			hint("Write %s; for a registry without TLS add --plain-http HOST.", strings.TrimPrefix(body, "//"))
	case scheme == "docker" || scheme == "docker-daemon":
		r.Place, r.Name = InDocker, body
	case scheme == "podman":
		r.Place, r.Name = InPodman, body
	case scheme == "containers-storage":
		return true, fail(Unsupported, r.Text, "the storage of Podman is read through its socket").hint("Write podman:%s.", body)
	case scheme == "docker-archive" || scheme == "oci" || scheme == "oci-archive" || scheme == "dir":
		if !r.onDisk(body, "@:") {
			return true, fail(NotFound, body, "there is no such file or folder")
		}
	default:
		return false, nil
	}
	if r.Name == "" {
		return true, fail(BadReference, r.Text, "no image is named after %s:", scheme)
	}
	return true, nil
}

// onDisk sets r to a path, if s or what is left of one of the separators in
// it exists.
func (r *Ref) onDisk(s, separators string) bool {
	if present(s, "") {
		r.Place, r.Name = OnDisk, expand(s)
		return true
	}
	for i, c := range s {
		if i > 0 && strings.ContainsRune(separators, c) && present(s[:i], s[i+1:]) {
			r.Place, r.Name, r.Tag = OnDisk, expand(s[:i]), s[i+1:]
			return true
		}
	}
	return false
}

// present is whether path is a file or a folder. Such a path is never taken for
// the name of a repository, but before a digest: acme/api@sha256:… names an image
// where a folder acme/api with the sources of it lies, too.
func present(path, tag string) bool {
	info, err := os.Stat(expand(path))
	if err != nil || !strings.HasPrefix(tag, "sha256:") {
		return err == nil
	}
	return info.Mode().IsRegular() || info.IsDir() && holdsImage(folder{expand(path)})
}

func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// isName reports whether s could name an image in a registry.
func isName(s string) bool {
	_, err := name.ParseReference(s, name.WeakValidation)
	return err == nil && !fileMarks.MatchString(s)
}

// registry sets r to a repository with a tag or digest.
func (r *Ref) registry(s string) error {
	r.Place, r.Name = InRegistry, s
	if strings.HasPrefix(s, "sha256:") {
		return fail(BadReference, s, "a digest needs the name of its repository before it: repository@%s", s)
	}
	if _, err := name.ParseReference(s, name.WeakValidation); err != nil {
		return fail(BadReference, s, "it is no name of an image, and no such file exists: %v", err).
			hint("Names look like python:3.12-slim or ghcr.io/acme/api@sha256:….")
	}
	return nil
}
