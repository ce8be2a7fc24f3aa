package oci

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/pelletier/go-toml/v2"
)

// An endpoint is a place as registries.conf has it: a registry, or a part of
// one.
type endpoint struct {
	Location string
	Insecure bool
	// Pull is when a mirror is asked: "all", "digest-only" or "tag-only".
	Pull string `toml:"pull-from-mirror"`
}

// A registryConf is a [[registry]] of registries.conf, see
// containers-registries.conf(5): images whose name begins with Prefix are
// looked for at the mirrors, in their order, and then at Location.
type registryConf struct {
	Prefix string
	endpoint
	Blocked      bool
	DigestOnly   bool `toml:"mirror-by-digest-only"`
	Mirror       []endpoint
	file         string
	matchedBytes int
}

// readRegistriesConf reads the settings that Podman, Skopeo and Buildah share.
// A file that is damaged is passed over; the error says which, and why.
func readRegistriesConf() ([]registryConf, error) {
	var all []registryConf
	var errs []error
	for _, path := range registriesConfFiles() {
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var file struct{ Registry []registryConf }
		if err == nil {
			err = toml.Unmarshal(b, &file)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s cannot be read, so its mirrors are not asked: %w", path, err))
			continue
		}
		for _, r := range file.Registry {
			r.file, r.Prefix = path, cmp.Or(r.Prefix, r.Location)
			// A later file says all about a prefix anew.
			all = slices.DeleteFunc(all, func(old registryConf) bool { return old.Prefix == r.Prefix && old.file != path })
			all = append(all, r)
		}
	}
	return all, errors.Join(errs...)
}

// registriesConfFiles are the files to read, what overrides others last: the
// one of CONTAINERS_REGISTRIES_CONF alone; else the user's or the system's,
// and the folders of both.
func registriesConfFiles() []string {
	if f := os.Getenv("CONTAINERS_REGISTRIES_CONF"); f != "" {
		return []string{f}
	}
	system, user := "/etc/containers", os.Getenv("XDG_CONFIG_HOME")
	if home, err := os.UserHomeDir(); user == "" && err == nil {
		user = filepath.Join(home, ".config")
	}
	user = filepath.Join(user, "containers")
	files := []string{filepath.Join(system, "registries.conf")}
	if own := filepath.Join(user, "registries.conf"); exists(own) {
		files[0] = own
	}
	for _, dir := range []string{system, user} {
		more, _ := filepath.Glob(filepath.Join(dir, "registries.conf.d", "*.conf")) // in the order of their names
		files = append(files, more...)
	}
	return files
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// fullName is a reference as registries.conf has it: docker.io/library/python:3.
func fullName(ref name.Reference) string {
	full := ref.Name()
	if rest, ok := strings.CutPrefix(full, name.DefaultRegistry+"/"); ok {
		return "docker.io/" + rest
	}
	return full
}

// match returns how many bytes of full the prefix covers, 0 if it is for other
// images. "*.example.com" covers the host.
func (r *registryConf) match(full string) int {
	host, _, _ := strings.Cut(full, "/")
	if domain, ok := strings.CutPrefix(r.Prefix, "*"); ok {
		if strings.HasPrefix(domain, ".") && strings.HasSuffix(hostOnly(host), domain) {
			return len(host)
		}
		return 0
	}
	rest, ok := strings.CutPrefix(full, r.Prefix)
	if !ok || r.Prefix == "" {
		return 0
	}
	if rest == "" || rest[0] == '/' || strings.Contains(r.Prefix, "/") && (rest[0] == ':' || rest[0] == '@') {
		return len(r.Prefix)
	}
	return 0
}

// registryOf returns what the settings say about an image: of the prefixes
// that fit, the longest. nil is nothing.
func registryOf(all []registryConf, full string) *registryConf {
	var best *registryConf
	for i := range all {
		r := &all[i]
		if r.matchedBytes = r.match(full); r.matchedBytes > 0 && (best == nil || len(r.Prefix) > len(best.Prefix)) {
			best = r
		}
	}
	return best
}

// wants is whether a mirror is to be asked for an image.
func (e endpoint) wants(byDigest, digestOnly bool) bool {
	switch {
	case digestOnly || e.Pull == "digest-only":
		return byDigest
	case e.Pull == "tag-only":
		return !byDigest
	}
	return true
}
