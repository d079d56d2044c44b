"""The races: what everybody wants at once, who may get it, and what the weakened twin must be caught at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.commands import OrderItemEntry
from app.domain.entity import Settings
from tests.races.contest import Expected
from tests.races.giving_up import (
    refunding_one_memo,
    taking_one_write_off_back,
    voiding_one_invoice,
    writing_one_invoice_off,
    writing_one_memo_off,
)
from tests.races.lives import raising_drafts_of_one_invoice, reversing_one_memo, voiding_one_memo
from tests.races.running import Ask
from tests.support.approving import as_clerk, posting
from tests.support.books import TestBooks
from tests.support.building import (
    ACCOUNT,
    Made,
    applied,
    credit,
    draft_invoice,
    invoice_line,
    posted_invoice,
    posted_memo,
)
from tests.support.crediting import credited, of_line
from tests.support.levels import LINES

CLIENTS = 16
OVER = r"^over: "
BUSY = r"^error: \d+ × RETRY$"
"""SQLite lets nobody write who has read what another has changed since: its twin loses requests, not money."""

Prepare = Callable[[TestBooks], Awaitable[list[Ask]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """`twin_finds`: by engine, a pattern that one of the twin's findings must match."""

    prepare: Prepare
    expected: Expected
    twin_finds: dict[str, str]
    entity_settings: Settings | None = None


def apply(memo: Made, *targets: tuple[Made, str], key: str | None = None) -> Ask:
    applications = [{"invoice": {"id": invoice.id}, "amount": amount} for invoice, amount in targets]
    given = {"creditMemo": {"id": memo.id}, "applications": applications}
    return Ask("applyCreditMemo", given if key is None else {**given, "idempotencyKey": key})


def credit_line(invoice: Made, amount: str) -> Ask:
    lines = [{"invoiceLineId": invoice.lines[0], "amount": amount}]
    return Ask("createAndApplyCreditMemo", {"invoice": {"id": invoice.id}, "lines": lines})


async def on_one_memo(books: TestBooks) -> list[Ask]:
    """50.00 of credit, and sixteen invoices that want 10.00 of it each."""
    memo = await posted_memo(books, "20.00", "30.00")
    invoices = [await posted_invoice(books, "90.00") for _ in range(CLIENTS)]
    return [apply(memo, (invoice, "10.00")) for invoice in invoices]


async def on_one_invoice(books: TestBooks) -> list[Ask]:
    """70.00 owed, and sixteen memos that bring 10.00 each."""
    invoice = await posted_invoice(books, "40.00", "30.00")
    memos = [await posted_memo(books, "10.00") for _ in range(CLIENTS)]
    return [apply(memo, (invoice, "10.00")) for memo in memos]


async def on_two_invoices_crosswise(books: TestBooks) -> list[Ask]:
    """One memo for two invoices, named in one order by half of the callers and in the other by the rest.

    Locks taken in the callers' order would meet in a deadlock.
    """
    memos = [await posted_memo(books, "10.00") for _ in range(CLIENTS)]
    one, other = await posted_invoice(books, "40.00"), await posted_invoice(books, "40.00")
    return [
        apply(memo, *[(one, "5.00"), (other, "5.00")][:: 1 if place % 2 else -1])
        for place, memo in enumerate(memos)
    ]


async def unapplying_one_application(books: TestBooks) -> list[Ask]:
    """One application of 30.00, taken back whole by everybody."""
    memo, invoice = await posted_memo(books, "50.00"), await posted_invoice(books, "80.00")
    [application] = await applied(books, memo, (invoice, "30.00"))
    return [Ask("unapplyCreditMemo", {"applicationId": application}) for _ in range(CLIENTS)]


async def unapplying_in_parts(books: TestBooks) -> list[Ask]:
    """One application of 30.00, of which everybody takes 4.00 back: seven can, 2.00 remain."""
    memo, invoice = await posted_memo(books, "50.00"), await posted_invoice(books, "80.00")
    [application] = await applied(books, memo, (invoice, "30.00"))
    return [
        Ask("unapplyCreditMemo", {"applicationId": application, "amount": "4.00"}) for _ in range(CLIENTS)
    ]


async def twins_with_one_key(books: TestBooks) -> list[Ask]:
    """Sixteen times the same request under one key; memo and invoice have room for all sixteen."""
    memo, invoice = await posted_memo(books, "500.00"), await posted_invoice(books, "500.00")
    return [apply(memo, (invoice, "10.00"), key="the one key") for _ in range(CLIENTS)]


async def converting_one_invoice(books: TestBooks) -> list[Ask]:
    """Everybody converts the negative line; half of them name it."""
    invoice = await posted_invoice(books, "100.00", "-20.00")
    named = {"invoiceLineIds": [invoice.lines[1]]}
    return [
        Ask("convertNegativeInvoiceLines", {"invoice": {"id": invoice.id}, **(named if place % 2 else {})})
        for place in range(CLIENTS)
    ]


