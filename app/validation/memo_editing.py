"""When a memo may be changed, and in what (Zuora: update; domain 4.10)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.commands import UpdateCreditMemo
from app.domain.commands.editing import EDITABLE_WHEN_POSTED, LINES, OF_LINES_GIVEN
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.drawing import creditable_total
from app.domain.external_reference import external_key
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.memo_editing import (
    creation_from_invoice,
    date_after,
    edited_lines,
    edits_lines,
    given_of,
    reference_after,
    standalone_creation,
)
from app.domain.money import amount_text
from app.domain.refund import Refund
from app.domain.tax_choice import flag_contradicts
from app.domain.violation import Path, Violation
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    InvoiceStatus,
    Operation,
    RefundType,
    ViolationCode,
)
from app.validation.amounts import exceeds
from app.validation.credited_lines import (
    LESS_ON_THE_INVOICE,
    read_lines,
    violations_of_drawn,
    violations_of_line_names,
    violations_of_total_of_lines,
)
from app.validation.documents import (
    asked_of,
    not_found,
    reused_external_reference,
    violations_of_day,
    violations_of_memo_life,
    violations_of_no_lines,
    violations_of_reason,
    violations_of_template,
    violations_of_version,
)
from app.validation.memos import read_standalone_lines, violations_of_memo_total
from app.validation.taxes import tax_not_allowed

_MEMO: Path = ("credit_memo",)


def violations_of_update_memo(
    command: UpdateCreditMemo, facts: Facts, without_edited: Facts
) -> list[Violation]:
    """A draft in everything that it says, its lines as when they were made; a posted memo in what moves no money.

    `without_edited`: the facts as if the lines that the patch is about drew nothing (domain.memo_editing).
    """
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        return [not_found("credit memo", _MEMO, asked_of(command.credit_memo))]
    violations = violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_editable_memo(memo)
    if memo.status not in (CreditMemoStatus.DRAFT, CreditMemoStatus.POSTED):
        return violations
    violations += _violations_of_fields(command, memo) + _violations_of_header(command, memo, facts)
    if memo.status is CreditMemoStatus.DRAFT and edits_lines(command):
        violations += _violations_of_named_lines(command, memo, facts)
        if not violations:
            violations = _violations_of_lines(command, memo, facts, without_edited)
    return violations


def violations_of_editable_memo(memo: CreditMemo) -> list[Violation]:
    """What keeps a memo from being changed at all; `canUpdate` asks the same. One that waits is first given back."""
    return violations_of_memo_life(memo, Operation.UPDATE_CREDIT_MEMO)


def _violations_of_fields(command: UpdateCreditMemo, memo: CreditMemo) -> list[Violation]:
    """What the patch says and this memo does not change."""
    lines = [name for name in (*LINES, *OF_LINES_GIVEN) if getattr(command, name) is not None]
    if memo.status is CreditMemoStatus.POSTED:
        fixed = [name for name in given_of(command) if name not in EDITABLE_WHEN_POSTED] + lines
        why = "It does not change once the memo is posted."
        found = [_not_editable(name, memo, why) for name in fixed]
        if memo.reversed and "effective_date" in given_of(command):
            # Its debit memo is not dated before it.
            found.append(_not_editable("effective_date", memo, "The memo has been reversed: its date stays."))
        return found
    is_drawn = memo.source is CreditMemoSource.INVOICE
    other, right = ("lines", "invoiceLines") if is_drawn else ("invoice_lines", "lines")
    return [
        _not_editable(name, memo, f"The memo's lines change by {right}.") for name in lines if name == other
    ]


def _not_editable(name: str, memo: CreditMemo, message: str) -> Violation:
    return Violation(
        code=ViolationCode.NOT_EDITABLE, message=message, path=(name,), asked=memo.status, ids=(memo.id,)
    )


def _violations_of_header(command: UpdateCreditMemo, memo: CreditMemo, facts: Facts) -> list[Violation]:
    given = given_of(command)
    violations = violations_of_reason(given.get("reason_code"), facts)
    violations += violations_of_template(given.get("template"), facts)
    if "effective_date" in given:
        violations += _violations_of_new_date(command, memo, facts)
    if "external_reference" in given or "external_reference_source" in given:
        violations += _violations_of_reference(command, memo, facts)
    creation = standalone_creation(command, memo)
    if flag_contradicts(creation):
        message = "taxAutoCalculation and taxStrategy contradict each other."
        violations.append(tax_not_allowed(message, ("tax_auto_calculation",)))
    return violations


def _violations_of_new_date(command: UpdateCreditMemo, memo: CreditMemo, facts: Facts) -> list[Violation]:
    """A posted memo leaves no closed period, and no memo enters one; nor is it dated after what was done with its credit."""
    path: Path = ("effective_date",)
    effective = given_of(command)["effective_date"]
    if memo.status is not CreditMemoStatus.POSTED:
        return violations_of_day(effective, facts.settings, path)
    after = date_after(effective, memo, facts)
    violations = violations_of_day(memo.memo_date, facts.settings, path) or violations_of_day(
        after, facts.settings, path
    )
    return violations + _violations_of_later_day(after, memo, facts, path)


def _violations_of_later_day(after: date, memo: CreditMemo, facts: Facts, path: Path) -> list[Violation]:
    """Refunds, also those that were taken back, and the debit memo of a write-off are not dated before the memo.

    An application's effective date is for reports alone, and may be any day (domain 2).
    """
    followers = [
        (each.refund_date, each.id)
        for each in facts.of(Refund, "credit_memo_id", memo.id)
        if each.type is RefundType.REFUNDED
    ]
    followers += [
        (each.invoice_date, each.id)
        for each in facts.of(Invoice, "credit_memo_id", memo.id)
        if each.status is InvoiceStatus.POSTED
    ]
    if not followers or after <= (earliest := min(followers))[0]:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_DATE,
            message="A memo is not dated after a refund or write-off of its credit.",
            path=path,
            asked=after.isoformat(),
            allowed=f"{earliest[0]} or earlier",
            ids=(earliest[1],),
        )
    ]


def _violations_of_reference(command: UpdateCreditMemo, memo: CreditMemo, facts: Facts) -> list[Violation]:
    reference, source = reference_after(command, memo)
    if reference is None:
        return []
    for other in facts.every(CreditMemo):
        if other.id != memo.id and external_key(other) == (source, reference):
            return [reused_external_reference(reference, other.id)]
    return []


def _violations_of_named_lines(command: UpdateCreditMemo, memo: CreditMemo, facts: Facts) -> list[Violation]:
    """Lines of this memo, none named twice; at least one is left."""
    lines = {line.id: line for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id)}
    named: list[tuple[Path, str]] = [
        (("lines", place, "credit_memo_line_id"), each.credit_memo_line_id)
        for place, each in enumerate(command.lines or ())
        if each.credit_memo_line_id is not None
    ]
    named += [(("remove_line_ids", place), id) for place, id in enumerate(command.remove_line_ids or ())]
    violations = violations_of_line_names([e.invoice_line_id for e in command.invoice_lines or ()], facts)
    violations = _of_invoice_lines(violations)
    sources = {each.invoice_line_id for each in command.invoice_lines or ()}
    seen: set[str] = set()
    for path, id in named:
        line = lines.get(id)
        if line is None:
            violations.append(not_found("line of the credit memo", path, id))
        elif id in seen or line.source_invoice_line_id in sources:
            message = "The line is named twice."
            code = ViolationCode.DUPLICATE_LINE
            violations.append(Violation(code=code, message=message, path=path, asked=id, ids=(id,)))
        seen.add(id)
    removed = set(command.remove_line_ids or ())
    left = [line for line in lines.values() if not (line.removed or line.id in removed)]
    if not (command.lines or command.invoice_lines):
        violations += violations_of_no_lines(left, ("remove_line_ids",))
    return violations


def _violations_of_lines(
    command: UpdateCreditMemo, memo: CreditMemo, facts: Facts, without_edited: Facts
) -> list[Violation]:
    """The lines given by themselves, then the memo that they make with those that stay."""
    edited = {line.id for line in edited_lines(command, facts, memo)}
    kept = sum(
        line.total_amount
        for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id)
        if line.id not in edited
    )
    if memo.source is not CreditMemoSource.INVOICE:
        total, violations = read_standalone_lines(
            standalone_creation(command, memo), without_edited, memo.currency
        )
        return violations or violations_of_memo_total(kept + total, memo.currency, ("lines",))
    return _violations_of_credit(command, memo, without_edited, kept)


def _violations_of_credit(
    command: UpdateCreditMemo, memo: CreditMemo, facts: Facts, kept: int
) -> list[Violation]:
    invoice = facts.get(Invoice, memo.invoice_id or "")
    creation = creation_from_invoice(command, memo)
    credited, violations = read_lines(creation, facts, invoice, takes_zero=True)
    # A line without its credit may leave less than nothing of a mixed invoice: then nothing is creditable.
    balances, room = [None] * len(credited), creditable_total(invoice)
    violations += violations_of_drawn(credited, facts, balances, room)
    is_answered = all(each.credit.is_answered for each in credited)
    if is_answered:
        violations += violations_of_total_of_lines(credited, violations, invoice, balances, room)
    if violations or not is_answered:
        return _of_invoice_lines(violations)
    total = sum(each.drawn.total for each in credited if each.is_whole)
    return _violations_of_whole(memo, invoice, kept + total, invoice.credited_amount + total)


def _violations_of_whole(memo: CreditMemo, invoice: Invoice, total: int, drawn: int) -> list[Violation]:
    """`drawn`: from the invoice, by all memos; taking a negative line out may leave too much of it."""
    path: Path = ("invoice_lines",)
    most = max(0, invoice.total_amount)
    violations = []
    if drawn > most:
        code = ViolationCode.EXCEEDS_CREDITABLE_AMOUNT
        violations.append(
            exceeds(code, LESS_ON_THE_INVOICE, path, total, total - (drawn - most), memo.currency, invoice.id)
        )
    if total < 0:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A memo's total is not negative.",
                path=path,
                asked=amount_text(total, memo.currency),
                allowed="0 or more",
                ids=(memo.id,),
            )
        )
    return violations + violations_of_memo_total(total, memo.currency, path)


def _of_invoice_lines(violations: Sequence[Violation]) -> list[Violation]:
    """The violations with their paths below `invoice_lines`: they were found in a creation of `lines`."""
    return [replace(each, path=("invoice_lines", *each.path[1:])) for each in violations]
