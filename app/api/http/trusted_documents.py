"""Trusted documents: the only ones, or those that a client may ask for by their id instead of sending their text.

For closed user interfaces, whose build knows every document (GraphQL over HTTP, appendix "Persisted Documents").
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.api.http.decode import GraphQLRequest
from app.api.http.document import DocumentRefused, Documents
from app.api.http.refusal import RequestRefused, bad_request

SHA256_PREFIX = "sha256:"
"""How the specification marks an id that is the text's SHA-256 in hex; manifests leave it out."""


class TrustedDocumentsError(Exception):
    """What the operator trusts cannot be served; the message says which document and why."""


@dataclass(frozen=True)
class TrustedDocuments:
    """Texts by id. With `only`, a request that brings its own text is refused."""

    texts: Mapping[str, str] = field(default_factory=dict)
    only: bool = False

    def text_of(self, request: GraphQLRequest) -> str:
        """The text of the document that the request means."""
        if request.query is not None:
            if self.only:
                raise RequestRefused(
                    403, "FORBIDDEN", "This service executes trusted documents only: send a documentId."
                )
            return request.query
        if request.document_id is None:
            raise bad_request("query is missing or no string.")
        if not self.texts:
            raise RequestRefused(
                400, "PERSISTED_QUERY_NOT_SUPPORTED", "This service keeps no documents: send a query."
            )
        text = self.texts.get(request.document_id.removeprefix(SHA256_PREFIX))
        if text is None:
            raise RequestRefused(400, "PERSISTED_QUERY_NOT_FOUND", "There is no document of that id.")
        return text

    def check(self, documents: Documents) -> None:
        """Raises TrustedDocumentsError for a document that no request could ever execute."""
        for id, text in self.texts.items():
            try:
                valid = documents.valid(text)
            except DocumentRefused as refusal:
                raise TrustedDocumentsError(
                    f"trusted document {id} cannot be executed: {refusal.errors[0].message}"
                ) from refusal
            if not valid.operations:
                raise TrustedDocumentsError(f"trusted document {id} has no operation")


def read_trusted_documents(path: Path) -> dict[str, str]:
    """The texts by id of a manifest, or of a folder of manifests (`*.json`) and single documents (`*.graphql`).

    A manifest is a JSON object of texts by id, as GraphQL Code Generator writes it. A single document's id is the
    SHA-256 of its file, in hex. Raises TrustedDocumentsError, and OSError where nothing can be read.
    """
    files = sorted([*path.glob("*.json"), *path.glob("*.graphql")]) if path.is_dir() else [path]
    texts: dict[str, str] = {}
    for file in files:
        for id, text in _documents_in(file):
            if texts.setdefault(id, text) != text:
                raise TrustedDocumentsError(f"{file}: {id} is also the id of another document")
    if not texts:
        raise TrustedDocumentsError(f"{path} holds no documents")
    return texts


def _documents_in(file: Path) -> Iterator[tuple[str, str]]:
    content = file.read_bytes()
    try:
        if file.suffix == ".graphql":
            yield hashlib.sha256(content).hexdigest(), content.decode("utf-8")
            return
        manifest: Any = json.loads(content)
    except ValueError as error:
        raise TrustedDocumentsError(f"{file} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise TrustedDocumentsError(f"{file} is no JSON object of texts by id")
    for id, text in manifest.items():
        yield id.removeprefix(SHA256_PREFIX), text
