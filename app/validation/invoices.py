"""When invoices and accounts may be taken in, and an invoice posted (domain 4.12)."""

from collections.abc import Collection

from app.domain.commands import CreateInvoices, InvoiceEntry, InvoiceLineEntry, PostInvoice, UpsertAccounts
from app.domain.entity import Account, Settings
from app.domain.external_reference import external_key
from app.domain.facts import Facts
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice
from app.domain.invoice_making import line_taxes, line_total
from app.domain.money import MAX_MINOR, amount_text, minor_digits, to_minor
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import InvoiceKind, Operation, ViolationCode
from app.validation.amounts import exceeds, read_amount, read_extended, violations_of_quantity
from app.validation.approval_limits import violations_of_limit
from app.validation.documents import (
    account_of,
    asked_of,
    not_found,
    reused_external_reference,
    violations_of_currency,
    violations_of_day,
    violations_of_invoice_life,
    violations_of_no_lines,
    violations_of_period,
    violations_of_version,
)
from app.validation.repeated import violations_of_twice
from app.validation.taxes import violations_of_tax_items


def violations_of_accounts(command: UpsertAccounts, facts: Facts) -> list[Violation]:
    """Known currencies; no number twice; an external reference stays with its account."""
    violations = violations_of_no_lines(command.accounts, ("accounts",))
    violations += violations_of_twice(
        (each.number, ("accounts", place, "number")) for place, each in enumerate(command.accounts)
    )
    owners = {external_key(each): (each.number, each.id) for each in facts.every(Account)}
    for place, entry in enumerate(command.accounts):
        path: Path = ("accounts", place)
        violations += violations_of_currency(entry.currency, (*path, "currency"))
        if entry.external_reference is None:
            continue
        number, id = owners.setdefault(external_key(entry), (entry.number, ""))
        if number != entry.number:
            violations.append(
                Violation(
                    code=ViolationCode.EXTERNAL_REFERENCE_REUSED,
                    message="This external reference stands for another account.",
                    path=(*path, "external_reference"),
                    asked=entry.external_reference,
                    # Another entry of the same call has no id yet.
                    ids=(id,) if id else (),
                )
            )
    return violations


def violations_of_invoices(
    command: CreateInvoices, facts: Facts, repeated: Collection[int]
) -> list[Violation]:
    """Every invoice of the call, but for those that repeat an earlier delivery word for word."""
    violations = violations_of_no_lines(command.invoices, ("invoices",))
    taken = {(each.kind, each.number) for each in facts.every(Invoice)}
    delivered = {external_key(each): each.id for each in facts.every(Invoice)}
    for place, entry in enumerate(command.invoices):
        if place in repeated:
            continue
        path: Path = ("invoices", place)
        if entry.number is not None:
            numbered = (entry.kind or InvoiceKind.INVOICE, entry.number)
            if numbered in taken:
                violations.append(_number_taken(entry.number, (*path, "number")))
            taken.add(numbered)
        if entry.external_reference is not None:
            key = external_key(entry)
            if key in delivered:
                reused = reused_external_reference(entry.external_reference, delivered[key])
                violations += under(path, [reused])
            delivered[key] = ""
        violations += _violations_of_content(entry, facts, path)
    return violations


def first_delivery_of(entry: InvoiceEntry, facts: Facts) -> str | None:
    """The invoice, in the books or on the sheet, that an earlier delivery has made which said the same word for word."""
    if entry.external_reference is None:
        return None
    content = content_fingerprint(entry)
    same = (each for each in _named_alike(entry, facts) if each.content_fingerprint == content)
    return next((each.id for each in same), None)


def violations_of_invoice(entry: InvoiceEntry, facts: Facts, path: Path) -> list[Violation]:
    """One entry on what is in the books, and on the sheet."""
    violations: list[Violation] = []
    if entry.number is not None:
        kind = entry.kind or InvoiceKind.INVOICE
        if any(each.kind is kind for each in facts.of(Invoice, "number", entry.number)):
            violations.append(_number_taken(entry.number, (*path, "number")))
    if entry.external_reference is not None:
        reference, known = entry.external_reference, _named_alike(entry, facts)
        violations += under(path, (reused_external_reference(reference, each.id) for each in known))
    return violations + _violations_of_content(entry, facts, path)


def violations_of_posted_entry(entry: InvoiceEntry, facts: Facts, path: Path) -> list[Violation]:
    """What posting would convert of an entry that breaks no other rule, within what the actor may post."""
    account = facts.named_record(Account, *path, "account")
    if account is None or not (entry.post and facts.settings.convert_negative_lines_on_posting):
        return []
    currency = entry.currency or account.currency
    totals = (line_total(line, minor_digits(currency)) for line in entry.lines)
    converted = -sum(min(0, total) for total in totals)
    return violations_of_limit(facts.approval_limits, currency, converted, (*path, "lines"))


