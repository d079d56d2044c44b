"""Take in accounts and invoices as the billing system made them; post an invoice."""

from collections.abc import Mapping
from typing import Any

from app.domain.commands import (
    AccountEntry,
    CreateInvoices,
    InvoiceEntry,
    PostInvoice,
    Reference,
    UpsertAccounts,
)
from app.domain.entity import Account
from app.domain.entity_data import said_of
from app.domain.external_reference import external_key, source_of
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice, OrderItem
from app.domain.invoice_making import make_invoice
from app.domain.money import minor_digits, quantity_to_scaled
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.repository.books import Books
from app.use_cases.post_invoices import (
    credit_for_posting,
    number_posted,
    post_invoices,
    records_for_posting,
)
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
        else:
            sheet.change_if_different(known, **fields)
        ids.append(known.id)
    return sheet.changes(accounts=ids)


def _said_of_account(entry: AccountEntry) -> dict[str, Any]:
    """The columns that the entry sets; what it leaves out is not among them and stays as it is stored."""
    fields = said_of(entry, "external_reference_source")
    if entry.external_reference is not None:
        fields["external_reference_source"] = source_of(entry)
    return fields


async def create_invoices(books: Books, command: CreateInvoices) -> Changes:
    """All or none; an invoice delivered before, word for word, is answered and not made again."""
    entries: dict[Path, InvoiceEntry] = {
        ("invoices", place): each for place, each in enumerate(command.invoices)
    }
    facts = await facts_for_invoices(books, entries)
    repeated = _repeated(command, facts.every(Invoice))
    reject_if_any(violations_of_invoices(command, facts, repeated))
    sheet = Worksheet(facts)
    made: list[str] = []
    for place, (at, entry) in enumerate(entries.items()):
        if place in repeated:
            first = repeated[place]
            made.append(made[first] if isinstance(first, int) else first.id)
        else:
            made.append(draft_invoice(sheet, entry, at).id)
    new = [place for place in range(len(made)) if place not in repeated]
    converted = post_invoices(
        sheet, {("invoices", n, "lines"): made[n] for n in new if command.invoices[n].post}
    )
    await number_posted(books, sheet, [made[place] for place in new], converted)
    return sheet.changes(invoices=made, created=len(new), duplicates=len(repeated))


async def facts_for_invoices(books: Books, entries: Mapping[Path, InvoiceEntry]) -> Facts:
    """For one entry or for hundreds, each under its place in the input."""
    settings = await books.settings(*(each.invoice_date for each in entries.values()))
    accounts: dict[Path, Reference] = {(*at, "account"): each.account for at, each in entries.items()}
    named: dict[Path, str] = await books.locate(Account, accounts)
    records: list[Record] = [*await books.find(Account, named.values())]
    posted = [named.get((*at, "account"), "") for at, each in entries.items() if each.post]
    records += await credit_for_posting(books, settings, posted)
    records += await books.matching(
        Invoice, "number", [each.number for each in entries.values() if each.number]
    )
    records += await books.matching(
        Invoice,
        "external_reference",
        [each.external_reference for each in entries.values() if each.external_reference],
    )
    records += await books.lock_by(
        OrderItem,
        "external_reference",
        [
            line.order_item.external_reference
            for entry in entries.values()
            for line in entry.lines
            if line.order_item is not None
        ],
    )
    return books.facts(settings, records, named)


def draft_invoice(sheet: Worksheet, entry: InvoiceEntry, at: Path) -> Invoice:
    """Put the entry down as a draft, with its own number or none yet."""
    account = sheet.get(Account, sheet.named[(*at, "account")])
    currency = entry.currency or account.currency
    return make_invoice(
        sheet,
        entry,
        number=entry.number,
        account_id=account.id,
        currency=currency,
        digits=minor_digits(currency),
        order_item_ids=_with_order_items(sheet, entry),
    )


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


def _with_order_items(sheet: Worksheet, entry: InvoiceEntry) -> dict[str, str]:
    """Ids by external reference; unknown ones are made, a quantity given brings a known one up to date."""
    ids: dict[str, str] = {}
    for each in [line.order_item for line in entry.lines if line.order_item is not None]:
        reference = each.external_reference
        quantity = None if each.quantity is None else quantity_to_scaled(each.quantity)
        known = sheet.of(OrderItem, "external_reference", reference)
        item = (
            known[0]
            if known
            else sheet.add(
                OrderItem(id=sheet.stamp.new_id(OrderItem), external_reference=reference, quantity=quantity)
            )
        )
        if quantity is not None:
            sheet.change_if_different(item, quantity=quantity)
        ids[reference] = item.id
    return ids


async def post_invoice(books: Books, command: PostInvoice) -> Changes:
    """The draft becomes a claim on the buyer, payable and creditable; a gapless sequence numbers it now."""
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    # The date says whether the settings are to be held, which comes before the invoice's own lock; it never changes,
    # nor does the account, whose memos are locked before.
    found = await books.find(Invoice, named.values())
    settings = await books.settings(*(each.invoice_date for each in found))
    memos = await credit_for_posting(books, settings, [each.account_id for each in found])
    invoices = await books.lock(Invoice, named.values())
    records = await records_for_posting(books, settings, [each.id for each in invoices])
    facts = books.facts(settings, [*memos, *invoices, *records], named)
    reject_if_any(violations_of_post_invoice(command, facts))
    sheet = Worksheet(facts)
    invoice_id = named["invoice",]
    [converted] = post_invoices(sheet, {("invoice",): invoice_id})
    await number_posted(books, sheet, [invoice_id], [converted])
    return sheet.changes(
        invoice=invoice_id, credit_memo=converted.credit_memo, application=converted.application
    )
