package main

import (
	"slices"
	"time"

	"weighline/analysis/oci/ocitest"
)

// The days of the layers.
var (
	debianDay = time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)
	pythonDay = time.Date(2025, 7, 1, 4, 20, 0, 0, time.UTC)
	beforeDay = time.Date(2025, 7, 2, 9, 30, 0, 0, time.UTC)
	afterDay  = time.Date(2025, 7, 4, 16, 45, 0, 0, time.UTC)
)

// A step is one line of a Dockerfile: an instruction, and what it changes. One
// without changes leaves a line in the history and no layer.
type step struct {
	instruction string
	changes     tree
	when        time.Time
}

// newBase returns what both images begin with: Debian, the libraries for audio,
// and Python.
func newBase() ([]step, error) {
	groups, err := debGroups()
	if err != nil {
		return nil, err
	}
	debian := tree{}
	for _, dir := range []string{"bin", "sbin", "lib", "lib64"} {
		debian.link(dir, "usr/"+dir)
	}
	for name, body := range baseFiles {
		debian.put(name, body)
	}
	for _, dir := range []string{"tmp", "root", "home", "proc", "sys", "dev", "run", "var/tmp", "var/log"} {
		debian[dir] = ocitest.Entry{Name: dir + "/", Mode: modes[dir]}
	}
	for _, d := range groups["base"] {
		debian.unpack(d)
	}
	debian.writeStatus(debian, groups["base"])

	media := tree{}
	for _, d := range groups["media"] {
		media.unpack(d)
	}
	media.put("etc/ssl/certs/ca-certificates.crt", prose("ca-certificates", 220))
	media.put("var/log/dpkg.log", prose("dpkg.log", 300))
	media.writeStatus(stack(debian, media), slices.Concat(groups["media"], groups["base"]))

	python, err := pythonLayer()
	if err != nil {
		return nil, err
	}
	return []step{
		{"# debian.sh --arch 'amd64' out/ 'bookworm' '@1751241600'", debian, debianDay},
		{`ENV LANG=C.UTF-8`, nil, pythonDay},
		{`ENV PYTHON_VERSION=` + pythonVersion, nil, pythonDay},
		{`RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends ca-certificates ffmpeg libsndfile1 && rm -rf /var/lib/apt/lists/* # buildkit`, media, pythonDay},
		{`RUN /bin/sh -c set -eux; wget -O python.tar.xz "https://www.python.org/ftp/python/${PYTHON_VERSION%%[a-z]*}/Python-$PYTHON_VERSION.tar.xz"; tar --extract --directory /usr/src/python --strip-components=1 --file python.tar.xz; cd /usr/src/python; ./configure --enable-optimizations --enable-shared; make -j "$(nproc)"; make install; rm -rf /usr/src/python # buildkit`, python, pythonDay},
		{`CMD ["python3"]`, nil, pythonDay},
	}, nil
}

var baseFiles = map[string]string{
	"etc/passwd":               "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
	"etc/group":                "root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnogroup:x:65534:\n",
	"etc/shadow":               "root:*:20269:0:99999:7:::\nnobody:*:20269:0:99999:7:::\n",
	"etc/hostname":             "debuerreotype\n",
	"var/lib/dpkg/info/format": "1\n", // names of files in info may carry an architecture
	"var/lib/dpkg/arch":        "amd64\n",
	"etc/apt/sources.list.d/debian.sources": "Types: deb\nURIs: http://deb.debian.org/debian\n" +
		"Suites: bookworm bookworm-updates\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
	"etc/apt/apt.conf.d/docker-clean": "DPkg::Post-Invoke { \"rm -f /var/cache/apt/archives/*.deb || true\"; };\n",
}

// changesOf lists the trees of the steps.
func changesOf(steps []step) []tree {
	var out []tree
	for _, s := range steps {
		if s.changes != nil {
			out = append(out, s.changes)
		}
	}
	return out
}

// image makes the image of the steps.
func image(tag string, steps []step, c ocitest.Config) *ocitest.Image {
	img := &ocitest.Image{Tag: tag, Platform: "linux/amd64", Created: steps[len(steps)-1].when, Config: c}
	for _, s := range steps {
		img.History = append(img.History, ocitest.Step{CreatedBy: s.instruction, Comment: "buildkit.dockerfile.v0", EmptyLayer: s.changes == nil, Created: s.when})
		if s.changes != nil {
			img.Layers = append(img.Layers, ocitest.Layer{Level: 9, CreatedBy: s.instruction, Entries: s.changes.entries(s.when)})
		}
	}
	img.History[0].Comment = "debuerreotype 0.15"
	return img
}

// config is what both images have in common. The label tells the program, and
// whoever else looks, that the sizes are not those of real images.
func config() ocitest.Config {
	return ocitest.Config{
		Env: []string{
			"PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
			"LANG=C.UTF-8", "PYTHON_VERSION=" + pythonVersion, "PYTHONUNBUFFERED=1",
		},
		WorkingDir:   "/app",
		Cmd:          []string{"uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"},
		ExposedPorts: map[string]struct{}{"8000/tcp": {}},
		Labels: map[string]string{
			"io.weighline.scale":                   "1:1000",
			"org.opencontainers.image.title":       "speech-api",
			"org.opencontainers.image.description": "Scale model 1:1000 of a speech service, the sample of Weighline",
		},
	}
}
