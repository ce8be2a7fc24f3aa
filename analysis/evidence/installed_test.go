package evidence

import (
	"fmt"
	"strings"
	"testing"

	"weighline/analysis/pep"
)

func TestInstalled(t *testing.T) {
	n := NewNames([]Dist{
		{Name: "parakeet-mlx", Imports: []string{"parakeet_mlx"}}, {Name: "librosa"}, {Name: "uvicorn", Imports: []string{"uvicorn"}},
		{Name: "httptools"}, {Name: "colorama"}, {Name: "numpy"}, {Name: "pytest"}, {Name: "pandas"}, {Name: "tomli"}, {Name: "pywin32", Imports: []string{"win32api"}},
	})
	in := NewInstalled(n, Env{"linux", 11})
	site := "/site-packages"
	for _, f := range []struct{ pkg, path, src string }{
		{"parakeet-mlx", "parakeet_mlx/__init__.py", "from .model import Model\nfrom . import tools"},
		{"parakeet-mlx", "parakeet_mlx/model.py", "if FAST:\n    from ..parakeet_mlx import audio\nelse:\n    from parakeet_mlx import audio"},
		{"parakeet-mlx", "parakeet_mlx/tools.py", "try:\n    from . import extra\nexcept ImportError:\n    pass\n"},
		{"parakeet-mlx", "parakeet_mlx/extra.py", "import pandas"},
		{"parakeet-mlx", "parakeet_mlx/audio.py", "import sys\nimport librosa.filters\nif sys.platform == 'win32':\n    import win32api\nelse:\n    import numpy"},
		{"parakeet-mlx", "parakeet_mlx/tests/test_x.py", "import pytest"},
		{"uvicorn", "uvicorn/__init__.py", "import sys\nif sys.version_info < (3, 11):\n    import tomli\ndef f():\n    import colorama"},
		{"uvicorn", "uvicorn/protocols/__init__.py", ""},
		{"uvicorn", "uvicorn/protocols/impl.py", "import httptools"},
	} {
		in.Source(pep.Name(f.pkg), site, f.path, []byte(f.src))
	}
	r := in.Report(NewReport(n))
	gone := []pep.Name{"librosa", "numpy", "httptools", "colorama", "pandas", "pytest", "tomli", "pywin32"}
	var got []string
	for _, f := range r.Verdicts(gone) {
		line := string(f.Package) + " " + f.Verdict.String()
		for _, row := range f.Rows {
			line += fmt.Sprintf("; %s %s", row.By, row.Where())
		}
		got = append(got, line)
	}
	want := strings.TrimSpace(`
librosa breaks; parakeet-mlx parakeet_mlx/audio.py:2
numpy breaks; parakeet-mlx parakeet_mlx/audio.py:6
httptools may-break; uvicorn uvicorn/protocols/impl.py:1
colorama may-break; uvicorn uvicorn/__init__.py:5
pandas may-break; parakeet-mlx parakeet_mlx/extra.py:1
pytest no-use-found
tomli no-use-found
pywin32 no-use-found`)
	if have := strings.Join(got, "\n"); have != want {
		t.Errorf("verdicts:\n%s\nwant:\n%s", have, want)
	}
	// What goes itself breaks nothing.
	if f := r.Verdicts([]pep.Name{"librosa", "parakeet-mlx"})[0]; f.Verdict != NoUseFound || len(f.Rows) > 0 {
		t.Errorf("librosa with parakeet-mlx: %+v", f)
	}
	// Own code that loads the module itself makes it start.
	own := NewReport(n)
	own.starts = []string{"uvicorn.protocols.impl"}
	if f := in.Report(own).Verdicts(gone)[2]; f.Verdict != Breaks {
		t.Errorf("httptools, with its module imported by own code: %v", f.Verdict)
	}
}

func TestEnv(t *testing.T) {
	e := &Env{"linux", 11}
	for text, want := range map[string]cond{
		"sys.version_info >= (3, 11)": always, "sys.version_info >= (3, 12)": never, "sys.version_info < (3, 11)": never,
		"sys.version_info > (3, 11)": always, "sys.version_info < (3,)": never, "sys.version_info >= (3,)": always,
		"sys.version_info[:2] <= (3, 10)": never, "sys.version_info[0] == 2": never, "sys.version_info.major >= 3": always,
		"sys.version_info >= (4, 0)": never, "sys.version_info > (2, 7)": always, "sys.version_info < (3, 11, 4)": sometimes,
		"sys.platform == 'linux'": always, `sys.platform != "win32"`: always, "sys.platform.startswith('win')": never, "os.name == 'nt'": never,
		"platform.system() == 'Linux'": always, "os.name == 'nt' or x": sometimes, "": sometimes,
	} {
		if got := e.eval(text); got != want {
			t.Errorf("eval(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestNative(t *testing.T) {
	in := NewInstalled(NewNames([]Dist{{Name: "torch"}, {Name: "nvidia-cudnn-cu12"}}), Env{"linux", 11})
	in.Provides("nvidia-cudnn-cu12", "nvidia/cudnn/lib/libcudnn.so.9")
	in.Provides("nvidia-cudnn-cu12", "nvidia/cudnn/lib/libz.so.1")
	in.Provides("torch", "torch/lib/libc10.so")
	in.Provides("", "libz.so.1")
	in.libraries = []library{{"torch", "torch/lib/libtorch_cuda.so", []string{"libc10.so", "libcudnn.so.9", "libz.so.1", "libc.so.6"}}}
	f := in.Report(NewReport(in.names)).Verdicts([]pep.Name{"nvidia-cudnn-cu12"})[0]
	if f.Verdict != MayBreak || len(f.Rows) != 1 || f.Rows[0].Text != "needs libcudnn.so.9" || f.Rows[0].By != "torch" {
		t.Errorf("nvidia-cudnn-cu12: %+v", f)
	}
}

func TestPlugins(t *testing.T) {
	in := NewInstalled(names("pytest", "pytest-cov", "flask", "flask-migrate", "click"), Env{"linux", 11})
	in.EntryPoints("pytest-cov", "pytest_cov.dist-info/entry_points.txt", "[pytest11]\npytest_cov = pytest_cov.plugin\n")
	in.EntryPoints("flask-migrate", "x.dist-info/entry_points.txt", "[console_scripts]\nx = a:b\n[flask.commands]\ndb = flask_migrate.cli:db\n")
	in.EntryPoints("flask", "f.dist-info/entry_points.txt", "[flask.commands]\n[nobody.knows]\n")
	r := in.Report(NewReport(in.names))
	for gone, want := range map[pep.Name]string{"pytest-cov": "may-break [pytest]", "flask-migrate": "may-break [flask]", "flask": "no-use-found []", "click": "no-use-found []"} {
		f := r.Verdicts([]pep.Name{gone})[0]
		var by []pep.Name
		for _, row := range f.Rows {
			by = append(by, row.By)
		}
		if got := fmt.Sprint(f.Verdict, " ", by); got != want {
			t.Errorf("%s: %s, want %s", gone, got, want)
		}
	}
	// With the package that it is for, a plug-in breaks nothing.
	if f := r.Verdicts([]pep.Name{"pytest-cov", "pytest"})[0]; f.Verdict != NoUseFound {
		t.Errorf("pytest-cov with pytest: %v", f.Verdict)
	}
}
