"""What a full credit takes is found once for judging and deciding, and anew when the sheet has changed in between."""

from decimal import Decimal

from app.domain.commands import CreateCreditMemoFromInvoice, InvoiceCreditEntry, InvoiceReference
from app.domain.crediting import credit_from_invoice
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice
from app.domain.line_credit import full_credits
from app.domain.vocabulary import TaxStrategy
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import invoice, line

FULL = CreateCreditMemoFromInvoice(invoice=InvoiceReference(id="inv_1"), full_credit=True)


def sheet_of_lines_of_both_signs() -> Worksheet:
    return sheet_of((invoice(total=500), line("invl_1", 1000), line("invl_2", -500)))


def found(sheet: Worksheet, command: CreateCreditMemoFromInvoice = FULL) -> list[int]:
    return [each.drawn.amount for each in full_credits(command, sheet, sheet.get(Invoice, "inv_1"))]


def credit_nothing_on_the_whole(sheet: Worksheet) -> None:
    """A positive line and a negative one by as much: the invoice's header says the same as before."""
    lines = [
        InvoiceCreditEntry(invoice_line_id=line_id, amount=Decimal(amount))
        for line_id, amount in (("invl_1", "1.00"), ("invl_2", "-1.00"))
    ]
    credit_from_invoice(sheet, CreateCreditMemoFromInvoice(invoice=InvoiceReference(id="inv_1"), lines=lines))


def test_what_judging_found_is_what_deciding_has() -> None:
    sheet = sheet_of_lines_of_both_signs()
    header = sheet.get(Invoice, "inv_1")
    assert full_credits(FULL, sheet, header) is full_credits(FULL, sheet, header)


def test_a_full_credit_is_found_anew_after_every_credit_of_the_same_invoice() -> None:
    sheet = sheet_of_lines_of_both_signs()
    assert found(sheet) == [1000, -500]
    credit_nothing_on_the_whole(sheet)
    assert found(sheet) == [900, -400]
    before = sheet.get(Invoice, "inv_1")
    credit_nothing_on_the_whole(sheet)
    assert sheet.get(Invoice, "inv_1") == before
    assert found(sheet) == [800, -300]


def test_another_command_finds_its_own() -> None:
    sheet = sheet_of_lines_of_both_signs()
    other = CreateCreditMemoFromInvoice(
        invoice=InvoiceReference(id="inv_1"), full_credit=True, tax_strategy=TaxStrategy.IGNORE
    )
    header = sheet.get(Invoice, "inv_1")
    [copied, *_] = full_credits(FULL, sheet, header)
    [ignoring, *_] = full_credits(other, sheet, header)
    assert copied.taking.strategy is TaxStrategy.COPY_FROM_INVOICE_LINE
    assert ignoring.taking.strategy is TaxStrategy.IGNORE
