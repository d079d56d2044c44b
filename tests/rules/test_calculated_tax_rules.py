"""When a memo whose tax an engine finds may be made, posted, and calculated again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.calculated_tax import question_of_credit
from app.domain.commands import (
    AccountReference,
    CreateCreditMemo,
    CreditMemoReference,
    MemoLineEntry,
    PostCreditMemo,
    RecalculateTax,
    TaxItem,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Settings, TaxCallback, TaxRate
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.recalculation import Recalculated, calculated_lines, put_recalculated, recalculated
from app.domain.record import Record
from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    OnTaxFailure,
    TaxEngineKind,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)
from app.validation.memos import violations_of_create
from app.validation.posting import violations_of_post
from app.validation.recalculate import violations_of_recalculate
from tests.rules.facts import Seen, account, facts, invoice, line, memo, memo_line, reason, seen, tax

BUILT_IN = Settings(tax_engine=TaxEngineKind.BUILT_IN)
CALLBACK = Settings(tax_engine=TaxEngineKind.CALLBACK)
SERVER = TaxCallback(id="txc_1", url="http://127.0.0.1/", secret="secret", timeout_milliseconds=1000)
NAMED: dict[Any, str] = {("credit_memo",): "cm_1", ("account",): "acc_1"}
MEMO = CreditMemoReference(id="cm_1")


def rate(share: int = 8_250_000, **said: Any) -> TaxRate:
    return TaxRate(
        **{
            "id": "txr_1",
            "tax_code": "SAAS",
            "jurisdiction": "TEXAS",
            "name": "SALES TAX",
            "rate": share,
            "valid_from": date(2025, 1, 1),
            **said,
        }
    )


def entry(amount: str = "50.00", **said: Any) -> MemoLineEntry:
    return MemoLineEntry(**{"amount": Decimal(amount), "tax_code": "SAAS", "jurisdiction": "TEXAS", **said})


def creating(*lines: MemoLineEntry, rates: tuple[Record, ...] = (rate(),), **said: Any) -> list[Seen]:
    command = CreateCreditMemo(
        **{
            "account": AccountReference(id="acc_1"),
            "lines": list(lines),
            "tax_strategy": TaxStrategy.CALCULATE,
            **said,
        }
    )
    given = facts(account(), reason("OK"), *rates, named=NAMED, settings=BUILT_IN)
    return seen(violations_of_create(command, given))


FAILED: list[Seen] = [("TAX_ENGINE_FAILED", ("lines", 0), None, None)]
GIVEN = [TaxItem(amount=Decimal("1.00"))]
CREATE: list[tuple[str, MemoLineEntry, dict[str, Any], list[Seen]]] = [
    ("accepted", entry(), {}, []),
    ("inclusive", entry(tax_mode=TaxMode.INCLUSIVE), {}, []),
    ("no rate", entry(jurisdiction="OHIO"), {}, FAILED),
    ("no tax code", entry(tax_code=None), {}, FAILED),
    ("exempt needs no rate", entry(tax_exempt=True, tax_code=None), {}, []),
    ("no rate, to be a draft", entry(jurisdiction="OHIO"), {"on_tax_failure": OnTaxFailure.DRAFT}, []),
    ("by the flag", entry(), {"tax_strategy": None, "tax_auto_calculation": True}, []),
    (
        "items given beside it",
        entry(tax_items=GIVEN),
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_items"), "CALCULATE", "MANUAL_OVERRIDE")],
    ),
    (
        "tax only",
        entry("0", tax_only=True),
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items"), None, None)],
    ),
    (
        "too large with its tax",
        entry("9999999999999.99"),
        {},
        [("INVALID_AMOUNT", ("lines",), "10824999999999.99", "9999999999999.99")],
    ),
]


@pytest.mark.parametrize(
    ("line", "said", "expected"), [row[1:] for row in CREATE], ids=[row[0] for row in CREATE]
)
def test_creating_a_memo_whose_tax_is_calculated(
    line: MemoLineEntry, said: dict[str, Any], expected: list[Seen]
) -> None:
    assert creating(line, **said) == expected


def test_a_line_that_breaks_another_rule_is_not_taxed_as_well() -> None:
    assert creating(entry("-1.00", jurisdiction="OHIO")) == [
        ("INVALID_AMOUNT", ("lines", 0, "amount"), "-1.00", None)
    ]


@pytest.mark.parametrize(
    ("status", "tax_status", "expected"),
    [
        (CreditMemoStatus.DRAFT, TaxStatus.ERROR, ["TAX_PENDING"]),
        (CreditMemoStatus.DRAFT, TaxStatus.COMPLETE, []),
        (CreditMemoStatus.CANCELED, TaxStatus.ERROR, ["INVALID_STATUS"]),
    ],
)
def test_a_memo_whose_tax_is_not_known_is_not_posted(
    status: CreditMemoStatus, tax_status: TaxStatus, expected: list[str]
) -> None:
    given = facts(memo(status=status, tax_status=tax_status), named=NAMED)
    assert [each.code for each in violations_of_post(PostCreditMemo(credit_memo=MEMO), given)] == expected


# ---------------------------------------------------------------- a draft drawn from an invoice of 100.00 + 8.25
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


def refused(given: Facts) -> list[Seen]:
    return seen(violations_of_recalculate(RecalculateTax(credit_memo=MEMO), given))


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


def test_a_memo_that_its_tax_makes_too_large_is_refused() -> None:
    alone = draft_line(
        999_999_999_999_999, source_invoice_line_id=None, tax_code="SAAS", jurisdiction="TEXAS"
    )
    given = known(draft(999_999_999_999_999, invoice_id=None), alone, rate())
    assert refused(given) == [
        ("INVALID_AMOUNT", ("credit_memo",), "10824999999999.99", None),
    ]
