"""updateCreditMemo (domain 4.10): drafts in everything that they say, posted memos in what moves no money."""

import datetime as dt
from decimal import Decimal
from typing import Any

from app.domain.commands import (
    ApproveCreditMemo,
    ConvertNegativeInvoiceLines,
    CreditMemoReference,
    Integration,
    InvoiceCreditEntry,
    InvoiceReference,
    MemoLineChange,
    MemoLineEntry,
    OrderItemEntry,
    PostCreditMemo,
    TaxItem,
    UpdateCreditMemo,
)
from app.domain.commands.editing import EDITABLE_IN_DRAFT, EDITABLE_WHEN_POSTED
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Settings
from app.domain.invoice import Invoice, InvoiceLine, OrderItem
from app.domain.vocabulary import TaxStatus, TaxStrategy
from tests.support.approving import as_clerk, waiting_memo
from tests.support.books import TestBooks, assert_books_hold, trace
from tests.support.building import (
    Made,
    draft_memo,
    invoice_line,
    posted_invoice,
    posted_memo,
)
from tests.support.crediting import credited, drawn_from, of_line
from tests.support.tax_engines import (
    Answering,
    calculated_line,
    draft_without_tax,
    rate_entry,
    with_callback,
    with_rates,
)


def updating(memo: Made | CreditMemo, **said: Any) -> UpdateCreditMemo:
    return UpdateCreditMemo(credit_memo=CreditMemoReference(id=memo.id), **said)


async def updated(books: TestBooks, memo: Made | CreditMemo, **said: Any) -> CreditMemo:
    await books.perform(updating(memo, **said))
    return await books.record(CreditMemo, memo.id)


def line(amount: str, replaced: str | None = None, **said: Any) -> MemoLineChange:
    return MemoLineChange(amount=Decimal(amount), credit_memo_line_id=replaced, **said)


async def amounts(books: TestBooks, memo: Made | CreditMemo) -> list[tuple[int, int, bool]]:
    """Amount, tax and whether it was taken out, of every line."""
    lines = await books.of(CreditMemoLine, "credit_memo_id", memo.id)
    return [(each.amount, each.tax_amount, each.removed) for each in lines]


VALUES: dict[str, Any] = {
    "description": "Late delivery",
    "comment": "By phone",
    "effective_date": dt.date(2026, 3, 1),
    "expires_on": dt.date(2026, 12, 31),
    "exclude_from_auto_apply": True,
    "integration": Integration(id="NS-1", status="Synced"),
    "metadata": {"ticket": 7},
    "reason_code": "GOODWILL",
    "tax_date": dt.date(2026, 2, 1),
    "target_date": dt.date(2026, 2, 2),
    "auto_apply_upon_posting": True,
    "exclude_from_revenue_accounting": True,
    "external_reference": "X-1",
    "external_reference_source": "crm",
    "bill_to_contact": "Ann",
    "invoice_group_number": "G-1",
}


def kept(name: str, memo: CreditMemo) -> Any:
    if name == "integration":
        return Integration(id=memo.integration_id, status=memo.integration_status)
    return getattr(memo, name)


# ---------------------------------------------------------------- the header
async def test_a_draft_changes_in_what_is_given_and_stays_in_what_is_absent(books: TestBooks) -> None:
    memo = await draft_memo(books, "10.00", **{k: v for k, v in VALUES.items() if k != "comment"})
    before = await books.record(CreditMemo, memo.id)
    after = await updated(books, memo, comment="By phone")
    assert (after.comment, after.version, after.edited_by) == ("By phone", before.version + 1, "ada")
    assert {name: kept(name, after) for name in VALUES} == VALUES


async def test_every_field_of_a_draft_can_be_given_and_cleared(books: TestBooks) -> None:
    assert {*VALUES, "template"} == set(EDITABLE_IN_DRAFT)
    memo = await draft_memo(books, "10.00")
    given = await updated(books, memo, **VALUES)
    assert {name: kept(name, given) for name in VALUES} == VALUES
    assert given.memo_date == VALUES["effective_date"]
    cleared = await updated(books, memo, **dict.fromkeys(VALUES))
    empty = {name: False if value is True else None for name, value in VALUES.items()}
    assert {name: kept(name, cleared) for name in VALUES} == empty | {"integration": Integration()}
    assert cleared.memo_date == cleared.created_at.date()
    await assert_books_hold(books)


async def test_a_posted_memo_changes_in_what_moves_no_money(books: TestBooks) -> None:
    memo = await posted_memo(books, "10.00")
    said = {name: VALUES[name] for name in EDITABLE_WHEN_POSTED}
    after = await updated(books, memo, **said)
    assert {name: kept(name, after) for name in said} == said
    # Who approved it must not have edited it: only drafts are edited in that sense.
    assert (after.balance, after.memo_date, after.edited_by) == (1000, VALUES["effective_date"], None)
    cleared = await updated(books, memo, effective_date=None)
    assert cleared.memo_date == cleared.credit_date
    await assert_books_hold(books)


