"""What a memo becomes by a patch: its header, and the lines of a draft."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import CreditMemoReference, Integration, InvoiceCreditEntry, UpdateCreditMemo
from app.domain.commands.editing import EDITABLE_IN_DRAFT, MemoLineChange
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings, TaxCallback
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.memo_editing import (
    creation_from_invoice,
    date_after,
    edit,
    given_of,
    header_after,
    reference_after,
    standalone_creation,
    without_edited_lines,
)
from app.domain.tax_engine import Unanswered
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    OnTaxFailure,
    TaxEngineKind,
    TaxStrategy,
)
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import NOW, TODAY, facts, invoice, line, memo, memo_line, tax
from tests.support.saying import saying_everything

MEMO = CreditMemoReference(id="cm_1")
FLAGS = {"exclude_from_auto_apply", "auto_apply_upon_posting", "exclude_from_revenue_accounting"}
IN_OTHER_COLUMNS = {"integration", "external_reference", "external_reference_source"}
KNOWN_AS: dict[str, Any] = {
    "external_reference": "R-1",
    "external_reference_source": "erp",
    "content_fingerprint": "aa",
}


def draft(**said: Any) -> CreditMemo:
    return memo(status=CreditMemoStatus.DRAFT, **said)


def patch(**said: Any) -> UpdateCreditMemo:
    return UpdateCreditMemo(credit_memo=MEMO, **said)


def test_every_column_becomes_what_is_said_of_it() -> None:
    integration = saying_everything(Integration)
    command = saying_everything(UpdateCreditMemo, credit_memo=MEMO, integration=integration)
    after = header_after(command, draft(), facts())
    assert {*after} <= {each.name for each in fields(CreditMemo)}
    said = {*EDITABLE_IN_DRAFT} - IN_OTHER_COLUMNS
    assert {name: after[name] for name in said} == {name: getattr(command, name) for name in said}
    assert after["memo_date"] == command.effective_date
    in_another_system = {
        name.removeprefix("integration_"): value for name, value in after.items() if "integration_" in name
    }
    assert Integration(**in_another_system) == integration
    assert after["external_reference"] == command.external_reference
    assert after["external_reference_source"] == command.external_reference_source


def test_what_is_absent_stays_and_what_is_null_is_cleared() -> None:
    assert header_after(patch(), draft(), facts()) == {}
    cleared = header_after(patch(**dict.fromkeys(EDITABLE_IN_DRAFT)), draft(**KNOWN_AS), facts())
    assert {name for name, value in cleared.items() if value is False} == FLAGS
    assert {name for name, value in cleared.items() if value is not None} == FLAGS | {"memo_date"}


def test_a_flag_that_is_cleared_is_off() -> None:
    assert given_of(patch(**dict.fromkeys(FLAGS))) == dict.fromkeys(FLAGS, False)


@pytest.mark.parametrize(
    ("effective_date", "credit_date", "expected"),
    [
        (date(2026, 5, 1), date(2026, 6, 1), date(2026, 5, 1)),
        (None, date(2026, 6, 1), date(2026, 6, 1)),
        (None, None, TODAY),
    ],
)
def test_a_memo_without_an_effective_date_is_of_the_day_of_its_posting_or_making(
    effective_date: date | None, credit_date: date | None, expected: date
) -> None:
    assert date_after(effective_date, memo(credit_date=credit_date, created_at=NOW), facts()) == expected


@pytest.mark.parametrize(
    ("said", "reference", "fingerprint"),
    [
        ({"external_reference": "R-1"}, ("R-1", "erp"), "aa"),
        ({"external_reference_source": "erp"}, ("R-1", "erp"), "aa"),
        ({"external_reference": "R-2"}, ("R-2", "erp"), None),
        ({"external_reference_source": "crm"}, ("R-1", "crm"), None),
        ({"external_reference_source": None}, ("R-1", ""), None),
        ({"external_reference": None}, (None, None), None),
    ],
)
def test_under_another_reference_a_memo_is_no_first_delivery(
    said: dict[str, Any], reference: tuple[str | None, str | None], fingerprint: str | None
) -> None:
    delivered = draft(**KNOWN_AS)
    after = header_after(patch(**said), delivered, facts())
    assert (after["external_reference"], after["external_reference_source"]) == reference
    assert reference_after(patch(**said), delivered) == reference
    assert after["content_fingerprint"] == fingerprint


@pytest.mark.parametrize(
    ("said", "tax_date", "effective_date"),
    [
        ({}, date(2026, 2, 1), date(2026, 2, 2)),
        ({"tax_date": date(2026, 3, 1)}, date(2026, 3, 1), date(2026, 2, 2)),
        ({"effective_date": date(2026, 3, 2)}, date(2026, 2, 1), date(2026, 3, 2)),
        ({"tax_date": None, "effective_date": None}, None, None),
    ],
)
def test_the_lines_given_are_taxed_by_the_days_of_the_patch_else_of_the_memo(
    said: dict[str, Any], tax_date: date | None, effective_date: date | None
) -> None:
    before = draft(tax_date=date(2026, 2, 1), effective_date=date(2026, 2, 2), invoice_id="inv_1")
    changed = [MemoLineChange(amount=Decimal(1))]
    credited = [InvoiceCreditEntry(invoice_line_id="invl_1", amount=Decimal(1))]
    command = patch(
        **said,
        lines=changed,
        invoice_lines=credited,
        tax_strategy=TaxStrategy.IGNORE,
        tax_auto_calculation=False,
        on_tax_failure=OnTaxFailure.DRAFT,
    )
    alone, drawn = standalone_creation(command, before), creation_from_invoice(command, before)
    for each in (alone, drawn):
        assert (each.tax_date, each.effective_date) == (tax_date, effective_date)
        assert (each.tax_strategy, each.tax_auto_calculation) == (TaxStrategy.IGNORE, False)
        assert each.on_tax_failure is OnTaxFailure.DRAFT
    assert (alone.account.id, alone.lines) == ("acc_1", changed)
    assert (drawn.invoice.id, drawn.lines) == ("inv_1", credited)


def edited(given: Facts, command: UpdateCreditMemo) -> Facts:
    before = given.get(CreditMemo, "cm_1")
    sheet = without_edited_lines(command, given, before)
    edit(sheet, command, before)
    return sheet


def test_lines_that_are_replaced_keep_their_numbers_and_new_ones_follow_the_last() -> None:
    given = sheet_of((draft(total=15000), memo_line("cml_2"), memo_line("cml_5"), memo_line("cml_3")))
    lines = [
        MemoLineChange(amount=Decimal("1.00")),
        MemoLineChange(amount=Decimal("2.00"), credit_memo_line_id="cml_3"),
        MemoLineChange(amount=Decimal("3.00")),
    ]
    sheet = edited(given, patch(lines=lines, remove_line_ids=["cml_2"]))
    now = sorted((each.line_number, each.amount, each.removed) for each in sheet.every(CreditMemoLine))
    assert now == [
        (2, 0, True),
        (3, 200, False),
        (5, 5000, False),
        (6, 100, False),
        (7, 300, False),
    ]
    assert sheet.get(CreditMemo, "cm_1").total_amount == 5600


def test_the_server_is_asked_for_the_tax_of_lines_given_before_anything_is_put_down() -> None:
    server = TaxCallback(id="txc_1", url="http://127.0.0.1/", secret="secret", timeout_milliseconds=1000)
    settings = Settings(tax_engine=TaxEngineKind.CALLBACK)
    drawn = draft(source=CreditMemoSource.INVOICE, invoice_id="inv_1")
    owed = (invoice(total=10825, credited_amount=5000), line(tax=825, amount_credited=5000), tax())
    lines = (memo_line(source_invoice_line_id="invl_1"), *owed)
    given = facts(drawn, *lines, server, settings=settings)
    credited = InvoiceCreditEntry(
        invoice_line_id="invl_1", amount=Decimal("20.00"), tax_strategy=TaxStrategy.CALCULATE
    )
    with pytest.raises(Unanswered) as raised:
        edited(given, patch(invoice_lines=[credited]))
    assert [each.amount for each in raised.value.questions] == [2000]
    assert given.get(Invoice, "inv_1") == owed[0]


def test_who_has_edited_a_draft_is_kept_and_what_is_said_again_is_no_edit() -> None:
    before = draft(comment="A")
    again = edited(facts(before, memo_line()), patch(comment="A"))
    assert again.get(CreditMemo, "cm_1") == before
    other = edited(facts(before, memo_line()), patch(comment="B"))
    assert other.get(CreditMemo, "cm_1").edited_by == "ada"
    posted = edited(facts(replace(before, status=CreditMemoStatus.POSTED), memo_line()), patch(comment="B"))
    assert (posted.get(CreditMemo, "cm_1").comment, posted.get(CreditMemo, "cm_1").edited_by) == ("B", None)


def test_a_line_given_whose_tax_is_not_found_is_named_by_its_number() -> None:
    """Nobody has said a rate: the built-in engine finds no tax."""
    built_in = Settings(tax_engine=TaxEngineKind.BUILT_IN)
    alone = sheet_of((draft(total=10000), memo_line("cml_2"), memo_line("cml_3")))
    alone.settings = alone.facts.settings = built_in
    lines = [
        MemoLineChange(amount=Decimal("1.00"), tax_code="P1", credit_memo_line_id="cml_3"),
        MemoLineChange(amount=Decimal("2.00")),
        MemoLineChange(amount=Decimal("3.00"), tax_code="P1"),
    ]
    lines[1] = replace(lines[1], tax_strategy=TaxStrategy.IGNORE)
    said = edited(alone, patch(lines=lines, tax_strategy=TaxStrategy.CALCULATE)).get(CreditMemo, "cm_1")
    assert (said.tax_message or "").count("Line") == 2
    assert "Line 3: " in (said.tax_message or "")
    assert "Line 5: " in (said.tax_message or "")


def test_so_is_one_that_credits_an_invoice_line() -> None:
    taxed = (line(tax=825, amount_credited=5000, tax_code="P1"), line("invl_2"), tax())
    drawn = draft(source=CreditMemoSource.INVOICE, invoice_id="inv_1")
    given = sheet_of(
        (
            drawn,
            memo_line("cml_4", source_invoice_line_id="invl_1"),
            invoice(total=20825, credited_amount=5000),
            *taxed,
        )
    )
    given.settings = given.facts.settings = Settings(tax_engine=TaxEngineKind.BUILT_IN)
    credited = [
        InvoiceCreditEntry(invoice_line_id=id, amount=Decimal("20.00"), tax_strategy=strategy)
        for id, strategy in (("invl_2", TaxStrategy.IGNORE), ("invl_1", TaxStrategy.CALCULATE))
    ]
    said = edited(given, patch(invoice_lines=credited)).get(CreditMemo, "cm_1")
    assert (said.tax_message or "").count("Line") == 1
    assert "Line 4: " in (said.tax_message or "")


@pytest.mark.parametrize("status", [CreditMemoStatus.POSTED, CreditMemoStatus.PENDING_APPROVAL])
def test_of_what_is_no_draft_no_line_gives_back_what_it_drew(status: CreditMemoStatus) -> None:
    posted = draft(source=CreditMemoSource.INVOICE, invoice_id="inv_1")
    given = facts(
        replace(posted, status=status),
        memo_line(source_invoice_line_id="invl_1"),
        invoice(credited_amount=5000),
        line(amount_credited=5000),
    )
    sheet = without_edited_lines(patch(remove_line_ids=["cml_1"]), given, given.get(CreditMemo, "cm_1"))
    assert not sheet.changes().is_effect
