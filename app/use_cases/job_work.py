"""What jobs of a kind do with their items: judged and decided one after another, on one sheet."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.domain.facts import Facts, Worksheet
from app.domain.job import JobItem, stored_violation
from app.domain.record import Metadata, changed
from app.domain.tax_engine import TaxQuestion, Unanswered
from app.domain.violation import Path, Violation, most_basic_first
from app.domain.vocabulary import JobItemOutcome, JobKind
from app.repository.books import Books
from app.repository.jobs import line_counts
from app.use_cases.numbering import ids_to_number, number_invoices, number_memos

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an item has put down: ids of the invoice made, of the memo made, and of its application.

    Invoices and memos have no number yet, unless they were given one.
    """

    invoice_id: str | None = None
    credit_memo_id: str | None = None
    application_id: str | None = None
    planned: Sequence[Metadata] | None = None
    """Of a preview: what would have been put down. Nothing was."""


def was_never_delivered(command: object, facts: Facts) -> str | None:
    """Of kinds whose items nobody delivers twice."""
    return None


async def lines_of_invoices(books: Books, items: Sequence[JobItem]) -> list[int]:
    """Those of the invoices that the items are about."""
    counts = await line_counts(books, [each.invoice_id for each in items if each.invoice_id])
    return [counts.get(each.invoice_id or "", 0) for each in items]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWork(Generic[C]):
    """A kind of job. `at` is where among the items a command stands, before every path of it."""

    kind: JobKind
    command_of: Callable[[Metadata, JobItem], C]
    """From the job's options and the item's input."""
    facts: Callable[[Books, Mapping[Path, C]], Awaitable[Facts]]
    judge: Callable[[C, Facts, Path], list[Violation]]
    decide: Callable[[Worksheet, C, Path], Effect | None]
    """None where nothing broke a rule and there was nothing to do: the item is skipped."""
    has_nothing_to_do: Callable[[C, Sequence[Violation]], bool]
    """Whether that is all that is wrong: such an item is skipped, not refused."""
    delivered: Callable[[C, Facts], str | None] = was_never_delivered
    """The invoice that an earlier delivery, word for word the same, has made: the item is skipped and names it."""
    lines: Callable[[Books, Sequence[JobItem]], Awaitable[Sequence[int]]] = lines_of_invoices
    """How many invoice lines the work on each item goes over."""


def input_of(options: Metadata, item: JobItem) -> Metadata:
    """The item's command as JSON: what the items share, what it says itself, else the invoice it stands for."""
    own = {"invoice": {"id": item.invoice_id}} if item.input is None else item.input
    return options | own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of an item; the violations' paths are in the item's own input."""

    outcome: JobItemOutcome
    effect: Effect = Effect()
    violations: tuple[Violation, ...] = ()


async def fates_of(
    books: Books, work: JobWork[C], sheet: Worksheet, commands: Mapping[Path, C]
) -> list[Fate]:
    """Judge and decide each on what those before it have put down on the sheet.

    Raises Unanswered with the questions of all of them, so that they are asked at once.
    """
    fates, questions, callback = [], list[TaxQuestion](), None
    for at, command in commands.items():
        try:
            fates.append(_fate(work, sheet, command, at))
        except Unanswered as unanswered:
            callback = unanswered.callback
            questions += unanswered.questions
        await books.breathe()
    if callback is not None:
        raise Unanswered(callback, questions)
    return fates


def _fate(work: JobWork[C], sheet: Worksheet, command: C, at: Path) -> Fate:
    if first := work.delivered(command, sheet):
        return Fate(outcome=JobItemOutcome.SKIPPED, effect=Effect(invoice_id=first))
    if found := work.judge(command, sheet, at):
        violations = most_basic_first(replace(each, path=each.path[len(at) :]) for each in found)
        is_skipped = work.has_nothing_to_do(command, violations)
        return Fate(
            outcome=JobItemOutcome.SKIPPED if is_skipped else JobItemOutcome.REFUSED, violations=violations
        )
    effect = work.decide(sheet, command, at)
    if effect is None or effect.planned is not None:
        return Fate(outcome=JobItemOutcome.SKIPPED, effect=effect or Effect())
    return Fate(outcome=JobItemOutcome.DONE, effect=effect)


def ids_to_change(sheet: Worksheet, fates: Sequence[Fate]) -> frozenset[str]:
    """Of the records that `number_effects` changes."""
    made = [each.effect for each in fates if each.outcome is JobItemOutcome.DONE]
    return ids_to_number(
        sheet, [id for each in made for id in (each.invoice_id, each.credit_memo_id) if id is not None]
    )


async def number_effects(books: Books, sheet: Worksheet, fates: Sequence[Fate]) -> None:
    """Numbers for all that was made, in order: of invoices, then of memos."""
    made = [each.effect for each in fates if each.outcome is JobItemOutcome.DONE]
    await number_invoices(books, sheet, [each.invoice_id for each in made if each.invoice_id])
    await number_memos(books, sheet, [each.credit_memo_id for each in made if each.credit_memo_id])


def settled(item: JobItem, fate: Fate, facts: Facts) -> JobItem:
    """The item with its outcome."""
    return changed(
        item,
        outcome=fate.outcome,
        invoice_id=fate.effect.invoice_id or item.invoice_id,
        credit_memo_id=fate.effect.credit_memo_id,
        application_id=fate.effect.application_id,
        violations=[stored_violation(each) for each in fate.violations] or None,
        planned=list(fate.effect.planned or ()) or None,
        log_id=facts.stamp.log_id,
        recorded_at=facts.stamp.now,
    )
