package main

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pyindex"
	"weighline/assets"
)

// cacheLimit is the largest download that the model's pip cache holds. A real
// cache holds all of them; the largest are left out so that the program stays
// small.
const cacheLimit = 20_000_000

// appUser is the user that chown gives the files to.
const appUser = 999

// buildBefore makes the image that nobody has weighed yet: everything installed,
// compilers brought and taken away again, caches deleted one layer too late,
// tests and notebooks on board, and a chown that copies what it touches.
func buildBefore(ctx context.Context, base []step) (*ocitest.Image, error) {
	c, err := pyindex.Embedded()
	if err != nil {
		return nil, err
	}
	projects, err := closure(ctx, c, assets.SampleRequirements, assets.SampleConstraints)
	if err != nil {
		return nil, err
	}
	groups, err := debGroups()
	if err != nil {
		return nil, err
	}
	debs := slices.Concat(groups["base"], groups["media"])

	tools := tree{}
	for _, d := range groups["build"] {
		tools.unpack(d)
	}
	addAptLists(tools)
	tools.put("var/log/dpkg.log", prose("dpkg.log", 1200))
	tools.writeStatus(stack(append(changesOf(base), tools)...), slices.Concat(debs, groups["build"]))

	packages, err := pipInstall(projects)
	if err != nil {
		return nil, err
	}
	addPipCache(packages, projects)

	below := stack(append(changesOf(base), tools, packages)...)
	cleanup := tree{}
	cleanup.purge(below, groups["build"])
	cleanup.remove("root/.cache")
	cleanup.put("var/log/dpkg.log", prose("dpkg.log", 2000))
	cleanup.writeStatus(below, debs)

	code, err := appFiles()
	if err != nil {
		return nil, err
	}
	wanted := code.under("app/requirements.txt", "app/constraints.txt")

	steps := append(slices.Clone(base),
		step{"RUN /bin/sh -c apt-get update && apt-get install -y build-essential gcc g++ git # buildkit", tools, beforeDay},
		step{"ENV PYTHONUNBUFFERED=1", nil, beforeDay},
		step{"WORKDIR /app", nil, beforeDay},
		step{"COPY requirements.txt constraints.txt ./ # buildkit", wanted, beforeDay},
		step{"RUN /bin/sh -c pip install -r requirements.txt -c constraints.txt # buildkit", packages, beforeDay},
		step{"RUN /bin/sh -c rm -rf /root/.cache && apt-get purge -y build-essential gcc g++ git && apt-get autoremove -y # buildkit", cleanup, beforeDay},
		step{"COPY . /app # buildkit", code, beforeDay},
		step{"RUN /bin/sh -c useradd --system app && chown -R app:app /app /usr/local/lib/python3.11/site-packages/whisper # buildkit",
			chown(stack(code, packages)), beforeDay},
		step{"EXPOSE [8000/tcp]", nil, beforeDay},
		step{`CMD ["uvicorn" "main:app" "--host" "0.0.0.0" "--port" "8000"]`, nil, beforeDay},
	)
	return image("speech-api:before", steps, config()), nil
}

// pipInstall is the layer that pip writes. The newer setuptools takes the place
// of the base image's: what only the older one has goes.
func pipInstall(projects []project) (tree, error) {
	t := tree{}
	for _, p := range projects {
		if err := t.install(p, installed{compile: true}); err != nil {
			return nil, err
		}
		if p.release.Name != "setuptools" {
			continue
		}
		t.remove(sitePackages + "/setuptools-65.5.1.dist-info")
		for _, dir := range []string{"setuptools", "pkg_resources", "_distutils_hack"} {
			t.put(path.Join(sitePackages, dir, ".wh..wh..opq"), "")
		}
	}
	return t, nil
}

// addAptLists leaves the package lists, which nothing needs after the install.
func addAptLists(t tree) {
	const dir = "var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_"
	t.put(dir+"InRelease", prose("InRelease", 151_000/scale))
	t.put(dir+"main_binary-amd64_Packages.lz4", blob("Packages", 18_500_000/scale, 0.6))
}

// addPipCache leaves what pip keeps for the next time: the downloads, and the
// wheel that it built itself.
func addPipCache(t tree, projects []project) {
	const cache = "root/.cache/pip/"
	for _, p := range projects {
		if p.download < 300_000 || p.download > cacheLimit {
			continue
		}
		if !strings.HasSuffix(p.file.Filename, "py3-none-any.whl") || p.release.Name != "openai-whisper" {
			key := ocitest.Digest([]byte(p.file.Filename))[7:63]
			at := cache + fmt.Sprintf("http-v2/%c/%c/%c/%c/%c/%s", key[0], key[1], key[2], key[3], key[4], key)
			t.put(at, prose(key, 120))
			t.put(at+".body", blob(key, p.download/scale, 1))
			continue
		}
		key := ocitest.Digest([]byte(p.file.Filename))[7:]
		t.put(cache+"wheels/"+path.Join(key[:2], key[2:4], key[4:6], key[6:62], p.file.Filename), blob(key, p.download/scale, 1))
	}
	t.put(cache+"selfcheck/"+ocitest.Digest([]byte("selfcheck"))[7:63], `{"key":"/usr/local","last_check":"2025-07-02T09:30:00+00:00","pypi_version":"25.1.1"}`)
}

// chown is the layer of a chown -R: whole copies of files that only change
// their owner.
func chown(all tree) tree {
	t := tree{}
	for name, e := range all.under("app", sitePackages+"/whisper") {
		e.UID, e.GID = appUser, appUser
		t[name] = e
	}
	t.put("etc/passwd", baseFiles["etc/passwd"]+fmt.Sprintf("app:x:%d:%d::/home/app:/bin/sh\n", appUser, appUser))
	t.put("etc/group", baseFiles["etc/group"]+fmt.Sprintf("app:x:%d:\n", appUser))
	t.put("etc/shadow", baseFiles["etc/shadow"]+"app:!:20271::::::\n")
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if old, ok := strings.CutPrefix(name, "etc/"); ok {
			t.put("etc/"+old+"-", baseFiles[name])
		}
	}
	return t
}
