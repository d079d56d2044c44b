"""The service over the test's books, for what is seen through its door."""

from tests.support.service import service

__all__ = ["service"]
