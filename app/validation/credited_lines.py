"""Rules about the lines of a credit of an invoice, each by itself and all together (domain 4.2, 4.8, 5)."""

from collections.abc import Iterable, Sequence

from app.domain.commands import CreateCreditMemoFromInvoice
from app.domain.drawing import creditable_total
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine, OrderItem
from app.domain.line_credit import CreditCommand, LineCredit, credits_of
from app.domain.money import MAX_SCALED
from app.domain.proration import Drawn
from app.domain.tax_engine import TaxFailure
from app.domain.violation import Path, Violation
from app.domain.vocabulary import OnTaxFailure, ViolationCode
from app.validation.amounts import exceeds, quantity_text
from app.validation.approval_limits import violations_of_limit
from app.validation.credited_line import (
    CreditedLine,
    exceeding,
    passes,
    read_credited_line,
    violations_of_credited_line,
)
from app.validation.documents import not_found
from app.validation.taxes import tax_engine_failed

LINES: Path = ("lines",)
LESS_ON_THE_INVOICE = "Less is left to credit on the invoice as a whole, with tax."


def violations_of_line_names(ids: Sequence[str], facts: Facts) -> list[Violation]:
    """Every invoice line exists, and none is named twice."""
    violations = []
    seen: set[str] = set()
    for place, id in enumerate(ids):
        path: Path = ("lines", place, "invoice_line_id")
        if facts.find(InvoiceLine, id) is None:
            violations.append(not_found("invoice line", path, id))
        elif id in seen:
            violations.append(
                Violation(
                    code=ViolationCode.DUPLICATE_LINE,
                    message="The line is named twice.",
                    path=path,
                    asked=id,
                    ids=(id,),
                )
            )
        seen.add(id)
    return violations


def read_lines(
    command: CreditCommand, facts: Facts, invoice: Invoice, *, takes_zero: bool
) -> tuple[list[CreditedLine], list[Violation]]:
    """The entries that name a line of the invoice, as they are meant; and what is wrong with them.

    `takes_zero`: whether data can be corrected, by an amount of 0.
    """
    found: list[CreditedLine] = []
    violations: list[Violation] = []
    seen: set[str] = set()
    for place, entry in enumerate(command.lines or ()):
        path: Path = ("lines", place)
        line = facts.find(InvoiceLine, entry.invoice_line_id)
        if line is None or line.id in seen:
            continue
        seen.add(line.id)
        if line.invoice_id != invoice.id:
            violations.append(_on_another_invoice(line, (*path, "invoice_line_id")))
            continue
        credited, wrong = read_credited_line(
            entry, command, facts, invoice, line, path, takes_zero=takes_zero
        )
        violations += wrong
        if credited is not None:
            found.append(credited)
            violations += violations_of_tax_failure(command, credited.credit.failure, path)
    return found, violations


def violations_of_tax_failure(
    command: CreditCommand, failure: TaxFailure | None, path: Path
) -> list[Violation]:
    """A line whose tax the engine cannot tell is refused, unless the memo may wait for it as a draft."""
    if failure is None:
        return []
    if isinstance(command, CreateCreditMemoFromInvoice) and command.on_tax_failure is OnTaxFailure.DRAFT:
        return []
    return [tax_engine_failed(failure, path)]


def _on_another_invoice(line: InvoiceLine, path: Path) -> Violation:
    return Violation(
        code=ViolationCode.LINE_NOT_ON_INVOICE,
        message="The line belongs to another invoice.",
        path=path,
        asked=line.id,
        ids=(line.invoice_id,),
    )


def violations_of_drawn(
    credited: Sequence[CreditedLine], facts: Facts, balances: Sequence[int | None], room: int
) -> list[Violation]:
    """Each line by itself, within what its line owes where that is given; `room`: what the invoice leaves for all."""
    judged = list(zip(credited, balances, strict=True))
    beside = sum(
        each.drawn.total for each, balance in judged if each.is_whole and passes(each, line_balance=balance)
    )
    violations = [
        violation
        for each, balance in judged
        for violation in violations_of_credited_line(each, line_balance=balance, room=room - beside)
    ]
    counted = ((each.credit, (*each.path, "quantity")) for each in credited)
    return violations + violations_of_ordered_quantity(counted, facts)


