"""Rules about the documents a command names: that they exist, in the right state, unchanged, of one account."""

from collections.abc import Iterable
from datetime import date, datetime

from app.domain.commands import Reference
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Account, ReasonCode, Settings, Template
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.lifecycle import invoice_statuses_before, memo_statuses_before
from app.domain.memo_making import default_reason
from app.domain.money import UnknownCurrency, minor_digits
from app.domain.record import Document
from app.domain.violation import Path, Violation
from app.domain.vocabulary import (
    CreditMemoStatus,
    InvoiceSource,
    InvoiceStatus,
    Operation,
    TemplateType,
    ViolationCode,
)


def not_found(what: str, path: Path, asked: str | None) -> Violation:
    """Unknown, or another entity's: the same answer."""
    return Violation(
        code=ViolationCode.NOT_FOUND, message=f"There is no such {what}.", path=path, asked=asked
    )


def asked_of(reference: Reference) -> str:
    """The reference as the caller wrote it."""
    if reference.external_reference is not None:
        external = reference.external_reference
        return f"{external.source}/{external.reference}" if external.source else external.reference
    return reference.id or reference.number or ""


def violations_of_version(document: Document, expected: int | None, path: Path) -> list[Violation]:
    """A stale write is refused (optimistic concurrency, on request)."""
    if expected is None or expected == document.version:
        return []
    return [
        Violation(
            code=ViolationCode.VERSION_CONFLICT,
            message="The document has changed since it was read.",
            path=path,
            asked=str(expected),
            allowed=str(document.version),
            ids=(document.id,),
        )
    ]


def violations_of_memo_status(
    memo: CreditMemo, *wanted: CreditMemoStatus, path: Path = ("credit_memo",)
) -> list[Violation]:
    if memo.status in wanted:
        return []
    return [_status(f"The credit memo is {memo.status}", memo.status, " or ".join(wanted), path, memo.id)]


def violations_of_memo_life(
    memo: CreditMemo, operation: Operation, path: Path = ("credit_memo",)
) -> list[Violation]:
    """The memo must be in a status in which the command takes it (app.domain.lifecycle)."""
    return violations_of_memo_status(memo, *memo_statuses_before(operation), path=path)


def violations_of_invoice_life(
    invoice: Invoice, operation: Operation, path: Path = ("invoice",)
) -> list[Violation]:
    """The invoice must be in a status in which the command takes it."""
    [wanted] = invoice_statuses_before(operation)
    return violations_of_invoice_status(invoice, wanted, path)


def violations_of_invoice_status(
    invoice: Invoice, wanted: InvoiceStatus, path: Path = ("invoice",)
) -> list[Violation]:
    if invoice.status is wanted:
        return []
    return [_status(f"The invoice is {invoice.status}", invoice.status, wanted, path, invoice.id)]


def violations_of_made_debit_memo(invoice: Invoice, path: Path = ("invoice",)) -> list[Violation]:
    """A debit memo that the service made takes credit back: nothing is drawn from it or converted (domain 2)."""
    if invoice.source is InvoiceSource.INGESTED:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_SOURCE,
            message="The service made this debit memo to take credit back: it can be neither credited nor converted.",
            path=path,
            asked=invoice.source,
            allowed=InvoiceSource.INGESTED,
            ids=(invoice.id,),
        )
    ]


def _status(what: str, asked: str, allowed: str, path: Path, id: str) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_STATUS,
        message=f"{what}; it must be {allowed}.",
        path=path,
        asked=asked,
        allowed=allowed,
        ids=(id,),
    )


def violations_of_pairing(memo: CreditMemo, invoice: Invoice, path: Path) -> list[Violation]:
    """Both sides of an application have one account and one currency (invariant 8)."""
    found = []
    if memo.account_id != invoice.account_id:
        found.append(
            Violation(
                code=ViolationCode.ACCOUNT_MISMATCH,
                message="The invoice belongs to another account than the credit memo.",
                path=path,
                asked=invoice.account_id,
                allowed=memo.account_id,
                ids=(invoice.id,),
            )
        )
    if memo.currency != invoice.currency:
        found.append(
            Violation(
                code=ViolationCode.CURRENCY_MISMATCH,
                message=f"The invoice is in {invoice.currency}, the credit memo in {memo.currency}.",
                path=path,
                asked=invoice.currency,
                allowed=memo.currency,
                ids=(invoice.id,),
            )
        )
    return found


