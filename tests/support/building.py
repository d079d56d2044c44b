"""Builders: real commands that spell out only what a test is about, and insist on being accepted.

Amounts are texts as a caller writes them. A line is its amount, or its amount followed by its taxes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from app.domain.application import CreditMemoLineApplication
from app.domain.commands import (
    AccountEntry,
    AccountReference,
    ApplicationEntry,
    ApplyCreditMemo,
    ApplyCreditMemoLine,
    ApprovalLimitEntry,
    ConfigureTaxEngine,
    CreateAndApplyCreditMemo,
    CreateApiKey,
    CreateCreditMemo,
    CreateInvoices,
    CreditMemoReference,
    InvoiceCreditEntry,
    InvoiceEntry,
    InvoiceLineEntry,
    InvoiceReference,
    LineApplicationEntry,
    MemoLineEntry,
    OrderItemEntry,
    RecordPayment,
    RefundCreditMemo,
    RetryJob,
    ReversePayment,
    ReverseRefund,
    RoleEntry,
    SubmitNegativeLineConversions,
    TaxCallbackEntry,
    TaxItem,
    TaxRateEntry,
    TemplateEntry,
    UnapplyCreditMemo,
    UpsertAccounts,
    UpsertRoles,
    UpsertTaxRates,
    UpsertTemplates,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.job import Job
from app.domain.money import minor_digits, minor_to_text
from app.domain.vocabulary import JobStatus, TemplateType
from app.jobs.worker import Worker
from app.repository.identity import uuid7_hex
from app.repository.signing_keys import SealedKey, add_signing_key
from tests.support.books import TestBooks

ACCOUNT = "A-1"
Line: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A document and its lines, in line order."""

    id: str
    lines: tuple[str, ...]


async def account(books: TestBooks, number: str = ACCOUNT, **said: Any) -> str:
    """An account, made once however often it is asked for; its id."""
    entry = AccountEntry(**{"number": number, "name": f"Buyer {number}", "currency": "USD", **said})
    result = await books.perform(UpsertAccounts(accounts=[entry]))
    made: str = result.outcome["accounts"][0]
    return made


def invoice_line(line: Line, **said: Any) -> InvoiceLineEntry:
    amount, *taxes = (line,) if isinstance(line, str) else line
    items = [TaxItem(name=f"TAX {place}", amount=Decimal(tax)) for place, tax in enumerate(taxes, start=1)]
    return InvoiceLineEntry(**{"amount": Decimal(amount), "tax_items": items or None, **said})


def invoice_entry(*lines: Line | InvoiceLineEntry, **said: Any) -> InvoiceEntry:
    return InvoiceEntry(
        **{
            "account": AccountReference(number=ACCOUNT),
            "invoice_date": dt.date(2026, 1, 10),
            "lines": [each if isinstance(each, InvoiceLineEntry) else invoice_line(each) for each in lines],
            **said,
        }
    )


async def posted_invoice(
    books: TestBooks, *lines: Line | InvoiceLineEntry, account_number: str = ACCOUNT, **said: Any
) -> Made:
    """A posted invoice of the account; `said` are further fields of its entry."""
    await account(books, account_number)
    entry = invoice_entry(
        *lines, **{"post": True, "account": AccountReference(number=account_number), **said}
    )
    result = await books.perform(CreateInvoices(invoices=[entry]))
    return await _with_lines(books, InvoiceLine, "invoice_id", result.outcome["invoices"][0])


async def draft_invoice(books: TestBooks, *lines: Line | InvoiceLineEntry, **said: Any) -> Made:
    return await posted_invoice(books, *lines, **{"post": False, **said})


def memo_line(line: Line, **said: Any) -> MemoLineEntry:
    amount, *taxes = (line,) if isinstance(line, str) else line
    items = [TaxItem(name=f"TAX {place}", amount=Decimal(tax)) for place, tax in enumerate(taxes, start=1)]
    return MemoLineEntry(
        **{"amount": Decimal(amount), "description": "Credit", "tax_items": items or None, **said}
    )


