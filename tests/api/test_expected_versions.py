"""`expectedVersion` stands beside everything that a mutation changes, and refuses a stale write of it."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, build_schema, get_named_type

from app.api.schema import sdl
from tests.api.examples import inputs_of, prepared
from tests.jobs.submitting import until_done
from tests.support.building import posted_invoice
from tests.support.service import Service

Place = tuple[str, ...]
EACH_ALONE = {"creditMemos", "writeOffs"}
"""Lists whose items have each its own fate."""
MANY = {"applications", "lines", *EACH_ALONE}
VERSIONED: list[tuple[str, Place]] = [
    ("postInvoice", ("expectedVersion",)),
    ("recordPayment", ("expectedVersion",)),
    ("reversePayment", ("expectedVersion",)),
    ("refundCreditMemo", ("expectedVersion",)),
    ("reverseRefund", ("expectedVersion",)),
    ("createAndApplyCreditMemo", ("expectedVersion",)),
    ("createCreditMemoFromInvoice", ("expectedVersion",)),
    ("postCreditMemo", ("expectedVersion",)),
    ("approveCreditMemo", ("expectedVersion",)),
    ("rejectCreditMemo", ("expectedVersion",)),
    ("cancelCreditMemo", ("expectedVersion",)),
    ("updateCreditMemo", ("expectedVersion",)),
    ("unpostCreditMemo", ("expectedVersion",)),
    ("voidCreditMemo", ("expectedVersion",)),
    ("reverseCreditMemo", ("expectedVersion",)),
    ("recalculateTax", ("expectedVersion",)),
    ("writeOffCreditMemo", ("expectedVersion",)),
    ("writeOffInvoice", ("expectedVersion",)),
    ("writeOffInvoices", ("writeOffs", "0", "expectedVersion")),
    ("voidInvoice", ("expectedVersion",)),
    ("applyCreditMemo", ("expectedVersion",)),
    ("applyCreditMemo", ("applications", "0", "expectedVersion")),
    ("applyCreditMemoLine", ("expectedVersion",)),
    ("applyCreditMemoLine", ("applications", "0", "expectedVersion")),
    ("unapplyCreditMemo", ("expectedVersion",)),
    ("unapplyCreditMemo", ("expectedInvoiceVersion",)),
    ("unapplyCreditMemoLine", ("expectedVersion",)),
    ("unapplyCreditMemoLine", ("expectedInvoiceVersion",)),
    ("createDirectCreditMemos", ("creditMemos", "0", "expectedInvoiceVersion")),
    ("submitDirectCreditMemos", ("creditMemos", "0", "expectedInvoiceVersion")),
    ("convertNegativeInvoiceLines", ("expectedVersion",)),
    ("updateCreditMemoApplication", ("expectedVersion",)),
    ("cancelJob", ("expectedVersion",)),
    ("resumeJob", ("expectedVersion",)),
    ("retryJob", ("expectedVersion",)),
    ("updateCredentialRoles", ("expectedVersion",)),
]


def places_in(kind: GraphQLInputObjectType, path: Place = ()) -> Iterator[Place]:
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name.startswith("expected"):
            yield (*path, name)
        elif isinstance(inner, GraphQLInputObjectType) and name in MANY:
            yield from places_in(inner, (*path, name, "0"))


def test_every_place_of_a_version_in_the_schema_is_tested() -> None:
    mutations = build_schema(sdl()).mutation_type
    assert mutations is not None
    found = [
        (mutation, place)
        for mutation, field in mutations.fields.items()
        for place in places_in(get_named_type(field.args["input"].type))
    ]
    assert sorted(found) == sorted(VERSIONED)


def with_version(input: dict[str, Any], place: Place, version: int) -> dict[str, Any]:
    """A dry run of the input with the version at its place."""
    asked: Any = copy.deepcopy(input) | {"dryRun": True}
    holder = asked
    for part in place[:-1]:
        holder = holder[int(part)] if part.isdigit() else holder[part]
    holder[place[-1]] = version
    return dict(asked)


AT_ONCE = [(mutation, place) for mutation, place in VERSIONED if EACH_ALONE.isdisjoint(place)]


@pytest.mark.parametrize(
    ("mutation", "where"), AT_ONCE, ids=[".".join((name, *place)) for name, place in AT_ONCE]
)
async def test_a_stale_write_is_refused_and_names_the_version_that_passes(
    service: Service, mutation: str, where: Place
) -> None:
    input = inputs_of(await prepared(service.books))[mutation]
    [violation] = (await service.mutate(mutation, with_version(input, where, 99)))["violations"]
    assert (violation["code"], violation["path"]) == ("VERSION_CONFLICT", list(where))
    allowed = int(violation["details"]["allowed"])
    assert (await service.mutate(mutation, with_version(input, where, allowed)))["dryRun"] is True


RESULTS = "results { nodes { outcome violations { code path details { asked allowed } } } }"


@pytest.mark.parametrize("mutation", ["createDirectCreditMemos", "submitDirectCreditMemos"])
async def test_a_direct_memo_of_an_invoice_that_has_changed_is_refused_alone(
    service: Service, mutation: str
) -> None:
    """One item has a stale version; the next has the right one, and changes the invoice for the last."""
    invoice = await posted_invoice(service.books, "100.00")
    [[version]] = await service.books.rows("SELECT version FROM invoice WHERE entity_id = :entity_id")
    entry = {"invoice": {"id": invoice.id}, "lines": [{"invoiceLineId": invoice.lines[0], "amount": "1.00"}]}
    entries = [entry | {"expectedInvoiceVersion": each} for each in (version + 7, version, version)]
    made = await service.mutate(mutation, {"creditMemos": entries}, "job { id }")
    await until_done(service.books, made["job"]["id"])
    job = f'job(id: "{made["job"]["id"]}")'
    answer = await service.read(f"{{ {job} {{ {RESULTS} }} }}")

    def conflict(asked: int, allowed: int) -> dict[str, Any]:
        details = {"asked": str(asked), "allowed": str(allowed)}
        violation = {"code": "VERSION_CONFLICT", "path": ["expectedInvoiceVersion"], "details": details}
        return {"outcome": "REFUSED", "violations": [violation]}

    assert answer["job"]["results"]["nodes"] == [
        conflict(version + 7, version),
        {"outcome": "DONE", "violations": []},
        conflict(version, version + 1),
    ]


async def test_all_or_none_a_stale_direct_memo_refuses_the_call_and_says_which(service: Service) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    entry = {"invoice": {"id": invoice.id}, "fullCredit": True, "expectedInvoiceVersion": 99}
    answer = await service.mutate("createDirectCreditMemos", {"creditMemos": [entry], "atomic": True})
    [violation] = answer["violations"]
    assert violation["code"] == "VERSION_CONFLICT"
    assert violation["path"] == ["creditMemos", "0", "expectedInvoiceVersion"]
