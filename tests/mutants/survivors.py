"""Mutants that no test can notice, as `survivors.md` explains them."""

import re
from collections import defaultdict

_MODULE = re.compile(r"^## `(app/[\w/]+\.py)`$", re.MULTILINE)
_DIFFERENCE = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def explained(page: str) -> dict[str, set[str]]:
    """Module -> the lines that went and came: they are the same wherever in the file they stand."""
    _, *parts = _MODULE.split(page)
    found: dict[str, set[str]] = defaultdict(set)
    for module, text in zip(parts[::2], parts[1::2], strict=True):
        found[module] |= {difference.strip("\n") for difference in _DIFFERENCE.findall(text)}
    return found
