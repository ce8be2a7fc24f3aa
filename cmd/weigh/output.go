package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/term"

	"weighline/analysis"
	"weighline/analysis/report"
)

// print writes a result to standard output: v as JSON if that was asked for,
// else the text that write makes.
func (a *app) print(v func() any, write func(w io.Writer, width int) error) error {
	out := bufio.NewWriter(a.out)
	var err error
	if a.json {
		err = encode(out, v())
	} else {
		err = write(out, a.width())
	}
	if err := errors.Join(err, out.Flush()); errors.Is(err, syscall.ENOSPC) {
		return &hintedError{"standard output: there is no space left where it goes", "free some space, or write it elsewhere"}
	} else if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// finish prints the warnings of a build that was shown, and returns err, which
// says what of it could not be read. Of several errors the first one is for the
// caller to print.
func (a *app) finish(b *analysis.Build, err error) error {
	if a.quiet {
		return err
	}
	_ = report.WriteWarnings(a.err, b) // nobody is left to be told
	a.others(err)
	return err
}

// maxOthers is how many errors are told beside the first.
const maxOthers = 20

// others warns of all errors joined in err but the first.
func (a *app) others(err error) {
	all := analysis.Explanations(err)
	for i := 1; i < len(all); i++ {
		if i > maxOthers {
			a.warn(fmt.Sprintf("and %d more", len(all)-i))
			return
		}
		a.warn(all[i])
	}
}

// warn prints a warning that is not part of a build.
func (a *app) warn(text string) {
	if !a.quiet {
		a.progress.clear()
		fmt.Fprintf(a.err, "warning: %s\n", oneLine(text))
	}
}

// width returns how many characters a line of standard output has; 0 if it may
// have any number, because it is no terminal. COLUMNS says so for what is none.
func (a *app) width() int {
	if f, ok := a.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return 0
}

// colour reports whether standard output shows colours: a terminal that does not
// say it is a dumb one, and nobody asked for none (no-color.org).
func (a *app) colour() report.Colour {
	f, ok := a.out.(*os.File)
	return report.Colour(ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

// showProgress makes the steps of a read visible from here on.
func (a *app) showProgress() {
	if !a.quiet && a.progress == nil {
		a.progress = newProgress(a.err)
	}
}
