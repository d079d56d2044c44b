"""The tables of settings, limits and permissions, from the code; each stands between two marks of its page."""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from pydantic import SecretStr

from app.api.http.limits import DocumentLimits
from app.domain.limits import Limits
from app.settings import PREFIX, Settings
from tests.docs import lifecycle
from tests.docs.permissions import PAGE, permissions, roles
from tests.docs.sample_service import ROOT

README = ROOT / "README.md"
LIMITS = ROOT / "docs" / "limits.md"


def with_tables(path: Path) -> str:
    """The page with its generated tables brought up to date. Raises ValueError where it has lost a mark."""
    page = path.read_text(encoding="utf-8")
    for mark, table in TABLES[path].items():
        before, beginning, rest = page.partition(f"<!-- {mark} -->\n")
        _, end, after = rest.partition(f"<!-- end of {mark} -->")
        if not end:
            raise ValueError(f"{path} has lost the marks of its table: {mark}")
        page = f"{before}{beginning}\n{table}\n\n{end}{after}"
    return page


def _settings() -> str:
    return _table(
        ("Variable", "Default", "Meaning"),
        (
            (f"`{PREFIX}{name.upper()}`", _shown(field.default), field.description or "")
            for name, field in Settings.model_fields.items()
        ),
    )


def _limits(kind: type[DocumentLimits] | type[Limits]) -> str:
    return _table(("Limit", "Default"), ((f"`{each.name}`", f"{each.default:,}") for each in fields(kind)))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _shown(default: object) -> str:
    match default:
        case None:
            return "none"
        case SecretStr():
            return f"`{default.get_secret_value()}`"
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return f"`{','.join(default)}`"
        case _:
            return f"`{default}`"


TABLES = {
    README: {"settings": _settings()},
    lifecycle.PAGE: lifecycle.TABLES,
    PAGE: {"permissions": permissions(), "roles": roles()},
    LIMITS: {"document limits": _limits(DocumentLimits), "command limits": _limits(Limits)},
}
