"""The commands of the terminal. Each imports what it needs when it runs, so that `--help` answers at once."""

import os
import sys

from app.cli.collecting import collect_seldom
from app.cli.commands import commands
from app.cli.terminal import explained


def main() -> None:
    """What goes wrong is told in a few lines; CREDIT_MEMO_LOG_LEVEL=debug shows where it happened."""
    collect_seldom()
    try:
        commands()
    except Exception as error:
        if os.environ.get("CREDIT_MEMO_LOG_LEVEL", "").lower() == "debug":
            raise
        for line in explained(error):
            print(line, file=sys.stderr)
        sys.exit(1)
