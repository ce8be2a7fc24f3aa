#!/usr/bin/env python3
"""Which regular files differ between two unpacked root file systems.

    compare_files.py ROOT_A ROOT_B

Shares no code with Weighline. Prints one JSON object: counts, and what became of
each path: its sizes, and whether only the permissions differ. A link is no file,
a hard link is a further name of one.
"""
import hashlib
import json
import os
import stat
import sys


def files(root):
    out, hashes = {}, {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            s = os.lstat(path)
            if not stat.S_ISREG(s.st_mode):
                continue
            if s.st_ino not in hashes:
                with open(path, "rb") as f:
                    hashes[s.st_ino] = hashlib.file_digest(f, "sha256").hexdigest()
            # No file name of Unix need be text.
            key = "/" + os.path.relpath(path, root).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            out[key] = (s.st_size, hashes[s.st_ino], stat.S_IMODE(s.st_mode))
    return out


def main():
    a, b = files(sys.argv[1]), files(sys.argv[2])
    changes = {}
    for path in a.keys() | b.keys():
        x, y = a.get(path), b.get(path)
        if x != y:
            changes[path] = {"a": x and x[0], "b": y and y[0], "mode": bool(x and y and x[:2] == y[:2])}
    both = [c for c in changes.values() if c["a"] is not None and c["b"] is not None]
    json.dump({
        "added": sum(c["a"] is None for c in changes.values()),
        "removed": sum(c["b"] is None for c in changes.values()),
        "changed": len(both),
        "modes": sum(c["mode"] for c in both),
        "changes": changes,
    }, sys.stdout)


if __name__ == "__main__":
    main()
