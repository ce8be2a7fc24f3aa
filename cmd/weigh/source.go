package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
	"weighline/store"
)

// sourceFlags say how sources are read. A command has those that fit it.
type sourceFlags struct {
	constraints       []string
	python, platform  string
	extras, groups    []string
	offline           bool
	index, extraIndex []string
	indexStrategy     string

	tag                string
	plainHTTP          []string
	ca                 string
	layersOnly, verify bool
	toc                bool
	code               string
	evidence           bool

	piped      map[string]piped  // sources that came through pipes, by what they are called now
	known      []*analysis.Build // read already
	cachedOnly bool              // read no layer that is not in the library
}

// addDeps adds the flags about requirements.
func (s *sourceFlags) addDeps(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVarP(&s.constraints, "constraint", "c", nil, "constraints `file`, as pip's -c; may be repeated")
	f.StringVar(&s.python, "python", "", "`version` of CPython to resolve for: "+strings.Join(pep.Pythons, ", ")+" (default 3.11)")
	f.StringArrayVar(&s.extras, "extra", nil, "`extra` of a project file that is wanted, too; may be repeated")
	f.StringArrayVar(&s.groups, "group", nil, "dependency `group` of a project file that is wanted, too; may be repeated")
	f.BoolVar(&s.offline, "offline", false, "ask no package index, whatever the other flags say: versions and sizes come from the catalogue in the program")
	f.StringArrayVar(&s.index, "index", nil, "`URL` of the package index to ask for versions and exact sizes, or \"settings\" for those that pip and uv are set to (default: the catalogue in the program)")
	f.StringArrayVar(&s.extraIndex, "extra-index", nil, "`URL` of one more package index; may be repeated")
	f.StringVar(&s.indexStrategy, "index-strategy", "", "`rule` for several indexes: best-match takes the highest version of all, as pip does, first-index asks the first that has a project for it alone, as uv does (default best-match; first-index with uv's settings)")
	s.addCA(c)
	_ = c.RegisterFlagCompletionFunc("index-strategy", cobra.FixedCompletions([]string{analysis.BestMatch, analysis.FirstIndex}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("python", cobra.FixedCompletions(pep.Pythons, cobra.ShellCompDirectiveNoFileComp))
}

// addImage adds the flags about images.
func (s *sourceFlags) addImage(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.tag, "tag", "", "`name` of one of several images in an archive or layout")
	f.StringArrayVar(&s.plainHTTP, "plain-http", nil, "registry `host` that may be asked without TLS; may be repeated")
	s.addCA(c)
	_ = c.RegisterFlagCompletionFunc("plain-http", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("tag", cobra.NoFileCompletions)
}

// addCA adds the flag for certificates, which registries and package indexes share.
func (s *sourceFlags) addCA(c *cobra.Command) {
	if c.Flags().Lookup("ca") == nil {
		c.Flags().StringVar(&s.ca, "ca", "", "PEM `file` with certificates to trust beside the system's")
	}
}

// addCode adds the flag about the user's own sources.
func (s *sourceFlags) addCode(c *cobra.Command) {
	c.Flags().StringVar(&s.code, "code", "", "`folder` of your own Python sources, to look in for what uses the packages")
	c.Flags().BoolVar(&s.evidence, "evidence", false, "look in the files of the image's packages, too, for what they use of each other, without --code (with it that is done anyway)")
	_ = c.MarkFlagDirname("code")
}

// platformOfBoth is the usage of --platform where a source may be requirements or an
// image.
const platformOfBoth = "`platform` to resolve for and to pick from an index, such as linux/arm64 (default linux/amd64 for requirements, linux on this computer's architecture for images)"

func (s *sourceFlags) addPlatform(c *cobra.Command, usage string) {
	c.Flags().StringVar(&s.platform, "platform", "", usage)
	_ = c.RegisterFlagCompletionFunc("platform", cobra.FixedCompletions(pep.Platforms, cobra.ShellCompDirectiveNoFileComp))
}

// check refuses what makes no sense for in before anything is opened.
func (s *sourceFlags) check(in analysis.Input) error {
	if in.Image == "" && (len(in.Files) == 0 || slices.Contains(in.Files, "")) {
		return usagef("the name of what is to be opened is empty")
	}
	if len(in.Files) == 0 && len(s.constraints)+len(s.extras)+len(s.groups)+len(s.index)+len(s.extraIndex) > 0 {
		return usagef("--constraint, --extra, --group and --index are about requirements, and %s is an image", in.Image)
	}
	return nil
}

// image returns how an image is opened.
func (s *sourceFlags) image() oci.Options {
	return oci.Options{Platform: s.platform, Tag: s.tag, PlainHTTP: s.plainHTTP, CAFile: s.ca}
}

// options returns how an analysis of in is to be made.
func (s *sourceFlags) options(a *app, in analysis.Input) (analysis.Options, error) {
	o := analysis.Options{
		Extras: s.extras, Groups: s.groups, Index: s.index, ExtraIndex: s.extraIndex, Offline: s.offline, IndexStrategy: s.indexStrategy, LayersOnly: s.layersOnly, Verify: s.verify, TOC: s.toc, Code: s.code, Evidence: s.evidence,

		Image: s.image(), Known: s.known, CachedOnly: s.cachedOnly,
		Progress: a.progress.step,
	}
	if len(in.Files) > 0 {
		var err error
		if o.Target, err = pep.ParseTarget(s.python, s.platform); err != nil {
			return o, usageError{err}
		}
	}
	return o, s.given(in, &o)
}

// load reads in. With an error it returns what could be read nevertheless.
func (a *app) load(ctx context.Context, in analysis.Input, s *sourceFlags) (b *analysis.Build, err error) {
	if err := s.check(in); err != nil {
		return nil, err
	}
	in.Constraints = append(in.Constraints, s.constraints...)
	a.showProgress()
	o, err := s.options(a, in)
	if err != nil {
		return nil, err
	}
	if in.Image != "" && !s.layersOnly {
		lib, err := a.openLibrary(ctx)
		if ctx.Err() != nil {
			if lib != nil {
				closeLibrary(lib)
			}
			return nil, ctx.Err()
		}
		if err != nil {
			a.warn("what is read of layers is not kept: " + explain(err))
		} else {
			defer closeLibrary(lib)
			o.Cache = lib
		}
	}
	b, err = analysis.Analyze(ctx, in, o)
	a.progress.clear()
	if b != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if b == nil || b.Graph() == nil && b.Image == nil {
		a.others(err)
		err = insteadOf(in, s, err)
	}
	return b, err
}

// libraryPath returns where the library of this run is.
func (a *app) libraryPath() (string, error) {
	if a.library != "" {
		return a.library, nil
	}
	return store.DefaultPath()
}

const anotherLibrary = "--library FILE or WEIGHLINE_LIBRARY names one"

// openLibrary opens the library of this run.
func (a *app) openLibrary(ctx context.Context) (*store.Store, error) {
	path, err := a.libraryPath()
	if err != nil {
		return nil, &hintedError{fmt.Sprintf("there is no place for the library: %v", err), anotherLibrary}
	}
	return store.Open(ctx, path)
}

// withLibrary opens the library for do.
func (a *app) withLibrary(ctx context.Context, do func(*store.Store) error) error {
	lib, err := a.openLibrary(ctx)
	if err != nil {
		return err
	}
	defer closeLibrary(lib)
	return do(lib)
}

// closeLibrary closes a library. What was saved is on disk before.
func closeLibrary(lib *store.Store) { _ = lib.Close() }
