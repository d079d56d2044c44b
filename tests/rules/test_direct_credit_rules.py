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
from tests.rules.facts import facts, reason, seen

REBILL = ReasonCode(id="rsn_2", code="REBILL", label="Credit & Rebill", allowed_for_direct=False)


def test_a_reason_code_must_be_one_that_direct_memos_may_have() -> None:
    entry = DirectCreditMemoEntry(
        invoice=InvoiceReference(id="inv_1"), full_credit=True, reason_code="REBILL"
    )
    assert seen(violations_of_direct_entry(entry, facts(REBILL, reason("OK"), reason("GOOD")))) == [
        ("REASON_CODE_NOT_ALLOWED", ("reason_code",), "REBILL", "GOOD, OK")
    ]


def test_one_that_is_none_names_only_those_that_direct_memos_may_have() -> None:
    entry = DirectCreditMemoEntry(invoice=InvoiceReference(id="inv_1"), full_credit=True, reason_code="NONE")
    assert seen(violations_of_direct_entry(entry, facts(REBILL, reason("OK"), reason("GOOD")))) == [
        ("INVALID_REASON_CODE", ("reason_code",), "NONE", "GOOD, OK")
    ]


def test_the_entity_s_default_is_called_so_where_nobody_named_it() -> None:
    entry = DirectCreditMemoEntry(invoice=InvoiceReference(id="inv_1"), full_credit=True)
    [wrong] = violations_of_direct_entry(entry, facts(replace(REBILL, is_default=True)))
    assert wrong.message.startswith("The entity's default reason code ")
    assert (wrong.code, wrong.asked) == ("REASON_CODE_NOT_ALLOWED", "REBILL")


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
