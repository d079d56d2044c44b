"""The mutations: each is a row that names its verb and what it answers."""

from typing import Any

import strawberry

from app.api.mutation_field import MutationRow, mutation_field
from app.api.payloads import (
    acting_entity,
    outcome_count,
    outcome_id,
    outcome_many,
    outcome_one,
    outcome_roles,
    outcome_secret,
    payload_type,
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


def _row(operation: Operation, name: str, description: str, **edges: Any) -> MutationRow:
    return MutationRow(operation, payload_type(name, description, **edges))


ROWS = (
    _row(
        Operation.UPSERT_ACCOUNTS,
        "AccountsUpserted",
        "The accounts are in the books.",
        accounts=outcome_many("accounts", "Account", "The accounts, in input order."),
    ),
    _row(
        Operation.CREATE_INVOICES,
        "InvoicesCreated",
        "The invoices are in the books.",
        invoices=outcome_many(
            "invoices", "Invoice", "The invoices, in input order; repeated ones as they are."
        ),
        created=outcome_count("created", "How many were made."),
        duplicates=outcome_count("duplicates", "How many had been delivered before, word for word."),
    ),
    _row(
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
    _row(
        Operation.RECORD_PAYMENT,
        "PaymentRecorded",
        "The payment is on the invoice.",
        payment=outcome_one("payment", "Payment", "The payment."),
        invoice=_invoice(),
    ),
    _row(
        Operation.REVERSE_PAYMENT,
        "PaymentReversed",
        "The payment is taken back.",
        payment=outcome_one("payment", "Payment", "The reversal."),
        invoice=_invoice(),
    ),
    _row(
        Operation.REFUND_CREDIT_MEMO,
        "CreditMemoRefunded",
        "The refund is on the memo.",
        refund=outcome_one("refund", "Refund", "The refund."),
        credit_memo=_memo(),
    ),
    _row(
        Operation.REVERSE_REFUND,
        "RefundReversed",
        "The refund is taken back, its credit on the memo again.",
        refund=outcome_one("refund", "Refund", "The reversal."),
        credit_memo=_memo(),
    ),
    _row(Operation.CREATE_CREDIT_MEMO, "CreditMemoCreated", "The memo is in the books.", credit_memo=_memo()),
    _row(
        Operation.CREATE_AND_APPLY_CREDIT_MEMO,
        "CreditMemoCreatedAndApplied",
        "The memo is made, posted and applied.",
        credit_memo=_memo(),
        application=_application("The application."),
        invoice=_invoice(),
    ),
    _row(
        Operation.CREATE_CREDIT_MEMO_FROM_INVOICE,
        "CreditMemoCreatedFromInvoice",
        "The memo is made, and posted and applied where that was asked, or waits for approval.",
        credit_memo=_memo(),
        application=_application_if_any(
            "The application to the invoice, where it was asked and had an amount."
        ),
        invoice=_invoice(),
    ),
    _row(
        Operation.POST_CREDIT_MEMO,
        "CreditMemoPosted",
        "The memo is final, or waits for approval.",
        credit_memo=_memo(),
        application=_application_if_any(
            "The application to the memo's invoice, where its maker asked for it upon posting."
        ),
    ),
    _row(
        Operation.APPROVE_CREDIT_MEMO,
        "CreditMemoApproved",
        "The memo is final.",
        credit_memo=_memo(),
        application=_application_if_any(
            "The application to the memo's invoice, where its maker asked for it upon posting."
        ),
    ),
    _row(
        Operation.REJECT_CREDIT_MEMO, "CreditMemoRejected", "The memo is a draft again.", credit_memo=_memo()
    ),
    _row(Operation.RECALCULATE_TAX, "TaxRecalculated", "The draft has the tax of now.", credit_memo=_memo()),
    _row(Operation.CANCEL_CREDIT_MEMO, "CreditMemoCanceled", "The memo is given up.", credit_memo=_memo()),
    _row(Operation.UPDATE_CREDIT_MEMO, "CreditMemoUpdated", "The memo says this.", credit_memo=_memo()),
    _row(
        Operation.UNPOST_CREDIT_MEMO, "CreditMemoUnposted", "The memo is a draft again.", credit_memo=_memo()
    ),
    _row(
        Operation.VOID_CREDIT_MEMO,
        "CreditMemoVoided",
        "The memo is worth nothing, and what it drew can be credited again.",
        credit_memo=_memo(),
    ),
    _row(
        Operation.REVERSE_CREDIT_MEMO,
        "CreditMemoReversed",
        "A debit memo has taken the memo back.",
        credit_memo=_memo(),
        debit_memo=outcome_one("debit_memo", "Invoice", "The debit memo that mirrors the memo."),
        application=_application_if_any(
            "The memo's application to the debit memo; none where the memo's total is 0."
        ),
    ),
    _row(
        Operation.WRITE_OFF_CREDIT_MEMO,
        "CreditMemoWrittenOff",
        "What the memo had left is given up.",
        credit_memo=_memo(),
        debit_memo=outcome_one("debit_memo", "Invoice", "The debit memo over it, which it settles."),
        application=_application(
            "The application of the memo to it: to unapply it takes the write-off back."
        ),
    ),
    _row(
        Operation.WRITE_OFF_INVOICE,
        "InvoiceWrittenOff",
        "The invoice owes nothing any more.",
        credit_memo=outcome_one("credit_memo", "CreditMemo", "The memo over what it owed."),
        application=_application("Its application to the invoice: to unapply it takes the write-off back."),
        invoice=_invoice(),
    ),
    _row(
        Operation.VOID_INVOICE,
        "InvoiceVoided",
        "The invoice is taken back for good.",
        credit_memo=outcome_one("credit_memo", "CreditMemo", "The memo that mirrors it."),
        application=_application_if_any("Its application to the invoice, where that came to anything."),
        invoice=_invoice(),
    ),
    _row(
        Operation.APPLY_CREDIT_MEMO,
        "CreditMemoApplied",
        "The credit is applied.",
        credit_memo=_memo(),
        applications=outcome_many(
            "applications", "CreditMemoApplication", "The applications, in input order."
        ),
        invoices=outcome_many("invoices", "Invoice", "The invoices, in input order."),
    ),
    _row(
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
    _row(
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
    _row(
        Operation.UNAPPLY_CREDIT_MEMO,
        "CreditMemoUnapplied",
        "The credit is back on the memo, and owed again.",
        application=_application("The new UNAPPLIED row; `associatedApplication` is what it takes back."),
        credit_memo=_memo(),
        invoice=_invoice(),
    ),
    _row(
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
    _row(
        Operation.CONVERT_NEGATIVE_INVOICE_LINES,
        "NegativeInvoiceLinesConverted",
        "The negative lines are a posted memo.",
        credit_memo=_memo(),
        invoice=_invoice(),
        application=_application_if_any("The application to the invoice, where asked."),
    ),
    _row(
        Operation.UPDATE_CREDIT_MEMO_APPLICATION,
        "CreditMemoApplicationUpdated",
        "The description is changed.",
        application=_application("The application."),
    ),
    _row(
        Operation.UPDATE_ENTITY_SETTINGS,
        "EntitySettingsUpdated",
        "The settings hold from now on.",
        entity=acting_entity(),
    ),
    _row(
        Operation.UPSERT_REASON_CODES,
        "ReasonCodesUpserted",
        "The reason codes are the entity's.",
        reason_codes=outcome_many("reason_codes", "ReasonCode", "The reason codes, in input order."),
        entity=acting_entity(),
    ),
    _row(
        Operation.UPSERT_TEMPLATES,
        "TemplatesUpserted",
        "The templates are the entity's.",
        templates=outcome_many("templates", "Template", "The templates, in input order."),
        entity=acting_entity(),
    ),
    _row(
        Operation.UPDATE_NUMBER_SEQUENCES,
        "NumberSequencesUpdated",
        "Documents are numbered so from now on.",
        entity=acting_entity(),
    ),
    _row(
        Operation.UPDATE_ACCOUNTING_CODES,
        "AccountingCodesUpdated",
        "Journal entries have these codes from now on.",
        entity=acting_entity(),
    ),
    _row(
        Operation.MARK_JOURNAL_TRANSFERRED,
        "JournalTransferred",
        "Accounting has these entries.",
        through=outcome_count("through", "Log number of the last command whose entries accounting has."),
        credit_memos=outcome_many(
            "credit_memos", "CreditMemo", "The memos that entries confirmed here are of, as they are now."
        ),
    ),
    _row(
        Operation.UPSERT_TAX_RATES,
        "TaxRatesUpserted",
        "The rates are the entity's.",
        tax_rates=outcome_many("tax_rates", "TaxRate", "The rates, in input order."),
        entity=acting_entity(),
    ),
    _row(
        Operation.CONFIGURE_TAX_ENGINE,
        "TaxEngineConfigured",
        "Tax is calculated so from now on.",
        entity=acting_entity(),
    ),
    _row(
        Operation.CREATE_DIRECT_CREDIT_MEMOS,
        "DirectCreditMemosCreated",
        "Every input has its outcome.",
        job=_job("The job that they are kept as; it is done."),
        results=outcome_many("results", "JobResult", "What became of each input, in input order."),
        done=outcome_count("done", "How many memos were made."),
        refused=outcome_count("refused", "How many inputs were refused."),
        skipped=outcome_count("skipped", "How many found nothing left to credit."),
    ),
    _row(
        Operation.SUBMIT_DIRECT_CREDIT_MEMOS,
        "DirectCreditMemosSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    _row(
        Operation.SUBMIT_NEGATIVE_LINE_CONVERSIONS,
        "NegativeLineConversionsSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    _row(
        Operation.SUBMIT_AUTO_APPLICATIONS,
        "AutoApplicationsSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    _row(
        Operation.WRITE_OFF_INVOICES,
        "InvoicesWrittenOff",
        "Every input has its outcome.",
        job=_job("The job that they are kept as; it is done."),
        results=outcome_many("results", "JobResult", "What became of each input, in input order."),
        done=outcome_count("done", "How many invoices were written off."),
        refused=outcome_count("refused", "How many inputs were refused."),
        skipped=outcome_count("skipped", "How many invoices owed nothing."),
    ),
    _row(
        Operation.SUBMIT_INVOICE_WRITE_OFFS,
        "InvoiceWriteOffsSubmitted",
        "Workers do the job.",
        job=_job("The job, and by `results` its items."),
    ),
    _row(Operation.CANCEL_JOB, "JobCanceled", "No other item is begun.", job=_job("The job.")),
    _row(Operation.RESUME_JOB, "JobResumed", "Workers go on with the job.", job=_job("The job.")),
    _row(
        Operation.RETRY_JOB,
        "JobRetried",
        "Workers do what was refused once more.",
        job=_job("The new job; `retriedJob` is the one that it retries."),
    ),
    _row(
        Operation.CREATE_API_KEY,
        "ApiKeyCreated",
        "The key is good from now on.",
        credential=outcome_one("credential", "Credential", "What is known of the key."),
        secret=outcome_secret(
            "The key itself: send it as a bearer token. Nobody can show it again: null where `replayed`, and in"
            " a dry run."
        ),
    ),
    _row(
        Operation.CREATE_OAUTH_CLIENT,
        "OAuthClientCreated",
        "The client is good from now on.",
        credential=outcome_one("credential", "Credential", "What is known of the client."),
        client_id=outcome_id("credential", "What the client calls itself."),
        client_secret=outcome_secret(
            "What it shows for a token. Nobody can show it again: null where `replayed`, and in a dry run."
        ),
    ),
    _row(
        Operation.REPLACE_CREDENTIAL_SECRET,
        "CredentialSecretReplaced",
        "The new secret is good from now on, the old one for seconds at most.",
        credential=outcome_one("credential", "Credential", "What is known of the credential."),
        secret=outcome_secret(
            "The new API key, or the client's new secret. Nobody can show it again: null where `replayed`, and"
            " in a dry run."
        ),
    ),
    _row(
        Operation.UPDATE_CREDENTIAL_ROLES,
        "CredentialRolesUpdated",
        "The credential has these roles here.",
        grant=outcome_one("grant", "Grant", "Its roles here, as they are now."),
    ),
    _row(
        Operation.REVOKE_CREDENTIAL,
        "CredentialRevoked",
        "The credential is good for nothing here, in seconds at most.",
        grant=outcome_one("grant", "Grant", "Its roles here, as they are now."),
    ),
    _row(
        Operation.UPSERT_ROLES,
        "RolesUpserted",
        "The roles allow this, in seconds at most.",
        roles=outcome_roles("The roles, in input order."),
    ),
)


Mutation: type[Any] = strawberry.type(
    type("Mutation", (), dict(mutation_field(row) for row in ROWS)),
    description="The commands that change the books. Each takes one `input` and answers what it did, or a Rejection.",
)
