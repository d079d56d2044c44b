"""Conservation of money: amount = applied + refunded or paid + written off + reversed + left over, in each currency."""

from dataclasses import dataclass
from typing import Any

from app.repository.database import Snapshot
from app.repository.proofs.conservation import conserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Conservation:
    """Where the posted credit, or the posted charges, of a currency have gone; in minor units.

    All but `amount` and `left_over` is added up from the history.
    """

    of: str
    """`credit`: of credit memos. `charges`: of invoices and debit memos."""
    account: str | None
    """Number of the account, where each is told of by itself."""
    currency: str
    amount: int
    applied: int
    refunded: int = 0
    """Credit paid back."""
    paid: int = 0
    """Charges paid."""
    written_off: int = 0
    reversed: int = 0
    """Credit that was taken back by a debit memo."""
    left_over: int
    """Credit not used yet; charges still owed."""

    @property
    def holds(self) -> bool:
        went = self.applied + self.refunded + self.paid + self.written_off + self.reversed
        return self.amount == went + self.left_over


async def conservation(snapshot: Snapshot, *, by_account: bool = False) -> list[Conservation]:
    """Of credit, then of charges; by currency, and by account where asked."""
    found: list[Conservation] = []
    for of, statement in conserved(by_account=by_account).items():
        rows: list[Any] = await snapshot.rows(statement)
        found += [Conservation(of=of, **row._mapping) for row in rows]
    return found
