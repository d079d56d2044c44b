"""The tables of permissions and roles, from the code."""

from app.api.queries import Query
from app.domain.access import BUILT_IN_ROLES, PERMISSIONS
from app.domain.needs import needs_of
from app.use_cases.verbs import VERBS
from tests.docs.sample_service import ROOT

PAGE = ROOT / "docs" / "permissions.md"


def permissions() -> str:
    """A row for each permission: what it allows, what asks for it, which built-in roles have it."""
    rows = ["| Permission | Allows | Asked for by | Built-in roles |", "|---|---|---|---|"]
    for permission, allows in PERMISSIONS.items():
        asking = ", ".join([*_queries(permission), *_mutations(permission)])
        roles = ", ".join(
            f"`{code}`" for code, role in BUILT_IN_ROLES.items() if permission in role.permissions
        )
        rows.append(f"| `{permission}` | {allows} | {asking} | {roles} |")
    return "\n".join(rows)


def roles() -> str:
    """A row for each built-in role."""
    rows = ["| Role | Label | Permissions |", "|---|---|---|"]
    for code, role in BUILT_IN_ROLES.items():
        has_all = role.permissions == set(PERMISSIONS)
        named = (
            "all" if has_all else ", ".join(f"`{each}`" for each in PERMISSIONS if each in role.permissions)
        )
        rows.append(f"| `{code}` | {role.label} | {named} |")
    return "\n".join(rows)


def _queries(permission: str) -> list[str]:
    fields = Query.__strawberry_definition__.fields
    names = (field.python_name for field in fields if field.metadata["permission"] == permission)
    return sorted((f"`{_camel(name)}`" for name in names), key=_without_marks)


def _mutations(permission: str) -> list[str]:
    asking = []
    for verb in VERBS.values():
        name = verb.command.__name__
        shown = f"`{name[0].lower()}{name[1:]}`"
        if verb.permission == permission:
            asking.append(shown)
            continue
        needs = [each for each in needs_of(verb.command) if each.permission == permission]
        asking += [f"{shown} with `{each.field}`" if each.field else shown for each in needs]
    return sorted(asking, key=_without_marks)


def _without_marks(shown: str) -> str:
    return shown.replace("`", "")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
