package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// watchdogWord begins each report of the watchdog.
const watchdogWord = "watchdog:"

// paintedWord begins each report of how long a toggle took to be painted.
const paintedWord = "painted:"

// watch reports when the goroutine of the windows is busy for longer than limit:
// for how long, and with what it was when the limit was reached. It is for tests
// and for whoever looks for what makes the app stutter: WEIGHLINE_WATCHDOG=50ms.
// post runs a function on that goroutine.
func watch(ctx context.Context, limit time.Duration, post func(func()), out io.Writer) {
	for ctx.Err() == nil {
		done := make(chan struct{})
		start := time.Now()
		go post(func() { close(done) }) // posting may itself wait until the window takes it
		stack := ""
		select {
		case <-done:
		case <-time.After(limit):
			stack = mainStack()
			select {
			case <-done:
			case <-ctx.Done():
				return
			}
		}
		if took := time.Since(start); stack != "" && took > limit {
			fmt.Fprintf(out, "%s the window's goroutine was busy for %d ms, with %s\n", watchdogWord, took.Milliseconds(), stack)
		}
		select {
		case <-ctx.Done():
		case <-time.After(limit / 5):
		}
	}
}

// maxCalls is how many calls of a stack a report names, the innermost first.
const maxCalls = 12

// mainStack is what goroutine 1 does, which runs the windows: the names of the
// calls, without those of every frame.
func mainStack() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	at := bytes.Index(buf, []byte("goroutine 1 "))
	if at < 0 {
		return "something unknown"
	}
	buf = buf[at:]
	if end := bytes.Index(buf, []byte("\n\n")); end >= 0 {
		buf = buf[:end]
	}
	var calls []string
	for line := range strings.Lines(string(buf)) {
		if strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "goroutine ") {
			continue
		}
		name := line[strings.LastIndex(line, "/")+1:]
		if at := strings.LastIndex(name, "("); at > 0 {
			name = name[:at]
		}
		if calls = append(calls, name); len(calls) == maxCalls {
			break
		}
	}
	return strings.Join(calls, " < ")
}
