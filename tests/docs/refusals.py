"""The catalogue of refusals, from the code: what each code means, and which mutations can answer it.

A mutation can answer a code when one of the functions that judge it names the code: its use case, and everything
that the use case calls, by name, in the rooms of verbs and rules.
"""

import ast
import functools
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLSchema, build_schema

from app.domain.commands import Command
from app.domain.vocabulary import ViolationCode
from app.use_cases.verbs import VERBS
from tests.docs.sample_service import ROOT

CATALOGUE = ROOT / "docs" / "refusals.md"
ROOMS = ("app/use_cases", "app/validation")
SHARED = (("app.use_cases.run", "perform"), ("app.use_cases.run", "_work"))

Function = tuple[str, str]
"""Module and name."""

INTRODUCTION = """# Refusals

Every mutation answers a union: its success type, or `Rejection`. A rejection is no error of the protocol: the HTTP status is
200 and there are no `errors`. Nothing was done, nothing is kept, and the idempotency key is free again.

```graphql
... on Rejection {
  message
  violations { code message path details { asked allowed ids } }
}
```

All broken rules that make sense together come at once, in the order of this table, the most basic first. `path` says where in the
`input`: names of fields and places in lists, from 0. `details.asked` is what was asked for, `details.allowed` what would pass: the
largest amount, the state needed, the version there is. Both are text: amounts in the decimals of their currency (`12.30`, `1200` JPY),
and what cannot be read as an amount, like quantities, rates and unit prices, as it was written; enum values by their names, days as
`2026-11-21`. `details.ids` are the documents that it is about. The abilities on documents
(`canApply`, `canUnapply`, `canPost`, `canCancel`, `canSettle`, `canConvertNegativeLines`) answer the same violations before anything is
tried.

This page is written by `python -m tests.docs.write` from the code; `tests/docs/test_refusals.py` fails when it is stale. A
mutation is listed where its rules name the code.
"""

ERRORS = """
## What is not a refusal

A request that cannot be understood or may not be made is answered with GraphQL `errors`, each with `extensions.code`:

"""

ERROR_CODES = {
    "GRAPHQL_PARSE_FAILED": "the document is no GraphQL",
    "GRAPHQL_VALIDATION_FAILED": "the document does not fit the schema",
    "OPERATION_RESOLUTION_FAILURE": "several operations, and none or a wrong one is named",
    "BAD_USER_INPUT": "a variable or argument cannot be read: a bad number, date, cursor or page size",
    "BAD_REQUEST": "the HTTP request is malformed",
    "UNAUTHENTICATED": "no token, or a wrong one (401)",
    "FORBIDDEN": "no such entity for this token, or a permission is missing",
    "DOCUMENT_TOO_COMPLEX": "a limit on documents is passed (see [limits](limits.md))",
    "RATE_LIMITED": "the client's budget of cost is spent (429); `Retry-After` says for how long",
    "PERSISTED_QUERY_NOT_FOUND": "no [trusted document](limits.md#closed-services) has the id",
    "PERSISTED_QUERY_NOT_SUPPORTED": "a document is asked for by its id, and the service keeps none",
    "RETRY": "the books were busy or away for too long, or the time limit is over: send it again, same idempotency key",
    "INTERNAL_SERVER_ERROR": "a fault of the service; the answer has its id, the log the rest",
}


def catalogue() -> str:
    """The whole page."""
    rows = ["| Code | Meaning | Answered by |", "|---|---|---|"]
    refused_by = mutations_by_code()
    meanings = _meanings(build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8")))
    for code in ViolationCode:
        mutations = refused_by[code]
        everywhere = len(mutations) == len(VERBS)
        names = "every mutation" if everywhere else ", ".join(f"`{name}`" for name in mutations)
        rows.append(f"| `{code}` | {meanings[code]} | {names} |")
    errors = [f"- `{code}`: {meaning}" for code, meaning in ERROR_CODES.items()]
    return "\n".join([INTRODUCTION, *rows, ERRORS.rstrip("\n"), "", *errors, ""])


def mutations_by_code() -> dict[ViolationCode, list[str]]:
    """For each code the mutations whose rules name it, in alphabetical order."""
    found: dict[ViolationCode, list[str]] = {code: [] for code in ViolationCode}
    for verb in VERBS.values():
        use_case = (verb.use_case.__module__, verb.use_case.__name__)
        for code in _codes_reached([use_case, *SHARED]):
            found[ViolationCode(code)].append(_mutation(verb.command))
    return {code: sorted(mutations) for code, mutations in found.items()}


def _codes_reached(roots: list[Function]) -> set[str]:
    functions = _functions()
    ahead, seen, codes = list(roots), set[Function](), set[str]()
    while ahead:
        function = ahead.pop()
        if function in seen or function not in functions:
            continue
        seen.add(function)
        named, called = functions[function]
        codes |= named
        ahead += called
    return codes


@functools.cache
def _functions() -> dict[Function, tuple[set[str], list[Function]]]:
    """Each function of the rooms, and the methods of Books: the codes it names and what it may call."""
    found: dict[Function, tuple[set[str], list[Function]]] = {}
    for path in [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]:
        found |= _functions_of(path)
    return found | _functions_of(ROOT / "app/repository/books.py")


def _functions_of(path: Path) -> dict[Function, tuple[set[str], list[Function]]]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    home = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            definitions += [
                each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
    home |= {node.name: (module, node.name) for node in definitions}
    return {(module, node.name): _named_by(node, home) for node in definitions}


def _named_by(
    function: ast.FunctionDef | ast.AsyncFunctionDef, home: dict[str, Function]
) -> tuple[set[str], list[Function]]:
    codes, called = set[str](), list[Function]()
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name(id="ViolationCode"), attr=code):
                codes.add(code)
            case ast.Attribute(value=ast.Name(id="books"), attr=method):
                called.append(("app.repository.books", method))
            case ast.Name(id=name) if name in home:
                called.append(home[name])
    return codes, called


def _meanings(schema: GraphQLSchema) -> dict[str, str]:
    enum = schema.type_map["ViolationCode"]
    assert isinstance(enum, GraphQLEnumType)
    return {name: value.description or "" for name, value in enum.values.items()}


def _mutation(command: type[Command]) -> str:
    return command.__name__[0].lower() + command.__name__[1:]