def violations_of_ordered_quantity(
    credits: Iterable[tuple[LineCredit, Path]], facts: Facts
) -> list[Violation]:
    """The sum on an order item is no cap, but stays a quantity that can be kept."""
    violations = []
    counted: dict[str, int] = {}
    for credit, path in credits:
        item = facts.find(OrderItem, credit.line.order_item_id)
        if item is None or not credit.quantity:
            continue
        counted[item.id] = counted.get(item.id, item.quantity_credited) + credit.quantity
        if abs(counted[item.id]) >= MAX_SCALED:
            violations.append(
                Violation(
                    code=ViolationCode.INVALID_AMOUNT,
                    message="The order item's quantity credited would be too large to be kept.",
                    path=path,
                    asked=quantity_text(counted[item.id]),
                    allowed=quantity_text(MAX_SCALED - 1),
                    ids=(item.id,),
                )
            )
    return violations


def violations_of_total_drawn(drawn: Sequence[Drawn], invoice: Invoice, path: Path) -> list[Violation]:
    """All lines together, within what may be drawn from the invoice as a whole."""
    total = sum(each.total for each in drawn)
    if total <= (creditable := creditable_total(invoice)):
        return []
    return [_beyond_the_invoice(total, creditable, invoice, path)]


def violations_of_total_of_lines(
    credited: Sequence[CreditedLine],
    told: Sequence[Violation],
    invoice: Invoice,
    balances: Sequence[int | None],
    room: int,
) -> list[Violation]:
    """What `violations_of_total_drawn` finds, told of the one line where only one can be lowered.

    `told`: of each line by itself. Where what is left passes together, the sum of all is not told again.
    """
    whole = [(each, balance) for each, balance in zip(credited, balances, strict=True) if each.is_whole]
    total = sum(each.drawn.total for each, _ in whole)
    if total <= (creditable := creditable_total(invoice)):
        return []
    beyond = {each.path[:2] for each in told if each.code is ViolationCode.EXCEEDS_CREDITABLE_AMOUNT}
    if beyond:
        if sum(each.drawn.total for each, _ in whole if each.path not in beyond) <= creditable:
            return []
        return [_beyond_the_invoice(total, creditable, invoice, LINES)]
    giving = [(each, balance) for each, balance in whole if each.drawn.total > 0]
    if len(giving) > 1:
        return [_beyond_the_invoice(total, creditable, invoice, LINES)]
    [(line, balance)] = giving
    found = [(ViolationCode.EXCEEDS_CREDITABLE_AMOUNT, LESS_ON_THE_INVOICE)]
    return exceeding(line, found, line_balance=balance, room=room - (total - line.drawn.total))


def _beyond_the_invoice(total: int, creditable: int, invoice: Invoice, path: Path) -> Violation:
    return exceeds(
        ViolationCode.EXCEEDS_CREDITABLE_AMOUNT,
        LESS_ON_THE_INVOICE,
        path,
        total,
        creditable,
        invoice.currency,
        invoice.id,
    )


def violations_of_limit_of_credit(
    command: CreditCommand, facts: Facts, invoice: Invoice, path: Path
) -> list[Violation]:
    """A credit that is applied at once is not posted above the actor's limit; nothing else is wrong with the command.

    What a callback still has to tell is judged when it has; where its engine finds no tax, the memo becomes a draft.
    """
    if facts.approval_limits is None:
        return []
    credits = [each for each, _ in credits_of(command, facts, invoice)]
    if not all(each.is_answered and each.failure is None for each in credits):
        return []
    total = sum(each.drawn.total for each in credits)
    return violations_of_limit(facts.approval_limits, invoice.currency, total, path, invoice.id)
