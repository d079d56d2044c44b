"""Random credits drawn from invoices: applied at once, made in any state, or many in one call."""

from fractions import Fraction

from tests.model.books import Books
from tests.model.dice import Command, Dice
from tests.model.documents import InvoiceLine
from tests.model.money import shown


class CreditDice(Dice):
    def _credit(self, books: Books) -> Command:
        handle = self.open_invoice(books, list(books.invoices))
        invoice = books.invoices.get(handle)
        lines = []
        if invoice:
            able = [line for line in invoice.lines if line.balance > 0] if not self.chance(0.2) else []
            among = able or invoice.lines
            chosen = self.random.sample(among, self.random.randint(1, len(among)))
            lines = [self.credit_line(books, line, invoice.currency) for line in chosen]
        return {"invoice": {"id": handle}, "lines": lines}

    def credit_line(self, books: Books, line: InvoiceLine, currency: str) -> Command:
        left = line.amount - sum((drawn.amount for drawn in books.lines_drawn_from(line)), Fraction(0))
        amount = self.up_to(abs(left), currency)
        strategy = self.random.choice([None, None, "COPY_FROM_INVOICE_LINE", "IGNORE"])
        given: Command = {"invoiceLineId": line.handle, "taxStrategy": strategy}
        given["amount"] = f"-{amount}" if line.total < 0 else amount
        if self.chance(0.15):
            given |= {"taxOnly": True, "taxStrategy": None, "amount": "0"}
        elif self.chance(0.2):
            given |= {"taxMode": "INCLUSIVE", "taxStrategy": None}
        elif strategy is None and line.tax_items and self.chance(0.2):
            item = self.random.choice(line.tax_items)
            tax = self.up_to(abs(item.amount), currency)
            amount = f"-{tax}" if line.total < 0 else tax
            given["taxItems"] = [{"amount": amount, "sourceTaxItemId": item.handle}]
        return given
