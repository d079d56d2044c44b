"""Books in which every mutation has something to do, an acceptable input for each, and what to read of its answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.commands import CreateApiKey, RoleEntry, UpsertRoles
from app.jobs.sequencer import Sequencer
from tests.jobs.submitting import canceled, refused, submitted
from tests.support.approving import waiting_memo
from tests.support.books import TestBooks
from tests.support.building import (
    ACCOUNT,
    Line,
    Made,
    account,
    applied,
    applying_line,
    draft_invoice,
    draft_memo,
    paid,
    posted_invoice,
    posted_memo,
    refunded,
)
from tests.support.tax_engines import draft_without_tax, rate_entry, with_rates

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Documents that wait for a mutation each."""

    draft_invoice: Made
    invoice: Made
    other_invoice: Made
    negative_invoice: Made
    draft_memo: Made
    draft_without_tax: Made
    waiting_memo: Made
    memo: Made
    unused_memo: Made
    payment: str
    refund: str
    application: str
    line_application: str
    queued_job: str
    canceled_job: str
    refused_job: str
    credential: str
    log_number: int


NOT_MADE = Made("", ("", ""))
NAMED_BY: dict[str, frozenset[str]] = {
    name: frozenset(fields)
    for name, *fields in (
        ("postInvoice", "draft_invoice"),
        ("recordPayment", "other_invoice"),
        ("reversePayment", "payment"),
        ("refundCreditMemo", "memo"),
        ("reverseRefund", "refund"),
        ("createAndApplyCreditMemo", "invoice"),
        ("createCreditMemoFromInvoice", "other_invoice"),
        ("postCreditMemo", "draft_memo"),
        ("approveCreditMemo", "waiting_memo"),
        ("rejectCreditMemo", "waiting_memo"),
        ("cancelCreditMemo", "draft_memo"),
        ("updateCreditMemo", "draft_memo"),
        ("unpostCreditMemo", "unused_memo"),
        ("voidCreditMemo", "unused_memo"),
        ("reverseCreditMemo", "unused_memo"),
        ("recalculateTax", "draft_without_tax"),
        ("writeOffCreditMemo", "memo"),
        ("writeOffInvoice", "invoice"),
        ("voidInvoice", "other_invoice"),
        ("writeOffInvoices", "invoice"),
        ("submitInvoiceWriteOffs", "invoice"),
        ("applyCreditMemo", "memo", "other_invoice"),
        ("applyCreditMemoLine", "memo", "other_invoice"),
        ("autoApplyCredits", "memo", "other_invoice"),
        ("submitAutoApplications", "memo", "other_invoice"),
        ("unapplyCreditMemo", "application"),
        ("unapplyCreditMemoLine", "line_application"),
        ("updateCreditMemoApplication", "application"),
        ("convertNegativeInvoiceLines", "negative_invoice"),
        ("createDirectCreditMemos", "invoice"),
        ("submitDirectCreditMemos", "invoice"),
        ("submitNegativeLineConversions", "negative_invoice"),
        ("cancelJob", "queued_job"),
        ("resumeJob", "canceled_job"),
        ("retryJob", "refused_job"),
        ("markJournalTransferred", "unused_memo", "log_number"),
        ("createApiKey", "credential"),
        ("createOAuthClient", "credential"),
        ("replaceCredentialSecret", "credential"),
        ("updateCredentialRoles", "credential"),
        ("revokeCredential", "credential"),
        ("upsertRoles", "credential"),
    )
}
"""What has to be there for a mutation's example; the others need nothing but the account."""


