"""Loads documents as the declarations say: one statement for all the parents that ask the same, in one snapshot."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from strawberry.dataloader import DataLoader

from app.api import cursors
from app.api.declarations import DOCUMENTS, AskedPlan, DocumentPlan, SumsPlan, document_of
from app.api.http.fault import ClientFault
from app.domain.entity import Settings
from app.repository import pages, reads
from app.repository.conditions import Condition
from app.repository.database import Busy, Snapshot
from app.repository.rows import settings_selection

PAGE_SIZE = 20
PAGE_LIMIT = 250
RETRY = "The books were busy for too long. Send it again, with the same idempotency key."


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a caller asked of a connection; `order` is what stands in its cursors."""

    page: pages.Page
    order: cursors.Order


class Reader:
    """All that one snapshot's documents are read through; it lives as long as the snapshot."""

    def __init__(self, snapshot: Callable[[], Any]) -> None:
        self._snapshot = snapshot
        self._loaders: dict[Any, DataLoader[str, Any]] = {}
        self._reading: set[asyncio.Task[Any] | None] = set()

    async def rows(self, statement: Any, **parameters: Any) -> list[Any]:
        """Raises ClientFault with RETRY when the database is busy or away."""
        task = asyncio.current_task()
        self._reading.add(task)
        try:
            snapshot: Snapshot = await self._snapshot()
            return await snapshot.rows(statement, parameters)
        except Busy as error:
            raise ClientFault(RETRY, "RETRY") from error
        finally:
            self._reading.discard(task)

    async def rest(self) -> None:
        """Ends what is still read for nobody, and returns when it has ended: a loader goes on, or takes leave of the
        statement that was cut, when those who asked have long gone. The snapshot is not to be given back before.
        """
        reading = [each for each in self._reading if each is not None]
        for each in reading:
            # Cut a second time, it would not take leave of its statement any more.
            if not each.cancelling():
                each.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    async def flat_rows(self, statement: Any, **parameters: Any) -> Sequence[Sequence[Any]]:
        """The driver's own rows of a statement that is built once. Raises like `rows`."""
        try:
            snapshot: Snapshot = await self._snapshot()
            return await snapshot.flat_rows(statement, parameters)
        except Busy as error:
            raise ClientFault(RETRY, "RETRY") from error

    async def one(self, target: str, key: str, value: str | None) -> Any:
        """The document whose column `key` has the value, or None."""
        if value is None:
            return None
        found = await _loaded(self._loader(("many", target, key, None)), value)
        return found[0] if found else None

    async def many(self, target: str, key: str, order: str, value: str) -> list[Any]:
        """All documents whose column `key` has the value, in order."""
        found: list[Any] = await _loaded(self._loader(("many", target, key, order)), value)
        return found

    async def by_ids(self, target: str, ids: Sequence[str]) -> list[Any]:
        """Documents by id, None for those there are not, in the order of the ids."""
        loader = self._loader(("many", target, "id", None))
        loaded = await asyncio.gather(*(_loaded(loader, id) for id in ids))
        return [found[0] if found else None for found in loaded]

    async def page(self, target: str, key: str, request: PageRequest, value: str) -> "DocumentSlice":
        """A page of the documents whose column `key` has the value."""
        found: list[Any] = await _loaded(self._loader(("page", target, key, request)), value)
        count = self._loader(("count", target, key, request.page.condition))
        return DocumentSlice(request, found, lambda: _loaded(count, value))

    async def root_page(self, target: str, request: PageRequest) -> "DocumentSlice":
        """A page of all documents of the entity."""
        plan = DOCUMENTS[target]
        page = one_more(request.page)
        rows = await self.rows(pages.page_of(plan.table, page), **pages.parameters_of(page))

        async def count() -> int:
            [[number]] = await self.rows(reads.count_of(plan.table, request.page.condition))
            return int(number)

        return DocumentSlice(request, [document_of(plan, row) for row in rows], count)

    async def settings(self) -> Settings:
        """The settings of the entity."""
        if "settings" not in self._loaders:

            async def load(keys: list[str]) -> list[Settings]:
                [row] = await self.rows(settings_selection())
                return [Settings(**row._mapping)] * len(keys)

            self._loaders["settings"] = DataLoader(load_fn=load)
        found: Settings = await _loaded(self._loaders["settings"], "")
        return found

    async def sums(self, plan: SumsPlan, value: str) -> list[Any]:
        """The plan's sums for the row with the id."""
        if plan not in self._loaders:

            async def load(ids: list[str]) -> list[list[Any]]:
                groups: dict[str, list[Any]] = defaultdict(list)
                for row in await self.rows(plan.statement(), values=ids):
                    groups[getattr(row, plan.key)].append(plan.made(row))
                return [groups[id] for id in ids]

            self._loaders[plan] = DataLoader(load_fn=load)
        found: list[Any] = await _loaded(self._loaders[plan], value)
        return found

    async def asked(self, plan: AskedPlan, question: Any, value: str) -> list[Any]:
        """The plan's rows for the row with the id and the question."""
        if (plan, question) not in self._loaders:

            async def load(ids: list[str]) -> list[list[Any]]:
                groups: dict[str, list[Any]] = defaultdict(list)
                for row in await self.rows(plan.statement(), values=ids, **question.bound):
                    groups[getattr(row, plan.key)].append(row)
                return [groups[id] for id in ids]

            self._loaders[plan, question] = DataLoader(load_fn=load)
        found: list[Any] = await _loaded(self._loaders[plan, question], value)
        return found

    def _loader(self, key: Any) -> DataLoader[str, Any]:
        if key not in self._loaders:
            how, target, column, detail = key
            plan = DOCUMENTS[target]
            loads: dict[str, Any] = {
                "many": self._load_many,
                "page": self._load_pages,
                "count": self._load_counts,
            }
            load = loads[how]
            self._loaders[key] = DataLoader(load_fn=lambda ids: load(plan, column, detail, ids))
        return self._loaders[key]

    async def _load_many(
        self, plan: DocumentPlan, column: str, order: str | None, ids: list[str]
    ) -> list[list[Any]]:
        statement = (
            reads.children_of(plan.table, column, order) if order else reads.rows_by(plan.table, column)
        )
        return _grouped(plan, column, await self.rows(statement, values=ids), ids)

    async def _load_pages(
        self, plan: DocumentPlan, column: str, request: PageRequest, ids: list[str]
    ) -> list[list[Any]]:
        page = one_more(request.page)
        statement = pages.pages_of(plan.table, column, page)
        rows = await self.rows(statement, values=ids, **pages.parameters_of(page))
        return _grouped(plan, column, rows, ids)

    async def _load_counts(
        self, plan: DocumentPlan, column: str, condition: Condition | None, ids: list[str]
    ) -> list[int]:
        rows = await self.rows(reads.counts_of(plan.table, column, condition), values=ids)
        counts = {row[0]: int(row[1]) for row in rows}
        return [counts.get(id, 0) for id in ids]


