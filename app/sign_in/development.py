"""The developer: whoever can read a file on this machine, and may do everything in every entity."""

import hmac

from app.sign_in.gate import Verify
from app.sign_in.principal import Principal

DEVELOPER = Principal(id="developer", name="developer", roles={}, everywhere=("BILLING_ADMIN",))


def developer(token: str) -> Verify:
    """The development token's verifier. Production has none."""

    async def verify(shown: str) -> Principal | None:
        return DEVELOPER if hmac.compare_digest(shown.encode(), token.encode()) else None

    return verify
