"""Random edits of memos, and memos taken back: made drafts again, voided, reversed."""

from typing import Any

from tests.model.books import Books
from tests.model.dice import Command
from tests.model.documents import CreditMemo
from tests.model.wandering_credits import CreditDice
from tests.model.wandering_documents import DocumentDice

DAYS = ("2026-02-15", "2026-03-01", "2031-05-05", None)


class LifeDice(CreditDice, DocumentDice):
    def memo_to_take_back(self, books: Books) -> Command:
        """Mostly one that is posted and not used."""
        able = [
            handle
            for handle, memo in books.memos.items()
            if memo.status == "POSTED" and not memo.applied and not memo.refunded and not memo.is_reversed
        ]
        return {"creditMemo": {"id": self.mostly(able, list(books.memos))}}

    def reversal(self, books: Books) -> Command:
        command = self.memo_to_take_back(books)
        if self.chance(0.2):
            command["date"] = self.random.choice(["2026-02-15", "2031-05-05"])
        if self.chance(0.2):
            command["description"] = "given in error"
        return command

    def edit(self, books: Books) -> Command:
        drafts = [handle for handle, memo in books.memos.items() if memo.status == "DRAFT"]
        posted = [handle for handle, memo in books.memos.items() if memo.status == "POSTED"]
        handle = self.mostly(drafts if drafts and not self.chance(0.3) else posted, list(books.memos))
        memo = books.memos.get(handle)
        command: Command = {"creditMemo": {"id": handle}}
        if memo is None or memo.status != "DRAFT" or self.chance(0.3):
            command |= self._words(memo is not None and memo.status == "DRAFT")
        if memo is not None and (memo.status == "DRAFT" or self.chance(0.1)):
            command |= self._lines(books, memo)
        if self.chance(0.3):
            command["onTaxFailure"] = "DRAFT"
        return command

    def _words(self, is_draft: bool) -> Command:
        said: dict[str, Any] = {"comment": self.random.choice(["seen", "changed", None])}
        if self.chance(0.3):
            said["effectiveDate"] = self.random.choice(DAYS)
        if self.chance(0.2):
            said["excludeFromAutoApply"] = self.random.choice([True, False, None])
        if self.chance(0.2):
            said["expiresOn"] = self.random.choice(DAYS)
        if is_draft or self.chance(0.1):
            if self.chance(0.3):
                said["taxDate"] = self.random.choice(["2026-02-01", "2026-05-01", "2024-01-01", None])
            if self.chance(0.3):
                said["autoApplyUponPosting"] = self.random.choice([True, False, None])
            if self.chance(0.2):
                said["reasonCode"] = self.random.choice(["GOODWILL", "OLD", None])
            if self.chance(0.1):
                said["template"] = self.random.choice(["PLAIN", "BILL", "NONE", None])
        return said

    def _lines(self, books: Books, memo: CreditMemo) -> Command:
        changes: Command = {}
        removable = [line.handle for line in memo.lines if not line.removed]
        if len(removable) > 1 and self.chance(0.3):
            changes["removeLineIds"] = [self.random.choice(removable)]
        if memo.source == "INVOICE" and memo.invoice is not None and not self.chance(0.05):
            lines = books.invoices[memo.invoice].lines
            chosen = self.random.sample(lines, self.random.randint(1, min(2, len(lines))))
            changes["invoiceLines"] = [self.credit_line(books, line, memo.currency) for line in chosen]
            return changes
        entries = self.memo(books)["lines"]
        for entry in entries:
            if not self.chance(0.5):
                entry["creditMemoLineId"] = self.random.choice(memo.lines).handle
        changes["lines"] = entries
        return changes
