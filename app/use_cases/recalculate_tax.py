"""Calculate the tax of a draft again."""

from app.domain.calculated_tax import require_answers
from app.domain.commands import RecalculateTax
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Changes, Worksheet
from app.domain.invoice import InvoiceLineTax
from app.domain.recalculation import (
    Recalculated,
    calculated_lines,
    put_recalculated,
    question_of,
    recalculated,
)
from app.domain.violation import reject_if_any
from app.repository.books import Books
from app.use_cases.credit_memos import drawn_records
from app.use_cases.tax_records import tax_records
from app.validation.recalculate import violations_of_recalculate


async def recalculate_tax(books: Books, command: RecalculateTax) -> Changes:
    """Each line whose tax is calculated gives back what it drew and draws anew. It may be asked for outside."""
    settings = await books.settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    records = [*memos, *await drawn_records(books, memos)]
    codes = {getattr(each, "tax_code", None) for each in records}
    codes |= {each.code for each in records if isinstance(each, InvoiceLineTax)}
    facts = books.facts(settings, [*records, *await tax_records(books, settings, codes)], named)
    reject_if_any(violations_of_recalculate(command, facts))
    memo = facts.get(CreditMemo, named["credit_memo",])
    lines = calculated_lines(facts, memo)
    asked = (question_of(facts, memo, line) for line in lines)
    require_answers(facts, (question for question in asked if question is not None))
    made = [recalculated(facts, memo, line) for line in lines]
    sheet = Worksheet(facts)
    put_recalculated(sheet, memo, [each for each in made if isinstance(each, Recalculated)])
    return sheet.changes(credit_memo=memo.id)
