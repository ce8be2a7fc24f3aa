package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"weighline/analysis/oci/ocitest"
)

var update = flag.Bool("update", false, "rewrite the expected outputs of the stories")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"weigh": main})
}

// TestStories runs the stories in testdata: each is a command line or more and
// what it must print.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("WEIGHLINE_LIBRARY", filepath.Join(e.WorkDir, "library", "weighline.db"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("COLUMNS", "100")
			for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
				e.Setenv(name, "")
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"image":     cmdImage,
			"code":      cmdCode,
			"interrupt": cmdInterrupt,
			"half":      cmdHalf,
			"newer":     cmdNewer,
		},
	})
}

// cmdImage writes an image: image OUT TEXT, where OUT ends in .tar (as docker
// save writes it), .oci (an OCI archive) or in neither (an OCI layout), and TEXT
// is a file for ocitest.Parse.
func cmdImage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: image OUT TEXT")
	}
	img, err := ocitest.Parse(ts.ReadFile(args[1]))
	ts.Check(err)
	switch out := ts.MkAbs(args[0]); filepath.Ext(out) {
	case ".tar":
		ts.Check(img.WriteDockerArchive(out, ocitest.ArchiveOptions{Style: ocitest.Legacy}))
	case ".oci":
		ts.Check(img.WriteOCIArchive(out))
	default:
		ts.Check(img.WriteLayout(out))
	}
}

// cmdCode runs a command that must end with an exit code: code N COMMAND ARGS….
func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND ARGS…")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = fmt.Sprint(exitCode(err))
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// exitCode returns the exit code in the error of a command, -1 if there is none.
func exitCode(err error) int {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return e.ExitCode()
	}
	return -1
}

// cmdHalf cuts a file in half.
func cmdHalf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: half FILE")
	}
	path := ts.MkAbs(args[0])
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()/2))
}

// cmdNewer turns a library into one that a later version has made: its version
// stands in the bytes 60 to 63 ("The SQLite Database File Format", 1.3).
func cmdNewer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: newer FILE")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	defer f.Close()
	_, err = f.WriteAt([]byte{0, 0, 0, 99}, 60)
	ts.Check(err)
}
