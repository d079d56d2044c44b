"""Work for `transact` that is about the transaction itself: it writes one small thing and knows how often it ran."""

from app.domain.commands import Command
from app.domain.facts import Changes
from app.domain.vocabulary import Operation, SequenceKind
from app.repository.books import Books
from tests.support.books import TestBooks

ANY = Operation.UPDATE_CREDIT_MEMO_APPLICATION


async def leave_a_mark(books: Books, key: str) -> None:
    """A log entry under the key: the smallest effect that a transaction can have."""
    await books.claim(Command(idempotency_key=key))
    await books.record(Changes(outcome={"mark": key}))


async def take_the_number(books: Books) -> None:
    """Holds the lock of the entity's number sequence until the transaction ends."""
    await books.next_numbers(SequenceKind.CREDIT_MEMO, 1, final=True)


async def marks(books: TestBooks) -> set[str]:
    rows = await books.rows(
        "SELECT idempotency_key FROM log_entry WHERE entity_id = :entity_id AND idempotency_key IS NOT NULL"
    )
    return {key for (key,) in rows}
