package main

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines is an output that says when it holds a report.
type lines struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	said chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.buf.Write(p)
	if bytes.Contains(p, []byte(watchdogWord)) {
		l.said <- struct{}{}
	}
	return n, err
}

// TestWatchdog lets the watchdog look at a loop that is busy once.
func TestWatchdog(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	posts := make(chan func())
	out := &lines{said: make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		watch(ctx, 20*time.Millisecond, func(f func()) {
			select {
			case posts <- f:
			case <-ctx.Done():
			}
		}, out)
	}()
	(<-posts)() // at once
	f := <-posts
	<-time.After(60 * time.Millisecond)
	f()
	for reported := false; !reported; {
		select {
		case f := <-posts:
			f()
		case <-out.said:
			reported = true
		}
	}
	stop()
	<-ended
	if got := out.buf.String(); strings.Count(got, watchdogWord) < 1 || !strings.Contains(got, "busy for") {
		t.Errorf("the watchdog said %q", got)
	}
}
