"""Prints the imports that Python's own ast sees in each file named on standard
input: one JSON object a line. It is the truth that the parser of Weighline is
compared with; the rules of the kinds are those of docs/evidence.md."""
import ast
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)

GUARD, FUNCTION, TYPING = 1, 2, 4
EXCEPTIONS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
CALLS = {"import_module", "__import__", "importorskip", "find_spec"}
DOTTED = re.compile(r"\w+(\.\w+)*\Z")


def kind(flags, dynamic=False):
    if flags & TYPING:
        return "type-checking"
    if dynamic:
        return "dynamic"
    if flags & FUNCTION:
        return "in-function"
    return "guarded" if flags & GUARD else "unguarded"


def names(node):
    for n in ast.walk(node):
        if isinstance(n, ast.Name):
            yield n.id
        elif isinstance(n, ast.Attribute):
            yield n.attr


def condition(test):
    """None: sometimes, True: always, False: never."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        x = condition(test.operand) if not isinstance(test.operand, ast.UnaryOp) else None
        return None if x is None else not x
    if isinstance(test, ast.Constant) and (isinstance(test.value, bool) or (type(test.value) is int and test.value in (0, 1))):
        return bool(test.value)
    x = test
    while isinstance(x, ast.Attribute):
        x = x.value
    if isinstance(x, ast.Name):
        last = test.attr if isinstance(test, ast.Attribute) else test.id
        if last in ("TYPE_CHECKING", "MYPY"):
            return False
    return None


class Reader:
    def __init__(self):
        self.found = []

    def add(self, line, level, module, names, kind):
        self.found.append([line, level, module, names, kind])

    def expressions(self, node, flags):
        """Dynamic imports in an expression."""
        for n in ast.walk(node):
            if not isinstance(n, ast.Call):
                continue
            f = n.func
            name = f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""
            if name not in CALLS:
                continue
            arg = None
            if n.args:
                arg = n.args[0]
            elif n.keywords and n.keywords[0].arg in ("name", "modname"):
                arg = n.keywords[0].value
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and DOTTED.match(arg.value):
                self.add(f.end_lineno, 0, arg.value, [], kind(flags, True))

    def block(self, body, flags):
        for s in body:
            self.statement(s, flags)

    def statement(self, s, flags):
        if isinstance(s, ast.Import):
            for a in s.names:
                self.add(s.lineno, 0, a.name, [], kind(flags))
            return
        if isinstance(s, ast.ImportFrom):
            self.add(s.lineno, s.level, s.module or "", [a.name for a in s.names], kind(flags))
            return
        blocks = {"body", "orelse", "finalbody", "handlers", "cases"}
        for field, value in ast.iter_fields(s):
            for n in value if isinstance(value, list) else [value]:
                if isinstance(n, ast.AST) and not (field in blocks and not isinstance(n, ast.expr)):
                    self.expressions(n, flags)
        if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.block(s.body, flags | FUNCTION)
        elif isinstance(s, (ast.With, ast.AsyncWith)):
            guard = any(n in EXCEPTIONS for item in s.items for n in names(item))
            self.block(s.body, flags | (GUARD if guard else 0))
        elif isinstance(s, ast.If):
            self.branches(s, flags)
        elif isinstance(s, ast.Try) or type(s).__name__ == "TryStar":
            catches = any(h.type is None or any(n in EXCEPTIONS for n in names(h.type)) for h in s.handlers)
            self.block(s.body, flags | (GUARD if catches else 0))
            for h in s.handlers:
                if h.type is not None:
                    self.expressions(h.type, flags)
                self.block(h.body, flags | GUARD)
            self.block(s.orelse, flags | (GUARD if catches else 0))
            self.block(s.finalbody, flags)
        elif type(s).__name__ == "Match":
            for c in s.cases:
                if c.guard is not None:
                    self.expressions(c.guard, flags)
                self.block(c.body, flags | GUARD)
        else:
            self.block(getattr(s, "body", []), flags)
            self.block(getattr(s, "orelse", []), flags)

    def branches(self, s, flags):
        before = "none"
        while True:
            x = condition(s.test)
            before, f = branch(before, x)
            self.block(s.body, flags | f)
            if len(s.orelse) == 1 and isinstance(s.orelse[0], ast.If) and self.elif_(s, s.orelse[0]):
                s = s.orelse[0]
                self.expressions(s.test, flags)
                continue
            _, f = branch(before, True)
            self.block(s.orelse, flags | f)
            return

    def elif_(self, s, inner):
        """Tells elif from else with an if in it: the text stands there."""
        line = self.lines[inner.lineno - 1].encode()[inner.col_offset:]
        return line.startswith(b"elif")


def branch(before, x):
    if before == "one" or x is False:
        return before, TYPING
    f = GUARD if before == "maybe" or x is None else 0
    return ("one" if x else "maybe"), f


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    tree = ast.parse(data)
    r = Reader()
    import io
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    r.lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read().split("\n")
    r.block(tree.body, 0)
    return sorted(r.found)


for line in sys.stdin:
    path = line.rstrip("\n")
    try:
        out = {"path": path, "imports": read(path)}
    except (SyntaxError, ValueError, UnicodeError, RecursionError, MemoryError) as e:
        out = {"path": path, "error": f"{type(e).__name__}: {e}"}
    print(json.dumps(out))
