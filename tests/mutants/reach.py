"""Which tests run which lines, and how long they take: no other test can notice a change there."""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from tests.mutants.mutant import PLACE, ROOT

TRACED = ("app/domain", "app/validation")
Numbers = dict[str, list[int]]
"""By module."""


@dataclass(frozen=True, slots=True)
class Run:
    """One test, run without any change."""

    passed: bool
    seconds: float
    """On the processor, traced."""
    lines: Numbers
    functions: Numbers
    """The first lines of those that were called."""


class Trace:
    """What of the traced rooms is run."""

    def __init__(self) -> None:
        self._lines: dict[str, set[int]] = defaultdict(set)
        self._functions: dict[str, set[int]] = defaultdict(set)
        self._rooms = tuple(f"{ROOT / room}/" for room in TRACED)

    @contextmanager
    def running(self) -> Iterator[None]:
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(None)

    def of_test(self, passed: bool, seconds: float) -> Run:
        return Run(passed, seconds, _by_module(self._lines), _by_module(self._functions))

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(self._rooms):
            return None
        self._functions[code.co_filename].add(code.co_firstlineno)
        add = self._lines[code.co_filename].add

        def of_line(frame: FrameType, event: str, argument: Any) -> Any:
            add(frame.f_lineno)
            return of_line

        return of_line


@dataclass(frozen=True, slots=True)
class TestFile:
    """What was seen of its tests holds for as long as it and the modules that they run are the same."""

    __test__ = False

    path: Path

    def runs(self) -> dict[str, Run] | None:
        """By the name of the test; None where they are to be traced."""
        if not self._kept_at.exists():
            return None
        kept = json.loads(self._kept_at.read_text(encoding="utf-8"))
        if any(_content(file) != content for file, content in kept["content"].items()):
            return None
        return {name: Run(**run) for name, run in kept["runs"].items()}

    def keep(self, runs: dict[str, Run]) -> None:
        modules = {module for run in runs.values() for module in run.functions}
        files = {str(self.path.relative_to(ROOT)), *modules}
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

    def __init__(self, runs: dict[str, Run], imports: Run) -> None:
        self.seconds = {name: run.seconds for name, run in runs.items() if run.passed}
        self._imports = imports
        self._lines: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._functions: dict[tuple[str, int], set[str]] = defaultdict(set)
        for name in self.seconds:
            for into, found in ((self._lines, runs[name].lines), (self._functions, runs[name].functions)):
                for module, numbers in found.items():
                    for number in numbers:
                        into[module, number].add(name)

    def tests_of(self, module: str, first: int, last: int, function: int) -> set[str]:
        """Those that run one of the lines; where lines within a statement are not told apart, those of the function."""
        found = {test for number in range(first, last + 1) for test in self._lines.get((module, number), ())}
        return found or self._functions.get((module, function), set())

    def is_imported(self, module: str, function: int) -> bool:
        """Whether the function is called while modules are imported."""
        return function in self._imports.functions.get(module, ())


def _by_module(numbers: dict[str, set[int]]) -> Numbers:
    return {str(Path(file).relative_to(ROOT)): sorted(found) for file, found in numbers.items()}


@cache
def _content(file: str) -> str:
    path = ROOT / file
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
