package main

import (
	"embed"
	"io/fs"

	"weighline/assets"
)

// app is the source of the service, short but whole.
//
//go:embed app
var app embed.FS

// appFiles returns the named files of the service or, without names, all that
// lies about in its folder, as "COPY ." does.
func appFiles(names ...string) (tree, error) {
	t := tree{}
	for _, name := range names {
		body, err := app.ReadFile("app/" + name)
		if err != nil {
			return nil, err
		}
		t.put("app/"+name, string(body))
	}
	if len(names) > 0 {
		return t, nil
	}
	err := fs.WalkDir(app, "app", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == slimName {
			return err
		}
		body, err := app.ReadFile(name)
		t.put(name, string(body))
		return err
	})
	t.put("app/requirements.txt", string(assets.SampleRequirements))
	t.put("app/constraints.txt", string(assets.SampleConstraints))
	t.put("app/tests/data/hello.wav", "RIFF"+blob("hello.wav", 1_900, 0.9))
	t.put("app/tests/data/meeting.wav", "RIFF"+blob("meeting.wav", 9_400, 0.9))
	t.put("app/.git/HEAD", "ref: refs/heads/main\n")
	t.put("app/.git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
	t.put("app/.git/objects/pack/pack-"+packName+".idx", blob("idx", 1_100, 0.8))
	t.put("app/.git/objects/pack/pack-"+packName+".pack", blob("pack", 12_000, 1))
	return t, err
}

const (
	slimName = "app/requirements-slim.txt"
	packName = "7c1f0a2e9b6d4f3385a0c4e1d2b7f6a90813c5de"
)
