"""Take in accounts and invoices as the billing system made them; post an invoice."""

from collections.abc import Collection

from app.domain.commands import CreateInvoices, PostInvoice, Reference, UpsertAccounts
from app.domain.entity import Account
from app.domain.facts import Changes, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice, OrderItem
from app.domain.invoice_making import make_invoice, posted_invoice
from app.domain.money import minor_digits, quantity_to_scaled
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.domain.vocabulary import InvoiceKind, SequenceKind
from app.repository.books import Books
from app.validation.invoices import (
    violations_of_accounts,
    violations_of_invoices,
    violations_of_post_invoice,
)


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
        fields = {
            "number": entry.number,
            "name": entry.name,
            "currency": entry.currency,
            "external_reference": entry.external_reference,
            "external_reference_source": entry.external_reference_source or ""
            if entry.external_reference
            else None,
            "metadata": entry.metadata,
        }
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
                    **fields,  # type: ignore[arg-type]
                )
            )
        elif any(getattr(known, name) != value for name, value in fields.items()):
            sheet.change(known, **fields)
        ids.append(known.id)
    return sheet.changes(accounts=ids)


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
    made: list[str] = []
    for place, entry in enumerate(command.invoices):
        if place in repeated:
            first = repeated[place]
            made.append(made[first] if isinstance(first, int) else first.id)
            continue
        account = facts.get(Account, named["invoices", place, "account"])
        currency = entry.currency or account.currency
        invoice = make_invoice(
            sheet,
            entry,
            number=numbers[place],
            account_id=account.id,
            currency=currency,
            digits=minor_digits(currency),
            order_item_ids=item_ids,
        )
        if entry.post:
            posted_invoice(sheet, invoice)
        made.append(invoice.id)
    return sheet.changes(invoices=made, created=len(made) - len(repeated), duplicates=len(repeated))


def _repeated(command: CreateInvoices, delivered: list[Invoice]) -> dict[int, Invoice | int]:
    """Entries that say word for word what an earlier delivery did: its invoice, or its place in this very call."""
    first: dict[tuple[str | None, str | None], tuple[str | None, Invoice | int]] = {
        (each.external_reference_source, each.external_reference): (each.content_fingerprint, each)
        for each in delivered
    }
    found: dict[int, Invoice | int] = {}
    for place, entry in enumerate(command.invoices):
        if entry.external_reference is None:
            continue
        content = content_fingerprint(entry)
        known = first.setdefault(
            (entry.external_reference_source or "", entry.external_reference), (content, place)
        )
        if known[0] == content and known[1] != place:
            found[place] = known[1]
    return found


async def _numbers(books: Books, command: CreateInvoices, repeated: Collection[int]) -> dict[int, str]:
    """The number given, else the next of the kind's sequence that no caller has used."""
    numbers = {place: each.number for place, each in enumerate(command.invoices) if each.number is not None}
    for kind, sequence in (
        (InvoiceKind.INVOICE, SequenceKind.INVOICE),
        (InvoiceKind.DEBIT_MEMO, SequenceKind.DEBIT_MEMO),
    ):
        places = [
            place
            for place, each in enumerate(command.invoices)
            if place not in numbers and place not in repeated and (each.kind or InvoiceKind.INVOICE) is kind
        ]
        used = set(numbers.values())
        while places:
            offered = await books.next_numbers(sequence, len(places), final=True)
            used |= {
                each.number
                for each in await books.matching(Invoice, "number", [n for n in offered if n])
                if each.kind is kind and each.number
            }
            free = [number for number in offered if number is not None and number not in used]
            numbers |= dict(zip(places, free, strict=False))
            places = places[len(free) :]
    return numbers


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
    """The draft becomes a claim on the buyer: it can be paid, and credit can be applied to it."""
    settings = await books.settings()
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    facts = books.facts(settings, await books.lock(Invoice, named.values()), named)
    reject_if_any(violations_of_post_invoice(command, facts))
    sheet = Worksheet(facts)
    invoice = posted_invoice(sheet, facts.get(Invoice, named["invoice",]))
    return sheet.changes(invoice=invoice.id)
