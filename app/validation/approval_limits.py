"""What nobody may post alone above a limit of approval (domain 2, 10: EXCEEDS_APPROVAL_LIMIT)."""

from collections.abc import Mapping

from app.domain.approval import limit_passed
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ViolationCode
from app.validation.amounts import exceeds


def violations_of_limit(
    limits: Mapping[str, int] | None, currency: str, total: int, path: Path, *ids: str
) -> list[Violation]:
    """What may not wait for approval by another is refused above the limit: an approval, or a step of several."""
    limit = limit_passed(limits, currency, total)
    if limit is None:
        return []
    message = "The total with tax is above what you may post."
    return [exceeds(ViolationCode.EXCEEDS_APPROVAL_LIMIT, message, path, total, limit, currency, *ids)]
