"""What jobs of a kind do with their items: judged and decided one after another, on one sheet."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.domain.facts import Facts, Worksheet
from app.domain.job import JobItem, stored_violation
from app.domain.record import Metadata
from app.domain.tax_engine import TaxQuestion, Unanswered
from app.domain.violation import Path, Violation, most_basic_first
from app.domain.vocabulary import JobItemOutcome, JobKind
from app.repository.books import Books

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWork(Generic[C]):
    """A kind of job. `at` is where among the items a command stands, before every path of it."""

    kind: JobKind
    command_of: Callable[[Metadata, JobItem], C]
    """From the job's options and the item's input."""
    facts: Callable[[Books, Mapping[Path, C]], Awaitable[Facts]]
    judge: Callable[[C, Facts, Path], list[Violation]]
    decide: Callable[[Worksheet, C, Path], tuple[str, str | None]]
    """Puts the effect down; the memo made, without a number yet, and its application."""
    has_nothing_to_do: Callable[[C, Sequence[Violation]], bool]
    """Whether that is all that is wrong: such an item is skipped, not refused."""


def input_of(options: Metadata, item: JobItem) -> Metadata:
    """The item's command as JSON: what the items share, what it says itself, else the invoice it stands for."""
    own = {"invoice": {"id": item.invoice_id}} if item.input is None else item.input
    return options | own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of an item; the violations' paths are in the item's own input."""

    outcome: JobItemOutcome
    credit_memo_id: str | None = None
    application_id: str | None = None
    violations: tuple[Violation, ...] = ()


def fates_of(work: JobWork[C], sheet: Worksheet, commands: Mapping[Path, C]) -> list[Fate]:
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
    if callback is not None:
        raise Unanswered(callback, questions)
    return fates


def _fate(work: JobWork[C], sheet: Worksheet, command: C, at: Path) -> Fate:
    if found := work.judge(command, sheet, at):
        violations = most_basic_first(replace(each, path=each.path[len(at) :]) for each in found)
        is_skipped = work.has_nothing_to_do(command, violations)
        return Fate(
            outcome=JobItemOutcome.SKIPPED if is_skipped else JobItemOutcome.REFUSED, violations=violations
        )
    memo_id, application_id = work.decide(sheet, command, at)
    return Fate(outcome=JobItemOutcome.DONE, credit_memo_id=memo_id, application_id=application_id)


def settled(item: JobItem, fate: Fate, facts: Facts) -> JobItem:
    """The item with its outcome."""
    return replace(
        item,
        outcome=fate.outcome,
        credit_memo_id=fate.credit_memo_id,
        application_id=fate.application_id,
        violations=[stored_violation(each) for each in fate.violations] or None,
        log_id=facts.stamp.log_id,
        recorded_at=facts.stamp.now,
    )