async def test_a_posted_memo_names_every_field_that_it_does_not_change(books: TestBooks) -> None:
    memo = await posted_memo(books, "10.00")
    fixed = {name: value for name, value in VALUES.items() if name not in EDITABLE_WHEN_POSTED}
    fixed |= {"lines": [line("1.00")], "remove_line_ids": [memo.lines[0]]}
    violations = await books.refusal(updating(memo, comment="fine", **fixed))
    assert {each.code for each in violations} == {"NOT_EDITABLE"}
    assert {each.path for each in violations} == {(name,) for name in fixed}


async def test_words_of_a_drawn_draft_change_and_leave_its_invoice_alone(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    memo = await credited(books, invoice, of_line(invoice, amount="50.00"))
    before = await books.record(Invoice, invoice.id)
    assert (await updated(books, memo, comment="By phone")).comment == "By phone"
    assert await books.record(Invoice, invoice.id) == before


async def test_no_line_of_a_posted_conversion_changes(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", ("-90.00", "-10.00"))
    converting = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id))
    id = (await books.perform(converting)).outcome["credit_memo"]
    memo = await books.record(CreditMemo, id)
    [row] = await books.of(CreditMemoLine, "credit_memo_id", id)
    assert await books.codes(updating(memo, lines=[line("1.00", row.id)])) == ["NOT_EDITABLE"]
    await updated(books, memo, comment="Restated")
    await assert_books_hold(books)


async def test_what_is_said_again_is_no_edit(books: TestBooks) -> None:
    memo = await draft_memo(books, "10.00", comment="By phone", metadata={"a": 1})
    before = await books.record(CreditMemo, memo.id)
    assert await updated(books, memo, comment="By phone", metadata={"a": 1}) == before


async def test_a_memo_that_waits_for_approval_is_not_edited(books: TestBooks) -> None:
    memo = await waiting_memo(books, "150.00")
    assert await books.codes(updating(memo, comment="x")) == ["INVALID_STATUS"]


async def test_who_edits_a_draft_does_not_approve_it(books: TestBooks) -> None:
    memo = await draft_memo(books.as_somebody("carl"), "150.00")
    await books.perform(updating(memo, comment="mine"))
    named = CreditMemoReference(id=memo.id)
    await as_clerk(books).perform(PostCreditMemo(credit_memo=named))
    assert await books.codes(ApproveCreditMemo(credit_memo=named)) == ["SELF_APPROVAL"]
    await books.as_somebody("dora").perform(ApproveCreditMemo(credit_memo=named))
    await assert_books_hold(books)


async def test_a_posted_memo_leaves_no_closed_period_and_enters_none(books: TestBooks) -> None:
    inside, outside = dt.date(2026, 1, 31), dt.date(2026, 2, 1)
    memo = await posted_memo(books, "10.00", effective_date=inside)
    other = await posted_memo(books, "10.00", effective_date=outside)
    draft = await draft_memo(books, "10.00", effective_date=inside)
    await books.change_settings(Settings(closed_through=inside))
    for moved in (updating(memo, effective_date=outside), updating(other, effective_date=inside)):
        [violation] = await books.refusal(moved)
        assert (violation.code, violation.path) == ("PERIOD_CLOSED", ("effective_date",))
    # A draft is in no books yet: it gets a day on which it can be posted.
    assert await books.codes(updating(draft, effective_date=inside)) == ["PERIOD_CLOSED"]
    await updated(books, draft, effective_date=outside)
    await updated(books, memo, comment="A comment is no date")


async def test_an_external_reference_stays_unique(books: TestBooks) -> None:
    await draft_memo(books, "10.00", external_reference="X", external_reference_source="crm")
    other = await draft_memo(books, "10.00")
    taken = updating(other, external_reference="X", external_reference_source="crm")
    assert await books.codes(taken) == ["EXTERNAL_REFERENCE_REUSED"]
    free = await updated(books, other, external_reference="X")
    assert (free.external_reference, free.external_reference_source) == ("X", "")
    assert await books.codes(updating(other, external_reference_source="crm")) == [
        "EXTERNAL_REFERENCE_REUSED"
    ]


async def test_a_reason_and_a_template_are_judged_as_of_a_new_memo(books: TestBooks) -> None:
    memo = await draft_memo(books, "10.00")
    codes = await books.codes(updating(memo, reason_code="OLD", template="NONE"))
    assert codes == ["INVALID_REASON_CODE", "TEMPLATE_NOT_FOUND"]


