"""A name server that does not answer keeps nobody waiting but those who named the host."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from app.domain.entity import TaxCallback
from app.domain.tax_engine import TaxFailure
from app.outside.look_ups import MOST, MOST_OF_OWNER, LookUps
from app.outside.tax_callback import TaxCallbackClient
from tests.outside.test_tax_callback import question

SLOW = "slow.example"


class NameServer:
    """Knows every host, and says nothing of the slow one until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def resolve(self, host: str) -> Sequence[str]:
        if host == SLOW:
            self.let_go.wait()
        if host == "nowhere.example":
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ["192.0.2.1"]


@asynccontextmanager
async def name_server() -> AsyncIterator[tuple[NameServer, LookUps]]:
    server = NameServer()
    look_ups = LookUps(server.resolve)
    try:
        yield server, look_ups
    finally:
        server.let_go.set()
        while look_ups._under_way:
            look_ups._ended.clear()
            await look_ups._ended.wait()


async def test_an_owner_whose_hosts_are_slow_has_so_many_threads_and_others_go_on() -> None:
    async with name_server() as (server, look_ups):
        waiting = [asyncio.ensure_future(look_ups.addresses("slow", SLOW)) for _ in range(MOST_OF_OWNER + 3)]
        assert await look_ups.addresses("quick", "quick.example") == ["192.0.2.1"]
        assert look_ups._under_way["slow"] == MOST_OF_OWNER
        server.let_go.set()
        assert await asyncio.gather(*waiting) == [["192.0.2.1"]] * len(waiting)


async def test_whoever_gives_up_leaves_a_thread_that_still_counts() -> None:
    """Or a slow host would have as many threads as it is asked for."""
    async with name_server() as (_, look_ups):
        for _ in range(MOST_OF_OWNER + 3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(look_ups.addresses("slow", SLOW), 0.01)
        assert look_ups._under_way["slow"] == MOST_OF_OWNER


async def test_all_owners_together_have_so_many_threads() -> None:
    async with name_server() as (server, look_ups):
        waiting = [
            asyncio.ensure_future(look_ups.addresses(f"slow {place}", SLOW)) for place in range(MOST + 3)
        ]
        await asyncio.wait(waiting, timeout=0)
        assert look_ups._under_way.total() == MOST
        server.let_go.set()
        await asyncio.gather(*waiting)


async def test_a_host_that_there_is_not_is_told_and_takes_up_nothing() -> None:
    async with name_server() as (_, look_ups):
        for _ in range(MOST_OF_OWNER + 1):
            with pytest.raises(OSError, match="unknown"):
                await look_ups.addresses("somebody", "nowhere.example")


async def test_a_callback_whose_host_is_not_found_in_time_is_a_failure_of_its_own() -> None:
    async with name_server() as (_, look_ups):
        slow = TaxCallback(
            id="txc_1", url=f"http://{SLOW}/", secret="a-secret-of-the-tests", timeout_milliseconds=20
        )
        [found] = (await TaxCallbackClient((), look_ups)(slow, [question()], preview=False)).values()
        assert found == TaxFailure("The tax engine did not answer within 20 ms.")
