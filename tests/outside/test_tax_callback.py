"""The HTTP client of tax callbacks, against a server in a process of its own that does all that strangers do."""

import hashlib
import hmac
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.entity import TaxCallback
from app.domain.tax_engine import AnsweredTax, SourceTax, TaxAnswer, TaxAnswers, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode, TaxRateType
from app.outside.asking import ask_outside
from app.outside.tax_callback import MOST_AT_ONCE, MOST_BYTES, MOST_LINES, TRIES
from tests.support.processes import PATIENCE_SECONDS
from tests.support.tax_server import THIS_MACHINE, TaxServer
from tests.support.waiting import until_no_other_task_is_left

ROOT = Path(__file__).parents[2]
SECRET = "the-secret-of-the-tests"
QUICKLY, SOON = 1_000, 3_000
"""Milliseconds: in the one a server has heard the question, in the other a quick one has answered, on any machine."""
PATIENTLY = 20_000


def callback(url: str, timeout: int = PATIENTLY) -> TaxCallback:
    return TaxCallback(id="txc_1", url=url, secret=SECRET, timeout_milliseconds=timeout)


def question(amount: int = 5000, **said: Any) -> TaxQuestion:
    return TaxQuestion(
        **{
            "currency": "USD",
            "digits": 2,
            "tax_date": date(2026, 1, 10),
            "sku": "SEAT",
            "tax_code": "SAAS",
            "jurisdiction": "TEXAS",
            "mode": TaxMode.EXCLUSIVE,
            "amount": amount,
            **said,
        }
    )


async def answers(
    url: str, *questions: TaxQuestion, within: int = PATIENTLY, preview: bool = False
) -> TaxAnswers:
    return await ask_outside(THIS_MACHINE)(callback(url, within), questions, preview=preview)


async def failure(url: str, within: int = PATIENTLY) -> str:
    """The message of the one failure that a question comes to."""
    [found] = (await answers(url, question(), within=within)).values()
    # What is left of a response that was not read to its end is closed by the library in a task of its own.
    await until_no_other_task_is_left()
    assert isinstance(found, TaxFailure)
    assert SECRET not in found.message
    assert "127.0.0.1" not in found.message
    return found.message


async def test_an_honest_server_is_believed(server: TaxServer) -> None:
    asked = question()
    found = await answers(server.url("honest"), asked)
    tax = AnsweredTax(
        amount=413,
        name="SALES TAX",
        code="SAAS",
        jurisdiction="TEXAS",
        rate=8_250_000,
        rate_type=TaxRateType.PERCENTAGE,
    )
    assert found == {asked: TaxAnswer(items=(tax,))}


async def test_a_question_says_what_is_priced_and_that_it_is_a_preview(server: TaxServer) -> None:
    source = SourceTax(
        id="invt_1",
        name="SALES TAX",
        code="SAAS",
        jurisdiction="TEXAS",
        location_code=None,
        rate=8_250_000,
        rate_type=TaxRateType.PERCENTAGE,
        tax_date=date(2026, 1, 10),
        amount=825,
    )
    asked = question(invoice_line_id="invl_1", invoice_line_amount=10000, sources=(source,))
    await answers(server.url("said"), asked, preview=True)
    [request] = server.requests("said")
    body = json.loads(request["body"])
    assert body.pop("requestId") == request["headers"]["credit-memo-request-id"]
    assert body == {
        "version": 1,
        "preview": True,
        "currency": "USD",
        "lines": [
            {
                "line": 1,
                "amount": "50.00",
                "taxMode": "EXCLUSIVE",
                "taxDate": "2026-01-10",
                "sku": "SEAT",
                "taxCode": "SAAS",
                "jurisdiction": "TEXAS",
                "invoiceLineId": "invl_1",
                "invoiceLineAmount": "100.00",
                "sourceTaxItems": [
                    {
                        "id": "invt_1",
                        "name": "SALES TAX",
                        "code": "SAAS",
                        "jurisdiction": "TEXAS",
                        "locationCode": None,
                        "rate": "0.08250000",
                        "rateType": "PERCENTAGE",
                        "taxDate": "2026-01-10",
                        "amount": "8.25",
                    }
                ],
            }
        ],
    }


async def test_a_request_is_signed_over_its_time_and_its_body(server: TaxServer) -> None:
    await answers(server.url("signed"), question())
    [request] = server.requests("signed")
    headers = request["headers"]
    signed = f"{headers['credit-memo-timestamp']}.{request['body']}"
    expected = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest()
    assert headers["credit-memo-signature"] == f"v1={expected}"
    assert headers["content-type"] == "application/json"


async def test_the_page_s_check_knows_our_requests_from_others(server: TaxServer) -> None:
    """The snippet of docs/taxes.md, run as it stands there."""
    page = (ROOT / "docs" / "taxes.md").read_text(encoding="utf-8")
    snippet: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], snippet)
    await answers(server.url("checked"), question())
    [request] = server.requests("checked")
    headers, body = request["headers"], request["body"].encode()
    assert snippet["is_genuine"](SECRET, headers, body)
    assert not snippet["is_genuine"]("another secret", headers, body)
    assert not snippet["is_genuine"](SECRET, headers, body + b" ")
    late = headers | {"credit-memo-timestamp": "1700000000"}
    assert not snippet["is_genuine"](SECRET, late, body)


