package depgraph

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/pep"
	"weighline/analysis/reqfile"
)

// uvConflict returns the name by which uv's conflict markers call an extra, a
// group or a project: "extra-14-whisperlivekit-cu129".
func uvConflict(kind string, project pep.Name, name string) string {
	s := fmt.Sprintf("%s-%d-%s", kind, len(project), project)
	if name != "" {
		s += "-" + string(pep.Normalize(name))
	}
	return s
}

// chosen returns what is activated from the beginning.
func (f *follower) chosen() map[string]bool {
	on := map[string]bool{}
	for _, r := range f.projects() {
		on[uvConflict("project", r.Name, "")] = true
		for _, x := range f.o.Extras {
			on[uvConflict("extra", r.Name, x)] = true
		}
		for _, g := range f.o.Groups {
			on[uvConflict("group", r.Name, g)] = true
		}
	}
	return on
}

// conflict returns an error if two things were asked for that exclude each other.
func (f *follower) conflict() error {
	for _, set := range f.lock.Conflicts {
		var both []string
		for _, c := range set {
			switch {
			case !slices.ContainsFunc(f.projects(), func(r reqfile.Root) bool { return r.Name == c.Package }):
			case sameName(f.o.Extras, c.Extra):
				both = append(both, "the extra "+c.Extra)
			case sameName(f.o.Groups, c.Group):
				both = append(both, "the group "+c.Group)
			}
		}
		if len(both) > 1 {
			return fmt.Errorf("%s exclude each other in this lock: ask for one of them", strings.Join(both, " and "))
		}
	}
	return nil
}

// wants reports whether a line of the project is among what was asked for.
func (f *follower) wants(r *reqfile.Requirement) bool {
	return r.Extra == "" && r.Group == "" || sameName(f.o.Extras, r.Extra) || sameName(f.o.Groups, r.Group)
}

// project follows a project that is a package of the lock, and takes what it
// asks for as roots.
func (f *follower) project(r reqfile.Root) {
	p := &f.lock.Packages[r.Package]
	extras := slices.Clone(f.o.Extras)
	for at := -1; at < len(extras); at++ { // extras may ask for others of the project
		deps := p.Dependencies
		if at >= 0 {
			deps = optional(p.OptionalDeps, extras[at])
		}
		extras = f.fromRoot(r, deps, extras)
	}
	for _, g := range f.o.Groups {
		extras = f.fromRoot(r, optional(p.DevDeps, g), extras)
	}
	for i := range r.Requirements {
		q := &r.Requirements[i]
		if q.Name == p.Name || !f.wants(q) && !sameName(extras, q.Extra) {
			continue
		}
		f.line(q, extras)
	}
	// A project whose metadata is dynamic has edges without lines. The queue is
	// not worked off yet: what is there, a project asked for.
	for _, pkg := range f.packages {
		name := f.lock.Packages[pkg].Name
		if !f.asked[name] {
			f.asked[name] = true
			f.roots = append(f.roots, Root{Requirement: pep.Requirement{Name: name, RawName: string(name)}})
		}
	}
}

// fromRoot follows edges of a project. It returns the project's extras that are
// wanted, with those that the edges ask for.
func (f *follower) fromRoot(r reqfile.Root, deps []reqfile.LockDep, extras []string) []string {
	for i := range deps {
		d := &deps[i]
		if !f.holds(d.Marker, "", d.Name, d.Extras) {
			continue
		}
		if d.Name != r.Name {
			f.follow(fromProject, d)
			continue
		}
		for _, x := range d.Extras {
			if !sameName(extras, x) {
				extras = append(extras, x)
				f.next[uvConflict("extra", r.Name, x)] = true
			}
		}
	}
	return extras
}

// line makes a line of the project a root, or counts it among the skipped ones
// if its marker does not hold or the lock has nothing for it.
func (f *follower) line(q *reqfile.Requirement, extras []string) {
	root := Root{Requirement: q.Requirement, File: q.File, Line: q.Line}
	if !q.Marker.Eval(f.env, extras...) {
		f.skipped = append(f.skipped, root)
		return
	}
	f.asked[q.Name] = true
	f.roots = append(f.roots, root)
}

// listed takes roots that are lines only, of a project file or a script.
func (f *follower) listed(r reqfile.Root) {
	extras := f.wantedExtras(r)
	for i := range r.Requirements {
		q := &r.Requirements[i]
		if q.Name == "" || q.Name == r.Name || !f.wants(q) && !sameName(extras, q.Extra) {
			continue
		}
		if q.Marker.Eval(f.env, extras...) {
			d := reqfile.LockDep{Name: q.Name, Extras: q.Extras, Specifiers: q.Specifiers}
			if _, ok := f.pick(&d); !ok && len(f.byName[q.Name]) == 0 {
				f.outdated(q, "", fmt.Sprintf("%s is asked for and not in the lock", q.Name))
			}
			f.follow(fromProject, &d)
		}
		f.line(q, extras)
	}
}

// wantedExtras returns the extras of a project that were asked for, with those
// that they bring by naming the project itself: all = ["project[a,b]"].
func (f *follower) wantedExtras(r reqfile.Root) []string {
	extras := slices.Clone(f.o.Extras)
	for at := 0; at < len(extras); at++ {
		for i := range r.Requirements {
			if q := &r.Requirements[i]; q.Name == r.Name && r.Name != "" && sameName(extras[at:at+1], q.Extra) {
				for _, x := range q.Extras {
					if !sameName(extras, x) {
						extras = append(extras, x)
					}
				}
			}
		}
	}
	return extras
}
