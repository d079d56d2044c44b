"""Connections: a page for each row, or the page of a root list, and what is asked of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

from app.api.compiled.edges import ID, values_of
from app.api.compiled.foreseen import Above, Foreseen, Foresight, NotForeseen
from app.api.compiled.run import Run
from app.api.compiled.shapes import Edge, Rows, Shape
from app.api.compiled.sources import Source
from app.api.http.executor import Execution
from app.api.reader import PageRequest, Slice, one_more
from app.repository import reads
from app.repository.pages import Page, Place, page_below, page_of, pages_of, parameters_of

CURSOR = object()
"""Stands for the cursor among the fields of an edge."""
CURSORS = frozenset({"start_cursor", "end_cursor"})


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a request asks of the connection."""

    asked: Callable[[Execution], PageRequest]
    constant: PageRequest | None = None
    """What every request of the document asks, where no variable is in it."""

    def __call__(self, execution: Execution) -> PageRequest:
        """Read once for each request. Raises ClientFault and GraphQLError."""
        if self.constant is not None:
            return self.constant
        asked: PageRequest | None = execution.read_arguments.get(self)
        if asked is None:
            asked = execution.read_arguments[self] = self.asked(execution)
        return asked

    def of(self, foreseen: Foreseen) -> PageRequest:
        """The same, noting where it is another for another request."""
        if self.constant is None:
            foreseen.is_constant = False
        return self(foreseen.execution)


