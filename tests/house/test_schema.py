"""The schema is the product: described to the last word, guarded, bounded, and changed only on purpose."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    find_breaking_changes,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_specified_scalar_type,
)

from app.api.declarations import DOCUMENTS, ColumnPlan, DocumentPlan, Plan
from app.api.mutations import Mutation
from app.api.queries import Query
from app.api.schema import sdl
from app.domain.access import PERMISSIONS
from app.domain.commands import Command
from app.domain.limits import Limits
from app.use_cases.verbs import VERBS

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "docs/schema/released.graphql"
SDL = sdl()
SCHEMA = build_schema(SDL)
TYPES = [
    each
    for each in SCHEMA.type_map.values()
    if not is_introspection_type(each) and not is_specified_scalar_type(each)
]
# A list argument outside a command and a filter, and what bounds it.
BOUNDED = {
    ("nodes", "ids"): "NODES",
    ("aging", "buckets"): "MOST_BUCKETS",
    ("creditMemoApplicationSums", "groupBy"): "an enum's values, once each",
}
FILTER_LISTS = {"in", "and", "or"}


def fields_of(kind: Any) -> dict[str, Any]:
    fields: dict[str, Any] = getattr(kind, "fields", {})
    return fields


def root_fields() -> dict[str, GraphQLField]:
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    return {**SCHEMA.query_type.fields, **SCHEMA.mutation_type.fields}


def test_the_schema_file_is_what_the_code_says() -> None:
    assert (ROOT / "schema.graphql").read_text() == SDL, "`make schema` writes it anew"


def test_everything_is_described() -> None:
    described = [(kind.name, kind.description) for kind in TYPES]
    for kind in TYPES:
        if isinstance(kind, GraphQLEnumType):
            described += [(f"{kind.name}.{name}", value.description) for name, value in kind.values.items()]
        for name, field in fields_of(kind).items():
            described.append((f"{kind.name}.{name}", field.description))
            described += [
                (f"{kind.name}.{name}({argument}:)", each.description)
                for argument, each in getattr(field, "args", {}).items()
            ]
    assert [name for name, text in described if not (text or "").strip()] == []


def test_a_description_is_a_sentence() -> None:
    ends = {kind.name: (kind.description or "").strip()[-1] for kind in TYPES}
    assert {name: end for name, end in ends.items() if end not in ".)?:…"} == {}


@pytest.mark.parametrize("root", [Query, Mutation], ids=["Query", "Mutation"])
def test_every_root_field_declares_the_permission_it_needs(root: Any) -> None:
    declared = {
        field.python_name: field.metadata.get("permission") for field in root.__strawberry_definition__.fields
    }
    assert [name for name, permission in declared.items() if not permission] == (
        ["viewer"] if root is Query else []
    )
    assert set(declared.values()) - {None} <= set(PERMISSIONS)


def test_every_permission_is_needed_by_a_root_field() -> None:
    fields = [*Query.__strawberry_definition__.fields, *Mutation.__strawberry_definition__.fields]
    assert {field.metadata["permission"] for field in fields} - {None} == set(PERMISSIONS)


def test_every_root_field_says_which_permission_it_needs() -> None:
    for root in (Query, Mutation):
        for field in root.__strawberry_definition__.fields:
            permission = field.metadata["permission"]
            said = f"Needs `{permission}`" if permission else "Needs no permission."
            assert said in field.description, field.python_name


def test_no_document_leads_to_who_may_do_what() -> None:
    """They are behind permissions of their own, which are asked for at the root alone."""
    guarded = {"Credential", "Grant", "AccessChange", "Role", "Viewer"}
    leading = {
        kind.name
        for kind in TYPES
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for field in kind.fields.values()
        if get_named_type(field.type).name.removesuffix("Connection").removesuffix("Edge") in guarded
    }
    own = {f"{name}{part}" for name in guarded for part in ("", "Connection", "Edge")}
    answers = {get_named_type(each).name for each in _answers_of_access()}
    assert leading - own <= answers | {"Query"}


def _answers_of_access() -> Iterator[Any]:
    assert SCHEMA.mutation_type is not None
    for verb in VERBS.values():
        if verb.permission == "access:write":
            name = verb.command.__name__
            yield from SCHEMA.mutation_type.fields[name[0].lower() + name[1:]].type.of_type.types


def test_every_verb_is_a_mutation_of_its_name() -> None:
    names = {field.python_name for field in Mutation.__strawberry_definition__.fields}
    assert names == {operation.lower() for operation in VERBS}


def test_every_mutation_takes_one_input_and_answers_a_success_or_a_rejection() -> None:
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        assert list(field.args) == ["input"], name
        assert isinstance(field.args["input"].type, GraphQLNonNull), name
        assert isinstance(field.type, GraphQLNonNull), name
        result = field.type.of_type
        assert isinstance(result, GraphQLUnionType), name
        assert result.name == f"{name[0].upper()}{name[1:]}Result"
        [success] = {member.name for member in result.types} - {"Rejection"}
        assert len(result.types) == 2, name
        assert {"replayed", "dryRun"} <= set(fields_of(SCHEMA.type_map[success])), name
        assert {"idempotencyKey", "dryRun"} <= set(fields_of(get_named_type(field.args["input"].type))), name


def resolver_of(field: Any) -> Any:
    return None if field.base_resolver is None else field.base_resolver.wrapped_func


@pytest.mark.parametrize("plan", DOCUMENTS.values(), ids=lambda each: each.name)
def test_no_document_type_has_a_resolver_written_by_hand(plan: DocumentPlan) -> None:
    """A field is a declared column, or an edge or computed field that the edges module made."""
    for field in plan.type.__strawberry_definition__.fields:
        declared = field.metadata.get("plan")
        assert isinstance(declared, get_args(Plan)), field.python_name
        resolver = resolver_of(field)
        if isinstance(declared, ColumnPlan):
            assert resolver is None, field.python_name
        else:
            assert resolver.__module__ == "app.api.edges", field.python_name


def test_every_document_with_a_prefix_is_a_node_and_no_prefix_is_used_twice() -> None:
    prefixes = [plan.prefix for plan in DOCUMENTS.values() if plan.prefix]
    assert len(set(prefixes)) == len(prefixes)
    for plan in DOCUMENTS.values():
        kind = SCHEMA.type_map[plan.name]
        assert isinstance(kind, GraphQLObjectType)
        assert ("Node" in {each.name for each in kind.interfaces}) is bool(plan.prefix), plan.name


def test_absent_and_null_are_the_same_and_no_default_says_null() -> None:
    assert "= null" not in SDL


def lists_in_commands() -> Iterator[tuple[str, str, str]]:
    """Command, field and the name of the limit, of every list that a command can carry."""
    seen: set[type[Any]] = set()
    ahead: list[Any] = list(Command.__subclasses__())
    while ahead:
        kind = ahead.pop()
        # Another test may make commands of its own.
        if kind in seen or not kind.__module__.startswith("app."):
            continue
        seen.add(kind)
        ahead += kind.__subclasses__()
        hints = get_type_hints(kind)
        for field in dataclasses.fields(kind):
            parts = [hints[field.name], *get_args(hints[field.name])]
            lists = [part for part in parts if get_origin(part) is list]
            if lists:
                yield kind.__name__, field.name, field.metadata["limit"]
            inner = [*parts, *(item for part in lists for item in get_args(part))]
            ahead += [part for part in inner if dataclasses.is_dataclass(part)]


def test_every_list_that_a_caller_sends_has_a_cap_of_its_own() -> None:
    limits = {field.name for field in dataclasses.fields(Limits)} - {"text", "description"}
    found = list(lists_in_commands())
    assert found
    assert [each for each in found if each[2] not in limits] == []
    for name, field in root_fields().items():
        for argument, each in field.args.items():
            if isinstance(get_nullable_type(each.type), GraphQLList):
                assert (name, argument) in BOUNDED
    for kind in TYPES:
        if isinstance(kind, GraphQLInputObjectType) and kind.name.endswith("Filter"):
            lists = {
                name
                for name, field in kind.fields.items()
                if isinstance(get_nullable_type(field.type), GraphQLList)
            }
            assert lists <= FILTER_LISTS, kind.name


def test_every_list_that_may_grow_long_is_a_connection_with_a_default_page() -> None:
    for kind in TYPES:
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for name, field in kind.fields.items():
            if get_named_type(field.type).name.endswith("Connection"):
                assert {"first", "after", "last", "before", "filter", "orderBy"} == set(field.args), (
                    f"{kind.name}.{name}"
                )


def test_a_list_never_holds_null_but_for_ids_that_stand_for_nothing() -> None:
    loose = []
    for kind in TYPES:
        for name, field in fields_of(kind).items():
            listed = get_nullable_type(field.type)
            if isinstance(listed, GraphQLList) and not isinstance(listed.of_type, GraphQLNonNull):
                loose.append(f"{kind.name}.{name}")
    assert loose == ["Query.nodes"]


def test_what_was_released_is_not_broken() -> None:
    """A field that goes, an argument that becomes required: somebody's client stops. Then the copy moves, and the
    change is told in CHANGELOG.md: the next test asks for both.
    """
    changes = find_breaking_changes(build_schema(RELEASED.read_text()), SCHEMA)
    assert [f"{change.type.name}: {change.description}" for change in changes] == []


def test_the_released_copy_moves_only_together_with_the_changelog() -> None:
    section = re.search(r"^## Schema\n(.*?)(?=^## |\Z)", (ROOT / "CHANGELOG.md").read_text(), re.M | re.S)
    assert section is not None
    told = re.findall(r"`([0-9a-f]{12})`", section[1])
    digest = hashlib.sha256(RELEASED.read_bytes()).hexdigest()[:12]
    assert told[:1] == [digest], (
        f"CHANGELOG.md, section Schema: the newest line names `{digest}` and what changed"
    )
