"""When a memo may be created from an invoice, in full or from lines of it (Zuora, Conga; domain 4.8)."""

from collections.abc import Sequence

from app.domain.commands import CreateCreditMemoFromInvoice
from app.domain.crediting import is_applied_upon_posting
from app.domain.drawing import charged, creditable_total, taxes_of
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.line_credit import full_credits
from app.domain.money import amount_text
from app.domain.proration import Drawn, tax_left
from app.domain.tax_choice import strategy_of_memo
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import (
    AllocationRule,
    Operation,
    TaxStrategy,
    ViolationCode,
)
from app.validation.credited_lines import (
    read_lines,
    violations_of_drawn,
    violations_of_limit_of_credit,
    violations_of_line_names,
    violations_of_ordered_quantity,
    violations_of_tax_failure,
    violations_of_total_drawn,
    violations_of_total_of_lines,
)
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_invoice_life,
    violations_of_made_debit_memo,
    violations_of_no_lines,
    violations_of_version,
)
from app.validation.memos import violations_of_header
from app.validation.pairing import violations_of_pair_count
from app.validation.taxes import no_engine, tax_not_allowed

_FULL: Path = ("full_credit",)
_LINES: Path = ("lines",)


def violations_of_create_from_invoice(
    command: CreateCreditMemoFromInvoice, facts: Facts, at: Path = ()
) -> list[Violation]:
    """What `violations_of_credit_from_invoice` finds; and what is posted and applied in one step is never above the
    actor's limit, while a memo that is only posted waits for approval then.
    """
    if found := violations_of_credit_from_invoice(command, facts, at):
        return found
    invoice = facts.named_record(Invoice, *at, "invoice")
    if invoice is None or not (command.post and is_applied_upon_posting(command)):
        return []
    return under(at, violations_of_limit_of_credit(command, facts, invoice, ("post",)))


def violations_of_credit_from_invoice(
    command: CreateCreditMemoFromInvoice, facts: Facts, at: Path = ()
) -> list[Violation]:
    """Every line within what is creditable on it, all together within what the invoice can be drawn.

    `at`: where in the input the command stands, for one among many. A callback's answers that are still missing break
    no rule; what they decide is judged when they are there.
    """
    return under(at, _violations(command, facts, facts.named_record(Invoice, *at, "invoice")))


def violations_of_creditable_invoice(invoice: Invoice) -> list[Violation]:
    """What keeps any memo from being drawn from the invoice; `canCredit` asks the same.

    From a net-negative invoice nothing can be drawn: its way is conversion.
    """
    wrong = violations_of_invoice_life(
        invoice, Operation.CREATE_CREDIT_MEMO_FROM_INVOICE
    ) or violations_of_made_debit_memo(invoice)
    if wrong:
        return wrong
    if invoice.total_amount >= 0:
        return []
    message = "The invoice is negative as a whole: convert its negative lines instead (convertNegativeInvoiceLines)."
    return [_nothing(message, invoice, ("invoice",))]


def _violations(
    command: CreateCreditMemoFromInvoice, facts: Facts, invoice: Invoice | None
) -> list[Violation]:
    violations = violations_of_header(command, facts)
    if not command.full_credit:
        lines = command.lines or []
        violations += violations_of_no_lines(lines, _LINES)
        violations += violations_of_line_names([each.invoice_line_id for each in lines], facts)
    if invoice is None:
        return [*violations, not_found("invoice", ("invoice",), asked_of(command.invoice))]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    not_creditable = violations_of_creditable_invoice(invoice)
    violations += not_creditable
    if command.full_credit:
        violations += _violations_of_full_strategy(command, facts)
        if violations:
            return violations
        return _violations_of_full_credit(command, facts, invoice)
    return violations + _violations_of_lines(
        command, facts, invoice, refused=bool(violations), is_creditable=not not_creditable
    )


def _violations_of_lines(
    command: CreateCreditMemoFromInvoice,
    facts: Facts,
    invoice: Invoice,
    *,
    refused: bool,
    is_creditable: bool,
) -> list[Violation]:
    credited, violations = read_lines(command, facts, invoice, takes_zero=True)
    if not is_creditable:
        # What is left to credit on an invoice that gives no credit would say nothing.
        return violations
    refused = refused or bool(violations)
    balances, room = [None] * len(credited), creditable_total(invoice)
    violations += violations_of_drawn(credited, facts, balances, room)
    if all(each.credit.is_answered for each in credited):
        violations += violations_of_total_of_lines(credited, violations, invoice, balances, room)
        whole = [each.drawn for each in credited if each.is_whole]
        violations += _violations_of_whole(
            command, facts, invoice, whole, _LINES, refused=refused or bool(violations)
        )
    return violations


def _violations_of_full_strategy(command: CreateCreditMemoFromInvoice, facts: Facts) -> list[Violation]:
    strategy = strategy_of_memo(command, facts.settings)
    if strategy is TaxStrategy.MANUAL_OVERRIDE:
        others = ", ".join(each for each in TaxStrategy if each is not strategy)
        return [
            tax_not_allowed(
                "A full credit finds its tax: none can be given.",
                ("tax_strategy",),
                asked=strategy,
                allowed=others,
            )
        ]
    if strategy is TaxStrategy.CALCULATE and facts.settings.tax_engine is None:
        return [no_engine(("tax_strategy",))]
    return []


def _violations_of_full_credit(
    command: CreateCreditMemoFromInvoice, facts: Facts, invoice: Invoice
) -> list[Violation]:
    credits = full_credits(command, facts, invoice)
    if not credits:
        return [_nothing(_why_nothing_is_left(facts, invoice), invoice, _FULL)]
    violations = violations_of_ordered_quantity(((each, _FULL) for each in credits), facts)
    for each in credits:
        violations += violations_of_tax_failure(command, each.failure, _FULL)
    if not violations and all(each.is_answered for each in credits):
        drawn = [each.drawn for each in credits]
        violations = violations_of_total_drawn(drawn, invoice, _FULL)
        violations += _violations_of_whole(command, facts, invoice, drawn, _FULL, refused=False)
    return violations


def _why_nothing_is_left(facts: Facts, invoice: Invoice) -> str:
    """Tax that only a copy takes may be left, where earlier credits took amounts without theirs."""
    lines = facts.of(InvoiceLine, "invoice_id", invoice.id)
    if any(tax_left(charged(line, taxes_of(facts, line))) for line in lines):
        return "No amount is left to credit on the invoice; COPY_FROM_INVOICE_LINE would take the tax that is left."
    return "Nothing is left to credit on the invoice."


def _violations_of_whole(
    command: CreateCreditMemoFromInvoice,
    facts: Facts,
    invoice: Invoice,
    drawn: Sequence[Drawn],
    path: Path,
    *,
    refused: bool,
) -> list[Violation]:
    """The memo as a whole: not negative, and of as many lines as can be settled."""
    violations = []
    total = sum(each.total for each in drawn)
    if total < 0 and not refused:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A memo's total is not negative: credit positive lines with the negative ones.",
                path=path,
                asked=amount_text(total, invoice.currency),
                allowed="0 or more",
                ids=(invoice.id,),
            )
        )
    if command.post and is_applied_upon_posting(command):
        giving = (each.total for each in drawn)
        violations += violations_of_pair_count(
            AllocationRule.SOURCE_LINE, giving, facts, invoice.id, ("apply_to_invoice",)
        )
    return violations


def _nothing(message: str, invoice: Invoice, path: Path) -> Violation:
    return Violation(code=ViolationCode.NOTHING_CREDITABLE, message=message, path=path, ids=(invoice.id,))
