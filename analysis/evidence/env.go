package evidence

import (
	"regexp"
	"strconv"
	"strings"
)

// An Env is where packages run: it decides conditions such as
// "sys.platform == 'win32'".
type Env struct {
	Platform string // sys.platform: "linux", "darwin", "win32"
	Minor    int    // of Python 3
}

var (
	versionTest = regexp.MustCompile(`^sys\.version_info(?:\[:2\])? *(<=|>=|<|>) *\( *(\d+)(?: *, *(\d+))? *,? *\)$`)
	majorTest   = regexp.MustCompile(`^sys\.version_info(?:\[0\]|\.major) *(==|!=|<=|>=|<|>) *(\d+)$`)
	valueTest   = regexp.MustCompile(`^(sys\.platform|os\.name|platform\.system\(\)) *(==|!=) *['"](\w+)['"]$`)
	prefixTest  = regexp.MustCompile(`^sys\.platform\.startswith\(['"](\w+)['"]\)$`)
)

// eval decides a condition if it is about the version of Python or the
// platform, and about nothing else.
func (e *Env) eval(text string) cond {
	if m := versionTest.FindStringSubmatch(text); m != nil {
		major, _ := strconv.Atoi(m[2])
		minor, _ := strconv.Atoi(m[3]) // a version such as (3, 11, 4) is greater than (3, 11), and than (3,)
		older := major > 3 || major == 3 && m[3] != "" && e.Minor < minor
		return truth(older == (m[1] == "<" || m[1] == "<="))
	}
	if m := majorTest.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		return truth(map[string]bool{"==": n == 3, "!=": n != 3, "<": 3 < n, "<=": 3 <= n, ">": 3 > n, ">=": 3 >= n}[m[1]])
	}
	if m := prefixTest.FindStringSubmatch(text); m != nil {
		return truth(strings.HasPrefix(e.Platform, m[1]))
	}
	if m := valueTest.FindStringSubmatch(text); m != nil {
		return truth((e.value(m[1]) == m[3]) == (m[2] == "=="))
	}
	return sometimes
}

// value returns what Python has for a word about the platform.
func (e *Env) value(word string) string {
	windows := e.Platform == "win32"
	switch {
	case word == "sys.platform":
		return e.Platform
	case word == "os.name" && windows:
		return "nt"
	case word == "os.name":
		return "posix"
	case windows:
		return "Windows"
	case e.Platform == "darwin":
		return "Darwin"
	}
	return "Linux"
}

func truth(x bool) cond {
	if x {
		return always
	}
	return never
}
