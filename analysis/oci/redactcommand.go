package oci

import (
	"regexp"
	"strings"
)

// What people write into instructions although it is secret. The values of variables
// and of build secrets ($TOKEN, $(cat /run/secrets/x)) are none.
// Looking for a word first is cheap, and most instructions have none.
var secrets = []struct {
	word string
	in   *regexp.Regexp
	to   string
}{
	// https://user:password@host, https://token@host
	{"://", regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@'"$]+@`), "$1…@"},
	{"authorization:", regexp.MustCompile(`(?i)\b(authorization:\s*(?:bearer|basic|token)\s+)[^\s'"$]+`), "$1…"},
	{"private-token:", regexp.MustCompile(`(?i)\b(private-token:\s*)[^\s'"$]+`), "$1…"},
	{"x-api-key:", regexp.MustCompile(`(?i)\b(x-api-key:\s*)[^\s'"$]+`), "$1…"},
	{"pass", assigned("passw(?:or)?d"), "$1…"}, {"pass", flag("passw(?:or)?d"), "$1…"},
	{"secret", assigned("secret"), "$1…"},
	{"token", assigned("token"), "$1…"}, {"token", flag("token"), "$1…"},
	{"key", assigned("(?:api|access)_?key"), "$1…"}, {"key", flag("api-?key"), "$1…"},
}

// assigned finds NAME=value where the name has a word in it.
func assigned(word string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)((?:^|[\s'";&|])[a-z0-9_-]*` + word + `[a-z0-9_]*=)(?:"[^"$]+"|'[^'$]+'|[^\s'"$;&|]+)`)
}

// flag finds --name value.
func flag(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(\s--?` + name + `\s+)[^\s'"$-][^\s'"$]*`)
}

// maxCreatedBy is how many bytes of an instruction are kept: here-documents hold whole
// programs, but hardly larger ones.
const maxCreatedBy = 64 << 10

// RedactCommand returns an instruction of a build, or a command, without the
// passwords and tokens that can be told from other words: those in addresses, in
// headers, and behind names that say so. An instruction is copied into reports and
// comments, where they would be read by more people than the image is.
func RedactCommand(s string) string {
	if len(s) > maxCreatedBy {
		s = strings.ToValidUTF8(s[:maxCreatedBy], "") + "…"
	}
	lower := strings.ToLower(s)
	for _, x := range secrets {
		if strings.Contains(lower, x.word) {
			s = x.in.ReplaceAllString(s, x.to)
		}
	}
	return s
}
