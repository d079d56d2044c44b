"""What the books hold for the entity's tax engine: the rates of some tax codes, or the address of its callback."""

from collections.abc import Iterable

from app.domain.entity import Settings, TaxCallback, TaxRate
from app.domain.record import Record
from app.domain.vocabulary import TaxEngineKind
from app.repository.books import Books


async def tax_records(books: Books, settings: Settings, codes: Iterable[str | None]) -> list[Record]:
    """For the facts of a command that calculates tax; `codes` are those of its lines and their tax items."""
    if settings.tax_engine is TaxEngineKind.BUILT_IN:
        return [*await books.matching(TaxRate, "tax_code", (code for code in codes if code))]
    if settings.tax_engine is TaxEngineKind.CALLBACK:
        return [*await books.all(TaxCallback)]
    return []
