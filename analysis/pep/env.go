package pep

// An Env holds the values of the environment markers of PEP 508 for one target.
type Env struct {
	ImplementationName           string // "cpython"
	ImplementationVersion        string // "3.11.14"
	OSName                       string // "posix" or "nt"
	PlatformMachine              string // "x86_64", "aarch64", "arm64", "AMD64"
	PlatformPythonImplementation string // "CPython"
	PlatformRelease              string // "" when nobody knows
	PlatformSystem               string // "Linux", "Darwin" or "Windows"
	PlatformVersion              string // "" when nobody knows
	PythonFullVersion            string // "3.11.14"
	PythonVersion                string // "3.11"
	SysPlatform                  string // "linux", "darwin" or "win32"
}

// A variable is a word that a marker may compare.
type variable uint8

const (
	literal variable = iota
	implementationName
	implementationVersion
	osName
	platformMachine
	platformPythonImplementation
	platformRelease
	platformSystem
	platformVersion
	pythonFullVersion
	pythonVersion
	sysPlatform
	extra
	extras
	dependencyGroups
)

// variableNames are the words by variable; variables adds the old spellings.
var variableNames = [...]string{
	implementationName: "implementation_name", implementationVersion: "implementation_version",
	osName: "os_name", platformMachine: "platform_machine",
	platformPythonImplementation: "platform_python_implementation",
	platformRelease:              "platform_release", platformSystem: "platform_system",
	platformVersion: "platform_version", pythonFullVersion: "python_full_version",
	pythonVersion: "python_version", sysPlatform: "sys_platform",
	extra: "extra", extras: "extras", dependencyGroups: "dependency_groups",
}

var variables = func() map[string]variable {
	m := map[string]variable{
		"os.name": osName, "sys.platform": sysPlatform, "platform.version": platformVersion,
		"platform.machine":               platformMachine,
		"platform.python_implementation": platformPythonImplementation,
		"python_implementation":          platformPythonImplementation,
	}
	for v, name := range variableNames {
		if v := variable(v); v != literal {
			m[name] = v
		}
	}
	return m
}()

// isVersion reports whether the variable is compared as a version.
func (v variable) isVersion() bool {
	switch v {
	case implementationVersion, platformRelease, pythonFullVersion, pythonVersion:
		return true
	}
	return false
}

// get returns the value of a variable that does not depend on extras.
func (e *Env) get(v variable) string {
	switch v {
	case implementationName:
		return e.ImplementationName
	case implementationVersion:
		return e.ImplementationVersion
	case osName:
		return e.OSName
	case platformMachine:
		return e.PlatformMachine
	case platformPythonImplementation:
		return e.PlatformPythonImplementation
	case platformRelease:
		return e.PlatformRelease
	case platformSystem:
		return e.PlatformSystem
	case platformVersion:
		return e.PlatformVersion
	case pythonFullVersion:
		return e.PythonFullVersion
	case pythonVersion:
		return e.PythonVersion
	case sysPlatform:
		return e.SysPlatform
	}
	return ""
}
