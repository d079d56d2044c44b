"""What walks have found, each kept as a walk of its own: the service and the model agree on it ever since."""

from tests.model.outcome import Accepted
from tests.stateful.steps import accepted, an_invoice, refused
from tests.stateful.walk import Command, Walk


def credited(**line: object) -> Command:
    return {"invoice": {"id": "inv~1"}, "lines": [{"invoiceLineId": "invl~1", **line}]}


async def test_a_credit_that_comes_to_nothing_is_refused_as_such(walk: Walk) -> None:
    untaxed = {
        "account": {"id": "acc~1"},
        "invoiceDate": "2026-03-01",
        "post": True,
        "lines": [{"amount": "0.01"}],
    }
    made = await accepted(walk, "createInvoices", {"invoices": [untaxed]})
    [line] = walk.books.invoices[made.invoices[0]].lines
    nothing = {"invoiceLineId": line.handle, "amount": "0", "taxOnly": True}
    command = {"invoice": {"id": made.invoices[0]}, "lines": [nothing]}
    assert await refused(walk, "createAndApplyCreditMemo", command) == "NOTHING_CREDITABLE"


async def test_a_tax_only_line_without_an_amount_credits_all_tax_that_is_left(walk: Walk) -> None:
    await accepted(walk, "createAndApplyCreditMemo", credited(taxOnly=True))
    assert walk.books.invoices["inv~1"].credits_applied == walk.books.invoices["inv~1"].lines[0].tax


async def test_a_line_that_says_nothing_of_the_money_is_refused(walk: Walk) -> None:
    assert await refused(walk, "createAndApplyCreditMemo", credited()) == "INVALID_AMOUNT"


async def test_an_account_brought_up_to_date_keeps_its_reference_until_it_is_given_another(
    walk: Walk,
) -> None:
    entry = {"number": "A-1", "name": "Harbor", "currency": "USD"}
    await accepted(walk, "upsertAccounts", {"accounts": [{**entry, "externalReference": "crm-1"}]})
    lines = [{"amount": "5.00", "description": "goodwill"}]
    named = {"externalReference": {"reference": "crm-1"}}
    await accepted(walk, "upsertAccounts", {"accounts": [entry]})
    await accepted(walk, "createCreditMemo", {"account": named, "lines": lines})
    await accepted(walk, "upsertAccounts", {"accounts": [{**entry, "externalReference": "crm-2"}]})
    assert await refused(walk, "createCreditMemo", {"account": named, "lines": lines}) == "NOT_FOUND"


async def test_a_key_knows_the_input_as_it_was_given(walk: Walk) -> None:
    """The same invoice named in another way is other input."""
    payment = {"invoice": {"id": "inv~1"}, "amount": "10", "idempotencyKey": "k"}
    await accepted(walk, "recordPayment", payment)
    again = await walk.send("recordPayment", {**payment, "amount": "10.00"})
    assert isinstance(again, Accepted)
    assert again.replayed
    by_number = {**payment, "invoice": {"number": walk.books.invoices["inv~1"].number}}
    assert await refused(walk, "recordPayment", by_number) == "IDEMPOTENCY_KEY_REUSED"


async def test_an_invoice_and_a_debit_memo_may_have_one_number(walk: Walk) -> None:
    """They are two kinds: named by the number, the invoice is meant."""
    document = {
        "number": "N-1",
        "account": {"id": "acc~1"},
        "invoiceDate": "2026-03-01",
        "post": True,
        "lines": [{"amount": "20.00"}],
    }
    for kind in ("DEBIT_MEMO", "INVOICE"):
        await accepted(walk, "createInvoices", {"invoices": [{**document, "kind": kind}]})
    paid = await accepted(walk, "recordPayment", {"invoice": {"number": "N-1"}, "amount": "7.00"})
    assert walk.books.invoices[paid.invoices[0]].kind == "INVOICE"


async def test_lines_and_taxes_that_are_too_large_together_are_refused(walk: Walk) -> None:
    taxed = {"amount": "50.00", "taxItems": [{"amount": "9999999999999"}]}
    invoice = {"account": {"id": "acc~1"}, "invoiceDate": "2026-03-01", "lines": [taxed]}
    assert await refused(walk, "createInvoices", {"invoices": [invoice]}) == "INVALID_AMOUNT"


async def test_a_header_that_calculates_binds_no_line_that_says_otherwise(walk: Walk) -> None:
    """Without a tax engine it is refused only where a line would need it."""
    copied = credited(amount="10.00", taxStrategy="COPY_FROM_INVOICE_LINE")
    await accepted(walk, "createAndApplyCreditMemo", {**copied, "taxStrategy": "CALCULATE"})
    calculated = {**credited(amount="10.00"), "taxStrategy": "CALCULATE"}
    assert await refused(walk, "createAndApplyCreditMemo", calculated) == "TAX_ENGINE_NOT_CONFIGURED"


async def test_what_is_unposted_or_voided_before_its_day_has_one_story_on_every_day(walk: Walk) -> None:
    """A memo of the past that is posted twice; a memo, a conversion and an invoice of days to come that are voided."""
    entry = {"account": {"id": "acc~1"}, "currency": "USD", "post": True, "lines": [{"amount": "10.00"}]}
    past = await accepted(walk, "createCreditMemo", {**entry, "effectiveDate": "2026-03-01"})
    named = {"creditMemo": {"id": past.credit_memos[0]}}
    for mutation in ("unpostCreditMemo", "postCreditMemo"):
        await accepted(walk, mutation, named)
    future = await accepted(walk, "createCreditMemo", {**entry, "effectiveDate": "2100-03-01"})
    made, _ = await an_invoice(walk, {"amount": "400.00"}, {"amount": "-100.00"}, invoiceDate="2026-03-01")
    converting = {"invoice": {"id": made}, "effectiveDate": "2100-04-01"}
    converted = await accepted(walk, "convertNegativeInvoiceLines", converting)
    for memo in (*future.credit_memos, *converted.credit_memos):
        await accepted(walk, "voidCreditMemo", {"creditMemo": {"id": memo}})
    later, _ = await an_invoice(walk, {"amount": "7.00"}, invoiceDate="2100-05-01")
    await accepted(walk, "voidInvoice", {"invoice": {"id": later}})
    await walk.finish()
