"""The log of a test's books with its numbers: no server runs there that would number it."""

from app.jobs.sequencer import Sequencer
from tests.support.books import TestBooks


async def numbered(books: TestBooks) -> int:
    """Number what has none, and return the last number."""
    await Sequencer(books.database).work_off()
    last: int = await books.value("SELECT last_number FROM log_sequence WHERE entity_id = :entity_id")
    return last
