"""Checks of one table are swept together, and what several of them look up is joined once; who helps takes from the end."""

import asyncio

import pytest
from sqlalchemy.exc import SQLAlchemyError

from app.proof.sweeping import Sweeping
from app.repository.proofs import CHECKS, SWEEPS, Check
from app.repository.proofs.check import check
from app.repository.proofs.sweep import sweeps
from tests.support.books import TestBooks

LOG = "log_entry {0} ON {0}.entity_id = d.entity_id AND {0}.id = d.log_id"
SUMS = "(SELECT x.id AS id, COUNT(*) AS number FROM part x JOIN whole w ON w.id = x.id GROUP BY x.id) AS {0} ON {0}.id = d.id"


def of(name: str, source: str, broken: str) -> Check:
    return check(name, "1", "it is broken", source=source, expected="1", found="2", where=broken)


def swept(*checks: Check) -> list[str]:
    return [str(each.statement) for each in sweeps(checks)]


def test_what_is_called_by_two_names_is_joined_once() -> None:
    one = of(
        "one",
        f"payment d LEFT JOIN {LOG.format('log')} LEFT JOIN {SUMS.format('sums')}",
        "log.number > sums.number",
    )
    other = of(
        "other",
        f"payment d LEFT JOIN {SUMS.format('log')} LEFT JOIN {LOG.format('l')}",
        "l.number < log.number",
    )
    [statement] = swept(one, other)
    assert statement == (
        "SELECT SUM(CASE WHEN (j0.number > j1.number) THEN 1 ELSE 0 END) AS one,"
        " SUM(CASE WHEN (j0.number < j1.number) THEN 1 ELSE 0 END) AS other"
        f" FROM payment d LEFT JOIN {LOG.format('AS j0').replace('AS j0.', 'j0.')} LEFT JOIN {SUMS.format('j1')}"
        " WHERE d.entity_id = :entity_id"
    )


def test_a_row_without_what_its_check_needs_is_none_of_that_check() -> None:
    inner = of("inner", f"payment d JOIN {LOG.format('l')}", "l.number IS NULL")
    outer = of("outer", f"payment d LEFT JOIN {LOG.format('l')}", "l.number IS NULL")
    [statement] = swept(inner, outer)
    assert "WHEN j0.entity_id IS NOT NULL AND (j0.number IS NULL) THEN 1 ELSE 0 END) AS inner" in statement
    assert "WHEN (j0.number IS NULL) THEN 1 ELSE 0 END) AS outer" in statement


def test_what_is_joined_to_another_row_is_another_thing() -> None:
    header = "invoice h ON h.entity_id = {0}.entity_id AND h.id = {0}.invoice_id"
    one = of("one", f"payment d LEFT JOIN {header.format('d')}", "h.balance < 0")
    other = of(
        "other",
        f"payment d LEFT JOIN payment o ON o.id = d.of_id LEFT JOIN {header.format('o')}",
        "h.balance < 0",
    )
    [statement] = swept(one, other)
    assert "(j0.balance < 0) THEN 1 ELSE 0 END) AS one" in statement
    assert "(j2.balance < 0) THEN 1 ELSE 0 END) AS other" in statement


def test_every_check_is_swept_once() -> None:
    names = [each.name for sweep in SWEEPS for each in sweep.checks]
    assert sorted(names) == sorted(each.name for each in CHECKS)


async def test_what_is_helped_with_is_found_in_its_place(books: TestBooks) -> None:
    sweeping = Sweeping()
    async with books.database.snapshot(books.entity.id) as snapshot:
        first = await sweeping.found(SWEEPS[0], snapshot)
        helping = asyncio.create_task(sweeping.help(snapshot))
        found = [first, *[await sweeping.found(each, snapshot) for each in SWEEPS[1:]]]
        await helping
    assert [len(each) for each in found] == [len(each.checks) for each in SWEEPS]
    assert not any(any(each) for each in found)


async def test_who_asks_is_told_how_the_help_has_failed(books: TestBooks) -> None:
    sweeping = Sweeping()
    async with books.database.snapshot(books.entity.id) as snapshot:
        pass
    # Its connection is closed.
    with pytest.raises(SQLAlchemyError):
        await sweeping.help(snapshot)
    with pytest.raises(SQLAlchemyError):
        await sweeping.found(SWEEPS[-1], snapshot)