async def prepared(books: TestBooks, mutation: str | None = None) -> Prepared:
    """One document in every state that a mutation asks for, or only what the example of the `mutation` names."""
    await account(books)
    named = set(Prepared.__dataclass_fields__) if mutation is None else NAMED_BY.get(mutation, set())

    async def made(name: str, *arguments: Any, making: Callable[..., Awaitable[T]], instead: T) -> T:
        return await making(books, *arguments) if name in named else instead

    async def document(name: str, *lines: Line, making: Callable[..., Awaitable[Made]]) -> Made:
        return await made(name, *lines, making=making, instead=NOT_MADE)

    async def job(name: str, making: Callable[..., Awaitable[str]]) -> str:
        return await made(name, [settled], making=making, instead="")

    invoice = await document("invoice", ("100.00", "8.25"), "40.00", making=posted_invoice)
    applying = not named.isdisjoint({"memo", "refund", "application", "line_application"})
    memo = await posted_memo(books, ("60.00", "1.00"), "20.00") if applying else NOT_MADE
    settling = applying or not named.isdisjoint({"payment", "queued_job", "canceled_job", "refused_job"})
    settled = await posted_invoice(books, "50.00") if settling else NOT_MADE
    application = line_application = ""
    if applying:
        [application] = await applied(books, memo, (settled, "10.00"))
        of_line = await books.perform(applying_line(memo.lines[0], (settled.lines[0], "5.00")))
        line_application = of_line.outcome["line_applications"][0]
    return Prepared(
        draft_invoice=await document("draft_invoice", "30.00", making=draft_invoice),
        invoice=invoice,
        other_invoice=await document("other_invoice", "70.00", making=posted_invoice),
        negative_invoice=await document("negative_invoice", "400.00", "-100.00", making=posted_invoice),
        draft_memo=await document("draft_memo", "15.00", making=draft_memo),
        draft_without_tax=await document("draft_without_tax", making=_draft_that_can_be_taxed),
        waiting_memo=await document("waiting_memo", "150.00", making=waiting_memo),
        memo=memo,
        unused_memo=await document("unused_memo", ("25.00", "2.00"), making=posted_memo),
        payment=await made("payment", settled, "3.00", making=paid, instead=""),
        refund=await made("refund", memo, "3.00", making=refunded, instead=""),
        application=application,
        line_application=line_application,
        # The queued one last: whoever works on another would have done it as well.
        refused_job=await job("refused_job", refused),
        canceled_job=await job("canceled_job", canceled),
        queued_job=await job("queued_job", submitted),
        credential=await made("credential", making=_keeper, instead=""),
        log_number=await made("log_number", making=_log_is_numbered, instead=0),
    )


async def _log_is_numbered(books: TestBooks) -> int:
    """The last number of the log, all of which has one."""
    await Sequencer(books.database).work_off()
    last: int = await books.value("SELECT MAX(number) FROM log_entry WHERE entity_id = :entity_id")
    return last


async def example(books: TestBooks, mutation: str) -> dict[str, Any]:
    """An input that the mutation accepts, in books where what it names has been made."""
    return inputs_of(await prepared(books, mutation))[mutation]


async def _keeper(books: TestBooks) -> str:
    """A key that may do no more than somebody who keeps credentials and roles."""
    await books.perform(UpsertRoles(roles=[RoleEntry(code="KEEPER", permissions=["access:write"])]))
    made: str = (await books.perform(CreateApiKey(name="keeper", roles=["KEEPER"]))).outcome["credential"]
    return made


async def _draft_that_can_be_taxed(books: TestBooks) -> Made:
    """Its rate has been found since."""
    draft = await draft_without_tax(books)
    await with_rates(books, rate_entry("0.0825"))
    return draft


