"""What the documents do to the ledger, told from how they stand: each accounting code's debit less credit."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from tests.model.documents import CreditMemo, Invoice, InvoiceLine, MemoLine
from tests.model.money import ZERO

Balances = dict[str, Fraction]
RECEIVABLE = "ACCOUNTS_RECEIVABLE"


def journal_of_memo(memo: CreditMemo) -> Balances:
    """A posted memo took back what it credits, or made bad debt of it; what was refunded is on its way to the buyer."""
    found: Balances = {}
    if memo.status == "POSTED" and memo.source != "NEGATIVE_LINES":
        is_written_off = memo.source == "INVOICE_WRITE_OFF"
        found = _balances(memo.lines, "BAD_DEBT" if is_written_off else None)
    found["REFUND_CLEARING"] = -memo.refunded
    return _against_receivables(found)


def journal_of_invoice(invoice: Invoice) -> Balances:
    """Only a posted debit memo that was made here does anything: the opposite of its memo, or it ends unused credit."""
    if invoice.source == "INGESTED" or invoice.status != "POSTED":
        return {}
    if invoice.source == "CREDIT_MEMO_WRITE_OFF":
        return _against_receivables({"CREDIT_WRITE_OFF": -invoice.total})
    reversed_lines = _balances(invoice.lines, None)
    return _against_receivables({code: -amount for code, amount in reversed_lines.items()})


def _balances(lines: Iterable[MemoLine | InvoiceLine], only: str | None) -> Balances:
    """Amounts by the lines' own codes, or under the only one; their tax."""
    found: Balances = {}
    for line in lines:
        if getattr(line, "removed", False):
            continue
        code = only or line.words.get("accountingCode") or "REVENUE"
        found[code] = found.get(code, ZERO) + line.amount
        found["SALES_TAX_PAYABLE"] = found.get("SALES_TAX_PAYABLE", ZERO) + line.tax
    return found


def _against_receivables(found: Balances) -> Balances:
    balances = found | {RECEIVABLE: -sum(found.values(), ZERO)}
    return {code: amount for code, amount in balances.items() if amount}


def shown_balances(entries: Iterable[Mapping[str, str]]) -> Balances:
    """The same of journal entries as GraphQL shows them."""
    found: Balances = {}
    for entry in entries:
        amount = Fraction(entry["amount"])
        found[entry["debitCode"]] = found.get(entry["debitCode"], ZERO) + amount
        found[entry["creditCode"]] = found.get(entry["creditCode"], ZERO) - amount
    return {code: amount for code, amount in found.items() if amount}
