"""A walk that knows where it goes: every mutation is rehearsed, accepted and compared, whatever chance leaves out."""

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel, TaxEngineKind
from tests.model.outcome import Accepted
from tests.stateful.steps import refused
from tests.stateful.walk import CLERK, DEVELOPER, FOUND_LATE, Command, Walk
from tests.support.service import SUCCESS

OF_SETTINGS = {
    "updateEntitySettings",
    "upsertReasonCodes",
    "upsertTemplates",
    "updateNumberSequences",
    "upsertTaxRates",
    "configureTaxEngine",
    "updateAccountingCodes",
}
"""What an entity says of itself is given to the model, not commanded."""
JOBS = {
    "submitAutoApplications",
    "submitDirectCreditMemos",
    "submitInvoiceWriteOffs",
    "writeOffInvoices",
    "submitNegativeLineConversions",
    "cancelJob",
    "resumeJob",
    "retryJob",
}
"""What workers do is tested with them."""
OF_ACCESS = {
    "createApiKey",
    "createOAuthClient",
    "replaceCredentialSecret",
    "updateCredentialRoles",
    "revokeCredential",
    "upsertRoles",
}
"""Who may do what is no business of documents and balances."""
OF_ACCOUNTING = {"markJournalTransferred"}
"""What accounting has is told by the order of the log, which is given to it afterwards."""
APPROVALS = {"approveCreditMemo", "rejectCreditMemo"}
"""They have a walk of their own, of two people."""
ACCOUNT = {"id": "acc~1"}
USING_CREDIT = [
    Settings(
        application_level=level,
        convert_negative_lines_on_posting=True,
        apply_converted_memo_on_posting=True,
        apply_available_credit_on_posting=True,
    )
    for level in ApplicationLevel
]
LEVELS = [Settings(application_level=level, tax_engine=TaxEngineKind.BUILT_IN) for level in ApplicationLevel]


