"""For every code of ViolationCode a call that is refused with it: what to arrange, what to ask, where it is wrong."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    CreateApiKey,
    InvoiceReference,
    ReasonCodeEntry,
    ReversePayment,
    TemplateEntry,
    UnapplyCreditMemo,
    UpsertReasonCodes,
    UpsertTemplates,
)
from app.domain.vocabulary import TemplateType
from app.domain.vocabulary import ViolationCode as Code
from tests.support.access import key_of_api
from tests.support.books import TestBooks
from tests.support.building import (
    ACCOUNT,
    Made,
    account,
    applied,
    credit,
    draft_invoice,
    paid,
    posted_invoice,
    posted_memo,
    refunded,
)
from tests.support.tax_engines import draft_without_tax, with_rates

Input = dict[str, Any]
Arrange = Callable[[TestBooks], Awaitable[Input]]
CLOSED_THROUGH = dt.date(2026, 1, 31)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A mutation whose input is refused, and the path of the violation in it."""

    mutation: str
    arrange: Arrange
    path: list[str]


REFUSALS: dict[Code, Refusal] = {}


def provokes(code: Code, mutation: str, *path: str) -> Callable[[Arrange], Arrange]:
    def registered(arrange: Arrange) -> Arrange:
        REFUSALS[code] = Refusal(mutation, arrange, list(path))
        return arrange

    return registered


def new_invoice(**more: Any) -> Input:
    entry = {"account": {"number": ACCOUNT}, "invoiceDate": "2026-02-15", "lines": [{"amount": "10.00"}]}
    return {"invoices": [entry | more]}


def new_memo(line: Input | None = None, **more: Any) -> Input:
    return {"account": {"number": ACCOUNT}, "lines": [line or {"amount": "10.00"}], **more}


def application(memo: Made, *targets: tuple[Made, str]) -> Input:
    entries = [{"invoice": {"id": invoice.id}, "amount": amount} for invoice, amount in targets]
    return {"creditMemo": {"id": memo.id}, "applications": entries}


def crediting(invoice: Made, *lines: Input, **more: Any) -> Input:
    return {"invoice": {"id": invoice.id}, "lines": list(lines), **more}


def payment(invoice: Made, amount: str = "1.00", **more: Any) -> Input:
    return {"invoice": {"id": invoice.id}, "amount": amount, **more}


@provokes(Code.INVALID_TEXT, "createCreditMemo", "lines", "0", "comment")
async def _text(books: TestBooks) -> Input:
    await account(books)
    return new_memo({"amount": "10.00", "comment": "a\0b"})


@provokes(Code.LIMIT_EXCEEDED, "createInvoices", "invoices", "0", "referenceDocument")
async def _limit(books: TestBooks) -> Input:
    await account(books)
    return new_invoice(referenceDocument="x" * 256)


@provokes(Code.NO_LINES, "createCreditMemo", "lines")
async def _no_lines(books: TestBooks) -> Input:
    await account(books)
    return new_memo() | {"lines": []}


@provokes(Code.DUPLICATE_LINE, "createAndApplyCreditMemo", "lines", "1", "invoiceLineId")
async def _duplicate_line(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00")
    line = {"invoiceLineId": invoice.lines[0], "amount": "1.00"}
    return crediting(invoice, line, line)


@provokes(Code.DUPLICATE_TARGET, "applyCreditMemo", "applications", "1", "invoice")
async def _duplicate_target(books: TestBooks) -> Input:
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "10.00")
    return application(memo, (invoice, "1.00"), (invoice, "2.00"))


