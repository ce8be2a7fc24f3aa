package evidence

import (
	"slices"
	"strings"

	"weighline/analysis/pep"
)

// A plugin is a group of entry points that a package offers to others.
type plugin struct {
	pkg   pep.Name
	file  string
	line  int
	text  string
	group string
}

// EntryPoints takes in the entry_points.txt of package pkg: groups such as
// "flask.commands" or "pytest11" are looked up by the package that they are for,
// which loads them without naming anybody.
func (in *Installed) EntryPoints(pkg pep.Name, file, text string) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		group, ok := strings.CutPrefix(line, "[")
		group, closed := strings.CutSuffix(group, "]")
		if ok && closed && group != "console_scripts" && group != "gui_scripts" {
			in.plugins = append(in.plugins, plugin{pkg, file, n, shown([]byte(line)), group})
		}
	}
}

// plugged returns the packages that offer something to others as used by these.
func (in *Installed) plugged() []Use {
	var out []Use
	for _, p := range in.plugins {
		who := in.names.Owners(p.group)
		if p.group == "pytest11" && in.names.dists["pytest"] != nil {
			who = []pep.Name{"pytest"}
		}
		for _, by := range who {
			if !slices.Contains(who, p.pkg) {
				out = append(out, Use{Packages: []pep.Name{p.pkg}, By: by, File: p.file, Line: p.line, Text: p.text + ": a plug-in of " + string(by), Module: p.group, Kind: EntryPoint})
			}
		}
	}
	return out
}
