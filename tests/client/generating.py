"""The client package, generated from schema.graphql and the operations beside this file."""

import json
from pathlib import Path

from tests.client.environment import ROOT, run

OPERATIONS = Path(__file__).with_name("operations.graphql")
PACKAGE = "credit_memo_client"
SCALARS = {
    "Decimal": {"type": "decimal.Decimal", "serialize": "str"},
    "Date": {"type": "datetime.date"},
    "DateTime": {"type": "datetime.datetime"},
    "CurrencyCode": {"type": "str"},
    "JSONObject": {"type": "typing.Any"},
}
# The generator's own transport: no part of it is made from the schema.
MYPY = f"""[mypy]
strict = True
plugins = pydantic.mypy
warn_unused_ignores = False
[mypy-{PACKAGE}.async_base_client]
ignore_errors = True
"""


def generate(programs: Path, directory: Path) -> None:
    """Writes the package into the directory, and the settings for checking its types."""
    settings = {
        "schema_path": str(ROOT / "schema.graphql"),
        "queries_path": str(OPERATIONS),
        "target_package_path": str(directory),
        "target_package_name": PACKAGE,
        "client_name": "CreditMemoClient",
        "include_comments": "none",
    }
    # A JSON string is a TOML string as well.
    lines = ["[tool.ariadne-codegen]", *(f"{name} = {json.dumps(value)}" for name, value in settings.items())]
    for scalar, meant in SCALARS.items():
        lines.append(f"[tool.ariadne-codegen.scalars.{scalar}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in meant.items()]
    configuration = directory / "generator.toml"
    configuration.write_text("\n".join(lines))
    (directory / "mypy.ini").write_text(MYPY)
    run([programs / "ariadne-codegen", "--config", configuration], directory)
