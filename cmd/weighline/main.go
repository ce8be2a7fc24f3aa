// Weighline is the desktop app: it weighs what a Python build and its container
// image carry, and shows the build lighter before it is built.
//
//	weighline [--sample] [--saved NAME] [--library FILE] [-c FILE]… [SOURCE…]
//
// A SOURCE is a requirements or lock file, a folder with one, or an image.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"weighline/assets"
	"weighline/store"
	"weighline/ui"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	f := flag.NewFlagSet("weighline", flag.ContinueOnError)
	f.SetOutput(errOut)
	sample := f.Bool("sample", false, "open the sample")
	saved := f.String("saved", "", "open the saved build of that `name`")
	library := f.String("library", "", "the library `file` (default: $WEIGHLINE_LIBRARY, or the user's data folder)")
	var constraints []string
	f.Func("c", "a constraints `file`, as pip's -c; may be repeated", func(file string) error {
		constraints = append(constraints, "-c", file)
		return nil
	})
	show := f.Bool("version", false, "print the version")
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case *show:
		fmt.Fprintln(out, "weighline", version)
		return 0
	}
	lib, err := openLibrary(ctx, *library)
	if lib != nil {
		defer lib.Close()
	}
	cache, cacheErr := cacheDir()
	a := ui.NewApp(app.NewWithID("io.weighline.app"), assets.Icon, lib, err)
	if cacheErr == nil {
		a.KeepDrafts(filepath.Join(cache, "weighline", "drafts"))
	}
	w, err := firstWindow(a)
	if err != nil {
		fmt.Fprintln(errOut, "weighline:", err)
		return 1
	}
	switch {
	case *sample:
		w.OpenSample()
	case *saved != "":
		w.OpenSaved(*saved)
	case f.NArg() > 0:
		w.Open(append(f.Args(), constraints...)...)
	default:
		w.OpenLast()
	}
	if limit, err := time.ParseDuration(os.Getenv("WEIGHLINE_WATCHDOG")); err == nil {
		a.OnPainted = func(d time.Duration) { fmt.Fprintln(errOut, paintedWord, d.Microseconds(), "µs") }
		go watch(ctx, limit, fyne.Do, errOut)
	}
	a.Run(ctx)
	return 0
}

// cacheDir returns the user's folder for caches, and makes it: Fyne makes its own
// within it only, and a new user has none.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// firstWindow opens a window, or says why there can be none: where no screen is
// Fyne panics.
func firstWindow(a *ui.App) (w *ui.Window, err error) {
	defer func() {
		if p := recover(); p != nil {
			if text := fmt.Sprint(p); !strings.Contains(text, "GLFW") {
				panic(p)
			}
			err = errors.New("no window can be opened: there is no screen, or it cannot be reached (DISPLAY, WAYLAND_DISPLAY); weigh does the same work without one")
		}
	}()
	return a.NewWindow(), nil
}

// openLibrary opens the library. Without one the app works, but saves nothing.
func openLibrary(ctx context.Context, path string) (*store.Store, error) {
	if path == "" {
		var err error
		if path, err = store.DefaultPath(); err != nil {
			return nil, err
		}
	}
	return store.Open(ctx, path)
}
