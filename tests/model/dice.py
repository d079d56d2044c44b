"""Choices of a wanderer: mostly what fits the books, at times something else."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from tests.model.books import Books
from tests.model.money import minor_unit, rounded, shown

Command = dict[str, Any]


class Dice:
    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, handles: Sequence[str]) -> str:
        return self.random.choice(handles) if handles else "nothing~1"

    def account(self, books: Books) -> str:
        """Mostly the first one, so that documents meet."""
        return self.one(list(books.accounts)) if self.chance(0.4) else next(iter(books.accounts))

    def chance(self, share: float) -> bool:
        """False where the random numbers are small: so a failing walk shrinks to commands without extras."""
        return self.random.random() >= 1 - share

    def up_to(self, bound: Fraction, currency: str) -> str:
        """Often all of it or a part, at times one unit too much, or nothing."""
        unit = minor_unit(currency)
        bound = rounded(bound, currency)
        part = rounded(bound * Fraction(self.random.randint(1, 100), 100), currency) or min(bound, unit)
        choices = [part, bound, bound + unit, Fraction(0)]
        return shown(self.random.choices(choices, [30, 10, 2, 1])[0], currency)

    def mostly(self, wanted: Sequence[str], all_of_them: Sequence[str]) -> str:
        """One that can take part, or, at times, any at all."""
        return self.one(all_of_them if not wanted or self.chance(0.1) else wanted)

    def open_memo(self, books: Books) -> str:
        able = [
            handle for handle, memo in books.memos.items() if memo.status == "POSTED" and memo.balance > 0
        ]
        return self.mostly(able, list(books.memos))

    def open_invoice(self, books: Books, among: Sequence[str]) -> str:
        invoices = books.invoices
        able = [
            handle for handle in among if invoices[handle].status == "POSTED" and invoices[handle].balance > 0
        ]
        return self.mostly(able, among)

    def header(self) -> Command:
        """What a caller says of a memo's tax, most often nothing."""
        said: Command = {}
        if self.chance(0.3):
            said["onTaxFailure"] = self.random.choice(["DRAFT", "DRAFT", "REFUSE"])
        if self.chance(0.1):
            said["taxDate"] = self.random.choice(["2026-02-01", "2026-05-01", "2024-01-01"])
        if self.chance(0.1):
            said["template"] = self.random.choice(["PLAIN", "PLAIN", "BILL", "NONE"])
        if self.chance(0.1):
            said["expiresOn"] = self.random.choice(["2026-03-01", "2031-05-05"])
        return said
