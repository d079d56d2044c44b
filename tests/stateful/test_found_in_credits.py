"""What walks have found of credits from invoices, kept like the walks of `test_found`."""

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel, TaxEngineKind
from tests.stateful.steps import accepted, an_invoice, refused
from tests.stateful.walk import FOUND_LATE, Walk

CALCULATING = pytest.mark.parametrize("entity_settings", [Settings(tax_engine=TaxEngineKind.BUILT_IN)])
CONVERTING = pytest.mark.parametrize(
    "entity_settings",
    [
        Settings(
            application_level=level,
            convert_negative_lines_on_posting=True,
            apply_converted_memo_on_posting=applies,
        )
        for level in ApplicationLevel
        for applies in (False, True)
    ],
)


@CALCULATING
async def test_a_copy_beside_a_line_whose_tax_failed_carries_only_its_own_share(walk: Walk) -> None:
    """The failed line took no tax, so it does not count in the proportion until it has some."""
    late = {"amount": "400.00", "taxCode": "LATE", "jurisdiction": "OHIO", "taxAmount": "33.00"}
    made, [line] = await an_invoice(walk, late)
    by = {"invoice": {"id": made}}
    failing = {"invoiceLineId": line, "amount": "144.00", "taxStrategy": "CALCULATE"}
    waiting = await accepted(
        walk, "createCreditMemoFromInvoice", {**by, "lines": [failing], "onTaxFailure": "DRAFT"}
    )
    copied = {"invoiceLineId": line, "amount": "12.80", "taxStrategy": "COPY_FROM_INVOICE_LINE"}
    await accepted(walk, "createCreditMemoFromInvoice", {**by, "lines": [copied]})
    named = {"creditMemo": {"id": waiting.credit_memos[0]}}
    assert await refused(walk, "postCreditMemo", named) == "TAX_PENDING"
    assert await refused(walk, "recalculateTax", named) == "TAX_ENGINE_FAILED"
    await walk.find_rate(FOUND_LATE)
    await accepted(walk, "recalculateTax", named)
    await accepted(walk, "postCreditMemo", named)
    await walk.finish()


async def test_a_full_credit_leaves_a_quantity_whose_money_was_credited_without_it(walk: Walk) -> None:
    made, [line] = await an_invoice(walk, {"amount": "10.00", "quantity": "3"})
    by = {"invoice": {"id": made}}
    part = {"invoiceLineId": line, "amount": "10.00"}
    await accepted(walk, "createCreditMemoFromInvoice", {**by, "lines": [part]})
    code = await refused(walk, "createCreditMemoFromInvoice", {**by, "fullCredit": True})
    assert code == "NOTHING_CREDITABLE"


async def test_three_thirds_of_a_line_by_quantity_make_the_whole_also_after_one_is_given_up(
    walk: Walk,
) -> None:
    made, [line] = await an_invoice(walk, {"amount": "10.00", "quantity": "3", "taxAmount": "0.01"})
    third = {"invoice": {"id": made}, "lines": [{"invoiceLineId": line, "quantity": "1"}]}
    drafts = [await accepted(walk, "createCreditMemoFromInvoice", third) for _ in range(3)]
    code = await refused(walk, "createCreditMemoFromInvoice", third)
    assert code in {"EXCEEDS_CREDITABLE_AMOUNT", "EXCEEDS_CREDITABLE_QUANTITY"}
    await accepted(walk, "cancelCreditMemo", {"creditMemo": {"id": drafts[1].credit_memos[0]}})
    await accepted(walk, "createCreditMemoFromInvoice", {**third, "post": True, "applyToInvoice": True})
    assert walk.books.quantity_credited(walk.books.invoices[made].lines[0]) == 3
    await walk.finish()


async def test_a_full_credit_of_a_mixed_invoice_mirrors_it_and_settles_it(walk: Walk) -> None:
    full = {"invoice": {"id": "inv~2"}, "fullCredit": True, "applyToInvoice": True}
    made = await accepted(walk, "createCreditMemoFromInvoice", full)
    posted = await accepted(walk, "postCreditMemo", {"creditMemo": {"id": made.credit_memos[0]}})
    assert len(posted.applications) == 1
    assert walk.books.invoices["inv~2"].balance == 0


async def test_an_atomic_list_is_refused_whole_with_the_codes_of_its_items(walk: Walk) -> None:
    good = {"invoice": {"id": "inv~1"}, "fullCredit": True}
    bad = {"invoice": {"id": "inv~2"}, "fullCredit": True, "reasonCode": "Wallet Application"}
    command = {"creditMemos": [good, bad], "atomic": True}
    assert await refused(walk, "createDirectCreditMemos", command) == "REASON_CODE_NOT_ALLOWED"
    answered = await accepted(walk, "createDirectCreditMemos", {**command, "atomic": False})
    assert [item.outcome for item in answered.items] == ["DONE", "REFUSED"]


@CONVERTING
async def test_an_invoice_is_posted_with_its_negative_lines_converted(walk: Walk) -> None:
    lines = [{"amount": "400.00", "taxAmount": "33.00"}, {"amount": "-100.00", "taxAmount": "-8.25"}]
    await an_invoice(walk, *lines)
    draft, _ = await an_invoice(walk, *lines, post=False)
    await accepted(walk, "postInvoice", {"invoice": {"id": draft}})
    await an_invoice(walk, {"amount": "-5.00"})
    await walk.finish()
