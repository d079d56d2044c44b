"""Section 4.9, synchronous: a list of memos from invoices, one after another, each with its own fate."""

import copy
from typing import Any

from tests.model.credit_from_invoice import make_from_invoice
from tests.model.ledger import Command, Ledger
from tests.model.outcome import Accepted, Item, Outcome, refused
from tests.model.reading import check_texts, read_decimal

OPERATION = "CREATE_DIRECT_CREDIT_MEMOS"


def create_direct_credit_memos(ledger: Ledger, command: Command) -> Outcome:
    """One answer for each input in its order; `atomic`: where one is refused, all are."""
    codes: set[str] = set()
    check_texts(command, codes)
    if not command["creditMemos"]:
        codes.add("NO_LINES")
    if codes:
        return refused(codes)
    before = copy.deepcopy(vars(ledger))
    as_read = dict(ledger.versions)
    items = tuple(_item(ledger, given) for given in command["creditMemos"])
    if command.get("atomic") and any(item.outcome == "REFUSED" for item in items):
        vars(ledger).update(before)
        return refused({code for item in items if item.outcome == "REFUSED" for code in item.codes})
    ledger.versions = {handle: as_read[handle] for handle in ledger.versions}
    return Accepted(
        credit_memos=tuple(item.memo for item in items if item.memo),
        applications=tuple(item.application for item in items if item.application),
        items=items,
    )


def _item(ledger: Ledger, given: Command) -> Item:
    codes: set[str] = set()
    if given.get("reasonCode") in ledger.entity.not_for_direct:
        codes.add("REASON_CODE_NOT_ALLOWED")
    if not given.get("fullCredit") and any(_is_not_positive(line) for line in given.get("lines") or []):
        codes.add("INVALID_AMOUNT")
    made = make_from_invoice(ledger, _from_invoice(given), OPERATION, codes, may_wait=True)
    if made is not None:
        _count_version(ledger, str(made.memo.invoice))
        return Item("DONE", made.memo.handle, next(iter(made.applications), None))
    is_spent = bool(given.get("fullCredit")) and "NOTHING_CREDITABLE" in codes
    has_other_faults = codes - {"NOTHING_CREDITABLE", "EXCEEDS_CREDITABLE_AMOUNT", "INVALID_AMOUNT"}
    outcome = "SKIPPED" if is_spent and not has_other_faults else "REFUSED"
    return Item(outcome, codes=frozenset(codes))


def _count_version(ledger: Ledger, invoice: str) -> None:
    """What the first memo has changed has another version for the next."""
    if invoice in ledger.versions and invoice in ledger.touched:
        ledger.versions[invoice] += 1


def _is_not_positive(line: Command) -> bool:
    return read_decimal(line["amount"], 20, set()) <= 0


def _from_invoice(given: Command) -> dict[str, Any]:
    """autoApply without autoApprove is ignored."""
    renamed = {"autoApprove", "autoApply", "calculateTax", "expectedInvoiceVersion"}
    return {name: value for name, value in given.items() if name not in renamed} | {
        "post": given.get("autoApprove"),
        "applyToInvoice": given.get("autoApprove") and given.get("autoApply"),
        "taxAutoCalculation": given.get("calculateTax"),
        "expectedVersion": given.get("expectedInvoiceVersion"),
    }
