"""Numbers as a client meets them: none yet on a draft of a gapless sequence, and an entity without a sequence."""

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.commands import Command
from app.domain.entity import Settings
from app.domain.reading import read
from app.domain.vocabulary import Operation
from app.use_cases.verbs import VERBS
from tests.api.examples import example
from tests.isolation.statements import statements
from tests.support.books import SEQUENCES, TestBooks, open_books
from tests.support.service import SUCCESS, Service, mutation_document

ACCOUNT = {"accounts": [{"number": "A", "name": "A", "currency": "USD"}]}
DRAFT = {
    "invoices": [
        {"account": {"number": "A"}, "invoiceDate": "2026-01-01", "lines": [{"amount": "1.00"}]},
    ]
}


async def test_a_draft_invoice_of_a_gapless_sequence_has_no_number_yet(
    service: Service, tmp_path: Path
) -> None:
    gapless = [replace(each, gapless=True) for each in SEQUENCES]
    books = await open_books(service.books.database, service.books.place, Settings(), sequences=gapless)
    service = Service(books, tmp_path)
    await service.mutate("upsertAccounts", ACCOUNT)
    made = await service.mutate("createInvoices", DRAFT, "invoices { id number }")
    [draft] = made["invoices"]
    assert draft["number"] is None
    asked = {"invoice": {"id": draft["id"]}}
    preview = await service.mutate("postInvoice", asked | {"dryRun": True}, "invoice { number }")
    assert preview["invoice"] == {"number": "INV-000001"}
    posted = await service.mutate("postInvoice", asked, "invoice { number version }")
    assert posted["invoice"] == {"number": "INV-000001", "version": 2}


async def test_a_missing_sequence_is_an_internal_error_that_the_log_explains(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    books = await open_books(service.books.database, service.books.place, Settings(), sequences=())
    service = Service(books, tmp_path)
    await service.mutate("upsertAccounts", ACCOUNT)
    asked = {"invoices": [DRAFT["invoices"][0] | {"post": True}]}
    response = await service.send(mutation_document("createInvoices"), {"input": asked})
    [error] = response.json()["errors"]
    assert error["message"] == "Internal error."
    assert error["extensions"].keys() == {"code", "errorId"}
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    for word in ("Traceback", "LookupError", "sequence", "File"):
        assert word not in response.text
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert error["extensions"]["errorId"] in record.getMessage()
    assert record.exc_info is not None
    assert "no number sequence for INVOICE" in str(record.exc_info[1])


def command_of_example(mutation: str, input: dict[str, Any]) -> Command:
    """What the mutation's input is to the use case."""
    [operation] = [each for each in Operation if each.replace("_", "") == mutation.upper()]
    return read(VERBS[operation].command, input)


NOT_TRIED = {"updateNumberSequences", "updateCreditMemo"}
"""The first locks sequences to change them; the other is a patch, which no file holds and `read` does not know."""


# SQLite has one writer: nobody waits for a number there who does not wait for the writer.
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("mutation", sorted(set(SUCCESS) - NOT_TRIED))
async def test_a_number_is_the_last_lock_that_a_command_takes(books: TestBooks, mutation: str) -> None:
    """Whoever waits behind it waits for the writing and the commit, and for nobody's locks, rules or arithmetic."""
    command = command_of_example(mutation, await example(books, mutation))
    with statements() as sent:
        await books.perform(command)
    first = next((n for n, each in enumerate(sent) if each.startswith("UPDATE number_sequence")), len(sent))
    behind = [each for each in sent[first:] if not each.startswith(("UPDATE number_sequence", "INSERT"))]
    assert [each for each in behind if re.search(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b", each)] == []
    asked = [each for each in behind if each.startswith("SELECT")]
    # Whether a caller has given a document the number that comes next.
    assert [
        each for each in asked if "FROM invoice WHERE" not in each or "invoice.number =" not in each
    ] == []
