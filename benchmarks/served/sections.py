"""The parts of the page that are about requests: what was measured, in words and tables, and the numbers themselves."""

from benchmarks.run import Run, Told
from benchmarks.served.contest import FLOOR, PEER, SERVICE, Turns, ratio, table_of
from benchmarks.served.facts import Facts
from benchmarks.served.reading import JSON_FLOOR, read_contest
from benchmarks.served.reading import RIVALS as READ_RIVALS
from benchmarks.served.sameness import compare_writes
from benchmarks.served.writing import ANY, ONE_INVOICE, ONE_MEMO, apply_contest, credit_contest
from benchmarks.served.writing import RIVALS as WRITE_RIVALS


async def one_invoice(run: Run) -> Told:
    """R1."""
    turns = await _read(run, "R1")
    return Told(text=table_of(turns, READ_RIVALS), facts=facts_of("R1", turns, (PEER, FLOOR)))


async def a_hundred_memos(run: Run) -> Told:
    """R2."""
    turns = await _read(run, "R2")
    return Told(text=table_of(turns, READ_RIVALS), facts=facts_of("R2", turns, (PEER, FLOOR, JSON_FLOOR)))


async def credit_applied(run: Run) -> Told:
    """W1."""
    await compare_writes(run)
    options = run.options
    turns = await apply_contest(await run.arena(), ANY, options.clients, options.rounds, options.seconds)
    return Told(text=table_of(turns, WRITE_RIVALS), facts=facts_of("W1", turns, WRITE_RIVALS))


async def memo_from_an_invoice(run: Run) -> Told:
    """W2."""
    options = run.options
    turns = await credit_contest(await run.arena(), options.clients, options.rounds, options.seconds)
    return Told(text=table_of(turns, [FLOOR]), facts=facts_of("W2", turns, [FLOOR]))


async def hot_rows(run: Run) -> Told:
    """W1 when all clients draw on one memo, and when all settle one invoice."""
    options = run.options
    clients = [max(options.clients)]
    parts: list[str] = []
    facts: Facts = {}
    rates: dict[str, Turns] = {}
    for name, documents in (("any", ANY), ("memo", ONE_MEMO), ("invoice", ONE_INVOICE)):
        turns = await apply_contest(await run.arena(), documents, clients, options.rounds, options.seconds)
        rates[name] = turns
        if name != "any":
            facts |= facts_of(f"hot {name}", turns, WRITE_RIVALS)
            facts[f"hot {name} / no hot row, {counted(clients[0])}"] = _rate(turns) / _rate(rates["any"])
        parts += [_TITLES[name], table_of(turns, WRITE_RIVALS)]
    return Told(text="\n\n".join(parts), facts=facts)


_TITLES = {
    "any": "Any memo and any invoice of its account:",
    "memo": "All clients draw on one memo:",
    "invoice": "All clients settle one invoice:",
}


def facts_of(name: str, turns: Turns, rivals: list[str] | tuple[str, ...]) -> Facts:
    """The service's ratios to each rival, by number of clients."""
    return {
        f"{name} / {rival}, {counted(clients)}": value
        for clients in turns
        for rival in rivals
        if (value := ratio(turns, clients, SERVICE, rival)) is not None
    }


def counted(clients: int) -> str:
    """As facts are named."""
    return "1 client" if clients == 1 else f"{clients} clients"


async def _read(run: Run, name: str) -> Turns:
    options = run.options
    return await read_contest(await run.arena(), name, options.clients, options.rounds, options.seconds)


def _rate(turns: Turns) -> float:
    [of_clients] = turns.values()
    made = sorted(each.rate for each in of_clients[SERVICE])
    return made[len(made) // 2]
