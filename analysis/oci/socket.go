package oci

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// findEngine connects to the first of the engine's addresses that answers.
func findEngine(ctx context.Context, place Place) (*engine, error) {
	e := &engine{name: "Docker"}
	tried, variable := dockerAddresses(), "DOCKER_HOST"
	if place == InPodman {
		e.name, tried, variable = "Podman", podmanAddresses(), "CONTAINER_HOST"
	}
	var last error
	var denied string
	for _, address := range tried {
		if err := e.connect(address); err != nil {
			last = err
			continue
		}
		ping, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := e.ping(ping)
		cancel()
		switch {
		case err == nil:
			return e, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, fs.ErrPermission):
			denied = address
		}
		last = err
	}
	if denied != "" {
		return nil, fail(NoEngine, e.name, "this user may not use its socket %s", denied).because(last).
			hint("Add the user to the group that owns the socket, or read the image from its registry or a saved .tar.")
	}
	var x *Error
	if errors.As(last, &x) {
		return nil, x
	}
	return nil, fail(NoEngine, e.name, "%s is not running; only local images need it. Tried %s.", e.name, list(tried, 8)).because(last).
		hint("Set %s, or read the image from its registry or a saved .tar.", variable)
}

func (e *engine) ping(ctx context.Context) error {
	resp, err := e.do(ctx, "/_ping")
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// connect prepares for an address such as unix:///run/docker.sock or
// tcp://10.0.0.2:2376. It does not dial yet.
func (e *engine) connect(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fail(NoEngine, address, "it is no address of an engine: %v", err)
	}
	t := &http.Transport{DisableCompression: true}
	e.client = &http.Client{Transport: t}
	switch u.Scheme {
	case "unix":
		path := u.Path
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}
		e.base = "http://engine"
	case "tcp", "http", "https":
		e.base = "http://" + u.Host
		if u.Scheme == "https" || os.Getenv("DOCKER_TLS_VERIFY") != "" {
			e.base = "https://" + u.Host
			t.TLSClientConfig, err = engineTLS()
		}
		return err
	default:
		return fail(Unsupported, address, "engines are reached by unix sockets and TCP, not by %s", u.Scheme).
			hint("Read the image from its registry, or save it: docker save IMAGE -o image.tar")
	}
	return nil
}

// engineTLS reads the certificates of DOCKER_CERT_PATH.
func engineTLS() (*tls.Config, error) {
	dir := os.Getenv("DOCKER_CERT_PATH")
	if dir == "" {
		dir = dockerConfigDir()
	}
	config := &tls.Config{}
	if pem, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err == nil {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(pem)
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	switch {
	case err == nil:
		config.Certificates = []tls.Certificate{cert}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fail(TLS, dir, "the certificates for Docker cannot be read: %v", err)
	}
	return config, nil
}

// dockerAddresses are where Docker may listen: DOCKER_HOST alone if it is
// set, else the current context and the usual places.
func dockerAddresses() []string {
	if h := os.Getenv("DOCKER_HOST"); h != "" {
		return []string{h}
	}
	var out []string
	if h := contextHost(); h != "" {
		out = append(out, h)
	}
	home, _ := os.UserHomeDir()
	out = append(out, "unix:///var/run/docker.sock")
	if run := os.Getenv("XDG_RUNTIME_DIR"); run != "" {
		out = append(out, "unix://"+run+"/docker.sock")
	}
	for _, s := range []string{".docker/run/docker.sock", ".docker/desktop/docker.sock", ".orbstack/run/docker.sock", ".colima/default/docker.sock", ".rd/docker.sock"} {
		if _, err := os.Stat(filepath.Join(home, s)); err == nil {
			out = append(out, "unix://"+filepath.Join(home, s))
		}
	}
	return out
}

// podmanAddresses are where Podman may listen.
func podmanAddresses() []string {
	if h := os.Getenv("CONTAINER_HOST"); h != "" {
		return []string{h}
	}
	var out []string
	if run := os.Getenv("XDG_RUNTIME_DIR"); run != "" {
		out = append(out, "unix://"+run+"/podman/podman.sock")
	} else if uid := os.Getuid(); uid > 0 {
		out = append(out, "unix:///run/user/"+strconv.Itoa(uid)+"/podman/podman.sock")
	}
	out = append(out, "unix:///run/podman/podman.sock")
	machine := filepath.Join(os.TempDir(), "podman", "podman-machine-default-api.sock")
	if _, err := os.Stat(machine); err == nil {
		out = append(out, "unix://"+machine)
	}
	return out
}

func dockerConfigDir() string {
	if d := os.Getenv("DOCKER_CONFIG"); d != "" {
		return d
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".docker")
}

// contextHost is the address of docker's current context, or "".
func contextHost() string {
	dir := dockerConfigDir()
	current := os.Getenv("DOCKER_CONTEXT")
	if current == "" {
		var config struct{ CurrentContext string }
		readJSON(filepath.Join(dir, "config.json"), &config)
		current = config.CurrentContext
	}
	if current == "" || current == "default" {
		return ""
	}
	id := sha256.Sum256([]byte(current))
	var meta struct {
		Endpoints map[string]struct{ Host string }
	}
	readJSON(filepath.Join(dir, "contexts", "meta", hex.EncodeToString(id[:]), "meta.json"), &meta)
	if h := meta.Endpoints["docker"].Host; strings.Contains(h, "://") {
		return h
	}
	return ""
}

// readJSON leaves v as it is if the file is missing or no JSON.
func readJSON(path string, v any) {
	if b, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(b, v)
	}
}
