"""docs/refusals.md says what the code says."""

import re

import pytest

from app.domain.vocabulary import ViolationCode
from tests.api.refusals import REFUSALS
from tests.docs.refusals import CATALOGUE, ERROR_CODES, catalogue, mutations_by_code
from tests.docs.sample_service import ROOT


def test_the_catalogue_is_what_the_code_says() -> None:
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue(), "python -m tests.docs.write"


def test_every_code_is_answered_by_some_mutation() -> None:
    """But for what only an item of a job keeps: no command is refused because the service failed."""
    none = [code for code, mutations in mutations_by_code().items() if not mutations]
    assert none == [ViolationCode.INTERNAL_ERROR]


def test_what_is_provoked_through_graphql_is_in_the_catalogue() -> None:
    listed = mutations_by_code()
    assert REFUSALS
    assert [code for code, refusal in REFUSALS.items() if refusal.mutation not in listed[code]] == []


@pytest.mark.parametrize(
    ("code", "mutations"),
    [
        (ViolationCode.NUMBER_TAKEN, ["createInvoices", "updateNumberSequences"]),
        (ViolationCode.ALREADY_UNAPPLIED, ["unapplyCreditMemo", "unapplyCreditMemoLine"]),
        (ViolationCode.HAS_CREDITS, ["voidInvoice"]),
        (
            ViolationCode.NOTHING_CREDITABLE,
            [
                "createAndApplyCreditMemo",
                "createCreditMemoFromInvoice",
                "updateCreditMemo",
                "voidInvoice",
                "writeOffInvoice",
            ],
        ),
    ],
)
def test_a_code_is_listed_with_the_mutations_whose_rules_name_it(
    code: ViolationCode, mutations: list[str]
) -> None:
    assert mutations_by_code()[code] == mutations


def test_every_code_of_the_errors_is_one_that_the_door_gives() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "app" / "api").rglob("*.py")]
    given = {code for text in texts for code in re.findall(r"\"([A-Z]+(?:_[A-Z]+)*)\"", text)}
    assert ERROR_CODES.keys() <= given
    door = [path.read_text(encoding="utf-8") for path in (ROOT / "app" / "api" / "http").glob("*.py")]
    with_underscore = {code for text in door for code in re.findall(r"\"([A-Z]+(?:_[A-Z]+)+)\"", text)}
    assert with_underscore <= ERROR_CODES.keys()