async def converting_and_applying_at_once(books: TestBooks) -> list[Ask]:
    """Everybody converts the negative line and has the memo applied to its invoice at once."""
    invoice = await posted_invoice(books, "100.00", "-20.00")
    given = {"invoice": {"id": invoice.id}, "applyToInvoice": True}
    return [Ask("convertNegativeInvoiceLines", given) for _ in range(CLIENTS)]


async def posting_one_invoice(books: TestBooks) -> list[Ask]:
    """Everybody posts the draft, whose negative line is converted then and its memo applied."""
    invoice = await draft_invoice(books, "100.00", "-20.00")
    return [Ask("postInvoice", {"invoice": {"id": invoice.id}}) for _ in range(CLIENTS)]


async def approving_one_memo(books: TestBooks) -> list[Ask]:
    """Everybody approves the memo that waits, and has it applied to its invoice."""
    given = {"creditMemo": {"id": await _waiting_for_its_invoice(books)}}
    return [Ask("approveCreditMemo", given) for _ in range(CLIENTS)]


async def approving_and_canceling_one_memo(books: TestBooks) -> list[Ask]:
    """Half of the callers approve the memo that waits, the others give it up."""
    given = {"creditMemo": {"id": await _waiting_for_its_invoice(books)}}
    return [Ask("approveCreditMemo" if place % 2 else "cancelCreditMemo", given) for place in range(CLIENTS)]


async def _waiting_for_its_invoice(books: TestBooks) -> str:
    invoice, clerk = await posted_invoice(books, "200.00"), as_clerk(books)
    memo = await credited(clerk, invoice, of_line(invoice, 0, "150.00"), apply_to_invoice=True)
    await clerk.perform(posting(memo))
    return memo.id


async def matching_one_account(books: TestBooks) -> list[Ask]:
    """50.00 of credit and 90.00 owed in many documents; half of the callers match all, the others apply one memo.

    All are accepted where they come first: what is matched is what is left, and one caller may find nothing.
    """
    memos = [await posted_memo(books, "20.00", "5.00") for _ in range(2)]
    for _ in range(6):
        await posted_invoice(books, "10.00", "5.00")
    await posted_invoice(books, "25.00")
    named = {"account": {"number": ACCOUNT}}
    narrow = named | {"creditMemos": [{"id": memos[1].id}], "rules": ["HIGHEST_BALANCE"]}
    return [Ask("autoApplyCredits", narrow if place % 2 else named) for place in range(CLIENTS)]


async def posting_with_credit(books: TestBooks) -> list[Ask]:
    """Sixteen drafts, and credit for five of them: each takes what is left when it is posted."""
    for _ in range(5):
        await posted_memo(books, "6.00", "4.00")
    drafts = [await draft_invoice(books, "10.00") for _ in range(CLIENTS)]
    return [Ask("postInvoice", {"invoice": {"id": each.id}}) for each in drafts]


async def crediting_the_last_cent(books: TestBooks) -> list[Ask]:
    """One cent of the line is left to credit, though much is left to pay on the invoice."""
    invoice = await posted_invoice(books, "100.00", "900.00")
    await credit(books, invoice, (0, "99.99"))
    return [credit_line(invoice, "0.01") for _ in range(CLIENTS)]


async def crediting_in_full(books: TestBooks) -> list[Ask]:
    """Everybody credits all that is left of the invoice and has it applied at once."""
    invoice = await posted_invoice(books, ("100.00", "8.25"), "-20.00")
    given = {"invoice": {"id": invoice.id}, "fullCredit": True, "post": True, "applyToInvoice": True}
    return [Ask("createCreditMemoFromInvoice", given) for _ in range(CLIENTS)]


async def counting_on_one_order_item(books: TestBooks) -> list[Ask]:
    """Sixteen invoices for one order item: what is credited of each adds to the same sum."""
    seats = OrderItemEntry(external_reference="SEATS", quantity=Decimal(10))
    line = invoice_line("100.00", quantity=Decimal(10), order_item=seats)
    invoices = [await posted_invoice(books, line) for _ in range(CLIENTS)]
    return [
        Ask("createCreditMemoFromInvoice", {"invoice": {"id": each.id}, "fullCredit": True})
        for each in invoices
    ]


def _lawful(did_it: int, *codes: str, replayed: int = 0) -> Expected:
    return Expected(did_it=did_it, replayed=replayed, codes=frozenset(codes))


_CAUGHT = {"postgresql": OVER, "sqlite": BUSY}
_MISSED = {"postgresql": r"^(gap|sum|audit): ", "sqlite": BUSY}
"""Everybody succeeds, and what they did together is more than there was."""
_ON_POSTING = replace(LINES, convert_negative_lines_on_posting=True, apply_converted_memo_on_posting=True)

