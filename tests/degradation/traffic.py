"""Mixed requests to a running server, by a client that costs less than the server does."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator

from app.sign_in.secrets import api_key
from tests.support.service import mutation_document

READ = "{ creditMemos(first: 5) { totalCount nodes { number balance status lines { nodes { amount } } } } }"
WRITE = mutation_document("upsertAccounts", "accounts { id name }")
REFUSED = mutation_document("createCreditMemo")


class Traffic:
    """So many connections, each of which sends its next request when the last one is answered."""

    def __init__(self, port: int, entity: str, token: str, *, connections: int = 6) -> None:
        self._port, self._entity, self._token = port, entity, token
        self._connections = connections
        self.statuses: Counter[int] = Counter()
        self._sent = 0

    async def send(self, number: int) -> None:
        """So many more requests; returns when all are answered."""
        numbers = iter(range(self._sent, self._sent + number))
        self._sent += number
        await asyncio.gather(*(self._connection(numbers) for _ in range(self._connections)))

    async def _connection(self, numbers: Iterator[int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for number in numbers:
            writer.write(self._request(number))
            head = await reader.readuntil(b"\r\n\r\n")
            self.statuses[int(head[9:12])] += 1
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            assert b"INTERNAL_SERVER_ERROR" not in body, body
        writer.close()
        await writer.wait_closed()

    def _request(self, number: int) -> bytes:
        """Of twenty: thirteen reads, two of them by a document that was never seen; two writes; two refusals by a rule, one
        by the grammar; two strangers.
        """
        match number % 20:
            case 13 | 14:
                account = {"number": f"A-{number % 1000}", "name": f"Account {number}", "currency": "USD"}
                return self._post(WRITE, {"accounts": [account], "idempotencyKey": f"key {number}"})
            case 15 | 16:
                given = {"account": {"number": f"none {number}"}, "lines": [{"amount": "1.00"}]}
                return self._post(REFUSED, given)
            case 17:
                return self._post(f"{{ nothing{number} }}")
            case 18:
                return self._post(READ, token=api_key(f"crd_{number:032x}", "x" * 43))
            case 19:
                return self._post(READ, token=None)
            case 11 | 12:
                return self._post(READ.replace("{ creditMemos", f"{{ memos{number}: creditMemos"))
            case _:
                return self._post(READ)

    def _post(self, query: str, given: object = None, *, token: str | None = "") -> bytes:
        body = json.dumps({"query": query, "variables": {"input": given} if given else {}}).encode()
        shown = "" if token is None else f"Authorization: Bearer {token or self._token}\r\n"
        return (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n{shown}X-Entity-Id: {self._entity}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
