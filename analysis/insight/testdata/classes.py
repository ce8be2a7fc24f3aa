"""classes.py LAYOUT: bytes of each class of files inside Python distributions.

An independent count: it unpacks the layers of an OCI layout by their whiteouts into a dict, reads each RECORD, and
classes what a RECORD lists by its path from site-packages; bytecode beside a listed module belongs to its owner. It shares no code with the program.
Prints one JSON object: class -> [files, bytes].
"""
import csv, gzip, io, json, os, posixpath, sys, tarfile

layout = sys.argv[1]


def blob(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


manifest = json.load(open(os.path.join(layout, "index.json")))
while "layers" not in manifest:
    manifest = json.load(open(blob(manifest["manifests"][0]["digest"])))

inodes = []  # [size, content or None]
names = {}  # path -> inode number, "dir", or ("link", target)


def real(path, depth=0):
    """The path with the symlinks of its folders followed."""
    parts, out = [p for p in path.split("/") if p not in ("", ".")], ""
    for i, p in enumerate(parts[:-1]):
        out = posixpath.normpath(out + "/" + p)
        seen = 0
        while isinstance(names.get(out), tuple) and seen < 40:
            out = posixpath.normpath(posixpath.join(posixpath.dirname(out), names[out][1]))
            if depth < 40:
                out = real(out + "/x", depth + 1)[:-2]
            seen += 1
    return out + "/" + parts[-1] if parts else "/"


def remove(path):
    for p in [p for p in names if p == path or p.startswith(path + "/")]:
        del names[p]


for layer in manifest["layers"]:
    raw = open(blob(layer["digest"]), "rb")
    magic = raw.read(2)
    raw.seek(0)
    stream = gzip.open(raw) if magic == b"\x1f\x8b" else raw
    added, entries = set(), []
    with tarfile.open(fileobj=stream, mode="r|") as tf:
        for m in tf:
            data = None
            if m.isreg() and posixpath.basename(m.name) == "RECORD":
                data = tf.extractfile(m).read()
            entries.append((m, data))
    below = {}  # folder -> names, so that removing is fast
    for m, _ in entries:
        base = posixpath.basename(m.name)
        if base == ".wh..wh..opq":
            folder = posixpath.dirname(real("/" + m.name))
            for p in [p for p in names if p.startswith(folder + "/")]:
                del names[p]
        elif base.startswith(".wh.") and not base.startswith(".wh..wh."):
            folder = posixpath.dirname(real("/" + m.name))
            remove(folder + "/" + base[4:])
    for m, data in entries:
        if posixpath.basename(m.name).startswith(".wh."):
            continue
        path = real("/" + m.name)
        if m.isdir():
            if names.get(path) != "dir":
                names.pop(path, None)
            names[path] = "dir"
            continue
        if names.get(path) == "dir":
            remove(path)
        if m.isreg():
            inodes.append([m.size, data])
            names[path] = len(inodes) - 1
        elif m.islnk():
            names[path] = names.get(real("/" + m.linkname))
        elif m.issym():
            names[path] = ("link", m.linkname)

owner = {}  # inode -> path of first listed name
first = {}
for path in sorted(names, key=lambda p: p.split("/")):
    if isinstance(names[path], int):
        first.setdefault(names[path], path)


def claim(path):
    n = names.get(real(path))
    if isinstance(n, int):
        owner.setdefault(n, True)


dists = [p for p in names if p.endswith((".dist-info/RECORD",)) and isinstance(names[p], int)]
for record in dists:
    site = posixpath.dirname(posixpath.dirname(record))
    for row in csv.reader(io.StringIO((inodes[names[record]][1] or b"").decode("utf-8", "replace"))):
        if row and row[0]:
            claim(posixpath.normpath(posixpath.join(site, row[0])))
for path, n in names.items():
    folder, base = posixpath.split(path)
    if isinstance(n, int) and base.endswith(".pyc") and posixpath.basename(folder) == "__pycache__":
        source = names.get(posixpath.dirname(folder) + "/" + base.split(".")[0] + ".py")
        if isinstance(source, int) and source in owner:
            owner.setdefault(n, True)

sums = {}
for n in owner:
    path = first[n]
    for mark in ("/site-packages/", "/dist-packages/"):
        if mark in path:
            path = path[path.rindex(mark) + len(mark):]
    parts = path.strip("/").split("/")
    base, folders = parts[-1], parts[:-1]
    ext = posixpath.splitext(base)[1]
    if any(p.endswith((".dist-info", ".egg-info")) for p in parts):
        continue
    if ext in (".pyc", ".pyo"):
        c = "bytecode"
    elif base == "conftest.py" or base.startswith("test_") and ext == ".py" or {"tests", "test"} & set(folders):
        c = "tests"
    elif ext in (".a", ".lib"):
        c = "static"
    elif ext in (".h", ".hh", ".hpp", ".hxx", ".cuh", ".pxd", ".cmake"):
        c = "headers"
    else:
        continue
    s = sums.setdefault(c, [0, 0])
    s[0] += 1
    s[1] += inodes[n][0]
json.dump(sums, sys.stdout, sort_keys=True)
