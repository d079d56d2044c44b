"""A second delivery of the same thing: found by its external reference, compared by its content."""

from typing import TypeVar

from app.domain.commands import MemoHeader, RecordPayment, RefundCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.external_reference import external_key
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Payment
from app.domain.refund import Refund
from app.domain.violation import Rejected
from app.repository.books import Books
from app.validation.documents import reused_external_reference

D = TypeVar("D", CreditMemo, Payment, Refund)


async def first_delivery(
    books: Books, kind: type[D], command: MemoHeader | RecordPayment | RefundCreditMemo
) -> D | None:
    """What this external reference stands for already; Rejected when its content was another."""
    if command.external_reference is None:
        return None
    for each in await books.matching(kind, "external_reference", [command.external_reference]):
        if external_key(each) == external_key(command):
            if each.content_fingerprint == content_fingerprint(command):
                return each
            raise Rejected([reused_external_reference(command.external_reference, each.id)])
    return None
