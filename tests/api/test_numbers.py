"""Numbers as a client meets them: none yet on a draft of a gapless sequence, and an entity without a sequence."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.entity import Settings
from tests.support.books import SEQUENCES, open_books
from tests.support.service import Service, mutation_document

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