def inputs_of(known: Prepared) -> dict[str, dict[str, Any]]:
    """An input that each mutation accepts on the prepared books."""
    draft_memo_named = {"creditMemo": {"id": known.draft_memo.id}}
    waiting_memo_named = {"creditMemo": {"id": known.waiting_memo.id}}
    unused_memo_named = {"creditMemo": {"id": known.unused_memo.id}}
    return {
        "upsertAccounts": {"accounts": [{"number": "A-9", "name": "Harbor Tools", "currency": "USD"}]},
        "createInvoices": {"invoices": [_new_invoice()]},
        "postInvoice": {"invoice": {"id": known.draft_invoice.id}},
        "recordPayment": {"invoice": {"id": known.other_invoice.id}, "amount": "7.00"},
        "reversePayment": {"paymentId": known.payment},
        "refundCreditMemo": {"creditMemo": {"id": known.memo.id}, "amount": "7.00", "method": "WIRE"},
        "reverseRefund": {"refundId": known.refund, "description": "Returned by the bank"},
        "createCreditMemo": _new_memo(),
        "createAndApplyCreditMemo": {
            "invoice": {"id": known.invoice.id},
            "lines": [{"invoiceLineId": known.invoice.lines[0], "amount": "20.00"}],
        },
        "createCreditMemoFromInvoice": {
            "invoice": {"id": known.other_invoice.id},
            "fullCredit": True,
            "post": True,
            "applyToInvoice": True,
        },
        "postCreditMemo": draft_memo_named,
        "approveCreditMemo": waiting_memo_named,
        "rejectCreditMemo": waiting_memo_named,
        "cancelCreditMemo": draft_memo_named,
        "updateCreditMemo": {
            **draft_memo_named,
            "comment": "By phone",
            "description": None,
            "lines": [{"amount": "5.00", "taxItems": [{"name": "CITY", "amount": "0.10"}]}],
        },
        "unpostCreditMemo": unused_memo_named,
        "voidCreditMemo": unused_memo_named,
        "reverseCreditMemo": {**unused_memo_named, "date": "2100-01-01", "description": "Given in error"},
        "recalculateTax": {"creditMemo": {"id": known.draft_without_tax.id}},
        "writeOffCreditMemo": {"creditMemo": {"id": known.memo.id}, "reasonCode": "GOODWILL"},
        "writeOffInvoice": {
            "invoice": {"id": known.invoice.id},
            "reasonCode": "GOODWILL",
            "description": "Insolvent",
        },
        "voidInvoice": {"invoice": {"id": known.other_invoice.id}, "description": "Billed twice"},
        "writeOffInvoices": {
            "writeOffs": [
                {"invoice": {"id": known.invoice.id}, "reasonCode": "GOODWILL"},
                {"invoice": {"number": "none"}, "reasonCode": "GOODWILL"},
            ]
        },
        "submitInvoiceWriteOffs": {
            "invoices": [{"id": known.invoice.id}, {"number": "none"}],
            "reasonCode": "GOODWILL",
        },
        "applyCreditMemo": {
            "creditMemo": {"id": known.memo.id},
            "applications": [{"invoice": {"id": known.other_invoice.id}, "amount": "2.00"}],
        },
        "applyCreditMemoLine": {
            "creditMemoLineId": known.memo.lines[0],
            "applications": [{"invoiceLineId": known.other_invoice.lines[0], "amount": "2.00"}],
        },
        "autoApplyCredits": {
            "account": {"number": ACCOUNT},
            "rules": ["MATCH_BALANCE", "HIGHEST_BALANCE"],
            "precedence": "EXPIRING_FIRST",
            "currency": "USD",
            "creditMemos": [{"id": known.memo.id}],
            "invoices": [{"id": known.other_invoice.id}],
            "effectiveDate": "2100-01-01T00:00:00Z",
        },
        "submitAutoApplications": {
            "accounts": [{"number": ACCOUNT}, {"number": "none"}],
            "rules": ["OLDEST_DUE"],
        },
        "unapplyCreditMemo": {"applicationId": known.application, "amount": "4.00"},
        "unapplyCreditMemoLine": {"lineApplicationId": known.line_application, "amount": "4.00"},
        "convertNegativeInvoiceLines": {
            "invoice": {"id": known.negative_invoice.id},
            "invoiceLineIds": [known.negative_invoice.lines[1]],
            "applyToInvoice": True,
        },
        "createDirectCreditMemos": {
            "creditMemos": [
                {
                    "invoice": {"id": known.invoice.id},
                    "lines": [{"invoiceLineId": known.invoice.lines[0], "amount": "20.00"}],
                    "autoApprove": True,
                    "autoApply": True,
                },
                {"invoice": {"number": "none"}, "fullCredit": True},
            ]
        },
        "submitDirectCreditMemos": {
            "selection": {"accounts": [{"number": ACCOUNT}], "autoApprove": True, "calculateTax": False}
        },
        "submitNegativeLineConversions": {
            "invoices": [{"id": known.negative_invoice.id}, {"number": "none"}],
            "applyToInvoice": True,
        },
        "cancelJob": {"jobId": known.queued_job},
        "resumeJob": {"jobId": known.canceled_job},
        "retryJob": {"jobId": known.refused_job},
        "updateCreditMemoApplication": {"applicationId": known.application, "description": "Goodwill"},
        "updateEntitySettings": {"timeZone": "Europe/Berlin", "closedThrough": "2020-12-31"},
        "upsertReasonCodes": {"reasonCodes": [{"code": "LATE", "label": "Late", "isDefault": True}]},
        "upsertTemplates": {"templates": [{"code": "PLAIN", "type": "CREDIT_MEMO"}]},
        "updateNumberSequences": {
            "sequences": [
                {"kind": "CREDIT_MEMO", "prefix": "CN-", "next": 700, "padding": 4, "gapless": True}
            ]
        },
        "updateAccountingCodes": {
            "accountingCodes": [
                {"type": "REVENUE", "code": "4000"},
                {"type": "ACCOUNTS_RECEIVABLE", "code": "1200"},
            ]
        },
        "markJournalTransferred": {"through": known.log_number},
        "upsertTaxRates": {"taxRates": [_new_rate()]},
        "configureTaxEngine": {
            "engine": "CALLBACK",
            "callback": {"url": "https://tax.example/ask", "secret": "0123456789abcdef"},
        },
        "createApiKey": {
            "name": "billing.run",
            "description": "The nightly run",
            "roles": ["KEEPER"],
            "expiresAt": "2100-01-01T00:00:00Z",
        },
        "createOAuthClient": {"name": "crm", "roles": ["KEEPER"]},
        "replaceCredentialSecret": {
            "credentialId": known.credential,
            "expiresAt": "2100-01-01T00:00:00Z",
        },
        "updateCredentialRoles": {"credentialId": known.credential, "roles": []},
        "revokeCredential": {"credentialId": known.credential},
        "upsertRoles": {
            "roles": [
                {
                    "code": "GATE",
                    "label": "Gate",
                    "permissions": ["access:write"],
                    "approvalLimits": [{"currency": "USD", "amount": "1000.00"}],
                },
                {"code": "KEEPER", "active": False},
            ]
        },
    }


