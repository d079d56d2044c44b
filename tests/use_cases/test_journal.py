"""The journal: what changes money's class is entered twice, what only matches credit with debt is not."""

from datetime import date

from app.domain.commands import (
    AccountingCodeEntry,
    ConvertNegativeInvoiceLines,
    CreditMemoReference,
    InvoiceReference,
    PostCreditMemo,
    ReverseCreditMemo,
    ReverseRefund,
    UnapplyCreditMemo,
    UnpostCreditMemo,
    UpdateAccountingCodes,
    UpdateCreditMemo,
    UpdateEntitySettings,
    VoidCreditMemo,
    VoidInvoice,
    WriteOffCreditMemo,
    WriteOffInvoice,
)
from app.domain.credit_memo import CreditMemo
from app.domain.journal_entry import JournalEntry
from app.domain.money import minor_digits, minor_to_text
from app.domain.vocabulary import AccountingCodeType
from app.proof.trial_balance import totals, trial_balance
from tests.support.books import TestBooks
from tests.support.building import (
    Made,
    applied,
    credit,
    draft_memo,
    invoice_line,
    memo_line,
    posted_invoice,
    posted_memo,
    refunded,
    refunding,
)
from tests.support.crediting import credited, of_line
from tests.support.levels import at_both_levels

RECEIVABLE, REVENUE, TAX = "ACCOUNTS_RECEIVABLE", "REVENUE", "SALES_TAX_PAYABLE"


async def journal(books: TestBooks, document: Made | str) -> list[tuple[str, str, str]]:
    """Debit code, credit code and amount of each entry of the document, in the order in which they were made."""
    id = document if isinstance(document, str) else document.id
    entries = sorted(
        await books.of(JournalEntry, "document_id", id), key=lambda each: (each.position, each.ordinal)
    )
    return [
        (each.debit_code, each.credit_code, minor_to_text(each.amount, minor_digits(each.currency)))
        for each in entries
    ]


async def codes(books: TestBooks, **codes: str) -> None:
    entries = [AccountingCodeEntry(type=AccountingCodeType(type), code=code) for type, code in codes.items()]
    await books.perform(UpdateAccountingCodes(accounting_codes=entries))


@at_both_levels
async def test_a_posted_memo_takes_back_revenue_and_tax(books: TestBooks) -> None:
    memo = await posted_memo(books, ("100.00", "8.25"), ("50.00", "4.12"))
    assert await journal(books, memo) == [(REVENUE, RECEIVABLE, "150.00"), (TAX, RECEIVABLE, "12.37")]


async def test_a_draft_has_no_entries_until_it_is_posted(books: TestBooks) -> None:
    memo = await draft_memo(books, "100.00", effective_date=date(2026, 3, 31))
    assert await journal(books, memo) == []
    await books.perform(PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    assert await journal(books, memo) == [(REVENUE, RECEIVABLE, "100.00")]
    [entry] = await books.of(JournalEntry, "document_id", memo.id)
    assert entry.journal_date == date(2026, 3, 31)


@at_both_levels
async def test_an_application_is_a_matching_and_no_entry(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "40.00")
    await applied(books, memo, (invoice, "40.00"))
    assert await journal(books, memo) == [(REVENUE, RECEIVABLE, "40.00")]
    assert await journal(books, invoice) == []


async def test_a_conversion_moves_receivables_and_is_no_entry(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    done = await books.perform(ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id)))
    assert await journal(books, done.outcome["credit_memo"]) == []


async def test_a_line_that_mirrors_a_negative_one_is_taken_from_its_code(books: TestBooks) -> None:
    """400 of equipment less a discount of 100 under another code."""
    invoice = await posted_invoice(
        books,
        invoice_line("400.00", accounting_code="4010"),
        invoice_line("-100.00", accounting_code="4090"),
    )
    credited = await credit(books, invoice, (0, "400.00"), (1, "-100.00"))
    assert await journal(books, credited.memo) == [
        ("4010", RECEIVABLE, "400.00"),
        (RECEIVABLE, "4090", "100.00"),
    ]


