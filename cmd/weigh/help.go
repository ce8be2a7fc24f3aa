package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"weighline/analysis/report"
)

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  weigh help check",
		RunE: func(c *cobra.Command, args []string) error {
			of, err := commandNamed(c.Root(), args)
			if err != nil {
				return usagef("help: %w", err)
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
		ValidArgsFunction: completeCommand,
	}
}

// commandNamed finds a command by the words that call it.
func commandNamed(root *cobra.Command, words []string) (*cobra.Command, error) {
	c, rest, err := root.Find(words)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("there is no command %q", oneLine(strings.Join(words, " ")))
	}
	return c, nil
}

func completeCommand(c *cobra.Command, args []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
	of, err := commandNamed(c.Root(), args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, s := range of.Commands() {
		if s.IsAvailableCommand() {
			names = append(names, cobra.CompletionWithDesc(s.Name(), s.Short))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// A block is a paragraph of a help text, or lines that stay as they are: those that
// are indented, such as lists and commands.
type block struct {
	literal bool
	lines   []string
}

// blocks takes a help text apart.
func blocks(text string) (out []block) {
	fresh := true
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			fresh = true
			continue
		}
		literal := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		if fresh || out[len(out)-1].literal != literal {
			out = append(out, block{literal: literal})
			fresh = false
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, strings.TrimRight(line, " "))
	}
	return out
}

func (b block) text() string { return strings.Join(b.lines, " ") }

// longText returns what a command says of itself.
func longText(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

// helpText returns the help of a command, in lines of at most width columns but for
// commands, which are for copying; 0 for any length.
func helpText(c *cobra.Command, width int) string {
	var b strings.Builder
	wasLiteral := true
	for i, x := range blocks(longText(c)) {
		if i > 0 && !x.literal || i > 0 && !wasLiteral && strings.HasSuffix(x.text(), ".") {
			b.WriteByte('\n')
		}
		wasLiteral = x.literal
		lines := x.lines
		if !x.literal && width > 0 {
			lines = report.Wrap(x.text(), width)
		}
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	usage := c.UseLine()
	if c.HasAvailableSubCommands() && !c.Runnable() {
		usage = c.CommandPath() + " COMMAND"
	}
	section(&b, "Usage", "  "+usage+"\n")
	section(&b, "Examples", c.Example+"\n")
	section(&b, "Commands", commandList(c, width))
	section(&b, "Flags", flagList(c.LocalFlags(), width))
	section(&b, "Flags of all commands", flagList(c.InheritedFlags(), width))
	if c.HasAvailableSubCommands() {
		word := "COMMAND"
		if _, own, ok := strings.Cut(c.Use, " "); ok {
			word = own
		}
		fmt.Fprintf(&b, "\n%s %s --help tells more of a %s.\n", c.CommandPath(), word, strings.ToLower(word))
	}
	return b.String()
}

func section(b *strings.Builder, title, text string) {
	if strings.TrimSpace(text) != "" {
		b.WriteString("\n" + title + ":\n" + text)
	}
}

func commandList(c *cobra.Command, width int) string {
	var b strings.Builder
	for _, s := range c.Commands() {
		if !s.IsAvailableCommand() {
			continue
		}
		first := fmt.Sprintf("  %-12s", s.Name())
		rest := strings.Repeat(" ", len(first))
		for _, line := range report.Wrap(s.Short, max(0, width-len(first))) {
			b.WriteString(first + line + "\n")
			first = rest
		}
	}
	return b.String()
}

// flagList returns flags beside what they do, beneath each other where the terminal
// is narrow.
func flagList(fs *pflag.FlagSet, width int) string {
	const narrow = 76
	if width == 0 || width >= narrow {
		return fs.FlagUsagesWrapped(width)
	}
	var b strings.Builder
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := flagName(f)
		b.WriteString("  " + name + "\n")
		for _, line := range report.Wrap(usage, width-6) {
			b.WriteString("      " + line + "\n")
		}
	})
	return b.String()
}

// flagName returns "-o, --output REF", and what the flag does.
func flagName(f *pflag.Flag) (name, usage string) {
	value, usage := pflag.UnquoteUsage(f)
	name = "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if value != "" {
		name += " " + value
	}
	switch f.DefValue {
	case "", "[]", "false", "0":
	default:
		usage += " (default " + f.DefValue + ")"
	}
	return name, usage
}

// takes checks how many arguments a command has, none of which may be a pipe; what
// says which.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if slices.ContainsFunc(args, isPipe) {
			return errors.New("standard input and pipes are not read here: write it to a file (docker save -o image.tar IMAGE), and name that")
		}
		return takesPipes(least, most, what)(c, args)
	}
}

// takesPipes checks how many arguments a command has; what says which.
func takesPipes(least, most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch n := len(args); {
		case n < least && n == 0:
			return fmt.Errorf("%s is wanted", what)
		case n < least:
			return fmt.Errorf("%s is wanted, and there is only %q", what, args)
		case most == 0 && n > 0:
			return fmt.Errorf("it takes no arguments, and there is %q", oneLine(args[0]))
		case most > 0 && n > most:
			return fmt.Errorf("%s is wanted, and there are %d", what, n)
		}
		return nil
	}
}
