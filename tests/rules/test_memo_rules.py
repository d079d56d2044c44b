"""When standalone memos may be created, posted and canceled."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CancelCreditMemo,
    CreateCreditMemo,
    CreditMemoReference,
    MemoLineEntry,
    PostCreditMemo,
    TaxItem,
)
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus, TaxMode, TaxStrategy
from app.validation.memos import violations_of_create
from app.validation.posting import violations_of_cancel, violations_of_post
from tests.rules.facts import (
    Seen,
    account,
    codes,
    facts,
    invoice,
    line,
    memo,
    memo_line,
    reason,
    seen,
)
from tests.support.levels import LINES

CLOSED = Settings(closed_through=date(2026, 3, 31))
BUYER = AccountReference(id="acc_1")


def item(amount: str, **said: Any) -> TaxItem:
    return TaxItem(amount=Decimal(amount), **said)


def creating(
    *lines: MemoLineEntry, known: bool = True, settings: Settings | None = None, **said: Any
) -> list[Seen]:
    command = CreateCreditMemo(account=BUYER, lines=list(lines), **said)
    named: dict[Any, str] = {("account",): "acc_1"} if known else {}
    return seen(violations_of_create(command, facts(account(), reason("OK"), named=named, settings=settings)))


def entry(amount: str | None = "10.00", **said: Any) -> MemoLineEntry:
    return MemoLineEntry(amount=None if amount is None else Decimal(amount), **said)


AMOUNT = ("lines", 0, "amount")
CREATE: list[tuple[str, list[MemoLineEntry], dict[str, Any], list[Seen]]] = [
    ("no lines", [], {}, [("NO_LINES", ("lines",), None, None)]),
    ("account unknown", [entry()], {"known": False}, [("NOT_FOUND", ("account",), "acc_1", None)]),
    ("currency unknown", [entry()], {"currency": "XAU"}, [("UNKNOWN_CURRENCY", ("currency",), "XAU", None)]),
    (
        "reason unknown",
        [entry()],
        {"reason_code": "NO"},
        [("INVALID_REASON_CODE", ("reason_code",), "NO", "OK")],
    ),
    (
        "closed",
        [entry()],
        {"settings": CLOSED, "effective_date": date(2026, 3, 1)},
        [("PERIOD_CLOSED", ("effective_date",), "2026-03-01", "after 2026-03-31")],
    ),
    (
        "service ends before it starts",
        [entry(service_start=date(2026, 2, 2), service_end=date(2026, 2, 1))],
        {},
        [("INVALID_DATE", ("lines", 0, "service_end"), "2026-02-01", "2026-02-02 or later")],
    ),
    (
        "decimals as written",
        [entry("1.00")],
        {"currency": "JPY"},
        [("TOO_MANY_DECIMALS", AMOUNT, "1.00", "0")],
    ),
    ("zero", [entry("0")], {}, [("INVALID_AMOUNT", AMOUNT, "0.00", None)]),
    ("negative", [entry("-1.00")], {}, [("INVALID_AMOUNT", AMOUNT, "-1.00", None)]),
    ("neither amount nor price", [entry(None)], {}, [("INVALID_AMOUNT", AMOUNT, None, None)]),
    (
        "unit price too fine, beside an amount",
        [entry(unit_price=Decimal("0.0000000000001"))],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "unit_price"), "0.0000000000001", "12")],
    ),
    (
        "unit price too large on a line of tax only",
        [entry(None, unit_price=Decimal("1E+15"), tax_only=True, tax_items=[item("1.00")])],
        {},
        [
            (
                "INVALID_AMOUNT",
                ("lines", 0, "unit_price"),
                "1000000000000000",
                "999999999999999.999999999999",
            )
        ],
    ),
    (
        "exempt amount of the other sign",
        [entry(tax_items=[item("1.00", exempt_amount=Decimal("-0.50"))])],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 0, "exempt_amount"), "-0.50", None)],
    ),
    (
        "exempt amounts too large together",
        [
            entry(
                tax_items=[
                    item("1.00", exempt_amount=Decimal("9999999999999.99")),
                    item("1.00", exempt_amount=Decimal("0.01")),
                ]
            )
        ],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 1, "exempt_amount"), "0.01", None)],
    ),
    (
        "quantity too fine",
        [entry(quantity=Decimal("0.0000001"))],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "quantity"), "0.0000001", "6")],
    ),
    (
        "price too fine",
        [entry(None, quantity=Decimal(1), unit_price=Decimal("0.0000000000001"))],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "unit_price"), "0.0000000000001", "12")],
    ),
    (
        "too large together",
        [entry("9999999999999.99"), entry("0.01")],
        {},
        [("INVALID_AMOUNT", ("lines",), "10000000000000.00", "9999999999999.99")],
    ),
    (
        "too large together, by the last of its taxes",
        [entry("9999999999999.97", tax_items=[item("0.01"), item("0.02")])],
        {},
        [("INVALID_AMOUNT", ("lines",), "10000000000000.00", "9999999999999.99")],
    ),
    ("a tax of 0", [entry(tax_items=[item("0.00")])], {}, []),
    ("a tax of 0.01 alone", [entry(None, tax_only=True, tax_items=[item("0.01")])], {}, []),
    (
        "whatever is wrong with a line of tax only",
        [
            entry(
                None,
                tax_only=True,
                tax_items=[item("1.00")],
                quantity=Decimal("1E-7"),
                unit_price=Decimal("1E-13"),
            )
        ],
        {},
        [
            ("TOO_MANY_DECIMALS", ("lines", 0, "quantity"), "0.0000001", "6"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "unit_price"), "0.0000000000001", "12"),
        ],
    ),
    (
        "whatever is wrong with its tax items",
        [
            entry(
                tax_items=[
                    item("1.001"),
                    item("1.002", rate=Decimal("1E-9"), exempt_amount=Decimal("0.001")),
                    item("1.00", exempt_amount=Decimal("0.002")),
                ]
            )
        ],
        {},
        [
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 0, "amount"), "1.001", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 1, "amount"), "1.002", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 1, "exempt_amount"), "0.001", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 1, "rate"), "0.000000001", "8"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 2, "exempt_amount"), "0.002", "2"),
        ],
    ),
    (
        "tax to copy from nowhere",
        [entry(tax_strategy=TaxStrategy.COPY_FROM_INVOICE_LINE)],
        {},
        [
            (
                "TAX_NOT_ALLOWED",
                ("lines", 0, "tax_strategy"),
                "COPY_FROM_INVOICE_LINE",
                "MANUAL_OVERRIDE, IGNORE",
            )
        ],
    ),
    (
        "no engine, said by the header",
        [entry()],
        {"tax_strategy": TaxStrategy.CALCULATE},
        [
            (
                "TAX_ENGINE_NOT_CONFIGURED",
                path,
                "CALCULATE",
                "COPY_FROM_INVOICE_LINE, MANUAL_OVERRIDE, IGNORE",
            )
            for path in (("lines", 0, "tax_strategy"),)
        ],
    ),
    (
        "inclusive",
        [entry(tax_mode=TaxMode.INCLUSIVE, tax_strategy=TaxStrategy.IGNORE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE with IGNORE", "EXCLUSIVE")],
    ),
    (
        "negative tax",
        [entry(tax_items=[item("-1.00")])],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 0, "amount"), "-1.00", "0 or more")],
    ),
    (
        "a source item where there is no source",
        [entry(tax_items=[item("1.00", source_tax_item_id="invt_1")])],
        {},
        [("NOT_FOUND", ("lines", 0, "tax_items", 0, "source_tax_item_id"), "invt_1", None)],
    ),
    (
        "rate too fine",
        [entry(tax_items=[item("1.00", rate=Decimal("0.123456789"))])],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 0, "rate"), "0.123456789", "8")],
    ),
    (
        "tax only with an amount and without tax",
        [entry("1.00", tax_only=True)],
        {},
        [("INVALID_AMOUNT", AMOUNT, "1.00", "0"), ("INVALID_AMOUNT", ("lines", 0, "tax_items"), None, None)],
    ),
    ("accepted", [entry(), entry(None, quantity=Decimal("1.5"), unit_price=Decimal("0.333"))], {}, []),
    ("tax given", [entry(tax_items=[item("1.00")])], {}, []),
    ("tax only", [entry(None, tax_only=True, tax_items=[item("1.00")])], {}, []),
]


@pytest.mark.parametrize(
    ("lines", "said", "expected"), [row[1:] for row in CREATE], ids=[row[0] for row in CREATE]
)
def test_creating_a_memo(lines: list[MemoLineEntry], said: dict[str, Any], expected: list[Seen]) -> None:
    assert creating(*lines, **said) == expected


MEMO = CreditMemoReference(id="cm_1")
NAMED_MEMO: dict[Any, str] = {("credit_memo",): "cm_1"}


@pytest.mark.parametrize(
    ("status", "accepted"), [(each, each is CreditMemoStatus.DRAFT) for each in CreditMemoStatus]
)
def test_only_a_draft_memo_is_posted(status: CreditMemoStatus, accepted: bool) -> None:
    given = facts(memo(status=status), named=NAMED_MEMO)
    expected = [] if accepted else [("INVALID_STATUS", ("credit_memo",), str(status), "DRAFT")]
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), given)) == expected


@pytest.mark.parametrize("status", CreditMemoStatus)
def test_only_what_is_not_posted_is_canceled(status: CreditMemoStatus) -> None:
    given = facts(memo(status=status), named=NAMED_MEMO)
    accepted = status in (CreditMemoStatus.DRAFT, CreditMemoStatus.PENDING_APPROVAL)
    refused = [("INVALID_STATUS", ("credit_memo",), str(status), "DRAFT or PENDING_APPROVAL")]
    expected = [] if accepted else refused
    assert seen(violations_of_cancel(CancelCreditMemo(credit_memo=MEMO), given)) == expected


def test_an_unknown_memo_is_neither_posted_nor_canceled() -> None:
    expected = [("NOT_FOUND", ("credit_memo",), "cm_1", None)]
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), facts())) == expected
    assert seen(violations_of_cancel(CancelCreditMemo(credit_memo=MEMO), facts())) == expected


def test_a_stale_post_into_a_closed_period_is_refused_for_both() -> None:
    draft = memo(status=CreditMemoStatus.DRAFT, effective_date=date(2026, 3, 1))
    command = PostCreditMemo(credit_memo=MEMO, expected_version=5)
    found = violations_of_post(command, facts(draft, named=NAMED_MEMO, settings=CLOSED))
    assert codes(found) == ["VERSION_CONFLICT", "PERIOD_CLOSED"]


def test_what_was_posted_under_a_gapless_number_is_not_canceled() -> None:
    def canceling(**said: Any) -> list[Seen]:
        command, given = CancelCreditMemo(credit_memo=MEMO), facts(memo(**said), named=NAMED_MEMO)
        return seen(violations_of_cancel(command, given, has_gapless_number=True))

    assert canceling(status=CreditMemoStatus.DRAFT) == [("INVALID_STATUS", ("credit_memo",), "cm_1", None)]
    assert canceling() == [("INVALID_STATUS", ("credit_memo",), "POSTED", "DRAFT or PENDING_APPROVAL")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [("LIMIT_EXCEEDED", ("credit_memo",), "3", "2")]),
        ({"auto_apply_upon_posting": False}, []),
        ({"balance": 0}, []),
    ],
)
def test_a_memo_that_is_applied_upon_posting_settles_no_more_lines_than_any_other(
    said: dict[str, Any], expected: list[Seen]
) -> None:
    drawn: dict[str, Any] = {"source": CreditMemoSource.INVOICE, "invoice_id": "inv_1"}
    draft = memo(**{"status": CreditMemoStatus.DRAFT, "auto_apply_upon_posting": True, **drawn, **said})
    records = (draft, memo_line(), memo_line("cml_2"), invoice(), line(), line("invl_2"))
    given = facts(*records, named=NAMED_MEMO, settings=LINES, limits=Limits(source_pairs=2))
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), given)) == expected
