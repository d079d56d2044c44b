"""Invoices from a file into the books, in batches: each exactly once, whatever ends the process between two steps."""

import asyncio
import fcntl
import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.domain.actor import Actor
from app.domain.commands import CreateInvoices
from app.domain.limits import DEFAULT_LIMITS
from app.domain.reading import camel, path_text
from app.domain.violation import Rejected, Violation
from app.domain.vocabulary import Operation, ViolationCode
from app.loading.batch_faults import BatchFaults, path_beside
from app.loading.deliveries import Delivery, DeliveryFile, JsonLines
from app.loading.error_report import UNREADABLE, ErrorReport, RefusedRow
from app.loading.invoice_csv import InvoiceCsv, row_place
from app.loading.progress_file import ImportProgress, ProgressFile, hash_of
from app.repository.database import Busy, Database
from app.repository.entities import Entity
from app.use_cases.run import Result, perform
from app.use_cases.verbs import VERBS

ACTOR = "import"
FORMATS: dict[str, Callable[[], DeliveryFile]] = {"csv": InvoiceCsv, "jsonl": JsonLines}
PATIENCE_SECONDS = (1, 2, 4, 8, 16)
"""How long to wait after each time that the database was busy; then the import gives up, to be resumed."""

Watch = Callable[[ImportProgress], None]


