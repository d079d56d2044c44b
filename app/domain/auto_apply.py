"""Credit that finds its invoices: which open memo pays which open invoice, by which rule (domain 4.11).

Rule by rule over all memos, so that a memo which names an invoice is never overtaken by an older one; memo by memo
within a rule. The same documents give the same plan, in whatever order they come. Amounts are minor units.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heapify, heappop, heapreplace

from app.domain.credit_memo import CreditMemo
from app.domain.invoice import Invoice
from app.domain.vocabulary import AutoApplyRule, CreditMemoStatus, InvoiceStatus, MemoPrecedence

DEFAULT_RULES = (AutoApplyRule.MATCH_REFERENCE, AutoApplyRule.MATCH_BALANCE, AutoApplyRule.OLDEST_DUE)


@dataclass(frozen=True, slots=True)
class PlannedApplication:
    """Credit that is to go from a memo to an invoice, and why; always > 0."""

    credit_memo_id: str
    invoice_id: str
    amount: int
    rule: AutoApplyRule
    rank: int
    """The rule's place in the order in which rules are tried, from 1."""


def is_available(memo: CreditMemo, today: date) -> bool:
    """Whether automatic application may use the memo; the day on which it expires is its last.

    One that was reversed has no balance, for good.
    """
    return (
        memo.status is CreditMemoStatus.POSTED
        and memo.balance > 0
        and not memo.exclude_from_auto_apply
        and (memo.expires_on is None or memo.expires_on >= today)
    )


def is_owed(invoice: Invoice) -> bool:
    """Whether credit can go to the invoice or debit memo."""
    return invoice.status is InvoiceStatus.POSTED and invoice.balance > 0


def plan_applications(
    memos: Iterable[CreditMemo],
    invoices: Iterable[Invoice],
    rules: Sequence[AutoApplyRule] = DEFAULT_RULES,
    precedence: MemoPrecedence = MemoPrecedence.OLDEST_FIRST,
) -> list[PlannedApplication]:
    """What goes where, in this order; each uses up its memo or settles its invoice, so there are at most m + n - 1.

    The documents are of one account, available and owed; those of one currency are planned together, by currency.
    """
    giving: dict[str, list[CreditMemo]] = {}
    for memo in memos:
        giving.setdefault(memo.currency, []).append(memo)
    taking: dict[str, list[Invoice]] = {}
    for invoice in invoices:
        taking.setdefault(invoice.currency, []).append(invoice)
    planned = []
    for currency in sorted(giving.keys() & taking.keys()):
        plan = _Plan(giving[currency], taking[currency], precedence)
        for rank, rule in enumerate(rules, start=1):
            plan.try_rule(rule, rank)
        planned += plan.made
    return planned


def due_order(invoice: Invoice) -> tuple[date, str, str]:
    """Due date, of an invoice without one its own date, then number; the one posted just now may have none yet."""
    return invoice.due_date or invoice.invoice_date, invoice.number or "", invoice.id


def _memo_order(memo: CreditMemo, precedence: MemoPrecedence) -> tuple[date, date, bool, str, str]:
    """A memo of a gapless sequence that was made just now has no number yet: it is the newest."""
    expiry = date.min
    if precedence is MemoPrecedence.EXPIRING_FIRST:
        expiry = memo.expires_on or date.max
    return expiry, memo.memo_date, memo.number is None, memo.number or "", memo.id


class _Plan:
    """What is left of each document of one currency while rules are tried."""

    def __init__(self, memos: list[CreditMemo], invoices: list[Invoice], precedence: MemoPrecedence) -> None:
        self.memos = sorted(memos, key=lambda each: _memo_order(each, precedence))
        self.invoices = sorted(invoices, key=due_order)
        self.credit = {each.id: each.balance for each in memos}
        self.owed = {each.id: each.balance for each in invoices}
        self.made: list[PlannedApplication] = []

    def try_rule(self, rule: AutoApplyRule, rank: int) -> None:
        match rule:
            case AutoApplyRule.MATCH_REFERENCE:
                pairs = self._by_reference()
            case AutoApplyRule.MATCH_BALANCE:
                pairs = self._by_balance()
            case AutoApplyRule.OLDEST_DUE:
                pairs = self._oldest_due()
            case AutoApplyRule.HIGHEST_BALANCE:
                pairs = self._highest_balance()
        # A rule finds its next pair only when the last one has been settled.
        for memo, invoice in pairs:
            amount = min(self.credit[memo.id], self.owed[invoice.id])
            self.credit[memo.id] -= amount
            self.owed[invoice.id] -= amount
            self.made.append(PlannedApplication(memo.id, invoice.id, amount, rule, rank))

    def _open_memos(self) -> Iterator[CreditMemo]:
        return (each for each in self.memos if self.credit[each.id])

    def _open_invoices(self) -> Iterator[Invoice]:
        return (each for each in self.invoices if self.owed[each.id])

    def _by_reference(self) -> Iterator[tuple[CreditMemo, Invoice]]:
        """The invoice that the memo was drawn from, or otherwise made for: its referenced invoice (Zuora: referred)."""
        named = {each.id: each for each in self.invoices}
        for memo in self._open_memos():
            invoice = named.get(memo.invoice_id or "")
            if invoice is not None and self.owed[invoice.id]:
                yield memo, invoice

    def _by_balance(self) -> Iterator[tuple[CreditMemo, Invoice]]:
        """An invoice that owes exactly what is left of the memo."""
        waiting: dict[int, deque[Invoice]] = {}
        for invoice in self._open_invoices():
            waiting.setdefault(self.owed[invoice.id], deque()).append(invoice)
        for memo in self._open_memos():
            if equal := waiting.get(self.credit[memo.id]):
                yield memo, equal.popleft()

    def _oldest_due(self) -> Iterator[tuple[CreditMemo, Invoice]]:
        waiting = self._open_invoices()
        invoice = next(waiting, None)
        for memo in self._open_memos():
            while invoice is not None and self.credit[memo.id]:
                yield memo, invoice
                if not self.owed[invoice.id]:
                    invoice = next(waiting, None)

    def _highest_balance(self) -> Iterator[tuple[CreditMemo, Invoice]]:
        """By what is owed when its turn comes: an invoice that was settled in part stands behind a larger one."""
        waiting = [(-self.owed[each.id], place, each) for place, each in enumerate(self._open_invoices())]
        heapify(waiting)
        for memo in self._open_memos():
            while waiting and self.credit[memo.id]:
                _, place, invoice = waiting[0]
                yield memo, invoice
                if left := self.owed[invoice.id]:
                    heapreplace(waiting, (-left, place, invoice))
                else:
                    heappop(waiting)
