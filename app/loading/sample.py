"""Sample books: a file with an entity and the steps that fill it, run through the same verbs as any request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from app.domain.actor import Actor
from app.domain.entity import NumberSequence, Settings
from app.domain.reading import camel, read
from app.domain.violation import Rejected
from app.domain.vocabulary import AllocationRule, ApplicationLevel, Operation, SequenceKind, TaxStrategy
from app.loading.handles import Handles
from app.repository import lookups
from app.repository.database import Database
from app.repository.entities import Entity, entities, reason_code, register_entity
from app.use_cases.run import perform
from app.use_cases.verbs import VERBS

ACTOR = "sample"
MUTATIONS = {camel(operation.value.lower()): operation for operation in VERBS}
Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A mutation; `name` is how later steps speak of what it made."""

    operation: Operation
    idempotency_key: str
    name: str | None
    input: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An entity and how its books came about."""

    entity: dict[str, Any]
    steps: tuple[Step, ...]

    @property
    def code(self) -> str:
        code: str = self.entity["code"]
        return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load did: steps done now, and steps that an earlier load had done."""

    entity: Entity
    done: int
    repeated: int


class SampleRefused(Exception):
    """A step was rejected; what came before it is kept, and loading again goes on from there."""

    def __init__(self, place: int, step: Step, rejected: Rejected) -> None:
        self.rejected = rejected
        super().__init__(
            f"step {place} ({camel(step.operation.value.lower())}, {step.idempotency_key}) was refused"
        )


def read_sample(path: Path) -> Sample:
    """The file's content. Raises ValueError for what is no sample."""
    try:
        content = orjson.loads(path.read_bytes())
        steps = tuple(
            Step(
                operation=MUTATIONS[step["mutation"]],
                idempotency_key=step["idempotencyKey"],
                name=step.get("as"),
                input=step["input"],
            )
            for step in content["steps"]
        )
        return Sample(entity=content["entity"], steps=steps)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no sample file: {error!r}") from error


async def is_half_loaded(database: Database, sample: Sample) -> bool:
    """Whether a load of the sample was begun and not finished."""
    for entity in await entities(database):
        if entity.code == sample.code:
            async with database.snapshot(entity.id) as snapshot:
                return not await lookups.is_key_used(snapshot, sample.steps[-1].idempotency_key)
    return False


async def load_sample(database: Database, sample: Sample, progress: Progress | None = None) -> Loaded:
    """Register the entity if there is none of that code, then run the steps that were not run before.

    Raises SampleRefused, Unreadable for an input that is no command, LookupError for a handle that stands for nothing.
    """
    entity = await _entity(database, sample)
    actor = Actor(entity_id=entity.id, name=ACTOR, permissions=frozenset())
    handles = Handles(database, entity.id)
    repeated = 0
    for place, step in enumerate(sample.steps, start=1):
        verb = VERBS[step.operation]
        given = await handles.resolved(step.input)
        command = read(verb.command, {**given, "idempotencyKey": step.idempotency_key})
        try:
            result = await perform(database, actor, verb, command)
        except Rejected as rejected:
            raise SampleRefused(place, step, rejected) from rejected
        repeated += result.replayed
        if step.name is not None:
            handles.remember(step.name, result.outcome)
        if progress is not None:
            progress(place, len(sample.steps))
    return Loaded(entity=entity, done=len(sample.steps) - repeated, repeated=repeated)


async def _entity(database: Database, sample: Sample) -> Entity:
    """The entity as it is: settings that an operator has changed since are not set back."""
    for known in await entities(database):
        if known.code == sample.code:
            return known
    said = sample.entity["settings"]
    closed = said.get("closedThrough")
    return await register_entity(
        database,
        code=sample.code,
        name=sample.entity["name"],
        settings=Settings(
            application_level=ApplicationLevel(said["applicationLevel"]),
            default_allocation=AllocationRule(said["defaultAllocation"]),
            default_tax_strategy=TaxStrategy(said["defaultTaxStrategy"]),
            time_zone=said["timeZone"],
            closed_through=date.fromisoformat(closed) if closed else None,
        ),
        reason_codes=[
            reason_code(
                each["code"],
                each["label"],
                active=each["active"],
                allowed_for_direct=each["allowedForDirect"],
                is_default=each["default"],
            )
            for each in said["reasonCodes"]
        ],
        sequences=[
            NumberSequence(
                kind=SequenceKind(each["kind"]),
                prefix=each["prefix"],
                next=each["next"],
                padding=each["padding"],
                gapless=each["gapless"],
            )
            for each in said["sequences"]
        ],
    )
