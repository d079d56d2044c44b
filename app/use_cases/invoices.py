"""Take in accounts and invoices as the billing system made them; post an invoice."""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.commands import AccountEntry, CreateInvoices, PostInvoice, Reference, UpsertAccounts
from app.domain.entity import Account
from app.domain.external_reference import external_key, source_of
from app.domain.facts import Changes, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice, OrderItem
from app.domain.invoice_making import make_invoice
from app.domain.money import minor_digits, quantity_to_scaled
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.domain.vocabulary import InvoiceKind, SequenceKind
from app.repository.books import Books
from app.use_cases.post_invoices import post_invoices, records_for_posting
from app.validation.invoices import (
    violations_of_accounts,
    violations_of_invoices,
    violations_of_post_invoice,
)

SEQUENCES = {
    InvoiceKind.INVOICE: SequenceKind.INVOICE,
    InvoiceKind.DEBIT_MEMO: SequenceKind.DEBIT_MEMO,
}
"""Where invoices of a kind get their numbers."""


async def upsert_accounts(books: Books, command: UpsertAccounts) -> Changes:
    """Accounts by number: new ones are made, others brought up to date; unchanged ones keep their version."""
    settings = await books.settings()
    existing = await books.lock_by(Account, "number", [each.number for each in command.accounts])
    by_number = {each.number: each for each in existing}
    owners = await books.matching(
        Account,
        "external_reference",
        [each.external_reference for each in command.accounts if each.external_reference],
    )
    facts = books.facts(settings, [*existing, *owners])
    reject_if_any(violations_of_accounts(command, facts))
    sheet = Worksheet(facts)
    ids = []
    for entry in command.accounts:
        fields = _said_of_account(entry)
        known = by_number.get(entry.number)
        if known is None:
            stamp = sheet.stamp
            known = sheet.add(
                Account(
                    id=stamp.new_id(Account),
                    created_at=stamp.now,
                    created_by=stamp.actor,
                    updated_at=stamp.now,
                    updated_by=stamp.actor,
                    **fields,
                )
            )
        elif any(getattr(known, name) != value for name, value in fields.items()):
            sheet.change(known, **fields)
        ids.append(known.id)
    return sheet.changes(accounts=ids)


def _said_of_account(entry: AccountEntry) -> dict[str, Any]:
    """The columns that the entry sets; what it leaves out is not among them and stays as it is stored."""
    fields: dict[str, Any] = {"number": entry.number, "name": entry.name, "currency": entry.currency}
    if entry.external_reference is not None:
        fields["external_reference"] = entry.external_reference
        fields["external_reference_source"] = source_of(entry)
    if entry.metadata is not None:
        fields["metadata"] = entry.metadata
    return fields


async def create_invoices(books: Books, command: CreateInvoices) -> Changes:
    """All or none; an invoice delivered before, word for word, is answered and not made again."""
    settings = await books.settings(*(entry.invoice_date for entry in command.invoices))
    accounts: dict[Path, Reference] = {
        ("invoices", place, "account"): each.account for place, each in enumerate(command.invoices)
    }
    named: dict[Path, str] = await books.locate(Account, accounts)
    records: list[Record] = [*await books.find(Account, named.values())]
    records += await books.matching(
        Invoice, "number", [each.number for each in command.invoices if each.number]
    )
    delivered = await books.matching(
        Invoice,
        "external_reference",
        [each.external_reference for each in command.invoices if each.external_reference],
    )
    repeated = _repeated(command, delivered)
    items = await books.lock_by(OrderItem, "external_reference", _order_items(command))
    facts = books.facts(settings, [*records, *delivered, *items], named)
    reject_if_any(violations_of_invoices(command, facts, repeated))
    numbers = await _numbers(books, command, repeated)
    sheet = Worksheet(facts)
    item_ids = _with_order_items(sheet, command, items)
    made = _made(sheet, command, repeated, numbers, item_ids)
    new = [place for place in range(len(made)) if place not in repeated]
    await post_invoices(
        books, sheet, {("invoices", n, "lines"): made[n] for n in new if command.invoices[n].post}
    )
    return sheet.changes(invoices=made, created=len(new), duplicates=len(repeated))


def _made(
    sheet: Worksheet,
    command: CreateInvoices,
    repeated: Mapping[int, Invoice | int],
    numbers: Mapping[int, str | None],
    order_item_ids: dict[str, str],
) -> list[str]:
    """Ids by entry: of the new drafts, and of what was delivered before."""
    made: list[str] = []
    for place, entry in enumerate(command.invoices):
        if place in repeated:
            first = repeated[place]
            made.append(made[first] if isinstance(first, int) else first.id)
            continue
        account = sheet.get(Account, sheet.named["invoices", place, "account"])
        currency = entry.currency or account.currency
        invoice = make_invoice(
            sheet,
            entry,
            number=numbers[place],
            account_id=account.id,
            currency=currency,
            digits=minor_digits(currency),
            order_item_ids=order_item_ids,
        )
        made.append(invoice.id)
    return made


