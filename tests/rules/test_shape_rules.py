"""What can be said of any command before the books are opened: its texts and its sizes."""

from typing import Any

import pytest

from app.domain.commands import (
    AccountEntry,
    Command,
    CreditMemoReference,
    ExternalReference,
    InvoiceReference,
    PostCreditMemo,
    UpsertAccounts,
)
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.memo_making import default_reason
from app.validation.documents import asked_of
from app.validation.shape import bars_claiming, violations_of_shape
from tests.rules.facts import Seen, codes, facts, reason, seen


def buyer(number: str = "A-1", **said: Any) -> AccountEntry:
    return AccountEntry(**{"number": number, "name": "Acme", "currency": "USD", **said})


MEMO = CreditMemoReference(id="cm_1")


def text_of(length: int) -> str:
    return "x" * length


SHAPES: list[tuple[str, Command, list[Seen]]] = [
    (
        "NUL",
        UpsertAccounts(accounts=[buyer(name="a\0b")]),
        [("INVALID_TEXT", ("accounts", 0, "name"), None, None)],
    ),
    (
        "an empty key would make every careless client the same",
        PostCreditMemo(credit_memo=CreditMemoReference(number="CM-1"), idempotency_key=""),
        [("INVALID_TEXT", ("idempotency_key",), "", None)],
    ),
    (
        "a number with a stray blank",
        UpsertAccounts(accounts=[buyer(number=" A-1")]),
        [("INVALID_TEXT", ("accounts", 0, "number"), " A-1", None)],
    ),
    (
        "a name of two lines",
        UpsertAccounts(accounts=[buyer(name="a\nb")]),
        [("INVALID_TEXT", ("accounts", 0, "name"), "a\nb", None)],
    ),
    (
        "half a surrogate pair",
        PostCreditMemo(credit_memo=CreditMemoReference(number="\ud800")),
        [("INVALID_TEXT", ("credit_memo", "number"), None, None)],
    ),
    (
        "long name",
        UpsertAccounts(accounts=[buyer(name=text_of(256))]),
        [("LIMIT_EXCEEDED", ("accounts", 0, "name"), "256", "255")],
    ),
    (
        "long key",
        PostCreditMemo(credit_memo=MEMO, idempotency_key=text_of(256)),
        [("LIMIT_EXCEEDED", ("idempotency_key",), "256", "255")],
    ),
    (
        "many accounts",
        UpsertAccounts(accounts=[buyer()] * 1001),
        [("LIMIT_EXCEEDED", ("accounts",), "1001", "1000")],
    ),
    (
        "nested metadata",
        UpsertAccounts(accounts=[buyer(metadata={"a": [1]})]),
        [("INVALID_TEXT", ("accounts", 0, "metadata", "a"), None, None)],
    ),
    (
        "nested metadata under a key that cannot be shown",
        UpsertAccounts(accounts=[buyer(metadata={"\0": [1]})]),
        [("INVALID_TEXT", ("accounts", 0, "metadata", ""), None, None)],
    ),
    (
        "NUL in metadata",
        UpsertAccounts(accounts=[buyer(metadata={"a": "\0"})]),
        [("INVALID_TEXT", ("accounts", 0, "metadata"), None, None)],
    ),
    (
        "many metadata keys",
        UpsertAccounts(accounts=[buyer(metadata={str(key): 1 for key in range(51)})]),
        [("LIMIT_EXCEEDED", ("accounts", 0, "metadata"), "51", "50")],
    ),
    (
        "as many metadata keys as there may be",
        UpsertAccounts(accounts=[buyer(metadata={str(key): 1 for key in range(50)})]),
        [],
    ),
    (
        "heavy metadata",
        UpsertAccounts(accounts=[buyer(metadata={"k": "é" * 4096})]),
        [("LIMIT_EXCEEDED", ("accounts", 0, "metadata"), "8201", "8192")],
    ),
    (
        "at every limit",
        UpsertAccounts(accounts=[buyer(name=text_of(255), metadata={"k": "x" * 8183})] * 1000),
        [],
    ),
]


BARRED: list[tuple[str, Command, bool]] = [
    ("a limit that may have been lowered since", UpsertAccounts(accounts=[buyer()] * 1001), False),
    ("a text that may have been allowed once", UpsertAccounts(accounts=[buyer(name=text_of(256))]), False),
    ("a key no column holds", PostCreditMemo(credit_memo=MEMO, idempotency_key=text_of(256)), True),
    ("an empty key", PostCreditMemo(credit_memo=MEMO, idempotency_key=""), True),
    ("NUL", UpsertAccounts(accounts=[buyer(name="a\0b")]), True),
    (
        "half a surrogate pair at the end of a list that is too long",
        UpsertAccounts(accounts=[buyer()] * 1001 + [buyer(name="\ud800")]),
        True,
    ),
    ("nested metadata", UpsertAccounts(accounts=[buyer(metadata={"a": [1]})]), True),
]


@pytest.mark.parametrize(("command", "barred"), [row[1:] for row in BARRED], ids=[row[0] for row in BARRED])
def test_only_what_cannot_be_stored_or_compared_keeps_a_command_from_its_claim(
    command: Command, barred: bool
) -> None:
    found = violations_of_shape(command)
    assert found
    assert any(bars_claiming(each, command) for each in found) is barred


def test_a_key_beyond_a_lowered_limit_may_still_be_that_of_an_earlier_call() -> None:
    command = PostCreditMemo(credit_memo=MEMO, idempotency_key=text_of(255))
    [violation] = violations_of_shape(command, Limits(text=100))
    assert not bars_claiming(violation, command)


@pytest.mark.parametrize(("command", "expected"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_the_shape_of_any_command(command: Command, expected: list[Seen]) -> None:
    assert seen(violations_of_shape(command)) == expected


def test_a_caller_can_be_given_other_limits() -> None:
    command = UpsertAccounts(accounts=[buyer(), buyer("A-2")])
    assert codes(violations_of_shape(command, Limits(accounts=1))) == ["LIMIT_EXCEEDED"]
    assert codes(violations_of_shape(command, DEFAULT_LIMITS)) == []
    named = UpsertAccounts(accounts=[buyer(name=text_of(256))])
    assert seen(violations_of_shape(named, Limits(accounts=1))) == [
        ("LIMIT_EXCEEDED", ("accounts", 0, "name"), "256", "255")
    ]


def test_a_reference_is_told_as_it_was_written() -> None:
    external = ExternalReference(source="erp", reference="7")
    assert asked_of(InvoiceReference(id="inv_1")) == "inv_1"
    assert asked_of(InvoiceReference(number="INV-1")) == "INV-1"
    assert asked_of(InvoiceReference(external_reference=external)) == "erp/7"
    assert asked_of(InvoiceReference(external_reference=ExternalReference(reference="7"))) == "7"
    assert asked_of(InvoiceReference()) == ""


def test_the_default_reason_is_an_active_one() -> None:
    assert default_reason(facts(reason("A"), reason("B", is_default=True))) == "B"
    assert default_reason(facts(reason("B", is_default=True, active=False))) is None
