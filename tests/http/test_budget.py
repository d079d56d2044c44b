"""What each client may spend: charged before anything is opened, refilled by the clock, one bucket for each."""

from typing import Any

import httpx2
import pytest

from app.api.http import budget
from app.api.http.budget import CostBudgets
from app.api.http.cost import REFUSED_CHARACTERS
from app.api.http.endpoint import GraphQLEndpoint
from tests.http.client import codes, post, send
from tests.http.service import Door, new_endpoint

THREE = "{ tree { child { name } } }"


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def limited(
    door: Door, capacity: int = 10, per_second: float = 2, **settings: Any
) -> tuple[GraphQLEndpoint, Clock]:
    """An endpoint with a small budget, and the clock that refills it."""
    clock = Clock()
    budgets = CostBudgets(capacity, per_second, clock=clock)
    return new_endpoint(door, budgets=budgets, show_cost=True, **settings), clock


def budget_in(response: httpx2.Response) -> Any:
    return response.json()["extensions"]["cost"]["budget"]


def test_the_answer_tells_what_is_left() -> None:
    endpoint, _ = limited(Door())
    assert post(endpoint, THREE).json()["extensions"]["cost"] == {
        "requested": 3,
        "limit": 10,
        "budget": {"capacity": 10, "left": 7, "restorePerSecond": 2},
    }
    assert budget_in(post(endpoint, THREE))["left"] == 4


def test_who_has_spent_the_budget_waits_for_it_and_nothing_is_opened() -> None:
    door = Door()
    endpoint, clock = limited(door)
    for _ in range(3):
        assert post(endpoint, THREE).status_code == 200
    refused = post(endpoint, THREE)
    assert (refused.status_code, codes(refused), refused.headers["Retry-After"]) == (
        429,
        ["RATE_LIMITED"],
        "1",
    )
    assert "This costs 3, and 1 of your budget of 10 is left: 2 come back each second." in refused.text
    assert len(door.opened) == 3
    clock.seconds += int(refused.headers["Retry-After"])
    assert budget_in(post(endpoint, THREE))["left"] == 0


def test_the_wait_that_is_told_is_long_enough_and_not_longer() -> None:
    endpoint, clock = limited(Door(), capacity=100, per_second=3)
    assert post(endpoint, "{ tree { " + "name " * 90 + "} }").status_code == 200
    dear = "{ tree { " + "name " * 40 + "} }"
    wait = int(post(endpoint, dear).headers["Retry-After"])
    assert wait == 11
    clock.seconds += wait - 1
    assert post(endpoint, dear).status_code == 429
    clock.seconds += 1
    assert post(endpoint, dear).status_code == 200


def test_a_refusal_costs_nothing_and_a_budget_never_overflows() -> None:
    endpoint, clock = limited(Door())
    for _ in range(3):
        post(endpoint, THREE)
    for _ in range(20):
        assert post(endpoint, THREE).status_code == 429
    assert budget_in(post(endpoint, "{ one }"))["left"] == 0
    clock.seconds += 1_000_000
    assert budget_in(post(endpoint, "{ one }"))["left"] == 9


def test_an_operation_that_costs_more_than_the_whole_budget_is_too_complex_for_ever() -> None:
    endpoint, _ = limited(Door(), capacity=2)
    assert codes(post(endpoint, THREE)) == ["DOCUMENT_TOO_COMPLEX"]


def test_one_client_cannot_spend_the_budget_of_another() -> None:
    endpoint, _ = limited(Door())
    for _ in range(5):
        post(endpoint, THREE, {"X-Guest": "greedy"})
    assert post(endpoint, THREE, {"X-Guest": "greedy"}).status_code == 429
    assert budget_in(post(endpoint, THREE, {"X-Guest": "modest"}))["left"] == 7


def test_a_document_that_is_refused_is_paid_for_by_its_length() -> None:
    endpoint, _ = limited(Door(), capacity=1_000)
    text = "{ two }" + " " * (200 * REFUSED_CHARACTERS)
    assert codes(post(endpoint, text)) == ["GRAPHQL_VALIDATION_FAILED"]
    assert budget_in(post(endpoint, "{ one }"))["left"] == 1_000 - (1 + len(text) // REFUSED_CHARACTERS) - 1
    for _ in range(5):
        post(endpoint, text)
    assert codes(post(endpoint, text)) == ["RATE_LIMITED"]


def test_who_has_nothing_left_is_sent_away_before_the_body_is_read() -> None:
    endpoint, _ = limited(Door(), capacity=3)
    assert post(endpoint, THREE).status_code == 200
    response = send(endpoint, content=b"no JSON", headers={"Content-Type": "application/json"})
    assert (response.status_code, codes(response)) == (429, ["RATE_LIMITED"])


def test_a_stranger_has_no_budget() -> None:
    endpoint, _ = limited(Door(is_locked=True))
    assert post(endpoint, THREE).status_code == 401
    assert endpoint.budgets is not None
    assert len(endpoint.budgets) == 0


def test_the_number_of_clients_that_are_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_CLIENTS", 3)
    budgets = CostBudgets(10, 1, clock=Clock())
    for client in ("a", "b", "c"):
        budgets.charge(client, 5)
    assert budgets.left("a") == 5
    budgets.charge("d", 5)
    assert len(budgets) == 3
    assert (budgets.left("a"), budgets.left("d"), budgets.left("c")) == (5, 5, 5)


def test_what_is_taken_ahead_is_waited_for_and_the_waiting_has_an_end() -> None:
    clock = Clock()
    budgets = CostBudgets(3, 2, clock=clock)
    assert [budgets.seconds_ahead("ada", 1, most=2) for _ in range(9)] == [0, 0, 0, 0.5, 1, 1.5, 2, 2, 2]
    assert budgets.seconds_ahead("bob", 1, most=2) == 0
    clock.seconds += 3
    assert budgets.seconds_ahead("ada", 1, most=2) == 0
