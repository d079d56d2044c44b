"""A walk that knows where it goes: every mutation is rehearsed, accepted and compared, whatever chance leaves out."""

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.model.outcome import Accepted
from tests.stateful.walk import Command, Walk
from tests.support.service import SUCCESS

OF_SETTINGS = {
    "updateEntitySettings",
    "upsertReasonCodes",
    "upsertTemplates",
    "updateNumberSequences",
    "upsertTaxRates",
    "configureTaxEngine",
}
"""What an entity says of itself is given to the model, not commanded."""
WITH_AN_ENGINE = {"recalculateTax"}
"""The model's entities have no tax engine."""
LEVELS = [Settings(application_level=level) for level in ApplicationLevel]


@pytest.mark.parametrize("entity_settings", LEVELS, ids=lambda each: str(each.application_level))
async def test_every_mutation_is_accepted_once(walk: Walk) -> None:
    walked: set[str] = set()

    async def go(mutation: str, command: Command) -> Accepted:
        outcome = await walk.rehearse_and_send(mutation, command)
        assert isinstance(outcome, Accepted), (mutation, outcome)
        walked.add(mutation)
        return outcome

    account = {"id": "acc~1"}
    await go("upsertAccounts", {"accounts": [{"number": "D-1", "name": "Directed", "currency": "USD"}]})
    lines = [{"amount": "400.00", "taxAmount": "33.00"}, {"amount": "-100.00"}, {"amount": "50.00"}]
    draft = {"account": account, "invoiceDate": "2026-03-01", "lines": lines}
    [invoice] = (await go("createInvoices", {"invoices": [draft]})).invoices
    by = {"id": invoice}
    first, discount, last = (line.handle for line in walk.books.invoices[invoice].lines)
    await go("postInvoice", {"invoice": by})
    await go("convertNegativeInvoiceLines", {"invoice": by, "invoiceLineIds": [discount]})
    credit = {"invoiceLineId": first, "amount": "200.00"}
    credited = await go("createAndApplyCreditMemo", {"invoice": by, "lines": [credit]})
    [payment] = (await go("recordPayment", {"invoice": by, "amount": "10.00"})).payments
    await go("reversePayment", {"paymentId": payment})

    memo_lines = [{"amount": "60.00"}, {"amount": "40.00"}]
    given_up = await go("createCreditMemo", {"account": account, "lines": memo_lines})
    await go("cancelCreditMemo", {"creditMemo": {"id": given_up.credit_memos[0]}})
    [memo] = (await go("createCreditMemo", {"account": account, "lines": memo_lines})).credit_memos
    await go("postCreditMemo", {"creditMemo": {"id": memo}})
    part = {"invoice": by, "amount": "50.00"}
    applied = await go("applyCreditMemo", {"creditMemo": {"id": memo}, "applications": [part]})
    await go("unapplyCreditMemo", {"applicationId": applied.applications[0], "amount": "20.00"})
    await go("updateCreditMemoApplication", {"applicationId": applied.applications[0], "description": "half"})
    memo_line = walk.books.memos[memo].lines[1].handle
    to_line = {"invoiceLineId": last, "amount": "15.00"}
    by_line = await go("applyCreditMemoLine", {"creditMemoLineId": memo_line, "applications": [to_line]})
    await go("unapplyCreditMemoLine", {"lineApplicationId": by_line.line_applications[0], "amount": "5.00"})
    await go("unapplyCreditMemo", {"applicationId": credited.applications[0]})

    assert walked == set(SUCCESS) - OF_SETTINGS - WITH_AN_ENGINE
    await walk.finish()
