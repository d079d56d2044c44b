"""Import files as tests write them, their import, and what is left of it."""

import csv
import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.domain.commands import AccountEntry, UpsertAccounts
from app.domain.job import Job
from app.domain.vocabulary import JobKind
from app.loading.invoices import Imported, InvoiceFile, import_invoices, submit_invoices
from tests.jobs.submitting import worker
from tests.support.books import TestBooks
from tests.support.preloaded import PreloadedProcess


async def with_account(books: TestBooks) -> None:
    await books.perform(UpsertAccounts(accounts=[AccountEntry(number="A-1", name="Acme", currency="USD")]))


def entry(amount: str, account: str = "A-1", **fields: Any) -> dict[str, Any]:
    return {
        "account": {"number": account},
        "invoiceDate": "2026-11-02",
        "lines": [{"amount": amount, "description": amount}],
        **fields,
    }


def json_lines(path: Path, *entries: object) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in entries), encoding="utf-8")
    return path


def described(books: TestBooks, path: Path, batch: int = 4) -> InvoiceFile:
    return InvoiceFile(
        path=path, format=path.suffix[1:], entity=books.entity, errors=errors_of(path), batch=batch
    )


async def imported(books: TestBooks, path: Path, *, batch: int = 4) -> Imported:
    return await import_invoices(books.database, described(books, path, batch), worker(books).work_on)


async def submitted(books: TestBooks, path: Path, *, batch: int = 4) -> Job:
    return await submit_invoices(books.database, described(books, path, batch))


async def imports(books: TestBooks) -> Sequence[Job]:
    """The jobs of imports, oldest first."""
    rows = await books.rows("SELECT id FROM job WHERE entity_id = :entity_id ORDER BY id")
    found = [await books.record(Job, id) for (id,) in rows]
    return [each for each in found if each.kind is JobKind.INVOICE_IMPORTS]


def killed(books: TestBooks, path: Path, batch: int, point: str, count: int) -> None:
    """A process that imports the file, from its start to its violent end."""
    with PreloadedProcess(
        "tests.loading.dying_import",
        books.place.url,
        books.entity.code,
        str(path),
        str(batch),
        point,
        str(count),
        output_file=path.with_name("import.log"),
    ) as process:
        assert process.wait() == -signal.SIGKILL, process.output()


def errors_of(path: Path) -> Path:
    return path.with_name(path.name + ".errors.jsonl")


def reported(path: Path) -> list[tuple[int, str, str]]:
    """Row, code and path of every reported fault, as they stand in the report."""
    lines = errors_of(path).read_text(encoding="utf-8").splitlines()
    return [(fault["row"], fault["code"], fault["path"]) for fault in map(json.loads, lines)]


async def amounts(books: TestBooks) -> list[str]:
    """The descriptions of all lines, which say the amounts they were delivered with."""
    rows = await books.rows("SELECT description FROM invoice_line WHERE entity_id = :entity_id")
    return sorted(description for (description,) in rows)


HEADER = ["invoice_number", "account_number", "invoice_date", "description", "amount", "tax_amount"]


def table(path: Path, *rows: list[str], header: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header or HEADER, *rows])
    return path


def row(number: str, amount: str, account: str = "A-1") -> list[str]:
    return [number, account, "2026-11-02", amount, amount, ""]
