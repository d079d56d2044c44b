"""What a service that others reach must not be started with."""

from typing import TYPE_CHECKING

from app.cli.awaiting import awaited
from app.cli.configured import silent
from app.cli.terminal import CommandFailed

if TYPE_CHECKING:
    from app.settings import Settings


def refuse_unsafe(settings: "Settings") -> None:
    """Raises CommandFailed with a line for everything in the settings, and in the database, that is not safe."""
    if not settings.production:
        return
    complaints = [*unsafe_settings(settings), *awaited(_unsafe_role(settings))]
    if complaints:
        raise CommandFailed("\n".join(["not fit for production:", *complaints]))


def unsafe_settings(settings: "Settings") -> list[str]:
    """One line for each setting that is meant for work on one machine."""
    from app.settings import DEVELOPMENT_PEPPER

    checks = [
        (
            settings.pepper.get_secret_value() == DEVELOPMENT_PEPPER,
            "CREDIT_MEMO_PEPPER is the one that everybody knows: set a secret of your own, and keep it",
        ),
        (
            "token_file" in settings.model_fields_set,
            "CREDIT_MEMO_TOKEN_FILE: production has no development token; `python -m app access` makes keys",
        ),
        (
            "*" in settings.cors_origins,
            "CREDIT_MEMO_CORS_ORIGINS lets the pages of every site call: name them",
        ),
        (
            not (settings.issuer or "").startswith("https://"),
            "CREDIT_MEMO_ISSUER: name the https address by which clients reach the service",
        ),
        ("*" in settings.allowed_hosts, "CREDIT_MEMO_ALLOWED_HOSTS takes every host name: name your own"),
    ]
    return [complaint for is_unsafe, complaint in checks if is_unsafe]


async def _unsafe_role(settings: "Settings") -> list[str]:
    from app.repository.role_powers import role_powers

    try:
        powers = await role_powers(settings.database_url.get_secret_value())
    except OSError as error:
        raise silent(error) from error
    return [f"CREDIT_MEMO_DATABASE_URL: the role that the service connects as {power}" for power in powers]
