package state

import (
	"context"
	"errors"
	"strings"

	"weighline/analysis"
	"weighline/analysis/oci"
	"weighline/store"
	"weighline/ui/texts"
)

// Asks are what the window can ask the user for, so that a notice can offer it.
// What is nil is not offered.
type Asks struct {
	// SignIn asks for a user name and a password for a registry and calls
	// [Session.SignIn] with them.
	SignIn func(registry string)
	// CAFile asks for a file of certificates; the settings then trust it.
	CAFile func()
	// PlainHTTP lets the settings read a registry without TLS.
	PlainHTTP func(registry string)
	// Image asks for an image, as a saved archive.
	Image func()
	// Save asks for a name to save what is open under.
	Save func()
	// Settings shows the settings of the network.
	Settings func()
}

// A signIn is for one image, in memory only: Docker and Podman keep sign-ins for
// good.
type signIn struct{ sources, user, password string }

// SignIn opens what was asked for last with a user name and a password.
func (s *Session) SignIn(user, password string) {
	s.sign = signIn{strings.Join(s.asked, "\n"), user, password}
	s.Retry()
}

// Retry does again what was asked for last.
func (s *Session) Retry() {
	if s.retry != nil {
		s.retry()
	}
}

// maxWays is how many ways on a notice offers.
const maxWays = 3

// waysOn returns the buttons for an error of what was asked for: the way on where
// there is one, else only to try again.
func (s *Session) waysOn(err error) []Action {
	var image *oci.Error
	ways := []Action{}
	var two *analysis.TwoImagesError
	if errors.As(err, &two) {
		return []Action{{texts.T("Compare them"), func() { s.CompareTwo(two.A, two.B) }}}
	}
	if errors.Is(err, store.ErrNameTaken) {
		return nil // once more would not help
	}
	if errors.As(err, &image) && s.retry != nil {
		ways = s.waysOnImage(image)
	}
	if s.retry != nil && len(ways) < maxWays {
		ways = append(ways, Action{texts.T("Try again"), s.Retry})
	}
	return ways
}

func (s *Session) waysOnImage(e *oci.Error) (ways []Action) {
	asks := s.config.Asks
	switch e.Code {
	case oci.Unauthorized, oci.NotFound, oci.RateLimit: // a private one is as if it were not; who has signed in may read more
		if host := e.Host; asks.SignIn != nil && host != "" {
			ways = append(ways, Action{texts.T("Sign in…"), func() { asks.SignIn(host) }})
		}
	case oci.ManifestUnknown:
		for _, tag := range e.Choices[:min(len(e.Choices), maxWays-1)] {
			if sources, ok := s.otherTag(e.What, tag); ok {
				ways = append(ways, Action{texts.F("Open %s", tag), func() { s.Open(sources...) }})
			}
		}
	case oci.NoPlatform:
		for _, p := range e.Choices[:min(len(e.Choices), maxWays-1)] {
			ways = append(ways, Action{texts.F("Use %s", p), func() { s.openPlatform(s.asked, p) }})
		}
	case oci.NoEngine:
		if sources, ok := s.fromRegistry(); ok {
			ways = append(ways, Action{texts.T("Read it from its registry"), func() { s.Open(sources...) }})
		}
		if asks.Image != nil {
			ways = append(ways, Action{texts.T("Open a saved image…"), asks.Image})
		}
	case oci.TLS:
		switch host := e.Host; {
		case host == "":
		case withoutTLS(e) && asks.PlainHTTP != nil:
			ways = append(ways, Action{texts.T("Read it without TLS"), func() { asks.PlainHTTP(host) }})
		case !withoutTLS(e) && asks.CAFile != nil:
			ways = append(ways, Action{texts.T("Choose a CA file…"), asks.CAFile})
		}
	case oci.Proxy, oci.Offline:
		if asks.Settings != nil {
			ways = append(ways, Action{texts.T("Network settings…"), asks.Settings})
		}
	}
	return ways
}

// withoutTLS reports whether a registry knows no TLS at all.
func withoutTLS(e *oci.Error) bool { return strings.Contains(e.Hint, "--plain-http") }

// hintOf words what next for a window, where there are buttons and no flags.
func hintOf(err error) string {
	var e *oci.Error
	if !errors.As(err, &e) {
		return analysis.Hint(err)
	}
	switch {
	case e.Code == oci.TLS && withoutTLS(e):
		return texts.T("If you trust the network, it can be read without TLS; the settings keep that.")
	case e.Code == oci.TLS && e.Host != "":
		return texts.T("Choose the file with your company's certificates; the settings keep it.")
	case e.Code == oci.NoPlatform && len(e.Choices) > 0, e.Code == oci.Unauthorized && e.Host != "":
		return "" // the button says it
	}
	return analysis.Hint(err)
}

// otherTag returns the sources that were asked for with another tag of the image.
func (s *Session) otherTag(what, tag string) ([]string, bool) {
	out := append([]string(nil), s.asked...)
	for i, source := range out {
		if source != what && len(out) > 1 {
			continue
		}
		if at := strings.LastIndex(source, ":"); at > strings.LastIndex(source, "/") {
			source = source[:at]
		}
		out[i] = source + ":" + tag
		return out, true
	}
	return nil, false
}

// fromRegistry returns the sources that were asked for without the name of the
// engine, which then stand for images of a registry.
func (s *Session) fromRegistry() ([]string, bool) {
	out, found := append([]string(nil), s.asked...), false
	for i, source := range out {
		for _, engine := range []string{"docker:", "podman:"} {
			if name, ok := strings.CutPrefix(source, engine); ok {
				out[i], found = name, true
			}
		}
	}
	return out, found
}

// openPlatform opens sources, of their image the build for a platform.
func (s *Session) openPlatform(sources []string, platform string) {
	s.open(reading{sources: sources, analyze: func(ctx context.Context, o analysis.Options) (*analysis.Build, error) {
		in, err := analysis.Classify(sources)
		if err != nil {
			return nil, err
		}
		o.Image.Platform = platform
		return s.config.Analyze(ctx, in, o)
	}})
}
