package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"strings"

	"golang.org/x/term"

	"weighline/analysis"
	"weighline/analysis/oci"
)

// stdinName is what results call that which came through standard input.
const stdinName = "standard input"

// maxText is how much is read of a pipe that brings no archive: more than any
// requirements file has, see [reqfile.Options].
const maxText = 32e6 + 1

// sniffed is how much of a pipe tells whether it brings an archive, in bytes.
const sniffed = 4096

// A piped source came through a pipe, and is kept until the run ends.
type piped struct {
	*io.SectionReader
	archive bool // else text, or nothing that is read
}

// isPipe reports whether a source on the command line is a pipe: standard input, or
// what a shell makes of <(command).
func isPipe(source string) bool {
	if source == "-" {
		return true
	}
	if source != "/dev/stdin" && !strings.HasPrefix(source, "/dev/fd/") && !strings.HasPrefix(source, "/proc/self/fd/") {
		return false
	}
	info, err := os.Stat(source)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// pipeName returns what a pipe is called where its lines are named.
func pipeName(source string) string {
	if source == "-" || source == "/dev/stdin" {
		return stdinName
	}
	return "pipe " + path.Base(source)
}

// takePipes reads the sources that are pipes, once, and puts the names that s knows
// them by in their place.
func (a *app) takePipes(ctx context.Context, s *sourceFlags, sources ...*string) error {
	for _, source := range sources {
		if !isPipe(*source) {
			continue
		}
		name, in := pipeName(*source), a.in
		if _, ok := s.piped[name]; ok {
			return usagef("%s can be read only once", name)
		}
		if name != stdinName {
			f, err := os.Open(*source)
			if err != nil {
				return err
			}
			defer f.Close()
			in = f
		}
		x, err := a.keep(ctx, name, in)
		if err != nil {
			return err
		}
		if s.piped == nil {
			s.piped = map[string]piped{}
		}
		s.piped[name], *source = x, name
	}
	return nil
}

// pointers returns where the strings of a list lie.
func pointers(list []string) (out []*string) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// keep reads in whole into a file without a name, because nothing can be found in an
// archive without going back. Of what is no archive it reads no more than [maxText].
func (a *app) keep(ctx context.Context, name string, in io.Reader) (piped, error) {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return piped{}, &hintedError{name + " is a terminal: nothing is piped into it", "docker save IMAGE | weigh image -"}
	}
	a.showProgress()
	spool, err := a.spool()
	if err != nil {
		return piped{}, err
	}
	var x piped
	copied := make(chan error, 1)
	go func() { // a pipe waits for no context
		r := bufio.NewReaderSize(in, 256<<10)
		head, err := r.Peek(sniffed)
		if err != nil && !errors.Is(err, io.EOF) {
			copied <- err
			return
		}
		var from io.Reader = r
		if x.archive = oci.IsArchive(head); !x.archive {
			from = io.LimitReader(r, maxText)
		}
		_, err = io.Copy(spool, &counting{from, 0, func(n int64) {
			a.progress.step(analysis.Progress{What: "Reading " + name, Done: n})
		}})
		copied <- err
	}()
	select {
	case <-ctx.Done():
		return piped{}, ctx.Err()
	case err := <-copied:
		if err != nil {
			return piped{}, fmt.Errorf("%s cannot be read: %w", name, err)
		}
	}
	size, err := spool.Seek(0, io.SeekEnd)
	if err == nil && size == 0 {
		return piped{}, &hintedError{name + " is empty", "the command before the pipe has written nothing"}
	}
	x.SectionReader = io.NewSectionReader(spool, 0, size)
	return x, err
}

// spool makes a file that is gone when the run ends, however it does where the
// system can take away the name of an open file.
func (a *app) spool() (*os.File, error) {
	f, err := os.CreateTemp("", "weighline-*")
	if err != nil {
		return nil, err
	}
	a.atEnd = append(a.atEnd, func() { f.Close(); os.Remove(f.Name()) }) //nolint:errcheck // nothing is lost with it
	if runtime.GOOS != "windows" {
		err = os.Remove(f.Name())
	}
	return f, err
}

// counting tells how much was read.
type counting struct {
	io.Reader
	n    int64
	told func(n int64)
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.told(c.n)
	return n, err
}

// classify is [analysis.Classify] for sources of which some may have been pipes.
func (s *sourceFlags) classify(sources []string) (in analysis.Input, err error) {
	var rest []string
	for _, source := range sources {
		if _, ok := s.piped[source]; !ok {
			rest = append(rest, source)
		}
	}
	if len(rest) > 0 {
		if in, err = analysis.Classify(rest); err != nil {
			return in, err
		}
	}
	for _, source := range sources {
		switch x, ok := s.piped[source]; {
		case !ok:
		case !x.archive:
			in.Files = append(in.Files, source)
		case in.Image != "":
			return in, &analysis.TwoImagesError{A: in.Image, B: source}
		default:
			in.Image = source
		}
	}
	return in, nil
}

// given puts what came through pipes, and in names, into the options of an analysis.
func (s *sourceFlags) given(in analysis.Input, o *analysis.Options) error {
	if x, ok := s.piped[in.Image]; ok {
		o.Image.Archives = map[string]*io.SectionReader{in.Image: x.SectionReader}
	}
	for _, name := range in.Files {
		x, ok := s.piped[name]
		if !ok {
			continue
		}
		most := x.Size()
		if x.archive {
			most = min(most, sniffed) // enough to say what it is
		}
		text, err := io.ReadAll(io.NewSectionReader(x, 0, most))
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", name, err)
		}
		if o.Given == nil {
			o.Given = map[string][]byte{}
		}
		o.Given[name] = text
	}
	return nil
}
