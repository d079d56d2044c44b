"""The service over HTTP, and the stranger's server that it asks."""

from collections.abc import Iterator

import pytest

from tests.support.service import service
from tests.support.tax_server import TaxServer, tax_server

__all__ = ["server", "service"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaxServer]:
    with tax_server(tmp_path_factory.mktemp("tax-server")) as server:
        yield server
