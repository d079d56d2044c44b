"""The service over the books of the test's own entity."""

from tests.support.service import service

__all__ = ["service"]
