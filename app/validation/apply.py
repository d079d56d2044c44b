"""When credit may be applied to invoices, and memo lines to invoice lines (Salesforce: apply; domain 4.3, 4.4)."""

from collections import defaultdict

from app.domain.commands import ApplyCreditMemo, ApplyCreditMemoLine
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.money import minor_digits
from app.domain.settling import chosen_allocation
from app.domain.violation import Path, Violation
from app.domain.vocabulary import (
    CreditMemoStatus,
    InvoiceStatus,
    Operation,
    ViolationCode,
)
from app.validation.amounts import exceeds, read_positive_amount
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_invoice_life,
    violations_of_memo_life,
    violations_of_no_lines,
    violations_of_pairing,
    violations_of_version,
)
from app.validation.pairing import violations_of_pair_count


def violations_of_applicable_memo(memo: CreditMemo, path: Path = ("credit_memo",)) -> list[Violation]:
    """What keeps a memo from being applied at all; both verbs and `canApply` ask it."""
    violations = violations_of_memo_life(memo, Operation.APPLY_CREDIT_MEMO, path)
    if not violations and memo.balance == 0:
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_MEMO_BALANCE,
                "The credit memo has no balance left.",
                path,
                0,
                0,
                memo.currency,
                memo.id,
            )
        )
    return violations


def violations_of_apply(command: ApplyCreditMemo, facts: Facts) -> list[Violation]:
    """Σ amounts within the memo's balance, each within its target's; every target posted, none twice."""
    violations = violations_of_no_lines(command.applications, ("applications",))
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        violations.append(not_found("credit memo", ("credit_memo",), asked_of(command.credit_memo)))
    else:
        violations += violations_of_version(memo, command.expected_version, ("expected_version",))
        violations += violations_of_applicable_memo(memo)
    seen: set[str] = set()
    total = 0
    for place, entry in enumerate(command.applications):
        path: Path = ("applications", place)
        violations += violations_of_day(entry.effective_date, facts.settings, (*path, "effective_date"))
        invoice = facts.named_record(Invoice, *path, "invoice")
        if invoice is None:
            violations.append(not_found("invoice", (*path, "invoice"), asked_of(entry.invoice)))
            continue
        if invoice.id in seen:
            violations.append(
                _twice(ViolationCode.DUPLICATE_TARGET, "invoice", (*path, "invoice"), invoice.id)
            )
            continue
        seen.add(invoice.id)
        violations += violations_of_version(invoice, entry.expected_version, (*path, "expected_version"))
        violations += violations_of_target(memo, invoice, (*path, "invoice"))
        amount, wrong = read_positive_amount(
            entry.amount, minor_digits((memo or invoice).currency), (*path, "amount")
        )
        violations += wrong
        if not wrong and (memo is None or memo.currency == invoice.currency):
            violations += _over_invoice(amount, invoice, (*path, "amount"))
            total += amount
    if memo is None:
        return violations
    violations += _over_memo(total, memo, ("applications",))
    return violations or _violations_of_pairs(command, facts, memo)


def violations_of_target(memo: CreditMemo | None, invoice: Invoice, path: Path) -> list[Violation]:
    """Posted, and of the memo's account and currency, where there is such a memo."""
    violations = violations_of_invoice_life(invoice, Operation.APPLY_CREDIT_MEMO, path)
    return violations + (violations_of_pairing(memo, invoice, path) if memo else [])


