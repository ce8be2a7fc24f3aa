package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/fileclass"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
)

// planFlags are the toggles of a plan on the command line: one set for all
// commands that take a plan.
type planFlags struct {
	drop, swap, strip, dev []string
	squash                 bool
	file                   string
}

func (f *planFlags) add(c *cobra.Command) {
	x := c.Flags()
	x.StringArrayVar(&f.drop, "drop", nil, "drop the package called `name`; may be repeated")
	x.StringArrayVar(&f.swap, "swap", nil, "swap a package for a lighter variant by `name=variant`, such as torch=cpu; may be repeated")
	x.StringArrayVar(&f.strip, "strip", nil, "strip files of a `class` from packages: tests, bytecode, static or headers; may be repeated")
	x.StringArrayVar(&f.dev, "dev", nil, "move the root called `name` to a file for development; may be repeated")
	x.BoolVar(&f.squash, "squash", false, "write the image's layers without what later layers hide")
	x.StringVar(&f.file, "plan", "", "take the plan in a JSON `file`; the other flags come on top")
	_ = c.RegisterFlagCompletionFunc("drop", completeDrop)
	_ = c.RegisterFlagCompletionFunc("dev", completeDrop)
	_ = c.RegisterFlagCompletionFunc("swap", completeSwap)
	var classes []cobra.Completion
	for _, k := range fileclass.All {
		classes = append(classes, string(k))
	}
	_ = c.RegisterFlagCompletionFunc("strip", cobra.FixedCompletions(classes, cobra.ShellCompDirectiveNoFileComp))
	_ = c.MarkFlagFilename("plan", "json")
}

// given reports whether any flag asks for something.
func (f *planFlags) given() bool {
	return len(f.drop)+len(f.swap)+len(f.strip)+len(f.dev) > 0 || f.squash || f.file != ""
}

// plan puts the flags on top of p, for b. What b does not have is an error: it
// would count for nothing without a word.
func (f *planFlags) plan(a *app, b *analysis.Build, p plan.Plan) (plan.Plan, error) {
	if f.file != "" {
		read, err := a.readPlan(f.file, b)
		if err != nil {
			return p, err
		}
		if !p.Empty() {
			return p, usagef("--plan: the saved build has a plan already; give one of the two")
		}
		p = read
	}
	if err := f.contradiction(); err != nil {
		return p, err
	}
	steps := []struct {
		words []string
		do    func(word string) error
	}{
		{f.drop, func(word string) error {
			name, err := nameIn(b, "--drop", word)
			p = p.With(name, true)
			return err
		}},
		{f.swap, func(word string) (err error) {
			p, err = withSwap(b, p, word)
			return err
		}},
		{f.dev, func(word string) error {
			name, err := nameIn(b, "--dev", word)
			if i, ok := b.Graph().Index(name); err == nil && (!ok || !b.Graph().IsRoot(i) || b.Deps == nil) {
				return &hintedError{fmt.Sprintf("--dev %s: no line of requirements asks for it, so there is none to move", word), "weigh deps lists the roots; --drop takes any package out"}
			}
			p = p.WithDev(name, true)
			return err
		}},
		{f.strip, func(word string) error {
			class, err := plan.ParseClass(word)
			if err != nil {
				return usagef("--strip: %v", err)
			}
			p = p.WithStrip(class, true)
			return nil
		}},
	}
	for _, s := range steps {
		for _, text := range s.words {
			for word := range strings.SplitSeq(text, ",") {
				if err := s.do(strings.TrimSpace(word)); err != nil {
					return p, err
				}
			}
		}
	}
	if f.squash {
		if b.Image == nil {
			return p, usagef("--squash is about an image, and none was given")
		}
		p = p.WithSquash(true)
	}
	return p, nil
}

// contradiction says that two flags want different things of one package: none of
// them could win without a word.
func (f *planFlags) contradiction() error {
	said := map[pep.Name]string{} // the flag that names a package
	for _, x := range []struct {
		flag  string
		words []string
	}{{"--drop", f.drop}, {"--swap", f.swap}, {"--dev", f.dev}} {
		for word := range strings.SplitSeq(strings.Join(x.words, ","), ",") {
			text, _, _ := strings.Cut(word, "=")
			name := pep.Normalize(strings.TrimSpace(text))
			if other := said[name]; name != "" && other != "" && other != x.flag {
				return usagef("%s and %s both name %s: give one of the two", other, x.flag, name)
			}
			said[name] = x.flag
		}
	}
	return nil
}

// readPlan reads a plan from a file. What of it b does not have, or this program
// does not know, is told.
func (a *app) readPlan(path string, b *analysis.Build) (plan.Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return plan.Plan{}, err
	}
	p, err := plan.Decode(data)
	var unknown *plan.UnknownError
	switch {
	case errors.As(err, &unknown):
		a.warn(fmt.Sprintf("%s: %v; the rest of the plan is taken", path, err))
	case err != nil:
		return plan.Plan{}, &hintedError{fmt.Sprintf("%s: %v", path, err), `a plan is a JSON object such as {"drop": ["librosa"], "swap": {"torch": "cpu"}}; weigh export --plan-file writes one`}
	}
	for _, n := range p.Names() {
		if _, ok := b.Graph().Index(n); !ok {
			a.warn(fmt.Sprintf("%s: the plan names %s, which is not in the build", path, n))
		}
	}
	return p, nil
}

func withSwap(b *analysis.Build, p plan.Plan, word string) (plan.Plan, error) {
	text, variant, ok := strings.Cut(word, "=")
	if !ok || strings.TrimSpace(variant) == "" {
		return p, usagef("--swap %s: write --swap name=variant, such as torch=cpu", word)
	}
	name, err := nameIn(b, "--swap", text)
	if err != nil {
		return p, err
	}
	v, err := plan.FindVariant(name, variant)
	if err != nil {
		return p, &hintedError{"--swap " + err.Error(), "there are: " + strings.Join(swaps(b), ", ")}
	}
	return p.WithSwap(name, v.Variant), nil
}

// swaps returns what can be swapped, in b unless that is nil.
func swaps(b *analysis.Build) (list []string) {
	for _, v := range plan.AllVariants() {
		if b != nil {
			if _, ok := b.Graph().Index(v.Package); !ok {
				continue
			}
		}
		list = append(list, string(v.Package)+"="+v.Variant)
	}
	if len(list) == 0 && b != nil {
		return []string{"none for the packages of this build"}
	}
	return list
}

func completeSwap(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return swaps(nil), cobra.ShellCompDirectiveNoFileComp
}

// nameIn returns the name that text gives, which must be in b.
func nameIn(b *analysis.Build, flag, text string) (pep.Name, error) {
	name := pep.Normalize(strings.TrimSpace(text))
	if _, ok := b.Graph().Index(name); !ok {
		return name, noPackage(b, flag, text)
	}
	return name, nil
}

// preview puts p against b, and warns of what cannot be done.
func (a *app) preview(b *analysis.Build, p plan.Plan) plan.Preview {
	v, _ := analysis.Preview(b, p)
	for _, text := range v.Problems {
		a.warn(text)
	}
	return v
}
