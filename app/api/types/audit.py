"""The audit as a query: what it covered, and where the books do not hold."""

from collections.abc import AsyncGenerator

import strawberry

from app.proof.audit import AuditSummary, Difference

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


@strawberry.type(description="Every balance recomputed from the history, in one snapshot.")
class AuditReport:
    books_hold: bool = strawberry.field(description="All of it was checked and nothing differs.")
    documents: int = strawberry.field(description="Credit memos and invoices checked.")
    applications: int = strawberry.field(description="Applications checked.")
    balance_entries: int = strawberry.field(description="Changes of balances checked.")
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
        difference_count=summary.differences,
        differences=differences,
    )