@provokes(Code.IDEMPOTENCY_KEY_REUSED, "recordPayment", "idempotencyKey")
async def _key(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00")
    await paid(books, invoice, "2.00", idempotency_key="k")
    return payment(invoice, idempotencyKey="k")


@provokes(Code.EXTERNAL_REFERENCE_REUSED, "createCreditMemo", "externalReference")
async def _external_reference(books: TestBooks) -> Input:
    await posted_memo(books, "10.00", external_reference="X")
    return new_memo(externalReference="X")


@provokes(Code.NUMBER_TAKEN, "createInvoices", "invoices", "0", "number")
async def _number(books: TestBooks) -> Input:
    await posted_invoice(books, "10.00", number="N-1")
    return new_invoice(number="N-1")


@provokes(Code.NOT_FOUND, "createInvoices", "invoices", "0", "account")
async def _not_found(_: TestBooks) -> Input:
    return new_invoice()


@provokes(Code.VERSION_CONFLICT, "recordPayment", "expectedVersion")
async def _version(books: TestBooks) -> Input:
    return payment(await posted_invoice(books, "100.00"), expectedVersion=99)


@provokes(Code.INVALID_STATUS, "recordPayment", "invoice")
async def _status(books: TestBooks) -> Input:
    return payment(await draft_invoice(books, "100.00"), "0.01")


@provokes(Code.SELF_APPROVAL, "approveCreditMemo", "creditMemo")
async def _own_memo(books: TestBooks) -> Input:
    """Of the one who asks with the development token."""
    return {"creditMemo": {"id": (await posted_memo(books.as_somebody("developer", USD=0), "10.00")).id}}


@provokes(Code.LINE_NOT_ON_INVOICE, "createAndApplyCreditMemo", "lines", "0", "invoiceLineId")
async def _foreign_line(books: TestBooks) -> Input:
    one, other = await posted_invoice(books, "100.00"), await posted_invoice(books, "100.00")
    return crediting(one, {"invoiceLineId": other.lines[0], "amount": "1.00"})


@provokes(Code.ACCOUNT_MISMATCH, "applyCreditMemo", "applications", "0", "invoice")
async def _account(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00", account_number="A-2")
    return application(await posted_memo(books, "10.00"), (invoice, "1.00"))


@provokes(Code.CURRENCY_MISMATCH, "applyCreditMemo", "applications", "0", "invoice")
async def _currency(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00", currency="EUR")
    return application(await posted_memo(books, "10.00"), (invoice, "1.00"))


@provokes(Code.UNKNOWN_CURRENCY, "upsertAccounts", "accounts", "0", "currency")
async def _unknown_currency(_: TestBooks) -> Input:
    return {"accounts": [{"number": "A", "name": "A", "currency": "ZZZ"}]}


@provokes(Code.INVALID_REASON_CODE, "createCreditMemo", "reasonCode")
async def _reason(books: TestBooks) -> Input:
    await account(books)
    return new_memo(reasonCode="OLD")


@provokes(Code.REASON_CODE_NOT_ALLOWED, "submitDirectCreditMemos", "selection", "reasonCode")
async def _reason_of_direct(books: TestBooks) -> Input:
    await account(books)
    rebill = ReasonCodeEntry(code="REBILL", label="Credit & Rebill", allowed_for_direct=False)
    await books.perform(UpsertReasonCodes(reason_codes=[rebill]))
    return {"selection": {"accounts": [{"number": ACCOUNT}], "reasonCode": "REBILL"}}


async def templates(books: TestBooks) -> None:
    entries = [
        TemplateEntry(code="RETIRED", type=TemplateType.CREDIT_MEMO, active=False),
        TemplateEntry(code="BILL", type=TemplateType.INVOICE),
    ]
    await account(books)
    await books.perform(UpsertTemplates(templates=entries))


@provokes(Code.TEMPLATE_NOT_FOUND, "createCreditMemo", "template")
async def _template(books: TestBooks) -> Input:
    await templates(books)
    return new_memo(template="RETIRED")


@provokes(Code.TEMPLATE_WRONG_TYPE, "createCreditMemo", "template")
async def _template_type(books: TestBooks) -> Input:
    await templates(books)
    return new_memo(template="BILL")


@provokes(Code.INVALID_DATE, "createInvoices", "invoices", "0", "lines", "0", "serviceEnd")
async def _date(books: TestBooks) -> Input:
    await account(books)
    line = {"amount": "1.00", "serviceStart": "2026-02-02", "serviceEnd": "2026-02-01"}
    return new_invoice(lines=[line])


@provokes(Code.PERIOD_CLOSED, "createInvoices", "invoices", "0", "invoiceDate")
async def _closed(books: TestBooks) -> Input:
    await account(books)
    return new_invoice(invoiceDate=CLOSED_THROUGH.isoformat())


@provokes(Code.TOO_MANY_DECIMALS, "createCreditMemo", "lines", "0", "amount")
async def _decimals(books: TestBooks) -> Input:
    await account(books)
    return new_memo({"amount": "10.001"})


@provokes(Code.INVALID_AMOUNT, "recordPayment", "amount")
async def _amount(books: TestBooks) -> Input:
    return payment(await posted_invoice(books, "100.00"), "-0")


async def conversion(books: TestBooks, *lines: str, place: int) -> Input:
    invoice = await posted_invoice(books, *lines)
    return {"invoice": {"id": invoice.id}, "invoiceLineIds": [invoice.lines[place]]}


@provokes(Code.NOT_NEGATIVE, "convertNegativeInvoiceLines", "invoiceLineIds", "0")
async def _not_negative(books: TestBooks) -> Input:
    return await conversion(books, "100.00", "-10.00", place=0)


@provokes(Code.ALREADY_CONVERTED, "convertNegativeInvoiceLines", "invoiceLineIds", "0")
async def _converted(books: TestBooks) -> Input:
    asked = await conversion(books, "100.00", "-10.00", place=1)
    await books.perform(ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=asked["invoice"]["id"])))
    return asked


@provokes(Code.ACTIVE_SETTLEMENT, "convertNegativeInvoiceLines", "invoice")
async def _settled(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00", "-10.00")
    await paid(books, invoice, "1.00")
    return {"invoice": {"id": invoice.id}}


@provokes(Code.INVALID_SOURCE, "reverseCreditMemo", "creditMemo")
async def _memo_of_conversion(books: TestBooks) -> Input:
    asked = await conversion(books, "100.00", "-10.00", place=1)
    converting = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=asked["invoice"]["id"]))
    return {"creditMemo": {"id": (await books.perform(converting)).outcome["credit_memo"]}}


