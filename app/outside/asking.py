"""What a process asks outside with: the client of tax callbacks, where the library for it is installed."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network

from app.domain.entity import TaxCallback
from app.domain.tax_engine import AskTax, TaxAnswers, TaxFailure, TaxQuestion


def ask_outside(networks: Sequence[IPv4Network | IPv6Network]) -> AskTax:
    """Asks callbacks over HTTP, at public addresses and in the networks. Without httpx2 (the extra `callback`) every question fails, and says why."""
    if find_spec("httpx2") is None:
        return _not_installed

    @cache
    def client() -> AskTax:
        # Loaded with the first question: most services never ask one, and do without its libraries.
        from app.outside.tax_callback import TaxCallbackClient

        return TaxCallbackClient(networks)

    async def ask(callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool) -> TaxAnswers:
        return await client()(callback, questions, preview=preview)

    return ask


async def _not_installed(
    callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
) -> TaxAnswers:
    return dict.fromkeys(questions, TaxFailure("The service is installed without its extra `callback`."))
