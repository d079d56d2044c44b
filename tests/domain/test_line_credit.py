"""What a credit of an invoice line is made of: what the engine finds, what the caller gives, what is counted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import CreateCreditMemoFromInvoice, InvoiceCreditEntry, InvoiceReference, TaxItem
from app.domain.credit_memo import CreditMemoLine, CreditMemoLineTax
from app.domain.crediting import draft_from_invoice
from app.domain.entity import Settings, TaxCallback
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.line_credit import credits_of, strategies_of
from app.domain.tax_engine import (
    AnsweredTax,
    SourceTax,
    TaxAnswer,
    TaxAnswers,
    TaxFailure,
    TaxQuestion,
    Unanswered,
)
from app.domain.vocabulary import TaxEngineKind, TaxMode, TaxStatus, TaxStrategy
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import invoice, line, tax

SERVER = TaxCallback(id="txc_1", url="http://127.0.0.1/", secret="secret", timeout_milliseconds=1000)
QUANTITY = 3_000_000
GIVEN, CALCULATE = TaxStrategy.MANUAL_OVERRIDE, TaxStrategy.CALCULATE


def sheet(answers: TaxAnswers | None = None) -> Worksheet:
    """An invoice of 100.00 + 8.25 for three, of an entity whose tax a server finds."""
    billed = line(tax=825, quantity=QUANTITY, tax_code="SAAS", jurisdiction="TEXAS", sku="SEAT")
    made = sheet_of((invoice(total=10825), billed, tax(jurisdiction="TEXAS", code="SAAS"), SERVER))
    made.settings = made.facts.settings = Settings(tax_engine=TaxEngineKind.CALLBACK)
    made.tax_answers = answers or {}
    return made


def of_line(**said: Any) -> CreateCreditMemoFromInvoice:
    entry = InvoiceCreditEntry(invoice_line_id="invl_1", **said)
    return CreateCreditMemoFromInvoice(invoice=InvoiceReference(id="inv_1"), lines=[entry])


def of_all(**said: Any) -> CreateCreditMemoFromInvoice:
    return CreateCreditMemoFromInvoice(invoice=InvoiceReference(id="inv_1"), full_credit=True, **said)


def question(amount: int, mode: TaxMode = TaxMode.EXCLUSIVE) -> TaxQuestion:
    source = SourceTax(
        id="invt_1",
        name="invt_1",
        code="SAAS",
        jurisdiction="TEXAS",
        location_code=None,
        rate=None,
        rate_type=None,
        tax_date=date(2026, 1, 10),
        amount=825,
    )
    return TaxQuestion(
        currency="USD",
        digits=2,
        tax_date=date(2026, 1, 10),
        sku="SEAT",
        tax_code="SAAS",
        jurisdiction="TEXAS",
        mode=mode,
        amount=amount,
        invoice_line_id="invl_1",
        invoice_line_amount=10000,
        sources=(source,),
    )


FIFTY = Decimal("50.00")
ASKED = [
    pytest.param(of_line(amount=FIFTY, tax_strategy=CALCULATE), question(5000), id="a line"),
    pytest.param(
        of_line(amount=FIFTY, tax_strategy=CALCULATE, tax_mode=TaxMode.INCLUSIVE),
        question(5000, TaxMode.INCLUSIVE),
        id="with its tax",
    ),
    pytest.param(
        of_line(quantity=Decimal(1), tax_strategy=CALCULATE), question(3333), id="what the quantity comes to"
    ),
    pytest.param(of_all(tax_strategy=CALCULATE), question(10000), id="all that is left"),
]


@pytest.mark.parametrize(("command", "asked"), ASKED)
def test_the_server_is_asked_before_anything_is_put_down(
    command: CreateCreditMemoFromInvoice, asked: TaxQuestion
) -> None:
    unasked = sheet()
    with pytest.raises(Unanswered) as raised:
        draft_from_invoice(unasked, command)
    assert raised.value.questions == (asked,)
    assert unasked.changes().new == ()
    [[credit, _]] = credits_of(command, unasked, unasked.get(Invoice, "inv_1"))
    assert not credit.is_answered


@pytest.mark.parametrize(("command", "asked"), ASKED)
def test_what_the_server_has_answered_is_the_tax(
    command: CreateCreditMemoFromInvoice, asked: TaxQuestion
) -> None:
    answer = TaxAnswer(items=(AnsweredTax(amount=200, jurisdiction="TEXAS", rate=4_000_000),))
    answered = sheet({asked: answer})
    [[credit, _]] = credits_of(command, answered, answered.get(Invoice, "inv_1"))
    assert credit.is_answered
    draft = draft_from_invoice(answered, command)
    contained = 200 if asked.mode is TaxMode.INCLUSIVE else 0
    assert (draft.charge_amount, draft.tax_amount) == (asked.amount - contained, 200)
    [item] = answered.every(CreditMemoLineTax)
    assert (item.amount, item.rate, item.source_tax_item_id) == (200, 4_000_000, "invt_1")
    [drawn] = answered.every(CreditMemoLine)
    assert drawn.amount_to_tax is None


@pytest.mark.parametrize(("command", "asked"), ASKED)
def test_a_line_whose_tax_the_server_cannot_tell_keeps_what_was_asked_for(
    command: CreateCreditMemoFromInvoice, asked: TaxQuestion
) -> None:
    failed = sheet({asked: TaxFailure("It is closed.")})
    draft = draft_from_invoice(failed, command)
    assert (draft.tax_amount, draft.tax_status) == (0, TaxStatus.ERROR)
    [drawn] = failed.every(CreditMemoLine)
    assert drawn.amount_to_tax == asked.amount


def test_items_that_are_given_are_kept_as_they_are_given_each_with_what_it_credits() -> None:
    given = [
        TaxItem(amount=Decimal("1.00"), name="Corrected", source_tax_item_id="invt_1"),
        TaxItem(amount=Decimal("0.50"), name="Elsewhere", jurisdiction="OHIO"),
    ]
    drawn = sheet()
    draft_from_invoice(drawn, of_line(amount=FIFTY, tax_strategy=GIVEN, tax_items=given))
    items = [(each.name, each.amount, each.source_tax_item_id) for each in drawn.every(CreditMemoLineTax)]
    assert items == [("Corrected", 100, "invt_1"), ("Elsewhere", 50, None)]


def test_a_tax_that_is_given_as_one_number_is_a_part_of_the_charged_items() -> None:
    drawn = sheet()
    draft_from_invoice(drawn, of_line(amount=FIFTY, tax_strategy=GIVEN, tax_amount=Decimal("1.00")))
    [item] = drawn.every(CreditMemoLineTax)
    assert (item.name, item.amount, item.source_tax_item_id) == ("invt_1", 100, "invt_1")


@pytest.mark.parametrize(
    ("command", "counted", "prorated"),
    [
        (of_line(quantity=Decimal(1)), 1_000_000, (1_000_000, 3333)),
        (of_line(quantity=Decimal(1), amount=FIFTY), 1_000_000, (0, 0)),
        (of_line(amount=FIFTY), 0, (0, 0)),
        (of_all(), QUANTITY, (0, 0)),
    ],
    ids=["a quantity alone", "a quantity beside an amount", "an amount", "all that is left"],
)
def test_only_an_amount_that_was_found_from_a_quantity_is_part_of_the_next_one_s_proportion(
    command: CreateCreditMemoFromInvoice, counted: int, prorated: tuple[int, int]
) -> None:
    drawn = sheet()
    draft_from_invoice(drawn, command)
    source = drawn.get(InvoiceLine, "invl_1")
    assert source.quantity_credited == counted
    assert (source.quantity_prorated, source.amount_prorated) == prorated
    [made] = drawn.every(CreditMemoLine)
    assert made.amount_prorated is (prorated != (0, 0))


def test_a_line_without_a_quantity_has_none_to_credit() -> None:
    counted_by_nobody = sheet_of((invoice(), line()))
    draft_from_invoice(counted_by_nobody, of_all())
    [made] = counted_by_nobody.every(CreditMemoLine)
    assert (made.quantity, made.amount) == (None, 10000)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (of_line(tax_strategy=GIVEN), {GIVEN}),
        (of_all(tax_strategy=CALCULATE), {CALCULATE}),
        (of_line(), {TaxStrategy.COPY_FROM_INVOICE_LINE}),
        (CreateCreditMemoFromInvoice(invoice=InvoiceReference(id="inv_1")), set()),
    ],
)
def test_the_strategies_of_a_command_are_those_of_its_lines(
    command: CreateCreditMemoFromInvoice, expected: set[TaxStrategy]
) -> None:
    assert strategies_of(command, Settings()) == expected