@provokes(Code.NOT_EDITABLE, "updateCreditMemo", "taxDate")
async def _posted_for_good(books: TestBooks) -> Input:
    memo = await posted_memo(books, "10.00")
    return {"creditMemo": {"id": memo.id}, "comment": "fine", "taxDate": "2026-02-01"}


@provokes(Code.HAS_APPLICATIONS, "voidCreditMemo", "creditMemo")
async def _applied_memo(books: TestBooks) -> Input:
    memo = await posted_memo(books, "10.00")
    await applied(books, memo, (await posted_invoice(books, "100.00"), "1.00"))
    return {"creditMemo": {"id": memo.id}}


@provokes(Code.HAS_REFUNDS, "voidCreditMemo", "creditMemo")
async def _refunded_memo(books: TestBooks) -> Input:
    memo = await posted_memo(books, "10.00")
    await refunded(books, memo, "1.00")
    return {"creditMemo": {"id": memo.id}}


async def taken_back(books: TestBooks) -> tuple[str, str]:
    """An application of 10.00 and the row that took all of it back."""
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "10.00")
    [original] = await applied(books, memo, (invoice, "10.00"))
    row = (await books.perform(UnapplyCreditMemo(application_id=original))).outcome["application"]
    return original, row


@provokes(Code.NOT_AN_APPLIED_ROW, "unapplyCreditMemo", "applicationId")
async def _unapplied_row(books: TestBooks) -> Input:
    return {"applicationId": (await taken_back(books))[1]}


@provokes(Code.ALREADY_UNAPPLIED, "unapplyCreditMemo", "applicationId")
async def _unapplied(books: TestBooks) -> Input:
    return {"applicationId": (await taken_back(books))[0]}


@provokes(Code.ALREADY_REVERSED, "reversePayment", "paymentId")
async def _reversed(books: TestBooks) -> Input:
    id = await paid(books, await posted_invoice(books, "100.00"), "1.00")
    await books.perform(ReversePayment(payment_id=id))
    return {"paymentId": id}


@provokes(Code.TAX_NOT_ALLOWED, "createCreditMemo", "lines", "0", "taxStrategy")
async def _tax(books: TestBooks) -> Input:
    await account(books)
    return new_memo({"amount": "1.00", "taxStrategy": "COPY_FROM_INVOICE_LINE"})


@provokes(Code.TAX_ENGINE_NOT_CONFIGURED, "createCreditMemo", "lines", "0", "taxStrategy")
async def _engine(books: TestBooks) -> Input:
    await account(books)
    return new_memo({"amount": "1.00", "taxStrategy": "CALCULATE"})


@provokes(Code.TAX_ENGINE_FAILED, "createCreditMemo", "lines", "0")
async def _no_rate(books: TestBooks) -> Input:
    await account(books)
    await with_rates(books)
    return new_memo(
        {"amount": "1.00", "taxStrategy": "CALCULATE", "taxCode": "SAAS", "jurisdiction": "TEXAS"}
    )


