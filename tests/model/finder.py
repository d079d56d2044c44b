"""The values of a document read from the service against those that are expected of it."""

from fractions import Fraction
from typing import Any

from tests.model.books import Books
from tests.model.documents import Move, TaxItem
from tests.model.journal import Balances, shown_balances
from tests.model.money import shown
from tests.model.observed import Document, Identities, Observed, linked, nodes


class Finder:
    """Collects each difference as a sentence with its path."""

    def __init__(self, books: Books, observed: Observed) -> None:
        self.books = books
        self.observed = observed
        self.identities = Identities()
        self.identities.learn(books, observed)
        self.found: list[str] = []

    def same(self, path: str, document: Document, expected: dict[str, Any]) -> None:
        for name, value in expected.items():
            if name not in document:
                self.found.append(f"{path}.{name}: not in the answer")
            elif document[name] != value:
                self.found.append(f"{path}.{name}: model {value!r}, service {document[name]!r}")

    def same_money(self, path: str, document: Document, currency: str, expected: dict[str, Fraction]) -> None:
        """Also the number of decimals is compared: an amount is shown in its currency's own."""
        self.same(path, document, {name: shown(value, currency) for name, value in expected.items()})

    def same_link(self, path: str, document: Document, name: str, handle: str | None) -> None:
        """A link to a record that was not observed is only known to be there."""
        real = linked(document, name)
        expected = self.identities.ids.get(handle) if handle else None
        if (handle is None) != (real is None) or (expected is not None and real != expected):
            self.found.append(f"{path}.{name}: model {handle} ({expected}), service {real}")

    def same_rows(self, path: str, document: Document, name: str, handles: list[str]) -> None:
        real = {row["id"] for row in nodes(document.get(name))}
        known = {self.identities.ids[handle] for handle in handles if handle in self.identities.ids}
        if len(real) != len(handles) or not known <= real:
            self.found.append(f"{path}.{name}: model {handles}, service {sorted(real)}")

    def same_number(self, path: str, document: Document, name: str, expected: Fraction) -> None:
        """None is 0."""
        given = Fraction(document.get(name) or 0)
        if name not in document or given != expected:
            self.found.append(f"{path}.{name}: model {expected}, service {document.get(name)!r}")

    def same_taxes(self, path: str, document: Document, currency: str, expected: list[TaxItem]) -> None:
        """Items of 0 say nothing and are left out on both sides."""
        given = [item["amount"] for item in nodes(document.get("taxItems")) if Fraction(item["amount"]) != 0]
        wanted = [shown(item.amount, currency) for item in expected if item.amount != 0]
        if given != wanted:
            self.found.append(f"{path}.taxItems: model {wanted}, service {given}")

    def same_taxes_of_sources(
        self, path: str, document: Document, currency: str, expected: list[TaxItem]
    ) -> None:
        """Of a memo line: what it takes of each source tax item, in whatever order."""
        given = sorted(
            (item["amount"], linked(item, "sourceTaxItem") or "")
            for item in nodes(document.get("taxItems"))
            if Fraction(item["amount"]) != 0
        )
        wanted = sorted(
            (shown(item.amount, currency), self.identities.ids[item.source] if item.source else "")
            for item in expected
            if item.amount != 0
        )
        if given != wanted:
            self.found.append(f"{path}.taxItems: model {wanted}, service {given}")

    def same_journal(self, path: str, document: Document, expected: Balances) -> None:
        """What the document does to each accounting code, where its journal entries were selected."""
        given = shown_balances(nodes(document.get("journalEntries")))
        if "journalEntries" in document and given != expected:
            self.found.append(f"{path}.journalEntries: model {expected}, service {given}")

    def same_moves(self, path: str, document: Document, currency: str, moves: list[Move]) -> None:
        """The history of the balance, where it was selected."""
        given = [
            (entry["position"], entry["kind"], entry["impactAmount"], entry["balanceAfter"])
            for entry in nodes(document.get("balanceEntries"))
        ]
        wanted = [
            (place, move.kind, shown(move.impact, currency), shown(move.balance_after, currency))
            for place, move in enumerate(moves, start=1)
        ]
        if "balanceEntries" in document and given != wanted:
            self.found.append(f"{path}.balanceEntries: model {wanted}, service {given}")
