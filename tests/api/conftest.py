"""The graph's tests talk to the service over HTTP, in process."""

from tests.support.service import service

__all__ = ["service"]
