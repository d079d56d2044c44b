"""The development token: a secret in a file that only its owner reads, for work on one machine."""

import os
import secrets
from pathlib import Path

from app.cli.configured import make_private_folder
from app.cli.terminal import CommandFailed

SHORTEST = 32


def create_token(path: Path) -> str:
    """The token in the file; made first where there is none. Nobody else can read it, not even while it is written."""
    if not path.exists():
        make_private_folder(path.parent)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
            # A link, unlike a rename, leaves the token of a process that was faster.
            os.link(new, path)
        except FileExistsError:
            return read_token(path)
        finally:
            new.unlink()
    return read_token(path)


def read_token(path: Path) -> str:
    """Raises CommandFailed where there is none, or one that others can read or guess."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        message = f"there is no development token in {path}: `python -m app token --create` makes one"
        raise CommandFailed(message) from error
    if path.stat().st_mode & 0o077:
        raise CommandFailed(f"others can read the development token: chmod 600 {path}")
    if len(token) < SHORTEST:
        raise CommandFailed(
            f"the development token in {path} is shorter than {SHORTEST} characters: delete it"
        )
    return token