class PageView:
    """What is asked of each page: its fields, and the shapes of its nodes, all over one source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.counts = False
        self.has_cursors = False
        self._shapes: list[Shape] = []
        self._nodes: tuple[str, Shape] | None = None
        self._parts: dict[str, Callable[[Slice, list[list[Any]], int], Any]] = {}

    @property
    def only_nodes(self) -> tuple[str, Shape] | None:
        """The one field asked for, where that is the nodes."""
        if len(self._parts) == 1 and self._nodes:
            return self._nodes
        return None

    def add_text(self, response: str, text: str) -> None:
        self._parts[response] = lambda page, nodes, count: text

    def add_count(self, response: str) -> None:
        self.counts = True
        self._parts[response] = lambda page, nodes, count: count

    def add_nodes(self, response: str, shape: Shape) -> None:
        place = self._placed(shape)
        self._nodes = (response, shape)
        self._parts[response] = lambda page, nodes, count: nodes[place]

    def add_info(self, response: str, fields: Mapping[str, str]) -> None:
        """`fields`: what is asked of PageInfo, as properties of Slice; a text that is none stands for itself."""
        self.has_cursors |= not CURSORS.isdisjoint(fields.values())
        self._parts[response] = lambda page, nodes, count: {
            name: getattr(page, what, what) for name, what in fields.items()
        }

    def add_edges(self, response: str, fields: Mapping[str, Shape | str | object]) -> None:
        """`fields`: what is asked of each edge: a node of a shape, CURSOR, or a text."""
        self.has_cursors |= CURSOR in fields.values()
        names = tuple(fields)
        places = [self._placed(each) if isinstance(each, Shape) else each for each in fields.values()]

        def edges(page: Slice, nodes: list[list[Any]], _: int) -> list[dict[str, Any]]:
            columns = [
                nodes[each]
                if isinstance(each, int)
                else map(page.cursor, page.nodes)
                if each is CURSOR
                else repeat(each, len(page.nodes))
                for each in places
            ]
            # Where @skip has left nothing of an edge, each is an empty object.
            rows = zip(*columns, strict=True) if columns else repeat((), len(page.nodes))
            return [dict(zip(names, values, strict=True)) for values in rows]

        self._parts[response] = edges

    def foresee(self, foreseen: Foreseen, above: Above) -> None:
        """Add to the question what is asked of the nodes. Raises NotForeseen."""
        for shape in self._shapes:
            shape.foresee(foreseen, above)

    async def of(self, run: Run, pages: Sequence[Slice], counts: Sequence[int]) -> list[dict[str, Any]]:
        """An object for each page."""
        rows = [row for each in pages for row in each.nodes]
        made = [iter(await shape.of(run, rows)) for shape in self._shapes]
        objects: list[dict[str, Any]] = []
        for page, count in zip(pages, counts, strict=True):
            nodes = [list(islice(each, len(page.nodes))) for each in made]
            objects.append({name: part(page, nodes, count) for name, part in self._parts.items()})
        return objects

    def sliced(self, request: PageRequest, rows: Rows) -> Slice:
        """The page that the rows are, one more than asked for where there are more."""
        order, source = request.page.order, self.source

        def place_of(row: Sequence[Any]) -> Place:
            return Place(source.sorted_value(order, row), row[source.place(ID)])

        return Slice(request, rows, place_of)

    def _placed(self, shape: Shape) -> int:
        self._shapes.append(shape)
        return len(self._shapes) - 1


class Connection(Edge):
    """The same page of every row's list: one statement, and another one where its rows are counted."""

    key = ID

    def __init__(self, parent_key: str, request: Request, view: PageView) -> None:
        self._parent_key, self._request, self._view = parent_key, request, view
        view.source.need(parent_key)

    def foresee(self, foreseen: Foreseen, above: Above) -> None:
        view, below = self._view, self._view.source
        if view.counts:
            raise NotForeseen
        page = self._asked(self._request.of(foreseen))
        feed = above.fed("parent" if above.is_one else "values", ID)
        part = foreseen.add(self, below, self._statement(page, above.is_one), feed, **parameters_of(page))
        view.foresee(foreseen, Above(part, below))

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        view, below = self._view, self._view.source
        request = self._request(run.execution)
        ids = values_of(source, ID, rows)
        place = below.place(self._parent_key)
        found: dict[str, list[Any]] = {id: [] for id in ids}
        if view.only_nodes is not None:
            name, shape = view.only_nodes
            children = await self._read(run, request, ids)
            for row, made in zip(children, await shape.of(run, children), strict=True):
                found[row[place]].append(made)
            if request.page.backward:
                found = {id: made[::-1] for id, made in found.items()}
            return {id: {name: made} for id, made in found.items()}
        for row in await self._read(run, request, ids):
            found[row[place]].append(row)
        pages = [view.sliced(request, each) for each in found.values()]
        counts = await self._counted(run, request, ids) if view.counts else repeat(0, len(ids))
        return dict(zip(ids, await view.of(run, pages, list(counts)), strict=True))

    def _asked(self, request: PageRequest) -> Page:
        """Where only nodes are wanted, nobody asks whether there are more."""
        return one_more(request.page) if self._view.only_nodes is None else request.page

    def _statement(self, page: Page, is_one: bool) -> Any:
        below = self._view.source
        table = below.plan.table
        if is_one:
            return page_below(table, self._parent_key, page, below.columns)
        return pages_of(table, self._parent_key, page, below.columns, below.dialect)

    async def _read(self, run: Run, request: PageRequest, ids: list[str]) -> Rows:
        found = run.found(self)
        if found is not None:
            return found
        page = self._asked(request)
        is_one = len(ids) == 1
        parents: dict[str, Any] = {"parent": ids[0]} if is_one else {"values": ids}
        statement = self._statement(page, is_one)
        return await run.rows(self._view.source, statement, **parents, **parameters_of(page))

    async def _counted(self, run: Run, request: PageRequest, ids: list[str]) -> list[int]:
        statement = reads.counts_of(self._view.source.plan.table, self._parent_key, request.page.condition)
        counts = {row[0]: int(row[1]) for row in await run.reader.rows(statement, values=ids)}
        return [counts.get(id, 0) for id in ids]


class RootList:
    """A page of all documents of the entity."""

    def __init__(self, request: Request, view: PageView) -> None:
        self._request, self._view = request, view
        self._foresight = Foresight(self._say)

    async def answer(self, run: Run) -> Any:
        """The connection as an object."""
        view, source = self._view, self._view.source
        request = self._request(run.execution)
        page = one_more(request.page)
        statement = page_of(source.plan.table, page, source.columns)
        values = parameters_of(page)
        if run.operation.answers_questions:
            foreseen = self._foresight.of(run.execution, statement)
            if foreseen is not None:
                await run.ask(foreseen, plans_once=False, **values)
        rows = run.found(self)
        if rows is None:
            rows = await run.rows(source, statement, **values)
        count = 0
        if view.counts:
            [[count]] = await run.reader.rows(reads.count_of(source.plan.table, page.condition))
        [made] = await view.of(run, [view.sliced(request, rows)], [int(count)])
        return made

    def _say(self, foreseen: Foreseen, statement: Any) -> None:
        view, source = self._view, self._view.source
        if view.counts:
            raise NotForeseen
        part = foreseen.add(self, source, statement)
        # Whoever asks for another number of rows has another statement.
        limit = self._request(foreseen.execution).page.limit
        view.foresee(foreseen, Above(part, source, most=limit))
