"""A fault of the client that is found while a field is resolved."""


class ClientFault(Exception):
    """Shown to the client as it is, as an error of the field, with `extensions.code`.

    Codes: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, RATE_LIMITED, RETRY. A business rule that is not met is no
    fault: it belongs to the data, as a member of the mutation's union.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
