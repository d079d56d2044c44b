"""What `entity` does: registers whose books are kept here, and changes their settings."""

import re
from datetime import UTC, datetime

from app.cli.configured import open_books
from app.cli.terminal import CommandFailed
from app.domain.actor import Actor
from app.domain.commands import UpdateEntitySettings
from app.domain.entity import NumberSequence, ReasonCode, Settings
from app.domain.entity_data import PREFIXES, settings_after
from app.domain.limits import DEFAULT_LIMITS
from app.domain.violation import reject_if_any
from app.domain.vocabulary import Operation, SequenceKind
from app.repository.database import Database
from app.repository.entities import (
    OPERATOR,
    Entity,
    entities,
    reason_code,
    register_entity,
    rename_entity,
)
from app.settings import Settings as EnvironmentSettings
from app.use_cases.run import perform
from app.use_cases.verbs import VERBS
from app.validation.settings import violations_of_prefix, violations_of_settings

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What goes into an HTTP header as it is."""
PEOPLE_OF_A_PROVIDER = "oidc"
"""What stands before the names of people whom an identity provider vouches for, as elsewhere an entity's code."""


async def register(
    settings: EnvironmentSettings,
    code: str,
    name: str | None,
    asked: UpdateEntitySettings,
    reason_codes: list[str],
    prefixes: list[str],
) -> bool:
    """Whether the entity is new. Reason codes are written CODE=LABEL, prefixes KIND=PREFIX; without any a new one gets
    the usual prefixes.
    """
    codes, sequences = _reason_codes(reason_codes), _sequences(prefixes)
    async with open_books(settings) as database:
        known = {each.code: each for each in await entities(database)}.get(code)
        if known is not None:
            if codes or sequences:
                raise CommandFailed(
                    f"{code} is registered: reason codes and prefixes only begin with an entity"
                )
            await _change(database, known, name, asked)
            return False
        if not CODE.fullmatch(code):
            raise CommandFailed(f"{code!r}: a code has 1 to 64 letters, digits, dots, dashes and underscores")
        if code.lower() == PEOPLE_OF_A_PROVIDER:
            raise CommandFailed(
                f"{code!r}: credentials of that entity would be called like people: oidc:NAME"
            )
        if name is None:
            raise CommandFailed(f"there is no entity {code!r}: a new one wants --name")
        begun = settings_after(asked, Settings())
        reject_if_any(violations_of_settings(begun, datetime.now(UTC)))
        await register_entity(
            database,
            code=code,
            name=name,
            settings=begun,
            reason_codes=codes,
            sequences=sequences
            or [NumberSequence(kind=kind, prefix=text) for kind, text in PREFIXES.items()],
        )
        return True


async def _change(database: Database, entity: Entity, name: str | None, asked: UpdateEntitySettings) -> None:
    """What updateEntitySettings does, under its rules; the name beside it is the operator's alone."""
    operator = Actor(entity_id=entity.id, name=OPERATOR, permissions=frozenset())
    await perform(database, operator, VERBS[Operation.UPDATE_ENTITY_SETTINGS], asked)
    if name is not None and name != entity.name:
        await rename_entity(database, entity, name)


def _reason_codes(given: list[str]) -> list[ReasonCode]:
    pairs = [(code, label or code) for code, _, label in (each.partition("=") for each in given)]
    if len({code for code, _ in pairs}) < len(pairs) or any(not 0 < len(code) <= 40 for code, _ in pairs):
        raise CommandFailed("reason codes have 1 to 40 characters and differ from each other")
    return [reason_code(code, label, is_default=place == 0) for place, (code, label) in enumerate(pairs)]


def _sequences(given: list[str]) -> list[NumberSequence]:
    """The sequences of every kind of document, with the given prefixes; none where none is given."""
    prefixes = dict(PREFIXES)
    for each in given:
        kind, equals, text = each.partition("=")
        if kind not in SequenceKind.__members__ or not equals or len(text) > DEFAULT_LIMITS.number_prefix:
            raise CommandFailed(
                f"{each!r}: KIND=PREFIX is wanted, KIND one of {', '.join(SequenceKind.__members__)}"
            )
        reject_if_any(violations_of_prefix(text, ("prefix",)))
        prefixes[SequenceKind[kind]] = text
    return [NumberSequence(kind=kind, prefix=text) for kind, text in prefixes.items()] if given else []
