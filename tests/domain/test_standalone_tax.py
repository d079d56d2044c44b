"""The tax of lines that credit no invoice line: what is asked, what is found, what is kept of a failure."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import AccountReference, CreateCreditMemo, MemoLineEntry, TaxItem
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Settings, TaxCallback
from app.domain.facts import Facts, Worksheet
from app.domain.recalculation import Recalculated, put_recalculated, recalculated
from app.domain.standalone_tax import (
    calculated_items,
    question_of_memo_line,
    standalone_lines,
    standalone_questions,
)
from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxFailure, TaxQuestion, nobody_to_ask
from app.domain.tax_pending import MOST_SAID, leave_tax_pending
from app.domain.vocabulary import CreditMemoStatus, TaxEngineKind, TaxMode, TaxStatus, TaxStrategy
from tests.rules.facts import TODAY, facts, memo, memo_line

CALLBACK = Settings(tax_engine=TaxEngineKind.CALLBACK)
SERVER = TaxCallback(id="txc_1", url="http://127.0.0.1/", secret="secret", timeout_milliseconds=1000)
DAY, OTHER_DAY = date(2026, 2, 1), date(2026, 2, 2)
ENTRY = MemoLineEntry(amount=Decimal("50.00"), sku="SEAT", tax_code="SAAS", jurisdiction="TEXAS")
QUESTION = TaxQuestion(
    currency="USD",
    digits=2,
    tax_date=TODAY,
    sku="SEAT",
    tax_code="SAAS",
    jurisdiction="TEXAS",
    mode=TaxMode.EXCLUSIVE,
    amount=5000,
)
ANSWER = TaxAnswer(items=(AnsweredTax(amount=400, name="SALES TAX", rate=8_000_000),))
FAILURE = TaxFailure("It is closed.")


def creating(*lines: MemoLineEntry, **said: Any) -> CreateCreditMemo:
    return CreateCreditMemo(
        **{
            "account": AccountReference(id="acc_1"),
            "lines": list(lines),
            "tax_strategy": TaxStrategy.CALCULATE,
            **said,
        }
    )


@pytest.mark.parametrize(
    ("said", "tax_date"),
    [
        ({"tax_date": DAY, "effective_date": OTHER_DAY}, DAY),
        ({"tax_date": DAY}, DAY),
        ({"effective_date": OTHER_DAY}, OTHER_DAY),
        ({}, TODAY),
    ],
)
def test_a_line_is_taxed_by_the_law_of_its_memo_s_day(said: dict[str, Any], tax_date: date) -> None:
    asked = standalone_questions(creating(ENTRY, **said), facts(settings=CALLBACK), "USD")
    assert asked == [replace(QUESTION, tax_date=tax_date)]
    made = memo(tax_date=said.get("tax_date"), memo_date=said.get("effective_date", TODAY))
    line = memo_line(sku="SEAT", tax_code="SAAS", jurisdiction="TEXAS")
    assert question_of_memo_line(made, line, 5000) == asked[0]


def test_nothing_is_asked_of_a_line_that_is_exempt_or_says_its_tax() -> None:
    given = replace(
        ENTRY, tax_strategy=TaxStrategy.MANUAL_OVERRIDE, tax_items=[TaxItem(amount=Decimal("4.00"))]
    )
    lines = (
        replace(ENTRY, tax_exempt=True),
        given,
        replace(ENTRY, tax_mode=TaxMode.INCLUSIVE),
    )
    asked = standalone_questions(creating(*lines), facts(settings=CALLBACK), "USD")
    assert asked == [replace(QUESTION, mode=TaxMode.INCLUSIVE)]
    assert question_of_memo_line(memo(), memo_line(tax_exempt=True), 5000) is None


def answered(*answers: tuple[TaxQuestion, TaxAnswer | TaxFailure]) -> Facts:
    given = facts(SERVER, settings=CALLBACK)
    given.tax_answers = dict(answers)
    return given


def test_each_line_has_the_tax_that_was_found_for_it_or_waits_for_it() -> None:
    contained = replace(ENTRY, tax_mode=TaxMode.INCLUSIVE)
    failing = replace(ENTRY, sku="OTHER")
    alone = replace(ENTRY, tax_exempt=True)
    given = answered(
        (QUESTION, ANSWER),
        (replace(QUESTION, mode=TaxMode.INCLUSIVE), ANSWER),
        (replace(QUESTION, sku="OTHER"), FAILURE),
    )
    lines, failures = standalone_lines(creating(ENTRY, contained, failing, alone), given, "USD")
    assert [(each.amount, each.tax) for each in lines] == [(5000, 400), (4600, 400), (5000, 0), (5000, 0)]
    assert [each.fields.get("amount_to_tax") for each in lines] == [None, None, 5000, None]
    assert failures == {2: FAILURE}
    [item] = lines[0].taxes
    assert (item["name"], item["rate"], item["tax_date"]) == ("SALES TAX", 8_000_000, TODAY)
    assert lines[2].fields["sku"] == "OTHER"
    assert {each.fields["tax_strategy"] for each in lines} == {TaxStrategy.CALCULATE}


def test_a_line_alone_has_no_tax_to_copy() -> None:
    copying = Settings(default_tax_strategy=TaxStrategy.COPY_FROM_INVOICE_LINE)
    [line], failures = standalone_lines(creating(ENTRY, tax_strategy=None), facts(settings=copying), "USD")
    assert (line.fields["tax_strategy"], line.tax, failures) == (TaxStrategy.IGNORE, 0, {})


def test_what_an_engine_finds_is_of_the_day_that_it_was_asked_for() -> None:
    [item] = calculated_items(ANSWER, DAY)
    assert (item["tax_date"], item["amount"]) == (DAY, 400)


# ---------------------------------------------------------------- and calculated again
@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        (TaxMode.EXCLUSIVE, (5000, 100), (5000, 400)),
        (TaxMode.INCLUSIVE, (4900, 100), (4600, 400)),
    ],
)
def test_a_line_alone_keeps_the_amount_that_was_asked_for(
    mode: TaxMode, before: tuple[int, int], after: tuple[int, int]
) -> None:
    draft = memo(status=CreditMemoStatus.DRAFT)
    amount, tax = before
    line = memo_line(
        sku="SEAT",
        tax_code="SAAS",
        jurisdiction="TEXAS",
        tax_strategy=TaxStrategy.CALCULATE,
        tax_mode=mode,
        amount=amount,
        tax_amount=tax,
        total_amount=amount + tax,
        balance=amount + tax,
    )
    asked = replace(QUESTION, mode=mode)
    given = answered((asked, ANSWER)).with_records([draft, line])
    found = recalculated(given, draft, line)
    assert isinstance(found, Recalculated)
    sheet = Worksheet(given)
    put_recalculated(sheet, draft, [found])
    now = sheet.get(CreditMemoLine, "cml_1")
    assert (now.amount, now.tax_amount) == after
    assert now.balance == now.total_amount == sum(after)
    assert sheet.get(CreditMemo, "cm_1").total_amount == sum(after)
    [item] = sheet.every(CreditMemoLineTax)
    assert (item.amount, item.tax_date) == (400, TODAY)


def test_a_line_alone_whose_tax_is_not_found_or_not_asked_for_stays() -> None:
    draft = memo(status=CreditMemoStatus.DRAFT)
    line = memo_line(sku="SEAT", tax_code="SAAS", jurisdiction="TEXAS", tax_strategy=TaxStrategy.CALCULATE)
    assert recalculated(answered((QUESTION, FAILURE)), draft, line) == FAILURE
    assert recalculated(answered(), draft, line) is None


def test_a_line_that_has_become_exempt_has_no_tax() -> None:
    exempt = memo_line(tax_exempt=True, tax_strategy=TaxStrategy.CALCULATE)
    found = recalculated(answered(), memo(), exempt)
    assert isinstance(found, Recalculated)
    assert (found.amount, list(found.taxes)) == (5000, [])


@pytest.mark.parametrize(("failures", "more"), [(1, ""), (MOST_SAID, ""), (MOST_SAID + 3, " (3 more)")])
def test_a_memo_whose_tax_is_not_known_says_the_first_reasons(failures: int, more: str) -> None:
    draft = memo(status=CreditMemoStatus.DRAFT)
    why = {place: TaxFailure(f"No rate {place}.") for place in reversed(range(failures))}
    waiting = leave_tax_pending(Worksheet(facts(draft, memo_line())), draft, why)
    told = [f"Line {place + 1}: No rate {place}." for place in range(min(failures, MOST_SAID))]
    assert (waiting.tax_status, waiting.tax_message) == (TaxStatus.ERROR, " ".join(told) + more)


def test_a_process_that_speaks_to_nobody_says_so() -> None:
    answers = asyncio.run(nobody_to_ask(SERVER, [QUESTION], preview=True))
    assert answers == {QUESTION: TaxFailure("This process asks no tax engine outside.")}
