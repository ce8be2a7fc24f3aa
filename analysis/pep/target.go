package pep

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// A Target is what one resolves for: a CPython and a platform. Targets come
// from [ParseTarget] or [DefaultTarget]; they may be compared with == and
// shared between goroutines.
type Target struct{ t *target }

type target struct {
	minor, patch int // of Python 3
	platform     platform
	tags         func() *tagTable
}

// A platform is an operating system with the oldest system library that the
// wheels may ask for.
type platform struct {
	os   string // "linux", "linux-musl", "macos", "windows"
	arch string // "amd64", "arm64"
	libc [2]int // version of glibc or musl, or of macOS
}

// The system that a target has unless its platform names another: glibc 2.36
// is that of Debian 12, musl 1.2 that of Alpine since 3.13.
var systems = map[string]platform{
	"linux":      {os: "linux", libc: [2]int{2, 36}},
	"linux-musl": {os: "linux-musl", libc: [2]int{1, 2}},
	"macos":      {os: "macos", libc: [2]int{14, 0}},
	"windows":    {os: "windows"},
}

// Pythons are the versions that a target can have.
var Pythons = []string{"3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}

// Platforms are the platforms that a target can have. A system library may be
// named: "linux-glibc2.28/amd64", "linux-musl1.1/arm64", "macos11.0/arm64".
var Platforms = []string{
	"linux/amd64", "linux/arm64", "linux-musl/amd64", "linux-musl/arm64",
	"macos/arm64", "macos/amd64", "windows/amd64",
}

// lastPatch is the newest patch release of each Python 3 known here; a target
// that names none is taken to have it.
var lastPatch = map[int]int{9: 25, 10: 19, 11: 14, 12: 12, 13: 11, 14: 2}

var targets sync.Map // [2]string → Target, so that equal targets are ==

// DefaultTarget is CPython 3.11 on linux/amd64.
func DefaultTarget() Target { return defaultTarget() }

var defaultTarget = sync.OnceValue(func() Target {
	t, err := ParseTarget("3.11", "linux/amd64")
	if err != nil {
		panic(err)
	}
	return t
})

// ParseTarget reads a Python version ("3.11", "3.11.7") and a platform, one of
// [Platforms]. Empty texts stand for those of [DefaultTarget].
func ParseTarget(python, platformName string) (Target, error) {
	if python == "" {
		python = "3.11"
	}
	if platformName == "" {
		platformName = "linux/amd64"
	}
	minor, patch, err := parsePython(python)
	if err != nil {
		return Target{}, err
	}
	p, err := parsePlatform(platformName)
	if err != nil {
		return Target{}, err
	}
	t := &target{minor: minor, patch: patch, platform: p}
	t.tags = sync.OnceValue(func() *tagTable { return newTagTable(t.minor, t.platform) })
	key := [2]string{fmt.Sprintf("3.%d.%d", minor, patch), p.String()}
	shared, _ := targets.LoadOrStore(key, Target{t})
	return shared.(Target), nil
}

func parsePython(s string) (minor, patch int, err error) {
	v, err := ParseVersion(s)
	if err != nil || v.epoch != 0 || len(v.release) < 2 || len(v.release) > 3 || v.release[0] != 3 || v.IsPre() || v.IsPost() || v.local != nil {
		return 0, 0, fmt.Errorf("unknown Python %q: use one of %s", s, strings.Join(Pythons, ", "))
	}
	minor = int(v.release[1])
	patch, ok := lastPatch[minor]
	if !ok {
		return 0, 0, fmt.Errorf("unknown Python %q: use one of %s", s, strings.Join(Pythons, ", "))
	}
	if len(v.release) == 3 {
		patch = int(min(v.release[2], 999))
	}
	return minor, patch, nil
}

// archs maps the names that docker, uname and Windows use.
var archs = map[string]string{
	"amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64",
	"arm64": "arm64", "aarch64": "arm64", "arm64/v8": "arm64",
}

func parsePlatform(s string) (platform, error) {
	os, arch, _ := strings.Cut(strings.ToLower(s), "/")
	bad := fmt.Errorf("unknown platform %q: use one of %s", s, strings.Join(Platforms, ", "))
	os, libc := cutLibc(os)
	switch os {
	case "linux-glibc":
		os = "linux"
	case "darwin":
		os = "macos"
	}
	p, ok := systems[os]
	p.arch = archs[arch]
	if !ok || p.arch == "" || os == "windows" && p.arch != "amd64" {
		return p, bad
	}
	if libc != "" {
		major, minor, _ := strings.Cut(libc, ".")
		a, err1 := strconv.Atoi(major)
		b, err2 := strconv.Atoi(minor)
		if err1 != nil || err2 != nil || os == "windows" || a > 99 || b > 199 {
			return p, bad
		}
		p.libc = [2]int{a, b}
	}
	return p, nil
}

// cutLibc splits "linux-glibc2.28" before the version.
func cutLibc(os string) (name, version string) {
	if i := strings.IndexAny(os, "0123456789"); i >= 0 {
		return os[:i], os[i:]
	}
	return os, ""
}

func (p platform) String() string {
	name := p.os
	if s := systems[p.os]; s.libc != p.libc {
		if name == "linux" {
			name = "linux-glibc"
		}
		name = fmt.Sprintf("%s%d.%d", name, p.libc[0], p.libc[1])
	}
	return name + "/" + p.arch
}

// get returns the target; that of the zero Target is [DefaultTarget]'s.
func (t Target) get() *target {
	if t.t == nil {
		return DefaultTarget().t
	}
	return t.t
}

// Python returns "3.11".
func (t Target) Python() string { return fmt.Sprintf("3.%d", t.get().minor) }

// PythonFull returns the version that Requires-Python is compared with: "3.11.14".
func (t Target) PythonFull() Version {
	return MustVersion(t.Env().PythonFullVersion)
}

// Platform returns "linux/amd64".
func (t Target) Platform() string { return t.get().platform.String() }

// String returns "Python 3.11, linux/amd64".
func (t Target) String() string { return "Python " + t.Python() + ", " + t.Platform() }

// Env returns the values of the environment markers. What nobody can know
// before the machine runs (the release of its kernel) is empty.
func (t Target) Env() Env {
	g := t.get()
	full := fmt.Sprintf("3.%d.%d", g.minor, g.patch)
	e := Env{
		ImplementationName: "cpython", ImplementationVersion: full,
		OSName: "posix", PlatformMachine: g.platform.machine(),
		PlatformPythonImplementation: "CPython",
		PythonFullVersion:            full, PythonVersion: t.Python(),
		PlatformSystem: "Linux", SysPlatform: "linux",
	}
	switch g.platform.os {
	case "macos":
		e.PlatformSystem, e.SysPlatform = "Darwin", "darwin"
	case "windows":
		e.OSName, e.PlatformSystem, e.SysPlatform, e.PlatformMachine = "nt", "Windows", "win32", "AMD64"
	}
	return e
}

// machine is what uname -m says.
func (p platform) machine() string {
	switch {
	case p.arch == "amd64":
		return "x86_64"
	case p.os == "macos":
		return "arm64"
	}
	return "aarch64"
}

// Tags returns the tags of the wheels that the target can install, the most
// wanted first, as "pip debug" lists them.
func (t Target) Tags() []Tag { return append([]Tag(nil), t.get().tags().list...) }

// Supports reports whether a wheel with the tag can be installed.
func (t Target) Supports(tag Tag) bool {
	_, ok := t.get().tags().rank[tag]
	return ok
}

// Rank returns the place of the wheel's best tag in [Target.Tags]: the lower,
// the more wanted. ok is false if the target cannot install it.
func (t Target) Rank(w WheelName) (rank int, ok bool) {
	return t.RankTags(strings.Join(w.Python, ".") + "-" + strings.Join(w.ABI, ".") + "-" + strings.Join(w.Platform, "."))
}

// RankTags is [Target.Rank] for the tags at the end of a wheel's name, as
// [CutTags] returns them: "py2.py3-none-any".
func (t Target) RankTags(tags string) (rank int, ok bool) {
	table := t.get().tags()
	rank = len(table.list)
	pythons, rest, _ := strings.Cut(tags, "-")
	abis, platforms, _ := strings.Cut(rest, "-")
	for py := range strings.SplitSeq(pythons, ".") {
		for abi := range strings.SplitSeq(abis, ".") {
			for plat := range strings.SplitSeq(platforms, ".") {
				if r, found := table.rank[Tag{py, abi, plat}]; found {
					rank, ok = min(rank, r), true
				}
			}
		}
	}
	return rank, ok
}
