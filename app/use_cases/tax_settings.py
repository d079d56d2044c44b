"""The entity's own tax rates, and what calculates its tax."""

from dataclasses import replace

from app.domain.commands import ConfigureTaxEngine, UpsertTaxRates
from app.domain.entity import TaxCallback, TaxRate
from app.domain.entity_data import put_tax_callback, put_tax_rates
from app.domain.facts import Changes, Worksheet
from app.domain.violation import reject_if_any
from app.repository.books import Books
from app.validation.tax_settings import violations_of_tax_engine, violations_of_tax_rates


async def upsert_tax_rates(books: Books, command: UpsertTaxRates) -> Changes:
    """Rates by tax code, jurisdiction, name and first day."""
    settings = await books.settings_to_change()
    known = await books.matching(TaxRate, "tax_code", [each.tax_code for each in command.tax_rates])
    facts = books.facts(settings, known)
    reject_if_any(violations_of_tax_rates(command, facts))
    sheet = Worksheet(facts)
    return sheet.changes(tax_rates=put_tax_rates(sheet, command.tax_rates))


async def configure_tax_engine(books: Books, command: ConfigureTaxEngine) -> Changes:
    """The engine as a whole; the server's data are kept where none are given."""
    settings = await books.settings_to_change()
    facts = books.facts(settings, await books.all(TaxCallback))
    reject_if_any(violations_of_tax_engine(command, facts))
    sheet = Worksheet(facts)
    if command.callback is not None:
        put_tax_callback(sheet, command.callback)
    after = replace(settings, tax_engine=command.engine)
    return replace(sheet.changes(), settings=None if after == settings else (settings, after))