async def posted_memo(
    books: TestBooks, *lines: Line | MemoLineEntry, account_number: str = ACCOUNT, **said: Any
) -> Made:
    """A posted standalone memo of the account."""
    await account(books, account_number)
    command = CreateCreditMemo(
        **{
            "account": AccountReference(number=account_number),
            "lines": [each if isinstance(each, MemoLineEntry) else memo_line(each) for each in lines],
            "post": True,
            **said,
        }
    )
    result = await books.perform(command)
    return await _with_lines(books, CreditMemoLine, "credit_memo_id", result.outcome["credit_memo"])


async def draft_memo(books: TestBooks, *lines: Line | MemoLineEntry, **said: Any) -> Made:
    return await posted_memo(books, *lines, **{"post": False, **said})


def crediting(invoice: Made, *amounts: tuple[int, str | None], **said: Any) -> CreateAndApplyCreditMemo:
    """createAndApplyCreditMemo of (place of the line, amount); fields of a line go to every line."""
    of_line = {
        name: said.pop(name) for name in ("tax_only", "tax_mode", "tax_items", "comment") if name in said
    }
    return CreateAndApplyCreditMemo(
        invoice=InvoiceReference(id=invoice.id),
        lines=[
            InvoiceCreditEntry(
                invoice_line_id=invoice.lines[place],
                amount=None if amount is None else Decimal(amount),
                **of_line,
            )
            for place, amount in amounts
        ],
        **said,
    )


@dataclass(frozen=True, slots=True)
class Credited:
    """What createAndApplyCreditMemo made."""

    memo: Made
    application: str


async def credit(books: TestBooks, invoice: Made, *amounts: tuple[int, str | None], **said: Any) -> Credited:
    """Credit lines of the invoice and apply the memo to it."""
    outcome = (await books.perform(crediting(invoice, *amounts, **said))).outcome
    memo = await _with_lines(books, CreditMemoLine, "credit_memo_id", outcome["credit_memo"])
    return Credited(memo, outcome["application"])


def applying(memo: Made, *targets: tuple[Made, str], **said: Any) -> ApplyCreditMemo:
    return ApplyCreditMemo(
        credit_memo=CreditMemoReference(id=memo.id),
        applications=[
            ApplicationEntry(invoice=InvoiceReference(id=invoice.id), amount=Decimal(amount))
            for invoice, amount in targets
        ],
        **said,
    )


async def applied(books: TestBooks, memo: Made, *targets: tuple[Made, str], **said: Any) -> list[str]:
    """Apply the memo; the ids of the applications."""
    made: list[str] = (await books.perform(applying(memo, *targets, **said))).outcome["applications"]
    return made


def applying_line(memo_line_id: str, *targets: tuple[str, str], **said: Any) -> ApplyCreditMemoLine:
    return ApplyCreditMemoLine(
        credit_memo_line_id=memo_line_id,
        applications=[
            LineApplicationEntry(invoice_line_id=line, amount=Decimal(amount)) for line, amount in targets
        ],
        **said,
    )


def paying(invoice: Made, amount: str, **said: Any) -> RecordPayment:
    return RecordPayment(invoice=InvoiceReference(id=invoice.id), amount=Decimal(amount), **said)


async def paid(books: TestBooks, invoice: Made, amount: str, **said: Any) -> str:
    made: str = (await books.perform(paying(invoice, amount, **said))).outcome["payment"]
    return made


def refunding(memo: Made, amount: str, **said: Any) -> RefundCreditMemo:
    return RefundCreditMemo(credit_memo=CreditMemoReference(id=memo.id), amount=Decimal(amount), **said)


async def refunded(books: TestBooks, memo: Made, amount: str, **said: Any) -> str:
    made: str = (await books.perform(refunding(memo, amount, **said))).outcome["refund"]
    return made


async def invoice_balances(books: TestBooks, invoice: Made | str) -> list[str]:
    """The invoice's balance, then those of its lines, as a caller reads them."""
    id = invoice if isinstance(invoice, str) else invoice.id
    header = await books.record(Invoice, id)
    return _texts(header.currency, header.balance, await books.of(InvoiceLine, "invoice_id", id))


async def memo_balances(books: TestBooks, memo: Made | str) -> list[str]:
    """The memo's balance, then those of its lines."""
    id = memo if isinstance(memo, str) else memo.id
    header = await books.record(CreditMemo, id)
    return _texts(header.currency, header.balance, await books.of(CreditMemoLine, "credit_memo_id", id))