def _new_invoice() -> dict[str, Any]:
    tax = {"name": "STATE TAX", "amount": "0.63", "rate": "0.0625", "rateType": "PERCENTAGE"}
    return {
        "account": {"number": ACCOUNT},
        "invoiceDate": "2026-01-15",
        "post": True,
        "lines": [{"amount": "10.00", "taxItems": [tax]}],
    }


def _new_rate() -> dict[str, Any]:
    return {
        "taxCode": "STANDARD",
        "jurisdiction": "TEXAS",
        "name": "STATE TAX",
        "rate": "0.0625",
        "validFrom": "2026-01-01",
        "validThrough": "2026-12-31",
    }


def _new_memo() -> dict[str, Any]:
    return {
        "account": {"number": ACCOUNT},
        "post": True,
        "reasonCode": "GOODWILL",
        "lines": [{"quantity": "3", "unitPrice": "2.50", "taxItems": [{"name": "CITY", "amount": "0.10"}]}],
    }


_JOB = "job { kind status total pending results { nodes { position outcome } } }"
_MEMO = "creditMemo { number status totalAmount balance applied version lines { nodes { amount balance } } }"
_INVOICE = "invoice { number status balance creditsApplied version lines { nodes { balance } } }"
_APPLICATION = """application { number type amount impactAmount creditMemoBalance invoiceBalance remainingAmount
  hasBeenUnapplied lineApplications { nodes { sequence amount remainingAmount } } }"""
