"""The entity's tax callback over HTTP: signed requests out, answers in, each within the callback's time-out.

What goes wrong becomes a TaxFailure that tells a caller no more than it should: never the address or the secret.
"""

import asyncio
import hashlib
import hmac
import logging
import ssl
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from functools import cached_property, partial
from itertools import groupby

import httpx2

from app.domain.entity import TaxCallback
from app.domain.tax_engine import TaxAnswer, TaxAnswers, TaxFailure, TaxQuestion
from app.outside.addresses import AddressRefused, JudgedTransport, Network
from app.outside.look_ups import LookUps
from app.outside.tax_messages import answers_of, request_body

MOST_LINES = 200
"""Lines of one request."""
MOST_BYTES = 1024 * 1024
"""Of one answer."""
TRIES = 3
MOST_AT_ONCE = 4
"""Requests of one call that are under way together."""
PAUSE_SECONDS = 0.1
"""Between two tries."""
TRIED_AGAIN = {502, 503, 504}
"""What stands in front of the server says that the server has not seen the request, or cannot take it now."""
REQUEST_ID = "Credit-Memo-Request-Id"
TIMESTAMP = "Credit-Memo-Timestamp"
SIGNATURE = "Credit-Memo-Signature"

logger = logging.getLogger(__name__)


class NotAnswered(Exception):
    """The request has no usable response; `may_try_again` where the server cannot have answered it."""

    def __init__(self, message: str, *, may_try_again: bool = False) -> None:
        super().__init__(message)
        self.may_try_again = may_try_again


class TaxCallbackClient:
    """An AskTax over HTTP, of servers at public addresses and in the networks."""

    def __init__(self, networks: Sequence[Network], look_ups: LookUps | None = None) -> None:
        self._networks = networks
        self._look_ups = look_ups or LookUps()
        # The library tells every address at level INFO, and an address may hold a secret.
        logging.getLogger("httpx2").setLevel(logging.WARNING)

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        """Read once: it takes longer than most requests."""
        return httpx2.create_ssl_context()

    async def __call__(
        self, callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
    ) -> TaxAnswers:
        answers: dict[TaxQuestion, TaxAnswer | TaxFailure] = {}
        free = asyncio.Semaphore(MOST_AT_ONCE)

        async def ask(batch: list[TaxQuestion]) -> None:
            async with free:
                answers.update(await _in_time(client, callback, batch, preview=preview))

        async with self._client(callback) as client, asyncio.TaskGroup() as group:
            for batch in _batches(questions):
                group.create_task(ask(batch))
        return answers

    def _client(self, callback: TaxCallback) -> httpx2.AsyncClient:
        look_up = partial(self._look_ups.addresses, callback.id)
        return httpx2.AsyncClient(
            transport=JudgedTransport(self._certificates, self._networks, look_up),
            timeout=None,
            follow_redirects=False,
            # Neither a proxy nor a password is taken from the environment of the service.
            trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 with the callback's secret over timestamp, a full stop and the body; hexadecimal, after `v1=`."""
    signed = timestamp.encode() + b"." + body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _batches(questions: Sequence[TaxQuestion]) -> Iterator[list[TaxQuestion]]:
    """A request has one currency and so many lines."""
    by_currency = sorted(questions, key=lambda each: each.currency)
    for _, group in groupby(by_currency, key=lambda each: each.currency):
        batch = list(group)
        for start in range(0, len(batch), MOST_LINES):
            yield batch[start : start + MOST_LINES]


async def _in_time(
    client: httpx2.AsyncClient, callback: TaxCallback, questions: list[TaxQuestion], *, preview: bool
) -> dict[TaxQuestion, TaxAnswer | TaxFailure]:
    """The answers to one request, its tries together within the time-out: more lines have as much time each."""
    try:
        async with asyncio.timeout(callback.timeout_milliseconds / 1000):
            return await _answers_to_request(client, callback, questions, preview=preview)
    except TimeoutError:
        logger.warning("A tax callback took longer than %s ms.", callback.timeout_milliseconds)
        late = TaxFailure(f"The tax engine did not answer within {callback.timeout_milliseconds} ms.")
        return dict.fromkeys(questions, late)


async def _answers_to_request(
    client: httpx2.AsyncClient, callback: TaxCallback, questions: list[TaxQuestion], *, preview: bool
) -> dict[TaxQuestion, TaxAnswer | TaxFailure]:
    """The answers to one request, which keeps its id when it is sent again."""
    request_id = str(uuid.uuid4())
    body = request_body(questions, request_id=request_id, preview=preview)
    for tried in range(1, TRIES + 1):
        try:
            return answers_of(await _sent(client, callback, body, request_id), questions)
        except NotAnswered as error:
            failure = error
        if not failure.may_try_again:
            break
        if tried < TRIES:
            await asyncio.sleep(PAUSE_SECONDS)
    logger.warning("Tax request %s: %s", request_id, failure)
    return dict.fromkeys(questions, TaxFailure(str(failure)))


async def _sent(client: httpx2.AsyncClient, callback: TaxCallback, body: bytes, request_id: str) -> bytes:
    """The body of the response. Raises NotAnswered."""
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        REQUEST_ID: request_id,
        TIMESTAMP: timestamp,
        SIGNATURE: signature(callback.secret, timestamp, body),
    }
    try:
        request = client.build_request("POST", callback.url, content=body, headers=headers)
        response = await client.send(request, stream=True)
    except AddressRefused as error:
        logger.warning(
            "%s CREDIT_MEMO_CALLBACK_NETWORKS lists what may be asked beside public addresses.", error
        )
        raise NotAnswered("The tax engine's address is not one that this service may ask.") from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as error:
        raise NotAnswered("The tax engine's address cannot be used.") from error
    except httpx2.TransportError as error:
        # Before the first byte of an answer: whoever closed the connection has answered nothing.
        raise NotAnswered("The tax engine cannot be reached.", may_try_again=True) from error
    try:
        _check_head(response)
        return await _read(response)
    finally:
        await response.aclose()


def _check_head(response: httpx2.Response) -> None:
    if response.status_code != httpx2.codes.OK:
        raise NotAnswered(
            f"The tax engine answered with status {response.status_code}.",
            may_try_again=response.status_code in TRIED_AGAIN,
        )
    if response.headers.get("content-encoding", "identity") != "identity":
        raise NotAnswered("The tax engine's answer is encoded, which was not asked for.")


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    try:
        async with aclosing(response.aiter_raw()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > MOST_BYTES:
                    raise NotAnswered(f"The tax engine's answer is longer than {MOST_BYTES} bytes.")
    except httpx2.TransportError as error:
        raise NotAnswered("The tax engine broke off in the middle of its answer.") from error
    return bytes(body)
