package oci

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// credentials finds what Docker and Podman know about the registry.
func credentials(ctx context.Context, repo name.Repository, o Options) signIn {
	if o.Username != "" {
		return signIn{auth: &authn.Basic{Username: o.Username, Password: o.Password}, found: true}
	}
	auth, err := authn.Resolve(ctx, authn.DefaultKeychain, repo)
	if err != nil {
		return signIn{auth: authn.Anonymous, trouble: helperTrouble(err)}
	}
	if auth == authn.Anonymous {
		if saved := podmanSignIn(repo); saved != "" {
			return signIn{auth: authn.FromConfig(authn.AuthConfig{Auth: saved}), found: true}
		}
	}
	return signIn{auth: auth, found: auth != authn.Anonymous}
}

// podmanSignIn returns what "podman login" saved, base64 of user:password.
// go-containerregistry looks there only if Docker has no settings at all, and
// many computers have both.
func podmanSignIn(repo name.Repository) string {
	config := os.Getenv("XDG_CONFIG_HOME")
	if home, err := os.UserHomeDir(); config == "" && err == nil {
		config = filepath.Join(home, ".config")
	}
	host := repo.RegistryStr()
	if host == name.DefaultRegistry {
		host = "docker.io"
	}
	for _, path := range []string{
		os.Getenv("REGISTRY_AUTH_FILE"),
		filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "containers", "auth.json"),
		filepath.Join(config, "containers", "auth.json"),
	} {
		var file struct {
			Auths map[string]struct{ Auth string }
		}
		readJSON(path, &file)
		// Sign-ins may be for a part of the registry; the closest counts.
		for key := host + "/" + repo.RepositoryStr(); key != "" && key != "."; key = parent(key) {
			if a := file.Auths[key].Auth; a != "" {
				return a
			}
		}
	}
	return ""
}

// parent returns the key without its last part, "" after the host.
func parent(key string) string {
	if i := strings.LastIndexByte(key, '/'); i > 0 {
		return key[:i]
	}
	return ""
}

// A signIn is how to sign in to a registry.
type signIn struct {
	auth    authn.Authenticator
	found   bool   // credentials were found
	trouble string // why they could not be read: a sentence, or ""
}

// helperTrouble says why the saved credentials could not be read.
func helperTrouble(err error) string {
	text := clean(err.Error())
	if _, rest, ok := strings.Cut(text, "docker-credential-"); ok && strings.Contains(text, "executable file not found") {
		helper, _, _ := strings.Cut(rest, `"`)
		helper, _, _ = strings.Cut(helper, " ")
		return "Docker's settings name docker-credential-" + helper + ", which is not on this computer."
	}
	return "The sign-ins that Docker saved cannot be read: " + text + "."
}
