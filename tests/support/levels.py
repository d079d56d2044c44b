"""The two levels at which an entity can have its credit applied: whole documents, or their lines as well."""

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel

LINES = Settings(application_level=ApplicationLevel.INVOICE_LINE)
at_lines = pytest.mark.parametrize("entity_settings", [LINES], ids=["lines"])
at_both_levels = pytest.mark.parametrize("entity_settings", [Settings(), LINES], ids=["headers", "lines"])
