"""Random commands on the model's books, mostly plausible, at times wrong: food for the model and for the service."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

from tests.model.approving import WAITING
from tests.model.books import Books
from tests.model.dice import Command
from tests.model.wandering_lives import LifeDice
from tests.model.wandering_matches import MatchDice

ALLOCATIONS = (None, "HIGHEST_FIRST", "PROPORTIONAL", "SOURCE_LINE", "OLDEST_SERVICE_FIRST")


class Wanderer(LifeDice, MatchDice):
    """`next` gives (mutation, input with handles). Give it books with at least one account."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.makers: Sequence[tuple[str, int, Callable[[Books], Command]]] = (
            ("createAndApplyCreditMemo", 8, self.credit),
            ("createCreditMemoFromInvoice", 8, self.credit_from_invoice),
            ("createDirectCreditMemos", 3, self.direct_credits),
            ("applyCreditMemo", 6, self._application),
            ("autoApplyCredits", 3, self.matching),
            ("unapplyCreditMemo", 5, self._unapplication),
            ("unapplyCreditMemoLine", 3, self._line_unapplication),
            ("applyCreditMemoLine", 3, self._line_application),
            ("recordPayment", 2, self._payment),
            ("reversePayment", 1, self._reversal),
            ("writeOffInvoice", 2, self._write_off),
            ("writeOffCreditMemo", 1, self._memo_write_off),
            ("voidInvoice", 1, self._void_invoice),
            ("refundCreditMemo", 2, self._refund),
            ("reverseRefund", 1, self._refund_reversal),
            ("createCreditMemo", 3, self.memo),
            ("convertNegativeInvoiceLines", 2, self._conversion),
            ("createInvoices", 3, self.invoices),
            ("postInvoice", 2, self.post_invoice),
            ("postCreditMemo", 3, self._memo_named),
            ("approveCreditMemo", 3, self._memo_that_waits),
            ("rejectCreditMemo", 1, self._memo_that_waits),
            ("recalculateTax", 2, self._memo_to_tax),
            ("cancelCreditMemo", 1, self._memo_to_cancel),
            ("updateCreditMemo", 4, self.edit),
            ("unpostCreditMemo", 2, self.memo_to_take_back),
            ("voidCreditMemo", 2, self.memo_to_take_back),
            ("reverseCreditMemo", 2, self.reversal),
            ("updateCreditMemoApplication", 1, self._description),
        )

    def possible(self, books: Books) -> list[str]:
        """The mutations for which there is something in the books, as often as their weight."""
        has_lines = any(books.line_applications())
        has_drafts = any(memo.status == "DRAFT" for memo in books.memos.values())
        waits = any(memo.status == WAITING for memo in books.memos.values())
        missing = {
            "approveCreditMemo": not waits,
            "rejectCreditMemo": not waits,
            "postInvoice": not any(each.status == "DRAFT" for each in books.invoices.values()),
            "recordPayment": not books.invoices,
            "postCreditMemo": not has_drafts,
            "recalculateTax": not has_drafts or books.entity.tax_engine is None,
            "reversePayment": not books.payments,
            "refundCreditMemo": not books.memos,
            "updateCreditMemo": not books.memos,
            "unpostCreditMemo": not books.memos,
            "voidCreditMemo": not books.memos,
            "reverseCreditMemo": not books.memos,
            "reverseRefund": not books.refunds,
            "unapplyCreditMemo": not books.applications,
            "updateCreditMemoApplication": not books.applications,
            "unapplyCreditMemoLine": not has_lines,
        }
        return [
            name for name, weight, _ in self.makers if not missing.get(name, False) for _ in range(weight)
        ]

    def next(self, books: Books) -> tuple[str, Command]:
        weights = [weight for _, weight, _ in self.makers]
        mutation, _, make = self.random.choices(self.makers, weights)[0]
        return mutation, make(books)

    def of(self, mutation: str, books: Books) -> Command:
        """A command of that mutation."""
        make = {name: make for name, _, make in self.makers}[mutation]
        return make(books)

    def _payment(self, books: Books) -> Command:
        handle = self.open_invoice(books, list(books.invoices))
        invoice = books.invoices.get(handle)
        amount = self.up_to(max(invoice.balance, Fraction(0)), invoice.currency) if invoice else "1"
        return {"invoice": {"id": handle}, "amount": amount}

    def _reversal(self, books: Books) -> Command:
        return {"paymentId": self.one(list(books.payments))}

    def _write_off(self, books: Books) -> Command:
        handle = self.open_invoice(books, list(books.invoices))
        return {"invoice": {"id": handle}, "reasonCode": "GOODWILL", "description": "lost"}

    def _memo_write_off(self, books: Books) -> Command:
        return {"creditMemo": {"id": self.open_memo(books)}, "reasonCode": "GOODWILL"}

    def _void_invoice(self, books: Books) -> Command:
        whole = [
            handle
            for handle, invoice in books.invoices.items()
            if invoice.status == "POSTED"
            and invoice.total == invoice.balance
            and not any(books.lines_drawn_from(line) for line in invoice.lines)
        ]
        return {"invoice": {"id": self.mostly(whole, list(books.invoices))}}

    def _refund(self, books: Books) -> Command:
        handle = self.open_memo(books)
        memo = books.memos.get(handle)
        amount = self.up_to(memo.balance, memo.currency) if memo else "1"
        return {"creditMemo": {"id": handle}, "amount": amount, "method": "WIRE"}

    def _refund_reversal(self, books: Books) -> Command:
        return {"refundId": self.one(list(books.refunds)), "description": "returned"}

    def _application(self, books: Books) -> Command:
        handle = self.open_memo(books)
        memo = books.memos.get(handle)
        items: list[Command] = []
        left = memo.balance if memo else Fraction(0)
        among = self._invoices_for(books, handle)
        for _ in range(self.random.randint(1, 2)):
            target = self.open_invoice(books, among)
            if memo and target in books.invoices:
                bound = max(min(left, books.invoices[target].balance), Fraction(0))
                items.append({"invoice": {"id": target}, "amount": self.up_to(bound, memo.currency)})
                left -= Fraction(items[-1]["amount"])
            among = [each for each in among if each != target or self.chance(0.05)]
            if not among or left <= 0:
                break
        return {
            "creditMemo": {"id": handle},
            "applications": items,
            "allocation": self.random.choice(ALLOCATIONS),
        }

    def _invoices_for(self, books: Books, memo: str) -> list[str]:
        """Mostly invoices of the memo's own account and currency."""
        found = books.memos.get(memo)
        if found is None or self.chance(0.1):
            return list(books.invoices)
        sides = (found.account, found.currency)
        return [handle for handle, i in books.invoices.items() if (i.account, i.currency) == sides]

    def _line_application(self, books: Books) -> Command:
        handle = self.open_memo(books)
        memo = books.memos.get(handle)
        if memo is None:
            return {"creditMemoLineId": "nothing~1", "applications": []}
        giver = self.random.choice([line for line in memo.lines if line.balance > 0] or memo.lines)
        items = []
        for _ in range(self.random.randint(1, 3)):
            target = books.invoices.get(self.open_invoice(books, self._invoices_for(books, handle)))
            if target:
                able = [line for line in target.lines if line.balance > 0] if not self.chance(0.1) else []
                taker = self.random.choice(able or target.lines)
                bound = max(min(giver.balance, memo.balance, taker.balance, target.balance), Fraction(0))
                items.append({"invoiceLineId": taker.handle, "amount": self.up_to(bound, memo.currency)})
        return {"creditMemoLineId": giver.handle, "applications": items}

    def _unapplication(self, books: Books) -> Command:
        rows = books.applications
        able = [handle for handle, row in rows.items() if row.type == "APPLIED" and books.remaining(row) > 0]
        handle = self.mostly(able, list(rows))
        command: Command = {"applicationId": handle}
        row = books.applications.get(handle)
        if row and self.chance(0.6):
            currency = books.memos[row.memo].currency
            command["amount"] = self.up_to(books.remaining(row), currency)
        return command

    def _line_unapplication(self, books: Books) -> Command:
        rows = {row.handle: row for row in books.line_applications()}
        able = [h for h, row in rows.items() if row.type == "APPLIED" and books.line_remaining(row) > 0]
        handle = self.mostly(able, list(rows))
        command: Command = {"lineApplicationId": handle}
        if handle in rows and self.chance(0.6):
            currency = books.memos[books.applications[rows[handle].application].memo].currency
            command["amount"] = self.up_to(books.line_remaining(rows[handle]), currency)
        return command

    def _conversion(self, books: Books) -> Command:
        negative = [
            handle
            for handle, invoice in books.invoices.items()
            if any(line.total < 0 for line in invoice.lines)
        ]
        able = [
            handle
            for handle in negative
            if any(line.total < 0 and not line.is_converted for line in books.invoices[handle].lines)
        ]
        handle = self.mostly(able, negative)
        return {"invoice": {"id": handle}, "applyToInvoice": self.chance(0.5)}

    def _memo_named(self, books: Books) -> Command:
        drafts = [handle for handle, memo in books.memos.items() if memo.status == "DRAFT"]
        return {"creditMemo": {"id": self.one(drafts or list(books.memos))}}

    def _memo_that_waits(self, books: Books) -> Command:
        waiting = [handle for handle, memo in books.memos.items() if memo.status == WAITING]
        return {"creditMemo": {"id": self.mostly(waiting, list(books.memos))}}

    def _memo_to_cancel(self, books: Books) -> Command:
        open_ones = [h for h, memo in books.memos.items() if memo.status in ("DRAFT", WAITING)]
        return {"creditMemo": {"id": self.one(open_ones or list(books.memos))}}

    def _memo_to_tax(self, books: Books) -> Command:
        drafts = {handle: memo for handle, memo in books.memos.items() if memo.status == "DRAFT"}
        taxed = [handle for handle, memo in drafts.items() if any(line.calculated for line in memo.lines)]
        return {"creditMemo": {"id": self.mostly(taxed or list(drafts), list(books.memos))}}

    def _description(self, books: Books) -> Command:
        return {"applicationId": self.one(list(books.applications)), "description": "looked at"}
