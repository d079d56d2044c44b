"""Random invoices and standalone memos, some taxed by rates that the entity may have."""

from fractions import Fraction

from tests.model.books import Books
from tests.model.dice import Command, Dice
from tests.model.money import DECIMALS_OF_CURRENCY, rounded, shown


class DocumentDice(Dice):
    def _invoices(self, books: Books) -> Command:
        account = books.accounts[self.account(books)]
        size = self.random.randint(1, 4)
        lines = [self.invoice_line(account.currency) for _ in range(size)]
        invoice = {
            "account": {"id": account.handle},
            "invoiceDate": "2026-03-01",
            "post": not self.chance(0.15),
            "lines": lines,
        }
        if self.chance(0.1):
            invoice["externalReference"] = f"ref-{self.random.randint(1, 3)}"
        return {"invoices": [invoice]}

    def invoice_line(self, currency: str) -> Command:
        decimals = DECIMALS_OF_CURRENCY[currency]
        sign = -1 if self.chance(0.2) else 1
        minor = self.random.choice([1, 3, 100, 999, 5000, 10000, self.random.randint(1, 99999), 0])
        amount = sign * Fraction(minor, 10**decimals)
        rates = self.random.choice([[], [], [825], [600, 225], [200, 200, 200]])
        taxes = [rounded(amount * rate / 10000, currency) for rate in rates]
        start = self.random.choice([None, "2026-01-01", "2026-02-01"])
        items = [{"amount": shown(tax, currency), "name": f"tax {i}"} for i, tax in enumerate(taxes)]
        return {"amount": shown(amount, currency), "serviceStart": start, "taxItems": items}

    def _post_invoice(self, books: Books) -> Command:
        drafts = [handle for handle, invoice in books.invoices.items() if invoice.status == "DRAFT"]
        return {"invoice": {"id": self.one(drafts or list(books.invoices))}}

    def _memo(self, books: Books) -> Command:
        account = books.accounts[self.account(books)]
        size = self.random.randint(1, 3)
        lines = []
        for _ in range(size):
            charged = self.invoice_line(account.currency)
            given = {"amount": charged["amount"].lstrip("-"), "description": "goodwill"}
            if self.chance(0.3):
                given["taxItems"] = [{"amount": tax["amount"].lstrip("-")} for tax in charged["taxItems"]]
            lines.append(given)
        return {"account": {"id": account.handle}, "lines": lines, "post": not self.chance(0.25)}
