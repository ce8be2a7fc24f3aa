package pyindex

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// keys are users with their passwords, by the place that they are for. They
// leave this type only in the header of a request to that place.
type keys struct {
	byPlace map[string]*url.Userinfo // of addresses, by scheme and host
	byHost  map[string]*url.Userinfo // of netrc
}

// newKeys reads netrc: the file that NETRC names, else ~/.netrc.
func newKeys(env func(string) string) *keys {
	k := &keys{byPlace: map[string]*url.Userinfo{}, byHost: map[string]*url.Userinfo{}}
	name := env("NETRC")
	if name == "" && env("HOME") != "" {
		name = filepath.Join(env("HOME"), ".netrc")
	}
	if info, err := os.Stat(name); name == "" || err != nil || info.Size() > 1<<20 {
		return k
	}
	if data, err := os.ReadFile(name); err == nil {
		k.netrc(string(data))
	}
	return k
}

// netrc reads "machine HOST login USER password PASSWORD" entries. The default
// entry is passed over: it would hand a password to any host that an index
// leads to. Macros end the file, as they do for curl.
func (k *keys) netrc(text string) {
	words := strings.Fields(text)
	host, user, password := "", "", ""
	inside := false
	flush := func() {
		if _, have := k.byHost[host]; inside && !have && user+password != "" {
			k.byHost[host] = url.UserPassword(user, password)
		}
		user, password = "", ""
	}
	for i := 0; i < len(words); i++ {
		next := func() string {
			if i++; i < len(words) {
				return words[i]
			}
			return ""
		}
		switch words[i] {
		case "machine":
			flush()
			host, inside = strings.ToLower(next()), true
		case "default":
			flush()
			inside = false
		case "login":
			user = next()
		case "password":
			password = next()
		case "account":
			next()
		case "macdef":
			i = len(words)
		}
	}
	flush()
}

// add keeps the user and password of an address for its scheme and host.
func (k *keys) add(u *url.URL) { k.byPlace[u.Scheme+"://"+strings.ToLower(u.Host)] = u.User }

// sign gives a request the key for its place, if there is one.
func (k *keys) sign(r *http.Request) {
	user, ok := k.byPlace[r.URL.Scheme+"://"+strings.ToLower(r.URL.Host)]
	if !ok {
		user, ok = k.byHost[strings.ToLower(r.URL.Hostname())]
	}
	if ok {
		password, _ := user.Password()
		r.SetBasicAuth(user.Username(), password)
	}
}

// hosts is a set of hosts that several goroutines share.
type hosts struct {
	mu  sync.Mutex
	set map[string]string // why
}

func (h *hosts) add(host, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.set == nil {
		h.set = map[string]string{}
	}
	h.set[host] = why
}

func (h *hosts) why(host string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.set[host]
}
