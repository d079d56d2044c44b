"""When what was recorded of the outside may be taken back: a payment or a refund, once, by a second row (domain 2)."""

from collections.abc import Sequence

from app.domain.invoice import Payment
from app.domain.refund import Refund
from app.domain.violation import Violation
from app.domain.vocabulary import PaymentType, RefundType, ViolationCode


def violations_of_reversible(row: Payment | Refund, reversals: Sequence[Payment | Refund]) -> list[Violation]:
    """What keeps a row from being taken back at all; `canReverse` asks the same. `reversals`: of the row itself."""
    noun, wanted = (
        ("payment", PaymentType.RECEIVED) if isinstance(row, Payment) else ("refund", RefundType.REFUNDED)
    )
    if row.type is not wanted:
        return [
            Violation(
                code=ViolationCode.INVALID_STATUS,
                message=f"This row took a {noun} back; it cannot be taken back itself.",
                path=(f"{noun}_id",),
                asked=row.type,
                allowed=wanted,
                ids=(row.id,),
            )
        ]
    if not reversals:
        return []
    return [
        Violation(
            code=ViolationCode.ALREADY_REVERSED,
            message=f"The {noun} has been reversed already.",
            path=(f"{noun}_id",),
            asked=row.id,
            ids=(row.id,),
        )
    ]
