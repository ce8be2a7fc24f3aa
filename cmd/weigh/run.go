package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weighline/analysis"
	"weighline/analysis/layer"
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

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// A hintedError says what the user could do about it.
type hintedError struct{ text, hint string }

func (e *hintedError) Error() string { return e.text }

// app is one run of weigh: where it reads and prints, and the flags that every
// command has.
type app struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	quiet    bool
	library  string
	progress *progress
	started  bool // the command line was understood
	atEnd    []func()
}

// run executes one command line and returns the exit code. It is the whole
// program: main only gives it the process's arguments and streams.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut}
	defer func() {
		for _, do := range a.atEnd {
			do()
		}
	}()
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	c, err := root.ExecuteContextC(ctx)
	a.progress.clear()
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errCheckFailed):
		return exitCheckFailed
	case ctx.Err() != nil:
		fmt.Fprintln(errOut, interrupted)
		return exitInterrupted
	case !a.started:
		err = a.misused(c, args, err)
	}
	a.report(err)
	return exitError
}

const interrupted = "weigh: interrupted"

// misused adds what was probably meant to an error of the command line.
func (a *app) misused(c *cobra.Command, args []string, err error) error {
	if c.HasSubCommands() && len(args) > 0 {
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			return &hintedError{err.Error(), "did you mean weigh " + near[0] + "?"}
		}
	}
	if c.HasParent() {
		return &hintedError{c.Name() + ": " + err.Error(), c.CommandPath() + " --help shows how it is used"}
	}
	return usageError{err}
}

// report prints what went wrong in one line, and a hint where there is one.
func (a *app) report(err error) {
	fmt.Fprintf(a.err, "weigh: %s\n", oneLine(explain(err)))
	if h := hint(err); h != "" {
		fmt.Fprintf(a.err, "hint: %s\n", oneLine(h))
	}
}

// explain is [analysis.Explain], but for the library: what of it could not be
// done is not lost.
func explain(err error) string {
	var library *store.Error
	if all := analysis.Flatten(err); len(all) == 1 && errors.As(err, &library) {
		return library.Error()
	}
	return analysis.Explain(err)
}

// hint returns what the user could do about err, or "".
func hint(err error) string {
	var (
		hinted  *hintedError
		usage   usageError
		library *store.Error
	)
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &usage):
		return "weigh --help lists the commands, weigh COMMAND --help their flags"
	case errors.As(err, &library):
		return library.Hint()
	}
	return analysis.Hint(err)
}

// oneLine keeps a message from a file or a server on one line and harmless.
func oneLine(s string) string {
	return layer.Printable(strings.Join(strings.Fields(s), " "))
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "weigh",
		Short: "Weigh what a build carries, and see it lighter before you build it",
		Long: `weigh tells what each package and each layer of a Python build weighs, why it is
there, and what would go with it. Nothing is uploaded, and Docker is not needed.

Exit codes: 0 done, 1 done and a check failed, 2 could not be done, 130 interrupted.`,
		Example: `  weigh sample
  weigh deps requirements.txt
  weigh image python:3.12-slim
  weigh image app.tar --json
  weigh plan requirements.txt --drop librosa --drop openai-whisper
  weigh compare app-1.0.tar app-1.1.tar
  weigh check app.tar --budget 500MB --against baseline.json --max-growth 5%`,
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, SuggestionsMinimumDistance: 2,
		Version:          version,
		PersistentPreRun: func(*cobra.Command, []string) { a.started = true },
	}
	root.SetVersionTemplate("weigh {{.Version}}\n")
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print one JSON object on standard output and nothing else there")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "no progress and no warnings on standard error")
	f.StringVar(&a.library, "library", "", "library `file` of saved builds (default: $WEIGHLINE_LIBRARY, or one in the user's data folder)")
	root.AddCommand(a.depsCommand(), a.imageCommand(), a.insightsCommand(), a.planCommand(), a.exportCommand(), a.slimCommand(), a.compareCommand(), a.checkCommand(),
		a.listCommand(), a.showCommand(), a.deleteCommand(), a.libraryCommand(), a.sampleCommand(), a.manCommand(), a.versionCommand())
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { fmt.Fprint(a.out, helpText(c, a.width())) })
	root.SetHelpCommand(a.helpCommand())
	completion(root)
	return root
}

// completion adds cobra's completions, and refuses a shell that it does not know.
func completion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	c, _, err := root.Find([]string{"completion"})
	if err != nil || c == root {
		return
	}
	c.Use = "completion SHELL"
	c.Long = "Prints what makes a shell complete commands, flags, files and names of packages.\nHow to load it is told by the help of each shell, such as weigh completion zsh --help."
	c.Short = "Completions for bash, zsh, fish and PowerShell"
	c.Example = "  source <(weigh completion bash)\n  weigh completion zsh > \"${fpath[1]}/_weigh\"\n  weigh completion fish > ~/.config/fish/completions/weigh.fish\n  weigh completion powershell | Out-String | Invoke-Expression"
	c.RunE = func(*cobra.Command, []string) error {
		return usagef("completion: name a shell: bash, zsh, fish or powershell")
	}
}
