package oci

import "regexp"

// What people write into instructions although it is secret. The values of variables
// and of build secrets ($TOKEN, $(cat /run/secrets/x)) are none.
var secrets = []struct {
	in *regexp.Regexp
	to string
}{
	// https://user:password@host, https://token@host
	{regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@'"$]+@`), "$1…@"},
	{regexp.MustCompile(`(?i)\b(authorization:\s*(?:bearer|basic|token)\s+)[^\s'"$]+`), "$1…"},
	{regexp.MustCompile(`(?i)\b(private-token:\s*|x-api-key:\s*)[^\s'"$]+`), "$1…"},
	{regexp.MustCompile(`(?i)((?:^|[\s'";&|])[a-z0-9_-]*(?:password|passwd|secret|token|api_?key|access_?key)[a-z0-9_]*=)(?:"[^"$]+"|'[^'$]+'|[^\s'"$;&|]+)`), "$1…"},
	{regexp.MustCompile(`(?i)(\s--?(?:password|passwd|token|api-?key)\s+)[^\s'"$-][^\s'"$]*`), "$1…"},
}

// RedactCommand returns an instruction of a build, or a command, without the
// passwords and tokens that can be told from other words: those in addresses, in
// headers, and behind names that say so. An instruction is copied into reports and
// comments, where they would be read by more people than the image is.
func RedactCommand(s string) string {
	for _, x := range secrets {
		s = x.in.ReplaceAllString(s, x.to)
	}
	return s
}
