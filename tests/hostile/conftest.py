"""Hostile values come over HTTP, in process, like everything from outside."""

from tests.support.service import service

__all__ = ["service"]
