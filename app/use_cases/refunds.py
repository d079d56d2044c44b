"""Record a refund, and take one back. The service moves no money: these are facts from outside."""

from typing import Any

from app.domain.balances import move_balance
from app.domain.commands import RefundCreditMemo, ReverseRefund
from app.domain.credit_memo import CreditMemo
from app.domain.external_reference import source_of
from app.domain.facts import Changes, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.journal_entry import JournalEntry
from app.domain.money import minor_digits, to_minor
from app.domain.refund import Refund
from app.domain.violation import reject_if_any
from app.domain.vocabulary import BalanceEntryKind, RefundType, SequenceKind
from app.repository.books import Books
from app.use_cases.deliveries import first_delivery
from app.validation.refunds import violations_of_refund, violations_of_refund_reversal


async def refund_credit_memo(books: Books, command: RefundCreditMemo) -> Changes:
    """A second delivery of the same external reference changes nothing and answers the first refund."""
    settings = await books.settings(command.date)
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    first = await first_delivery(books, Refund, command)
    if first is not None:
        return Changes(outcome={"refund": first.id, "credit_memo": first.credit_memo_id}, repeated=True)
    facts = books.facts(settings, memos, named)
    reject_if_any(violations_of_refund(command, facts))
    sheet = Worksheet(facts)
    memo = facts.get(CreditMemo, named["credit_memo",])
    [number] = await books.next_numbers(SequenceKind.REFUND, 1, final=True)
    return _moved(
        sheet,
        memo,
        RefundType.REFUNDED,
        to_minor(command.amount, minor_digits(memo.currency)),
        number=number,
        refund_date=command.date or max(sheet.stamp.today, memo.memo_date),
        method=command.method,
        reference=command.reference,
        description=command.description,
        external_reference=command.external_reference,
        external_reference_source=source_of(command),
        content_fingerprint=content_fingerprint(command) if command.external_reference else None,
    )


async def reverse_refund(books: Books, command: ReverseRefund) -> Changes:
    """Whole and once: a second row over the same amount."""
    settings = await books.settings(command.date)
    found = await books.find(Refund, [command.refund_id])
    memos = await books.lock(CreditMemo, [each.credit_memo_id for each in found])
    reversals = await books.children(Refund, "reversed_refund_id", [each.id for each in found])
    posted = await books.children(JournalEntry, "document_id", [each.id for each in memos])
    facts = books.facts(settings, [*found, *memos, *reversals, *posted])
    reject_if_any(violations_of_refund_reversal(command, facts))
    sheet = Worksheet(facts)
    original = facts.get(Refund, command.refund_id)
    return _moved(
        sheet,
        facts.get(CreditMemo, original.credit_memo_id),
        RefundType.REVERSED,
        original.amount,
        number=None,
        refund_date=command.date or max(sheet.stamp.today, original.refund_date),
        method=original.method,
        reference=original.reference,
        description=command.description,
        reversed_refund_id=original.id,
    )


_ENTRY = {
    RefundType.REFUNDED: BalanceEntryKind.REFUND,
    RefundType.REVERSED: BalanceEntryKind.REFUND_REVERSAL,
}


def _moved(sheet: Worksheet, memo: CreditMemo, type: RefundType, amount: int, **said: Any) -> Changes:
    """The row, and the memo with its balance moved by it; `said` are the row's other fields."""
    refunded = amount if type is RefundType.REFUNDED else -amount
    refund_id = sheet.stamp.new_id(Refund)
    memo = move_balance(sheet, memo, _ENTRY[type], -refunded, refund_id, refunded=memo.refunded + refunded)
    sheet.add(
        Refund(
            **said,
            id=refund_id,
            credit_memo_id=memo.id,
            account_id=memo.account_id,
            currency=memo.currency,
            type=type,
            amount=amount,
            impact_amount=-refunded,
            credit_memo_balance=memo.balance,
            credit_memo_position=memo.position,
            log_id=sheet.stamp.log_id,
            recorded_at=memo.updated_at,
            recorded_by=sheet.stamp.actor,
        )
    )
    return sheet.changes(refund=refund_id, credit_memo=memo.id)
