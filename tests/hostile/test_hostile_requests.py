"""The service refuses hostile requests at the limit that is meant for each, before a statement is sent."""

import gzip
from pathlib import Path

import httpx2
import pytest

from tests.hostile.asking import INSIDES
from tests.hostile.hostile_requests import BOOKS, PLAIN, REFUSED
from tests.hostile.statements import sent_to
from tests.http.client import MEDIA_TYPE
from tests.http.hostile_requests import Hostile, query
from tests.support.books import TestBooks
from tests.support.service import TOKEN, Service


@pytest.fixture
def service(books: TestBooks, tmp_path: Path) -> Service:
    """The service as others reach it: it tells nothing about its schema."""
    return Service(books, tmp_path, introspection=False, graphiql=False)


async def sent(service: Service, hostile: Hostile) -> httpx2.Response:
    return await service.request(
        hostile.method,
        hostile.url,
        content=hostile.content,
        headers={"Accept": MEDIA_TYPE, **hostile.headers},
    )


async def test_each_is_refused_at_its_own_limit_before_a_statement_is_sent(service: Service) -> None:
    # Who the caller is has been read then, and stays known.
    assert (await sent(service, PLAIN)).json()["data"] == {"entity": {"code": service.books.entity.code}}
    expected, found = {}, {}
    for hostile in REFUSED:
        with sent_to(service.books.database) as statements:
            response = await sent(service, hostile)
        codes = [each["extensions"]["code"] for each in response.json()["errors"]] if response.content else []
        expected[hostile.name] = (hostile.status, hostile.code, 0)
        found[hostile.name] = (response.status_code, "".join(set(codes)), len(statements))
        for error in response.json()["errors"] if response.content else ():
            assert not INSIDES.search(error["message"]), (hostile.name, error["message"])
        assert hostile.method == "HEAD" or "data" not in response.json(), hostile.name
        assert TOKEN not in response.text, hostile.name
        assert len(response.content) < 20_000, hostile.name
    assert found == expected
    assert (await sent(service, PLAIN)).status_code == 200


async def test_a_plain_query_sends_statements_that_are_counted(service: Service) -> None:
    with sent_to(service.books.database) as statements:
        await sent(service, PLAIN)
    assert len([each for each in statements if each != "a connection is taken"]) > 0


def test_there_are_more_than_a_hundred_of_different_kinds() -> None:
    assert len({each.name for each in REFUSED}) == len(REFUSED) > 100
    assert len({(each.method, each.content, str(each.headers), each.url) for each in REFUSED}) == len(REFUSED)


async def test_who_has_spent_the_budget_is_refused_before_a_statement_is_sent(
    books: TestBooks, tmp_path: Path
) -> None:
    service = Service(books, tmp_path, cost_budget=10, cost_per_second=0.001)
    cost = (await sent(service, PLAIN)).json()["extensions"]["cost"]
    assert cost == {
        "requested": 2,
        "limit": 10,
        "budget": {"capacity": 10, "left": 8, "restorePerSecond": 0.001},
    }
    for _ in range(4):
        await sent(service, PLAIN)
    for hostile in (PLAIN, query("the same in other words", "", "{ entity { id } }"), *BOOKS):
        with sent_to(books.database) as statements:
            response = await sent(service, hostile)
        if hostile.method == "POST":
            assert response.status_code == 429, hostile.name
            assert response.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert int(response.headers["Retry-After"]) > 100
        assert statements == []


async def test_a_budget_of_nothing_means_none(books: TestBooks, tmp_path: Path) -> None:
    service = Service(books, tmp_path, cost_budget=0)
    assert (await sent(service, PLAIN)).json()["extensions"] == {"cost": {"requested": 2, "limit": 50_000}}


async def test_a_bomb_in_gzip_is_stopped_at_the_cap_of_what_comes_out(
    books: TestBooks, tmp_path: Path
) -> None:
    service = Service(books, tmp_path, max_body_bytes=2_000)
    bomb = gzip.compress(b'{"query": "{ entity { code } }"}' + b" " * 10_000_000)
    small = await service.post(gzip.compress(PLAIN.content or b""), {"Content-Encoding": "gzip"})
    assert small.status_code == 200
    assert len(bomb) > 2_000
    nearly = gzip.compress(b" " * 100_000)
    assert len(nearly) < 2_000
    for body in (bomb, nearly):
        assert (await service.post(body, {"Content-Encoding": "gzip"})).status_code == 413
