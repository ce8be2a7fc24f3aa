package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/store"
)

// Exit codes, as the contract of weigh has them.
const (
	exitDone        = 0
	exitCheckFailed = 1 // done, and a limit is passed
	exitError       = 2 // could not be done
	exitInterrupted = 130
)

// A usageError is a command line that cannot be understood.
type usageError struct{ error }

// app is one run of weigh: where it reads and prints, and the flags that every
// command has.
type app struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	quiet    bool
	library  string
	progress *progress
}

// run executes one command line and returns the exit code. It is the whole
// program: main only gives it the process's arguments and streams.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	a.progress.clear()
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		fmt.Fprintln(errOut, "weigh: interrupted")
		return exitInterrupted
	}
	a.report(err)
	return exitError
}

// report prints what went wrong in one line, and a hint where there is one.
func (a *app) report(err error) {
	fmt.Fprintf(a.err, "weigh: %s\n", oneLine(analysis.Explain(err)))
	if h := hint(err); h != "" {
		fmt.Fprintf(a.err, "hint: %s\n", oneLine(h))
	}
}

// hint returns what the user could do about err, or "".
func hint(err error) string {
	var usage usageError
	var library *store.Error
	switch {
	case errors.As(err, &usage):
		return "weigh --help lists the commands, weigh COMMAND --help their flags"
	case errors.As(err, &library):
		return library.Hint()
	}
	return analysis.Hint(err)
}

// oneLine keeps a message from a file or a server on one line and free of
// control characters.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "weigh",
		Short: "Weigh what a build carries, and see it lighter before you build it",
		Long: `weigh tells what each package and each layer of a Python build weighs, why it is
there, and what would go with it. Nothing is uploaded, and Docker is not needed.`,
		Example: `  weigh deps requirements.txt
  weigh image python:3.12-slim
  weigh image app.tar --json
  weigh plan requirements.txt --drop librosa --drop openai-whisper
  weigh sample`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Version:           version,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetVersionTemplate("weigh {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print one JSON object on standard output and nothing else there")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "no progress and no warnings on standard error")
	f.StringVar(&a.library, "library", "", "library `file` of saved builds (default: $WEIGHLINE_LIBRARY, or the user's data folder)")
	root.AddCommand(a.depsCommand(), a.imageCommand(), a.planCommand(), a.exportCommand(), a.compareCommand(),
		a.listCommand(), a.showCommand(), a.deleteCommand(), a.sampleCommand())
	for _, c := range root.Commands() {
		args := c.Args
		c.Args = func(cmd *cobra.Command, given []string) error {
			if args == nil {
				return nil
			}
			if err := args(cmd, given); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	return root
}
