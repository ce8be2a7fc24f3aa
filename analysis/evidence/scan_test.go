package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weighline/analysis/pep"
)

// write puts the files of a txtar archive into a folder.
func write(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const service = `
-- app/__init__.py --
-- app/main.py --
import os, yaml
from fastapi import FastAPI
from google.cloud import storage
from . import audio
import app.settings
try:
    import orjson as json
except ImportError:
    import json
if os.environ.get("X"):
    import sentry_sdk
def f():
    import librosa
    importlib.import_module("whisper.model")
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import pandas
import unheard_of
-- app/audio.py --
from cv2 import imread
-- app/redis.py --
-- app/cache.py --
import redis
-- docker/entry.py --
import docker
-- tests/test_main.py --
import pytest
-- tool.ipynb --
{"cells": [{"cell_type": "markdown", "source": "import no"}, {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np\n", "!pip install x"]}, {"cell_type": "code", "source": "%%bash\nimport flask"}], "metadata": {}}
-- .venv/lib/x.py --
import flask
-- env2/pyvenv.cfg --
-- env2/x.py --
import flask
-- node_modules/x.py --
import flask
-- Dockerfile --
RUN pip install celery
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0"]
-- Procfile --
web: gunicorn app.main:app -k uvicorn.workers.UvicornWorker
-- run.sh --
exec python3.11 -u -m celery worker
FOO=1 poetry run torchrun train.py
-- pyproject.toml --
[project]
dependencies = ["flask"]
[project.scripts]
serve = "click.testing:main"
own = "app.main:app"
[project.entry-points."flask.commands"]
x = "app.main:y"
[project.optional-dependencies]
dev = ["Black>=24"]
-- requirements-dev.txt --
mypy==1.0
`

func names(list ...pep.Name) *Names {
	var dists []Dist
	for _, n := range list {
		dists = append(dists, Dist{Name: n})
	}
	return NewNames(dists)
}

var serviceNames = []pep.Name{"pyyaml", "fastapi", "google-cloud-storage", "orjson", "sentry-sdk", "librosa", "openai-whisper", "pandas",
	"opencv-python", "opencv-python-headless", "redis", "docker", "pytest", "numpy", "flask", "uvicorn", "gunicorn", "celery", "torch", "click", "black", "mypy", "idle"}

func TestScan(t *testing.T) {
	dir := write(t, service)
	r, err := Scan(t.Context(), dir, Options{Names: names(serviceNames...)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Verdicts(serviceNames) {
		line := fmt.Sprintf("%s: %s", f.Package, f.Verdict)
		for _, row := range f.Rows {
			line += fmt.Sprintf("; %s %s", row.Where(), row.Kind)
			if row.Aside {
				line += " aside"
			}
		}
		got = append(got, line)
	}
	want := strings.TrimSpace(`
pyyaml: breaks; app/main.py:1 unguarded
fastapi: breaks; app/main.py:2 unguarded
google-cloud-storage: breaks; app/main.py:3 unguarded
orjson: may-break; app/main.py:7 guarded
sentry-sdk: may-break; app/main.py:11 guarded
librosa: may-break; app/main.py:13 in-function
openai-whisper: may-break; app/main.py:14 dynamic
pandas: no-use-found; app/main.py:17 type-checking
opencv-python: breaks; app/audio.py:1 unguarded
opencv-python-headless: breaks; app/audio.py:1 unguarded
redis: breaks; app/cache.py:1 unguarded
docker: breaks; docker/entry.py:1 unguarded
pytest: may-break; tests/test_main.py:1 unguarded aside
numpy: breaks; tool.ipynb[cell 2]:2 unguarded
flask: may-break; pyproject.toml:6 entry-point
uvicorn: may-break; Dockerfile:2 command; Procfile:1 command
gunicorn: may-break; Procfile:1 command
celery: may-break; run.sh:1 command
torch: may-break; run.sh:2 command
click: may-break; pyproject.toml:4 entry-point
black: no-use-found; pyproject.toml:9 required
mypy: no-use-found; requirements-dev.txt:1 required
idle: no-use-found`)
	if have := strings.Join(got, "\n"); have != want {
		t.Errorf("verdicts:\n%s\nwant:\n%s", have, want)
	}
	if len(r.Unlisted) != 1 || r.Unlisted[0].Module != "unheard_of" || r.Unlisted[0].Where() != "app/main.py:18" {
		t.Errorf("Unlisted = %v, want unheard_of alone", r.Unlisted)
	}
	if len(r.Problems) > 0 || r.Unread > 0 || r.Files != 8 {
		t.Errorf("%d files, %d unread, problems %v", r.Files, r.Unread, r.Problems)
	}
	// One of two that bring cv2 may go.
	f := r.Verdicts([]pep.Name{"opencv-python"})[0]
	if f.Verdict != MayBreak || len(f.Rows) != 1 || fmt.Sprint(f.Rows[0].Stays) != "[opencv-python-headless]" {
		t.Errorf("opencv-python alone: %+v", f)
	}
	var unused []string
	for _, f := range r.Unused(serviceNames) {
		unused = append(unused, string(f.Package))
	}
	if got := strings.Join(unused, " "); got != "pandas pytest black mypy idle" {
		t.Errorf("Unused = %s", got)
	}
}

// TestScanVendored has a copy of a package that the program does not find by itself.
func TestScanVendored(t *testing.T) {
	dir := write(t, "-- third_party/google/auth/__init__.py --\n-- third_party/x.py --\nimport google.auth\n-- app/main.py --\nfrom google import auth\nimport google.nothing\n")
	r, err := Scan(t.Context(), dir, Options{Names: names("google-auth")})
	if err != nil || len(r.Uses) != 1 || r.Uses[0].Where() != "app/main.py:1" {
		t.Errorf("%v, %v: what is vendored is used beside it, and the package elsewhere", r.Uses, err)
	}
}

func TestCommands(t *testing.T) {
	dir := write(t, `
-- compose.yaml --
services:
  redis:
    image: redis:7
    depends_on:
      - flask
  name: django
  web:
    command:
      - celery
      - -A
      - app
  api:
    entrypoint: ["/venv/bin/hypercorn", "app:app"]
-- ci.yml --
jobs:
  - name: mypy
    run: |
      pip install black
      ruff check .
-- app.service --
[Service]
ExecStart=/usr/bin/gunicorn app:app
Environment=streamlit
-- supervisord.conf --
command=python -m uvicorn app:app
-- Makefile --
test:
	isort . && pytest -q; FOO=1 sphinx-build docs
-- run.sh --
# alembic upgrade
if [ -x y ]; then exec dumb-init daphne app; fi
-- other.txt --
scrapy crawl
`)
	all := names("redis", "flask", "django", "celery", "hypercorn", "mypy", "black", "ruff", "gunicorn", "streamlit", "uvicorn", "isort", "pytest", "sphinx", "alembic", "daphne", "scrapy")
	r, err := Scan(t.Context(), dir, Options{Names: all})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range r.Uses {
		got = append(got, fmt.Sprintf("%s %s", u.Where(), u.Packages[0]))
	}
	want := "Makefile:2 isort, Makefile:2 pytest, Makefile:2 sphinx, app.service:2 gunicorn, ci.yml:5 ruff, compose.yaml:9 celery, compose.yaml:13 hypercorn, run.sh:2 daphne, supervisord.conf:1 uvicorn"
	if have := strings.Join(got, ", "); have != want {
		t.Errorf("commands:\n%s\nwant:\n%s", have, want)
	}
}

func TestShown(t *testing.T) {
	for line, want := range map[string]string{
		"  celery -b redis://u:secret@host/0 worker ": "celery -b redis://***@host/0 worker",
		"import a  # \x1b[31m\xff":                    `import a  # \x1b[31m?`,
		strings.Repeat("x", 500):                      strings.Repeat("x", maxText-1) + "…",
		strings.Repeat("ü", 160):                      strings.Repeat("ü", 160),
	} {
		if got := shown([]byte(line)); got != want {
			t.Errorf("shown(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestScanCancelled(t *testing.T) {
	dir := write(t, service)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Scan(ctx, dir, Options{}); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("Scan = %v, %v, want nil and context.Canceled", r, err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	_, err := Scan(ctx, dir, Options{Progress: func(int, int) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Scan cancelled while it reads = %v", err)
	}
	var missing *FolderError
	if _, err := Scan(t.Context(), filepath.Join(dir, "none"), Options{}); !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Scan of a folder that is not there = %v", err)
	}
}