async def _loaded(loader: DataLoader[str, Any], key: str) -> Any:
    """What the loader has for the key; those who ask for the same wait for one future.

    graphql-core cancels the fields beside one that fails, and what they wait for is cancelled with them: whoever waited for
    it somewhere else asks again.
    """
    while True:
        try:
            return await loader.load(key)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # The batch that it was in may have been given up whole, and would take new ones in without ever being sent.
            loader.batch = None


class Slice:
    """The rows of a page, in the list's order, and whether there are more; `place_of` a row is what its cursor is."""

    def __init__(
        self, request: PageRequest, found: Sequence[Any], place_of: Callable[[Any], pages.Place]
    ) -> None:
        page = request.page
        more = len(found) > page.limit
        kept = found[: page.limit]
        self.nodes = kept[::-1] if page.backward else kept
        self._order = request.order
        self._place_of = place_of
        self.has_next_page = page.before is not None if page.backward else more
        self.has_previous_page = more if page.backward else page.after is not None

    @property
    def start_cursor(self) -> str | None:
        return self.cursor(self.nodes[0]) if self.nodes else None

    @property
    def end_cursor(self) -> str | None:
        return self.cursor(self.nodes[-1]) if self.nodes else None

    def cursor(self, node: Any) -> str:
        return cursors.encode(self._order, self._place_of(node))


class DocumentSlice(Slice):
    """What a connection type shows."""

    def __init__(self, request: PageRequest, found: list[Any], count: Callable[[], Any]) -> None:
        order = request.page.order
        super().__init__(request, found, lambda node: pages.Place(getattr(node.row, order), node.row.id))
        self._count = count

    @property
    def edges(self) -> list["Edge"]:
        return [Edge(node, self.cursor(node)) for node in self.nodes]

    @property
    def page_info(self) -> Slice:
        return self

    async def total_count(self) -> int:
        """Counted only when asked."""
        number: int = await self._count()
        return number


@dataclass(frozen=True, slots=True)
class Edge:
    node: Any
    cursor: str


def page_size(first: int | None, last: int | None) -> tuple[int, bool]:
    """How many rows, and whether from the end. ClientFault for both, and outside 0 to 250."""
    if first is not None and last is not None:
        raise ClientFault("Give `first` or `last`, not both.", "BAD_USER_INPUT")
    size = first if first is not None else last if last is not None else PAGE_SIZE
    if not 0 <= size <= PAGE_LIMIT:
        raise ClientFault(f"A page has 0 to {PAGE_LIMIT} rows; {size} were asked for.", "BAD_USER_INPUT")
    return size, last is not None


def one_more(page: pages.Page) -> pages.Page:
    """One row more than asked for says whether there are more."""
    return replace(page, limit=page.limit + 1)


def _grouped(plan: DocumentPlan, column: str, rows: list[Any], ids: list[str]) -> list[list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, column)].append(document_of(plan, row))
    return [groups[id] for id in ids]
