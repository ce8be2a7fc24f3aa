package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdInterrupt runs weigh with an image in a registry that never answers, HANGS in the
// arguments, and presses Ctrl-C once weigh waits for it: it must end with exit code
// 130, a word on standard error and nothing on standard output.
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt weigh ARGS…")
	}
	asked := make(chan struct{})
	once := sync.OnceFunc(func() { close(asked) })
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once()
		<-r.Context().Done()
	}))
	defer s.Close()
	image := strings.TrimPrefix(s.URL, "http://") + "/acme/api:1"
	c := exec.Command(program(ts, args[0]))
	for _, a := range args[1:] {
		c.Args = append(c.Args, strings.ReplaceAll(a, "HANGS", image))
	}
	var out, errOut bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), &out, &errOut
	for _, name := range []string{"HOME", "PATH", "WEIGHLINE_LIBRARY"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(c.Start())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-asked:
		ts.Check(c.Process.Signal(os.Interrupt))
	case err := <-ended:
		ts.Fatalf("it ended before it asked the registry: %v: %s", err, errOut.String())
	}
	if code := exitCode(<-ended); code != exitInterrupted || out.Len() > 0 || !strings.HasSuffix(errOut.String(), interrupted+"\n") {
		ts.Fatalf("exit code %d, %q, %q; want %d and a word on standard error", code, out.String(), errOut.String(), exitInterrupted)
	}
}

// program finds a command on the PATH of the story.
func program(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	ts.Fatalf("%s is not on the PATH", name)
	return ""
}
