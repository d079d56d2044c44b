"""The page of wordings is the rules' own: nothing stands on it that no rule says, and nothing twice."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.vocabulary import ViolationCode
from app.validation.documents import violations_of_version
from tests.rules.facts import invoice
from tests.support.wordings import PAGE, assert_worded, wordings

RULES = Path(__file__).parents[2] / "app" / "validation"
ELSEWHERE = {ViolationCode.TAX_ENGINE_FAILED}
"""Said by the engines."""


def texts() -> Iterator[re.Pattern[str]]:
    """Every text of several words that the rules say, `{…}` standing for anything."""
    for file in RULES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            parts = _parts(node)
            if any(" " in each for each in parts):
                yield re.compile(".*".join(map(re.escape, parts)))


def _parts(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.split("{}")
    if isinstance(node, ast.JoinedStr):
        said = (part.value if isinstance(part, ast.Constant) else None for part in node.values)
        return "".join("\0" if each is None else str(each) for each in said).split("\0")
    return []


def test_every_wording_is_one_that_the_rules_can_say() -> None:
    known = set(texts())
    messages = [row.message for code, rows in wordings().items() for row in rows if code not in ELSEWHERE]
    assert [each for each in messages if not any(text.fullmatch(each) for text in known)] == []


def test_codes_stand_on_the_page_as_a_caller_reads_them_and_each_message_once() -> None:
    assert [*wordings()] == [code for code in ViolationCode if code in wordings()]
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if " | " in row]
    assert len(rows) == len(set(rows))


def test_a_refusal_that_leaves_out_what_its_row_promises_is_not_worded() -> None:
    [found] = violations_of_version(invoice(), 2, ("expected_version",))
    assert_worded([found])
    wrongs: list[dict[str, Any]] = [{"ids": ()}, {"asked": None}, {"allowed": None}, {"message": "Another."}]
    for wrong in wrongs:
        with pytest.raises(AssertionError):
            assert_worded([replace(found, **wrong)])
