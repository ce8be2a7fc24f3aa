"""The truth about the packages of this Python, as Python itself has it.

imports    For each distribution: which lines of its modules import which other
           distributions. Imports by ast, distributions by importlib.metadata.
breaks     For each distribution P: which others D cannot be missing for "import P"
           to work. Each is tried: an interpreter in which D cannot be imported.
"""
import ast
import importlib
import importlib.metadata as metadata
import json
import os
import re
import sys
import sysconfig
import warnings

warnings.simplefilter("ignore")
SITE = os.path.realpath(sysconfig.get_path("purelib"))


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


OWNERS = {top: sorted({normal(d) for d in dists}) for top, dists in metadata.packages_distributions().items()}


def files():
    """Distribution → its modules below site-packages, tests left out."""
    out = {}
    for d in metadata.distributions(path=[SITE]):
        name = normal(d.metadata["Name"])
        for f in d.files or []:
            p = str(f)
            parts = p.split("/")
            if not p.endswith(".py") or parts[0] in ("..", "/") or {"test", "tests"} & set(parts[:-1]):
                continue
            if parts[-1] == "conftest.py" or parts[-1].startswith("test_") or not os.path.isfile(os.path.join(SITE, p)):
                continue
            out.setdefault(name, []).append(p)
    return out


def imports():
    for name, paths in sorted(files().items()):
        rows = []
        for p in paths:
            with open(os.path.join(SITE, p), "rb") as f:
                try:
                    tree = ast.parse(f.read())
                except (SyntaxError, ValueError):
                    continue
            for n in ast.walk(tree):
                if isinstance(n, ast.Import):
                    modules = [a.name for a in n.names]
                elif isinstance(n, ast.ImportFrom) and n.level == 0:
                    modules = [n.module]
                else:
                    continue
                for m in modules:
                    top = m.split(".")[0]
                    if top in sys.stdlib_module_names:
                        continue
                    for owner in OWNERS.get(top, []):
                        if name not in OWNERS[top]:
                            rows.append([p, n.lineno, owner])
        print(json.dumps({"name": name, "files": paths, "rows": rows}))


class Block:
    """Makes the modules of a distribution impossible to import."""

    def __init__(self, dist):
        self.tops = {t for t, owners in OWNERS.items() if dist in owners}

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.tops:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def attempt(tops, block=None):
    """Imports in a process of its own; returns which distributions were loaded,
    None if an import fails for want of a module."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        if block:
            sys.meta_path.insert(0, Block(block))
            for m in list(sys.modules):
                if m.split(".")[0] in sys.meta_path[0].tops:
                    del sys.modules[m]
        try:
            for t in tops:
                importlib.import_module(t)
            got = {o for m in list(sys.modules) for o in OWNERS.get(m.split(".")[0], []) if m.split(".")[0] not in sys.stdlib_module_names}
            os.write(w, json.dumps(sorted(got)).encode())
        except BaseException as e:
            os.write(w, b"null" if isinstance(e, ImportError) else b'"error"')
        os._exit(0)
    os.close(w)
    data = b""
    while chunk := os.read(r, 65536):
        data += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return json.loads(data or b'"error"')


def breaks():
    for name in sorted(files()):
        tops = sorted(t for t, owners in OWNERS.items() if owners == [name] and t.isidentifier() and not t.startswith("_"))
        loaded = attempt(tops) if tops else None
        if not isinstance(loaded, list):
            continue  # it does not start as it is
        needs = [d for d in loaded if d != name and attempt(tops, d) is None]
        print(json.dumps({"name": name, "loaded": loaded, "breaks": needs}), flush=True)


{"imports": imports, "breaks": breaks}[sys.argv[1]]()
