"""Books whose lists are hard to sort: ties, missing values, three numbers of decimals, many scripts and cases."""

import datetime as dt
from decimal import Decimal
from typing import Any

from app.domain.commands import ReversePayment, UnapplyCreditMemo
from tests.support.books import TestBooks
from tests.support.building import account, applied, credit, paid, posted_invoice, posted_memo

NAMES = ("alpha", "Alpha", "ÄHRE", "ähre", "zebra", "Zebra", "emoji 😀", "emoji ｅ", "שלום", "100%_x")


async def make_assorted(books: TestBooks) -> None:
    """Accounts by every name; invoices, memos, payments and applications in USD, JPY and KWD."""
    for place, name in enumerate(NAMES):
        reference = {"external_reference": name} if place % 4 else {}
        source = {"external_reference_source": "crm"} if place % 2 else {}
        await account(books, f"N-{name}", name=name if place % 3 else "same", **reference, **source)
    for currency, unit in (("USD", "10.00"), ("JPY", "10"), ("KWD", "10.000")):
        named: dict[str, Any] = {"account_number": f"A-{currency}", "currency": currency}
        for place in range(3):
            due: dict[str, Any] = {"due_date": dt.date(2026, 2, 1 + place)} if place else {}
            amount = str(Decimal(unit) * (1 + place // 2))
            invoice = await posted_invoice(
                books, amount, **named, **due, group_number=f"g-{NAMES[place]}" if place else None
            )
            memo = await posted_memo(
                books, amount, **named, comment="x" * place, description=NAMES[place + 2] if place else None
            )
            part = str(Decimal(amount) / 2).split(".")[0]
            [application] = await applied(books, memo, (invoice, part))
            if place:
                payment = await paid(books, invoice, "1", reference=NAMES[place], method="wire")
                await books.perform(
                    UnapplyCreditMemo(
                        application_id=application,
                        amount=Decimal("2") if place == 1 else None,
                        description=NAMES[-place],
                    )
                )
                if place == 2:
                    await books.perform(ReversePayment(payment_id=payment))
    taxed = await posted_invoice(books, ("20.00", "1.00"), post=True)
    await credit(books, taxed, (0, "5.00"), reason_code="GOODWILL", description="ähre")
    await posted_invoice(books, "5.00", post=False, reference_document="d")