def violations_of_currency(currency: str, path: Path) -> list[Violation]:
    try:
        minor_digits(currency)
    except UnknownCurrency:
        return [
            Violation(
                code=ViolationCode.UNKNOWN_CURRENCY,
                message="This is not an ISO 4217 currency with a minor unit.",
                path=path,
                asked=currency,
            )
        ]
    return []


def violations_of_reason(code: str | None, facts: Facts, path: Path = ("reason_code",)) -> list[Violation]:
    """A reason code is one of the entity's active ones, or none."""
    active = {each.code for each in facts.every(ReasonCode) if each.active}
    if code is None or code in active:
        return []
    return [_no_such_reason(code, active, path)]


def _no_such_reason(code: str, allowed: Iterable[str], path: Path) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_REASON_CODE,
        message="The entity has no such active reason code.",
        path=path,
        asked=code,
        allowed=", ".join(sorted(allowed)),
    )


def violations_of_direct_reason(
    code: str | None, facts: Facts, path: Path = ("reason_code",)
) -> list[Violation]:
    """Like any reason, and one that direct memos may have; None stands for the entity's default (Conga)."""
    allowed = [each.code for each in facts.every(ReasonCode) if each.active and each.allowed_for_direct]
    if code is not None and violations_of_reason(code, facts, path):
        return [_no_such_reason(code, allowed, path)]
    meant = code or default_reason(facts)
    if meant is None or meant in allowed:
        return []
    return [
        Violation(
            code=ViolationCode.REASON_CODE_NOT_ALLOWED,
            message="Direct credit memos may not have this reason code."
            if code
            else "The entity's default reason code is not for direct credit memos: name another.",
            path=path,
            asked=meant,
            allowed=", ".join(sorted(allowed)),
        )
    ]


def violations_of_template(code: str | None, facts: Facts, path: Path = ("template",)) -> list[Violation]:
    """A memo's template is an active one of the entity, made for credit memos (Conga)."""
    if code is None:
        return []
    template = next((each for each in facts.every(Template) if each.code == code), None)
    if template is None or not template.active:
        return [
            Violation(
                code=ViolationCode.TEMPLATE_NOT_FOUND,
                message="The entity has no such active template.",
                path=path,
                asked=code,
            )
        ]
    if template.type is not TemplateType.CREDIT_MEMO:
        return [
            Violation(
                code=ViolationCode.TEMPLATE_WRONG_TYPE,
                message="The template is for another kind of document.",
                path=path,
                asked=template.type,
                allowed=TemplateType.CREDIT_MEMO,
                ids=(template.id,),
            )
        ]
    return []


def violations_of_day(day: date | datetime | None, settings: Settings, path: Path) -> list[Violation]:
    """Nothing is dated on or before the closed-through date."""
    if day is None or settings.closed_through is None:
        return []
    if settings.day_of(day) > settings.closed_through:
        return []
    return [
        Violation(
            code=ViolationCode.PERIOD_CLOSED,
            message=f"The books are closed through {settings.closed_through}.",
            path=path,
            asked=day.isoformat(),
            allowed=f"after {settings.closed_through}",
        )
    ]


def violations_of_earlier_day(
    asked: date | None, earliest: date, message: str, path: Path, ids: tuple[str, ...] = ()
) -> list[Violation]:
    """What follows a document or a row is not dated before it."""
    if asked is None or asked >= earliest:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_DATE,
            message=message,
            path=path,
            asked=asked.isoformat(),
            allowed=f"{earliest} or later",
            ids=ids,
        )
    ]


def violations_of_period(start: date | None, end: date | None, path: Path) -> list[Violation]:
    """A service period does not end before it starts."""
    if start is None or end is None or start <= end:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_DATE,
            message="The service period ends before it starts.",
            path=(*path, "service_end"),
            asked=end.isoformat(),
            allowed=f"{start} or later",
        )
    ]


def violations_of_no_lines(lines: Iterable[object], path: Path) -> list[Violation]:
    if any(True for _ in lines):
        return []
    return [Violation(code=ViolationCode.NO_LINES, message="At least one is needed.", path=path)]


def reused_external_reference(asked: str, existing: str) -> Violation:
    """A delivery under a reference that already stands for something else."""
    return Violation(
        code=ViolationCode.EXTERNAL_REFERENCE_REUSED,
        message="This external reference stands for a document with other content.",
        path=("external_reference",),
        asked=asked,
        # Another entry of the same call has no id yet.
        ids=(existing,) if existing else (),
    )


def account_of(facts: Facts, path: Path, reference: Reference) -> tuple[Account | None, list[Violation]]:
    account = facts.named_record(Account, *path)
    return account, [] if account else [not_found("account", path, asked_of(reference))]
