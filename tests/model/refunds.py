"""Section 4.10: refunds of credit recorded from outside, and their reversal, once and whole."""

from tests.model.documents import Refund
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.outcome import Accepted, Outcome, refused, second_delivery
from tests.model.reading import (
    check_period,
    check_texts,
    check_version,
    find_delivery,
    read_date,
    read_positive,
    remember_delivery,
)


def refund_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    first = find_delivery(ledger, "refund", "refundCreditMemo", command, codes)
    if first is not None:
        return second_delivery(first)
    given = read_date(command.get("date"))
    check_period(ledger, given or ledger.today, codes)
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, memo.handle, command, codes)
    # A memo without an effective date is of the day on which it was posted, and walks are short.
    dated = memo.effective_date or ledger.today
    if given is not None and given < dated:
        codes.add("INVALID_DATE")
    if memo.status != "POSTED":
        codes.add("INVALID_STATUS")
    amount = read_positive(command["amount"], memo.currency, codes)
    if amount > memo.balance:
        codes.add("EXCEEDS_MEMO_BALANCE")
    if codes:
        return refused(codes)
    memo.refunded += amount
    memo.move("REFUND", -amount)
    day = given or max(ledger.today, dated)
    refund = Refund(ledger.mint("rfd"), memo.handle, amount, day, memo.balance, len(memo.moves))
    ledger.refunds[refund.handle] = refund
    ledger.touched.add(memo.handle)
    made = Accepted(refunds=(refund.handle,), credit_memos=(memo.handle,))
    remember_delivery(ledger, "refund", "refundCreditMemo", command, made)
    return made


def reverse_refund(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    refund = ledger.refunds.get(command["refundId"])
    if refund is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, refund.memo, command, codes)
    if refund.reverses is not None:
        codes |= {"ALREADY_REVERSED", "INVALID_STATUS"}
    if any(row.reverses == refund.handle for row in ledger.refunds.values()):
        codes.add("ALREADY_REVERSED")
    given = read_date(command.get("date"))
    if given is not None and given < refund.date:
        codes.add("INVALID_DATE")
    check_period(ledger, given or ledger.today, codes)
    if codes:
        return refused(codes)
    memo = ledger.memos[refund.memo]
    memo.refunded -= refund.amount
    assert memo.refunded >= ZERO
    memo.move("REFUND_REVERSAL", refund.amount)
    reversal = Refund(
        ledger.mint("rfd"),
        memo.handle,
        refund.amount,
        given or max(ledger.today, refund.date),
        memo.balance,
        len(memo.moves),
        reverses=refund.handle,
    )
    ledger.refunds[reversal.handle] = reversal
    ledger.touched.add(memo.handle)
    return Accepted(refunds=(reversal.handle,), credit_memos=(memo.handle,))
