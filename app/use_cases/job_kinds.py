"""Every kind of job, by its name."""

from collections.abc import Sequence
from typing import Any

from app.domain.commands import ConvertNegativeInvoiceLines
from app.domain.facts import Worksheet
from app.domain.job import JobItem
from app.domain.reading import read
from app.domain.record import Metadata
from app.domain.violation import Path, Violation
from app.domain.vocabulary import JobKind, ViolationCode
from app.use_cases.auto_apply_work import AUTO_APPLICATIONS
from app.use_cases.convert import convert, facts_for_convert
from app.use_cases.direct_work import DIRECT
from app.use_cases.import_work import INVOICE_IMPORTS
from app.use_cases.job_work import Effect, JobWork, input_of
from app.use_cases.write_off_work import WRITE_OFFS
from app.validation.convert import violations_of_convert


def _conversion(options: Metadata, item: JobItem) -> ConvertNegativeInvoiceLines:
    return read(ConvertNegativeInvoiceLines, input_of(options, item))


def _convert(sheet: Worksheet, command: ConvertNegativeInvoiceLines, at: Path) -> Effect:
    memo_id, application_id = convert(sheet, command, at)
    return Effect(credit_memo_id=memo_id, application_id=application_id)


def _has_no_line_left(command: ConvertNegativeInvoiceLines, violations: Sequence[Violation]) -> bool:
    return [each.code for each in violations] == [ViolationCode.NO_LINES]


CONVERSIONS = JobWork(
    kind=JobKind.NEGATIVE_LINE_CONVERSIONS,
    command_of=_conversion,
    facts=facts_for_convert,
    judge=violations_of_convert,
    decide=_convert,
    has_nothing_to_do=_has_no_line_left,
)

KINDS: dict[JobKind, JobWork[Any]] = {
    work.kind: work for work in (CONVERSIONS, DIRECT, INVOICE_IMPORTS, AUTO_APPLICATIONS, WRITE_OFFS)
}
