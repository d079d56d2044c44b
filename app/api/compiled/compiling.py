"""From a selection to what answers it: shapes over sources, with the edges between them."""

from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_abstract_type, is_non_null_type

from app.api.compiled.edges import ID, Many, One
from app.api.compiled.lists import CURSOR, Connection, PageView, Request, RootList
from app.api.compiled.roots import PayloadDocuments, PayloadPart, RootDocument, RootPayload
from app.api.compiled.selection import NotCompilable, SelectedField, Selector
from app.api.compiled.shapes import Part, Shape
from app.api.compiled.sources import Source
from app.api.compiled.values import Asked, Computed, Judged, Sums, write_of
from app.api.declarations import (
    DOCUMENTS,
    AskedPlan,
    ColumnPlan,
    ComputedPlan,
    ConnectionPlan,
    JudgedPlan,
    ListPlan,
    OnePlan,
    OutcomePlan,
    ResultPlan,
    RootListPlan,
    RootPlan,
    SumsPlan,
    sortable_columns,
)
from app.api.http.executor import Execution, ScopedExecutor
from app.api.lists import page_request
from app.api.reader import PageRequest


class Compilation:
    """Compiles one root field; what it has made is of use once it is closed."""

    def __init__(self, executor: ScopedExecutor, dialect: Any) -> None:
        self._selector = Selector(executor)
        self._schema = executor.schema
        self._dialect = dialect
        self._sources: list[Source] = []
        self._by_id: dict[str, Source] = {}
        self._shapes: list[Shape] = []

    def root(self, field: SelectedField) -> RootDocument | RootList:
        """A field of Query. NotCompilable, too, where its arguments are at fault."""
        plan = field.plan
        if isinstance(plan, RootListPlan):
            request, view = self._page(field, plan.page)
            made: RootDocument | RootList = RootList(request, view)
        elif isinstance(plan, RootPlan):
            kind = get_named_type(field.definition.type)
            kinds = self._schema.get_possible_types(kind) if is_abstract_type(kind) else (self._below(field),)
            shapes = {each.name: self._document(each, field) for each in kinds}
            made = RootDocument(plan, self._selector.arguments(field), shapes)
        else:
            raise NotCompilable(field.name)
        self._close()
        return made

    def payload(self, field: SelectedField) -> RootPayload:
        """The success of a mutation: the field's parent is its type. NotCompilable for any other object."""
        kind = field.parent
        parts: dict[str, PayloadPart] = {}
        for each in self._selector.fields(kind, field.details):
            plan = None if each.is_typename else each.plan
            if each.is_typename:
                parts[each.response] = kind.name
            elif isinstance(plan, OutcomePlan):
                target = self._schema.type_map[plan.target]
                assert isinstance(target, GraphQLObjectType)
                is_required = is_non_null_type(each.definition.type)
                parts[each.response] = PayloadDocuments(plan, self._document(target, each), is_required)
            elif isinstance(plan, ResultPlan):
                parts[each.response] = (plan, write_of(self._selector, each))
            else:
                raise NotCompilable(each.name)
        self._close()
        return RootPayload(parts)

    def _close(self) -> None:
        for source in self._sources:
            source.close()
        for shape in self._shapes:
            shape.close()

    def _source(self, target: str) -> Source:
        source = Source(DOCUMENTS[target], self._dialect)
        self._sources.append(source)
        return source

    def _found_by_id(self, target: str) -> Source:
        """One source for all documents of a type that are found by id, so that each is read once."""
        if target not in self._by_id:
            self._by_id[target] = self._source(target)
            self._by_id[target].need(ID)
        return self._by_id[target]

    def _document(self, kind: GraphQLObjectType, field: SelectedField) -> Shape:
        return self._shape(self._found_by_id(kind.name), kind, field)

    def _shape(self, source: Source, kind: GraphQLObjectType, field: SelectedField) -> Shape:
        shape = Shape(source)
        self._shapes.append(shape)
        for each in self._selector.fields(kind, field.details):
            shape.add(each.response, self._part(source, kind, each))
        return shape

    def _part(self, source: Source, kind: GraphQLObjectType, field: SelectedField) -> Part:
        if field.is_typename:
            return kind.name
        plan = field.plan
        match plan:
            case ColumnPlan():
                return plan, field.declared.python_name
            case OnePlan():
                is_optional = not is_non_null_type(field.definition.type)
                return One(plan.key, self._document(self._below(field), field), is_optional=is_optional)
            case ListPlan():
                below = self._source(plan.target)
                return Many(plan, self._shape(below, self._below(field), field))
            case ConnectionPlan():
                return Connection(plan.key, *self._page(field, plan))
            case ComputedPlan():
                return self._computed(source, plan, field)
            case SumsPlan():
                return Sums(plan, write_of(self._selector, field))
            case AskedPlan():
                return Asked(plan, self._selector.arguments(field), write_of(self._selector, field))
            case JudgedPlan():
                source.be_whole()
                return Judged(plan, write_of(self._selector, field))
            case _:
                raise NotCompilable(f"{kind.name}.{field.name}")

    def _below(self, field: SelectedField) -> GraphQLObjectType:
        kind = get_named_type(field.definition.type)
        assert isinstance(kind, GraphQLObjectType)
        return kind

    def _computed(self, source: Source, plan: ComputedPlan, field: SelectedField) -> Computed:
        source.be_whole()
        above = None
        if plan.parent is not None:
            above = self._found_by_id(plan.parent[0])
            above.be_whole()
        return Computed(plan, write_of(self._selector, field), above)

    def _page(self, field: SelectedField, plan: ConnectionPlan) -> tuple[Request, PageView]:
        arguments = self._selector.arguments(field)
        target = DOCUMENTS[plan.target]

        def asked(execution: Execution) -> PageRequest:
            given = dict(arguments.of(execution))
            order_by = given.pop("orderBy", None)
            return page_request(target, plan.order, plan.descending, **given, order_by=order_by)

        request = Request(asked)
        orders = [each.column or name for name, each in sortable_columns(target)]
        if arguments.are_constant:
            constant = asked(self._selector.executor)
            orders = [constant.page.order]
            request = Request(asked, constant)
        view = self._view(field, self._source(plan.target))
        if view.has_cursors:
            view.source.need(ID, *orders)
        return request, view

    def _view(self, field: SelectedField, source: Source) -> PageView:
        view, kind = PageView(source), self._below(field)
        for each in self._selector.fields(kind, field.details):
            if each.is_typename:
                view.add_text(each.response, kind.name)
                continue
            match each.name:
                case "nodes":
                    view.add_nodes(each.response, self._shape(source, self._below(each), each))
                case "edges":
                    view.add_edges(each.response, self._edge(each, source))
                case "pageInfo":
                    view.add_info(each.response, self._info(each))
                case "totalCount":
                    view.add_count(each.response)
                case _:
                    raise NotCompilable(f"{kind.name}.{each.name}")
        return view

    def _edge(self, field: SelectedField, source: Source) -> dict[str, Shape | str | object]:
        kind = self._below(field)
        parts: dict[str, Shape | str | object] = {}
        for each in self._selector.fields(kind, field.details):
            if each.is_typename:
                parts[each.response] = kind.name
            elif each.name == "node":
                parts[each.response] = self._shape(source, self._below(each), each)
            else:
                parts[each.response] = CURSOR
        return parts

    def _info(self, field: SelectedField) -> dict[str, str]:
        kind = self._below(field)
        return {
            each.response: kind.name if each.is_typename else each.declared.python_name
            for each in self._selector.fields(kind, field.details)
        }
