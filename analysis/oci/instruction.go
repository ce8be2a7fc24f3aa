package oci

import (
	"regexp"
	"strings"
)

var (
	// "|2 A=1 B=two words /bin/sh -c": build arguments before the shell.
	buildArgs = regexp.MustCompile(`^\|\d+(?: .*?)? ((?:/usr)?/bin/\w*sh |cmd /S |powershell |pwsh )`)
	// A shell and its flags, as RUN and the SHELL instruction make them.
	shellForm = regexp.MustCompile(`^(?:/usr)?/bin/(?:ba|da|a|z)?sh(?: -[a-zA-Z]+(?: pipefail| errexit| nounset)?)* -[a-zA-Z]*c |^(?:cmd /S /C|(?:powershell|pwsh)(?: -\S+)* -Command) `)
	nopForm   = regexp.MustCompile(`^(?:cmd /S /C |/bin/(?:ba|da|a)?sh (?:-\S+ )*-c )?#\(nop\)\s*`)
	longHash  = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{20,}\b`)
	dockerish = regexp.MustCompile(`^(?:RUN|COPY|ADD|ENV|CMD|ENTRYPOINT|LABEL|EXPOSE|USER|VOLUME|WORKDIR|STOPSIGNAL|HEALTHCHECK|ARG|ONBUILD|SHELL|MAINTAINER|FROM) `)
)

// Instruction returns the created_by of a history entry as a Dockerfile has
// it: "/bin/sh -c pip install torch" and "RUN /bin/sh -c pip install torch #
// buildkit" are both "RUN pip install torch", "/bin/sh -c #(nop) CMD [...]" is
// "CMD [...]". White space is made single, long hashes are cut to twelve
// digits, passwords that can be told are left out as [RedactCommand] does it, and the
// text is harmless to print. What no Dockerfile made stays as it is.
func Instruction(createdBy string) string {
	s := RedactCommand(strings.Join(strings.Fields(createdBy), " "))
	buildkit := strings.HasSuffix(s, "# buildkit")
	s = strings.TrimSpace(strings.TrimSuffix(s, "# buildkit"))
	if rest := nopForm.ReplaceAllString(s, ""); rest != s {
		return tidy(rest)
	}
	body, run := strings.CutPrefix(s, "RUN ")
	if m := buildArgs.FindStringSubmatchIndex(body); m != nil {
		body, run = body[m[2]:], true
	}
	if loc := shellForm.FindStringIndex(body); loc != nil {
		return tidy("RUN " + body[loc[1]:])
	}
	if run || buildkit && !dockerish.MatchString(s) {
		return tidy("RUN " + body)
	}
	return tidy(s)
}

func tidy(s string) string {
	s = longHash.ReplaceAllString(s, "$1")
	const most = 4096 // bytes; here-documents may hold whole programs
	var b strings.Builder
	for len(s) > 0 && b.Len() < most {
		n := min(len(s), maxShown)
		for n < len(s) && n > 1 && s[n]&0xC0 == 0x80 {
			n--
		}
		b.WriteString(clean(s[:n]))
		s = s[n:]
	}
	if len(s) > 0 {
		b.WriteString("…")
	}
	return b.String()
}
