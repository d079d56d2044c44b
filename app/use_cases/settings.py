"""An entity's settings, reason codes, templates and number sequences.

Each takes turns on the entity's row: what is judged over all of them, such as the one default, stays true.
"""

from app.domain.commands import (
    UpdateEntitySettings,
    UpdateNumberSequences,
    UpsertReasonCodes,
    UpsertTemplates,
)
from app.domain.entity import ReasonCode, Template
from app.domain.entity_data import put_reason_codes, put_templates, sequence_after, settings_after
from app.domain.facts import Changes, Worksheet
from app.domain.violation import reject_if_any
from app.repository.books import LONGEST_TRANSACTION, Books
from app.repository.entity_data import sequences_to_change, templates_in_use, time_zones_left
from app.validation.settings import (
    violations_of_reason_codes,
    violations_of_sequences,
    violations_of_templates,
    violations_of_update_settings,
)


async def update_entity_settings(books: Books, command: UpdateEntitySettings) -> Changes:
    """A back-dated command that has read the settings is waited for, so no period closes under it."""
    settings = await books.settings_to_change()
    facts = books.facts(settings, [])
    left = await time_zones_left(books, facts.stamp.now - LONGEST_TRANSACTION)
    reject_if_any(violations_of_update_settings(command, facts, left))
    after = settings_after(command, settings)
    return Changes(settings=None if after == settings else (settings, after))


async def upsert_reason_codes(books: Books, command: UpsertReasonCodes) -> Changes:
    """Reason codes by code; a new default takes the mark from the old one."""
    settings = await books.settings_to_change()
    facts = books.facts(settings, await books.all(ReasonCode))
    reject_if_any(violations_of_reason_codes(command, facts))
    sheet = Worksheet(facts)
    return sheet.changes(reason_codes=put_reason_codes(sheet, command.reason_codes))


async def upsert_templates(books: Books, command: UpsertTemplates) -> Changes:
    """Templates by code; a memo that is being made with one holds it, so that its type stays meanwhile."""
    settings = await books.settings_to_change()
    types = {each.code: each.type for each in command.templates}
    known = await books.lock_by(Template, "code", types)
    used = await templates_in_use(books, [each.code for each in known if each.type is not types[each.code]])
    facts = books.facts(settings, known)
    reject_if_any(violations_of_templates(command, facts, used))
    sheet = Worksheet(facts)
    return sheet.changes(templates=put_templates(sheet, command.templates))


async def update_number_sequences(books: Books, command: UpdateNumberSequences) -> Changes:
    """Sequences by kind; one that the entity did not have begins."""
    await books.settings_to_change()
    standing = await sequences_to_change(books)
    reject_if_any(violations_of_sequences(command, standing))
    changes = [
        (standing.get(entry.kind), sequence_after(entry, standing.get(entry.kind)))
        for entry in command.sequences
    ]
    return Changes(sequences=tuple(each for each in changes if each[0] != each[1]))
