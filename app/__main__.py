"""`python -m app`: the commands of the terminal."""

from app.cli import main

if __name__ == "__main__":
    main()
