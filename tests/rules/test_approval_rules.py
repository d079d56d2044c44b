"""What may be posted within a limit, and who may approve what is above it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.access import APPROVE as APPROVING
from app.domain.access import POST, Allowed, together
from app.domain.approval import limit_passed
from app.domain.commands import (
    AccountReference,
    ApproveCreditMemo,
    ConvertNegativeInvoiceLines,
    CreateAndApplyCreditMemo,
    CreditMemoReference,
    InvoiceCreditEntry,
    InvoiceEntry,
    InvoiceLineEntry,
    InvoiceReference,
    RejectCreditMemo,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.line_credit import CreditCommand
from app.domain.vocabulary import CreditMemoStatus, TaxStrategy
from app.validation.convert import violations_of_conversion_on_posting, violations_of_convert
from app.validation.credit import violations_of_create_and_apply
from app.validation.credit_from_invoice import (
    violations_of_create_from_invoice,
    violations_of_credit_from_invoice,
)
from app.validation.invoices import violations_of_posted_entry
from app.validation.posting import violations_of_approve, violations_of_reject
from tests.rules.facts import NOW, Seen, account, facts, invoice, line, memo, seen, tax
from tests.rules.from_invoice import asked, entry

MEMO = CreditMemoReference(id="cm_1")
PATH = ("credit_memo",)
NAMED: dict[Any, str] = {PATH: "cm_1"}
CLOSED = Settings(closed_through=date(2026, 3, 31))

LIMITS = [
    (None, "USD", 10**15, None),
    ({"USD": 5000}, "USD", 5000, None),
    ({"USD": 5000}, "USD", 5001, 5000),
    ({"USD": 5000}, "EUR", 1, 0),
    ({"USD": 5000}, "EUR", 0, None),
    ({}, "USD", 1, 0),
    ({"JPY": 0}, "JPY", 0, None),
]


@pytest.mark.parametrize(("limits", "currency", "total", "passed"), LIMITS)
def test_a_limit_is_passed_by_what_is_above_it_and_a_currency_without_one_has_0(
    limits: dict[str, int] | None, currency: str, total: int, passed: int | None
) -> None:
    assert limit_passed(limits, currency, total) == passed


def waiting(**said: Any) -> CreditMemo:
    """50.00, made by ada, submitted by ben."""
    status = CreditMemoStatus.PENDING_APPROVAL
    return memo(
        **{
            "status": status,
            "updated_by": "ben",
            "approval_requested_at": NOW,
            "approval_requested_by": "ben",
            **said,
        }
    )


def self_approval(name: str) -> Seen:
    return ("SELF_APPROVAL", PATH, name, None)


APPROVE: list[tuple[str, CreditMemo, dict[str, Any], list[Seen]]] = [
    ("accepted", waiting(), {}, []),
    ("its creator", waiting(), {"actor": "ada"}, [self_approval("ada")]),
    ("who edited it last", waiting(edited_by="cyd"), {"actor": "cyd"}, [self_approval("cyd")]),
    ("who changed nothing that it says", waiting(updated_by="cyd"), {"actor": "cyd"}, []),
    ("who asked", waiting(approval_requested_by="cyd"), {"actor": "cyd"}, [self_approval("cyd")]),
    ("at the limit", waiting(), {"approval_limits": {"USD": 5000}}, []),
    (
        "above the limit",
        waiting(),
        {"approval_limits": {"USD": 4999}},
        [("EXCEEDS_APPROVAL_LIMIT", PATH, "50.00", "49.99")],
    ),
    (
        "in a currency without a limit",
        waiting(currency="JPY"),
        {"approval_limits": {"USD": 5000}},
        [("EXCEEDS_APPROVAL_LIMIT", PATH, "5000", "0")],
    ),
    (
        "everything at once",
        waiting(effective_date=date(2026, 3, 1)),
        {"actor": "ada", "approval_limits": {}, "settings": CLOSED},
        [
            self_approval("ada"),
            ("PERIOD_CLOSED", PATH, "2026-03-01", "after 2026-03-31"),
            ("EXCEEDS_APPROVAL_LIMIT", PATH, "50.00", "0.00"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("given", "around", "expected"), [row[1:] for row in APPROVE], ids=[row[0] for row in APPROVE]
)
def test_approving(given: CreditMemo, around: dict[str, Any], expected: list[Seen]) -> None:
    judged = facts(given, named=NAMED, **{"actor": "eve", **around})
    assert seen(violations_of_approve(ApproveCreditMemo(credit_memo=MEMO), judged)) == expected


@pytest.mark.parametrize("status", [each for each in CreditMemoStatus if each != "PENDING_APPROVAL"])
def test_only_what_waits_is_approved_or_rejected(status: CreditMemoStatus) -> None:
    """Of another it is not said who might approve it."""
    given = facts(memo(status=status), named=NAMED, approval_limits={})
    refused = [("INVALID_STATUS", PATH, str(status), "PENDING_APPROVAL")]
    assert seen(violations_of_approve(ApproveCreditMemo(credit_memo=MEMO), given)) == refused
    assert seen(violations_of_reject(RejectCreditMemo(credit_memo=MEMO), given)) == refused


def test_an_unknown_memo_is_neither_approved_nor_rejected() -> None:
    expected = [("NOT_FOUND", PATH, "cm_1", None)]
    assert seen(violations_of_approve(ApproveCreditMemo(credit_memo=MEMO), facts())) == expected
    assert seen(violations_of_reject(RejectCreditMemo(credit_memo=MEMO), facts())) == expected


def test_a_stale_approval_is_refused() -> None:
    command = ApproveCreditMemo(credit_memo=MEMO, expected_version=5)
    found = violations_of_approve(command, facts(waiting(), named=NAMED, actor="eve"))
    assert seen(found) == [("VERSION_CONFLICT", ("expected_version",), "5", "1")]


def test_whoever_asked_for_it_may_reject_it_whatever_its_own_limit() -> None:
    given = facts(waiting(), named=NAMED, actor="ben", approval_limits={})
    assert violations_of_reject(RejectCreditMemo(credit_memo=MEMO), given) == []


# ---------------------------------------------------------------------------------------------- several steps
TAXED = (invoice(total=10825), line(tax=825), tax())


def _crediting(amount: str = "50.00") -> CreateAndApplyCreditMemo:
    return CreateAndApplyCreditMemo(
        invoice=InvoiceReference(id="inv_1"),
        tax_strategy=TaxStrategy.COPY_FROM_INVOICE_LINE,
        lines=[InvoiceCreditEntry(invoice_line_id="invl_1", amount=Decimal(amount))],
    )


COPY = {"tax_strategy": TaxStrategy.COPY_FROM_INVOICE_LINE}
POSTED = asked(entry(), post=True, **COPY)
APPLIED = asked(entry(), post=True, apply_to_invoice=True, **COPY)
IN_FULL = asked(full_credit=True, post=True, auto_apply_upon_posting=True, **COPY)
REMEMBERED = asked(entry(), apply_to_invoice=True, **COPY)
WHOLE: list[tuple[str, CreditCommand, dict[str, int], list[Seen]]] = [
    ("credited at the limit, with tax", _crediting(), {"USD": 5413}, []),
    (
        "credited above it",
        _crediting(),
        {"USD": 5412},
        [("EXCEEDS_APPROVAL_LIMIT", ("lines",), "54.13", "54.12")],
    ),
    ("posted alone waits", POSTED, {}, []),
    ("remembered for its posting", REMEMBERED, {}, []),
    ("posted and applied", APPLIED, {}, [("EXCEEDS_APPROVAL_LIMIT", ("post",), "54.13", "0.00")]),
    ("posted and applied at the limit", APPLIED, {"USD": 5413}, []),
    (
        "in full",
        IN_FULL,
        {"USD": 10824},
        [("EXCEEDS_APPROVAL_LIMIT", ("post",), "108.25", "108.24")],
    ),
]


@pytest.mark.parametrize(
    ("command", "limits", "expected"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE]
)
def test_what_is_credited_and_applied_in_one_step_is_refused_whole(
    command: CreditCommand, limits: dict[str, int], expected: list[Seen]
) -> None:
    given = facts(*TAXED, named={("invoice",): "inv_1"}, approval_limits=limits)
    if isinstance(command, CreateAndApplyCreditMemo):
        found = violations_of_create_and_apply(command, given)
    else:
        found = violations_of_create_from_invoice(command, given)
    assert seen(found) == expected


def test_of_a_credit_that_breaks_another_rule_it_is_not_said_what_it_would_come_to() -> None:
    given = facts(*TAXED, named={("invoice",): "inv_1"}, approval_limits={})
    found = seen(violations_of_create_and_apply(_crediting("100.01"), given))
    assert "EXCEEDS_APPROVAL_LIMIT" not in {code for code, *_ in found}
    assert found


def test_a_direct_memo_waits_even_where_it_is_to_be_applied() -> None:
    given = facts(*TAXED, named={("invoice",): "inv_1"}, approval_limits={})
    assert violations_of_credit_from_invoice(APPLIED, given) == []


MIXED = (invoice(total=8000), line(), line("invl_2", amount=-1500), line("invl_3", amount=-500))


def test_a_conversion_above_the_limit_is_refused_whole() -> None:
    command = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id="inv_1"))
    given = facts(*MIXED, named={("invoice",): "inv_1"}, approval_limits={"USD": 1999})
    path = ("invoice_line_ids",)
    refused = [("EXCEEDS_APPROVAL_LIMIT", path, "20.00", "19.99")]
    assert seen(violations_of_convert(command, given)) == refused
    part = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id="inv_1"), invoice_line_ids=["invl_2"])
    assert violations_of_convert(part, given) == []


@pytest.mark.parametrize("applies", [True, False])
def test_so_is_the_posting_of_an_invoice_whose_negative_lines_are_then_converted(applies: bool) -> None:
    settings = Settings(convert_negative_lines_on_posting=True, apply_converted_memo_on_posting=applies)
    given = facts(*MIXED, settings=settings, approval_limits={"USD": 1999})
    found = violations_of_conversion_on_posting(given, MIXED[0], ("invoice",))
    assert seen(found) == [("EXCEEDS_APPROVAL_LIMIT", ("invoice",), "20.00", "19.99")]
    plain = facts(*MIXED, approval_limits={})
    assert violations_of_conversion_on_posting(plain, MIXED[0], ("invoice",)) == []


# ---------------------------------------------------------------------------------------------- limits of several roles
def _role(*permissions: str, **limits: int) -> Allowed:
    return Allowed(
        permissions=frozenset(permissions), approval_limits=limits or None, approving_limits=limits or None
    )


ROLES = [
    ("nobody", [], None),
    ("one that posts", [_role(POST, USD=5)], {"USD": 5}),
    ("the more generous", [_role(POST, USD=5, EUR=1), _role(POST, USD=3, EUR=2)], {"USD": 5, "EUR": 2}),
    ("one without limits that posts", [_role(POST, USD=5), _role(POST)], None),
    ("one without limits that posts nothing", [_role(POST, USD=5), _role("invoices:convert")], {"USD": 5}),
    (
        "one that posts without limits beside one that converts",
        [_role(POST), _role("invoices:convert", USD=5)],
        None,
    ),
    ("one without limits that approves only", [_role(POST, USD=5), _role(APPROVING)], {"USD": 5}),
    ("one that only converts", [_role("invoices:convert", USD=5), _role("books:read")], {"USD": 5}),
]


@pytest.mark.parametrize(("roles", "limits"), [row[1:] for row in ROLES], ids=[row[0] for row in ROLES])
def test_the_limits_of_several_roles(roles: list[Allowed], limits: dict[str, int] | None) -> None:
    assert together(roles).approval_limits == limits


def test_approving_has_limits_of_its_own() -> None:
    both = together([_role(POST, USD=5), _role(APPROVING, USD=9)])
    assert (both.approval_limits, both.approving_limits) == ({"USD": 5}, {"USD": 9})
    assert together([_role(POST), _role(APPROVING, USD=9)]).approving_limits == {"USD": 9}


# ---------------------------------------------------------------------------------------------- imports
def test_an_imported_invoice_is_judged_by_what_its_posting_would_convert() -> None:
    amounts = [("400.00", None), ("-10.00", "-0.80"), ("-5.00", None)]
    lines = [
        InvoiceLineEntry(
            amount=Decimal(amount), tax_amount=None if tax_amount is None else Decimal(tax_amount)
        )
        for amount, tax_amount in amounts
    ]
    given = InvoiceEntry(
        account=AccountReference(number="A-1"), invoice_date=date(2026, 1, 10), lines=lines, post=True
    )
    settings = Settings(convert_negative_lines_on_posting=True)
    known = facts(account(), named={("account",): "acc_1"}, settings=settings, approval_limits={"USD": 1579})
    found = seen(violations_of_posted_entry(given, known, ()))
    assert found == [("EXCEEDS_APPROVAL_LIMIT", ("lines",), "15.80", "15.79")]
    assert violations_of_posted_entry(replace(given, post=False), known, ()) == []
    plain = facts(account(), named={("account",): "acc_1"}, approval_limits={})
    assert violations_of_posted_entry(given, plain, ()) == []
