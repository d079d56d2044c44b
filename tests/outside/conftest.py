"""The service over HTTP, and the stranger's server that it asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.books import TestBooks
from tests.support.service import Service
from tests.support.tax_server import THIS_MACHINE, TaxServer, tax_server


@pytest.fixture
def service(books: TestBooks, tmp_path: Path) -> Service:
    return Service(books, tmp_path, callback_networks=THIS_MACHINE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaxServer]:
    with tax_server(tmp_path_factory.mktemp("tax-server")) as server:
        yield server