def _named_alike(entry: InvoiceEntry, facts: Facts) -> list[Invoice]:
    """The invoice with the entry's external reference, if there is one."""
    if entry.external_reference is None:
        return []
    key = external_key(entry)
    found = facts.of(Invoice, "external_reference", entry.external_reference)
    return [each for each in found if external_key(each) == key]


def _violations_of_content(entry: InvoiceEntry, facts: Facts, path: Path) -> list[Violation]:
    account, violations = account_of(facts, (*path, "account"), entry.account)
    violations += violations_of_no_lines(entry.lines, (*path, "lines"))
    violations += violations_of_day(entry.invoice_date, facts.settings, (*path, "invoice_date"))
    currency = entry.currency or (account.currency if account else None)
    if currency is None:
        return violations
    unknown = violations_of_currency(currency, (*path, "currency"))
    if unknown:
        return violations + unknown
    numbers = [line.line_number or place for place, line in enumerate(entry.lines, start=1)]
    if len(set(numbers)) != len(numbers):
        violations.append(
            Violation(
                code=ViolationCode.DUPLICATE_LINE,
                message="Two lines have one line number.",
                path=(*path, "lines"),
            )
        )
    magnitude = 0
    for place, line in enumerate(entry.lines):
        size, wrong = _read_line(line, currency, (*path, "lines", place))
        violations += wrong
        magnitude += size
    if magnitude >= MAX_MINOR:
        violations.append(
            exceeds(
                ViolationCode.INVALID_AMOUNT,
                "The lines are too large together.",
                (*path, "lines"),
                magnitude,
                MAX_MINOR - 1,
                currency,
            )
        )
    return violations


def _read_line(entry: InvoiceLineEntry, currency: str, path: Path) -> tuple[int, list[Violation]]:
    """The line's magnitude with tax, or why it is not a line: one sign throughout, taxes that add up."""
    digits = minor_digits(currency)
    violations = violations_of_period(entry.service_start, entry.service_end, path)
    if entry.line_number is not None and entry.line_number < 1:
        violations.append(
            _invalid("A line number is 1 or more.", (*path, "line_number"), str(entry.line_number))
        )
    if entry.order_item is not None:
        violations += violations_of_quantity(entry.order_item.quantity, (*path, "order_item", "quantity"))
    amount, wrong = read_extended(entry.amount, entry.quantity, entry.unit_price, digits, path)
    violations += wrong
    given_tax = None
    if entry.tax_amount is not None:
        given_tax, wrong_tax = read_amount(entry.tax_amount, digits, (*path, "tax_amount"))
        violations += wrong_tax
    violations += violations_of_tax_items(entry.tax_items or [], digits, (*path, "tax_items"))
    if violations:
        return 0, violations
    taxes = [to_minor(item.amount, digits) for item in line_taxes(entry)]
    tax = sum(taxes)
    if entry.tax_items and given_tax is not None and given_tax != tax:
        violations.append(
            exceeds(
                ViolationCode.INVALID_AMOUNT,
                "The tax items do not add up to the tax amount.",
                (*path, "tax_amount"),
                given_tax,
                tax,
                currency,
            )
        )
    sign = amount or tax
    if any(each * sign < 0 for each in [amount, *taxes]):
        violations.append(
            _invalid(
                "A line and its taxes have one sign.",
                (*path, "tax_items"),
                amount_text(tax, currency),
            )
        )
    return abs(amount) + sum(map(abs, taxes)), violations


def violations_of_post_invoice(command: PostInvoice, facts: Facts) -> list[Violation]:
    """Only a draft is posted, and not into a closed period."""
    invoice = facts.named_record(Invoice, "invoice")
    if invoice is None:
        return [not_found("invoice", ("invoice",), asked_of(command.invoice))]
    return [
        *violations_of_version(invoice, command.expected_version, ("expected_version",)),
        *violations_of_postable_invoice(invoice, facts.settings),
    ]


def violations_of_postable_invoice(invoice: Invoice, settings: Settings) -> list[Violation]:
    """What keeps an invoice from being posted at all; `canPost` asks the same."""
    return [
        *violations_of_invoice_life(invoice, Operation.POST_INVOICE),
        *violations_of_day(invoice.invoice_date, settings, ("invoice",)),
    ]


def _number_taken(number: str, path: Path) -> Violation:
    return Violation(
        code=ViolationCode.NUMBER_TAKEN,
        message="Another document of this kind has the number.",
        path=path,
        asked=number,
    )


def _invalid(message: str, path: Path, asked: str) -> Violation:
    return Violation(code=ViolationCode.INVALID_AMOUNT, message=message, path=path, asked=asked)