# ---------------------------------------------------------------- lines of a standalone draft
async def test_lines_of_a_standalone_draft_are_replaced_added_and_taken_out(books: TestBooks) -> None:
    memo = await draft_memo(books, ("10.00", "1.00"), "20.00", "30.00")
    items = [TaxItem(name="CITY", amount=Decimal("0.50"))]
    said = [line("12.00", memo.lines[0], tax_items=items), line("5.00", description="New")]
    after = await updated(books, memo, lines=said, remove_line_ids=[memo.lines[1]])
    assert await amounts(books, memo) == [
        (1200, 50, False),
        (0, 0, True),
        (3000, 0, False),
        (500, 0, False),
    ]
    assert (after.charge_amount, after.tax_amount, after.balance) == (4700, 50, 4750)
    taxes = await books.of(CreditMemoLineTax, "credit_memo_line_id", memo.lines[0])
    assert [(each.name, each.amount) for each in taxes] == [("TAX 1", 0), ("CITY", 50)]
    await assert_books_hold(books)
    # What was taken out can be replaced like any other line.
    await updated(books, memo, lines=[line("1.00", memo.lines[1])])
    assert (await amounts(books, memo))[1] == (100, 0, False)
    await books.perform(PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    await assert_books_hold(books)


async def test_a_replaced_line_keeps_nothing_of_what_it_said(books: TestBooks) -> None:
    memo = await draft_memo(books, "10.00")
    await updated(books, memo, lines=[line("10.00", memo.lines[0], comment="old", metadata={"a": 1})])
    await updated(books, memo, lines=[line("11.00", memo.lines[0])])
    [made] = await books.of(CreditMemoLine, "credit_memo_id", memo.id)
    assert (made.description, made.comment, made.metadata) == (None, None, None)


async def test_lines_are_judged_as_at_creation_and_a_refusal_leaves_no_trace(books: TestBooks) -> None:
    memo, other = await draft_memo(books, "10.00"), await draft_memo(books, "10.00")
    before = await trace(books.place)
    for said, codes in (
        ({"lines": [line("0.001")]}, ["TOO_MANY_DECIMALS"]),
        ({"lines": [line("-1.00", memo.lines[0])]}, ["INVALID_AMOUNT"]),
        ({"lines": [line("1.00", other.lines[0])]}, ["NOT_FOUND"]),
        ({"lines": [line("1.00", memo.lines[0])], "remove_line_ids": [memo.lines[0]]}, ["DUPLICATE_LINE"]),
        ({"remove_line_ids": [memo.lines[0]]}, ["NO_LINES"]),
        ({"invoice_lines": [InvoiceCreditEntry(invoice_line_id="invl_0")]}, ["NOT_EDITABLE", "NOT_FOUND"]),
        (
            {"lines": [line("1.00", tax_strategy=TaxStrategy.CALCULATE)]},
            ["TAX_ENGINE_NOT_CONFIGURED"],
        ),
        ({"lines": [line("9999999999999.99")]}, ["INVALID_AMOUNT"]),
    ):
        assert sorted(await books.codes(updating(memo, **said))) == sorted(codes), said
    assert await trace(books.place) == before


# ---------------------------------------------------------------- lines drawn from an invoice
async def test_what_a_draft_reserves_moves_by_the_difference(books: TestBooks) -> None:
    ordered = OrderItemEntry(external_reference="O-1", quantity=Decimal(10))
    charged = invoice_line(("100.00", "8.25"), quantity=Decimal(10), order_item=ordered)
    invoice = await posted_invoice(books, charged, ("40.00", "3.30"))
    memo = await credited(books, invoice, of_line(invoice, quantity="4"))
    assert await drawn_from(books, invoice) == (4000, 330, 4000000)
    after = await updated(
        books, memo, invoice_lines=[of_line(invoice, quantity="10"), of_line(invoice, 1, "10.00")]
    )
    # All that is left counts without the draft's own.
    assert await drawn_from(books, invoice) == (10000, 825, 10000000)
    assert await drawn_from(books, invoice, 1) == (1000, 83, 0)
    assert await amounts(books, memo) == [(10000, 825, False), (1000, 83, False)]
    assert after.total_amount == 11908
    [item] = await books.of(OrderItem, "external_reference", "O-1")
    assert item.quantity_credited == 10000000
    await assert_books_hold(books)
    first = (await books.of(CreditMemoLine, "credit_memo_id", memo.id))[0]
    await updated(books, memo, remove_line_ids=[first.id])
    assert await drawn_from(books, invoice) == (0, 0, 0)
    assert await amounts(books, memo) == [(0, 0, True), (1000, 83, False)]
    await assert_books_hold(books)
    # The line that was taken out comes back under its own number.
    await updated(books, memo, invoice_lines=[of_line(invoice, amount="1.00")])
    assert await amounts(books, memo) == [(100, 8, False), (1000, 83, False)]
    await assert_books_hold(books)


async def test_a_draft_takes_no_more_than_others_leave(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    await credited(books, invoice, of_line(invoice, amount="30.00"), post=True)
    memo = await credited(books, invoice, of_line(invoice, amount="10.00"))
    [violation] = await books.refusal(updating(memo, invoice_lines=[of_line(invoice, amount="70.01")]))
    assert (violation.code, violation.path) == (
        "EXCEEDS_CREDITABLE_AMOUNT",
        ("invoice_lines", 0, "amount"),
    )
    assert violation.allowed == "70.00"
    await updated(books, memo, invoice_lines=[of_line(invoice, amount="70.00")])
    assert await drawn_from(books, invoice) == (10000, 0, 0)
    await assert_books_hold(books)


async def test_a_negative_line_is_not_taken_out_where_that_draws_too_much(books: TestBooks) -> None:
    """400 − 100 credited in full: without its discount the memo would draw 400 of 300."""
    invoice = await posted_invoice(books, "400.00", "-100.00")
    memo = await credited(books, invoice)
    rows = await books.of(CreditMemoLine, "credit_memo_id", memo.id)
    out = updating(memo, remove_line_ids=[rows[1].id])
    assert await books.codes(out) == ["EXCEEDS_CREDITABLE_AMOUNT"]
    assert await books.codes(updating(memo, remove_line_ids=[rows[0].id])) == ["INVALID_AMOUNT"]
    both = updating(memo, remove_line_ids=[rows[1].id], invoice_lines=[of_line(invoice, amount="300.00")])
    await books.perform(both)
    assert (await books.record(Invoice, invoice.id)).credited_amount == 30000
    await assert_books_hold(books)


async def test_lines_of_another_invoice_are_refused(books: TestBooks) -> None:
    invoice, other = await posted_invoice(books, "100.00"), await posted_invoice(books, "100.00")
    memo = await credited(books, invoice)
    [violation] = await books.refusal(updating(memo, invoice_lines=[of_line(other, amount="1.00")]))
    assert (violation.code, violation.path) == (
        "LINE_NOT_ON_INVOICE",
        ("invoice_lines", 0, "invoice_line_id"),
    )
    standalone = updating(memo, lines=[line("1.00")])
    assert await books.codes(standalone) == ["NOT_EDITABLE"]


async def test_lines_given_are_taxed_as_they_ask_and_others_keep_their_tax(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"), ("100.00", "8.25"))
    memo = await credited(books, invoice)
    await updated(
        books,
        memo,
        tax_strategy=TaxStrategy.IGNORE,
        invoice_lines=[of_line(invoice, amount="50.00")],
    )
    assert await amounts(books, memo) == [(5000, 0, False), (10000, 825, False)]
    sources = await books.of(InvoiceLine, "invoice_id", invoice.id)
    assert [each.tax_credited for each in sources] == [0, 825]
    await assert_books_hold(books)


# ---------------------------------------------------------------- tax that is calculated
async def test_the_tax_of_lines_given_is_calculated_by_the_engine_of_now(books: TestBooks) -> None:
    await with_rates(books, rate_entry("0.0825"))
    memo = await draft_memo(books, "10.00")
    entry = calculated_line()
    said = {name: getattr(entry, name) for name in MemoLineEntry.__dataclass_fields__}
    after = await updated(books, memo, lines=[MemoLineChange(**said, credit_memo_line_id=memo.lines[0])])
    assert (after.tax_status, after.tax_amount > 0) == (TaxStatus.COMPLETE, True)
    await assert_books_hold(books)


async def test_a_callback_is_asked_for_the_lines_given(books: TestBooks) -> None:
    memo = await draft_memo(books, "10.00", "7.00")
    await with_callback(books)
    answering = Answering()
    said = {name: getattr(calculated_line("20.00"), name) for name in MemoLineEntry.__dataclass_fields__}
    entry = MemoLineChange(**said, credit_memo_line_id=memo.lines[0])
    await books.asking(answering).perform(updating(memo, lines=[entry]))
    assert [each.amount for each in answering.asked] == [2000]
    assert await amounts(books, memo) == [(2000, 165, False), (700, 0, False)]
    await assert_books_hold(books)


async def test_a_line_whose_tax_is_not_found_leaves_the_draft_pending_until_it_is_replaced(
    books: TestBooks,
) -> None:
    memo = await draft_without_tax(books)
    pending = await updated(books, memo, comment="still waiting")
    assert pending.tax_status is TaxStatus.ERROR
    after = await updated(books, memo, lines=[line("5.00", memo.lines[0])])
    assert (after.tax_status, after.tax_message) == (TaxStatus.NOT_APPLICABLE, None)
    await assert_books_hold(books)
