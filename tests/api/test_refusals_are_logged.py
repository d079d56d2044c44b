"""Who is not let in leaves one line in the log: which request it was, never what it showed."""

import logging

import pytest

from tests.api.test_permissions import answer_to
from tests.support.books import TestBooks
from tests.support.service import TOKEN, Service

SECRET = "cmk_0123456789abcdef0123456789abcdef_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
REFUSED = {
    "no credential": ({"Authorization": ""}, "UNAUTHENTICATED"),
    "a key that nobody has": ({"Authorization": f"Bearer {SECRET}"}, "UNAUTHENTICATED"),
    "an entity that is not its own": ({"X-Entity-Id": "nobody"}, "FORBIDDEN"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_each_refusal_of_access_is_one_line_without_stack_or_secret(
    service: Service, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    headers, code = REFUSED[name]
    with caplog.at_level(logging.INFO):
        sent = await service.send("{ entity { code } }", {}, **headers, X_Request_Id="r-17")
    assert sent.json()["errors"][0]["extensions"]["code"] == code
    [record] = [each for each in caplog.records if each.name.startswith("app.")]
    assert record.getMessage() == f"request r-17 was refused: {code}"
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text


async def test_other_refusals_are_the_clients_own_affair(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert (await service.send("{ nonsense }")).json()["errors"]
    assert [each for each in caplog.records if each.name.startswith("app.")] == []


async def test_a_missing_permission_is_one_line_too(
    books: TestBooks, caplog: pytest.LogCaptureFixture
) -> None:
    await answer_to(books, frozenset(), "{ entity { code } }")
    [record] = [each for each in caplog.records if each.name.startswith("app.")]
    assert f"ada has no permission books:read in entity {books.entity.id}" in record.getMessage()
    assert record.exc_info is None
