"""The sources keep to the house's own words and sizes."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from app.domain import commands, vocabulary
from app.domain.vocabulary import Operation, ViolationCode
from app.use_cases.verbs import VERBS

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
NO_CONCEPT = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc"}
# Generated once and then frozen: one statement a table. Declarations of what a caller can ask for: no logic.
MAY_BE_LONG = {"migrations/versions/0001_books.py", "domain/commands.py"}


def sources() -> Iterator[tuple[str, str]]:
    """(path below app, text) of every module."""
    for path in sorted(APP.rglob("*.py")):
        if "node_modules" not in path.parts:
            yield path.relative_to(APP).as_posix(), path.read_text()


def test_no_file_is_where_rules_went_to_hide() -> None:
    long = {path: lines for path, text in sources() if (lines := text.count("\n")) > MOST_LINES_OF_A_FILE}
    assert set(long) <= MAY_BE_LONG, long


def test_a_function_can_be_read_at_once() -> None:
    """Its body counts: a signature may declare many options."""
    long = {
        f"{path}:{node.lineno} {node.name}": lines
        for path, text in sources()
        if path not in MAY_BE_LONG
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.body[0].lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert not long


def test_every_file_and_folder_is_named_for_a_concept() -> None:
    named = {part for path, _ in sources() for part in Path(path).with_suffix("").parts}
    assert not named & NO_CONCEPT


def test_every_module_says_what_it_is() -> None:
    silent = [path for path, text in sources() if text.strip() and ast.get_docstring(ast.parse(text)) is None]
    assert not silent


def test_imports_go_down_only() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_operation_has_a_verb_with_a_permission() -> None:
    of_the_house = {
        Operation.REGISTER_ENTITY,
        Operation.SIGN_IN,
        Operation.NUMBER_LOG_ENTRIES,
        Operation.SHARE_CREDENTIAL,
        Operation.SUBMIT_INVOICE_IMPORT,
        Operation.WORK_ON_JOB,
    }
    assert set(VERBS) == set(Operation) - of_the_house
    for operation, verb in VERBS.items():
        assert verb.operation is operation
        resource, _, action = verb.permission.partition(":")
        assert resource, operation
        assert action, operation


def test_every_command_belongs_to_one_verb() -> None:
    asked = [verb.command for verb in VERBS.values()]
    abstract = {
        commands.Command,
        commands.MemoHeader,
        commands.NewCredential,
        commands.Submission,
        commands.Unapplication,
    }
    declared = {
        each
        for each in vars(commands).values()
        if isinstance(each, type) and issubclass(each, commands.Command) and each not in abstract
    }
    assert len(set(asked)) == len(asked)
    assert set(asked) == declared


def test_every_violation_code_is_used_by_a_rule() -> None:
    used = {
        node.attr
        for path, text in sources()
        if path != "domain/vocabulary.py"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ViolationCode"
    }
    assert used == {code.name for code in ViolationCode}


def test_every_word_is_its_own_name() -> None:
    """What a database stores is what GraphQL shows."""
    for kind in vars(vocabulary).values():
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            assert all(word.name == word.value for word in kind), kind
