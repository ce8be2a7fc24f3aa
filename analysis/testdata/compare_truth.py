#!/usr/bin/env python3
"""What changed between two images, computed from the truth about each.

    compare_truth.py A.json B.json

A.json and B.json are what shared/images/60-truth.py writes. Neither script
shares code with Weighline. Prints one JSON object; all sizes are bytes.
"""
import json
import sys


def common(a, b):
    """The longest common subsequence of two lists, as pairs of places."""
    best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            best[i][j] = 1 + best[i + 1][j + 1] if a[i] == b[j] else max(best[i + 1][j], best[i][j + 1])
    i = j = 0
    pairs = []
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            pairs.append([i, j])
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def once(items):
    return list(dict.fromkeys(items))


def layers(a, b):
    ids_a = [x["diff_id"] for x in a["layers"]]
    ids_b = [x["diff_id"] for x in b["layers"]]
    sizes = {x["diff_id"]: x["compressed_bytes"] for x in b["layers"]}
    return {
        "shared": once(x for x in ids_b if x in ids_a),
        "only_a": once(x for x in ids_a if x not in ids_b),
        "only_b": once(x for x in ids_b if x not in ids_a),
        "pull": sum(sizes[x] for x in once(ids_b) if x not in ids_a),
        "pairs": common(ids_a, ids_b),
    }


def changes(a, b, keys, fields):
    """What became of each thing. Those with the same first key belong together, then
    those of the rest with the same second one, and so on; several with one key in
    their order."""
    pairs = []
    for key in keys:
        left, right = {}, {}
        for side, items in ((left, a), (right, b)):
            for x in items:
                side.setdefault(key(x), []).append(x)
        for k in left:
            pairs += zip(left[k], right.get(k, []))
        a = [x for x in a if not any(x is p for p, _ in pairs)]
        b = [x for x in b if not any(x is q for _, q in pairs)]
    pairs += [(x, None) for x in a] + [(None, x) for x in b]
    out = []
    for x, y in pairs:
        change = "same"
        if x is None:
            change = "added"
        elif y is None:
            change = "removed"
        elif any(x.get(f) != y.get(f) for f in fields):
            change = "changed"
        out.append({
            "key": keys[0](x or y), "change": change,
            "version_a": x and x["version"], "version_b": y and y["version"],
            # Without a list of its files nobody knows what a package has.
            "delta": None if any(z and "bytes" not in z for z in (x, y))
            else (y["bytes"] if y else 0) - (x["bytes"] if x else 0),
        })
    return out


def main():
    a, b = (json.load(open(p, encoding="utf-8")) for p in sys.argv[1:3])

    def total(get):
        return {"a": get(a), "b": get(b), "delta": get(b) - get(a)}

    json.dump({
        "totals": {
            "download": total(lambda t: t["totals"]["compressed_bytes"]),
            "unpacked": total(lambda t: t["rootfs"]["bytes"]),
            "layers": total(lambda t: t["totals"]["layers"]),
        },
        "layers": layers(a, b),
        "python": changes(a["python"]["dists"], b["python"]["dists"],
                          [lambda d: d["normalized"] + " " + d["site"], lambda d: d["normalized"]],
                          ["version", "bytes", "files"]),
        "dpkg": changes(a["dpkg"]["packages"], b["dpkg"]["packages"], [lambda d: d["name"]], ["version"]),
    }, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
