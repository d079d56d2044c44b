"""What a direct credit memo is: a credit from an invoice, asked for in Conga's words (domain 4.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.commands import CreateCreditMemoFromInvoice, DirectCreditMemoEntry, InvoiceCreditEntry
from app.domain.crediting import credit_from_invoice
from app.domain.facts import Facts, Worksheet
from app.domain.job import JobItem
from app.domain.reading import read
from app.domain.record import Metadata
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import JobKind, ViolationCode
from app.repository.books import Books
from app.use_cases.credit_facts import facts_for_credit
from app.use_cases.job_work import Effect, JobWork, input_of
from app.validation.credit_from_invoice import violations_of_credit_from_invoice
from app.validation.direct_credit import violations_of_direct_entry

_WORDS = {
    "expected_version": "expected_invoice_version",
    "post": "auto_approve",
    "apply_to_invoice": "auto_apply",
    "tax_auto_calculation": "calculate_tax",
    "tax_strategy": "calculate_tax",
}
"""The command's word for a field -> the entry's."""


def credit_asked_for(entry: DirectCreditMemoEntry) -> CreateCreditMemoFromInvoice:
    """The same in the words of createCreditMemoFromInvoice. autoApply without autoApprove is ignored (Conga)."""
    lines = entry.lines
    return CreateCreditMemoFromInvoice(
        invoice=entry.invoice,
        expected_version=entry.expected_invoice_version,
        full_credit=entry.full_credit,
        lines=None
        if lines is None
        else [InvoiceCreditEntry(invoice_line_id=each.invoice_line_id, amount=each.amount) for each in lines],
        reason_code=entry.reason_code,
        template=entry.template,
        tax_auto_calculation=entry.calculate_tax,
        on_tax_failure=entry.on_tax_failure,
        post=entry.auto_approve,
        apply_to_invoice=entry.auto_approve and entry.auto_apply,
    )


def _entry(options: Metadata, item: JobItem) -> DirectCreditMemoEntry:
    return read(DirectCreditMemoEntry, input_of(options, item))


async def _facts(books: Books, entries: Mapping[Path, DirectCreditMemoEntry]) -> Facts:
    return await facts_for_credit(books, {at: credit_asked_for(each) for at, each in entries.items()})


def _judge(entry: DirectCreditMemoEntry, facts: Facts, at: Path) -> list[Violation]:
    """What is wrong by both rules is told once, in the words of the direct one. Above a limit the memo waits, also one
    that is to be applied.
    """
    own = under(at, violations_of_direct_entry(entry, facts))
    told = {(each.code, each.path) for each in own}
    general = violations_of_credit_from_invoice(credit_asked_for(entry), facts, at)
    renamed = [replace(each, path=_in_own_words(each.path)) for each in general]
    return own + [each for each in renamed if (each.code, each.path) not in told]


def _in_own_words(path: Path) -> Path:
    return tuple(_WORDS.get(part, part) if isinstance(part, str) else part for part in path)


def _decide(sheet: Worksheet, entry: DirectCreditMemoEntry, at: Path) -> Effect:
    memo_id, application_id = credit_from_invoice(sheet, credit_asked_for(entry), at)
    return Effect(credit_memo_id=memo_id, application_id=application_id)


def _has_nothing_left(entry: DirectCreditMemoEntry, violations: Sequence[Violation]) -> bool:
    """Of a full credit; lines that name what is not there are refused."""
    return entry.full_credit and [each.code for each in violations] == [ViolationCode.NOTHING_CREDITABLE]


DIRECT = JobWork(
    kind=JobKind.DIRECT_CREDIT_MEMOS,
    command_of=_entry,
    facts=_facts,
    judge=_judge,
    decide=_decide,
    has_nothing_to_do=_has_nothing_left,
)
