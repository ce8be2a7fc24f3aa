package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"weighline/analysis/bytesize"
	"weighline/analysis/report"
	"weighline/store"
)

func (a *app) libraryCommand() *cobra.Command {
	var limit string
	var shrink bool
	c := &cobra.Command{
		Use:   "library",
		Short: "What the library takes; its cache, and its way to another computer",
		Long: `Tells where the library is and what it takes: saved builds, and what was read of
layers, which is kept so that an image need not be read twice.`,
		Example: `  weigh library
  weigh library --cache-limit 2GB
  weigh library --shrink
  weigh library export team.db
  weigh library import team.db`,
		Args: takes(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			var size bytesize.Size
			if limit != "" {
				var err error
				if size, err = bytesize.Parse(limit); err != nil {
					return usagef("--cache-limit: %w", err)
				}
			}
			return a.withLibrary(c.Context(), func(lib *store.Store) error {
				if limit != "" {
					if err := lib.SetCacheLimit(c.Context(), int64(size)); err != nil {
						return err
					}
				}
				if shrink {
					if err := lib.Shrink(c.Context()); err != nil {
						return err
					}
				}
				st, err := lib.Stats(c.Context())
				if err != nil {
					return err
				}
				j := storeJSON(lib, st)
				return a.print(func() any { return j }, func(w io.Writer, width int) error {
					report.WriteLibrary(w, j, width)
					return nil
				})
			})
		},
	}
	c.Flags().StringVar(&limit, "cache-limit", "", "keep at most `size` of layers that no saved build needs, such as 2GB; 0 for none")
	c.Flags().BoolVar(&shrink, "shrink", false, "empty the cache and the bin, and give the room back to the disk")
	c.AddCommand(a.libraryExportCommand(), a.libraryImportCommand())
	return c
}

func storeJSON(lib *store.Store, st store.Stats) report.StoreJSON {
	j := report.StoreJSON{Schema: "weighline/library@1", Path: lib.Path(), ReadOnly: lib.ReadOnly(), Size: bytesize.Size(st.FileBytes)}
	j.Builds.Saved, j.Builds.Bin, j.Builds.Size = st.Builds, st.Deleted, bytesize.Size(st.BuildBytes)
	j.Cache.Layers, j.Cache.Size = st.Layers, bytesize.Size(st.LayerBytes)
	j.Cache.Needed, j.Cache.Limit = bytesize.Size(st.NeededBytes), bytesize.Size(st.CacheLimit)
	return j
}

func (a *app) libraryExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "export FILE",
		Short:   "Write the saved builds, with the layers that they need, to a new file",
		Example: "  weigh library export team.db\n  weigh show \"without torch\" --library team.db",
		Args:    takes(1, 1, "the name of one file"),
		RunE: func(c *cobra.Command, args []string) error {
			var st store.Stats
			err := a.withLibrary(c.Context(), func(lib *store.Store) error {
				if err := lib.Export(c.Context(), args[0]); err != nil {
					return err
				}
				var err error
				st, err = lib.Stats(c.Context())
				return err
			})
			if err != nil {
				return err
			}
			info, err := os.Stat(args[0])
			if err != nil {
				return err
			}
			done := struct {
				Schema string `json:"schema"`
				File   string `json:"file"`
				Builds int    `json:"builds"`
				Size   int64  `json:"size"`
			}{"weighline/library-export@1", args[0], st.Builds, info.Size()}
			return a.print(func() any { return done }, func(w io.Writer, _ int) error {
				_, err := fmt.Fprintf(w, "Wrote %s to %s, %s.\n", builds(done.Builds), oneLine(args[0]), bytesize.Size(done.Size))
				return err
			})
		},
	}
}

func (a *app) libraryImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Add the saved builds of another library to this one",
		Long: `Adds all saved builds of another library, or none. What is there already is left
out; a build whose name is taken gets a new one.`,
		Example: "  weigh library import team.db",
		Args:    takes(1, 1, "the name of one file"),
		RunE: func(c *cobra.Command, args []string) error {
			var got store.Imported
			err := a.withLibrary(c.Context(), func(lib *store.Store) (err error) {
				got, err = lib.Import(c.Context(), args[0])
				return err
			})
			if err != nil {
				return err
			}
			done := struct {
				Schema  string   `json:"schema"`
				Added   int      `json:"added"`
				Same    int      `json:"same"`
				Renamed []string `json:"renamed"`
				Layers  int      `json:"layers"`
			}{"weighline/library-import@1", got.Added, got.Same, append([]string{}, got.Renamed...), got.Layers}
			return a.print(func() any { return done }, func(w io.Writer, _ int) error {
				fmt.Fprintf(w, "Added %s.\n", builds(got.Added))
				if got.Same > 0 {
					fmt.Fprintf(w, "%d were there already.\n", got.Same)
				}
				for _, name := range got.Renamed {
					fmt.Fprintf(w, "Its name was taken: %s\n", oneLine(name))
				}
				return nil
			})
		},
	}
}

func builds(n int) string {
	if n == 1 {
		return "1 saved build"
	}
	return fmt.Sprintf("%d saved builds", n)
}
