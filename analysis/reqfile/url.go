package reqfile

import (
	"encoding/json"
	"regexp"
	"strings"
)

// A URL is an address that may hold a password or a token. Whatever prints it
// gets it without; [URL.Secret] gives it whole, for the one who opens it.
type URL struct{ raw string }

// NewURL returns the URL with the text raw.
func NewURL(raw string) URL { return URL{raw} }

// Secret returns the address as it was written.
func (u URL) Secret() string { return u.raw }

// String returns the address with stars for its password or token.
func (u URL) String() string { return redact(u.raw) }

// GoString keeps the password out of %#v.
func (u URL) GoString() string { return `reqfile.URL("` + u.String() + `")` }

// MarshalJSON writes the address without its password.
func (u URL) MarshalJSON() ([]byte, error) { return json.Marshal(u.String()) }

// UnmarshalJSON reads what [URL.MarshalJSON] writes.
func (u *URL) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &u.raw) }

// Redact returns a text with stars for the passwords and tokens of all addresses
// in it.
func Redact(text string) string { return redact(text) }

// userinfoRE matches the part of an address between "//" and "@".
var userinfoRE = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\s@]*(?:@[^/?#\s@]*)*)@`)

// redact replaces the passwords in the addresses within s, and user names that
// stand alone, which are tokens; "git@" of an ssh address stays.
func redact(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	return userinfoRE.ReplaceAllStringFunc(s, func(m string) string {
		scheme, user, _ := strings.Cut(m, "://")
		user = strings.TrimSuffix(user, "@")
		name, _, hasPassword := strings.Cut(user, ":")
		switch {
		case hasPassword:
			return scheme + "://" + name + ":****@"
		case strings.Contains(scheme, "ssh") || name == "git":
			return m
		}
		return scheme + "://****@"
	})
}
