package state

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis"
	"weighline/analysis/oci"
)

// refuse is an analysis that fails with err, and notes what it was asked for.
func refuse(err *error, asked *[]string) func(context.Context, analysis.Input, analysis.Options) (*analysis.Build, error) {
	return func(_ context.Context, in analysis.Input, o analysis.Options) (*analysis.Build, error) {
		*asked = append(*asked, strings.TrimSpace(in.Image+" "+o.Image.Platform+" "+o.Image.Username+" "+o.Image.Password))
		return nil, *err
	}
}

// TestWaysOn gives for each error of an image the buttons that lead on, and
// presses the first.
func TestWaysOn(t *testing.T) {
	for name, x := range map[string]struct {
		err     *oci.Error
		source  string
		buttons string
		then    string // what is asked for after the first button
	}{
		"sign-in":      {&oci.Error{Code: oci.Unauthorized, Host: "ghcr.io"}, "ghcr.io/acme/api:1.4", "Sign in…, Try again", "ghcr.io/acme/api:1.4  me secret"},
		"tag":          {&oci.Error{Code: oci.ManifestUnknown, Choices: []string{"1.4", "1.4.1", "1.6"}}, "localhost:5000/acme/api:1.5", "Open 1.4, Open 1.4.1, Try again", "localhost:5000/acme/api:1.4"},
		"no tag":       {&oci.Error{Code: oci.ManifestUnknown, Choices: []string{"1.4"}}, "localhost:5000/acme/api", "Open 1.4, Try again", "localhost:5000/acme/api:1.4"},
		"platform":     {&oci.Error{Code: oci.NoPlatform, Choices: []string{"linux/amd64"}}, "acme/api:1.4", "Use linux/amd64, Try again", "acme/api:1.4 linux/amd64"},
		"engine":       {&oci.Error{Code: oci.NoEngine}, "docker:acme/api:1.4", "Read it from its registry, Open a saved image…, Try again", "acme/api:1.4"},
		"certificate":  {&oci.Error{Code: oci.TLS, Host: "registry.corp"}, "registry.corp/api", "Choose a CA file…, Try again", "registry.corp/api"},
		"limit":        {&oci.Error{Code: oci.RateLimit}, "python:3.12", "Try again", "python:3.12"},
		"limit of all": {&oci.Error{Code: oci.RateLimit, Host: "index.docker.io"}, "python:3.12", "Sign in…, Try again", "python:3.12  me secret"},
		"private":      {&oci.Error{Code: oci.NotFound, Host: "ghcr.io"}, "ghcr.io/acme/api:1.4", "Sign in…, Try again", "ghcr.io/acme/api:1.4  me secret"},
		"plain HTTP":   {&oci.Error{Code: oci.TLS, Host: "registry.corp:5000", Hint: "If you trust the network: --plain-http registry.corp:5000"}, "registry.corp:5000/api", "Read it without TLS, Try again", "registry.corp:5000/api"},
		"proxy":        {&oci.Error{Code: oci.Proxy}, "ghcr.io/acme/api", "Network settings…, Try again", ""},
		"offline":      {&oci.Error{Code: oci.Offline}, "ghcr.io/acme/api", "Network settings…, Try again", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := newSession(t, nil)
			err, asked := error(x.err), []string(nil)
			s.config.Analyze = refuse(&err, &asked)
			s.config.Asks = Asks{SignIn: func(host string) {
				if host != x.err.Host {
					t.Errorf("a sign-in for %s, want one for %s", host, x.err.Host)
				}
				s.SignIn("me", "secret")
			}, CAFile: s.Retry, PlainHTTP: func(string) { s.Retry() }, Image: func() {}, Settings: func() {}}
			s.Open(x.source)
			l.idle()
			var buttons []string
			for _, a := range s.Notice.Actions {
				buttons = append(buttons, a.Text)
			}
			if got := strings.Join(buttons, ", "); got != x.buttons {
				t.Fatalf("the buttons are %s, want %s", got, x.buttons)
			}
			if strings.Contains(s.Notice.Hint, "--") {
				t.Errorf("the hint is for a shell: %s", s.Notice.Hint)
			}
			s.Notice.Actions[0].Do()
			l.idle()
			if x.then == "" {
				return
			}
			if len(asked) != 2 || asked[1] != x.then {
				t.Errorf("asked for %q, want %q in the end", asked, x.then)
			}
		})
	}
}

// TestSignInIsForOneImage does not give a password to another registry.
func TestSignInIsForOneImage(t *testing.T) {
	s, l := newSession(t, nil)
	err, asked := error(&oci.Error{Code: oci.Unauthorized, Host: "ghcr.io"}), []string(nil)
	s.config.Analyze = refuse(&err, &asked)
	s.Open("ghcr.io/acme/api:1.4")
	l.idle()
	s.SignIn("me", "secret")
	l.idle()
	s.Open("evil.example/acme/api:1.4")
	l.idle()
	if last := asked[len(asked)-1]; strings.Contains(last, "secret") {
		t.Errorf("the password went to %s", last)
	}
}

// TestWrite asks before it replaces a file, and replaces it whole.
func TestWrite(t *testing.T) {
	s, l := newSession(t, nil)
	path := filepath.Join(t.TempDir(), "chart.svg")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader([]byte(s))); return err }
	}
	holds := func(want string) {
		t.Helper()
		if data, err := os.ReadFile(path); err != nil || string(data) != want {
			t.Errorf("the file holds %q (%v), want %q", data, err, want)
		}
		if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
			t.Errorf("the folder holds %v (%v), want the file alone", files, err)
		}
	}
	s.Write(path, false, text("one"))
	l.notice()
	holds("one")
	s.Dismiss()
	s.Write(path, false, text("two"))
	if n := l.notice(); n.Severity != Caution || len(n.Actions) != 1 {
		t.Fatalf("the notice is %+v, want an offer to replace the file", n)
	}
	holds("one")
	replace := s.Notice.Actions[0].Do
	s.Dismiss()
	replace()
	l.notice()
	holds("two")
	s.Dismiss()
	s.Write(path, true, func(io.Writer) error { return io.ErrUnexpectedEOF })
	if n := l.notice(); n.Severity != Failure {
		t.Errorf("the notice is %+v, want a failure", n)
	}
	holds("two")
}
