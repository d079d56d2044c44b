"""What direct credit memos keep to beside the rules of any credit from an invoice."""

from dataclasses import replace
from decimal import Decimal

from app.domain.commands import (
    DirectCreditLineEntry,
    DirectCreditMemoEntry,
    DirectCreditSelection,
    InvoiceReference,
)
from app.domain.entity import ReasonCode
from app.validation.direct_credit import (
    violations_of_direct_entry,
    violations_of_selected_options,
)
from tests.rules.facts import facts, seen

REBILL = ReasonCode(id="rsn_2", code="REBILL", label="Credit & Rebill", allowed_for_direct=False)


def test_a_reason_code_must_be_one_that_direct_memos_may_have() -> None:
    entry = DirectCreditMemoEntry(
        invoice=InvoiceReference(id="inv_1"), full_credit=True, reason_code="REBILL"
    )
    assert seen(violations_of_direct_entry(entry, facts(REBILL))) == [
        ("REASON_CODE_NOT_ALLOWED", ("reason_code",), "REBILL", "")
    ]
    # One that is none is told by the rules of any memo.
    assert violations_of_direct_entry(replace(entry, reason_code="NONE"), facts(REBILL)) == []


def test_a_named_amount_is_more_than_0() -> None:
    lines = [
        DirectCreditLineEntry(invoice_line_id="invl_1", amount=Decimal(each)) for each in ("1", "0.00", "-1")
    ]
    entry = DirectCreditMemoEntry(invoice=InvoiceReference(id="inv_1"), lines=lines)
    assert seen(violations_of_direct_entry(entry, facts())) == [
        ("INVALID_AMOUNT", ("lines", 1, "amount"), "0.00", "more than 0"),
        ("INVALID_AMOUNT", ("lines", 2, "amount"), "-1", "more than 0"),
    ]


def test_what_all_items_of_a_selection_share_is_judged_at_once() -> None:
    selection = DirectCreditSelection(accounts=[], reason_code="REBILL", template="NONE")
    assert seen(violations_of_selected_options(selection, facts(REBILL))) == [
        ("REASON_CODE_NOT_ALLOWED", ("selection", "reason_code"), "REBILL", ""),
        ("TEMPLATE_NOT_FOUND", ("selection", "template"), "NONE", None),
    ]
