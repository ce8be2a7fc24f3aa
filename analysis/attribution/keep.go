package attribution

import "strings"

// Keep is the [layer.ReadOptions.Keep] of everything that this package and
// the ones after it look into. path is clean and begins with a slash.
func Keep(path string, size int64) bool {
	slash := strings.LastIndexByte(path, '/')
	if slash < 0 {
		return false
	}
	dir, base := path[:slash], path[slash+1:]
	switch {
	case strings.HasSuffix(dir, ".dist-info"):
		switch base {
		case "METADATA", "RECORD":
			return size <= maxList
		case "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "top_level.txt", "entry_points.txt":
			return size <= maxSmall
		}
	case strings.HasSuffix(dir, ".egg-info"):
		switch base {
		case "PKG-INFO", "installed-files.txt":
			return size <= maxList
		case "top_level.txt", "requires.txt", "entry_points.txt":
			return size <= maxSmall
		}
	case strings.HasSuffix(base, ".egg-info"):
		return size <= maxSmall
	case base == "package.json":
		return size <= maxSmall && nodePackage(dir)
	case base == "easy-install.pth":
		return size <= maxSmall
	case condaMeta(dir, base):
		return size <= maxList
	case strings.HasPrefix(path, dpkgDir):
		return path == dpkgDir+"/status" || path == dpkgDir+"/diversions" || dir == dpkgDir+"/status.d" ||
			dir == dpkgDir+"/info" && strings.HasSuffix(base, ".list")
	case base == "installed":
		return dir == "/lib/apk/db" || dir == "/usr/lib/apk/db"
	case base == "os-release":
		return dir == "/etc" || dir == "/usr/lib"
	case base == "Packages" || base == "Packages.db" || base == "rpmdb.sqlite":
		for _, d := range rpmDirs {
			if dir == d {
				return true
			}
		}
	}
	return false
}

// Files beyond these sizes are none of those that tools write: the largest
// lists that were seen have 3 MB. The databases of systems have no such limit
// but those of [layer.Limits].
const (
	maxSmall = 1 << 20
	maxList  = 16 << 20
)

// nodePackage reports whether a folder is one of node_modules: its parent is
// named so, or is a scope (@name) in one.
func nodePackage(dir string) bool {
	slash := strings.LastIndexByte(dir, '/')
	if slash < 0 || slash == len(dir)-1 || strings.Contains(dir[slash+1:], "@") {
		return false
	}
	dir = dir[:slash]
	if strings.HasSuffix(dir, "/node_modules") {
		return true
	}
	slash = strings.LastIndexByte(dir, '/')
	return slash >= 0 && len(dir) > slash+2 && dir[slash+1] == '@' && strings.HasSuffix(dir[:slash], "/node_modules")
}
