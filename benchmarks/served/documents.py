"""What is asked of both servers: one selection, written in the names of each, and their answers as the same leaves."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

SERVICE, PEER = "service", "peer"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that both call the same; `kind` says how they write it: money in units or cents, an instant in any zone."""

    name: str
    kind: str = "word"


@dataclass(frozen=True, slots=True)
class Edge:
    """A way to one row, or to a list of them, as either calls it."""

    service: str
    peer: str
    selection: "Selection"
    is_list: bool = True

    def called_by(self, side: str) -> str:
        return self.service if side == SERVICE else self.peer


@dataclass(frozen=True, slots=True)
class Selection:
    """Leaves of a row, and what hangs on it."""

    leaves: Sequence[Leaf]
    edges: Sequence[Edge] = field(default=())

    def written_for(self, side: str) -> str:
        parts = [each.name for each in self.leaves]
        for edge in self.edges:
            inner = edge.selection.written_for(side)
            parts.append(f"{edge.called_by(side)} {{ {f'nodes {{ {inner} }}' if edge.is_list else inner} }}")
        return " ".join(parts)

    def leaves_of(self, row: Mapping[str, Any], side: str) -> Iterator[Any]:
        """The values of an answer's row and all below it, in the order of the selection."""
        for leaf in self.leaves:
            yield _plain(row[leaf.name], leaf.kind, side)
        for edge in self.edges:
            found = row[_name_of(edge.called_by(side))]
            for each in found["nodes"] if edge.is_list else [found]:
                yield from edge.selection.leaves_of(each, side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query of one root field with a parameter `$id`."""

    root: Edge
    leaf_count: int

    def body(self, side: str, id: str) -> bytes:
        """The request's body."""
        return b"".join((self.opening(side), id.encode(), b'"}}'))

    def opening(self, side: str) -> bytes:
        """The body up to the id."""
        root = Selection((), (self.root,))
        kind = "ID" if side == SERVICE else "String"
        query = f"query ($id: {kind}!) {{ {root.written_for(side)} }}"
        return json.dumps({"query": query, "variables": {"id": ""}}).encode().removesuffix(b'"}}')

    def leaves(self, body: bytes | str, side: str) -> list[Any]:
        """Of an answer. Raises ValueError where it is not a whole one."""
        answer = json.loads(body)
        if answer.get("errors"):
            raise ValueError(str(answer["errors"])[:1000])
        leaves = list(Selection((), (self.root,)).leaves_of(answer["data"], side))
        if len(leaves) != self.leaf_count:
            raise ValueError(f"{len(leaves)} leaves instead of {self.leaf_count}")
        return leaves


def _name_of(call: str) -> str:
    return call.partition("(")[0]


def _plain(value: Any, kind: str, side: str) -> Any:
    if value is None:
        return None
    if kind == "money":
        return Decimal(value) if side == SERVICE else Decimal(value).scaleb(-2)
    if kind == "instant":
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


_MEMO_OF_APPLICATION = Edge(
    "creditMemo",
    "creditMemoByEntityIdAndCreditMemoIdAndAccountIdAndCurrency",
    Selection([Leaf("number"), Leaf("status"), Leaf("totalAmount", "money"), Leaf("balance", "money")]),
    is_list=False,
)
_LINES_OF_INVOICE = Edge(
    "lines(first: 20)",
    "invoiceLinesByEntityIdAndInvoiceId(first: 20, orderBy: [LINE_NUMBER_ASC])",
    Selection(
        [
            Leaf("lineNumber"),
            Leaf("sku"),
            Leaf("description"),
            Leaf("amount", "money"),
            Leaf("taxAmount", "money"),
            Leaf("totalAmount", "money"),
            Leaf("balance", "money"),
        ]
    ),
)
_APPLICATIONS_OF_INVOICE = Edge(
    "applications(first: 5)",
    "creditMemoApplicationsByEntityIdAndInvoiceIdAndAccountIdAndCurrency(first: 5, orderBy: [INVOICE_POSITION_ASC])",
    Selection(
        [
            Leaf("number"),
            Leaf("type"),
            Leaf("amount", "money"),
            Leaf("appliedDate", "instant"),
            Leaf("invoiceBalance", "money"),
        ],
        [_MEMO_OF_APPLICATION],
    ),
)
INVOICE = Question(
    root=Edge(
        "invoice(by: {id: $id})",
        "invoiceByEntityIdAndRowId(entityId: 1, rowId: $id)",
        Selection(
            [
                Leaf("number"),
                Leaf("status"),
                Leaf("currency"),
                Leaf("invoiceDate"),
                Leaf("totalAmount", "money"),
                Leaf("balance", "money"),
            ],
            [_LINES_OF_INVOICE, _APPLICATIONS_OF_INVOICE],
        ),
        is_list=False,
    ),
    leaf_count=121,
)
"""R1: an invoice with its 10 lines and its first 5 applications, each with its memo."""

_LINES_OF_MEMO = Edge(
    "lines(first: 3)",
    "creditMemoLinesByEntityIdAndCreditMemoId(first: 3, orderBy: [LINE_NUMBER_ASC])",
    Selection([Leaf("lineNumber"), Leaf("sku"), Leaf("description"), Leaf("totalAmount", "money")]),
)
_APPLICATIONS_OF_MEMO = Edge(
    "applications(first: 2)",
    "creditMemoApplicationsByEntityIdAndCreditMemoIdAndAccountIdAndCurrency"
    "(first: 2, orderBy: [CREDIT_MEMO_POSITION_ASC])",
    Selection(
        [
            Leaf("number"),
            Leaf("type"),
            Leaf("amount", "money"),
            Leaf("impactAmount", "money"),
            Leaf("appliedDate", "instant"),
            Leaf("creditMemoBalance", "money"),
        ]
    ),
)
MEMOS = Question(
    root=Edge(
        "creditMemos(first: 100, filter: {accountId: {eq: $id}}, orderBy: {field: CREATED_AT, direction: ASC})",
        "allCreditMemos(first: 100, condition: {entityId: 1, accountId: $id}, orderBy: [CREATED_AT_ASC])",
        Selection(
            [
                Leaf("number"),
                Leaf("status"),
                Leaf("currency"),
                Leaf("memoDate"),
                Leaf("totalAmount", "money"),
                Leaf("applied", "money"),
                Leaf("balance", "money"),
            ],
            [_LINES_OF_MEMO, _APPLICATIONS_OF_MEMO],
        ),
    ),
    leaf_count=3_100,
)
"""R2: the 100 memos of an account, each with its 3 lines and its first 2 applications."""
