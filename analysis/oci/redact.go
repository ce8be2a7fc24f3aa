package oci

import (
	"regexp"
	"strings"
)

var (
	pulled     = regexp.MustCompile(`^(?:docker|https?)://`)
	pathMark   = regexp.MustCompile(`^(?:\.{0,2}[/\\]|~|[A-Za-z]:\\|(?:oci|dir|oci-archive|docker-archive|docker|podman|docker-daemon|containers-storage):[^/])`)
	digestMark = regexp.MustCompile(`@[a-z0-9]+:[0-9a-fA-F]{32,}$`)
)

// schemeless is a reference to a registry without docker:// or https://.
func schemeless(s string) string { return s[len(pulled.FindString(s)):] }

// userInfo returns the bytes of a reference before and behind a user and
// password, as in https://user:password@host/repository. ok is false where
// there is no password: in a tag, a digest, a path and what stands behind it.
func userInfo(s string) (before, behind string, ok bool) {
	if pathMark.MatchString(s) && !pulled.MatchString(s) {
		return "", "", false
	}
	body := schemeless(s)
	before = s[:len(s)-len(body)]
	digest := digestMark.FindString(body)
	name := body[:len(body)-len(digest)]
	at := strings.LastIndexByte(name, '@')
	if at < 0 || !strings.Contains(name[:at], ":") || !strings.Contains(name[at:], "/") {
		return "", "", false
	}
	return before, body[at+1:], true
}

// Redact returns a reference, or a command with one, without the user and
// password that somebody wrote into it. [ParseRef] refuses such a reference;
// this is for those who repeat what was typed.
func Redact(reference string) string {
	words := strings.Split(reference, " ")
	for i, w := range words {
		if before, behind, ok := userInfo(strings.TrimLeft(w, "`'\"")); ok {
			words[i] = before + "…@" + behind
		}
	}
	return strings.Join(words, " ")
}

// refusePassword is the error for a reference with a password in it.
func (r *Ref) refusePassword(s string) error {
	_, behind, ok := userInfo(s)
	if !ok {
		return nil
	}
	r.Text = Redact(r.Text)
	return fail(BadReference, Redact(s), "the name of an image has no user and password in it").
		hint("Sign in first (docker login %s), then write %s.", strings.SplitN(behind, "/", 2)[0], behind)
}
