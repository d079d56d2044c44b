"""Does verbs in one entity, by the numbers of documents."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from app.domain import commands as ask
from app.domain.actor import Actor
from app.domain.invoice_import import FileReading
from app.domain.vocabulary import Operation
from app.domain.writing import written
from app.repository.database import Database
from app.use_cases.run import perform
from app.use_cases.submit_import import add_to_import, begin_import
from app.use_cases.verbs import VERBS

DAY = dt.date(2026, 1, 15)


class Bookkeeper:
    """Does verbs in one entity and looks ids up by number."""

    def __init__(self, database: Database, entity_id: int) -> None:
        self.database = database
        self.actor = Actor(entity_id=entity_id, name="bookkeeper", permissions=frozenset())

    async def do(self, operation: Operation, command: ask.Command) -> dict[str, Any]:
        return (await perform(self.database, self.actor, VERBS[operation], command)).outcome

    async def lines(self, number: str) -> list[str]:
        statement = text(
            "SELECT l.id FROM invoice_line l JOIN invoice i ON i.entity_id = l.entity_id AND i.id = l.invoice_id"
            " WHERE l.entity_id = :entity_id AND i.number = :number ORDER BY l.line_number"
        )
        return await self._ids(statement, number)

    async def memo_lines(self, number: str) -> list[str]:
        statement = text(
            "SELECT l.id FROM credit_memo_line l JOIN credit_memo m ON m.entity_id = l.entity_id"
            " AND m.id = l.credit_memo_id WHERE l.entity_id = :entity_id AND m.number = :number"
            " ORDER BY l.line_number"
        )
        return await self._ids(statement, number)

    async def line_applications(self, application_id: str) -> list[str]:
        statement = text(
            "SELECT id FROM credit_memo_line_application"
            " WHERE entity_id = :entity_id AND application_id = :number ORDER BY sequence"
        )
        return await self._ids(statement, application_id)

    async def _ids(self, statement: Any, number: str) -> list[str]:
        async with self.database.snapshot(self.actor.entity_id) as snapshot:
            return [row.id for row in await snapshot.rows(statement, {"number": number})]

    async def invoice(self, number: str, lines: Sequence[ask.InvoiceLineEntry], **fields: Any) -> None:
        entry = ask.InvoiceEntry(
            account=ask.AccountReference(number=fields.pop("account", "ACME")),
            number=number,
            invoice_date=DAY,
            post=fields.pop("post", True),
            lines=list(lines),
            **fields,
        )
        await self.do(Operation.CREATE_INVOICES, ask.CreateInvoices(invoices=[entry]))

    async def memo(self, amounts: Sequence[str], **fields: Any) -> None:
        lines = [ask.MemoLineEntry(amount=Decimal(amount)) for amount in amounts]
        command = ask.CreateCreditMemo(
            account=ask.AccountReference(number=fields.pop("account", "ACME")),
            lines=fields.pop("lines", lines),
            post=fields.pop("post", True),
            **fields,
        )
        await self.do(Operation.CREATE_CREDIT_MEMO, command)

    async def credit(self, invoice: str, *lines: ask.InvoiceCreditEntry) -> str:
        command = ask.CreateAndApplyCreditMemo(
            invoice=ask.InvoiceReference(number=invoice), lines=list(lines)
        )
        outcome = await self.do(Operation.CREATE_AND_APPLY_CREDIT_MEMO, command)
        return str(outcome["application"])

    async def credit_from(self, invoice: str, *lines: ask.InvoiceCreditEntry, **fields: Any) -> str:
        command = ask.CreateCreditMemoFromInvoice(
            invoice=ask.InvoiceReference(number=invoice), lines=list(lines), **fields
        )
        return str((await self.do(Operation.CREATE_CREDIT_MEMO_FROM_INVOICE, command))["credit_memo"])

    async def apply(self, memo: str, **amounts: str) -> list[str]:
        """`INV_A="10.00"` applies to the invoice INV-A."""
        entries = [
            ask.ApplicationEntry(
                invoice=ask.InvoiceReference(number=invoice.replace("_", "-")), amount=Decimal(amount)
            )
            for invoice, amount in amounts.items()
        ]
        command = ask.ApplyCreditMemo(credit_memo=ask.CreditMemoReference(number=memo), applications=entries)
        return list((await self.do(Operation.APPLY_CREDIT_MEMO, command))["applications"])

    async def import_of(self, reading: FileReading) -> str:
        """The id of the job of the file."""
        return await self.database.transact(
            self.actor, Operation.SUBMIT_INVOICE_IMPORT, lambda books: begin_import(books, reading)
        )

    async def add_to_import(self, reading: FileReading, *numbers: str) -> None:
        """Drafts of one line each, as rows 1, 2 … of the file."""
        job_id = await self.import_of(reading)
        entries = [
            ask.InvoiceEntry(
                account=ask.AccountReference(number="ACME"),
                number=number,
                invoice_date=DAY,
                lines=[charge("1.00")],
            )
            for number in numbers
        ]
        inputs: list[dict[str, Any]] = [
            {"rows": [row], "invoice": written(each)} for row, each in enumerate(entries, start=1)
        ]
        await self.database.transact(
            self.actor,
            Operation.SUBMIT_INVOICE_IMPORT,
            lambda books: add_to_import(
                books, job_id, reading, inputs, replace(reading, row=len(inputs) + 1)
            ),
        )

    async def unapply(self, application_id: str, amount: str | None = None) -> None:
        command = ask.UnapplyCreditMemo(
            application_id=application_id, amount=None if amount is None else Decimal(amount)
        )
        await self.do(Operation.UNAPPLY_CREDIT_MEMO, command)

    async def pay(self, invoice: str, amount: str) -> str:
        command = ask.RecordPayment(invoice=ask.InvoiceReference(number=invoice), amount=Decimal(amount))
        return str((await self.do(Operation.RECORD_PAYMENT, command))["payment"])

    async def refund(self, memo: str, amount: str) -> str:
        command = ask.RefundCreditMemo(
            credit_memo=ask.CreditMemoReference(number=memo), amount=Decimal(amount)
        )
        return str((await self.do(Operation.REFUND_CREDIT_MEMO, command))["refund"])


def charge(amount: str, *taxes: str, **fields: Any) -> ask.InvoiceLineEntry:
    items = [
        ask.TaxItem(name=f"TAX {place}", amount=Decimal(tax)) for place, tax in enumerate(taxes, start=1)
    ]
    return ask.InvoiceLineEntry(amount=Decimal(amount), tax_items=items or None, **fields)


def credited(line: str, amount: str | None, **fields: Any) -> ask.InvoiceCreditEntry:
    return ask.InvoiceCreditEntry(
        invoice_line_id=line, amount=None if amount is None else Decimal(amount), **fields
    )
