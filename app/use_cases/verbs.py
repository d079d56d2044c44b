"""Everything a caller can ask for, in one list: the door and the loaders read it."""

from app.domain import commands
from app.domain.vocabulary import Operation
from app.use_cases.access import (
    create_api_key,
    create_oauth_client,
    replace_credential_secret,
    revoke_credential,
    update_credential_roles,
    upsert_roles,
)
from app.use_cases.accounting import mark_journal_transferred, update_accounting_codes
from app.use_cases.apply import apply_credit_memo, apply_credit_memo_line
from app.use_cases.auto_apply import auto_apply_credits
from app.use_cases.auto_apply_work import submit_auto_applications
from app.use_cases.convert import convert_negative_invoice_lines
from app.use_cases.credit_from_invoice import create_credit_memo_from_invoice
from app.use_cases.credit_invoice import create_and_apply_credit_memo
from app.use_cases.credit_memos import cancel_credit_memo, create_credit_memo
from app.use_cases.direct_credit import create_direct_credit_memos, submit_direct_credit_memos
from app.use_cases.invoices import create_invoices, post_invoice, upsert_accounts
from app.use_cases.payments import record_payment, reverse_payment
from app.use_cases.post_memos import approve_credit_memo, post_credit_memo, reject_credit_memo
from app.use_cases.recalculate_tax import recalculate_tax
from app.use_cases.refunds import refund_credit_memo, reverse_refund
from app.use_cases.run import UseCase, Verb
from app.use_cases.settings import (
    update_entity_settings,
    update_number_sequences,
    upsert_reason_codes,
    upsert_templates,
)
from app.use_cases.steer_jobs import cancel_job, resume_job
from app.use_cases.submit_jobs import retry_job, submit_negative_line_conversions
from app.use_cases.tax_settings import configure_tax_engine, upsert_tax_rates
from app.use_cases.unapply import (
    unapply_credit_memo,
    unapply_credit_memo_line,
    update_credit_memo_application,
)
from app.use_cases.undo_memos import reverse_credit_memo, unpost_credit_memo, void_credit_memo
from app.use_cases.update_memo import update_credit_memo
from app.use_cases.write_off_work import submit_invoice_write_offs, write_off_invoices
from app.use_cases.write_offs import void_invoice, write_off_credit_memo, write_off_invoice


def _verb(operation: Operation, command: type[commands.Command], use_case: UseCase, permission: str) -> Verb:  # type: ignore[type-arg]
    return Verb(operation=operation, command=command, use_case=use_case, permission=permission)


