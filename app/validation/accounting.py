"""When accounting codes may be changed, and journal entries confirmed."""

from app.domain.commands import MarkJournalTransferred, UpdateAccountingCodes
from app.domain.entity import Settings
from app.domain.entity_data import accounting_codes_after
from app.domain.limits import Limits
from app.domain.violation import Violation
from app.domain.vocabulary import AccountingCodeType, ViolationCode
from app.validation.documents import violations_of_no_lines
from app.validation.repeated import violations_of_twice
from app.validation.settings import violations_of_range


def violations_of_accounting_codes(command: UpdateAccountingCodes, settings: Settings) -> list[Violation]:
    """Each type once; accounts receivable, which is one side of every entry, has a code that no other type has."""
    entries = command.accounting_codes
    violations = violations_of_no_lines(entries, ("accounting_codes",))
    violations += violations_of_twice(
        (each.type, ("accounting_codes", place, "type")) for place, each in enumerate(entries)
    )
    codes = accounting_codes_after(command, settings)
    receivable = AccountingCodeType.ACCOUNTS_RECEIVABLE
    for place, each in enumerate(entries):
        others = [
            type for type in AccountingCodeType if (type is receivable) is not (each.type is receivable)
        ]
        if any(codes.get(type, type) == each.code for type in others):
            violations.append(
                Violation(
                    code=ViolationCode.NAME_TAKEN,
                    message="Accounts receivable is one side of every journal entry: no other type has its code.",
                    path=("accounting_codes", place, "code"),
                    asked=each.code,
                )
            )
    return violations


def violations_of_transfer(
    command: MarkJournalTransferred,
    settings: Settings,
    limits: Limits,
    *,
    last_number: int,
    memos: list[tuple[str, int]],
) -> list[Violation]:
    """Forward only, and no further than the log is numbered.

    `memos`: those with entries that are confirmed here, by the log number of the first; one more than the limit suffices.
    """
    lowest = settings.journal_transferred_through or 0
    violations = violations_of_range(command.through, lowest, max(lowest, last_number), ("through",))
    if violations or len(memos) <= limits.transferred_memos:
        return violations
    _, first_too_many = memos[limits.transferred_memos]
    return [
        Violation(
            code=ViolationCode.LIMIT_EXCEEDED,
            message=f"Entries of at most {limits.transferred_memos} credit memos are confirmed at a time.",
            path=("through",),
            asked=str(command.through),
            allowed=str(first_too_many - 1),
        )
    ]
