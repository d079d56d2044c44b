"""The model's books: one method a mutation, each taking the mutation's `input` with handles for ids."""

import copy
from collections.abc import Callable
from dataclasses import replace

from tests.model import (
    applying,
    approving,
    auto_applying,
    converting,
    credit_from_invoice,
    crediting,
    direct_memos,
    editing,
    ingestion,
    memos,
    payments,
    recalculating,
    refunds,
    unapplying,
    undoing,
    write_offs,
)
from tests.model.ledger import Command, Ledger
from tests.model.outcome import Accepted, Outcome, Refused
from tests.model.reading import NOT_INPUT, content_of

MUTATIONS: dict[str, Callable[[Ledger, Command], Outcome]] = {
    "upsertAccounts": ingestion.upsert_accounts,
    "createInvoices": ingestion.create_invoices,
    "postInvoice": ingestion.post_invoice,
    "recordPayment": payments.record_payment,
    "reversePayment": payments.reverse_payment,
    "refundCreditMemo": refunds.refund_credit_memo,
    "reverseRefund": refunds.reverse_refund,
    "writeOffInvoice": write_offs.write_off_invoice,
    "writeOffCreditMemo": write_offs.write_off_credit_memo,
    "voidInvoice": write_offs.void_invoice,
    "createCreditMemo": memos.create_credit_memo,
    "createAndApplyCreditMemo": crediting.create_and_apply_credit_memo,
    "createCreditMemoFromInvoice": credit_from_invoice.create_credit_memo_from_invoice,
    "createDirectCreditMemos": direct_memos.create_direct_credit_memos,
    "recalculateTax": recalculating.recalculate_tax,
    "applyCreditMemo": applying.apply_credit_memo,
    "applyCreditMemoLine": applying.apply_credit_memo_line,
    "autoApplyCredits": auto_applying.auto_apply_credits,
    "unapplyCreditMemo": unapplying.unapply_credit_memo,
    "unapplyCreditMemoLine": unapplying.unapply_credit_memo_line,
    "convertNegativeInvoiceLines": converting.convert_negative_invoice_lines,
    "postCreditMemo": memos.post_credit_memo,
    "approveCreditMemo": approving.approve_credit_memo,
    "rejectCreditMemo": approving.reject_credit_memo,
    "cancelCreditMemo": memos.cancel_credit_memo,
    "updateCreditMemo": editing.update_credit_memo,
    "unpostCreditMemo": undoing.unpost_credit_memo,
    "voidCreditMemo": undoing.void_credit_memo,
    "reverseCreditMemo": undoing.reverse_credit_memo,
    "updateCreditMemoApplication": unapplying.update_credit_memo_application,
}


class Books(Ledger):
    """`run` takes the GraphQL name of a mutation; the methods below are the same by their own names.

    A refused command changes nothing. `dryRun: true` in a command changes nothing and answers as the real
    call would; the books it would have led to come from `preview`. `idempotencyKey` is kept as in section 7.
    """

    def run(self, mutation: str, command: Command) -> Outcome:
        if command.get("dryRun"):
            return self.preview(mutation, command)[1]
        key = command.get("idempotencyKey")
        if key is None:
            return MUTATIONS[mutation](self, command)
        fingerprint = content_of(mutation, command, NOT_INPUT)
        if key in self.keys:
            stored, outcome = self.keys[key]
            is_same = stored == fingerprint
            return (
                replace(outcome, replayed=True) if is_same else Refused(frozenset({"IDEMPOTENCY_KEY_REUSED"}))
            )
        outcome_now = MUTATIONS[mutation](self, command)
        if isinstance(outcome_now, Accepted):
            self.keys[key] = (fingerprint, outcome_now)
        return outcome_now

    def preview(self, mutation: str, command: Command) -> tuple["Books", Outcome]:
        """The books after the command and its outcome, these books untouched; no key is claimed or read."""
        trial = self.copy()
        plain = {name: value for name, value in command.items() if name not in {"dryRun", "idempotencyKey"}}
        return trial, trial.run(mutation, plain)

    def copy(self) -> "Books":
        return copy.deepcopy(self)

    def upsert_accounts(self, command: Command) -> Outcome:
        return self.run("upsertAccounts", command)

    def create_invoices(self, command: Command) -> Outcome:
        return self.run("createInvoices", command)

    def post_invoice(self, command: Command) -> Outcome:
        return self.run("postInvoice", command)

    def record_payment(self, command: Command) -> Outcome:
        return self.run("recordPayment", command)

    def reverse_payment(self, command: Command) -> Outcome:
        return self.run("reversePayment", command)

    def refund_credit_memo(self, command: Command) -> Outcome:
        return self.run("refundCreditMemo", command)

    def reverse_refund(self, command: Command) -> Outcome:
        return self.run("reverseRefund", command)

    def write_off_invoice(self, command: Command) -> Outcome:
        return self.run("writeOffInvoice", command)

    def write_off_credit_memo(self, command: Command) -> Outcome:
        return self.run("writeOffCreditMemo", command)

    def void_invoice(self, command: Command) -> Outcome:
        return self.run("voidInvoice", command)

    def create_credit_memo(self, command: Command) -> Outcome:
        return self.run("createCreditMemo", command)

    def create_and_apply_credit_memo(self, command: Command) -> Outcome:
        return self.run("createAndApplyCreditMemo", command)

    def create_credit_memo_from_invoice(self, command: Command) -> Outcome:
        return self.run("createCreditMemoFromInvoice", command)

    def create_direct_credit_memos(self, command: Command) -> Outcome:
        return self.run("createDirectCreditMemos", command)

    def recalculate_tax(self, command: Command) -> Outcome:
        return self.run("recalculateTax", command)

    def apply_credit_memo(self, command: Command) -> Outcome:
        return self.run("applyCreditMemo", command)

    def apply_credit_memo_line(self, command: Command) -> Outcome:
        return self.run("applyCreditMemoLine", command)

    def unapply_credit_memo(self, command: Command) -> Outcome:
        return self.run("unapplyCreditMemo", command)

    def unapply_credit_memo_line(self, command: Command) -> Outcome:
        return self.run("unapplyCreditMemoLine", command)

    def convert_negative_invoice_lines(self, command: Command) -> Outcome:
        return self.run("convertNegativeInvoiceLines", command)

    def post_credit_memo(self, command: Command) -> Outcome:
        return self.run("postCreditMemo", command)

    def approve_credit_memo(self, command: Command) -> Outcome:
        return self.run("approveCreditMemo", command)

    def reject_credit_memo(self, command: Command) -> Outcome:
        return self.run("rejectCreditMemo", command)

    def cancel_credit_memo(self, command: Command) -> Outcome:
        return self.run("cancelCreditMemo", command)

    def update_credit_memo(self, command: Command) -> Outcome:
        return self.run("updateCreditMemo", command)

    def unpost_credit_memo(self, command: Command) -> Outcome:
        return self.run("unpostCreditMemo", command)

    def void_credit_memo(self, command: Command) -> Outcome:
        return self.run("voidCreditMemo", command)

    def reverse_credit_memo(self, command: Command) -> Outcome:
        return self.run("reverseCreditMemo", command)

    def update_credit_memo_application(self, command: Command) -> Outcome:
        return self.run("updateCreditMemoApplication", command)
