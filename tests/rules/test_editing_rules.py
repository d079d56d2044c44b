"""When memos may be changed, and in what."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import CreditMemoReference, InvoiceCreditEntry, MemoLineChange, UpdateCreditMemo
from app.domain.commands.editing import EDITABLE_WHEN_POSTED
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.memo_editing import without_edited_lines
from app.domain.record import Record
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus, InvoiceStatus, RefundType, TaxStrategy
from app.validation.memo_editing import violations_of_update_memo
from tests.rules.facts import Seen, facts, invoice, line, memo, memo_line, reason, refund, seen

CLOSED = Settings(closed_through=date(2026, 3, 31))
MEMO = ("credit_memo",)
DRAFT = {"status": CreditMemoStatus.DRAFT}
DRAWN: dict[str, Any] = {**DRAFT, "source": CreditMemoSource.INVOICE, "invoice_id": "inv_1"}


def known(**said: Any) -> Facts:
    """A memo of two lines of 25.00, one of them drawn from an invoice line of 100.00 where the memo is; two invoices."""
    settings, more = said.pop("settings", None), said.pop("more", ())
    is_drawn = said.get("invoice_id") is not None
    drawn: dict[str, Any] = {"amount_credited": 2500} if is_drawn else {}
    return facts(
        memo(**{"id": "cm_1", **said}),
        memo_line("cml_1", 2500, source_invoice_line_id="invl_1" if is_drawn else None),
        memo_line("cml_2", 2500),
        invoice("inv_1", credited_amount=2500 if is_drawn else 0),
        invoice("inv_2"),
        line("invl_1", **drawn),
        line("invl_2", 5000, invoice_id="inv_2"),
        reason("OK"),
        *more,
        named={MEMO: "cm_1"},
        settings=settings,
    )


def judged(command: UpdateCreditMemo, **said: Any) -> list[Seen]:
    all_of_it = known(**said)
    edited = all_of_it.named_record(type(memo()), "credit_memo")
    without = all_of_it if edited is None else without_edited_lines(command, all_of_it, edited)
    return seen(violations_of_update_memo(command, all_of_it, without))


def updating(**said: Any) -> UpdateCreditMemo:
    return UpdateCreditMemo(credit_memo=CreditMemoReference(id="cm_1"), **said)


def entry(amount: str, id: str | None = None, **said: Any) -> MemoLineChange:
    return MemoLineChange(amount=Decimal(amount), credit_memo_line_id=id, **said)


def credit(id: str, amount: str) -> InvoiceCreditEntry:
    return InvoiceCreditEntry(invoice_line_id=id, amount=Decimal(amount))


TAKEN = (
    memo("cm_8", external_reference="E", external_reference_source=None),
    memo("cm_9", external_reference="F", external_reference_source="erp"),
)
HEADER: list[tuple[str, dict[str, Any], dict[str, Any], list[Seen]]] = [
    ("a draft's words", {"comment": "x", "tax_date": None}, DRAFT, []),
    ("a posted memo's words", {"comment": "x", "expires_on": None}, {}, []),
    (
        "what a posted memo does not change",
        {"comment": "x", "tax_date": None, "lines": []},
        {},
        [("NOT_EDITABLE", ("tax_date",), "POSTED", None), ("NOT_EDITABLE", ("lines",), "POSTED", None)],
    ),
    (
        "the date of a reversed memo",
        {"comment": "x", "effective_date": None},
        {"reversed": True},
        [("NOT_EDITABLE", ("effective_date",), "POSTED", None)],
    ),
    (
        "one that waits for approval",
        {"comment": "x"},
        {"status": CreditMemoStatus.PENDING_APPROVAL},
        [("INVALID_STATUS", MEMO, "PENDING_APPROVAL", "DRAFT or POSTED")],
    ),
    (
        "one that is void",
        {"comment": "x", "tax_date": None},
        {"status": CreditMemoStatus.VOIDED},
        [("INVALID_STATUS", MEMO, "VOIDED", "DRAFT or POSTED")],
    ),
    ("a reason there is", {"reason_code": "OK"}, DRAFT, []),
    (
        "no such reason",
        {"reason_code": "NO"},
        DRAFT,
        [("INVALID_REASON_CODE", ("reason_code",), "NO", "OK")],
    ),
    ("no template", {"template": "NO"}, DRAFT, [("TEMPLATE_NOT_FOUND", ("template",), "NO", None)]),
    (
        "a flag against a strategy",
        {"lines": [entry("1.00")], "tax_strategy": TaxStrategy.IGNORE, "tax_auto_calculation": True},
        DRAFT,
        [("TAX_NOT_ALLOWED", ("tax_auto_calculation",), None, None)],
    ),
    (
        "a reference that another memo has",
        {"external_reference": "E"},
        {**DRAFT, "more": TAKEN},
        [("EXTERNAL_REFERENCE_REUSED", ("external_reference",), "E", None)],
    ),
    (
        "a source with which another memo has the reference",
        {"external_reference_source": "erp"},
        {**DRAFT, "external_reference": "F", "more": TAKEN},
        [("EXTERNAL_REFERENCE_REUSED", ("external_reference",), "F", None)],
    ),
    (
        "a reference that another memo has had",
        {"comment": "x"},
        {"external_reference": "E", "more": TAKEN},
        [],
    ),
    (
        "whatever is wrong with the header",
        {
            "reason_code": "NO",
            "template": "NO",
            "effective_date": date(2026, 3, 31),
            "external_reference": "E",
        },
        {**DRAFT, "settings": CLOSED, "more": TAKEN},
        [
            ("EXTERNAL_REFERENCE_REUSED", ("external_reference",), "E", None),
            ("INVALID_REASON_CODE", ("reason_code",), "NO", "OK"),
            ("TEMPLATE_NOT_FOUND", ("template",), "NO", None),
            ("PERIOD_CLOSED", ("effective_date",), "2026-03-31", "after 2026-03-31"),
        ],
    ),
    ("stale", {"expected_version": 9}, DRAFT, [("VERSION_CONFLICT", ("expected_version",), "9", "1")]),
]


@pytest.mark.parametrize(
    ("said", "memo_said", "expected"),
    [case[1:] for case in HEADER],
    ids=[case[0] for case in HEADER],
)
def test_a_header_is_changed_as_far_as_its_status_goes(
    said: dict[str, Any], memo_said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(updating(**said), **memo_said) == expected


def test_every_other_field_of_a_posted_memo_is_named() -> None:
    said = dict.fromkeys(("reason_code", "bill_to_contact", *EDITABLE_WHEN_POSTED))
    assert {path for _, path, *_ in judged(updating(**said))} == {("reason_code",), ("bill_to_contact",)}


@pytest.mark.parametrize(
    ("day", "memo_date", "status", "is_closed"),
    [
        (date(2026, 4, 1), date(2026, 4, 2), "POSTED", False),
        (date(2026, 3, 31), date(2026, 4, 2), "POSTED", True),
        (date(2026, 4, 1), date(2026, 3, 31), "POSTED", True),
        (date(2026, 4, 1), date(2026, 3, 31), "DRAFT", False),
        (date(2026, 3, 31), date(2026, 4, 1), "DRAFT", True),
        (None, date(2026, 4, 2), "POSTED", False),
    ],
)
def test_a_date_leaves_and_enters_no_closed_period(
    day: date | None, memo_date: date, status: str, is_closed: bool
) -> None:
    said = {"status": CreditMemoStatus(status), "memo_date": memo_date, "settings": CLOSED}
    found = [code for code, *_ in judged(updating(effective_date=day), **said)]
    assert found == (["PERIOD_CLOSED"] if is_closed else [])


USED = (
    refund("rfd_1", refund_date=date(2026, 4, 10)),
    refund("rfd_2", refund_date=date(2026, 4, 1), type=RefundType.REVERSED, reversed_refund_id="rfd_1"),
    refund("rfd_3", refund_date=date(2026, 4, 1), credit_memo_id="cm_9"),
    invoice("inv_8", credit_memo_id="cm_1", invoice_date=date(2026, 4, 9)),
    invoice("inv_9", credit_memo_id="cm_1", invoice_date=date(2026, 4, 1), status=InvoiceStatus.VOIDED),
)


@pytest.mark.parametrize(
    ("day", "used", "earliest"),
    [
        (date(2026, 4, 9), USED, None),
        (date(2026, 4, 10), USED, "2026-04-09 or earlier"),
        (date(2026, 4, 10), USED[:3], None),
        (date(2026, 4, 11), USED[:3], "2026-04-10 or earlier"),
        (date(2999, 1, 1), USED[1:3], None),
        (date(2999, 1, 1), USED[4:], None),
    ],
)
def test_a_posted_memo_is_not_dated_after_what_was_refunded_or_written_off_of_it(
    day: date, used: tuple[Record, ...], earliest: str | None
) -> None:
    found = judged(updating(effective_date=day), more=used)
    assert found == ([("INVALID_DATE", ("effective_date",), day.isoformat(), earliest)] if earliest else [])


def test_a_draft_has_no_use_to_be_dated_before() -> None:
    assert judged(updating(effective_date=date(2999, 1, 1)), more=USED, **DRAFT) == []


LINES: list[tuple[str, dict[str, Any], dict[str, Any], list[Seen]]] = [
    ("replaced and new", {"lines": [entry("1.00", "cml_1"), entry("2.00")]}, DRAFT, []),
    (
        "another memo's line",
        {"lines": [entry("1.00", "cml_9")]},
        DRAFT,
        [("NOT_FOUND", ("lines", 0, "credit_memo_line_id"), "cml_9", None)],
    ),
    (
        "replaced and removed",
        {"lines": [entry("1.00", "cml_1")], "remove_line_ids": ["cml_1"]},
        DRAFT,
        [("DUPLICATE_LINE", ("remove_line_ids", 0), "cml_1", None)],
    ),
    (
        "nothing left",
        {"remove_line_ids": ["cml_1", "cml_2"]},
        DRAFT,
        [("NO_LINES", ("remove_line_ids",), None, None)],
    ),
    (
        "nothing left, by what is not all of the memo",
        {"remove_line_ids": ["cml_1", "cml_9", "cml_2"]},
        DRAFT,
        [
            ("NO_LINES", ("remove_line_ids",), None, None),
            ("NOT_FOUND", ("remove_line_ids", 1), "cml_9", None),
        ],
    ),
    ("no credit", {"lines": [entry("0")]}, DRAFT, [("INVALID_AMOUNT", ("lines", 0, "amount"), "0.00", None)]),
    (
        "too large with what stays",
        {"lines": [entry("9999999999949.99", "cml_1"), entry("50.00")]},
        DRAFT,
        [("INVALID_AMOUNT", ("lines",), "10000000000024.99", "9999999999999.99")],
    ),
    (
        "lines of a drawn memo",
        {"lines": [entry("1.00")]},
        DRAWN,
        [("NOT_EDITABLE", ("lines",), "DRAFT", None)],
    ),
    (
        "invoice lines of a memo that stands alone",
        {"invoice_lines": [credit("invl_1", "1.00")]},
        DRAFT,
        [("NOT_EDITABLE", ("invoice_lines",), "DRAFT", None)],
    ),
    ("drawn anew, up to all of the line", {"invoice_lines": [credit("invl_1", "100.00")]}, DRAWN, []),
    (
        "drawn beyond the line",
        {"invoice_lines": [credit("invl_1", "100.01")]},
        DRAWN,
        [("EXCEEDS_CREDITABLE_AMOUNT", ("invoice_lines", 0, "amount"), "100.01", "100.00")],
    ),
    (
        "another invoice's line",
        {"invoice_lines": [credit("invl_2", "1.00")]},
        DRAWN,
        [("LINE_NOT_ON_INVOICE", ("invoice_lines", 0, "invoice_line_id"), "invl_2", None)],
    ),
    (
        "a line twice",
        {"invoice_lines": [credit("invl_1", "1.00"), credit("invl_1", "2.00")]},
        DRAWN,
        [("DUPLICATE_LINE", ("invoice_lines", 1, "invoice_line_id"), "invl_1", None)],
    ),
    (
        "drawn anew and removed",
        {"invoice_lines": [credit("invl_1", "1.00")], "remove_line_ids": ["cml_1"]},
        DRAWN,
        [("DUPLICATE_LINE", ("remove_line_ids", 0), "cml_1", None)],
    ),
]


@pytest.mark.parametrize(
    ("said", "memo_said", "expected"), [case[1:] for case in LINES], ids=[case[0] for case in LINES]
)
def test_lines_of_a_draft_are_judged_as_at_creation_without_their_own_credit(
    said: dict[str, Any], memo_said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(updating(**said), **memo_said) == expected


def test_a_memo_that_is_not_there() -> None:
    assert judged(updating(comment="x"), id="cm_9") == [("NOT_FOUND", MEMO, "cm_1", None)]


def mixed(charge: int, discount: int, **said: Any) -> list[Seen]:
    """A draft that has drawn all of an invoice of two lines, a charge and a discount, to be changed."""
    command, total = updating(**said), charge + discount
    given = facts(
        memo(total=total, **DRAWN),
        memo_line("cml_1", charge, source_invoice_line_id="invl_1"),
        memo_line("cml_2", discount, source_invoice_line_id="invl_2"),
        invoice(total=total, credited_amount=total),
        line("invl_1", charge, amount_credited=charge),
        line("invl_2", discount, amount_credited=discount),
        named={MEMO: "cm_1"},
    )
    without = without_edited_lines(command, given, given.get(CreditMemo, "cm_1"))
    return seen(violations_of_update_memo(command, given, without))


def test_what_a_discount_let_draw_is_too_much_without_it() -> None:
    beyond = ("EXCEEDS_CREDITABLE_AMOUNT", ("invoice_lines",))
    assert mixed(10000, -5000, remove_line_ids=["cml_2"]) == [(*beyond, "100.00", "50.00")]
    assert mixed(10000, -5000, invoice_lines=[credit("invl_2", "-10.00")]) == [(*beyond, "90.00", "50.00")]
    assert mixed(10000, -5000, invoice_lines=[credit("invl_2", "-50.00")]) == []
    assert mixed(1, -1, remove_line_ids=["cml_2"]) == [(*beyond, "0.01", "0.00")]


def test_a_memo_does_not_become_negative() -> None:
    assert mixed(10000, -5000, remove_line_ids=["cml_1"]) == [
        ("INVALID_AMOUNT", ("invoice_lines",), "-50.00", "0 or more")
    ]
    assert mixed(10000, -5000, invoice_lines=[credit("invl_1", "50.00")]) == []
