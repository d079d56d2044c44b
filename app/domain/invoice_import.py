"""An import of invoices: a file that is read into a job, and taken in by its workers (domain 4.12)."""

from dataclasses import asdict, dataclass

from app.domain.commands import Command, InvoiceEntry
from app.domain.commands.fields import required
from app.domain.job import Job
from app.domain.record import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedInvoice:
    """An item's input. `rows` are the file's rows that made the invoice; where each line has its own, line n is the
    row at place n.
    """

    rows: list[int]
    invoice: InvoiceEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """The options of an import's job: what is read into it, and how far.

    `content`: SHA-256 of the file. `offset`, `row`: the byte where reading goes on, and the number of the row that
    begins there. `unreadable`: invoices before it that are no items, because they could not be read.
    """

    content: str
    format: str
    path: str
    offset: int = 0
    row: int = 1
    unreadable: int = 0

    def as_options(self) -> Metadata:
        return asdict(self)


def reading_of(job: Job) -> FileReading:
    """How far the job's file has been read."""
    return FileReading(**job.options or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitInvoiceImport(Command):
    """Find or make the one job of a file's content, under a key that is made of it. No door has it: files are read by
    the terminal.
    """

    format: str = required("How the content is read.")
