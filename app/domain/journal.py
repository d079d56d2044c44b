"""What the moves of a command's documents are in double entry: the one place where journal entries come from.

An application is a matching of credit with debt, both in accounts receivable, and so is no entry. Neither is a
conversion: it moves receivables between an invoice and its memo. What the billing system makes (invoices, debit memos,
payments) is in its own ledger.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from app.domain.application import BalanceEntry
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.journal_entry import JournalEntry, journal_entry_id
from app.domain.record import Record
from app.domain.refund import Refund
from app.domain.vocabulary import (
    AccountingCodeType,
    BalanceEntryKind,
    CreditMemoSource,
    InvoiceSource,
    TransferStatus,
)

R = TypeVar("R", bound=Record)
Impacts = dict[tuple[AccountingCodeType, str], int]
"""Type and accounting code -> what is added to accounts receivable, against it; below 0 where it is taken away."""


class Stamped(Protocol):
    """What of a command's stamp is asked here."""

    @property
    def today(self) -> date: ...


class Sheet(Protocol):
    """What a worksheet is here: records as they stand, and where new ones are put down."""

    @property
    def settings(self) -> Settings: ...
    @property
    def stamp(self) -> Stamped: ...
    def find(self, kind: type[R], id: str | None) -> R | None: ...
    def of(self, kind: type[R], parent: str, id: str) -> list[R]: ...
    def add(self, record: R) -> R: ...
    def change(self, record: R, **fields: Any) -> R: ...


def put_journal_entries(sheet: Sheet, moves: Iterable[BalanceEntry], count: int) -> int:
    """Put the entries of these moves down after the `count` that the command has already; how many it has then.

    LookupError where the lines of a document that is posted are not among the facts.
    """
    for move in moves:
        if move.kind not in _JOURNALED:
            continue
        document = sheet.find(CreditMemo, move.document_id) or sheet.find(Invoice, move.document_id)
        if document is None:
            raise LookupError(f"{move.document_id} moves and is not among the facts")
        entries = (
            _taken_back(sheet, document, move) if move.kind in _UNDOING else _made(sheet, document, move)
        )
        for type, code, receivable, impact, day in entries:
            count += 1
            sheet.add(
                JournalEntry(
                    id=journal_entry_id(move.log_id, count),
                    document_id=document.id,
                    position=move.position,
                    ordinal=count,
                    type=type,
                    debit_code=code if impact < 0 else receivable,
                    credit_code=receivable if impact < 0 else code,
                    currency=move.currency,
                    amount=abs(impact),
                    impact_amount=impact,
                    journal_date=day,
                    log_id=move.log_id,
                    recorded_at=move.recorded_at,
                    recorded_by=move.recorded_by,
                )
            )
        if entries:
            _await_transfer(sheet, document)
    return count


def _await_transfer(sheet: Sheet, document: CreditMemo | Invoice) -> None:
    """Of a memo that accounting has taken there is more to take."""
    if isinstance(document, CreditMemo) and document.transferred_to_accounting is TransferStatus.YES:
        sheet.change(document, transferred_to_accounting=TransferStatus.PROCESSING)


class _Pair(NamedTuple):
    """An entry before it has its place."""

    type: AccountingCodeType
    code: str
    receivable: str
    """The code of accounts receivable."""
    impact: int
    day: date


def _made(sheet: Sheet, document: CreditMemo | Invoice, move: BalanceEntry) -> list[_Pair]:
    """What a posting or refund does: dated as the memo, debit memo or refund is."""
    if move.kind is BalanceEntryKind.REFUND:
        refund = sheet.find(Refund, move.cause_id)
        if refund is None:
            raise LookupError(f"the refund {move.cause_id} is not among the facts")
        impacts, day = (
            _of_one_type(sheet, AccountingCodeType.REFUND_CLEARING, refund.amount),
            refund.refund_date,
        )
    elif isinstance(document, CreditMemo):
        impacts, day = _impacts_of_memo(sheet, document), document.memo_date
    else:
        impacts, day = _impacts_of_debit_memo(sheet, document), document.invoice_date
    receivable = sheet.settings.code_of(AccountingCodeType.ACCOUNTS_RECEIVABLE)
    return [_Pair(type, code, receivable, impact, day) for (type, code), impact in impacts.items() if impact]


def _of_one_type(sheet: Sheet, type: AccountingCodeType, impact: int) -> Impacts:
    return {(type, sheet.settings.code_of(type)): impact}


def _impacts_of_memo(sheet: Sheet, memo: CreditMemo) -> Impacts:
    """It takes back revenue, or makes bad debt where a debt is written off, and the tax owed to the state."""
    if memo.source is CreditMemoSource.NEGATIVE_LINES:
        return {}
    lines = sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    is_written_off = memo.source is CreditMemoSource.INVOICE_WRITE_OFF
    type = AccountingCodeType.BAD_DEBT if is_written_off else AccountingCodeType.REVENUE
    return _impacts_of_lines(sheet, memo, lines, type, -1)


