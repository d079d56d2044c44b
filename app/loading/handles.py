"""Handles: what a sample file writes where an id exists only once the books are filled, e.g. `{"$line": ["INV-1", 2]}`."""

from typing import Any

from app.domain.facts import Outcome
from app.repository import lookups
from app.repository.database import Database


class Handles:
    """Turns handles into ids, by reading the books and by the outcomes of earlier steps."""

    def __init__(self, database: Database, entity_id: int) -> None:
        self._database = database
        self._entity_id = entity_id
        self._outcomes: dict[str, Outcome] = {}

    def remember(self, name: str, outcome: Outcome) -> None:
        """Later handles may speak of the step by this name."""
        self._outcomes[name] = outcome

    async def resolved(self, value: Any) -> Any:
        """The value with every handle inside replaced. Raises LookupError where one stands for nothing."""
        if isinstance(value, list):
            return [await self.resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))).startswith("$"):
            return await self._resolve(name, value[name])
        return {name: await self.resolved(each) for name, each in value.items()}

    async def _resolve(self, name: str, argument: Any) -> Any:
        try:
            match name, argument:
                case "$memo", str() as step:
                    return {"id": self._outcomes[step]["credit_memo"]}
                case "$payment", str() as step:
                    return self._outcomes[step]["payment"]
                case "$application", [step, place]:
                    return self._applications(step)[place]
                case "$line", [number, line_number]:
                    return await self._line(number, line_number)
                case "$tax", [number, line_number, place]:
                    return await self._tax_item(number, line_number, place)
                case "$memoLine", [step, line_number]:
                    async with self._database.snapshot(self._entity_id) as snapshot:
                        memo_id = self._outcomes[step]["credit_memo"]
                        return (await lookups.memo_line_ids(snapshot, memo_id))[line_number]
                case "$lineApplication", [step, place, line_place]:
                    async with self._database.snapshot(self._entity_id) as snapshot:
                        application_id = self._applications(step)[place]
                        return (await lookups.line_application_ids(snapshot, application_id))[line_place]
        except LookupError:
            raise LookupError(f"the handle {name} {argument!r} stands for nothing") from None
        raise LookupError(f"there is no handle {name} with {argument!r}")

    def _applications(self, step: str) -> list[str]:
        """In the order of the answer; a verb that makes one has it under its singular."""
        outcome = self._outcomes[step]
        return [outcome["application"]] if "application" in outcome else outcome["applications"]

    async def _line(self, number: str, line_number: int) -> str:
        async with self._database.snapshot(self._entity_id) as snapshot:
            return (await lookups.line_ids(snapshot, number))[line_number]

    async def _tax_item(self, number: str, line_number: int, place: int) -> str:
        async with self._database.snapshot(self._entity_id) as snapshot:
            line_id = (await lookups.line_ids(snapshot, number))[line_number]
            return (await lookups.tax_item_ids(snapshot, line_id))[place]
