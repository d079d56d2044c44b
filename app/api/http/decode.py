"""From bytes or a query string to the parameters of a GraphQL request (GraphQL over HTTP, "Request Parameters")."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from starlette.datastructures import Headers, QueryParams

from app.api.http.refusal import bad_request
from app.api.http.said_often import said_often


@dataclass(frozen=True)
class GraphQLRequest:
    """A request as the client sent it; nothing of it is known to be valid yet."""

    query: str | None
    document_id: str | None
    """The id of a document that the service has, where the request brings no text of its own."""
    variables: Mapping[str, Any]
    operation_name: str | None
    extensions: Mapping[str, Any]


def refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity, which Python's parser takes, are not JSON."""
    raise ValueError(name)


def finite_number(text: str) -> float:
    """A number of JSON with a fraction or an exponent; 1e400 has no value here."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


STRICT = json.JSONDecoder(parse_constant=refuse_constant, parse_float=finite_number)


def json_value(text: bytes | str, what: str) -> Any:
    """The value of strict JSON in UTF-8.

    The standard library's parser, not orjson's: orjson turns an integer over 64 bits into a float without a word.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return STRICT.decode(decoded)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"{what} is not valid JSON.") from error


def object_or_nothing(value: Any, what: str) -> Mapping[str, Any]:
    """An object of JSON, empty where the client left it out or sent null."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request(f"{what} must be an object.")
    return value


def request_of(parameters: Mapping[str, Any]) -> GraphQLRequest:
    """The request with these parameters; others than the five are ignored, as the specification wants."""
    query = parameters.get("query")
    if not isinstance(query, str | None) or query == "":
        raise bad_request("query is missing or no string.")
    extensions = object_or_nothing(parameters.get("extensions"), "extensions")
    operation_name = parameters.get("operationName")
    if not isinstance(operation_name, str | None):
        raise bad_request("operationName must be a string.")
    return GraphQLRequest(
        query=query,
        document_id=document_id_of(parameters, extensions) if query is None else None,
        variables=object_or_nothing(parameters.get("variables"), "variables"),
        operation_name=operation_name,
        extensions=extensions,
    )


def document_id_of(parameters: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    """`documentId` as the specification has it, or the hash that Apollo's clients send among the extensions."""
    document_id = parameters.get("documentId")
    if document_id is None:
        persisted = object_or_nothing(extensions.get("persistedQuery"), "extensions.persistedQuery")
        document_id = persisted.get("sha256Hash")
    if not isinstance(document_id, str | None):
        raise bad_request("A document's id must be a string.")
    return document_id


def check_content_type(headers: Headers) -> None:
    """Only JSON in UTF-8: a form, which a foreign page may post with the user's cookies, is refused with 415."""
    if not is_json(headers.get("content-type", "")):
        raise bad_request(
            "Use Content-Type: application/json with UTF-8.", 415, {"Accept": "application/json"}
        )


@said_often
def is_json(content_type: str) -> bool:
    """Whether the header says JSON, and no other charset than UTF-8."""
    media_type, *parameters = content_type.lower().split(";")
    charsets = [p.partition("=")[2].strip(' "') for p in parameters if p.strip().startswith("charset")]
    return media_type.strip() == "application/json" and set(charsets) <= {"utf-8", "utf8"}


def decode_body(body: bytes) -> GraphQLRequest:
    """The request in the body of a POST; one only, a list of requests is refused."""
    parameters = json_value(body, "The request body")
    if isinstance(parameters, list):
        raise bad_request("Batches are not accepted: send one request at a time.")
    if not isinstance(parameters, dict):
        raise bad_request("The request body must be a JSON object.")
    return request_of(parameters)


def decode_query_string(query_string: QueryParams) -> GraphQLRequest:
    """The request in the URL of a GET, its variables and extensions as JSON."""
    parameters: dict[str, Any] = {}
    for name in ("query", "documentId", "operationName", "variables", "extensions"):
        values = query_string.getlist(name)
        if len(values) > 1:
            raise bad_request(f"{name} is given more than once.")
        if values:
            parameters[name] = values[0]
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = json_value(parameters[name], name)
    return request_of(parameters)