RACES: dict[str, Race] = {
    "one memo": Race(prepare=on_one_memo, expected=_lawful(5, "EXCEEDS_MEMO_BALANCE"), twin_finds=_CAUGHT),
    "one memo, by lines": Race(
        prepare=on_one_memo,
        expected=_lawful(5, "EXCEEDS_MEMO_BALANCE"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "one invoice": Race(
        prepare=on_one_invoice, expected=_lawful(7, "EXCEEDS_INVOICE_BALANCE"), twin_finds=_CAUGHT
    ),
    "two invoices crosswise": Race(
        prepare=on_two_invoices_crosswise,
        expected=_lawful(8, "EXCEEDS_INVOICE_BALANCE"),
        twin_finds=_CAUGHT,
    ),
    "unapply one application": Race(
        prepare=unapplying_one_application, expected=_lawful(1, "ALREADY_UNAPPLIED"), twin_finds=_CAUGHT
    ),
    "unapply in parts": Race(
        prepare=unapplying_in_parts,
        expected=_lawful(7, "EXCEEDS_REMAINING_APPLICATION"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "one key": Race(
        prepare=twins_with_one_key,
        expected=_lawful(1, replayed=CLIENTS - 1),
        twin_finds={"postgresql": OVER, "sqlite": OVER},
    ),
    "convert": Race(
        prepare=converting_one_invoice,
        expected=_lawful(1, "ALREADY_CONVERTED", "NO_LINES"),
        twin_finds=_CAUGHT,
    ),
    "convert and apply": Race(
        prepare=converting_and_applying_at_once,
        expected=_lawful(1, "ACTIVE_SETTLEMENT", "NO_LINES"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "post, convert and apply": Race(
        prepare=posting_one_invoice,
        expected=_lawful(1, "INVALID_STATUS"),
        twin_finds=_CAUGHT,
        entity_settings=_ON_POSTING,
    ),
    "approve": Race(prepare=approving_one_memo, expected=_lawful(1, "INVALID_STATUS"), twin_finds=_CAUGHT),
    "approve or cancel": Race(
        prepare=approving_and_canceling_one_memo,
        expected=_lawful(1, "INVALID_STATUS"),
        twin_finds=_CAUGHT,
    ),
    "match one account": Race(
        prepare=matching_one_account, expected=_lawful(CLIENTS), twin_finds=_MISSED, entity_settings=LINES
    ),
    "post with available credit": Race(
        prepare=posting_with_credit,
        expected=_lawful(CLIENTS),
        twin_finds=_MISSED,
        entity_settings=replace(LINES, apply_available_credit_on_posting=True),
    ),
    "the last creditable cent": Race(
        prepare=crediting_the_last_cent,
        expected=_lawful(1, "EXCEEDS_CREDITABLE_AMOUNT"),
        twin_finds=_CAUGHT,
    ),
    "full credit": Race(
        prepare=crediting_in_full,
        expected=_lawful(1, "NOTHING_CREDITABLE"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "refund or apply": Race(
        prepare=refunding_one_memo, expected=_lawful(5, "EXCEEDS_MEMO_BALANCE"), twin_finds=_CAUGHT
    ),
    "write off or refund": Race(
        prepare=writing_one_memo_off,
        expected=_lawful(1, "EXCEEDS_MEMO_BALANCE"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "write off or pay": Race(
        prepare=writing_one_invoice_off,
        expected=_lawful(1, "NOTHING_CREDITABLE", "EXCEEDS_INVOICE_BALANCE"),
        twin_finds=_CAUGHT,
    ),
    "take a write-off back": Race(
        prepare=taking_one_write_off_back,
        expected=_lawful(1, "ALREADY_UNAPPLIED"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "void or credit": Race(
        prepare=voiding_one_invoice,
        expected=_lawful(1, "HAS_CREDITS", "NOTHING_CREDITABLE", "INVALID_STATUS"),
        twin_finds=_CAUGHT,
    ),
    "reverse or apply": Race(
        prepare=reversing_one_memo,
        expected=_lawful(1, "HAS_APPLICATIONS", "ALREADY_REVERSED", "EXCEEDS_MEMO_BALANCE"),
        twin_finds=_CAUGHT,
        entity_settings=LINES,
    ),
    "void or unpost": Race(
        prepare=voiding_one_memo, expected=_lawful(1, "INVALID_STATUS"), twin_finds=_CAUGHT
    ),
    "raise drafts": Race(
        prepare=raising_drafts_of_one_invoice,
        expected=_lawful(9, "EXCEEDS_CREDITABLE_AMOUNT"),
        twin_finds=_CAUGHT,
    ),
    "one order item": Race(
        prepare=counting_on_one_order_item,
        expected=_lawful(CLIENTS),
        twin_finds={"postgresql": "^audit: .*order_item_quantity_is_counted", "sqlite": BUSY},
    ),
}
