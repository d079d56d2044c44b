"""What becomes of a memo that is made of an invoice: its header, its tax, and what of it goes to the invoice at once."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.application import CreditMemoApplication
from app.domain.credit_memo import CreditMemo
from app.domain.crediting import credit_from_invoice, draft_from_invoice, planned_upon_posting
from app.domain.facts import Worksheet
from app.domain.record import Record
from app.domain.vocabulary import InvoiceStatus, OnTaxFailure, TaxStatus
from tests.rules.facts import TODAY, facts, invoice, line, memo, reason, tax, worksheet
from tests.rules.from_invoice import BUILT_IN, CALCULATE, asked, entry

TAXED: tuple[Record, ...] = (invoice(total=10825, group_number="G-1"), line(tax=825), tax(), reason("OK"))


def sheet(**said: Any) -> Worksheet:
    return worksheet(*TAXED, named={("invoice",): "inv_1"}, **said)


@pytest.mark.parametrize(("said", "expected"), [(None, "G-1"), ("G-2", "G-2")])
def test_a_memo_is_of_the_group_that_is_said_and_else_of_its_invoices(
    said: str | None, expected: str
) -> None:
    made = draft_from_invoice(sheet(), asked(entry(), invoice_group_number=said))
    assert made.invoice_group_number == expected


@pytest.mark.parametrize(
    ("said", "applied"),
    [({}, None), ({"apply_to_invoice": True}, 5413), ({"auto_apply_upon_posting": True}, 5413)],
)
def test_a_memo_that_is_posted_is_applied_where_that_is_asked(
    said: dict[str, Any], applied: int | None
) -> None:
    done = sheet()
    memo_id, application_id = credit_from_invoice(done, asked(entry(), post=True, **said))
    applications = {each.id: each.amount for each in done.every(CreditMemoApplication)}
    assert applications == ({} if application_id is None else {application_id: applied})
    assert done.get(CreditMemo, memo_id).balance == 5413 - (applied or 0)


def test_a_memo_whose_tax_cannot_be_told_is_a_draft_that_says_why_whatever_was_asked() -> None:
    done = sheet(settings=BUILT_IN)
    one = entry(tax_strategy=CALCULATE)
    command = asked(one, post=True, apply_to_invoice=True, on_tax_failure=OnTaxFailure.DRAFT)
    memo_id, application_id = credit_from_invoice(done, command)
    made = done.get(CreditMemo, memo_id)
    assert (made.tax_status, made.posted_at, application_id) == (TaxStatus.ERROR, None, None)
    assert made.tax_message == (
        "Line 1: There is no rate for tax code (none) in jurisdiction (none) on 2026-01-10."
    )


UPON_POSTING: list[tuple[str, dict[str, Any], dict[str, Any], int | None]] = [
    ("as far as the memo reaches", {}, {}, 5000),
    ("as far as the invoice reaches", {}, {"balance": 1}, 1),
    ("a memo of one cent", {"balance": 1}, {}, 1),
    ("a memo of nothing", {"balance": 0}, {}, None),
    ("a memo below nothing", {"balance": -1}, {}, None),
    ("an invoice that owes nothing", {}, {"balance": 0}, None),
    ("a draft invoice", {}, {"status": InvoiceStatus.DRAFT}, None),
    ("not asked for", {"auto_apply_upon_posting": False}, {}, None),
    ("without an invoice", {"invoice_id": None}, {}, None),
    ("closed to other automatic application", {"exclude_from_auto_apply": True}, {}, 5000),
    ("expired", {"expires_on": TODAY - timedelta(days=1)}, {}, 5000),
]


@pytest.mark.parametrize(
    ("of_memo", "of_invoice", "expected"),
    [each[1:] for each in UPON_POSTING],
    ids=[each[0] for each in UPON_POSTING],
)
def test_upon_posting_a_memo_goes_to_its_invoice_as_far_as_both_balances_reach(
    of_memo: dict[str, Any], of_invoice: dict[str, Any], expected: int | None
) -> None:
    made = memo(**{"auto_apply_upon_posting": True, "invoice_id": "inv_1", **of_memo})
    planned = planned_upon_posting(facts(invoice(**of_invoice)), made)
    assert (None if planned is None else planned.amount) == expected
