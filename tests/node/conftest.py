"""Fixtures of the tests that need Node."""

from collections.abc import Callable

import pytest

from tests.node import http_audit


@pytest.fixture
def audit() -> Callable[[str], list[http_audit.AuditResult]]:
    """The audit of GraphQL over HTTP, to be called with the address of an endpoint."""
    return http_audit.audit