async def test_many_lines_go_in_few_requests_of_one_currency_each(server: TaxServer) -> None:
    dollars = [question(amount) for amount in range(100, 100 + MOST_LINES + 1)]
    euros = [question(700, currency="EUR")]
    found = await answers(server.url("many"), *dollars, *euros)
    assert all(isinstance(each, TaxAnswer) for each in found.values())
    assert set(found) == {*dollars, *euros}
    bodies = [json.loads(request["body"]) for request in server.requests("many")]
    # They go at once, in no order.
    assert sorted((body["currency"], len(body["lines"])) for body in bodies) == [
        ("EUR", 1),
        ("USD", 1),
        ("USD", MOST_LINES),
    ]


async def test_a_server_that_is_down_for_a_moment_is_asked_again_under_the_same_id(server: TaxServer) -> None:
    [found] = (await answers(server.url("down-once"), question())).values()
    assert isinstance(found, TaxAnswer)
    first, second = server.requests("down-once")
    assert first["headers"]["credit-memo-request-id"] == second["headers"]["credit-memo-request-id"]
    assert first["body"] == second["body"]


@pytest.mark.parametrize(
    ("behaviour", "message", "tries"),
    [
        ("always-down", "The tax engine answered with status 503.", TRIES),
        ("broken", "The tax engine answered with status 500.", 1),
        ("refused", "The tax engine answered with status 400.", 1),
        ("redirect", "The tax engine answered with status 307.", 1),
        ("html", "The tax engine's answer cannot be used: it is not JSON.", 1),
        ("huge", f"The tax engine's answer is longer than {MOST_BYTES} bytes.", 1),
        ("encoded", "The tax engine's answer is encoded, which was not asked for.", 1),
    ],
)
async def test_what_is_no_answer_fails_in_a_sentence(
    server: TaxServer, behaviour: str, message: str, tries: int
) -> None:
    assert await failure(server.url(behaviour)) == message
    assert len(server.requests(behaviour)) == tries


async def test_the_time_out_is_for_all_tries_of_a_request_and_ends_the_asking(server: TaxServer) -> None:
    assert (
        await failure(server.url("never"), QUICKLY) == f"The tax engine did not answer within {QUICKLY} ms."
    )
    assert len(server.requests("never")) == 1


async def test_a_server_that_is_not_there_fails_in_a_sentence() -> None:
    with socket.socket() as nobody:
        # Its port is taken, and nobody listens there.
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        assert await failure(f"http://127.0.0.1:{port}/?key={SECRET}") == "The tax engine cannot be reached."


@contextmanager
def hanging_up(count: int) -> Iterator[tuple[str, list[bytes]]]:
    """A server that hangs up on so many requests before any answer; its address, and what it was sent."""
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(count):
                connection, _ = listener.accept()
                with connection:
                    taken.append(connection.recv(65536))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", taken
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


async def test_a_connection_that_ends_before_any_answer_is_tried_again() -> None:
    with hanging_up(TRIES) as (url, taken):
        assert await failure(url) == "The tax engine cannot be reached."
    assert len(taken) == TRIES


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://[::1", "nonsense"])
async def test_an_address_that_means_nothing_fails_in_a_sentence(url: str) -> None:
    assert await failure(url) == "The tax engine's address cannot be used."


async def test_lines_without_an_answer_fail_them_all(server: TaxServer) -> None:
    found = await answers(server.url("half"), question(100), question(200))
    message = "The tax engine's answer cannot be used: 1 lines have no answer."
    assert list(found.values()) == [TaxFailure(message)] * 2


async def test_a_request_that_is_late_takes_no_answer_from_the_others(server: TaxServer) -> None:
    euros, dollars = question(100, currency="EUR"), question(200)
    found = await answers(server.url("slow-after-the-first"), euros, dollars, within=SOON)
    assert set(found) == {euros, dollars}
    assert sorted(type(each).__name__ for each in found.values()) == ["TaxAnswer", "TaxFailure"]


async def test_each_request_has_the_whole_time_out(server: TaxServer) -> None:
    """Those that go at once use it up, each its own; one that had to wait for them is answered all the same."""
    asked = [question(100, currency=each) for each in ("CHF", "DKK", "EUR", "GBP", "NOK")]
    found = await answers(server.url("late-four-times"), *asked, within=SOON)
    late = [each for each in found.values() if isinstance(each, TaxFailure)]
    assert len(late) == MOST_AT_ONCE
    assert len(found) == len(server.requests("late-four-times")) == MOST_AT_ONCE + 1


async def test_a_tax_in_another_place_is_passed_on_for_the_rules_to_judge(server: TaxServer) -> None:
    [found] = (await answers(server.url("stranger"), question())).values()
    assert isinstance(found, TaxAnswer)
    assert found.items[0].jurisdiction == "ATLANTIS"


async def test_without_the_library_every_question_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    assert await failure("http://127.0.0.1/") == "The service is installed without its extra `callback`."


def test_nothing_of_a_callback_shows_its_secret() -> None:
    assert SECRET not in repr(callback("http://127.0.0.1/"))
