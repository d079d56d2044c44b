"""No code of the catalogue goes untested by a rule's table."""

from pathlib import Path

from app.domain.vocabulary import ViolationCode

# Judged where the rows are, not by a rule: the key's first use is found in the books.
IN_THE_REPOSITORY = {ViolationCode.IDEMPOTENCY_KEY_REUSED}
# What remains of a fault of the service itself.
OF_NO_RULE = {ViolationCode.INTERNAL_ERROR}


def test_every_code_is_expected_by_a_table() -> None:
    tables = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*_rules.py"))
    untested = {code for code in ViolationCode if f'"{code}"' not in tables}
    assert untested == IN_THE_REPOSITORY | OF_NO_RULE