def _texts(currency: str, balance: int, lines: Sequence[InvoiceLine | CreditMemoLine]) -> list[str]:
    digits = minor_digits(currency)
    return [minor_to_text(each, digits) for each in (balance, *(line.balance for line in lines))]


async def _with_lines(
    books: TestBooks, kind: type[InvoiceLine] | type[CreditMemoLine], parent: str, id: str
) -> Made:
    lines: Sequence[InvoiceLine | CreditMemoLine] = await books.of(kind, parent, id)
    return Made(id, tuple(line.id for line in lines))


async def entity_data(books: TestBooks) -> None:
    """A template, a tax rate and a tax callback; no engine uses them."""
    entry = TemplateEntry(code="PLAIN", type=TemplateType.CREDIT_MEMO)
    await books.perform(UpsertTemplates(templates=[entry]))
    rate = TaxRateEntry(
        tax_code="STANDARD",
        jurisdiction="TEXAS",
        name="STATE TAX",
        rate=Decimal("0.0625"),
        valid_from=dt.date(2026, 1, 1),
    )
    await books.perform(UpsertTaxRates(tax_rates=[rate]))
    server = TaxCallbackEntry(url="https://tax.example/ask?key=1", secret="0123456789abcdef")
    await books.perform(ConfigureTaxEngine(callback=server))


async def access_data(books: TestBooks) -> str:
    """A role of the entity's own and an API key that has it; the key's id."""
    role = RoleEntry(
        code="CLERK",
        permissions=["credit_memos:post"],
        approval_limits=[ApprovalLimitEntry(currency="USD", amount=Decimal("1000.00"))],
    )
    await books.perform(UpsertRoles(roles=[role]))
    result = await books.perform(CreateApiKey(name="till", roles=["CLERK"]))
    made: str = result.outcome["credential"]
    return made


async def signing_key(books: TestBooks) -> None:
    """A key of the service, which nobody can open."""
    now = dt.datetime.now(dt.UTC)
    key = SealedKey(
        id=f"key_{uuid7_hex()}", algorithm="EdDSA", public_key={}, sealed_private_key="", created_at=now
    )
    await add_signing_key(books.database, key)


async def one_row_of_everything(books: TestBooks) -> None:
    """At least one row in every table of the entity: deliveries, credit, conversion, payment and their undoing."""
    await signing_key(books)
    await entity_data(books)
    await access_data(books)
    await account(books, external_reference="C-1", external_reference_source="crm")
    ordered = OrderItemEntry(external_reference="O-1", quantity=Decimal(10))
    invoice = await posted_invoice(
        books, invoice_line(("100.00", "8.25"), quantity=Decimal(10), order_item=ordered), "-20.00"
    )
    credited = await credit(books, invoice, (0, "50.00"), reason_code="GOODWILL", idempotency_key="credit")
    await books.perform(UnapplyCreditMemo(application_id=credited.application))
    rows = await books.of(CreditMemoLineApplication, "application_id", credited.application)
    if rows:
        await applied(books, credited.memo, (invoice, "10.00"))
    payment = await paid(books, invoice, "5.00", external_reference="P-1", external_reference_source="bank")
    await books.perform(ReversePayment(payment_id=payment))
    memo = await posted_memo(books, ("10.00", "1.00"))
    refund = await refunded(books, memo, "4.00", external_reference="R-1", external_reference_source="bank")
    await books.perform(ReverseRefund(refund_id=refund, description="Returned"))
    await one_job_done_and_one_queued(books)


async def one_job_done_and_one_queued(books: TestBooks) -> None:
    """The first has made a memo; the second retries its refused item and waits."""
    negative = await posted_invoice(books, "400.00", "-100.00", currency="EUR")
    references = [InvoiceReference(id=negative.id), InvoiceReference(number="none")]
    submitted = await books.perform(SubmitNegativeLineConversions(invoices=references, description="Rebate"))
    job_id = submitted.outcome["job"]
    worker = Worker(books.database, poll_seconds=60)
    while (await books.record(Job, job_id)).status is not JobStatus.DONE:
        await worker.work_once()
    await books.perform(RetryJob(job_id=job_id))
