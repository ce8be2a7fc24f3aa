package oracletest

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
)

// ServeIndex serves a part of the snapshot ("pypi", "cpu", "cu128" or "all") as a
// package index on this machine until the test ends, and returns its address. python
// is the Python that does so; further flags are those of serve_snapshot.py.
func ServeIndex(t testing.TB, python, part string, flags ...string) string {
	t.Helper()
	args := append([]string{Path(t, "python/tools/serve_snapshot.py"), Path(t, "python/snapshot.json.gz"), "--index", part, "--sdist-as-wheel"}, flags...)
	server := exec.Command(python, args...)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%s did not say where it serves: %v", python, err)
	}
	return strings.TrimSpace(line)
}
