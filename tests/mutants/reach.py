"""Which tests run which lines, and how long they take: no other test can notice a change there."""

import ast
import builtins
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.mutants.mutant import PLACE, ROOT

TRACED = ("app/domain", "app/validation")
Lines = dict[str, list[int]]
"""By module."""
_MARK = "is_reached_by_a_test"


@dataclass(frozen=True, slots=True)
class Run:
    """One test, run without any change."""

    passed: bool
    seconds: float
    """On the processor."""
    lines: Lines


class Marks:
    """The lines that have been run since they were last taken, of code that says so itself.

    A tracing function would not see them all: SQLAlchemy switches between greenlets, and each traces for itself.
    """

    def __init__(self) -> None:
        self._spans: set[tuple[str, int, int]] = set()

    def listen(self) -> None:
        setattr(builtins, _MARK, lambda *span: self._spans.add(span))

    def taken(self) -> Lines:
        found: dict[str, set[int]] = defaultdict(set)
        for module, first, last in self._spans:
            found[module].update(range(first, last + 1))
        self._spans.clear()
        return {module: sorted(lines) for module, lines in found.items()}


def marked(module: str, source: str) -> CodeType:
    """The module's code, in which each statement of a function says first that it is run."""
    tree = _Marking(module).visit(ast.parse(source))
    return compile(ast.fix_missing_locations(tree), str(ROOT / module), "exec")


class _Marking(ast.NodeTransformer):
    def __init__(self, module: str) -> None:
        self._module, self._depth = module, 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        self._depth += is_function
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if self._depth and isinstance(statements, list):
                setattr(node, name, [each for one in statements for each in self._said(one)])
        self._depth -= is_function
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        said = ast.Tuple([self._call(node.body.lineno, node.body.end_lineno), node.body], ast.Load())
        node.body = ast.copy_location(ast.Subscript(said, ast.Constant(1), ast.Load()), node.body)
        return node

    def _said(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        inner = getattr(statement, "body", None)
        last = inner[0].lineno - 1 if isinstance(inner, list) else statement.end_lineno
        first = statement.lineno
        yield ast.copy_location(ast.Expr(self._call(first, max(first, last or first))), statement)
        yield statement

    def _call(self, first: int, last: int | None) -> ast.Call:
        arguments: list[ast.expr] = [ast.Constant(value) for value in (self._module, first, last)]
        return ast.Call(ast.Name(_MARK, ast.Load()), arguments, [])


class Imports:
    """The functions that are called while modules are imported."""

    def __init__(self) -> None:
        self._functions: set[tuple[str, int]] = set()

    @contextmanager
    def traced(self) -> Iterator[None]:
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(None)

    def call(self, file: Path, first_line: int) -> bool:
        return (str(file), first_line) in self._functions

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        self._functions.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))


@dataclass(frozen=True, slots=True)
class TestFile:
    """What was seen of its tests holds for as long as it and the modules that they run are the same."""

    __test__ = False

    path: Path

    def runs(self) -> dict[str, Run] | None:
        """By the name of the test; None where they are to be run again."""
        if not self._kept_at.exists():
            return None
        kept = json.loads(self._kept_at.read_text(encoding="utf-8"))
        if any(_content(file) != content for file, content in kept["content"].items()):
            return None
        return {name: Run(**run) for name, run in kept["runs"].items()}

    def is_seen_to_pass(self) -> bool:
        """False where it is to be run: a test that fails may be one that somebody has mended since."""
        runs = self.runs()
        return runs is not None and all(run.passed for run in runs.values())

    def keep(self, runs: dict[str, Run]) -> None:
        files = {str(self.path.relative_to(ROOT)), *(module for run in runs.values() for module in run.lines)}
        kept = {
            "content": {file: _content(file) for file in sorted(files)},
            "runs": {name: asdict(run) for name, run in runs.items()},
        }
        self._kept_at.parent.mkdir(parents=True, exist_ok=True)
        self._kept_at.write_text(json.dumps(kept), encoding="utf-8")

    @property
    def _kept_at(self) -> Path:
        return PLACE / "reach" / f"{self.path.relative_to(ROOT)}.json".replace("/", ".")


class Reach:
    """Of all tests."""

    def __init__(self, runs: dict[str, Run]) -> None:
        self.seconds = {name: run.seconds for name, run in runs.items() if run.passed}
        self._tests: dict[tuple[str, int], set[str]] = defaultdict(set)
        for name in self.seconds:
            for module, lines in runs[name].lines.items():
                for line in lines:
                    self._tests[module, line].add(name)

    def tests_of(self, module: str, first: int, last: int) -> set[str]:
        """Those that run one of the lines."""
        return {test for line in range(first, last + 1) for test in self._tests.get((module, line), ())}


def look_at_all() -> None:
    """Before anything is imported: what is edited afterwards is not what is run, and is traced by the next run."""
    for room in (*TRACED, "tests"):
        for path in (ROOT / room).rglob("*.py"):
            _content(str(path.relative_to(ROOT)))


@cache
def _content(file: str) -> str:
    """As it was when it was looked at first."""
    path = ROOT / file
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
