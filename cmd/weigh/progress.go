package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"weighline/analysis"
	"weighline/analysis/bytesize"
)

// progress shows how far a read is on standard error: one line that is drawn
// over on a terminal that is not a dumb one, a plain line each ten seconds elsewhere.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	width    int
	every    time.Duration // between two lines
	last     time.Time
	drawn    bool
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, width: 80, every: 10 * time.Second, last: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.terminal, p.every = true, 100*time.Millisecond
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 20 {
			p.width = n
		}
	}
	return p
}

// step is called for each step of an analysis, from any goroutine.
func (p *progress) step(s analysis.Progress) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.last) >= p.every {
		p.last = now
		p.draw(s)
	}
}

func (p *progress) draw(s analysis.Progress) {
	text := s.What
	if s.Total > 0 {
		text += fmt.Sprintf(" %s of %s", bytesize.Size(s.Done), bytesize.Size(s.Total))
	} else if s.Done > 0 {
		text += " " + bytesize.Size(s.Done).String()
	}
	if !p.terminal {
		fmt.Fprintln(p.w, text)
		return
	}
	const bar = 24
	if s.Total > 0 && p.width > len(text)+bar+4 {
		n := int(min(bar, bar*s.Done/s.Total))
		text += " [" + strings.Repeat("=", n) + strings.Repeat(" ", bar-n) + "]"
	}
	if len(text) >= p.width {
		text = text[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", text)
	p.drawn = true
}

// clear removes the line, so that results begin on an empty one.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
