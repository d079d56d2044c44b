"""Documents that clients may ask for by id, and services that execute no others."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.api.http.limits import DocumentLimits
from app.api.http.trusted_documents import TrustedDocuments, TrustedDocumentsError, read_trusted_documents
from tests.http.client import MEDIA_TYPE, URL, codes, send
from tests.http.service import Door, new_endpoint

ONE = "query One { one }"
SUM = 'query A($v: Int!) { integer(value: $v) } mutation B { record(name: "x") { __typename } }'
TEXTS = {hashlib.sha256(each.encode()).hexdigest(): each for each in (ONE, SUM)}
ID_OF_ONE, ID_OF_SUM = TEXTS
STRICT = TrustedDocuments(TEXTS, only=True)
OPEN = TrustedDocuments(TEXTS)


def ask(trusted: TrustedDocuments | None, door: Door | None = None, **parameters: Any) -> httpx2.Response:
    """The answer to a POST with these parameters."""
    headers = {"Accept": MEDIA_TYPE, "Content-Type": "application/json"}
    endpoint = new_endpoint(door, trusted=trusted)
    return send(endpoint, content=json.dumps(parameters).encode(), headers=headers)


@pytest.mark.parametrize("trusted", [STRICT, OPEN], ids=["only", "too"])
@pytest.mark.parametrize(
    "named",
    [
        {"documentId": ID_OF_ONE},
        {"documentId": f"sha256:{ID_OF_ONE}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ID_OF_ONE}}},
        {"documentId": ID_OF_ONE, "query": None},
    ],
    ids=["document id", "prefixed", "Apollo's", "no text"],
)
def test_a_document_is_executed_by_its_id(trusted: TrustedDocuments, named: dict[str, Any]) -> None:
    assert ask(trusted, **named).json() == {"data": {"one": 1}}


def test_a_document_by_its_id_takes_variables_and_the_name_of_its_operation() -> None:
    answer = ask(STRICT, documentId=ID_OF_SUM, operationName="A", variables={"v": 7})
    assert answer.json() == {"data": {"integer": 7}}
    assert codes(ask(STRICT, documentId=ID_OF_SUM, operationName="A", variables={})) == ["BAD_USER_INPUT"]
    assert codes(ask(STRICT, documentId=ID_OF_SUM)) == ["OPERATION_RESOLUTION_FAILURE"]


def test_a_document_by_its_id_may_be_asked_for_by_get() -> None:
    endpoint = new_endpoint(trusted=STRICT)
    assert send(endpoint, "GET", f"{URL}?documentId={ID_OF_ONE}").json() == {"data": {"one": 1}}
    refused = send(endpoint, "GET", f"{URL}?documentId={ID_OF_SUM}&operationName=B")
    assert refused.status_code == 405
    assert codes(send(endpoint, "GET", f"{URL}?query={{one}}")) == ["FORBIDDEN"]


@pytest.mark.parametrize("id", ["", "x", ID_OF_ONE[:-1], ID_OF_ONE.upper(), "../manifest.json", "\ud800"])
def test_an_id_that_nothing_has_is_not_found_and_not_repeated(id: str) -> None:
    door = Door()
    response = ask(STRICT, door, documentId=id)
    assert (response.status_code, codes(response)) == (400, ["PERSISTED_QUERY_NOT_FOUND"])
    assert response.json()["errors"][0]["message"] == "There is no document of that id."
    assert door.opened == []


@pytest.mark.parametrize("text", ["{ one }", ONE, "{ two }", "{", "{ __schema { types { name } } }"])
def test_a_text_of_the_clients_own_is_refused_where_only_trusted_ones_are_executed(text: str) -> None:
    door = Door()
    for parameters in ({"query": text}, {"query": text, "documentId": ID_OF_ONE}):
        response = ask(STRICT, door, **parameters)
        assert (response.status_code, codes(response)) == (403, ["FORBIDDEN"])
    assert door.opened == []


def test_a_text_of_the_clients_own_is_executed_beside_trusted_ones() -> None:
    assert ask(OPEN, query="{ a: one }").json() == {"data": {"a": 1}}
    registering = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    assert ask(OPEN, query="{ a: one }", extensions=registering).json() == {"data": {"a": 1}}
    assert codes(ask(OPEN, extensions=registering)) == ["PERSISTED_QUERY_NOT_FOUND"]


def test_a_service_without_documents_says_so_to_who_asks_by_id() -> None:
    response = ask(None, documentId=ID_OF_ONE)
    assert (response.status_code, codes(response)) == (400, ["PERSISTED_QUERY_NOT_SUPPORTED"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ two }", "Cannot query field 'two'"),
        ("{ one", "Syntax Error"),
        ("fragment F on Query { one }", "never used"),
        ("{ " + "one " * 3_000 + "}", "too many tokens"),
        ("{ " + " ".join(f"a{place}: one" for place in range(30)) + " }", "too many root fields"),
    ],
)
def test_a_document_that_could_never_be_executed_keeps_the_service_from_starting(
    text: str, reason: str
) -> None:
    with pytest.raises(
        TrustedDocumentsError, match=f"^trusted document the-id cannot be executed: .*{reason}"
    ):
        new_endpoint(trusted=TrustedDocuments({"ok": ONE, "the-id": text}))


def test_limits_hold_for_trusted_documents_too() -> None:
    with pytest.raises(TrustedDocumentsError, match="levels"):
        new_endpoint(
            trusted=TrustedDocuments({"deep": "{ tree { child { name } } }"}), limits=DocumentLimits(depth=2)
        )


def test_a_manifest_of_a_code_generator_is_read(tmp_path: Path) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({ID_OF_ONE: ONE, f"sha256:{ID_OF_SUM}": SUM}))
    assert read_trusted_documents(manifest) == TEXTS


def test_a_folder_holds_manifests_and_single_documents(tmp_path: Path) -> None:
    (tmp_path / "one.graphql").write_text(ONE)
    (tmp_path / "web.json").write_text(json.dumps({ID_OF_SUM: SUM}))
    (tmp_path / "mobile.json").write_text(json.dumps({ID_OF_SUM: SUM, "own-id": "{ b: one }"}))
    (tmp_path / "README.md").write_text("not a document")
    assert read_trusted_documents(tmp_path) == TEXTS | {"own-id": "{ b: one }"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "no JSON object of texts by id"),
        ('{"id": {"text": "{ one }"}}', "no JSON object of texts by id"),
        ("{", "cannot be read"),
        ("{}", "holds no documents"),
    ],
)
def test_a_manifest_that_is_none_is_told_by_its_name(tmp_path: Path, content: str, reason: str) -> None:
    manifest = tmp_path / "documents.json"
    manifest.write_text(content)
    with pytest.raises(TrustedDocumentsError, match=f"^{re.escape(str(manifest))}.*{reason}"):
        read_trusted_documents(manifest)


def test_two_texts_of_one_id_are_told_apart_from_a_text_that_comes_twice(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"id": ONE}))
    (tmp_path / "b.json").write_text(json.dumps({"id": SUM}))
    with pytest.raises(TrustedDocumentsError, match="another document"):
        read_trusted_documents(tmp_path)


def test_a_manifest_that_is_not_there_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_trusted_documents(tmp_path / "missing.json")