def _repeated(command: CreateInvoices, delivered: list[Invoice]) -> dict[int, Invoice | int]:
    """Entries that say word for word what an earlier delivery did: its invoice, or its place in this very call."""
    first: dict[tuple[str, str] | None, tuple[str | None, Invoice | int]] = {
        external_key(each): (each.content_fingerprint, each) for each in delivered
    }
    found: dict[int, Invoice | int] = {}
    for place, entry in enumerate(command.invoices):
        if entry.external_reference is None:
            continue
        content = content_fingerprint(entry)
        known = first.setdefault(external_key(entry), (content, place))
        if known[0] == content and known[1] != place:
            found[place] = known[1]
    return found


async def _numbers(books: Books, command: CreateInvoices, repeated: Collection[int]) -> dict[int, str | None]:
    """The number given, else the next of the kind's sequence; None for a draft of a gapless one."""
    numbers: dict[int, str | None] = {}
    for kind in SEQUENCES:
        entries = {
            place: each
            for place, each in enumerate(command.invoices)
            if place not in repeated and (each.kind or InvoiceKind.INVOICE) is kind
        }
        given = {place: each.number for place, each in entries.items() if each.number is not None}
        used = set(given.values())
        places = [place for place in entries if place not in given]
        # Asked for together, numbers follow the order of the call; only a gapless sequence leaves some to ask for again.
        is_final = all(entries[place].post for place in places)
        offered = await _next_free(books, kind, len(places), used, final=is_final)
        numbers |= given | dict(zip(places, offered, strict=True))
        waiting = [place for place in places if numbers[place] is None and entries[place].post]
        numbers |= zip(waiting, await _next_free(books, kind, len(waiting), used, final=True), strict=True)
    return numbers


async def _next_free(
    books: Books, kind: InvoiceKind, count: int, used: Collection[str], *, final: bool
) -> list[str | None]:
    """The next numbers that no document has; None each where the sequence gives a draft none.

    What is skipped is the number of a document that a caller numbered: it is no gap.
    """
    free: list[str | None] = []
    while len(free) < count:
        offered = await books.next_numbers(SEQUENCES[kind], count - len(free), final=final)
        numbers = [each for each in offered if each is not None]
        if not numbers:
            return [None] * count
        known = await books.matching(Invoice, "number", numbers)
        taken = {each.number for each in known if each.kind is kind}.union(used)
        free += [each for each in numbers if each not in taken]
    return free


def _order_items(command: CreateInvoices) -> list[str]:
    return [
        line.order_item.external_reference
        for entry in command.invoices
        for line in entry.lines
        if line.order_item is not None
    ]


def _with_order_items(sheet: Worksheet, command: CreateInvoices, known: list[OrderItem]) -> dict[str, str]:
    """Order items by external reference; unknown ones are made, a quantity given brings a known one up to date."""
    ids = {each.external_reference: each.id for each in known}
    for entry in command.invoices:
        for line in entry.lines:
            if line.order_item is None:
                continue
            reference = line.order_item.external_reference
            given = line.order_item.quantity
            quantity = None if given is None else quantity_to_scaled(given)
            if reference not in ids:
                item = OrderItem(
                    id=sheet.stamp.new_id(OrderItem), external_reference=reference, quantity=quantity
                )
                ids[reference] = sheet.add(item).id
            elif quantity is not None and sheet.get(OrderItem, ids[reference]).quantity != quantity:
                sheet.change(sheet.get(OrderItem, ids[reference]), quantity=quantity)
    return ids


async def post_invoice(books: Books, command: PostInvoice) -> Changes:
    """The draft becomes a claim on the buyer, payable and creditable; a gapless sequence numbers it now."""
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    # The date says whether the settings are to be held, which comes before the invoice's own lock; it never changes.
    dated = await books.find(Invoice, named.values())
    settings = await books.settings(*(each.invoice_date for each in dated))
    invoices = await books.lock(Invoice, named.values())
    records = await records_for_posting(books, settings, [each.id for each in invoices])
    facts = books.facts(settings, [*invoices, *records], named)
    reject_if_any(violations_of_post_invoice(command, facts))
    sheet = Worksheet(facts)
    invoice = facts.get(Invoice, named["invoice",])
    if invoice.number is None:
        [number] = await _next_free(books, invoice.kind, 1, set(), final=True)
        sheet.change(invoice, number=number)
    [converted] = await post_invoices(books, sheet, {("invoice",): invoice.id})
    return sheet.changes(
        invoice=invoice.id, credit_memo=converted.credit_memo, application=converted.application
    )