SELECTIONS = {
    "upsertAccounts": "accounts { number name currency version balances { owed { amount } } }",
    "createInvoices": "created duplicates invoices { status balance lines { nodes { taxItems { amount } } } }",
    "postInvoice": _INVOICE,
    "recordPayment": f"payment {{ type amount invoiceBalance }} {_INVOICE}",
    "reversePayment": f"payment {{ type amount reversedPayment {{ amount }} }} {_INVOICE}",
    "refundCreditMemo": f"refund {{ number type amount creditMemoBalance }} {_MEMO}",
    "reverseRefund": f"refund {{ type amount description reversedRefund {{ number }} }} {_MEMO}",
    "createCreditMemo": _MEMO,
    "createAndApplyCreditMemo": f"{_MEMO} {_INVOICE} {_APPLICATION}",
    "createCreditMemoFromInvoice": f"{_MEMO} {_INVOICE} {_APPLICATION}",
    "postCreditMemo": f"{_MEMO} {_APPLICATION}",
    "approveCreditMemo": f"{_MEMO} {_APPLICATION}",
    "rejectCreditMemo": _MEMO,
    "cancelCreditMemo": _MEMO,
    "updateCreditMemo": f"{_MEMO[:-2]} comment description }}",
    "unpostCreditMemo": _MEMO,
    "voidCreditMemo": _MEMO,
    "reverseCreditMemo": f"{_MEMO} {_APPLICATION} debitMemo {{ number kind source balance totalAmount }}",
    "recalculateTax": _MEMO,
    "writeOffCreditMemo": f"{_MEMO} debitMemo {{ kind source balance reasonCode }} {_APPLICATION}",
    "writeOffInvoice": f"{_MEMO} {_INVOICE} {_APPLICATION}",
    "voidInvoice": f"{_MEMO} {_INVOICE} {_APPLICATION}",
    "writeOffInvoices": "done refused skipped results { position outcome creditMemo { totalAmount } }",
    "submitInvoiceWriteOffs": _JOB,
    "applyCreditMemo": f"{_MEMO} applications {{ amount invoiceBalance }} invoices {{ balance }}",
    "applyCreditMemoLine": f"{_MEMO} creditMemoLine {{ balance }} lineApplications {{ amount }} invoices {{ balance }}",
    "autoApplyCredits": "account { number balances { owed { amount } unusedCredit { amount } } }"
    " applications { number amount autoApplyRule autoApplyRank invoiceBalance creditMemoBalance }"
    " creditMemos { balance version } invoices { balance settlementStatus version }",
    "submitAutoApplications": _JOB,
    "unapplyCreditMemo": f"{_MEMO} {_INVOICE} {_APPLICATION}",
    "unapplyCreditMemoLine": f"{_MEMO} {_INVOICE} {_APPLICATION} lineApplication {{ type amount }}",
    "convertNegativeInvoiceLines": f"{_MEMO} {_INVOICE} {_APPLICATION}",
    "createDirectCreditMemos": "done refused skipped results { position outcome creditMemo { totalAmount } }",
    "submitDirectCreditMemos": _JOB,
    "submitNegativeLineConversions": _JOB,
    "cancelJob": _JOB,
    "resumeJob": _JOB,
    "retryJob": _JOB,
    "updateCreditMemoApplication": "application { description number }",
    "updateEntitySettings": "entity { timeZone closedThrough applicationLevel }",
    "upsertReasonCodes": "reasonCodes { code label } entity { reasonCodes { code isDefault } }",
    "upsertTemplates": "templates { code label type active } entity { templates { code } }",
    "updateNumberSequences": "entity { numberSequences { kind prefix next padding gapless } }",
    "updateAccountingCodes": "entity { accountingCodes { type code } }",
    "markJournalTransferred": "through creditMemos { transferredToAccounting }",
    "upsertTaxRates": "taxRates { name rate validThrough } entity { taxRates { totalCount nodes { rate } } }",
    "createApiKey": "credential { kind name description roles expiresAt revokedAt everyEntity }",
    "createOAuthClient": "credential { kind name roles expiresAt }",
    "replaceCredentialSecret": "credential { kind name roles expiresAt version }",
    "updateCredentialRoles": "grant { name roles version credential { name roles } }",
    "revokeCredential": "grant { name roles credential { name revokedBy } }",
    "upsertRoles": "roles { code label permissions approvalLimits { currency amount } active builtIn }",
    "configureTaxEngine": "entity { taxEngine taxCallback { url timeoutMilliseconds } }",
}
"""What to read of each mutation's success type: fields whose values a dry run and the real call have in common."""
