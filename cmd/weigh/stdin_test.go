package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"weighline/analysis/oci/ocitest"
)

// TestPipeThatWaits interrupts the reading of a pipe into which nobody writes.
func TestPipeThatWaits(t *testing.T) {
	t.Setenv("WEIGHLINE_LIBRARY", filepath.Join(t.TempDir(), "weighline.db"))
	tempDir(t)
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"image", "-"}, in, &stdout, &stderr); code != exitInterrupted || stdout.Len() > 0 {
		t.Errorf("weigh image - = %d, %q, %q; want %d", code, stdout.String(), stderr.String(), exitInterrupted)
	}
	left(t)
}

// tempDir makes an empty folder the one for what is kept for a while.
func tempDir(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // of Windows
}

// left checks that nothing was left in the folder for what is kept for a while.
func left(t *testing.T) {
	t.Helper()
	files, err := os.ReadDir(os.TempDir())
	if err != nil || len(files) > 0 {
		t.Errorf("%v was left behind, %v", files, err)
	}
}

// TestPipesAreKept reads an archive from a pipe and leaves nothing; of what is no
// archive, and has no end, little is read.
func TestPipesAreKept(t *testing.T) {
	t.Setenv("WEIGHLINE_LIBRARY", filepath.Join(t.TempDir(), "weighline.db"))
	path := filepath.Join(t.TempDir(), "image.tar")
	if err := ocitest.Build(ocitest.Layer{CreatedBy: "COPY app", Entries: []ocitest.Entry{{Name: "app", Body: "x"}}}).WriteOCIArchive(path); err != nil {
		t.Fatal(err)
	}
	archive, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tempDir(t)
	test := func(in io.Reader, want int, text string, args ...string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, in, &stdout, &stderr); code != want || !bytes.Contains(append(stdout.Bytes(), stderr.Bytes()...), []byte(text)) {
			t.Errorf("weigh %q = %d, %q, %q; want %d and %q", args, code, stdout.String(), stderr.String(), want, text)
		}
		left(t)
	}
	test(bytes.NewReader(archive), exitDone, "COPY app", "image", "-")
	test(bytes.NewReader(archive[:len(archive)/2]), exitError, "standard input: ", "image", "-")
	for _, command := range []string{"deps", "image", "insights", "plan", "compare"} {
		zeros := &endless{}
		test(zeros, exitError, "standard input", command, "-")
		if zeros.read > 2*maxText {
			t.Errorf("weigh %s - read %d bytes of what is no archive", command, zeros.read)
		}
	}
}

// endless are zeros without end.
type endless struct{ read int }

func (z *endless) Read(p []byte) (int, error) {
	clear(p)
	z.read += len(p)
	return len(p), nil
}