async def test_a_memo_line_has_the_code_of_the_invoice_line_that_it_credits(books: TestBooks) -> None:
    invoice = await posted_invoice(books, invoice_line("100.00", accounting_code="4010"), "50.00")
    credited = await credit(books, invoice, (0, "60.00"), (1, "50.00"))
    assert await journal(books, credited.memo) == [
        ("4010", RECEIVABLE, "60.00"),
        (REVENUE, RECEIVABLE, "50.00"),
    ]


async def test_lines_of_one_code_are_one_entry(books: TestBooks) -> None:
    memo = await posted_memo(
        books, memo_line("10.00", accounting_code="4010"), "5.00", memo_line("2.00", accounting_code="4010")
    )
    assert await journal(books, memo) == [("4010", RECEIVABLE, "12.00"), (REVENUE, RECEIVABLE, "5.00")]


async def test_entries_have_the_codes_that_the_entity_has_when_they_are_made(books: TestBooks) -> None:
    before = await posted_memo(books, "10.00")
    await codes(books, REVENUE="4000", ACCOUNTS_RECEIVABLE="1200")
    after = await posted_memo(books, ("10.00", "1.00"))
    assert await journal(books, before) == [(REVENUE, RECEIVABLE, "10.00")]
    assert await journal(books, after) == [("4000", "1200", "10.00"), (TAX, "1200", "1.00")]


@at_both_levels
async def test_a_refund_clears_credit_against_what_is_paid_out(books: TestBooks) -> None:
    memo = await posted_memo(books, "100.00", effective_date=date(2026, 5, 1))
    await refunded(books, memo, "30.00", date=date(2026, 5, 2))
    assert (await journal(books, memo))[1:] == [(RECEIVABLE, "REFUND_CLEARING", "30.00")]
    entry = (await books.of(JournalEntry, "document_id", memo.id))[-1]
    assert entry.journal_date == date(2026, 5, 2)


async def test_the_trial_balance_adds_up_per_code_and_currency_and_day(books: TestBooks) -> None:
    await posted_memo(books, ("100.00", "8.25"), effective_date=date(2026, 3, 31))
    await posted_memo(books, "7", currency="JPY", effective_date=date(2026, 4, 1))
    async with books.database.snapshot(books.entity.id) as snapshot:

        async def rows(statement, **parameters):  # type: ignore[no-untyped-def]
            return await snapshot.rows(statement, parameters)

        found = await trial_balance(rows)
        assert [(each.currency, each.code, each.balance) for each in found] == [
            ("JPY", RECEIVABLE, -7),
            ("JPY", REVENUE, 7),
            ("USD", RECEIVABLE, -10825),
            ("USD", REVENUE, 10000),
            ("USD", TAX, 825),
        ]
        assert [(each.currency, each.debit, each.credit) for each in totals(found)] == [
            ("JPY", 7, 7),
            ("USD", 10825, 10825),
        ]
        assert [each.currency for each in await trial_balance(rows, end=date(2026, 3, 31))] == ["USD"] * 3
        assert [each.currency for each in await trial_balance(rows, start=date(2026, 4, 1))] == ["JPY"] * 2
        assert [each.code for each in await trial_balance(rows, currency="JPY")] == [RECEIVABLE, REVENUE]


async def test_the_code_of_receivables_is_no_others(books: TestBooks) -> None:
    entries = [
        AccountingCodeEntry(type=AccountingCodeType.REVENUE, code="1200"),
        AccountingCodeEntry(type=AccountingCodeType.ACCOUNTS_RECEIVABLE, code="1200"),
    ]
    assert await books.codes(UpdateAccountingCodes(accounting_codes=entries)) == ["NAME_TAKEN"] * 2
    entries = [AccountingCodeEntry(type=AccountingCodeType.BAD_DEBT, code="ACCOUNTS_RECEIVABLE")]
    assert await books.codes(UpdateAccountingCodes(accounting_codes=entries)) == ["NAME_TAKEN"]


