"""The list of commands, in groups, with examples."""

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from app.cli.access import access
from app.cli.access_lists import list_credentials, log, roles
from app.cli.aging import aging
from app.cli.auditing import audit
from app.cli.entities import entities, entity, migrate
from app.cli.explaining import explain
from app.cli.exporting import export_history
from app.cli.importing import import_file
from app.cli.jobs import job
from app.cli.journal import journal
from app.cli.schema import schema
from app.cli.seeding import seed
from app.cli.serving import dev, serve, token
from app.cli.signing_keys import rotate_keys
from app.cli.statement import statement
from app.cli.working import work


class _Flags:
    """Help that says of a flag what it does, and not that it is a bool."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for each in params:
            if getattr(each, "is_flag", False):
                each.metavar = ""
        return params


class _Group(_Flags, TyperGroup):
    """The program."""


class _Command(_Flags, TyperCommand):
    """One of its commands."""


commands = typer.Typer(
    name="credit-memos",
    cls=_Group,
    help="A credit-memo service: GraphQL in front, exact books behind.",
    epilog="Settings come from the environment: CREDIT_MEMO_DATABASE_URL, CREDIT_MEMO_PORT and others.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _add(group: str, name: str, command: Callable[..., Any], *examples: str) -> None:
    lines = "\n\n".join(f"[cyan]python -m app {name}{each and ' ' + each}[/cyan]" for each in examples)
    commands.command(name, cls=_Command, rich_help_panel=group, epilog=f"Examples:\n\n{lines}")(command)


_add("The service", "dev", dev, "", "--port 8001")
_add(
    "The service",
    "serve",
    serve,
    "",
    "--port 0 --database-url postgresql://credit_memo_service@127.0.0.1/books",
)
_add("The service", "token", token, "", "--create")
_add("The service", "work", work, "", "--workers 4", "--until-done")
_add("The books", "migrate", migrate, "")
_add("The books", "entities", entities, "")
_add(
    "The books",
    "entity",
    entity,
    "acme --name 'Acme Inc.' --application-level INVOICE_LINE --time-zone America/New_York",
    "acme --closed-through 2026-10-31",
)
_add("The books", "seed", seed, "", "--file seeds/harbor-tools.json")
_add(
    "The books",
    "import",
    import_file,
    "seeds/import/invoices.csv --entity harbor-tools",
    "invoices.jsonl --entity acme --errors refused.csv",
    "invoices.jsonl --entity acme --submit-only",
)
_add("The books", "audit", audit, "", "--entity acme --json", "--since 2026-11-01 --by-account")
_add(
    "The books",
    "explain",
    explain,
    "CM-000017 --entity harbor-tools",
    "A-1002 --entity harbor-tools --currency USD --json",
)
_add("The books", "export-history", export_history, "--entity harbor-tools > history.jsonl")
_add(
    "The books",
    "statement",
    statement,
    "A-1002 --entity harbor-tools --from-date 2026-03-01 --through-date 2026-03-31",
    "A-1002 --entity harbor-tools --as-of-log 1200 --csv",
)
_add(
    "The books",
    "aging",
    aging,
    "--entity harbor-tools",
    "A-1002 --entity harbor-tools --day 2026-03-31 --buckets 15,30,60",
)
commands.add_typer(journal, rich_help_panel="The books")
commands.add_typer(job, rich_help_panel="The books")
for _name, _command in (("list", list_credentials), ("roles", roles), ("log", log)):
    access.command(_name)(_command)
access.command("rotate-keys")(rotate_keys)
commands.add_typer(access, rich_help_panel="Who may do what")
_add("Development", "schema", schema, "> schema.graphql")
