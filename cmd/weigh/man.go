package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"weighline/analysis/pyindex"
	"weighline/analysis/report"
)

// A manualPage is the page of one command, in the man(7) language.
type manualPage struct {
	Name string `json:"name"` // "weigh-check.1"
	Text string `json:"text"`
}

func (a *app) manCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "The manual page of weigh or of one of its commands",
		Long: `Prints a manual page, for man -l or to be installed. With --dir the pages of
all commands are written to a folder, such as /usr/local/share/man/man1.`,
		Example: `  weigh man check | man -l -
  weigh man --dir ~/.local/share/man/man1`,
		RunE: func(c *cobra.Command, args []string) error {
			of, err := commandNamed(c.Root(), args)
			if err != nil {
				return usagef("man: %w", err)
			}
			pages := []manualPage{manual(of)}
			if dir != "" {
				pages = manuals(c.Root())
				if err := writeManuals(dir, pages); err != nil {
					return err
				}
			}
			v := struct {
				Schema string       `json:"schema"`
				Pages  []manualPage `json:"pages"`
			}{"weighline/man@1", pages}
			return a.print(func() any { return v }, func(w io.Writer, _ int) error {
				text := pages[0].Text
				if dir != "" {
					text = fmt.Sprintf("Wrote %d pages to %s.\n", len(pages), oneLine(dir))
				}
				_, err := io.WriteString(w, text)
				return err
			})
		},
		ValidArgsFunction: completeCommand,
	}
	c.Flags().StringVar(&dir, "dir", "", "write the pages of all commands to `folder`")
	_ = c.MarkFlagDirname("dir")
	return c
}

func writeManuals(dir string, pages []manualPage) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range pages {
		if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(p.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// manuals returns the pages of a command and of all below it.
func manuals(c *cobra.Command) []manualPage {
	pages := []manualPage{manual(c)}
	for _, s := range c.Commands() {
		if s.IsAvailableCommand() {
			pages = append(pages, manuals(s)...)
		}
	}
	return pages
}

// manual makes the page of a command from its help.
func manual(c *cobra.Command) manualPage {
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	r := &roff{}
	r.line(".TH %s 1 %s %q Weighline", strings.ToUpper(name), builtOn(), "Weighline "+version)
	r.section("NAME")
	r.line(`%s \- %s`, roffText(name), roffText(c.Short))
	r.section("SYNOPSIS")
	r.line(".B %s", roffCode(c.CommandPath()))
	r.line("%s", roffCode(strings.TrimSpace(strings.TrimPrefix(c.UseLine(), c.CommandPath()))))
	r.section("DESCRIPTION")
	r.text(longText(c))
	r.flags("OPTIONS", c.LocalFlags())
	r.flags("OPTIONS OF ALL COMMANDS", c.InheritedFlags())
	r.section("EXIT STATUS")
	for _, x := range []struct{ code, text string }{
		{"0", "Done."}, {"1", "Done, and a check failed."}, {"2", "Could not be done: one line on standard error says what and why."}, {"130", "Interrupted."},
	} {
		r.line(".TP")
		r.line(".B %s", x.code)
		r.line("%s", x.text)
	}
	r.section("ENVIRONMENT")
	r.text("WEIGHLINE_LIBRARY names the library, if --library does not. NO_COLOR keeps colours off a terminal. COLUMNS is the width of tables where there is no terminal. " +
		"HTTPS_PROXY and NO_PROXY, DOCKER_CONFIG, DOCKER_HOST and CONTAINER_HOST mean what they mean to Docker and Podman.")
	if c.Example != "" {
		r.section("EXAMPLES")
		r.literal(strings.Split(c.Example, "\n"))
	}
	r.seeAlso(c)
	return manualPage{name + ".1", r.String()}
}

// builtOn returns the day of the commit that the program was made from, or that of
// its catalogue where nobody noted it.
func builtOn() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if day, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				return day.Format(time.DateOnly)
			}
		}
	}
	if catalogue, err := pyindex.Embedded(); err == nil {
		return catalogue.Date
	}
	return ""
}

// roff writes in the man(7) language.
type roff struct{ strings.Builder }

func (r *roff) line(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); text != "" {
		r.WriteString(text + "\n")
	}
}

func (r *roff) section(title string) { r.line(".SH %s", title) }

// text writes paragraphs, each sentence on a line of its own as roff wants it.
func (r *roff) text(text string) {
	for i, b := range blocks(text) {
		if b.literal {
			r.literal(b.lines)
			continue
		}
		if i > 0 {
			r.line(".PP")
		}
		r.prose(b.text())
	}
}

func (r *roff) prose(text string) {
	for sentence := range strings.SplitSeq(strings.ReplaceAll(text, ". ", ".\x00"), "\x00") {
		for _, line := range report.Wrap(sentence, 72) {
			r.line("%s", roffText(line))
		}
	}
}

func (r *roff) literal(lines []string) {
	r.line(".RS 2\n.nf")
	for _, l := range lines {
		r.line("%s", roffCode(strings.TrimPrefix(strings.ReplaceAll(l, "\t", "    "), "  ")))
	}
	r.line(".fi\n.RE")
}

func (r *roff) flags(title string, fs *pflag.FlagSet) {
	if !fs.HasAvailableFlags() {
		return
	}
	r.section(title)
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := flagName(f)
		value := ""
		if i := strings.LastIndex(name, " "); i >= 0 && !strings.HasPrefix(name[i+1:], "--") {
			name, value = name[:i], ` \fI`+roffCode(name[i+1:])+`\fR`
		}
		r.line(".TP\n\\fB%s\\fR%s", roffCode(name), value)
		r.prose(usage)
	})
}

func (r *roff) seeAlso(c *cobra.Command) {
	var names []string
	if c.HasParent() {
		names = append(names, c.Parent().CommandPath())
	}
	for _, s := range c.Commands() {
		if s.IsAvailableCommand() {
			names = append(names, s.CommandPath())
		}
	}
	if len(names) == 0 {
		return
	}
	r.section("SEE ALSO")
	slices.Sort(names)
	for i, n := range names {
		end := ","
		if i == len(names)-1 {
			end = ""
		}
		r.line(".BR %s (1)%s", roffCode(strings.ReplaceAll(n, " ", "-")), end)
	}
}

// roffText returns prose that roff prints as it stands: flags keep their hyphens.
func roffText(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "--", `\-\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// roffCode is for what somebody may copy: each hyphen is one.
func roffCode(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
