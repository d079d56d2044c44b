"""The mutations: each is a row that names its verb and what it answers."""

from typing import Any

import strawberry

from app.api.entity_mutations import ROWS_OF_ACCESS, ROWS_OF_ENTITY
from app.api.mutation_field import mutation_field, mutation_row
from app.api.payloads import (
    outcome_count,
    outcome_many,
    outcome_one,
)
from app.domain.vocabulary import Operation


def _memo() -> Any:
    return outcome_one("credit_memo", "CreditMemo", "The memo, as it is now.")


def _invoice() -> Any:
    return outcome_one("invoice", "Invoice", "The invoice, as it is now.")


def _job(description: str) -> Any:
    return outcome_one("job", "Job", description)


def _application(description: str) -> Any:
    return outcome_one("application", "CreditMemoApplication", description)


def _application_if_any(description: str) -> Any:
    return outcome_one("application", "CreditMemoApplication", description, nullable=True)


ROWS = (
    mutation_row(
        Operation.UPSERT_ACCOUNTS,
        "AccountsUpserted",
        "The accounts are in the books.",
        accounts=outcome_many("accounts", "Account", "The accounts, in input order."),
    ),
    mutation_row(
        Operation.CREATE_INVOICES,
        "InvoicesCreated",
        "The invoices are in the books.",
        invoices=outcome_many(
            "invoices", "Invoice", "The invoices, in input order; repeated ones as they are."
        ),
        created=outcome_count("created", "How many were made."),
        duplicates=outcome_count("duplicates", "How many had been delivered before, word for word."),
    ),
    mutation_row(
        Operation.POST_INVOICE,
        "InvoicePosted",
        "The invoice is final.",
        invoice=_invoice(),
        credit_memo=outcome_one(
            "credit_memo",
            "CreditMemo",
            "The memo of its negative lines, where the entity has them converted on posting.",
            nullable=True,
        ),
        application=outcome_one(
            "application",
            "CreditMemoApplication",
            "That memo's application to the invoice, where the entity has it applied.",
            nullable=True,
        ),
    ),
    mutation_row(
        Operation.RECORD_PAYMENT,
        "PaymentRecorded",
        "The payment is on the invoice.",
        payment=outcome_one("payment", "Payment", "The payment."),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.REVERSE_PAYMENT,
        "PaymentReversed",
        "The payment is taken back.",
        payment=outcome_one("payment", "Payment", "The reversal."),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.REFUND_CREDIT_MEMO,
        "CreditMemoRefunded",
        "The refund is on the memo.",
        refund=outcome_one("refund", "Refund", "The refund."),
        credit_memo=_memo(),
    ),
    mutation_row(
        Operation.REVERSE_REFUND,
        "RefundReversed",
        "The refund is taken back, its credit on the memo again.",
        refund=outcome_one("refund", "Refund", "The reversal."),
        credit_memo=_memo(),
    ),
    mutation_row(
        Operation.CREATE_CREDIT_MEMO, "CreditMemoCreated", "The memo is in the books.", credit_memo=_memo()
    ),
    mutation_row(
        Operation.CREATE_AND_APPLY_CREDIT_MEMO,
        "CreditMemoCreatedAndApplied",
        "The memo is made, posted and applied.",
        credit_memo=_memo(),
        application=_application("The application."),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.CREATE_CREDIT_MEMO_FROM_INVOICE,
        "CreditMemoCreatedFromInvoice",
        "The memo is made, and posted and applied where that was asked, or waits for approval.",
        credit_memo=_memo(),
        application=_application_if_any(
            "The application to the invoice, where it was asked and had an amount."
        ),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.POST_CREDIT_MEMO,
        "CreditMemoPosted",
        "The memo is final, or waits for approval.",
        credit_memo=_memo(),
        application=_application_if_any(
            "The application to the memo's invoice, where its maker asked for it upon posting."
        ),
    ),
    mutation_row(
        Operation.APPROVE_CREDIT_MEMO,
        "CreditMemoApproved",
        "The memo is final.",
        credit_memo=_memo(),
        application=_application_if_any(
            "The application to the memo's invoice, where its maker asked for it upon posting."
        ),
    ),
    mutation_row(
        Operation.REJECT_CREDIT_MEMO, "CreditMemoRejected", "The memo is a draft again.", credit_memo=_memo()
    ),
    mutation_row(
        Operation.RECALCULATE_TAX, "TaxRecalculated", "The draft has the tax of now.", credit_memo=_memo()
    ),
    mutation_row(
        Operation.CANCEL_CREDIT_MEMO, "CreditMemoCanceled", "The memo is given up.", credit_memo=_memo()
    ),
    mutation_row(
        Operation.UPDATE_CREDIT_MEMO, "CreditMemoUpdated", "The memo says this.", credit_memo=_memo()
    ),
    mutation_row(
        Operation.UNPOST_CREDIT_MEMO, "CreditMemoUnposted", "The memo is a draft again.", credit_memo=_memo()
    ),
    mutation_row(
        Operation.VOID_CREDIT_MEMO,
        "CreditMemoVoided",
        "The memo is worth nothing, and what it drew can be credited again.",
        credit_memo=_memo(),
    ),
    mutation_row(
        Operation.REVERSE_CREDIT_MEMO,
        "CreditMemoReversed",
        "A debit memo has taken the memo back.",
        credit_memo=_memo(),
        debit_memo=outcome_one("debit_memo", "Invoice", "The debit memo that mirrors the memo."),
        application=_application_if_any(
            "The memo's application to the debit memo; none where the memo's total is 0."
        ),
    ),
    mutation_row(
        Operation.WRITE_OFF_CREDIT_MEMO,
        "CreditMemoWrittenOff",
        "What the memo had left is given up.",
        credit_memo=_memo(),
        debit_memo=outcome_one("debit_memo", "Invoice", "The debit memo over it, which it settles."),
        application=_application(
            "The application of the memo to it: to unapply it takes the write-off back."
        ),
    ),
    mutation_row(
        Operation.WRITE_OFF_INVOICE,
        "InvoiceWrittenOff",
        "The invoice owes nothing any more.",
        credit_memo=outcome_one("credit_memo", "CreditMemo", "The memo over what it owed."),
        application=_application("Its application to the invoice: to unapply it takes the write-off back."),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.VOID_INVOICE,
        "InvoiceVoided",
        "The invoice is taken back for good.",
        credit_memo=outcome_one("credit_memo", "CreditMemo", "The memo that mirrors it."),
        application=_application_if_any("Its application to the invoice, where that came to anything."),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.APPLY_CREDIT_MEMO,
        "CreditMemoApplied",
        "The credit is applied.",
        credit_memo=_memo(),
        applications=outcome_many(
            "applications", "CreditMemoApplication", "The applications, in input order."
        ),
        invoices=outcome_many("invoices", "Invoice", "The invoices, in input order."),
    ),
    mutation_row(
        Operation.APPLY_CREDIT_MEMO_LINE,
        "CreditMemoLineApplied",
        "The credit is applied.",
        credit_memo_line=outcome_one("credit_memo_line", "CreditMemoLine", "The memo line, as it is now."),
        credit_memo=_memo(),
        applications=outcome_many(
            "applications", "CreditMemoApplication", "One application for each invoice."
        ),
        line_applications=outcome_many(
            "line_applications", "CreditMemoLineApplication", "The line applications, invoice by invoice."
        ),
        invoices=outcome_many("invoices", "Invoice", "The invoices."),
    ),
    mutation_row(
        Operation.AUTO_APPLY_CREDITS,
        "CreditsAutoApplied",
        "The account's open credit is applied where the rules found something that it owes.",
        account=outcome_one("account", "Account", "The account, as it is now."),
        applications=outcome_many(
            "applications",
            "CreditMemoApplication",
            "The applications, in the order in which the rules found them; each says which rule and its rank.",
        ),
        credit_memos=outcome_many("credit_memos", "CreditMemo", "The memos that gave something."),
        invoices=outcome_many("invoices", "Invoice", "The invoices that got something."),
    ),
    mutation_row(
        Operation.UNAPPLY_CREDIT_MEMO,
        "CreditMemoUnapplied",
        "The credit is back on the memo, and owed again.",
        application=_application("The new UNAPPLIED row; `associatedApplication` is what it takes back."),
        credit_memo=_memo(),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.UNAPPLY_CREDIT_MEMO_LINE,
        "CreditMemoLineUnapplied",
        "The credit is back on the memo line, and owed again.",
        line_application=outcome_one(
            "line_application", "CreditMemoLineApplication", "The new UNAPPLIED line row."
        ),
        application=_application("The new UNAPPLIED row over the same amount."),
        credit_memo=_memo(),
        invoice=_invoice(),
    ),
    mutation_row(
        Operation.CONVERT_NEGATIVE_INVOICE_LINES,
        "NegativeInvoiceLinesConverted",
        "The negative lines are a posted memo.",
        credit_memo=_memo(),
        invoice=_invoice(),
        application=_application_if_any("The application to the invoice, where asked."),
    ),
    mutation_row(
        Operation.UPDATE_CREDIT_MEMO_APPLICATION,
        "CreditMemoApplicationUpdated",
        "The description is changed.",
        application=_application("The application."),
    ),
    mutation_row(
        Operation.CREATE_DIRECT_CREDIT_MEMOS,
        "DirectCreditMemosCreated",
        "Every input has its outcome.",
        job=_job("The job that they are kept as; it is done."),
        results=outcome_many("results", "JobResult", "What became of each input, in input order."),
        done=outcome_count("done", "How many memos were made."),
        refused=outcome_count("refused", "How many inputs were refused."),
        skipped=outcome_count("skipped", "How many found nothing left to credit."),
    ),
    mutation_row(
        Operation.SUBMIT_DIRECT_CREDIT_MEMOS,
        "DirectCreditMemosSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    mutation_row(
        Operation.SUBMIT_NEGATIVE_LINE_CONVERSIONS,
        "NegativeLineConversionsSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    mutation_row(
        Operation.SUBMIT_AUTO_APPLICATIONS,
        "AutoApplicationsSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    mutation_row(
        Operation.WRITE_OFF_INVOICES,
        "InvoicesWrittenOff",
        "Every input has its outcome.",
        job=_job("The job that they are kept as; it is done."),
        results=outcome_many("results", "JobResult", "What became of each input, in input order."),
        done=outcome_count("done", "How many invoices were written off."),
        refused=outcome_count("refused", "How many inputs were refused."),
        skipped=outcome_count("skipped", "How many invoices owed nothing."),
    ),
    mutation_row(
        Operation.SUBMIT_INVOICE_WRITE_OFFS,
        "InvoiceWriteOffsSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    mutation_row(Operation.CANCEL_JOB, "JobCanceled", "No other item is begun.", job=_job("The job.")),
    mutation_row(Operation.RESUME_JOB, "JobResumed", "Workers go on with the job.", job=_job("The job.")),
    mutation_row(
        Operation.RETRY_JOB,
        "JobRetried",
        "Workers do what was refused once more.",
        job=_job("The new job; `retriedJob` is the one that it retries."),
    ),
    *ROWS_OF_ENTITY,
    *ROWS_OF_ACCESS,
)


Mutation: type[Any] = strawberry.type(
    type("Mutation", (), dict(mutation_field(row) for row in ROWS)),
    description="The commands that change the books. Each takes one `input` and answers what it did, or a Rejection.",
)
