"""When credit of a memo may be applied to invoices."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    ApplicationEntry,
    ApplyCreditMemo,
    CreditMemoReference,
    InvoiceReference,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.violation import Violation
from app.domain.vocabulary import AllocationRule, ApplicationLevel, CreditMemoStatus, InvoiceStatus
from app.validation.apply import (
    violations_of_applicable_memo,
    violations_of_apply,
)
from app.validation.pairing import violations_of_pair_count
from tests.rules.facts import (
    Seen,
    codes,
    facts,
    invoice,
    line,
    memo,
    memo_line,
    seen,
)
from tests.support.levels import LINES

CLOSED = Settings(closed_through=date(2026, 3, 31))
IN_CLOSED = datetime(2026, 3, 31, 23, tzinfo=UTC)


def judged(
    *entries: tuple[str, str],
    with_records: tuple[Record, ...] = (),
    settings: Settings | None = None,
    limits: Limits = DEFAULT_LIMITS,
    **said: Any,
) -> list[Seen]:
    """applyCreditMemo of cm_1 to (invoice id, amount), judged on the records."""
    known = {record.id for record in with_records}
    moment = said.pop("moment", None)
    version = said.pop("invoice_version", None)
    command = ApplyCreditMemo(
        credit_memo=CreditMemoReference(id="cm_1"),
        applications=[
            ApplicationEntry(
                invoice=InvoiceReference(id=id),
                amount=Decimal(amount),
                effective_date=moment,
                expected_version=version,
            )
            for id, amount in entries
        ],
        **said,
    )
    named = {("credit_memo",): "cm_1"} if "cm_1" in known else {}
    located: dict[Any, str] = {**named}
    for place, (id, _) in enumerate(entries):
        if id in known:
            located["applications", place, "invoice"] = id
    return seen(
        violations_of_apply(command, facts(*with_records, named=located, settings=settings, limits=limits))
    )


ITEM = ("applications", 0, "amount")
TARGET = ("applications", 0, "invoice")
APPLY = [
    ("nothing named", [], {}, [("NO_LINES", ("applications",), None, None)]),
    (
        "memo unknown",
        [("inv_1", "1.00")],
        {"with_records": (invoice(),)},
        [("NOT_FOUND", ("credit_memo",), "cm_1", None)],
    ),
    ("invoice unknown", [("inv_9", "1.00")], {}, [("NOT_FOUND", TARGET, "inv_9", None)]),
    (
        "named twice",
        [("inv_1", "1.00"), ("inv_1", "2.00")],
        {},
        [("DUPLICATE_TARGET", ("applications", 1, "invoice"), "inv_1", None)],
    ),
    (
        "stale memo",
        [("inv_1", "1.00")],
        {"expected_version": 3},
        [("VERSION_CONFLICT", ("expected_version",), "3", "1")],
    ),
    (
        "stale invoice",
        [("inv_1", "1.00")],
        {"invoice_version": 3},
        [("VERSION_CONFLICT", ("applications", 0, "expected_version"), "3", "1")],
    ),
    (
        "draft memo",
        [("inv_1", "1.00")],
        {"with_records": (memo(status=CreditMemoStatus.DRAFT), invoice())},
        [("INVALID_STATUS", ("credit_memo",), "DRAFT", "POSTED")],
    ),
    (
        "draft invoice",
        [("inv_1", "1.00")],
        {"with_records": (memo(), invoice(status=InvoiceStatus.DRAFT))},
        [("INVALID_STATUS", TARGET, "DRAFT", "POSTED")],
    ),
    (
        "another account",
        [("inv_1", "1.00")],
        {"with_records": (memo(), invoice(account_id="acc_2"))},
        [("ACCOUNT_MISMATCH", TARGET, "acc_2", "acc_1")],
    ),
    (
        "another currency",
        [("inv_1", "1.00")],
        {"with_records": (memo(), invoice(currency="EUR"))},
        [("CURRENCY_MISMATCH", TARGET, "EUR", "USD")],
    ),
    (
        "dated in a closed period",
        [("inv_1", "1.00")],
        {"settings": CLOSED, "moment": IN_CLOSED},
        [
            (
                "PERIOD_CLOSED",
                ("applications", 0, "effective_date"),
                "2026-03-31T23:00:00+00:00",
                "after 2026-03-31",
            )
        ],
    ),
    ("too many decimals", [("inv_1", "1.001")], {}, [("TOO_MANY_DECIMALS", ITEM, "1.001", "2")]),
    ("zero", [("inv_1", "0.00")], {}, [("INVALID_AMOUNT", ITEM, "0.00", None)]),
    ("negative", [("inv_1", "-1.00")], {}, [("INVALID_AMOUNT", ITEM, "-1.00", None)]),
    (
        "beyond every amount",
        [("inv_1", "1E+20")],
        {},
        [("INVALID_AMOUNT", ITEM, "100000000000000000000", "9999999999999.99")],
    ),
    (
        "a memo with nothing left is told so once",
        [("inv_1", "0.01")],
        {"with_records": (memo(balance=0), invoice())},
        [("EXCEEDS_MEMO_BALANCE", ("credit_memo",), "0.00", "0.00")],
    ),
    (
        "more than the memo has",
        [("inv_1", "50.01")],
        {},
        [("EXCEEDS_MEMO_BALANCE", ("applications",), "50.01", "50.00")],
    ),
    (
        "more than the memo has, together",
        [("inv_1", "30.00"), ("inv_2", "20.01")],
        {"with_records": (memo(), invoice(), invoice("inv_2"))},
        [("EXCEEDS_MEMO_BALANCE", ("applications",), "50.01", "50.00")],
    ),
    (
        "more than the invoice owes",
        [("inv_1", "20.01")],
        {"with_records": (memo(), invoice(balance=2000))},
        [("EXCEEDS_INVOICE_BALANCE", ITEM, "20.01", "20.00")],
    ),
    (
        "a net negative invoice owes nothing",
        [("inv_1", "0.01")],
        {"with_records": (memo(), invoice(total=-500))},
        [("EXCEEDS_INVOICE_BALANCE", ITEM, "0.01", "0.00")],
    ),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in APPLY], ids=[row[0] for row in APPLY]
)
def test_an_application_is_refused(
    entries: list[tuple[str, str]], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **{"with_records": (memo(), invoice()), **said}) == expected


def test_each_target_is_judged_whatever_is_wrong_with_those_before_it() -> None:
    found = judged(
        ("inv_1", "1.00"),
        ("inv_1", "1.00"),
        ("inv_9", "1.00"),
        ("inv_2", "1.001"),
        ("inv_3", "0.00"),
        with_records=(memo(), invoice(), invoice("inv_2"), invoice("inv_3")),
    )
    assert found == [
        ("DUPLICATE_TARGET", ("applications", 1, "invoice"), "inv_1", None),
        ("NOT_FOUND", ("applications", 2, "invoice"), "inv_9", None),
        ("TOO_MANY_DECIMALS", ("applications", 3, "amount"), "1.001", "2"),
        ("INVALID_AMOUNT", ("applications", 4, "amount"), "0.00", None),
    ]


def test_an_application_within_every_balance_is_accepted() -> None:
    assert judged(("inv_1", "50.00"), with_records=(memo(), invoice())) == []


def test_all_broken_rules_are_told_the_most_basic_first() -> None:
    found = judged(
        ("inv_1", "60.00"),
        ("inv_9", "1.00"),
        ("inv_2", "0.001"),
        with_records=(
            memo(status=CreditMemoStatus.CANCELED, balance=0),
            invoice(balance=5000),
            invoice("inv_2", account_id="acc_2", currency="EUR"),
        ),
        expected_version=7,
    )
    assert [code for code, *_ in found] == [
        "NOT_FOUND",
        "VERSION_CONFLICT",
        "INVALID_STATUS",
        "ACCOUNT_MISMATCH",
        "CURRENCY_MISMATCH",
        "TOO_MANY_DECIMALS",
        "EXCEEDS_INVOICE_BALANCE",
    ]


@pytest.mark.parametrize(("rule", "limit"), [(None, "1"), (AllocationRule.SOURCE_LINE, "2")])
def test_more_line_pairs_than_the_limit_are_refused_before_any_work(
    rule: AllocationRule | None, limit: str
) -> None:
    settled = (line("invl_3", balance=0), line("invl_4", amount=-100), memo_line("cml_3", balance=0))
    records = (memo(), invoice(), memo_line(), memo_line("cml_2"), line(), line("invl_2"), *settled)
    few = Limits(pairs=1, source_pairs=2)
    lines = Settings(application_level=ApplicationLevel.INVOICE_LINE)
    too_many = ("LIMIT_EXCEEDED", ("applications", 0), "3", limit)
    found = judged(("inv_1", "1.00"), with_records=records, settings=lines, limits=few, allocation=rule)
    assert found == [too_many]
    two, more = [("inv_1", "1.00"), ("inv_2", "1.00")], (*records, invoice("inv_2"))
    assert judged(*two, with_records=more, settings=lines, limits=few, allocation=rule) == [too_many]
    as_many_as_there_are = Limits(pairs=3, source_pairs=3)
    assert judged(("inv_1", "1.00"), with_records=records, settings=lines, limits=as_many_as_there_are) == []
    assert judged(("inv_1", "1.00"), with_records=records, limits=few) == []


@pytest.mark.parametrize(
    ("giving", "taking", "pairs"),
    [
        ([], [], 0),
        ([1], [], 0),
        ([], [1, 1], 0),
        ([0, -1], [1, 1], 0),
        ([1, 1], [0, -1], 0),
        ([1], [1], 1),
        ([1, 1, 0], [1, 1, -1], 3),
    ],
)
def test_as_many_pairs_as_both_sides_could_make_of_what_is_left(
    giving: list[int], taking: list[int], pairs: int
) -> None:
    def refused(most: int) -> list[Violation]:
        lines = [line(f"invl_{place}", balance=each) for place, each in enumerate(taking)]
        given = facts(*lines, settings=LINES, limits=Limits(pairs=most))
        return violations_of_pair_count(AllocationRule.HIGHEST_FIRST, giving, given, "inv_1", ("there",))

    assert refused(pairs) == []
    expected = [("LIMIT_EXCEEDED", ("there",), str(pairs), str(pairs - 1))] if pairs else []
    assert seen(refused(max(0, pairs - 1))) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (memo(), []),
        (memo(status=CreditMemoStatus.DRAFT), ["INVALID_STATUS"]),
        (memo(balance=0), ["EXCEEDS_MEMO_BALANCE"]),
    ],
)
def test_whether_a_memo_can_be_applied_at_all(given: CreditMemo, expected: list[str]) -> None:
    assert codes(violations_of_applicable_memo(given)) == expected
