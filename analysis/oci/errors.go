package oci

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// A Code names a kind of failure, for programs to branch on.
type Code string

// The codes of [Error].
const (
	NotFound        Code = "not-found"        // no such file, repository or local image
	BadReference    Code = "bad-reference"    // the text is no reference to an image
	Unauthorized    Code = "unauthorized"     // the registry wants a sign-in, or refused the one it got
	ManifestUnknown Code = "manifest-unknown" // the repository has no such tag or digest
	NoPlatform      Code = "no-platform"      // the image is not built for the platform
	NoEngine        Code = "no-engine"        // Docker or Podman does not answer
	Ambiguous       Code = "ambiguous"        // several images, and none was chosen
	TLS             Code = "tls"              // a certificate is not trusted, or there is no TLS at all
	Proxy           Code = "proxy"            // the proxy refused
	Offline         Code = "offline"          // the host was not reached
	RateLimit       Code = "rate-limit"       // the registry wants fewer requests
	Unavailable     Code = "unavailable"      // the registry answers with errors of its own, stalls or hangs up
	NotAnImage      Code = "not-an-image"     // a file or artifact of another kind
	Schema1         Code = "schema1"          // a manifest of the form given up in 2019
	Damaged         Code = "damaged"          // contents contradict themselves
	Truncated       Code = "truncated"        // contents end too early
	Blocked         Code = "blocked"          // the settings of this computer forbid it
	Unsupported     Code = "unsupported"      // known, and not read by this program
)

// An Error says what could not be done, why, and what to do next. The three
// texts are harmless to print: control characters of foreign names are gone.
type Error struct {
	Code Code
	What string // the reference, file or layer
	Why  string // a sentence
	Hint string // a sentence, or ""
	// Host is the registry that was asked, with its port; "" if none was.
	Host string
	// Choices are what there is instead: the nearest tags of a
	// [ManifestUnknown], the platforms of a [NoPlatform].
	Choices []string
	Err     error // what lies below, or nil
}

// Error returns "what: why".
func (e *Error) Error() string {
	if e.What == "" {
		return e.Why
	}
	return e.What + ": " + e.Why
}

// Unwrap returns the error below.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an [*Error] of the same code without texts, so
// that errors.Is(err, &oci.Error{Code: oci.NotFound}) holds.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.What == "" && t.Why == ""
}

// CodeOf returns the code of the first [*Error] in err, or "".
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// fail makes an [*Error]; why and its arguments are made harmless.
func fail(code Code, what, why string, args ...any) *Error {
	e := &Error{Code: code, What: clean(what)}
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = clean(a)
		case error:
			args[i] = clean(a.Error())
			e.Err = a
		}
	}
	e.Why = fmt.Sprintf(why, args...)
	return e
}

// hint adds what the user could do.
func (e *Error) hint(h string, args ...any) *Error {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = clean(s)
		}
	}
	e.Hint = fmt.Sprintf(h, args...)
	return e
}

// at names the registry that was asked.
func (e *Error) at(host string) *Error {
	e.Host = host
	return e
}

// instead adds what there is instead.
func (e *Error) instead(choices []string) *Error {
	e.Choices = choices
	return e
}

// because adds the error below.
func (e *Error) because(err error) *Error {
	e.Err = err
	return e
}

// maxShown is how much of a foreign name a message repeats, in bytes.
const maxShown = 300

// clean makes a name from an image or a server harmless to print: invalid
// UTF-8, control characters and signs that turn the direction of text become
// U+FFFD, white space a space; very long names are cut.
func clean(s string) string {
	if len(s) > maxShown {
		s = s[:maxShown] + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
