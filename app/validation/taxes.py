"""Rules about the tax that a line of a memo or an invoice is given, or asks for (domain 5)."""

from decimal import Decimal

from app.domain.commands import TaxItem
from app.domain.money import MAX_MINOR
from app.domain.tax_choice import TaxedEntry
from app.domain.tax_engine import TaxFailure
from app.domain.violation import Path, Violation
from app.domain.vocabulary import TaxMode, TaxStrategy, ViolationCode
from app.validation.amounts import asked_amount, read_amount, violations_of_rate


def no_engine(path: Path) -> Violation:
    return Violation(
        code=ViolationCode.TAX_ENGINE_NOT_CONFIGURED,
        message="The entity has no tax engine to calculate with.",
        path=path,
        asked=TaxStrategy.CALCULATE,
        allowed=", ".join(each for each in TaxStrategy if each is not TaxStrategy.CALCULATE),
    )


def tax_engine_failed(failure: TaxFailure, path: Path) -> Violation:
    return Violation(code=ViolationCode.TAX_ENGINE_FAILED, message=failure.message, path=path)


def tax_not_allowed(
    message: str, path: Path, *, asked: str | None = None, allowed: str | None = None
) -> Violation:
    return Violation(
        code=ViolationCode.TAX_NOT_ALLOWED, message=message, path=path, asked=asked, allowed=allowed
    )


def inclusive_needs_automatic(path: Path, strategy: TaxStrategy) -> Violation:
    return tax_not_allowed(
        "INCLUSIVE needs a strategy that finds the tax in the amount.",
        path,
        asked=f"{TaxMode.INCLUSIVE} with {strategy}",
        allowed=TaxMode.EXCLUSIVE,
    )


def violations_of_tax_items(items: list[TaxItem], digits: int, path: Path) -> list[Violation]:
    """Decimals and sizes of given tax items; whether they fit a source is judged elsewhere."""
    violations: list[Violation] = []
    exempt_in_all = 0
    for place, item in enumerate(items):
        here: Path = (*path, place)
        violations += read_amount(item.amount, digits, (*here, "amount"))[1]
        if item.exempt_amount is not None:
            exempt, wrong = read_amount(item.exempt_amount, digits, (*here, "exempt_amount"))
            violations += wrong
            exempt_in_all += abs(exempt)
            if exempt * item.amount < 0 or exempt_in_all >= MAX_MINOR:
                violations.append(
                    Violation(
                        code=ViolationCode.INVALID_AMOUNT,
                        message="An exempt amount has its tax's sign, and a line's together stay below 10^15.",
                        path=(*here, "exempt_amount"),
                        asked=asked_amount(item.exempt_amount, digits),
                    )
                )
        violations += violations_of_rate(item.rate, (*here, "rate"))
    return violations


def violations_of_items_use(entry: TaxedEntry, strategy: TaxStrategy, path: Path) -> list[Violation]:
    """Given items mean MANUAL_OVERRIDE and nothing else."""
    if not entry.tax_items or strategy is TaxStrategy.MANUAL_OVERRIDE:
        return []
    return [
        tax_not_allowed(
            "Tax items are given, but the tax strategy is another.",
            (*path, "tax_items"),
            asked=strategy,
            allowed=TaxStrategy.MANUAL_OVERRIDE,
        )
    ]


def violations_of_given_amount(amount: Decimal | None, digits: int, path: Path) -> list[Violation]:
    """A tax-only line credits its given tax items: an amount beside them would mean nothing."""
    if amount is None:
        return []
    minor, violations = read_amount(amount, digits, path)
    if minor:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A tax-only line with given tax items has no amount.",
                path=path,
                asked=asked_amount(amount, digits),
                allowed="0",
            )
        )
    return violations
