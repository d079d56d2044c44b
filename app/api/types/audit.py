"""The audit as a query: what it covered, and where the books do not hold."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Any

import strawberry

from app.api.scalars import CurrencyCode
from app.domain.money import minor_digits, minor_to_text
from app.proof.audit import AuditSummary, Difference
from app.proof.conservation import Conservation

SHOWN = 100


@strawberry.type(
    description="A place where the books do not hold: what the history says, and what stands there."
)
class AuditDifference:
    invariant: str = strawberry.field(description="The invariant's number in the domain's list, e.g. `3a`.")
    check: str = strawberry.field(description="The check's own name.")
    document_id: strawberry.ID = strawberry.field(description="The document.")
    number: str | None = strawberry.field(description="Its number.")
    message: str = strawberry.field(description="What is wrong.")
    expected: str = strawberry.field(description="What the history says.")
    found: str = strawberry.field(description="What stands there.")
    first_row: str | None = strawberry.field(description="The first row from which on they differ.")


@strawberry.type(
    description="Where the posted credit, or the posted charges, of a currency have gone:"
    " the amount is the sum of the rest, and all but what is left over is added up from the history."
)
class AuditConservation:
    of: str = strawberry.field(
        description="`credit`, of credit memos, or `charges`, of invoices and debit memos."
    )
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    amount: Decimal = strawberry.field(description="What was credited, or charged.")
    applied: Decimal = strawberry.field(description="Credit applied to charges.")
    refunded: Decimal = strawberry.field(description="Credit refunded.")
    paid: Decimal = strawberry.field(description="Charges paid.")
    written_off: Decimal = strawberry.field(description="Written off.")
    reversed: Decimal = strawberry.field(description="Credit taken back by debit memos.")
    left_over: Decimal = strawberry.field(description="Credit not used yet, or charges still owed.")
    holds: bool = strawberry.field(description="The amount is the sum of the rest.")


@strawberry.type(description="Every balance recomputed from the history, in one snapshot.")
class AuditReport:
    books_hold: bool = strawberry.field(description="All of it was checked and nothing differs.")
    documents: int = strawberry.field(description="Credit memos and invoices checked.")
    applications: int = strawberry.field(description="Applications checked.")
    balance_entries: int = strawberry.field(description="Changes of balances checked.")
    links: int = strawberry.field(description="Links of the documents' hash chains checked.")
    conservation: list[AuditConservation] = strawberry.field(
        description="Where the money of each currency has gone."
    )
    difference_count: int = strawberry.field(description="How many differences there are.")
    differences: list[AuditDifference] = strawberry.field(description="The first 100 of them.")


async def report_of(found: AsyncGenerator[Difference, None], summary: AuditSummary) -> AuditReport:
    """Runs the audit to its end and keeps the first differences."""
    differences: list[AuditDifference] = []
    async for each in found:
        if len(differences) < SHOWN:
            differences.append(
                AuditDifference(
                    invariant=each.invariant,
                    check=each.check,
                    document_id=strawberry.ID(each.document_id),
                    number=each.number,
                    message=each.message,
                    expected=each.expected,
                    found=each.found,
                    first_row=each.first_row,
                )
            )
    return AuditReport(
        books_hold=summary.books_hold,
        documents=summary.documents,
        applications=summary.applications,
        balance_entries=summary.balance_entries,
        links=summary.links,
        conservation=[_conserved(each) for each in summary.conservation],
        difference_count=summary.differences,
        differences=differences,
    )


def _conserved(each: Conservation) -> AuditConservation:
    names = ("amount", "applied", "refunded", "paid", "written_off", "reversed", "left_over")
    digits = minor_digits(each.currency)
    amounts: dict[str, Any] = {name: minor_to_text(getattr(each, name), digits) for name in names}
    return AuditConservation(of=each.of, currency=CurrencyCode(each.currency), holds=each.holds, **amounts)
