"""What fields of commands say of themselves, and what a line of a request says."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pytest

from app.domain.commands.fields import ABSENT, optional, patch, required
from tests.rules.from_invoice import entry


def test_a_field_says_what_it_is_for_how_long_it_may_be_and_whether_it_is_an_id_or_a_name() -> None:
    @dataclass(kw_only=True)
    class Named:
        id: str = required("Which.", is_id=True)
        code: str = required("The code.", is_name=True)
        lines: list[str] | None = optional("The lines.", limit="lines")
        note: str | None = patch("A note.", limit="description", is_name=True)
        active: bool = optional("Whether it is.", default=True)

    make: Any = Named
    named = make(id="cm_1", code="A")
    assert (named.lines, named.note, named.active) == (None, ABSENT, True)
    with pytest.raises(TypeError, match="code"):
        make(id="cm_1")
    said = {"limit": "text", "is_id": False, "is_name": False}
    assert {each.name: each.metadata for each in fields(Named)} == {
        "id": said | {"description": "Which.", "is_id": True},
        "code": said | {"description": "The code.", "is_name": True},
        "lines": said | {"description": "The lines.", "limit": "lines"},
        "note": said | {"description": "A note.", "limit": "description", "is_name": True},
        "active": said | {"description": "Whether it is."},
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, False),
        ({"tax_only": True, "quantity": 1}, False),
        ({"description": ""}, True),
        ({"comment": "Wrong period"}, True),
        ({"sku": "SEAT"}, True),
        ({"unit_of_measure": "month"}, True),
        ({"metadata": {}}, True),
        ({"service_start": date(2026, 1, 1)}, True),
        ({"service_end": date(2026, 1, 31)}, True),
        ({"accounting_code": "4000"}, True),
    ],
)
def test_a_line_corrects_data_where_it_says_something_besides_money(
    said: dict[str, Any], expected: bool
) -> None:
    assert entry("0", **said).corrects_data is expected