VERBS: dict[Operation, Verb] = {
    verb.operation: verb
    for verb in (
        _verb(Operation.UPSERT_ACCOUNTS, commands.UpsertAccounts, upsert_accounts, "accounts:write"),
        _verb(Operation.CREATE_INVOICES, commands.CreateInvoices, create_invoices, "invoices:write"),
        _verb(Operation.POST_INVOICE, commands.PostInvoice, post_invoice, "invoices:post"),
        _verb(Operation.RECORD_PAYMENT, commands.RecordPayment, record_payment, "payments:write"),
        _verb(Operation.REVERSE_PAYMENT, commands.ReversePayment, reverse_payment, "payments:write"),
        _verb(Operation.REFUND_CREDIT_MEMO, commands.RefundCreditMemo, refund_credit_memo, "refunds:write"),
        _verb(Operation.REVERSE_REFUND, commands.ReverseRefund, reverse_refund, "refunds:write"),
        _verb(
            Operation.CREATE_CREDIT_MEMO, commands.CreateCreditMemo, create_credit_memo, "credit_memos:create"
        ),
        _verb(
            Operation.CREATE_AND_APPLY_CREDIT_MEMO,
            commands.CreateAndApplyCreditMemo,
            create_and_apply_credit_memo,
            "credit_memos:create",
        ),
        _verb(
            Operation.CREATE_CREDIT_MEMO_FROM_INVOICE,
            commands.CreateCreditMemoFromInvoice,
            create_credit_memo_from_invoice,
            "credit_memos:create",
        ),
        _verb(Operation.POST_CREDIT_MEMO, commands.PostCreditMemo, post_credit_memo, "credit_memos:post"),
        _verb(
            Operation.APPROVE_CREDIT_MEMO,
            commands.ApproveCreditMemo,
            approve_credit_memo,
            "credit_memos:approve",
        ),
        _verb(
            Operation.REJECT_CREDIT_MEMO,
            commands.RejectCreditMemo,
            reject_credit_memo,
            "credit_memos:approve",
        ),
        _verb(Operation.RECALCULATE_TAX, commands.RecalculateTax, recalculate_tax, "credit_memos:create"),
        _verb(
            Operation.CANCEL_CREDIT_MEMO, commands.CancelCreditMemo, cancel_credit_memo, "credit_memos:cancel"
        ),
        _verb(
            Operation.UPDATE_CREDIT_MEMO, commands.UpdateCreditMemo, update_credit_memo, "credit_memos:create"
        ),
        _verb(
            Operation.UNPOST_CREDIT_MEMO,
            commands.UnpostCreditMemo,
            unpost_credit_memo,
            "credit_memos:reverse",
        ),
        _verb(Operation.VOID_CREDIT_MEMO, commands.VoidCreditMemo, void_credit_memo, "credit_memos:reverse"),
        _verb(
            Operation.REVERSE_CREDIT_MEMO,
            commands.ReverseCreditMemo,
            reverse_credit_memo,
            "credit_memos:reverse",
        ),
        _verb(
            Operation.WRITE_OFF_CREDIT_MEMO,
            commands.WriteOffCreditMemo,
            write_off_credit_memo,
            "credit_memos:write_off",
        ),
        _verb(Operation.WRITE_OFF_INVOICE, commands.WriteOffInvoice, write_off_invoice, "invoices:write_off"),
        _verb(
            Operation.WRITE_OFF_INVOICES, commands.WriteOffInvoices, write_off_invoices, "invoices:write_off"
        ),
        _verb(
            Operation.SUBMIT_INVOICE_WRITE_OFFS,
            commands.SubmitInvoiceWriteOffs,
            submit_invoice_write_offs,
            "invoices:write_off",
        ),
        _verb(Operation.VOID_INVOICE, commands.VoidInvoice, void_invoice, "invoices:void"),
        _verb(Operation.APPLY_CREDIT_MEMO, commands.ApplyCreditMemo, apply_credit_memo, "credit_memos:apply"),
        _verb(
            Operation.APPLY_CREDIT_MEMO_LINE,
            commands.ApplyCreditMemoLine,
            apply_credit_memo_line,
            "credit_memos:apply",
        ),
        _verb(
            Operation.AUTO_APPLY_CREDITS,
            commands.AutoApplyCredits,
            auto_apply_credits,
            "credit_memos:apply",
        ),
        _verb(
            Operation.UNAPPLY_CREDIT_MEMO,
            commands.UnapplyCreditMemo,
            unapply_credit_memo,
            "credit_memos:unapply",
        ),
        _verb(
            Operation.UNAPPLY_CREDIT_MEMO_LINE,
            commands.UnapplyCreditMemoLine,
            unapply_credit_memo_line,
            "credit_memos:unapply",
        ),
        _verb(
            Operation.CONVERT_NEGATIVE_INVOICE_LINES,
            commands.ConvertNegativeInvoiceLines,
            convert_negative_invoice_lines,
            "invoices:convert",
        ),
        _verb(
            Operation.UPDATE_CREDIT_MEMO_APPLICATION,
            commands.UpdateCreditMemoApplication,
            update_credit_memo_application,
            "credit_memos:apply",
        ),
        _verb(
            Operation.UPDATE_ENTITY_SETTINGS,
            commands.UpdateEntitySettings,
            update_entity_settings,
            "settings:write",
        ),
        _verb(
            Operation.UPSERT_REASON_CODES, commands.UpsertReasonCodes, upsert_reason_codes, "settings:write"
        ),
        _verb(Operation.UPSERT_TEMPLATES, commands.UpsertTemplates, upsert_templates, "settings:write"),
        _verb(
            Operation.UPDATE_NUMBER_SEQUENCES,
            commands.UpdateNumberSequences,
            update_number_sequences,
            "settings:write",
        ),
        _verb(
            Operation.UPDATE_ACCOUNTING_CODES,
            commands.UpdateAccountingCodes,
            update_accounting_codes,
            "accounting:write",
        ),
        _verb(
            Operation.MARK_JOURNAL_TRANSFERRED,
            commands.MarkJournalTransferred,
            mark_journal_transferred,
            "accounting:write",
        ),
        _verb(Operation.UPSERT_TAX_RATES, commands.UpsertTaxRates, upsert_tax_rates, "taxes:write"),
        _verb(
            Operation.CONFIGURE_TAX_ENGINE, commands.ConfigureTaxEngine, configure_tax_engine, "taxes:write"
        ),
        _verb(
            Operation.CREATE_DIRECT_CREDIT_MEMOS,
            commands.CreateDirectCreditMemos,
            create_direct_credit_memos,
            "credit_memos:create",
        ),
        _verb(
            Operation.SUBMIT_DIRECT_CREDIT_MEMOS,
            commands.SubmitDirectCreditMemos,
            submit_direct_credit_memos,
            "credit_memos:create",
        ),
        _verb(
            Operation.SUBMIT_NEGATIVE_LINE_CONVERSIONS,
            commands.SubmitNegativeLineConversions,
            submit_negative_line_conversions,
            "invoices:convert",
        ),
        _verb(
            Operation.SUBMIT_AUTO_APPLICATIONS,
            commands.SubmitAutoApplications,
            submit_auto_applications,
            "credit_memos:apply",
        ),
        _verb(Operation.CANCEL_JOB, commands.CancelJob, cancel_job, "jobs:write"),
        _verb(Operation.RESUME_JOB, commands.ResumeJob, resume_job, "jobs:write"),
        _verb(Operation.RETRY_JOB, commands.RetryJob, retry_job, "jobs:write"),
        _verb(Operation.CREATE_API_KEY, commands.CreateApiKey, create_api_key, "access:write"),
        _verb(Operation.CREATE_OAUTH_CLIENT, commands.CreateOAuthClient, create_oauth_client, "access:write"),
        _verb(
            Operation.REPLACE_CREDENTIAL_SECRET,
            commands.ReplaceCredentialSecret,
            replace_credential_secret,
            "access:write",
        ),
        _verb(
            Operation.UPDATE_CREDENTIAL_ROLES,
            commands.UpdateCredentialRoles,
            update_credential_roles,
            "access:write",
        ),
        _verb(Operation.REVOKE_CREDENTIAL, commands.RevokeCredential, revoke_credential, "access:write"),
        _verb(Operation.UPSERT_ROLES, commands.UpsertRoles, upsert_roles, "access:write"),
    )
}
