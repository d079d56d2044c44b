"""What walks have found, each kept as a walk of its own: the service and the model agree on it ever since."""

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel, TaxEngineKind
from tests.model.outcome import Accepted, Outcome, Refused
from tests.stateful.walk import FOUND_LATE, Command, Walk


def credited(**line: object) -> Command:
    return {"invoice": {"id": "inv~1"}, "lines": [{"invoiceLineId": "invl~1", **line}]}


async def refused(walk: Walk, mutation: str, command: Command) -> str:
    """The first code of the service: `send` has found it among the model's."""
    real = await walk.service.codes(mutation, walk.identities.to_service(command))
    outcome = await walk.send(mutation, command)
    assert isinstance(outcome, Refused), outcome
    return real[0]


async def accepted(walk: Walk, mutation: str, command: Command) -> Accepted:
    outcome: Outcome = await walk.rehearse_and_send(mutation, command)
    assert isinstance(outcome, Accepted), outcome
    return outcome


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


async def an_invoice(walk: Walk, *lines: Command, **said: object) -> tuple[str, list[str]]:
    given = {"account": {"id": "acc~1"}, "invoiceDate": "2026-03-01", "post": True, "lines": lines, **said}
    [made] = (await accepted(walk, "createInvoices", {"invoices": [given]})).invoices
    return made, [line.handle for line in walk.books.invoices[made].lines]


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
    assert await refused(walk, "createCreditMemoFromInvoice", third) == "EXCEEDS_CREDITABLE_QUANTITY"
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