class Directed:
    """Sends each command after its rehearsal, and remembers which mutations were accepted."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.walked: set[str] = set()

    async def go(self, mutation: str, command: Command) -> Accepted:
        outcome = await self.walk.rehearse_and_send(mutation, command)
        assert isinstance(outcome, Accepted), (mutation, outcome)
        self.walked.add(mutation)
        return outcome

    async def invoice(self, *lines: Command, post: bool = True) -> tuple[Command, list[str]]:
        """A new invoice by its id, and its lines."""
        given = {"account": ACCOUNT, "invoiceDate": "2026-03-01", "post": post, "lines": list(lines)}
        [made] = (await self.go("createInvoices", {"invoices": [given]})).invoices
        return {"id": made}, [line.handle for line in self.walk.books.invoices[made].lines]


@pytest.mark.parametrize("entity_settings", LEVELS, ids=lambda each: str(each.application_level))
async def test_every_mutation_is_accepted_once(walk: Walk) -> None:
    directed = Directed(walk)
    await directed.go(
        "upsertAccounts", {"accounts": [{"number": "D-1", "name": "Directed", "currency": "USD"}]}
    )
    await _settle_an_invoice(directed)
    await _credit_from_an_invoice(directed)
    await match_credit_with_invoices(directed)
    await _write_off_and_void(directed)
    await _edit_and_take_back_standalone(directed)
    await _edit_and_take_back_drawn(directed)
    assert directed.walked == set(SUCCESS) - OF_SETTINGS - JOBS - OF_ACCESS - OF_ACCOUNTING - APPROVALS
    await walk.finish()


async def _settle_an_invoice(directed: Directed) -> None:
    walk, go = directed.walk, directed.go
    lines = [{"amount": "400.00", "taxAmount": "33.00"}, {"amount": "-100.00"}, {"amount": "50.00"}]
    by, [first, discount, last] = await directed.invoice(*lines, post=False)
    await go("postInvoice", {"invoice": by})
    await go("convertNegativeInvoiceLines", {"invoice": by, "invoiceLineIds": [discount]})
    credit = {"invoiceLineId": first, "amount": "200.00"}
    credited = await go("createAndApplyCreditMemo", {"invoice": by, "lines": [credit]})
    [payment] = (await go("recordPayment", {"invoice": by, "amount": "10.00"})).payments
    await go("reversePayment", {"paymentId": payment})

    memo_lines = [{"amount": "60.00"}, {"amount": "40.00"}]
    given_up = await go("createCreditMemo", {"account": ACCOUNT, "lines": memo_lines})
    await go("cancelCreditMemo", {"creditMemo": {"id": given_up.credit_memos[0]}})
    [memo] = (await go("createCreditMemo", {"account": ACCOUNT, "lines": memo_lines})).credit_memos
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


async def _credit_from_an_invoice(directed: Directed) -> None:
    """A seat by its quantity, and tax that is found only later; then all the rest, and once more."""
    go = directed.go
    order = {"orderItem": {"externalReference": "order-1", "quantity": "3"}}
    seats = {"amount": "100.00", "quantity": "3", "taxAmount": "8.25", **order}
    late = {"amount": "50.00", "taxCode": "LATE", "jurisdiction": "OHIO", "taxAmount": "3.63"}
    by, [seat_line, late_line] = await directed.invoice(seats, late)
    lines = [
        {"invoiceLineId": seat_line, "quantity": "1"},
        {"invoiceLineId": late_line, "amount": "20.00", "taxStrategy": "CALCULATE"},
    ]
    asked = {"invoice": by, "lines": lines, "post": True, "applyToInvoice": True, "onTaxFailure": "DRAFT"}
    [waiting] = (await go("createCreditMemoFromInvoice", asked)).credit_memos
    await directed.walk.find_rate(FOUND_LATE)
    await go("recalculateTax", {"creditMemo": {"id": waiting}})
    assert (await go("postCreditMemo", {"creditMemo": {"id": waiting}})).applications
    item = {"invoice": by, "fullCredit": True, "autoApprove": True, "autoApply": True}
    direct = await go("createDirectCreditMemos", {"creditMemos": [item, item]})
    assert [each.outcome for each in direct.items] == ["DONE", "SKIPPED"]
    assert directed.walk.books.invoices[by["id"]].balance == 0


async def _write_off_and_void(directed: Directed) -> None:
    go = directed.go
    why = {"reasonCode": "GOODWILL"}
    lost, _ = await directed.invoice({"amount": "80.00", "taxAmount": "6.60"}, {"amount": "20.00"})
    await go("recordPayment", {"invoice": lost, "amount": "33.33"})
    written = await go("writeOffInvoice", {"invoice": lost, **why})
    await go("unapplyCreditMemo", {"applicationId": written.applications[0]})
    memo_lines = [{"amount": "60.00"}, {"amount": "40.00"}]
    made = await go("createCreditMemo", {"account": ACCOUNT, "lines": memo_lines, "post": True})
    memo = {"creditMemo": {"id": made.credit_memos[0]}}
    [refund] = (await go("refundCreditMemo", {**memo, "amount": "30.00"})).refunds
    await go("writeOffCreditMemo", {**memo, **why})
    await go("reverseRefund", {"refundId": refund})
    twice, _ = await directed.invoice({"amount": "9.00", "quantity": "3"}, {"amount": "-1.00"})
    await go("voidInvoice", {"invoice": twice})


async def _edit_and_take_back_standalone(directed: Directed) -> None:
    """Posted, a draft again, and with other lines posted once more; then reversed through a debit memo."""
    books, go = directed.walk.books, directed.go
    memo_lines = [{"amount": "60.00"}, {"amount": "40.00"}]
    made = await go("createCreditMemo", {"account": ACCOUNT, "lines": memo_lines, "post": True})
    memo = books.memos[made.credit_memos[0]]
    named = {"creditMemo": {"id": memo.handle}}
    await go("unpostCreditMemo", named)
    assert memo.status == "DRAFT"
    replaced, removed = (line.handle for line in memo.lines)
    entries = [{"creditMemoLineId": replaced, "amount": "25.00"}, {"amount": "7.50", "description": "more"}]
    await go("updateCreditMemo", {**named, "comment": "less", "lines": entries, "removeLineIds": [removed]})
    assert [line.removed for line in memo.lines] == [False, True, False]
    assert [line.amount for line in memo.lines] == [25, 0, 7.5]
    await go("postCreditMemo", named)
    await go("updateCreditMemo", {**named, "comment": "read", "effectiveDate": "2026-03-02"})
    reversed_memo = await go("reverseCreditMemo", {**named, "description": "given in error"})
    [debit_memo] = reversed_memo.invoices
    assert reversed_memo.applications
    assert memo.is_reversed
    assert books.invoices[debit_memo].total == 32.5
    assert memo.balance == books.invoices[debit_memo].balance == 0


async def _edit_and_take_back_drawn(directed: Directed) -> None:
    """What a voided or reversed memo drew can be drawn again; a voided conversion leaves its line as it was."""
    books, go = directed.walk.books, directed.go
    mixed, [_, discount] = await directed.invoice({"amount": "90.00"}, {"amount": "-12.00"})
    converted = await go("convertNegativeInvoiceLines", {"invoice": mixed, "invoiceLineIds": [discount]})
    await go("voidCreditMemo", {"creditMemo": {"id": converted.credit_memos[0]}})
    assert not books.invoices[mixed["id"]].lines[1].is_converted
    await go("convertNegativeInvoiceLines", {"invoice": mixed})
    seats = {"amount": "90.00", "quantity": "3", "taxAmount": "7.43"}
    by, [seat, setup] = await directed.invoice(seats, {"amount": "30.00", "taxAmount": "2.48"})
    invoice = books.invoices[by["id"]]
    part = {"invoice": by, "lines": [{"invoiceLineId": seat, "amount": "50.00"}]}
    [drawn] = (await go("createCreditMemoFromInvoice", part)).credit_memos
    redrawn = [{"invoiceLineId": seat, "quantity": "2"}, {"invoiceLineId": setup, "amount": "30.00"}]
    await go("updateCreditMemo", {"creditMemo": {"id": drawn}, "invoiceLines": redrawn})
    assert [line.amount for line in books.memos[drawn].lines] == [60, 30]
    await go("postCreditMemo", {"creditMemo": {"id": drawn}})
    await go("voidCreditMemo", {"creditMemo": {"id": drawn}})
    whole = {"invoice": by, "fullCredit": True, "post": True}
    [full] = (await go("createCreditMemoFromInvoice", whole)).credit_memos
    assert (await go("reverseCreditMemo", {"creditMemo": {"id": full}})).applications
    [again] = (await go("createCreditMemoFromInvoice", whole)).credit_memos
    assert books.memos[full].total == books.memos[again].total == invoice.total == invoice.balance


async def match_credit_with_invoices(directed: Directed) -> None:
    """Of an account of its own, whose first memo names its first invoice."""
    go = directed.go
    entry = {"number": "D-2", "name": "Matched", "currency": "USD"}
    [owner] = (await go("upsertAccounts", {"accounts": [entry]})).accounts
    account = {"account": {"id": owner}}
    given: list[Command] = [
        {**account, "invoiceDate": "2026-03-01", "dueDate": due, "post": True, "lines": [{"amount": amount}]}
        for due, amount in (("2026-05-01", "100.00"), ("2026-04-01", "70.00"), ("2026-06-01", "25.00"))
    ]
    invoices = (await go("createInvoices", {"invoices": given})).invoices
    named = {"invoice": {"id": invoices[0]}, "fullCredit": True, "post": True}
    [drawn] = (await go("createCreditMemoFromInvoice", named)).credit_memos
    others = [
        (await go("createCreditMemo", {**account, "post": True, "lines": [{"amount": amount}]})).credit_memos[
            0
        ]
        for amount in ("25.00", "60.00")
    ]
    matched = await go("autoApplyCredits", account)
    assert matched.credit_memos == (drawn, *others)
    assert matched.invoices == (invoices[0], invoices[2], invoices[1])
    rows = [directed.walk.books.applications[each].auto_apply for each in matched.applications]
    assert rows == [("MATCH_REFERENCE", 1), ("MATCH_BALANCE", 2), ("OLDEST_DUE", 3)]
    assert not (await go("autoApplyCredits", account)).applications


@pytest.mark.parametrize("entity_settings", USING_CREDIT, ids=lambda each: str(each.application_level))
async def test_posting_converts_applies_the_conversion_and_then_uses_open_credit(walk: Walk) -> None:
    directed = Directed(walk)
    memo = {"account": ACCOUNT, "post": True, "lines": [{"amount": "50.00"}, {"amount": "40.00"}]}
    await directed.go("createCreditMemo", memo)
    by, _ = await directed.invoice({"amount": "400.00"}, {"amount": "-100.00"}, post=False)
    posted = await directed.go("postInvoice", {"invoice": by})
    # The one before, cm~1, has 120.00, and was used up to it by the invoice that `invoice` has not made.
    assert len(posted.applications) == 1
    assert len(posted.further_applications) == 2
    assert walk.books.invoices[by["id"]].balance == 90
    several = [
        {"account": ACCOUNT, "invoiceDate": "2026-03-01", "post": True, "lines": [{"amount": amount}]}
        for amount in ("5.00", "-7.00", "6.00")
    ]
    await directed.go("createCreditMemo", memo)
    created = await directed.go("createInvoices", {"invoices": several})
    assert len(created.further_applications) == 2
    await walk.finish()


@pytest.mark.parametrize("entity_settings", LEVELS, ids=lambda each: str(each.application_level))
async def test_a_clerks_memo_is_rejected_submitted_again_approved_and_then_applied(walk: Walk) -> None:
    directed = Directed(walk)
    go = directed.go
    by, [line] = await directed.invoice({"amount": "300.00", "taxAmount": "24.75"})
    walk.act_as(CLERK)
    item = {"invoice": by, "lines": [{"invoiceLineId": line, "amount": "150.00"}], "autoApprove": True}
    direct = await go("createDirectCreditMemos", {"creditMemos": [item | {"autoApply": True}]})
    named = {"creditMemo": {"id": direct.items[0].memo}}
    assert await refused(walk, "approveCreditMemo", named) == "SELF_APPROVAL"
    whole = {"invoice": by, "lines": item["lines"], "post": True, "applyToInvoice": True}
    assert await refused(walk, "createCreditMemoFromInvoice", whole) == "EXCEEDS_APPROVAL_LIMIT"
    walk.act_as(DEVELOPER)
    await go("rejectCreditMemo", named)
    walk.act_as(CLERK)
    assert not (await go("postCreditMemo", named)).applications
    walk.act_as(DEVELOPER)
    assert (await go("approveCreditMemo", named)).applications
    assert directed.walked >= APPROVALS
    await walk.finish()
