"""What the headers of new memos are judged by."""

from collections.abc import Iterable

from app.domain.commands import MemoHeader
from app.domain.entity import ReasonCode, Template
from app.domain.record import Record
from app.repository.books import Books


async def records_of_headers(books: Books, headers: Iterable[MemoHeader]) -> list[Record]:
    """The entity's reason codes, and the templates named, held: none changes its type under a memo being made."""
    codes = [each.template for each in headers if each.template is not None]
    return [*await books.all(ReasonCode), *await books.hold_by(Template, "code", codes)]
