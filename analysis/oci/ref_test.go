package oci

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
)

func TestParseRef(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("image.tar")
	write("requirements.txt")
	write("a@b.tar")
	write("redis/readme") // a folder called like an image
	if err := ocitest.Build().WriteLayout("layout"); err != nil {
		t.Fatal(err)
	}
	const digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123"

	test := func(in string, place Place, name, tag string) {
		t.Helper()
		got, err := ParseRef(in)
		if err != nil || got.Place != place || got.Name != name || got.Tag != tag {
			t.Errorf("ParseRef(%q) = %d %q %q, %v; want %d %q %q", in, got.Place, got.Name, got.Tag, err, place, name, tag)
		}
	}
	test("python:3.12-slim", InRegistry, "python:3.12-slim", "")
	test("ghcr.io/acme/api@"+digest, InRegistry, "ghcr.io/acme/api@"+digest, "")
	test("acme/api:1@"+digest, InRegistry, "acme/api:1@"+digest, "")
	test("localhost:5000/api", InRegistry, "localhost:5000/api", "")
	test("  docker pull python:3.12-slim\n", InRegistry, "python:3.12-slim", "")
	test("$ sudo docker image pull 'python:3'", InRegistry, "python:3", "")
	test("podman pull -q quay.io/a/b", InRegistry, "quay.io/a/b", "")
	bad := func(in string, code Code) {
		t.Helper()
		if got, err := ParseRef(in); CodeOf(err) != code {
			t.Errorf("ParseRef(%q) = %+v, %v; want the code %s", in, got, err, code)
		}
	}
	bad("docker run -p 80:80 python:3", BadReference) // too many options to guess
	test("docker://alpine", InRegistry, "alpine", "")
	test("redis", OnDisk, "redis", "") // Open says that the folder holds no image
	test("redis@1", OnDisk, "redis", "1")
	test("docker://redis", InRegistry, "redis", "")
	test("redis:7", InRegistry, "redis:7", "")
	test("redis@"+digest, InRegistry, "redis@"+digest, "")
	test("layout@"+digest, OnDisk, "layout", digest)
	test("./redis", OnDisk, "./redis", "")
	test("image.tar", OnDisk, "image.tar", "")
	test("image.tar@acme/api:1.4", OnDisk, "image.tar", "acme/api:1.4")
	test("a@b.tar", OnDisk, "a@b.tar", "")
	test("a@b.tar@1", OnDisk, "a@b.tar", "1")
	test("layout", OnDisk, "layout", "")
	test("layout@1", OnDisk, "layout", "1")
	test("oci:layout:1", OnDisk, "layout", "1")
	test("docker-archive:image.tar:acme/api:1.4", OnDisk, "image.tar", "acme/api:1.4")
	test("docker-archive:image.tar:@1", OnDisk, "image.tar", "@1")
	test("oci-archive:image.tar", OnDisk, "image.tar", "")
	test("requirements.txt", OnDisk, "requirements.txt", "") // Open says what it is
	test("docker:acme/api:1", InDocker, "acme/api:1", "")
	test("docker-daemon:api:1", InDocker, "api:1", "")
	test("podman:localhost/api", InPodman, "localhost/api", "")

	bad("", BadReference)
	bad("docker pull", BadReference)
	bad("docker:", BadReference)
	bad("UPPER/Case", BadReference)
	bad("https://ghcr.io/a/b", BadReference)
	bad(digest, BadReference)
	bad("a b c", BadReference)
	bad("nosuch.tar", NotFound)
	bad("./nosuch", NotFound)
	bad("oci:nosuch", NotFound)
	bad("containers-storage:x", Unsupported)

	if got, _ := ParseRef("docker pull --platform linux/arm64 -q alpine"); got.Platform != "linux/arm64" || got.Name != "alpine" {
		t.Errorf("a pasted --platform gives %+v", got)
	}
}

func TestPasswords(t *testing.T) {
	test := func(in, redacted, hint string) {
		t.Helper()
		if got := Redact(in); got != redacted {
			t.Errorf("Redact(%q) = %q, want %q", in, got, redacted)
		}
		ref, err := ParseRef(in)
		if redacted == in {
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Code != BadReference || !strings.Contains(e.Hint, hint) {
			t.Errorf("ParseRef(%q) = %v; want a refusal that says %q", in, err, hint)
		}
		if all := fmt.Sprintf("%+v %v %+v", ref, err, e); strings.Contains(all, "secret") {
			t.Errorf("ParseRef(%q) repeats the password: %s", in, all)
		}
	}
	const digest = "@sha256:0123456789012345678901234567890123456789012345678901234567890123"
	test("me:secret@ghcr.io/acme/api:1", "…@ghcr.io/acme/api:1", "docker login ghcr.io")
	test("docker://me:secret@ghcr.io/acme/api:1", "docker://…@ghcr.io/acme/api:1", "write ghcr.io/acme/api:1")
	test("https://me:secret@ghcr.io:5000/acme/api", "https://…@ghcr.io:5000/acme/api", "docker login ghcr.io:5000")
	test("docker pull me:secret@ghcr.io/acme/api", "docker pull …@ghcr.io/acme/api", "write ghcr.io/acme/api")
	test("docker pull 'me:secret@ghcr.io/acme/api'", "docker pull …@ghcr.io/acme/api'", "write ghcr.io/acme/api")
	test("me:secret/x@y@ghcr.io/acme/api"+digest, "…@ghcr.io/acme/api"+digest, "write ghcr.io")
	for _, s := range []string{"acme/api:1" + digest, "python:3" + digest, "./a:b.tar@acme/api:1", "docker-archive:a.tar@acme/api:1", "docker:acme/api", "a.tar@acme/api:1", "localhost:5000/api"} {
		test(s, s, "")
	}
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"python:3.12-slim", "docker pull x", "a@b@c", "docker://", "oci:x:y", "~/x.tar"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ref, err := ParseRef(s); err == nil && ref.Name == "" {
			t.Errorf("ParseRef(%q) gave no name and no error", s)
		}
	})
}