async def test_a_line_under_the_code_of_receivables_is_revenue_like_any_other(books: TestBooks) -> None:
    """An entry between an account and itself would say nothing."""
    memo = await posted_memo(books, memo_line("10.00", accounting_code=RECEIVABLE), "5.00")
    assert await journal(books, memo) == [(REVENUE, RECEIVABLE, "15.00")]


@at_both_levels
async def test_a_voided_memo_leaves_nothing_under_the_codes_that_it_was_posted_under(
    books: TestBooks,
) -> None:
    memo = await posted_memo(books, ("100.00", "8.25"), effective_date=date(2026, 3, 31))
    await codes(books, REVENUE="4000", ACCOUNTS_RECEIVABLE="1200")
    await books.perform(VoidCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    assert await journal(books, memo) == [
        (REVENUE, RECEIVABLE, "100.00"),
        (TAX, RECEIVABLE, "8.25"),
        (RECEIVABLE, REVENUE, "100.00"),
        (RECEIVABLE, TAX, "8.25"),
    ]
    days = [each.journal_date for each in await books.of(JournalEntry, "document_id", memo.id)]
    today = (await books.record(CreditMemo, memo.id)).voided_at.date()  # type: ignore[union-attr]
    assert sorted(days) == [date(2026, 3, 31)] * 2 + [today] * 2


async def test_what_is_unposted_leaves_nothing_on_its_day_and_can_be_posted_under_other_codes(
    books: TestBooks,
) -> None:
    memo = await posted_memo(books, "100.00")
    by = CreditMemoReference(id=memo.id)
    await books.perform(UnpostCreditMemo(credit_memo=by))
    await codes(books, REVENUE="4000")
    await books.perform(PostCreditMemo(credit_memo=by))
    await books.perform(VoidCreditMemo(credit_memo=by))
    assert await journal(books, memo) == [
        (REVENUE, RECEIVABLE, "100.00"),
        (RECEIVABLE, REVENUE, "100.00"),
        ("4000", RECEIVABLE, "100.00"),
        (RECEIVABLE, "4000", "100.00"),
    ]


async def test_a_memo_posted_again_over_nothing_has_nothing_to_take_back(books: TestBooks) -> None:
    """A draft that only corrects what a line says has no entries: those of its posting before are taken back already."""
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    memo = await credited(books, invoice, of_line(invoice, 0, "40.00"), post=True)
    by = CreditMemoReference(id=memo.id)
    await books.perform(UnpostCreditMemo(credit_memo=by))
    correction = of_line(invoice, 0, "0.00", comment="delivered late")
    await books.perform(UpdateCreditMemo(credit_memo=by, invoice_lines=[correction]))
    for command in (PostCreditMemo, UnpostCreditMemo, PostCreditMemo, VoidCreditMemo):
        await books.perform(command(credit_memo=by))
    assert await journal(books, memo.id) == [
        (REVENUE, RECEIVABLE, "40.00"),
        (TAX, RECEIVABLE, "3.30"),
        (RECEIVABLE, REVENUE, "40.00"),
        (RECEIVABLE, TAX, "3.30"),
    ]


@at_both_levels
async def test_a_reversal_is_the_opposite_of_its_memo(books: TestBooks) -> None:
    memo = await posted_memo(books, memo_line(("100.00", "8.25"), accounting_code="4010"), "5.00")
    done = await books.perform(ReverseCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    assert await journal(books, done.outcome["debit_memo"]) == [
        (RECEIVABLE, "4010", "100.00"),
        (RECEIVABLE, REVENUE, "5.00"),
        (RECEIVABLE, TAX, "8.25"),
    ]


@at_both_levels
async def test_a_refund_that_came_back_is_taken_back_under_its_own_codes(books: TestBooks) -> None:
    memo = await posted_memo(books, "100.00")
    first, _ = await refunded(books, memo, "30.00"), await refunded(books, memo, "20.00")
    await codes(books, REFUND_CLEARING="2300")
    await books.perform(ReverseRefund(refund_id=first))
    assert (await journal(books, memo))[1:] == [
        (RECEIVABLE, "REFUND_CLEARING", "30.00"),
        (RECEIVABLE, "REFUND_CLEARING", "20.00"),
        ("REFUND_CLEARING", RECEIVABLE, "30.00"),
    ]
    await books.perform(refunding(memo, "1.00"))
    assert (await journal(books, memo))[-1] == (RECEIVABLE, "2300", "1.00")


@at_both_levels
async def test_an_invoice_written_off_is_bad_debt_and_tax_until_it_is_taken_back(books: TestBooks) -> None:
    invoice = await posted_invoice(books, invoice_line(("100.00", "8.25"), accounting_code="4010"))
    done = await books.perform(
        WriteOffInvoice(invoice=InvoiceReference(id=invoice.id), reason_code="GOODWILL")
    )
    posted = [("BAD_DEBT", RECEIVABLE, "100.00"), (TAX, RECEIVABLE, "8.25")]
    memo = done.outcome["credit_memo"]
    assert await journal(books, memo) == posted
    await books.perform(UnapplyCreditMemo(application_id=done.outcome["application"]))
    assert await journal(books, memo) == [
        *posted,
        *((credit, debit, amount) for debit, credit, amount in posted),
    ]


@at_both_levels
async def test_credit_that_nobody_will_use_is_the_entitys_until_it_is_taken_back(books: TestBooks) -> None:
    memo = await posted_memo(books, "100.00")
    by = CreditMemoReference(id=memo.id)
    done = await books.perform(WriteOffCreditMemo(credit_memo=by, reason_code="GOODWILL"))
    posted = [(RECEIVABLE, "CREDIT_WRITE_OFF", "100.00")]
    assert await journal(books, done.outcome["debit_memo"]) == posted
    await books.perform(UnapplyCreditMemo(application_id=done.outcome["application"]))
    assert await journal(books, done.outcome["debit_memo"]) == [
        *posted,
        ("CREDIT_WRITE_OFF", RECEIVABLE, "100.00"),
    ]


@at_both_levels
async def test_a_voided_invoice_gives_its_revenue_and_tax_back(books: TestBooks) -> None:
    invoice = await posted_invoice(books, invoice_line(("100.00", "8.25"), accounting_code="4010"))
    done = await books.perform(VoidInvoice(invoice=InvoiceReference(id=invoice.id), reason_code="GOODWILL"))
    assert await journal(books, done.outcome["credit_memo"]) == [
        ("4010", RECEIVABLE, "100.00"),
        (TAX, RECEIVABLE, "8.25"),
    ]
    assert await journal(books, invoice) == []


async def test_a_voided_conversion_is_no_entry(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    done = await books.perform(ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id)))
    memo = done.outcome["credit_memo"]
    await books.perform(VoidCreditMemo(credit_memo=CreditMemoReference(id=memo)))
    assert await journal(books, memo) == []


async def test_nothing_is_taken_back_on_a_day_before_that_of_its_posting(books: TestBooks) -> None:
    memo = await posted_memo(books, "100.00", effective_date=date(2099, 1, 1))
    await books.perform(VoidCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    days = [each.journal_date for each in await books.of(JournalEntry, "document_id", memo.id)]
    assert days == [date(2099, 1, 1)] * 2


async def test_a_memo_that_was_dated_into_an_open_period_is_unposted_in_an_open_period(
    books: TestBooks,
) -> None:
    memo = await posted_memo(books, "100.00", effective_date=date(2026, 3, 31))
    by = CreditMemoReference(id=memo.id)
    await books.perform(UpdateCreditMemo(credit_memo=by, effective_date=date(2026, 5, 2)))
    await books.perform(UpdateEntitySettings(closed_through=date(2026, 4, 30)))
    await books.perform(UnpostCreditMemo(credit_memo=by))
    first, last = [each.journal_date for each in await books.of(JournalEntry, "document_id", memo.id)]
    assert (first, last > date(2026, 4, 30)) == (date(2026, 3, 31), True)
