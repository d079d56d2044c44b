"""Which errors a client may read. All others are bugs: masked in the answer, and told whole to the log."""

import logging
import re
import uuid
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError

from app.api.http.fault import ClientFault
from app.api.http.refusal import RequestRefused

logger = logging.getLogger(__name__)
ACCESS_REFUSED = {"UNAUTHENTICATED", "FORBIDDEN", "RATE_LIMITED"}
QUOTED_VALUE = re.compile(r"(cannot represent [a-z -]*value): (?:True|False|None|[\[{].*)$", re.DOTALL)


def root_cause(error: BaseException) -> BaseException:
    """The exception that graphql-core wrapped, once or several times, to add a place in the document."""
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def place_of(error: BaseException) -> tuple[type[BaseException], str, int]:
    """What was raised, and where: the same for every row of a list that fails in the same way."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return type(error), "", 0
    return type(error), traceback.tb_frame.f_code.co_filename, traceback.tb_lineno


def masked(error_id: str) -> dict[str, Any]:
    """What a client reads about a bug: nothing but an id to ask about."""
    return {
        "message": "Internal error.",
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id},
    }


def log_bug(cause: BaseException, error_id: str, request_id: str) -> None:
    """The bug with its stack, to be found by the id that the client was given."""
    logger.error("internal error %s in request %s", error_id, request_id, exc_info=cause)


def log_refused_access(refusal: RequestRefused, request_id: str) -> None:
    """A line for whoever was not let in; what was shown is not in it, and other refusals are the client's own affair."""
    if refusal.code in ACCESS_REFUSED:
        logger.warning("request %s was refused: %s", request_id, refusal.code)


def without_python(message: str) -> str:
    """The message as graphql-core words it, but for the values that it writes as Python does, not JSON."""
    return QUOTED_VALUE.sub(r"\1.", message.replace(" not to be None.", " not to be null."))


def shown_errors(errors: Iterable[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors as the client may read them: those with a code as they are, the others masked.

    Only `ClientFault`, `document.request_error` and `executor.judged` give a code, and whoever raises a GraphQLError
    with one.

    All bugs of one answer share an id, and each place in the code is logged once: a list of 250 rows that all fail
    alike is one event, not 250.
    """
    shown: list[dict[str, Any]] = []
    error_id = uuid.uuid4().hex
    logged: set[tuple[type[BaseException], str, int]] = set()
    for error in errors:
        cause = root_cause(error)
        entry: dict[str, Any] = dict(error.formatted)
        entry["message"] = without_python(error.message)
        if isinstance(cause, ClientFault):
            entry["extensions"] = {"code": cause.code}
        elif "code" not in (error.extensions or {}):
            entry |= masked(error_id)
            if place_of(cause) not in logged:
                logged.add(place_of(cause))
                log_bug(cause, error_id, request_id)
        shown.append(entry)
    return shown


def refusal_errors(refusal: RequestRefused) -> list[dict[str, Any]]:
    """The errors in the body of a refused request."""
    return [{"message": refusal.message, "extensions": {"code": refusal.code}}]