def _impacts_of_debit_memo(sheet: Sheet, debit_memo: Invoice) -> Impacts:
    """A reversal is the opposite of its memo; a write-off gives the entity what the buyer has not used."""
    match debit_memo.source:
        case InvoiceSource.CREDIT_MEMO_REVERSAL:
            lines = sheet.of(InvoiceLine, "invoice_id", debit_memo.id)
            return _impacts_of_lines(sheet, debit_memo, lines, AccountingCodeType.REVENUE, 1)
        case InvoiceSource.CREDIT_MEMO_WRITE_OFF:
            return _of_one_type(sheet, AccountingCodeType.CREDIT_WRITE_OFF, debit_memo.total_amount)
        case _:
            return {}


def _impacts_of_lines(
    sheet: Sheet,
    document: CreditMemo | Invoice,
    lines: Sequence[CreditMemoLine] | Sequence[InvoiceLine],
    type: AccountingCodeType,
    sign: int,
) -> Impacts:
    """By code, with the tax of all lines together: revenue has the line's own code, but never that of receivables."""
    if not lines:
        raise LookupError(f"the lines of {document.id} are not among the facts")
    usual, receivable = (
        sheet.settings.code_of(type),
        sheet.settings.code_of(AccountingCodeType.ACCOUNTS_RECEIVABLE),
    )
    impacts: Impacts = {}
    for line in lines:
        has_own = type is AccountingCodeType.REVENUE and line.accounting_code not in (None, receivable)
        key = (type, line.accounting_code or usual) if has_own else (type, usual)
        impacts[key] = impacts.get(key, 0) + sign * line.amount
    return impacts | _of_one_type(sheet, AccountingCodeType.SALES_TAX_PAYABLE, sign * document.tax_amount)


def _taken_back(sheet: Sheet, document: CreditMemo | Invoice, move: BalanceEntry) -> list[_Pair]:
    """The opposite of what was posted, under the codes that it was posted under.

    What was posted before there was a journal is taken back by its lines.
    """
    if isinstance(document, Invoice) and document.source is InvoiceSource.INGESTED:
        return []
    entries = sheet.of(JournalEntry, "document_id", document.id)
    if move.kind is BalanceEntryKind.REFUND_REVERSAL:
        reversal, position = _refund_taken_back(sheet, move)
        posted = [_pair(each) for each in entries if each.position == position]
        return [_opposite(pair, reversal.refund_date) for pair in posted]
    last = _last_posted(entries)
    posted = _made(sheet, document, move) if last is None else last
    return [_opposite(pair, _day_of_undoing(sheet, move, pair.day)) for pair in posted]


def _last_posted(entries: Iterable[JournalEntry]) -> list[_Pair] | None:
    """What the document's posting that stands has entered; None where it has no entries at all.

    A memo is unposted only as long as it is unused: so its postings are at odd positions, and a posting that
    follows an unposting and has no entries was one over 0.
    """
    postings = [each for each in entries if each.type is not AccountingCodeType.REFUND_CLEARING]
    if not postings:
        return None
    last = max(each.position for each in postings)
    return [_pair(each) for each in postings if each.position == last and last % 2]


def _day_of_undoing(sheet: Sheet, move: BalanceEntry, posted: date) -> date:
    """Unposting leaves nothing on the day of the posting, unless that is closed by now; what is final is taken back today."""
    closed = sheet.settings.closed_through
    if move.kind is BalanceEntryKind.UNPOSTING and (closed is None or posted > closed):
        return posted
    return max(posted, sheet.stamp.today)


def _pair(entry: JournalEntry) -> _Pair:
    codes = (entry.debit_code, entry.credit_code)
    code, receivable = codes if entry.impact_amount < 0 else reversed(codes)
    return _Pair(entry.type, code, receivable, entry.impact_amount, entry.journal_date)


def _opposite(pair: _Pair, day: date) -> _Pair:
    return pair._replace(impact=-pair.impact, day=day)


def _refund_taken_back(sheet: Sheet, move: BalanceEntry) -> tuple[Refund, int]:
    """The reversal, and the place of its refund in the memo's history."""
    reversal = sheet.find(Refund, move.cause_id)
    refund = reversal and sheet.find(Refund, reversal.reversed_refund_id)
    if reversal is None or refund is None:
        raise LookupError(f"the refund that {move.cause_id} takes back is not among the facts")
    return reversal, refund.credit_memo_position


_UNDOING = frozenset({BalanceEntryKind.UNPOSTING, BalanceEntryKind.VOID, BalanceEntryKind.REFUND_REVERSAL})
_JOURNALED = _UNDOING | {BalanceEntryKind.POSTING, BalanceEntryKind.REFUND}
