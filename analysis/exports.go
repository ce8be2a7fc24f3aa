package analysis

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis/plan"
	"weighline/analysis/reqfile"
)

// Exports names the files that a preview is written to; what is "" is not
// written.
type Exports struct {
	Requirements string   // the slim requirements, with the files that they include beside them
	Flatten      bool     // what they include stands in their place, but for constraints
	Dev          string   // what the plan moves to a file for development
	Constraints  string   // the versions of the preview (pip install --constraint)
	Dockerfile   string   // of the strategy; one for its base beside it if it has one
	Strategy     string   // by name; the plan's if it is ""
	Plan         string   // the plan as JSON
	More         []Output // made elsewhere, such as a report
}

// An Exported is what was written.
type Exported struct {
	Written []string
	Notes   []string // what the user should know, one sentence each
	// Kept are the versions of the preview that the slim requirements would leave
	// open, as a line that pinned them is gone, and KeptBy is the constraints file
	// that holds them, "" where they are lines.
	Kept   []reqfile.Pin
	KeptBy string
}

// Export writes files of v, which is a preview of b. Either all files are written
// whole or none is; existing ones only with overwrite, unless it is an included
// one that stays as it is, else the error is an [*ExistsError]. Files that were
// read for the build and that the user did not name are never changed. The slim
// requirements are read and resolved again: an error tells if they are not what
// the preview promised; then Exported is there, too.
func (b *Build) Export(ctx context.Context, v plan.Preview, to Exports, overwrite bool) (*Exported, error) {
	x := &Exported{}
	list, err := b.targets(ctx, v, to, x)
	if err != nil {
		return nil, err
	}
	if x.Written, err = writeTargets(list, overwrite); err != nil {
		return nil, err
	}
	if to.Requirements == "" {
		return x, nil
	}
	notes, err := b.checkExport(ctx, v, tops(list))
	x.Notes = append(x.Notes, notes...)
	return x, err
}

// targets makes the files that are to be written.
func (b *Build) targets(ctx context.Context, v plan.Preview, to Exports, x *Exported) (list []target, err error) {
	add := func(path, text string) {
		list = append(list, target{OutFile: reqfile.OutFile{Data: []byte(text)}, path: filepath.Clean(path), main: true})
	}
	if to.Requirements != "" {
		if list, err = b.slimTargets(ctx, v, to, x); err != nil {
			return nil, err
		}
		if len(list) > 0 {
			x.Notes = append(x.Notes, list[0].Notes...)
		}
	}
	if to.Dev != "" {
		text, err := b.devFile(v, to)
		if err != nil {
			return nil, err
		}
		add(to.Dev, text)
	}
	if to.Constraints != "" {
		add(to.Constraints, constraints(v, x))
	}
	if to.Plan != "" {
		add(to.Plan, string(v.Plan.Encode())+"\n")
	}
	if to.Dockerfile != "" {
		files, err := b.dockerfiles(ctx, v, to, list, x)
		if err != nil {
			return nil, err
		}
		list = append(list, files...)
	}
	return append(list, outputs(to.More)...), nil
}

// devFile returns the requirements that the plan moves to development.
func (b *Build) devFile(v plan.Preview, to Exports) (string, error) {
	if b.Deps == nil {
		return "", ErrNoRequirements
	}
	var out strings.Builder
	out.WriteString("# For development: what production does not install (by Weighline)\n")
	if to.Requirements != "" {
		if rel, err := filepath.Rel(filepath.Dir(to.Dev), to.Requirements); err == nil {
			fmt.Fprintf(&out, "-r %s\n", filepath.ToSlash(rel))
		}
	}
	n := 0
	for _, doc := range b.Deps.Docs {
		for _, r := range doc.Requirements {
			if v.Plan.MovesToDev(r.Key()) {
				out.WriteString(r.Written() + "\n")
				n++
			}
		}
	}
	if n == 0 {
		return "", fmt.Errorf("%s: the plan moves nothing to development", to.Dev)
	}
	return out.String(), nil
}

// constraints returns the versions of the preview as a constraints file.
func constraints(v plan.Preview, x *Exported) string {
	return "# The versions of the preview, for pip install --constraint (by Weighline)\n" + reqfile.Constraints(pins(v, x))
}

// pins returns the versions of the preview, and notes what has none.
func pins(v plan.Preview, x *Exported) (list []reqfile.Pin) {
	var unknown []string
	for name, version := range versions(v.Graph()) {
		if version == "" {
			unknown = append(unknown, string(name))
			continue
		}
		list = append(list, reqfile.Pin{Name: name, Version: version})
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		x.Notes = append(x.Notes, "nobody knows the version of "+strings.Join(unknown, ", ")+", so it is not pinned")
	}
	return list
}