class ImportImpossible(Exception):
    """The import cannot begin, or not go on; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFile:
    """What to import and how; `batch`: invoices in one transaction, at most 1,000."""

    path: Path
    format: str
    entity: Entity
    errors: Path
    batch: int = 200
    resume: bool = False


async def import_invoices(
    database: Database, file: InvoiceFile, watch: Watch | None = None
) -> ImportProgress:
    """Bring every invoice of the file into the books or into the error report, and tell how many.

    A batch is sent under a key made from the file's content and the batch's place, and the progress is written after
    it: killed between the two, the next run sends the same again and is answered by the first one's result.
    Raises ImportImpossible.
    """
    with _only_import_of(file.path):
        progress_file = ProgressFile(file.path)
        progress = _begin(file, progress_file)
        progress_file.write(progress)
        with (
            ErrorReport(file.errors, progress.error_bytes) as report,
            closing(BatchFaults(progress_file.path, progress.batch_error_bytes)) as faults,
        ):
            run = _Import(
                database, file.entity, progress, faults, report, lambda: progress_file.write(progress), watch
            )
            try:
                deliveries = FORMATS[file.format]().deliveries(file.path, progress.place)
                while batch := list(itertools.islice(deliveries, progress.batch)):
                    await run.take(batch)
            except ValueError as error:
                if not progress.imported + progress.known + progress.refused:
                    # Nothing was sent: the mended file is a new import, not one to resume.
                    progress_file.remove()
                    faults.remove()
                raise ImportImpossible(str(error)) from error
        progress_file.remove()
        faults.remove()
    return progress


def _begin(file: InvoiceFile, progress_file: ProgressFile) -> ImportProgress:
    if not 1 <= file.batch <= DEFAULT_LIMITS.invoices:
        raise ImportImpossible(f"a batch has 1 to {DEFAULT_LIMITS.invoices} invoices")
    try:
        earlier = progress_file.read()
    except ValueError as error:
        raise ImportImpossible(f"{error}; delete it to begin again") from error
    content = hash_of(file.path)
    fresh = ImportProgress(content=content, entity=file.entity.code, format=file.format, batch=file.batch)
    if earlier is None:
        return fresh
    if not file.resume:
        raise ImportImpossible(
            f"an import of {file.path} was interrupted after row {earlier.place.row - 1}: --resume goes on;"
            f" delete {progress_file.path} to begin again"
        )
    if (earlier.content, earlier.entity, earlier.format) != (fresh.content, fresh.entity, fresh.format):
        raise ImportImpossible(
            f"{file.path}, its format or the entity is not what it was when the import was interrupted;"
            f" delete {progress_file.path} to begin again"
        )
    if earlier.error_bytes and (not file.errors.exists() or file.errors.stat().st_size < earlier.error_bytes):
        raise ImportImpossible(f"{file.errors} is not the error report of the interrupted import")
    faults = path_beside(progress_file.path)
    if earlier.batch_error_bytes and (
        not faults.exists() or faults.stat().st_size < earlier.batch_error_bytes
    ):
        raise ImportImpossible(f"{faults} of the interrupted import is missing or cut off")
    return earlier


@contextmanager
def _only_import_of(path: Path) -> Iterator[None]:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise ImportImpossible(f"another import of {path} is running") from error


class _Import:
    """One run over a file, batch by batch."""

    def __init__(
        self,
        database: Database,
        entity: Entity,
        progress: ImportProgress,
        faults: BatchFaults,
        report: ErrorReport,
        save: Callable[[], None],
        watch: Watch | None,
    ) -> None:
        self._database = database
        self._actor = Actor(entity_id=entity.id, name=ACTOR, permissions=frozenset())
        self._progress = progress
        self._faults = faults
        self._report = report
        self._save = save
        self._watch = watch

    async def take(self, batch: list[Delivery]) -> None:
        """Send what can be read; split what is refused, until only the faulty invoices are left out.

        How a batch is split is written down before its first part is sent, so that a resumed run sends the same parts.
        Faults turn up in the order of sending; the report gets them in the file's once the batch is through.
        """
        progress = self._progress
        if progress.pending is None:
            self._report_unreadable(batch)
            progress.pending = (
                [places] if (places := [n for n, each in enumerate(batch) if each.entry]) else []
            )
        while progress.pending:
            group = progress.pending.pop(0)
            progress.pending[:0] = await self._send(batch, group)
            self._checkpoint()
        self._report.add(self._faults.in_row_order())
        self._faults.forget()
        progress.pending = None
        progress.place = batch[-1].end
        self._checkpoint()

    async def _send(self, batch: list[Delivery], group: list[int]) -> list[list[int]]:
        """Nothing more to do, or the parts that the group is to be sent in."""
        entries = [entry for place in group if (entry := batch[place].entry) is not None]
        command = CreateInvoices(idempotency_key=self._key(batch, group), invoices=entries)
        try:
            result = await self._patiently(command)
        except Rejected as rejected:
            if any(each.code is ViolationCode.IDEMPOTENCY_KEY_REUSED for each in rejected.violations):
                message = "another version of this program began this import: finish it with that one"
                raise ImportImpossible(message) from rejected
            if len(group) > 1:
                return _parts(group, rejected.violations)
            self._faults.add([_refused(batch[group[0]], each) for each in rejected.violations])
            self._progress.refused += 1
            return []
        created: int = 0 if result.replayed else result.outcome["created"]
        self._progress.imported += created
        self._progress.known += len(group) - created
        return []

    async def _patiently(self, command: CreateInvoices) -> Result:
        for seconds in PATIENCE_SECONDS:
            try:
                result = await perform(self._database, self._actor, VERBS[Operation.CREATE_INVOICES], command)
            except Busy:
                await asyncio.sleep(seconds)
            else:
                return result
        raise ImportImpossible("the database stays busy; --resume goes on when it is not")

    def _key(self, batch: list[Delivery], group: list[int]) -> str:
        """The same for the same invoices of the same content, whenever they are sent."""
        rows = ",".join(str(batch[place].rows[0]) for place in group)
        return "import-" + hashlib.sha256(f"{self._progress.content}:{rows}".encode()).hexdigest()

    def _report_unreadable(self, batch: list[Delivery]) -> None:
        unreadable = [each for each in batch if each.entry is None]
        for delivery in unreadable:
            self._faults.add(
                [
                    RefusedRow(
                        row=each.row,
                        invoice=delivery.number,
                        code=UNREADABLE,
                        path=path_text(each.fault.path),
                        message=each.fault.message,
                    )
                    for each in delivery.faults
                ]
            )
        self._progress.refused += len(unreadable)

    def _checkpoint(self) -> None:
        self._progress.error_bytes = self._report.size
        self._progress.batch_error_bytes = self._faults.size
        self._save()
        if self._watch is not None:
            self._watch(self._progress)


def _parts(group: list[int], violations: tuple[Violation, ...]) -> list[list[int]]:
    """The invoices that no violation names together, then the others each alone; halves where none is named.

    One that is named may still pass alone: two of the same number are both right, if the first one is.
    """
    named: set[int] = set()
    for each in violations:
        match each.path:
            case ("invoices", int(place), *_):
                named.add(place)
    others = [place for n, place in enumerate(group) if n not in named]
    if named:
        return [*([others] if others else []), *([group[n]] for n in sorted(named))]
    return [group[: len(group) // 2], group[len(group) // 2 :]]


def _refused(delivery: Delivery, violation: Violation) -> RefusedRow:
    path = tuple(camel(part) if isinstance(part, str) else part for part in violation.path[2:])
    place = row_place(path)
    return RefusedRow(
        row=delivery.rows[place if place < len(delivery.rows) else 0],
        invoice=delivery.number,
        code=violation.code,
        path=path_text(path),
        message=violation.message,
        asked=violation.asked,
        allowed=violation.allowed,
    )
