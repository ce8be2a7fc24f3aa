package insight

import (
	"strings"
	"sync"

	"weighline/assets"
)

// A nameList finds what a list of names and patterns says of a name: "pytest-*"
// stands for all that begin so, "*-dev" for all that end so.
type nameList struct {
	exact    map[string]string
	patterns [][3]string // beginning, end, what
}

// none says of a name that a later pattern fits that it is nothing of the kind.
const none = "-"

func (l *nameList) add(pattern, what string) {
	begin, end, any := strings.Cut(pattern, "*")
	if !any {
		l.exact[pattern] = what
		return
	}
	l.patterns = append(l.patterns, [3]string{begin, end, what})
}

// of returns what is said of a name, false for nothing.
func (l *nameList) of(name string) (string, bool) {
	if what, ok := l.exact[name]; ok {
		return what, true
	}
	for _, p := range l.patterns {
		if len(name) >= len(p[0])+len(p[1]) && strings.HasPrefix(name, p[0]) && strings.HasSuffix(name, p[1]) {
			return p[2], p[2] != none
		}
	}
	return "", false
}

// parseNames reads lines of a name and what it is for.
func parseNames(text string) *nameList {
	l := &nameList{exact: map[string]string{}}
	for line := range strings.Lines(text) {
		if name, what, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			l.add(name, what)
		}
	}
	return l
}

// parseKinds reads the same lines behind a kind, a list for each.
func parseKinds(text string) map[string]*nameList {
	lists := map[string]*nameList{}
	for line := range strings.Lines(text) {
		kind, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		name, what, both := strings.Cut(rest, " ")
		if !ok || !both || strings.HasPrefix(line, "#") {
			continue
		}
		if lists[kind] == nil {
			lists[kind] = &nameList{exact: map[string]string{}}
		}
		lists[kind].add(name, what)
	}
	return lists
}

var (
	devPackages = sync.OnceValue(func() *nameList { return parseNames(assets.DevPackages) })
	buildTools  = sync.OnceValue(func() map[string]*nameList { return parseKinds(assets.BuildTools) })
)
