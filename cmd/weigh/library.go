package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/store"
)

func (a *app) listCommand() *cobra.Command {
	var history string
	c := &cobra.Command{
		Use:   "list",
		Short: "What is saved in the library",
		Long: `Lists the saved builds, the latest first. With --history those of one reference,
the oldest first, each with what changed since the one before it. The desktop app
has the same library.`,
		Example: "  weigh list\n  weigh list --history registry.corp/acme/api:latest\n  weigh list --library team.db --json",
		Args:    takes(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			j := report.ListJSON{Schema: "weighline/list@1", Builds: []report.SavedJSON{}}
			err := a.withLibrary(c.Context(), func(lib *store.Store) error {
				list := lib.List
				if history != "" {
					list = func(ctx context.Context) ([]store.Build, error) { return lib.History(ctx, history) }
				}
				builds, err := list(c.Context())
				for _, b := range builds {
					j.Builds = append(j.Builds, savedJSON(b))
				}
				j.Library = lib.Path()
				return err
			})
			if err != nil {
				return err
			}
			return a.print(func() any { return j }, func(w io.Writer, width int) error {
				if history != "" {
					return report.WriteHistory(w, j, width)
				}
				return report.WriteList(w, j, width)
			})
		},
	}
	c.Flags().StringVar(&history, "history", "", "the saved builds of one `reference`, as it was named when they were saved, with their trend")
	return c
}

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "A saved build as it was, without looking at its sources",
		Example:           "  weigh show \"without torch\"\n  weigh show \"without torch\" --json",
		Args:              takes(1, 1, "the name of one saved build"),
		ValidArgsFunction: a.completeSaved,
		RunE: func(c *cobra.Command, args []string) error {
			b, p, saved, err := a.openSaved(c.Context(), args[0])
			if err != nil {
				return err
			}
			v := a.preview(b, p)
			j := savedJSON(saved)
			if err := a.print(func() any { return report.Plan(b, v, &j, nil) }, func(w io.Writer, width int) error {
				report.WriteSaved(w, j)
				if b.Deps != nil {
					if err := report.WriteDeps(w, b, v.Removal, width, 0); err != nil {
						return err
					}
				}
				if b.Image != nil {
					if err := report.WriteImage(w, b, width, false); err != nil {
						return err
					}
				}
				fmt.Fprintln(w)
				return report.WritePreview(w, b, v, width, 0)
			}); err != nil {
				return err
			}
			return a.finish(b, nil)
		},
	}
}

func (a *app) deleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "delete NAME",
		Short:             "Take a saved build out of the library",
		Example:           "  weigh delete \"without torch\"",
		Args:              takes(1, 1, "the name of one saved build"),
		ValidArgsFunction: a.completeSaved,
		RunE: func(c *cobra.Command, args []string) error {
			err := a.withLibrary(c.Context(), func(lib *store.Store) error {
				builds, err := lib.List(c.Context())
				if err != nil {
					return err
				}
				i := slices.IndexFunc(builds, func(b store.Build) bool { return b.Name == args[0] })
				if i < 0 {
					return noSaved(args[0])
				}
				return lib.Delete(c.Context(), builds[i].ID)
			})
			if err != nil {
				return err
			}
			done := struct {
				Schema  string `json:"schema"`
				Deleted string `json:"deleted"`
			}{"weighline/delete@1", args[0]}
			return a.print(func() any { return done }, func(w io.Writer, _ int) error {
				_, err := fmt.Fprintf(w, "Deleted %s.\n", oneLine(args[0]))
				return err
			})
		},
	}
}

func noSaved(name string) error {
	return &hintedError{name + ": no saved build has that name", "weigh list shows what is saved"}
}

// openSaved reads a saved build with its plan.
func (a *app) openSaved(ctx context.Context, name string) (b *analysis.Build, p plan.Plan, saved store.Build, err error) {
	err = a.withLibrary(ctx, func(lib *store.Store) error {
		if saved, err = lib.Get(ctx, name); errors.Is(err, store.ErrNotFound) {
			return noSaved(name)
		} else if err != nil {
			return err
		}
		if b, p, err = saved.Unpack(ctx, lib); err == nil && b.Graph() == nil {
			err = fmt.Errorf("%s: no layer of its image was read", name)
		}
		return err
	})
	return b, p, saved, err
}

// savedNames returns the names of the saved builds.
func (a *app) savedNames(ctx context.Context) (names []string, err error) {
	err = a.withLibrary(ctx, func(lib *store.Store) error {
		builds, err := lib.List(ctx)
		for _, b := range builds {
			names = append(names, b.Name)
		}
		return err
	})
	return names, err
}

// isSaved reports whether source is the name of a saved build rather than of
// something on disk. A library that is not there is not made for the question.
func (a *app) isSaved(ctx context.Context, source string) bool {
	if _, err := os.Stat(source); err == nil {
		return false
	}
	path, err := a.libraryPath()
	if err != nil {
		return false
	}
	if _, err := os.Stat(path); err != nil {
		return false
	}
	names, err := a.savedNames(ctx)
	return err == nil && slices.Contains(names, source)
}

// completeSaved completes the names of saved builds.
func (a *app) completeSaved(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, _ := a.savedNames(context.Background()) // a shell that completes shows no errors
	return names, cobra.ShellCompDirectiveNoFileComp
}

// nameIsFree returns an error if a saved build has the name, before the work is
// done that is to be saved.
func (a *app) nameIsFree(ctx context.Context, name string) error {
	names, err := a.savedNames(ctx)
	if err == nil && slices.Contains(names, name) {
		err = &hintedError{"--save " + name + ": another saved build has that name", "choose another name, or weigh delete it first"}
	}
	return err
}

// save keeps a build with its plan under x.Name.
func (a *app) save(ctx context.Context, x store.Build, b *analysis.Build, v plan.Preview) error {
	packed, err := store.Pack(b, v)
	if err != nil {
		return err
	}
	packed.Name, packed.Notes, packed.Reference = x.Name, x.Notes, x.Reference
	if err := a.withLibrary(ctx, func(lib *store.Store) error {
		_, err := lib.Save(ctx, packed)
		return err
	}); err != nil {
		return err
	}
	if !a.quiet {
		fmt.Fprintf(a.err, "Saved as %s.\n", oneLine(x.Name))
	}
	return nil
}

func savedJSON(b store.Build) report.SavedJSON {
	s := b.Summary
	amount := func(n int64, estimated bool) bytesize.Amount {
		switch {
		case n < 0:
			return bytesize.Amount{}
		case estimated:
			return bytesize.About(n)
		}
		return bytesize.Of(n)
	}
	j := report.SavedJSON{
		Name: b.Name, Notes: b.Notes, Reference: b.Reference, Digest: b.Digest, Created: b.Created, Updated: b.Updated,
		Dropped: []string{}, Layers: s.Layers,
		Packages: report.CountJSON{Before: s.Packages, After: s.PackagesAfter},
		Download: report.BeforeJSON{Before: amount(s.Download, false), After: amount(s.DownloadAfter, s.EstimatedDownload)},
		Unpacked: report.BeforeJSON{Before: amount(s.Unpacked, s.EstimatedUnpack), After: amount(s.UnpackedAfter, s.EstimatedUnpack)},
	}
	j.Download.Unknown.Before, j.Unpacked.Unknown.Before = s.UnknownSizes, s.UnknownUnpacked
	if p, err := plan.Decode(b.Plan); err == nil {
		for _, n := range p.Drop {
			j.Dropped = append(j.Dropped, string(n))
		}
	}
	return j
}
