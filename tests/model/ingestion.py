"""Section 4.12: accounts, invoices with lines and taxes, and the posting of an invoice."""

import copy
from datetime import date
from fractions import Fraction
from typing import Any

from tests.model.auto_applying import use_open_credit
from tests.model.converting import after_posting, check_posting
from tests.model.documents import Account, Invoice, InvoiceLine, TaxItem
from tests.model.ledger import Command, Ledger
from tests.model.money import DECIMALS_OF_CURRENCY, ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import (
    check_period,
    check_service_period,
    check_size,
    check_texts,
    check_version,
    find_delivery,
    read_amount,
    read_charge,
    read_date,
    read_decimal,
    remember_delivery,
)


def upsert_accounts(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    given = command["accounts"]
    if not given:
        codes.add("NO_LINES")
    numbers = [account["number"] for account in given]
    if len(set(numbers)) < len(numbers):
        codes |= {"DUPLICATE_TARGET", "DUPLICATE_LINE"}
    owners = {account.external: account.number for account in ledger.accounts.values() if account.external}
    for account in given:
        if account["currency"] not in DECIMALS_OF_CURRENCY:
            codes.add("UNKNOWN_CURRENCY")
        external = _external_of(account)
        if external and owners.setdefault(external, account["number"]) != account["number"]:
            codes.add("EXTERNAL_REFERENCE_REUSED")
    if codes:
        return refused(codes)
    return Accepted(accounts=tuple(_upsert_account(ledger, account) for account in given))


def _external_of(account: Command) -> tuple[str | None, str] | None:
    reference = account.get("externalReference")
    return (account.get("externalReferenceSource") or None, reference) if reference else None


def _upsert_account(ledger: Ledger, given: Command) -> str:
    account = ledger.find_account({"number": given["number"]})
    if account is None:
        handle = ledger.mint("acc")
        account = Account(handle, given["number"], given["name"], given["currency"], _external_of(given))
        ledger.accounts[handle] = account
    else:
        account.name, account.currency = given["name"], given["currency"]
        account.external = _external_of(given) or account.external
    return account.handle


def create_invoices(ledger: Ledger, command: Command) -> Outcome:
    """All invoices or none; a second delivery, also inside one call, returns the first."""
    codes: set[str] = set()
    check_texts(command, codes)
    if not command["invoices"]:
        codes.add("NO_LINES")
    made: list[str] = []
    posted: list[Accepted] = []
    duplicates = 0
    trial = _Trial(ledger)
    for given in command["invoices"]:
        first = find_delivery(ledger, "invoice", "createInvoices", given, codes)
        if first is not None:
            duplicates += 1
            made.extend(first.invoices)
            continue
        invoice = _invoice(ledger, given, codes)
        if invoice is None:
            continue
        made.append(invoice.handle)
        ledger.invoices[invoice.handle] = invoice
        if given.get("post"):
            check_posting(ledger, invoice, codes)
        if given.get("post") and not codes:
            posted.append(_post(ledger, invoice, "CREATE_INVOICES"))
        delivered = Accepted(invoices=(invoice.handle,))
        remember_delivery(ledger, "invoice", "createInvoices", given, delivered)
    if codes:
        trial.take_back()
        return refused(codes)
    return Accepted(
        invoices=tuple(made),
        credit_memos=tuple(memo for each in posted for memo in each.credit_memos),
        applications=tuple(row for each in posted for row in each.applications),
        further_applications=tuple(row for each in posted for row in each.further_applications),
        duplicates=duplicates,
        second_delivery=duplicates == len(made),
    )


class _Trial:
    """Invoices of one call see each other (numbers, references); a refusal takes all that was made back."""

    KEPT = ("invoices", "deliveries", "memos", "applications", "touched", "versions", "_minted")

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.before = {name: copy.copy(vars(ledger)[name]) for name in self.KEPT}

    def take_back(self) -> None:
        vars(self.ledger).update(self.before)


def _invoice(ledger: Ledger, given: Command, codes: set[str]) -> Invoice | None:
    """The invoice, or None when it cannot even be read; a refusal is told by the codes."""
    kind = given.get("kind") or "INVOICE"
    taken = [(i.kind, i.number) for i in ledger.invoices.values() if i.number is not None]
    if (kind, given.get("number")) in taken:
        codes.add("NUMBER_TAKEN")
    if not given["lines"]:
        codes.add("NO_LINES")
    numbers = [_line_number(line, index) for index, line in enumerate(given["lines"])]
    if len(set(numbers)) < len(numbers):
        codes.add("DUPLICATE_LINE")
    day = date.fromisoformat(given["invoiceDate"])
    check_period(ledger, day, codes)
    account = ledger.find_account(given["account"])
    if account is None:
        codes.add("NOT_FOUND")
    currency = given.get("currency") or (account.currency if account else None)
    if currency not in DECIMALS_OF_CURRENCY:
        if currency is not None:
            codes.add("UNKNOWN_CURRENCY")
        return None
    lines = [
        _invoice_line(ledger, line, number, currency, codes)
        for number, line in zip(numbers, given["lines"], strict=True)
    ]
    check_size(sum((_magnitude(line) for line in lines), ZERO), currency, codes)
    if account is None:
        return None
    lines.sort(key=lambda line: line.number)
    handle = ledger.mint("inv")
    due = read_date(given.get("dueDate"))
    return Invoice(handle, given.get("number"), account.handle, currency, kind, day, lines, due_date=due)


def _magnitude(line: InvoiceLine) -> Fraction:
    return abs(line.amount) + sum((abs(item.amount) for item in line.tax_items), ZERO)


def _line_number(line: Command, index: int) -> int:
    number = line.get("lineNumber")
    return index + 1 if number is None else int(number)


def _invoice_line(ledger: Ledger, given: Command, number: int, currency: str, codes: set[str]) -> InvoiceLine:
    amount = read_charge(given, currency, codes)
    if amount is None:
        codes.add("INVALID_AMOUNT")
        amount = ZERO
    items = _tax_items(ledger, given, currency, codes)
    parts = [amount, *(item.amount for item in items)]
    if min(parts) < 0 < max(parts):
        codes.add("INVALID_AMOUNT")
    check_service_period(given, {}, codes)
    order_item = given.get("orderItem")
    return InvoiceLine(
        ledger.mint("invl"),
        number,
        amount,
        items,
        read_date(given.get("serviceStart")),
        quantity=Fraction(given.get("quantity") or 0),
        order_item=order_item["externalReference"] if order_item else None,
        tax_code=given.get("taxCode"),
        jurisdiction=given.get("jurisdiction"),
        tax_exempt=bool(given.get("taxExempt")),
        words=given,
    )


def _tax_items(ledger: Ledger, given: Command, currency: str, codes: set[str]) -> list[TaxItem]:
    """A tax amount without items becomes one item (0 becomes none); sums that differ are refused."""
    taxes: list[Any] = given.get("taxItems") or []
    items = [
        TaxItem(ledger.mint("invt"), read_amount(tax["amount"], currency, codes), dict(tax)) for tax in taxes
    ]
    for tax in taxes:
        check_tax_details(tax, currency, codes)
    if given.get("taxAmount") is None:
        return items
    total: Fraction = read_amount(given["taxAmount"], currency, codes)
    if not items:
        return [TaxItem(ledger.mint("invt"), total)] if total != 0 else []
    if total != sum((item.amount for item in items), ZERO):
        codes.add("INVALID_AMOUNT")
    return items


def check_tax_details(tax: Command, currency: str, codes: set[str]) -> None:
    if tax.get("rate") is not None:
        read_decimal(tax["rate"], 8, codes)
    if tax.get("exemptAmount") is not None:
        read_amount(tax["exemptAmount"], currency, codes)


def _post(ledger: Ledger, invoice: Invoice, operation: str) -> Accepted:
    """With what the entity has done on posting."""
    invoice.status = "POSTED"
    invoice.move("POSTING", invoice.total)
    memos, applications = after_posting(ledger, invoice, operation)
    return Accepted(
        invoices=(invoice.handle,),
        credit_memos=memos,
        applications=applications,
        further_applications=use_open_credit(ledger, invoice, operation),
    )


def post_invoice(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    invoice = ledger.find_invoice(command["invoice"])
    if invoice is None:
        return refused({"NOT_FOUND"})
    check_version(ledger, invoice.handle, command, codes)
    if invoice.status != "DRAFT":
        codes.add("INVALID_STATUS")
    check_period(ledger, invoice.date, codes)
    check_posting(ledger, invoice, codes)
    if codes:
        return refused(codes)
    ledger.touched.add(invoice.handle)
    return _post(ledger, invoice, "POST_INVOICE")
