"""Puts a changed function in the place of the one that was imported, wherever it has been imported to."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

Live = dict[CodeType, list[FunctionType]]
"""The functions of a module that exist, by their code."""


def live_functions(files: set[Path]) -> dict[str, Live]:
    """By the file of their module: methods, properties and what decorators hold are functions like others."""
    found: dict[str, Live] = {str(file): defaultdict(list) for file in files}
    # The tests' conftest has frozen what was imported; the collector does not name what is frozen.
    gc.unfreeze()
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename in found:
            found[each.__code__.co_filename][each.__code__].append(each)
    gc.freeze()
    return found


def swap(live: Live, file: str, source: str, changed: str) -> int:
    """How many functions have other code than before."""
    swapped = 0
    for old, new in _pairs(compile(source, file, "exec"), compile(changed, file, "exec")):
        if old == new or old.co_freevars != new.co_freevars:
            continue
        for function in live.get(old, ()):
            function.__code__ = new
            swapped += 1
    return swapped


def _pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Each piece of code with what stands in its place in the changed module."""
    yield old, new
    olds = [each for each in old.co_consts if isinstance(each, CodeType)]
    news = [each for each in new.co_consts if isinstance(each, CodeType)]
    if [each.co_qualname for each in olds] == [each.co_qualname for each in news]:
        for before, after in zip(olds, news, strict=True):
            yield from _pairs(before, after)