@provokes(Code.TAX_PENDING, "postCreditMemo", "creditMemo")
async def _tax_pending(books: TestBooks) -> Input:
    return {"creditMemo": {"id": (await draft_without_tax(books)).id}}


@provokes(Code.EXCEEDS_REMAINING_APPLICATION, "unapplyCreditMemo", "amount")
async def _remaining(books: TestBooks) -> Input:
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "10.00")
    [original] = await applied(books, memo, (invoice, "4.00"))
    return {"applicationId": original, "amount": "4.01"}


@provokes(Code.EXCEEDS_MEMO_BALANCE, "applyCreditMemo", "applications")
async def _memo_balance(books: TestBooks) -> Input:
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "10.00")
    return application(memo, (invoice, "10.01"))


@provokes(Code.EXCEEDS_LINE_BALANCE, "applyCreditMemoLine", "applications", "0", "amount")
async def _line_balance(books: TestBooks) -> Input:
    invoice, memo = await posted_invoice(books, "5.00", "100.00"), await posted_memo(books, "10.00")
    entry = {"invoiceLineId": invoice.lines[0], "amount": "5.01"}
    return {"creditMemoLineId": memo.lines[0], "applications": [entry]}


@provokes(Code.EXCEEDS_CREDITABLE_AMOUNT, "createAndApplyCreditMemo", "lines", "0", "amount")
async def _creditable(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00", "50.00")
    await credit(books, invoice, (0, "60.00"))
    return crediting(invoice, {"invoiceLineId": invoice.lines[0], "amount": "40.01"})


@provokes(Code.EXCEEDS_CREDITABLE_TAX, "createAndApplyCreditMemo", "lines", "0", "taxItems", "0", "amount")
async def _creditable_tax(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    line = {
        "invoiceLineId": invoice.lines[0],
        "amount": "1.00",
        "taxStrategy": "MANUAL_OVERRIDE",
        "taxItems": [{"amount": "8.26"}],
    }
    return crediting(invoice, line)


@provokes(Code.EXCEEDS_CREDITABLE_QUANTITY, "createCreditMemoFromInvoice", "lines", "0", "quantity")
async def _creditable_quantity(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00")
    return crediting(invoice, {"invoiceLineId": invoice.lines[0], "quantity": "1"})


@provokes(Code.EXCEEDS_INVOICE_BALANCE, "recordPayment", "amount")
async def _invoice_balance(books: TestBooks) -> Input:
    return payment(await posted_invoice(books, "100.00"), "100.01")


@provokes(Code.NAME_TAKEN, "createApiKey", "name")
async def _name_taken(books: TestBooks) -> Input:
    await books.perform(CreateApiKey(name="till", roles=["READ_ONLY"]))
    return {"name": "till", "roles": ["READ_ONLY"]}


@provokes(Code.EXCEEDS_OWN_ACCESS, "replaceCredentialSecret", "credentialId")
async def _exceeds_own_access(books: TestBooks) -> Input:
    return {"credentialId": (await key_of_api(books, granted_elsewhere=True)).id}


@provokes(Code.NOTHING_CREDITABLE, "createAndApplyCreditMemo", "lines", "0", "taxOnly")
async def _nothing(books: TestBooks) -> Input:
    invoice = await posted_invoice(books, "100.00")
    return crediting(invoice, {"invoiceLineId": invoice.lines[0], "amount": "0", "taxOnly": True})


@provokes(Code.EXCEEDS_APPROVAL_LIMIT, "createAndApplyCreditMemo", "lines")
async def _above_the_limit(books: TestBooks) -> Input:
    """Of one who may post up to 100.00."""
    invoice = await posted_invoice(books, "200.00")
    return crediting(invoice, {"invoiceLineId": invoice.lines[0], "amount": "100.01"})


@provokes(Code.HAS_CREDITS, "voidInvoice", "invoice")
async def _drawn(books: TestBooks) -> Input:
    """The memo is used elsewhere: the invoice owes all of its total, and has been credited."""
    invoice, other = await posted_invoice(books, "100.00"), await posted_invoice(books, "60.00")
    credited = await credit(books, invoice, (0, "60.00"))
    await books.perform(UnapplyCreditMemo(application_id=credited.application))
    await applied(books, credited.memo, (other, "60.00"))
    return {"invoice": {"id": invoice.id}}
