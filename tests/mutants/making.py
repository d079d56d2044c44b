"""`python making.py app/domain/money.py`: every mutant of a module as a line of JSON, in the order of the source.

Runs in the environment of mutmut, whose operators it uses, and so imports nothing of ours. Mutated is what runs when a
function is called. Left out is what cannot be wrong in a way that mypy would let pass, or says nothing: None in the
place of a value, a positional argument less, lambdas that return None, the case of letters, `strict`, the type that
`cast` is told, and texts that are written for people.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libcst  # type: ignore[import-not-found]
from libcst.metadata import MetadataWrapper, PositionProvider  # type: ignore[import-not-found]
from mutmut.mutation import mutators  # type: ignore[import-not-found]

OMITTED = (mutators.operator_assignment, mutators.operator_lambda)
SKIPPED = (libcst.Annotation, libcst.Decorator, libcst.Parameters, libcst.Import, libcst.ImportFrom)
CLOSED_CALLS = ("len", "isinstance")
"""mutmut leaves them alone as well."""
UNCHANGED_ARGUMENTS = ("strict", "message")
"""What only says what is so, and what is written for people."""
OPEN_CALLS = ("min", "max")
"""Functions that take any number of arguments: of others only what is handed over by name may be left out."""


def mutants(source: str) -> Iterator[dict[str, Any]]:
    """Lines `start` to `end` (counted from 0, `end` not among them) become `lines`; `first` to `last` (counted from 1)
    are those of the changed expression."""
    wrapper = MetadataWrapper(libcst.parse_module(source))
    module, places = wrapper.module, wrapper.resolve(PositionProvider)
    known = {source}
    codes = [module.code_for_node(statement) for statement in module.body]
    before = source[: source.index("".join(codes))]
    for statement, code in zip(module.body, codes, strict=True):
        after = source[len(before) + len(code) :]
        for node, mutated in _changes(statement):
            changed = before + module.code_for_node(statement.deep_replace(node, mutated)) + after
            if changed not in known and _compiles(changed):
                known.add(changed)
                yield {
                    **_difference(source.splitlines(), changed.splitlines()),
                    "first": places[node].start.line,
                    "last": places[node].end.line,
                }
        before += code


def _changes(node: Any, in_function: bool = False, raised: bool = False) -> Iterator[tuple[Any, Any]]:
    if _is_left_alone(node):
        return
    if in_function:
        yield from ((node, mutated) for mutated in _mutated(node, raised))
    raised = raised or isinstance(node, libcst.Raise)
    for child in node.children:
        if _is_type_for_mypy(node, child):
            continue
        is_body = isinstance(node, libcst.FunctionDef | libcst.Lambda) and child is node.body
        yield from _changes(child, in_function or is_body, raised)


def _mutated(node: Any, raised: bool) -> Iterator[Any]:
    for kind, operator in mutators.mutation_operators:
        if not isinstance(node, kind) or operator in OMITTED:
            continue
        if operator is mutators.operator_string:
            yield from [] if raised else list(operator(node))[:1]
        elif operator is mutators.operator_arg_removal:
            yield from _with_less(node)
        else:
            yield from operator(node)


def _with_less(call: Any) -> Iterator[Any]:
    """The call without one of its arguments, where it may do without."""
    for number, argument in enumerate(call.args):
        others = [*call.args[:number], *call.args[number + 1 :]]
        if others and (
            (argument.keyword and argument.keyword.value not in UNCHANGED_ARGUMENTS)
            or _name(call) in OPEN_CALLS
        ):
            *rest, last = others
            yield call.with_changes(args=[*rest, last.with_changes(comma=call.args[-1].comma)])


def _name(call: Any) -> str:
    return call.func.value if isinstance(call.func, libcst.Name) else ""


def _is_type_for_mypy(node: Any, child: Any) -> bool:
    """The first argument of `cast`, often a text."""
    return isinstance(node, libcst.Call) and _name(node) == "cast" and child is node.args[0]


def _is_left_alone(node: Any) -> bool:
    if isinstance(node, libcst.Arg):
        return node.keyword is not None and node.keyword.value in UNCHANGED_ARGUMENTS
    return isinstance(node, SKIPPED) or (isinstance(node, libcst.Call) and _name(node) in CLOSED_CALLS)


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _difference(old: list[str], new: list[str]) -> dict[str, Any]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    same = 0
    while same < min(len(old), len(new)) - start and old[-1 - same] == new[-1 - same]:
        same += 1
    return {"start": start, "end": len(old) - same, "lines": new[start : len(new) - same]}


if __name__ == "__main__":
    for each in mutants(Path(sys.argv[1]).read_text(encoding="utf-8")):
        print(json.dumps(each))
