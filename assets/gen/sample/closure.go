package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/analysis/pyindex"
	"weighline/analysis/reqfile"
)

// cpuIndex is where PyTorch offers its builds without CUDA.
const cpuIndex = "https://download.pytorch.org/whl/cpu"

// sizes are the downloads in bytes that the catalogue does not know.
var sizes = map[string]int64{
	// As the index offered it when the product's figures were taken.
	"torch-2.7.1+cpu-cp311-cp311-manylinux_2_28_x86_64.whl": 175_833_687,
	"pip-24.0-py3-none-any.whl":                             2_110_226,
	"setuptools-65.5.1-py3-none-any.whl":                    1_233_173,
	"wheel-0.45.1-py3-none-any.whl":                         72_494,
}

// A project is one distribution to be installed.
type project struct {
	release   pyindex.Release
	file      pyindex.File
	download  int64 // bytes of the real file
	unpacked  int64 // bytes of the real content, without compiled modules
	requested bool  // asked for by name, not by another distribution
}

// closure returns what pip installs for the requirements, sorted by name. All
// versions are pinned, by the requirements or the constraints, so nothing needs
// to be tried: the highest version that is allowed is the only one.
func closure(ctx context.Context, c *pyindex.Catalogue, requirements, constraints []byte) ([]project, error) {
	asked, err := reqfile.Parse(ctx, bytes.NewReader(requirements), "requirements.txt", reqfile.Options{})
	if err != nil {
		return nil, err
	}
	pins, err := reqfile.Parse(ctx, bytes.NewReader(constraints), "constraints.txt", reqfile.Options{})
	if err != nil {
		return nil, err
	}
	w := walk{catalogue: c, allowed: map[pep.Name]pep.Specifiers{}, found: map[pep.Name]*project{}, seen: map[string]bool{}}
	for _, r := range slices.Concat(pins.Requirements, asked.Requirements) {
		w.allowed[r.Name] = append(w.allowed[r.Name], r.Specifiers...)
	}
	for _, r := range asked.Requirements {
		if err := w.add(ctx, r.Requirement); err != nil {
			return nil, err
		}
		w.found[r.Name].requested = true
	}
	var out []project
	for _, p := range w.found {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b project) int { return cmp.Compare(a.release.Name, b.release.Name) })
	return out, nil
}

// A walk follows requirements from package to package.
type walk struct {
	catalogue *pyindex.Catalogue
	allowed   map[pep.Name]pep.Specifiers
	found     map[pep.Name]*project
	seen      map[string]bool // requirements followed, as texts
}

func (w *walk) add(ctx context.Context, r pep.Requirement) error {
	p := w.found[r.Name]
	if p == nil {
		var err error
		if p, err = w.choose(ctx, r.Name); err != nil {
			return err
		}
		w.found[r.Name] = p
	}
	key := fmt.Sprint(r.Name, r.Extras)
	if w.seen[key] {
		return nil
	}
	w.seen[key] = true
	m, err := w.catalogue.Metadata(ctx, &p.release, &p.file)
	if err != nil {
		return err
	}
	for _, next := range m.Requires {
		if next.Marker.Eval(pep.DefaultTarget().Env(), r.Extras...) {
			if err := w.add(ctx, next); err != nil {
				return fmt.Errorf("%s: %w", r.Name, err)
			}
		}
	}
	return nil
}

// choose returns the highest allowed version of a project and its best file.
func (w *walk) choose(ctx context.Context, name pep.Name) (*project, error) {
	releases, err := w.catalogue.Releases(ctx, name)
	if err != nil {
		return nil, err
	}
	var best *pyindex.Release
	for i := range releases {
		r := &releases[i]
		if !w.allowed[name].Contains(r.Version, false) || bestFile(r) == nil {
			continue
		}
		// Of two indexes with the same version, PyPI comes first.
		order := 1
		if best != nil {
			order = r.Version.Compare(best.Version)
		}
		if order > 0 || order == 0 && r.Index == pyindex.PyPI {
			best = r
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s: the catalogue has no version that %s allows", name, w.allowed[name])
	}
	return newProject(*best, *bestFile(best))
}

// bestFile returns the wheel that pip takes, or else the source distribution.
func bestFile(r *pyindex.Release) *pyindex.File {
	var best *pyindex.File
	bestRank := 0
	for i := range r.Files {
		f := &r.Files[i]
		n, err := pep.ParseWheelName(f.Filename)
		if err != nil {
			if best == nil && !f.IsWheel() && !f.LastResort {
				best, bestRank = f, 1<<30
			}
			continue
		}
		if rank, ok := pep.DefaultTarget().Rank(n); ok && (best == nil || rank < bestRank) {
			best, bestRank = f, rank
		}
	}
	return best
}

// newProject looks up what the file weighs. A source distribution, here
// openai-whisper's, is taken as a pure wheel of its size: that is what pip
// builds of it.
func newProject(r pyindex.Release, f pyindex.File) (*project, error) {
	p := &project{release: r, file: f, download: int64(f.Size.Size)}
	if f.Size.Basis == bytesize.Unknown {
		p.download = sizes[f.Filename]
	}
	if p.download == 0 {
		return nil, fmt.Errorf("%s: size unknown", f.Filename)
	}
	if !f.IsWheel() {
		f.Filename = fmt.Sprintf("%s-%s-py3-none-any.whl", strings.ReplaceAll(string(r.Name), "-", "_"), r.Version)
	}
	f.Size = bytesize.Of(p.download)
	unpacked, _ := pyindex.EstimateUnpacked(&f)
	p.unpacked, p.file = int64(unpacked.Size), f
	return p, nil
}

// pinned returns a project of the base image, which no catalogue needs to know.
func pinned(name, version string, requiresPython string) (project, error) {
	f := pyindex.File{Filename: fmt.Sprintf("%s-%s-py3-none-any.whl", name, version)}
	p, err := newProject(pyindex.Release{Name: pep.Normalize(name), Version: pep.MustVersion(version), RequiresPython: requiresPython}, f)
	if err != nil {
		return project{}, err
	}
	return *p, nil
}
