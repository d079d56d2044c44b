"""Which media type the answer has (GraphQL over HTTP, "Media Types")."""

from collections.abc import Mapping, Sequence

from app.api.http.refusal import bad_request
from app.api.http.said_often import said_often

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"


def quality(parameters: Sequence[str]) -> float:
    """The weight of a media range, 0 to 1; a malformed one counts as 0 (RFC 9110, 12.4.2)."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0


def weight_of(media_type: str, ranges: Mapping[str, float]) -> float:
    """The weight of the most specific range that names the media type."""
    for media_range in (media_type, "application/*", "*/*"):
        if media_range in ranges:
            return ranges[media_range]
    return 0.0


@said_often
def negotiate(accept: str) -> str:
    """The media type for what the Accept headers say together; refuses with 406 when neither is acceptable.

    `application/graphql-response+json` is chosen only where it is named: a client that says `*/*`, or nothing, may be
    an old one that expects `application/json`.
    """
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = part.strip().lower().split(";")
        if media_range.strip():
            ranges[media_range.strip()] = quality(parameters)
    if not ranges:
        return JSON
    graphql_response = weight_of(GRAPHQL_RESPONSE, ranges)
    json = weight_of(JSON, ranges)
    if graphql_response == json == 0:
        raise bad_request(f"Not acceptable: this endpoint answers {GRAPHQL_RESPONSE} or {JSON}.", 406)
    if json == 0 or (GRAPHQL_RESPONSE in ranges and graphql_response >= json):
        return GRAPHQL_RESPONSE
    return JSON
