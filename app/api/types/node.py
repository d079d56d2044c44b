"""What all document types share, and how a class becomes one."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from app.api.declarations import DOCUMENTS, ColumnPlan, Document, DocumentPlan, column, value_of
from app.repository.tables import Table

T = TypeVar("T", bound=type[Any])


@strawberry.interface(description="A document that can be fetched by its id alone (Relay).")
class Node(Document):
    id: strawberry.ID = column("Opaque, global, begins with the kind: `inv_`, `cm_`, …", filter=True)


def document(table: Table, prefix: str, description: str) -> Callable[[T], T]:
    """Make the class a GraphQL type over the table; every field but `id` comes from its declarations."""

    def made(cls: T) -> T:
        strawberry.type(cls, description=description)
        fields = {each.python_name: each.metadata["plan"] for each in cls.__strawberry_definition__.fields}
        cls.readers = {
            name: value_of(plan, name) for name, plan in fields.items() if isinstance(plan, ColumnPlan)
        }
        DOCUMENTS[cls.__name__] = DocumentPlan(cls.__name__, table, prefix, fields, cls)
        return cls

    return made
