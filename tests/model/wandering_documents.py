"""Random invoices and standalone memos, some taxed by rates that the entity may have."""

from fractions import Fraction

from tests.model.books import Books
from tests.model.dice import Command, Dice
from tests.model.money import DECIMALS_OF_CURRENCY, rounded, shown

RATED = (
    ("SAAS", "TEXAS", [("CITY TAX", 200), ("STATE TAX", 625)]),
    ("GOODS", "OHIO", [("SALES TAX", 825)]),
    ("LATE", "OHIO", [("SALES TAX", 725)]),
)
"""(tax code, jurisdiction, the taxes charged in hundredths of a percent)."""


def _tax(name: str, amount: Fraction, rate: int, currency: str) -> Command:
    return {"amount": shown(rounded(amount * rate / 10000, currency), currency), "name": name}


class DocumentDice(Dice):
    def invoices(self, books: Books) -> Command:
        account = books.accounts[self.account(books)]
        size = self.random.randint(1, 4)
        lines = [self.invoice_line(account.currency) for _ in range(size)]
        invoice = {
            "account": {"id": account.handle},
            "invoiceDate": "2026-03-01",
            "post": not self.chance(0.15),
            "lines": lines,
        }
        if self.chance(0.4):
            invoice["dueDate"] = self.random.choice(["2026-03-01", "2026-03-15", "2026-04-01"])
        if self.chance(0.1):
            invoice["externalReference"] = f"ref-{self.random.randint(1, 3)}"
        return {"invoices": [invoice]}

    def invoice_line(self, currency: str) -> Command:
        decimals = DECIMALS_OF_CURRENCY[currency]
        sign = -1 if self.chance(0.2) else 1
        minor = self.random.choice([1, 3, 100, 999, 5000, 10000, self.random.randint(1, 99999), 0])
        amount = sign * Fraction(minor, 10**decimals)
        line = {"amount": shown(amount, currency), **self._taxes(amount, currency)}
        line["serviceStart"] = self.random.choice([None, "2026-01-01", "2026-02-01"])
        if self.chance(0.4):
            line["quantity"] = self.random.choice(["3", "10", "2.5", "1"])
        if self.chance(0.2):
            reference = f"order-{self.random.randint(1, 3)}"
            line["orderItem"] = {"externalReference": reference, "quantity": "10"}
        if self.chance(0.2):
            line |= {"sku": "SEAT", "description": "seats", "unitOfMeasure": "each"}
        if self.chance(0.3):
            line["accountingCode"] = self.random.choice(["4010", "4020"])
        return line

    def _taxes(self, amount: Fraction, currency: str) -> Command:
        """Taxes without code, or of a code and jurisdiction that the entity has rates for, or may have."""
        if self.chance(0.4):
            return self._taxes_with_a_rate(amount, currency)
        rates = self.random.choice([[], [], [825], [600, 225], [200, 200, 200]])
        items = [_tax(f"tax {i}", amount, rate, currency) for i, rate in enumerate(rates)]
        return {"taxItems": items}

    def _taxes_with_a_rate(self, amount: Fraction, currency: str) -> Command:
        code, jurisdiction, rates = self.random.choice(RATED)
        items = [_tax(name, amount, rate, currency) for name, rate in rates]
        if self.chance(0.2):
            for item in items:
                item["taxDate"] = self.random.choice(["2026-02-01", "2026-05-01", "2024-01-01"])
        if self.chance(0.1):
            items = []
        taxed = {"taxCode": code, "jurisdiction": jurisdiction, "taxItems": items}
        return taxed | ({"taxExempt": True} if self.chance(0.1) else {})

    def post_invoice(self, books: Books) -> Command:
        drafts = [handle for handle, invoice in books.invoices.items() if invoice.status == "DRAFT"]
        return {"invoice": {"id": self.one(drafts or list(books.invoices))}}

    def memo(self, books: Books) -> Command:
        account = books.accounts[self.account(books)]
        size = self.random.randint(1, 3)
        lines = []
        for _ in range(size):
            charged = self.invoice_line(account.currency)
            given = {"amount": charged["amount"].lstrip("-"), "description": "goodwill"}
            if self.chance(0.3):
                given["taxItems"] = [{"amount": tax["amount"].lstrip("-")} for tax in charged["taxItems"]]
            elif charged.get("taxCode"):
                given |= {name: charged[name] for name in ("taxCode", "jurisdiction")}
                given["taxStrategy"] = "CALCULATE" if books.entity.tax_engine else None
            if charged.get("accountingCode"):
                given["accountingCode"] = charged["accountingCode"]
            lines.append(given)
        command = {"account": {"id": account.handle}, "lines": lines, "post": not self.chance(0.25)}
        return command | self.header()
