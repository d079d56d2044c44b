"""Puts a changed function in the place of the one that was imported, wherever it has been imported to."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType


@dataclass(frozen=True, slots=True)
class Imported:
    """A module as it was imported."""

    code: CodeType
    live: dict[CodeType, list[FunctionType]]
    """The functions that exist, by their code: methods, properties, and what decorators hold."""
    spans: list[tuple[int, int]]
    """First and last line of each function."""

    def function_at(self, line: int) -> int:
        """The first line of the innermost function around a line."""
        return max(first for first, last in self.spans if first <= line <= last)

    def swap(self, changed: CodeType) -> int:
        """How many functions have other code than before: that of the changed module."""
        swapped = 0
        for old, new in _pairs(self.code, changed):
            if old == new or old.co_freevars != new.co_freevars:
                continue
            for function in self.live.get(old, ()):
                function.__code__ = new
                swapped += 1
        return swapped


def imported(sources: dict[Path, str]) -> dict[Path, Imported]:
    live: dict[str, dict[CodeType, list[FunctionType]]] = {str(file): defaultdict(list) for file in sources}
    # The tests' conftest has frozen what was imported; the collector does not name what is frozen.
    gc.unfreeze()
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename in live:
            live[each.__code__.co_filename][each.__code__].append(each)
    gc.freeze()
    codes = {file: compile(source, str(file), "exec") for file, source in sources.items()}
    return {file: Imported(code, live[str(file)], [*_spans(code)]) for file, code in codes.items()}


def _pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Each piece of code with what stands in its place in the changed module."""
    yield old, new
    olds, news = _within(old), _within(new)
    if [each.co_qualname for each in olds] == [each.co_qualname for each in news]:
        for before, after in zip(olds, news, strict=True):
            yield from _pairs(before, after)


def _spans(code: CodeType) -> Iterator[tuple[int, int]]:
    for each in _within(code):
        yield each.co_firstlineno, max(line for _, _, line in each.co_lines() if line is not None)
        yield from _spans(each)


def _within(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]
