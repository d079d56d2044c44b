"""`python -m app`: the commands of the terminal."""

import sys

if __name__ == "__main__":
    try:
        from app.cli import main
    except ModuleNotFoundError as missing:
        # Most likely the system's Python was called, which knows nothing of .venv.
        sys.exit(
            f"{missing.name} is not installed for this Python: use .venv/bin/python, which `make venv` makes."
        )
    main()
