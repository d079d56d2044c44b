"""Random credits drawn from invoices: applied at once, made in any state, or many in one call."""

from fractions import Fraction

from tests.model.books import Books
from tests.model.dice import Command, Dice
from tests.model.documents import InvoiceLine


class CreditDice(Dice):
    def credit(self, books: Books) -> Command:
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
        strategies: list[str | None] = [None, None, "COPY_FROM_INVOICE_LINE", "IGNORE"]
        if books.entity.tax_engine:
            strategies += ["CALCULATE"] * (8 if line.tax_code else 1)
        strategy = self.random.choice(strategies)
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
        elif strategy is None and self.chance(0.15):
            given["taxAmount"] = self._tax_left(books, line, currency)
        if line.quantity and self.chance(0.4):
            given["quantity"] = self._quantity(books, line)
            if self.chance(0.6) and not given.get("taxOnly") and not given.get("taxMode"):
                del given["amount"]
        return given

    def _tax_left(self, books: Books, line: InvoiceLine, currency: str) -> str:
        taken = sum((drawn.tax for drawn in books.lines_drawn_from(line)), Fraction(0))
        tax = self.up_to(abs(line.tax - taken), currency)
        return f"-{tax}" if line.total < 0 else tax

    def _quantity(self, books: Books, line: InvoiceLine) -> str:
        left = line.quantity - books.quantity_credited(line)
        some = [left, left / 2, Fraction(1), Fraction(1, 3), left + 1]
        quantity = self.random.choices(some, [4, 4, 8, 4, 1])[0]
        return format(int(quantity * 10**6) / 10**6, ".6f")

    def credit_from_invoice(self, books: Books) -> Command:
        command = self.credit(books) | self.header()
        invoice = books.invoices.get(command["invoice"]["id"])
        waits = any(line.tax_code == "LATE" for line in invoice.lines) if invoice else False
        if waits and self.chance(0.5):
            command["onTaxFailure"] = "DRAFT"
        if self.chance(0.35):
            command |= {"fullCredit": True, "lines": None}
        elif invoice and self.chance(0.1):
            note = {"invoiceLineId": self.random.choice(invoice.lines).handle, "amount": "0"}
            command["lines"] = [note | self.random.choice([{"description": "mended"}, {"sku": "OTHER"}, {}])]
        elif self.chance(0.1) and command["lines"]:
            words = {"description": "mended", "comment": "seen", "unitOfMeasure": "seat"}
            command["lines"][0] |= words | self.random.choice([{}, {"accountingCode": "4030"}])
        return command | {
            "post": not self.chance(0.5),
            "applyToInvoice": not self.chance(0.5),
        }

    def direct_credits(self, books: Books) -> Command:
        """Some are about one invoice, and see each other."""
        items = [self._direct_credit(books) for _ in range(self.random.randint(1, 3))]
        if self.chance(0.4):
            items.append({**items[0], "autoApprove": self.chance(0.5)})
        return {"creditMemos": items, "atomic": self.chance(0.2)}

    def _direct_credit(self, books: Books) -> Command:
        credit = self.credit(books)
        item: Command = {"invoice": credit["invoice"]}
        if self.chance(0.5) or not credit["lines"]:
            item["fullCredit"] = True
        else:
            able = [line for line in credit["lines"] if line.get("amount")]
            item["lines"] = [
                {"invoiceLineId": line["invoiceLineId"], "amount": line["amount"]} for line in able
            ]
        item |= {"autoApprove": not self.chance(0.4), "autoApply": not self.chance(0.4)}
        if self.chance(0.2):
            codes = ["GOODWILL", "OLD", "NONE", "Wallet Application", "Credit & Rebill"]
            item["reasonCode"] = self.random.choice(codes)
        if self.chance(0.3):
            item["calculateTax"] = self.random.choice([True, False])
        if self.chance(0.2):
            item["onTaxFailure"] = "DRAFT"
        if self.chance(0.1):
            item["template"] = self.random.choice(["PLAIN", "BILL", "NONE"])
        return item
