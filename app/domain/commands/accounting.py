"""What accounting says: under which codes it keeps what the service posts, and what of it is in its own books."""

from dataclasses import dataclass

from app.domain.commands.fields import Command, required
from app.domain.vocabulary import AccountingCodeType


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingCodeEntry:
    """The code of one type."""

    type: AccountingCodeType = required("What is kept under it.")
    code: str = required("The code in the entity's chart of accounts.", limit="accounting_code", is_name=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAccountingCodes(Command):
    """Change the codes under which journal entries are made from now on; types that are absent keep theirs.

    Entries in the journal keep their codes, and what takes one back has the same.
    """

    accounting_codes: list[AccountingCodeEntry] = required("The codes, each type once.", limit="entity_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkJournalTransferred(Command):
    """Confirm that accounting has all journal entries of the commands up to a log number.

    Memos all of whose entries it has are transferred to accounting, and cannot be unposted any more.
    """

    through: int = required(
        "Log number of the last command whose entries accounting has: where an export ended. It moves forward only."
    )
