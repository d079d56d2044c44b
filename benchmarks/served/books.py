"""The books that requests are measured on: written by a few statements that make their rows from numbers.

Of every 20,000 invoices with 10 lines and tax items there are 50,000 memos with 3 lines and 100,000 applications of a
line each: every invoice has 5, every memo 2. 40 invoices and 100 memos share an account, so that any memo of it can be
applied to any of its invoices. What is open of both is far more than a run uses up.
"""

from dataclasses import dataclass

from app.domain.entity import NumberSequence, Settings
from app.domain.vocabulary import ApplicationLevel, SequenceKind
from app.repository.entities import register_entity
from app.repository.opening import open_database
from benchmarks.adopted import adopt
from benchmarks.served.statements.books import STATEMENTS
from benchmarks.stand import Place, connected, settle

INVOICES = 20_000
ENTITY = "bench"
INVOICES_OF_ACCOUNT = 40
MEMOS_OF_ACCOUNT = 100
MEMOS_PER_INVOICE = 2.5
APPLICATIONS_OF_INVOICE = 5
APPLICATIONS_OF_MEMO = 2
INVOICE_LINES = 10
MEMO_LINES = 3
_SETTINGS = Settings(application_level=ApplicationLevel.INVOICE_LINE)
_SEQUENCES = (
    NumberSequence(kind=SequenceKind.CREDIT_MEMO, prefix="CM-", padding=7),
    NumberSequence(kind=SequenceKind.INVOICE, prefix="INV-", padding=7),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """An entity's books of so many invoices."""

    place: Place
    entity_id: int
    invoices: int

    @property
    def accounts(self) -> int:
        return self.invoices // INVOICES_OF_ACCOUNT

    @property
    def memos(self) -> int:
        return self.accounts * MEMOS_OF_ACCOUNT

    @property
    def applications(self) -> int:
        return self.invoices * APPLICATIONS_OF_INVOICE


def invoices_at(scale: float) -> int:
    """How many invoices the books have at a scale, 1 being the whole: full accounts, and at least one of them."""
    return max(1, round(INVOICES * scale / INVOICES_OF_ACCOUNT)) * INVOICES_OF_ACCOUNT


async def write_books(place: Place, invoices: int) -> Books:
    """An entity with books of so many invoices, a multiple of an account's, as after a quiet night."""
    database = open_database(place.url)
    try:
        entity = await register_entity(
            database, code=ENTITY, name="Bench", settings=_SETTINGS, sequences=_SEQUENCES
        )
    finally:
        await database.close()
    books = Books(place=place, entity_id=entity.id, invoices=invoices)
    connection = await connected(place.owner_url)
    try:
        # Row by row, foreign keys on tables without statistics take hours; the audit looks at all of them.
        await connection.execute("SET session_replication_role = replica")
        for statement in STATEMENTS:
            await connection.execute(_filled(statement, books))
            await connection.execute("ANALYZE")
    finally:
        await connection.close()
    await adopt(place, entity.id)
    await settle(place)
    return books


def _filled(statement: str, books: Books) -> str:
    counts = {
        "entity": books.entity_id,
        "accounts": books.accounts,
        "invoices": books.invoices,
        "memos": books.memos,
        "applications": books.applications,
    }
    for name, count in counts.items():
        statement = statement.replace(f":{name}:", str(count))
    return statement
