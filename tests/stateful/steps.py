"""Single steps of a walk that must come out one way."""

from tests.model.outcome import Accepted, Outcome, Refused
from tests.stateful.walk import Command, Walk


async def refused(walk: Walk, mutation: str, command: Command) -> str:
    """The first code of the service: `send` has found it among the model's."""
    real = await walk.asking.codes(mutation, walk.identities.to_service(command))
    outcome = await walk.send(mutation, command)
    assert isinstance(outcome, Refused), outcome
    return real[0]


async def accepted(walk: Walk, mutation: str, command: Command) -> Accepted:
    outcome: Outcome = await walk.rehearse_and_send(mutation, command)
    assert isinstance(outcome, Accepted), outcome
    return outcome


async def an_invoice(walk: Walk, *lines: Command, **said: object) -> tuple[str, list[str]]:
    given = {"account": {"id": "acc~1"}, "invoiceDate": "2026-03-01", "post": True, "lines": lines, **said}
    [made] = (await accepted(walk, "createInvoices", {"invoices": [given]})).invoices
    return made, [line.handle for line in walk.books.invoices[made].lines]