def violations_of_apply_line(command: ApplyCreditMemoLine, facts: Facts) -> list[Violation]:
    """Σ within min(memo line, memo); each within min(line, invoice); a negative line gives and takes nothing."""
    violations = violations_of_no_lines(command.applications, ("applications",))
    memo_line = facts.find(CreditMemoLine, command.credit_memo_line_id)
    memo = None if memo_line is None else facts.get(CreditMemo, memo_line.credit_memo_id)
    if memo is None:
        here = ("credit_memo_line_id",)
        violations.append(not_found("credit memo line", here, command.credit_memo_line_id))
    else:
        violations += violations_of_version(memo, command.expected_version, ("expected_version",))
        violations += violations_of_applicable_memo(memo, ("credit_memo_line_id",))
    seen: set[str] = set()
    total = 0
    by_invoice: dict[str, int] = defaultdict(int)
    for place, entry in enumerate(command.applications):
        path: Path = ("applications", place)
        violations += violations_of_day(entry.effective_date, facts.settings, (*path, "effective_date"))
        line = facts.find(InvoiceLine, entry.invoice_line_id)
        if line is None:
            violations.append(not_found("invoice line", (*path, "invoice_line_id"), entry.invoice_line_id))
            continue
        if line.id in seen:
            violations.append(
                _twice(ViolationCode.DUPLICATE_LINE, "line", (*path, "invoice_line_id"), line.id)
            )
            continue
        seen.add(line.id)
        invoice = facts.get(Invoice, line.invoice_id)
        violations += violations_of_version(invoice, entry.expected_version, (*path, "expected_version"))
        violations += violations_of_target(memo, invoice, (*path, "invoice_line_id"))
        amount, wrong = read_positive_amount(entry.amount, minor_digits(invoice.currency), (*path, "amount"))
        violations += wrong
        if wrong or (memo is not None and memo.currency != invoice.currency):
            continue
        total += amount
        largest = maximum_applicable(line, invoice, taken=by_invoice[invoice.id])
        violations += _over_line(amount, line, invoice, (*path, "amount"), largest)
        violations += _over_invoice(
            amount, invoice, (*path, "amount"), taken=by_invoice[invoice.id], allowed=largest
        )
        by_invoice[invoice.id] += amount
    if memo_line is not None and memo is not None:
        violations += _over_memo_line(total, memo_line, memo, ("applications",))
        violations += _over_memo(total, memo, ("applications",))
    return violations


def maximum_applicable(line: InvoiceLine, invoice: Invoice, *, taken: int = 0) -> int:
    """What the line can still take: min(line, invoice), nothing for a negative line or an unposted invoice.

    `taken`: what earlier entries of the same command have of the invoice's balance.
    """
    if invoice.status is not InvoiceStatus.POSTED:
        return 0
    return max(0, min(line.balance, invoice.balance - taken))


def _over_line(amount: int, line: InvoiceLine, invoice: Invoice, path: Path, allowed: int) -> list[Violation]:
    if amount <= max(0, line.balance) or invoice.status is not InvoiceStatus.POSTED:
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_LINE_BALANCE,
            "The line's balance is less.",
            path,
            amount,
            allowed,
            line.currency,
            line.id,
        )
    ]


def _over_memo_line(total: int, memo_line: CreditMemoLine, memo: CreditMemo, path: Path) -> list[Violation]:
    if total <= max(0, memo_line.balance) or memo.status is not CreditMemoStatus.POSTED:
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_LINE_BALANCE,
            "The credit memo line's balance is less.",
            path,
            total,
            max(0, min(memo_line.balance, memo.balance)),
            memo.currency,
            memo_line.id,
        )
    ]


def _over_invoice(
    amount: int, invoice: Invoice, path: Path, *, taken: int = 0, allowed: int | None = None
) -> list[Violation]:
    """`taken`: what earlier entries of the same command have of the balance; `allowed`: less would pass than is left.

    Only a posted invoice owes anything.
    """
    left = max(0, invoice.balance - taken)
    if amount <= left or invoice.status is not InvoiceStatus.POSTED:
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_INVOICE_BALANCE,
            "Less is left of the invoice's balance." if taken else "The invoice's balance is less.",
            path,
            amount,
            left if allowed is None else allowed,
            invoice.currency,
            invoice.id,
        )
    ]


def _over_memo(total: int, memo: CreditMemo, path: Path) -> list[Violation]:
    """A memo that cannot be applied at all, not posted or with nothing left, has been told of already."""
    if total <= memo.balance or violations_of_applicable_memo(memo):
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_MEMO_BALANCE,
            "The credit memo's balance is less.",
            path,
            total,
            memo.balance,
            memo.currency,
            memo.id,
        )
    ]


def _twice(code: ViolationCode, what: str, path: Path, id: str) -> Violation:
    return Violation(code=code, message=f"The {what} is named twice.", path=path, asked=id, ids=(id,))


def _violations_of_pairs(command: ApplyCreditMemo, facts: Facts, memo: CreditMemo) -> list[Violation]:
    """Each target by itself, on the balances before the first."""
    giving = [line.balance for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id)]
    violations = []
    for place in range(len(command.applications)):
        path: Path = ("applications", place)
        invoice_id = facts.named[*path, "invoice"]
        rule = chosen_allocation(command.allocation, memo, invoice_id, facts)
        violations += violations_of_pair_count(rule, giving, facts, invoice_id, path)
    return violations
