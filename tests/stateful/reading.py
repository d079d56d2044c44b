"""The whole books as a client reads them: every document by GraphQL, page by page."""

from typing import Any

from tests.model.books import Books
from tests.model.observed import Identities
from tests.model.selections import CONNECTIONS, DOCUMENT_TYPES, connection, selection
from tests.support.service import Service

Document = dict[str, Any]
Read = dict[str, list[Document]]

ROOTS = {
    "accounts": "accounts",
    "invoices": "invoices",
    "creditMemos": "creditMemos",
    "applications": "creditMemoApplications",
}


PAGE_OF_DOCUMENTS = 20


def _page(kind: str, arguments: str = "") -> str:
    fields = selection(DOCUMENT_TYPES[kind])
    return f"{kind}: {connection(ROOTS[kind], fields, arguments, PAGE_OF_DOCUMENTS)}"


FIRST_PAGES = f"{{ {' '.join(_page(kind) for kind in ROOTS)} }}"
LATER_PAGES = {kind: f"query ($after: String) {{ {_page(kind, 'after: $after')} }}" for kind in ROOTS}


def _rest(document_type: str, name: str) -> str:
    page = connection(name, CONNECTIONS[document_type][name], "after: $after")
    return f"query ($id: ID!, $after: String) {{ node(id: $id) {{ ... on {document_type} {{ {page} }} }} }}"


async def read_all(service: Service) -> Read:
    """Every document of the entity, by kind, each with all rows of its connections, in the service's own order."""
    first = await service.read(FIRST_PAGES)
    return {kind: await _read_kind(service, kind, first[kind]) for kind in ROOTS}


async def _read_kind(service: Service, kind: str, page: Document) -> list[Document]:
    found = [await whole(service, DOCUMENT_TYPES[kind], document) for document in page["nodes"]]
    while page["pageInfo"]["hasNextPage"]:
        page = (await service.read(LATER_PAGES[kind], after=page["pageInfo"]["endCursor"]))[kind]
        found += [await whole(service, DOCUMENT_TYPES[kind], document) for document in page["nodes"]]
    return found


async def whole(service: Service, document_type: str, document: Document) -> Document:
    """The document with each connection as the list of all its rows, further pages read through `node`."""
    complete = dict(document)
    for name in CONNECTIONS.get(document_type, {}):
        page = document[name]
        rows = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            answer = await service.read(_rest(document_type, name), id=document["id"], after=after)
            page = answer["node"][name]
            rows += page["nodes"]
        complete[name] = rows
    return complete


def under_handles(books: Books, identities: Identities, read: Read) -> dict[str, dict[str, Document]]:
    """The documents under the model's handles; the model and the service know the same ones."""
    known: dict[str, list[str]] = {
        "accounts": list(books.accounts),
        "invoices": list(books.invoices),
        "creditMemos": list(books.memos),
        "applications": list(books.applications),
    }
    observed = {}
    for kind, documents in read.items():
        by_id = {document["id"]: document for document in documents}
        expected = {identities.ids[handle]: handle for handle in known[kind]}
        assert len(by_id) == len(documents), f"{kind} shown twice"
        assert by_id.keys() == expected.keys(), f"{kind}: model {expected}, service {sorted(by_id)}"
        observed[kind] = {handle: by_id[real] for real, handle in expected.items()}
    return observed
