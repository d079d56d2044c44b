"""When the tax of a draft may be calculated again, and what it then draws: of an invoice of 100.00 + 8.25."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.calculated_tax import question_of_credit
from app.domain.commands import (
    RecalculateTax,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Settings
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.recalculation import Recalculated, calculated_lines, put_recalculated, recalculated
from app.domain.record import Record
from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)
from app.validation.recalculate import violations_of_recalculate
from tests.rules.facts import Seen, facts, invoice, line, memo, memo_line, seen, tax
from tests.rules.test_calculated_tax_rules import BUILT_IN, CALLBACK, MEMO, NAMED, SERVER, rate


def draft(total: int, **said: Any) -> CreditMemo:
    said = {
        "status": CreditMemoStatus.DRAFT,
        "source": CreditMemoSource.INVOICE,
        "invoice_id": "inv_1",
        **said,
    }
    return memo(total=total, **said)


def draft_line(amount: int, taxed: int = 0, **said: Any) -> CreditMemoLine:
    return memo_line(
        **{
            "amount": amount,
            "tax_amount": taxed,
            "total_amount": amount + taxed,
            "balance": amount + taxed,
            "tax_strategy": TaxStrategy.CALCULATE,
            "source_invoice_line_id": "invl_1",
            **said,
        }
    )


def draft_tax(amount: int) -> CreditMemoLineTax:
    return CreditMemoLineTax(
        id="cmt_1",
        credit_memo_id="cm_1",
        credit_memo_line_id="cml_1",
        ordinal=1,
        currency="USD",
        source_tax_item_id="invt_1",
        jurisdiction="TEXAS",
        code="SAAS",
        name="SALES TAX",
        amount=amount,
    )


def charged(
    credited: int = 0, tax_credited: int = 0, copied: int | None = None
) -> tuple[Invoice, InvoiceLine, InvoiceLineTax]:
    """The invoice after credits of so much, the draft among them."""
    return (
        invoice(total=10825, credited_amount=credited + tax_credited),
        line(
            tax=825,
            tax_code="SAAS",
            jurisdiction="TEXAS",
            amount_credited=credited,
            amount_copied=credited if copied is None else copied,
            tax_credited=tax_credited,
        ),
        tax(
            code="SAAS",
            jurisdiction="TEXAS",
            name="SALES TAX",
            credited_amount=tax_credited,
            copied_amount=tax_credited,
        ),
    )


def known(*records: Record, settings: Settings = BUILT_IN) -> Facts:
    return facts(*records, named=NAMED, settings=settings)


def refused(given: Facts, **said: Any) -> list[Seen]:
    return seen(violations_of_recalculate(RecalculateTax(credit_memo=MEMO, **said), given))


def put(given: Facts) -> Worksheet:
    """The draft calculated again."""
    assert refused(given) == []
    sheet = Worksheet(given)
    found = [
        recalculated(given, given.get(CreditMemo, "cm_1"), each)
        for each in calculated_lines(given, given.get(CreditMemo, "cm_1"))
    ]
    put_recalculated(
        sheet, given.get(CreditMemo, "cm_1"), [each for each in found if isinstance(each, Recalculated)]
    )
    return sheet


def drawn_of(sheet: Worksheet) -> list[int]:
    """What is drawn with tax, then of the line without tax and its automatic part, then the same of the tax."""
    source, item = sheet.get(InvoiceLine, "invl_1"), sheet.get(InvoiceLineTax, "invt_1")
    return [
        sheet.get(Invoice, "inv_1").credited_amount,
        source.amount_credited,
        source.amount_copied,
        item.credited_amount,
        item.copied_amount,
    ]


def test_a_draft_that_had_no_tax_draws_it_when_it_is_known() -> None:
    pending = draft(5000, tax_status=TaxStatus.ERROR, tax_message="Line 1: no")
    sheet = put(known(pending, draft_line(5000, amount_to_tax=5000), *charged(5000, copied=0), rate()))
    now = sheet.get(CreditMemo, "cm_1")
    assert (now.charge_amount, now.tax_amount, now.total_amount, now.balance) == (5000, 413, 5413, 5413)
    assert (now.tax_status, now.tax_message, now.version) == (TaxStatus.COMPLETE, None, 2)
    assert drawn_of(sheet) == [5413, 5000, 5000, 413, 413]
    [item] = sheet.of(CreditMemoLineTax, "credit_memo_line_id", "cml_1")
    assert (item.amount, item.source_tax_item_id, item.rate, item.ordinal) == (413, "invt_1", 8_250_000, 1)


def test_a_draft_whose_tax_has_gone_has_none() -> None:
    sheet = put(known(draft(5413), draft_line(5000, 413), draft_tax(413), *charged(9000, 743), rate(0)))
    assert sheet.get(CreditMemo, "cm_1").tax_status is TaxStatus.NOT_APPLICABLE


def test_a_draft_gives_back_what_it_had_drawn_and_draws_anew() -> None:
    sheet = put(
        known(draft(5413), draft_line(5000, 413), draft_tax(413), *charged(9000, 743), rate(2_000_000))
    )
    # Others have taken 40.00 and 3.30: 2 % of the 90.00 in all are 1.80, so nothing is left for this one.
    assert drawn_of(sheet) == [9330, 9000, 9000, 330, 330]
    assert [item.amount for item in sheet.of(CreditMemoLineTax, "credit_memo_line_id", "cml_1")] == [0]
    assert sheet.get(CreditMemo, "cm_1").total_amount == 5000


def test_an_inclusive_line_keeps_its_gross_and_finds_the_tax_in_it() -> None:
    inclusive = draft_line(5413, tax_mode=TaxMode.INCLUSIVE)
    sheet = put(known(draft(5413), inclusive, *charged(5413), rate()))
    changed = sheet.get(CreditMemoLine, "cml_1")
    assert (changed.amount, changed.tax_amount, changed.total_amount) == (5000, 413, 5413)
    assert drawn_of(sheet) == [5413, 5000, 5000, 413, 413]


def test_an_inclusive_line_that_had_no_tax_finds_it_in_what_was_asked_for() -> None:
    inclusive = draft_line(5000, tax_mode=TaxMode.INCLUSIVE, amount_to_tax=5413)
    sheet = put(known(draft(5000), inclusive, *charged(5000, copied=0), rate()))
    changed = sheet.get(CreditMemoLine, "cml_1")
    assert (changed.amount, changed.tax_amount, changed.total_amount) == (5000, 413, 5413)
    assert changed.amount_to_tax is None
    assert drawn_of(sheet) == [5413, 5000, 5000, 413, 413]


def test_tax_that_others_have_taken_since_is_missing_in_an_inclusive_amount() -> None:
    inclusive = draft_line(5000, tax_mode=TaxMode.INCLUSIVE, amount_to_tax=5413)
    # A copy of the other 50.00 with its 4.13 leaves 4.12.
    given = known(draft(5000), inclusive, *charged(10000, 413, copied=5000), rate())
    assert refused(given) == [
        ("EXCEEDS_CREDITABLE_AMOUNT", ("credit_memo",), "54.13", "54.12"),
        ("EXCEEDS_CREDITABLE_AMOUNT", ("credit_memo",), "4.13", "4.12"),
    ]


def test_an_amount_that_was_found_from_a_quantity_counts_as_it_is_now() -> None:
    of_quantity = draft_line(5413, tax_mode=TaxMode.INCLUSIVE, quantity=10**6, amount_prorated=True)
    of_invoice, source, item = charged(5413)
    counted = replace(source, quantity=2 * 10**6, quantity_prorated=10**6, amount_prorated=5413)
    sheet = put(known(draft(5413), of_quantity, of_invoice, counted, item, rate()))
    assert sheet.get(InvoiceLine, "invl_1").amount_prorated == 5000


def test_a_line_that_is_exempt_or_tax_only_asks_nothing() -> None:
    source = charged(5000)
    exempt = (source[0], replace(source[1], tax_exempt=True, amount_copied=0), source[2])
    sheet = put(known(draft(5000), draft_line(5000, tax_exempt=True), *exempt))
    assert drawn_of(sheet) == [5000, 5000, 0, 0, 0]
    only = draft_line(0, 413, tax_only=True)
    assert refused(known(draft(413), only, *charged(0, 413, 0), rate())) == [
        ("TAX_NOT_ALLOWED", ("credit_memo",), None, None)
    ]


def question(given: tuple[Invoice, InvoiceLine, InvoiceLineTax]) -> TaxQuestion:
    found = question_of_credit(
        given[0], given[1], [given[2]], amount=5000, mode=TaxMode.EXCLUSIVE, memo_tax_date=None
    )
    assert found is not None
    return found


def answered(answer: TaxAnswer | TaxFailure) -> Facts:
    source = charged(5000)
    given = known(draft(5000), draft_line(5000), *source, SERVER, settings=CALLBACK)
    given.tax_answers = {question(source): answer}
    return given


def test_a_callback_s_answer_is_capped_at_what_is_left() -> None:
    sheet = put(answered(TaxAnswer(items=(AnsweredTax(amount=5000, jurisdiction="TEXAS"),))))
    assert drawn_of(sheet) == [5825, 5000, 5000, 825, 825]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            TaxAnswer(items=(AnsweredTax(amount=1, jurisdiction="OHIO", code="SAAS"),)),
            "Line 1: The tax engine's tax (OHIO, SAAS) fits no tax item of the invoice line, or several.",
        ),
        (TaxFailure("It is closed."), "Line 1: It is closed."),
    ],
)
def test_an_answer_that_fits_nothing_and_none_at_all_are_refused(
    answer: TaxAnswer | TaxFailure, message: str
) -> None:
    [violation] = violations_of_recalculate(RecalculateTax(credit_memo=MEMO), answered(answer))
    assert (violation.code, violation.path, violation.message) == (
        "TAX_ENGINE_FAILED",
        ("credit_memo",),
        message,
    )


def test_an_answer_still_missing_breaks_no_rule() -> None:
    given = known(draft(5000), draft_line(5000), *charged(5000), SERVER, settings=CALLBACK)
    assert refused(given) == []


def test_tax_for_which_the_invoice_leaves_too_little_is_refused() -> None:
    """400 − 100 of which others have drawn 250: 50 are left with tax, whatever the line still has."""
    source = charged(5000)
    nearly = (replace(source[0], total_amount=5100), source[1], source[2])
    assert refused(known(draft(5000), draft_line(5000), *nearly, rate())) == [
        ("EXCEEDS_CREDITABLE_AMOUNT", ("credit_memo",), "4.13", "1.00")
    ]


def test_a_draft_that_is_not_there_or_stale_is_not_calculated() -> None:
    assert refused(facts(settings=BUILT_IN)) == [("NOT_FOUND", ("credit_memo",), "cm_1", None)]
    given = known(draft(5000), draft_line(5000), *charged(5000), rate())
    assert refused(given, expected_version=9) == [("VERSION_CONFLICT", ("expected_version",), "9", "1")]


@pytest.mark.parametrize(
    ("total", "of_line", "percent", "comes_to"),
    [
        (999_999_999_999_999, 999_999_999_999_999, 825, "10824999999999.99"),
        (999_999_999_999_999, 100, 100, "10000000000000.00"),
        (999_999_999_999_998, 100, 100, None),
        (-1, 100, 100, None),
        (-2, 100, 100, "-0.01"),
    ],
)
def test_a_memo_that_its_tax_makes_too_large_or_negative_is_refused(
    total: int, of_line: int, percent: int, comes_to: str | None
) -> None:
    """`percent`: in hundredths. What else the memo has makes up its total."""
    alone = draft_line(of_line, source_invoice_line_id=None, tax_code="SAAS", jurisdiction="TEXAS")
    given = known(draft(total, invoice_id=None), alone, rate(percent * 10_000))
    refusal = ("INVALID_AMOUNT", ("credit_memo",), comes_to, None)
    assert refused(given) == ([] if comes_to is None else [refusal])
