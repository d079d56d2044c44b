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
    AllocationRule,
    ApplicationLevel,
    CreditMemoStatus,
    InvoiceStatus,
    ViolationCode,
)
from app.validation.amounts import exceeds, read_positive_amount
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_invoice_status,
    violations_of_memo_status,
    violations_of_no_lines,
    violations_of_pairing,
    violations_of_version,
)


def violations_of_applicable_memo(memo: CreditMemo, path: Path = ("credit_memo",)) -> list[Violation]:
    """What keeps a memo from being applied at all; `canApply` asks the same."""
    violations = violations_of_memo_status(memo, CreditMemoStatus.POSTED, path)
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
        return [*violations, not_found("credit memo", ("credit_memo",), asked_of(command.credit_memo))]
    violations += violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_memo_status(memo, CreditMemoStatus.POSTED)
    seen: set[str] = set()
    total = 0
    for place, entry in enumerate(command.applications):
        path: Path = ("applications", place)
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
        violations += violations_of_day(entry.effective_date, facts.settings, (*path, "effective_date"))
        amount, wrong = read_positive_amount(entry.amount, minor_digits(memo.currency), (*path, "amount"))
        violations += wrong
        total += amount
        if not wrong and memo.currency == invoice.currency:
            violations += _over_invoice(amount, invoice, (*path, "amount"))
    if total > memo.balance:
        violations.append(_over_memo(total, memo, ("applications",)))
    if not violations:
        violations += _violations_of_pair_count(command, facts, memo)
    return violations


def violations_of_target(memo: CreditMemo, invoice: Invoice, path: Path) -> list[Violation]:
    return [
        *violations_of_invoice_status(invoice, InvoiceStatus.POSTED, path),
        *violations_of_pairing(memo, invoice, path),
    ]


def violations_of_apply_line(command: ApplyCreditMemoLine, facts: Facts) -> list[Violation]:
    """Σ within min(memo line, memo); each within min(line, invoice); a negative line gives and takes nothing."""
    violations = violations_of_no_lines(command.applications, ("applications",))
    memo_line = facts.find(CreditMemoLine, command.credit_memo_line_id)
    if memo_line is None:
        return [
            *violations,
            not_found("credit memo line", ("credit_memo_line_id",), command.credit_memo_line_id),
        ]
    memo = facts.get(CreditMemo, memo_line.credit_memo_id)
    violations += violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_memo_status(memo, CreditMemoStatus.POSTED, ("credit_memo_line_id",))
    seen: set[str] = set()
    total = 0
    by_invoice: dict[str, int] = defaultdict(int)
    for place, entry in enumerate(command.applications):
        path: Path = ("applications", place)
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
        violations += violations_of_target(memo, invoice, (*path, "invoice_line_id"))
        violations += violations_of_day(entry.effective_date, facts.settings, (*path, "effective_date"))
        amount, wrong = read_positive_amount(entry.amount, minor_digits(memo.currency), (*path, "amount"))
        violations += wrong
        total += amount
        if wrong or memo.currency != invoice.currency:
            continue
        violations += _over_line(amount, line, invoice, (*path, "amount"))
        violations += _over_invoice(amount, invoice, (*path, "amount"), taken=by_invoice[invoice.id])
        by_invoice[invoice.id] += amount
    violations += _over_memo_line(total, memo_line, memo, ("applications",))
    if total > memo.balance:
        violations.append(_over_memo(total, memo, ("applications",)))
    return violations


def maximum_applicable(line: InvoiceLine, invoice: Invoice) -> int:
    """What the line can still take: min(line, invoice), nothing for a negative line or an unposted invoice."""
    if invoice.status is not InvoiceStatus.POSTED:
        return 0
    return max(0, min(line.balance, invoice.balance))


def _over_line(amount: int, line: InvoiceLine, invoice: Invoice, path: Path) -> list[Violation]:
    if amount <= max(0, line.balance):
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_LINE_BALANCE,
            "The line's balance is less.",
            path,
            amount,
            maximum_applicable(line, invoice),
            line.currency,
            line.id,
        )
    ]


def _over_memo_line(total: int, memo_line: CreditMemoLine, memo: CreditMemo, path: Path) -> list[Violation]:
    if total <= max(0, memo_line.balance):
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


def _over_invoice(amount: int, invoice: Invoice, path: Path, *, taken: int = 0) -> list[Violation]:
    """`taken`: what earlier entries of the same command have of the balance."""
    left = max(0, invoice.balance - taken)
    if amount <= left:
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_INVOICE_BALANCE,
            "Less is left of the invoice's balance." if taken else "The invoice's balance is less.",
            path,
            amount,
            left,
            invoice.currency,
            invoice.id,
        )
    ]


def _over_memo(total: int, memo: CreditMemo, path: Path) -> Violation:
    return exceeds(
        ViolationCode.EXCEEDS_MEMO_BALANCE,
        "The credit memo's balance is less.",
        path,
        total,
        memo.balance,
        memo.currency,
        memo.id,
    )


def _twice(code: ViolationCode, what: str, path: Path, id: str) -> Violation:
    return Violation(code=code, message=f"The {what} is named twice.", path=path, asked=id, ids=(id,))


def _violations_of_pair_count(command: ApplyCreditMemo, facts: Facts, memo: CreditMemo) -> list[Violation]:
    """At most m + n pairs a target are written; more than the limit is refused before any work."""
    if facts.settings.application_level is not ApplicationLevel.INVOICE_LINE:
        return []
    memo_lines = len(facts.of(CreditMemoLine, "credit_memo_id", memo.id))
    violations = []
    for place in range(len(command.applications)):
        invoice = facts.named_record(Invoice, "applications", place, "invoice")
        if invoice is None:
            continue
        rule = chosen_allocation(command.allocation, memo, invoice.id, facts)
        limits = facts.limits
        limit = limits.source_pairs if rule is AllocationRule.SOURCE_LINE else limits.pairs
        pairs = memo_lines + len(facts.of(InvoiceLine, "invoice_id", invoice.id))
        if pairs > limit:
            violations.append(
                Violation(
                    code=ViolationCode.LIMIT_EXCEEDED,
                    message="Too many lines to settle in one application.",
                    path=("applications", place),
                    asked=str(pairs),
                    allowed=str(limit),
                )
            )
    return violations
