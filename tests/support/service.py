"""The service as a client has it: GraphQL over HTTP, in process, in the books of one test's entity."""

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from app.api.http.document import ValidDocument
from app.api.http.document_cache import DocumentCache
from app.api.http.endpoint import GraphQLEndpoint
from app.main import application
from app.settings import read_settings
from tests.support.books import TestBooks

TOKEN = "the-token-of-the-tests"
REFUSAL = "... on Rejection { message violations { code message path details { asked allowed ids } } }"


class Service:
    """A client with the development token, or another, acting in the entity of `books`."""

    def __init__(self, books: TestBooks, directory: Path, *, token: str = TOKEN, **settings: Any) -> None:
        token_file = directory / "development-token"
        token_file.write_text(TOKEN)
        app = application(
            read_settings(**{"token_file": token_file, "access_seconds": 3600, **settings}), books.database
        )
        self.books = books
        self.directory = directory
        [endpoint] = [
            each.endpoint for each in app.routes if isinstance(each, Route) and each.path == "/graphql"
        ]
        assert isinstance(endpoint, GraphQLEndpoint)
        endpoint.documents.cache = _cache_of(endpoint, books.place.engine)
        self.endpoint = endpoint
        self.fast_path: Any = endpoint.fast_path
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app),
            base_url="http://localhost",
            headers={"Authorization": f"Bearer {token}", "X-Entity-Id": books.entity.code},
        )

    async def send(
        self, query: str, variables: dict[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """The raw answer to a document; header names with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Written with escapes, so that half a surrogate pair can be sent too.
        return await self.post(json.dumps({"query": query, "variables": variables or {}}).encode(), named)

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx2.Response:
        """The answer to a body that calls itself JSON."""
        named = {"Content-Type": "application/json", **(headers or {})}
        return await self._client.post("/graphql", content=body, headers=named)

    async def request(self, method: str, url: str = "/graphql", **request: Any) -> httpx2.Response:
        """The answer to any request; a header that is empty is not sent."""
        unsent = [name for name, value in request.get("headers", {}).items() if value == ""]
        sent = self._client.build_request(method, url, **request)
        for name in unsent:
            del sent.headers[name]
        return await self._client.send(sent)

    def forget_entity(self) -> None:
        """From now on requests name no entity."""
        del self._client.headers["X-Entity-Id"]

    async def read(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a document that must go through without an error."""
        body = (await self.send(query, variables)).json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    async def mutate(self, mutation: str, input: dict[str, Any], selection: str = "") -> dict[str, Any]:
        """The payload of one mutation: its success type's `selection`, or the rejection; `__typename` tells."""
        answer = await self.read(mutation_document(mutation, selection), input=input)
        payload: dict[str, Any] = answer[mutation]
        return payload

    async def codes(self, mutation: str, input: dict[str, Any]) -> list[str]:
        """The codes with which the mutation is refused, in order; it fails the test when it is accepted."""
        payload = await self.mutate(mutation, input)
        assert payload["__typename"] == "Rejection", f"{mutation} was accepted"
        return [violation["code"] for violation in payload["violations"]]


_caches: dict[tuple[object, ...], DocumentCache[ValidDocument]] = {}
"""Documents that were found valid, for all services that judge alike and write the same SQL.

To find a document valid and to compile it takes several times as long as to answer it, and tests send the same ones.
"""


def _cache_of(endpoint: GraphQLEndpoint, engine: str) -> DocumentCache[ValidDocument]:
    documents = endpoint.documents
    is_compiled = endpoint.fast_path is not None
    alike = (engine, is_compiled, documents.limits, documents.rules, documents.suggestions)
    return _caches.setdefault(alike, DocumentCache())


SUCCESS = {
    "upsertAccounts": "AccountsUpserted",
    "createInvoices": "InvoicesCreated",
    "postInvoice": "InvoicePosted",
    "recordPayment": "PaymentRecorded",
    "reversePayment": "PaymentReversed",
    "refundCreditMemo": "CreditMemoRefunded",
    "reverseRefund": "RefundReversed",
    "createCreditMemo": "CreditMemoCreated",
    "createAndApplyCreditMemo": "CreditMemoCreatedAndApplied",
    "createCreditMemoFromInvoice": "CreditMemoCreatedFromInvoice",
    "postCreditMemo": "CreditMemoPosted",
    "approveCreditMemo": "CreditMemoApproved",
    "rejectCreditMemo": "CreditMemoRejected",
    "recalculateTax": "TaxRecalculated",
    "cancelCreditMemo": "CreditMemoCanceled",
    "updateCreditMemo": "CreditMemoUpdated",
    "unpostCreditMemo": "CreditMemoUnposted",
    "voidCreditMemo": "CreditMemoVoided",
    "reverseCreditMemo": "CreditMemoReversed",
    "writeOffCreditMemo": "CreditMemoWrittenOff",
    "writeOffInvoice": "InvoiceWrittenOff",
    "voidInvoice": "InvoiceVoided",
    "writeOffInvoices": "InvoicesWrittenOff",
    "submitInvoiceWriteOffs": "InvoiceWriteOffsSubmitted",
    "applyCreditMemo": "CreditMemoApplied",
    "applyCreditMemoLine": "CreditMemoLineApplied",
    "autoApplyCredits": "CreditsAutoApplied",
    "submitAutoApplications": "AutoApplicationsSubmitted",
    "unapplyCreditMemo": "CreditMemoUnapplied",
    "unapplyCreditMemoLine": "CreditMemoLineUnapplied",
    "convertNegativeInvoiceLines": "NegativeInvoiceLinesConverted",
    "updateCreditMemoApplication": "CreditMemoApplicationUpdated",
    "updateEntitySettings": "EntitySettingsUpdated",
    "upsertReasonCodes": "ReasonCodesUpserted",
    "upsertTemplates": "TemplatesUpserted",
    "updateNumberSequences": "NumberSequencesUpdated",
    "updateAccountingCodes": "AccountingCodesUpdated",
    "markJournalTransferred": "JournalTransferred",
    "upsertTaxRates": "TaxRatesUpserted",
    "configureTaxEngine": "TaxEngineConfigured",
    "createDirectCreditMemos": "DirectCreditMemosCreated",
    "submitDirectCreditMemos": "DirectCreditMemosSubmitted",
    "submitNegativeLineConversions": "NegativeLineConversionsSubmitted",
    "cancelJob": "JobCanceled",
    "resumeJob": "JobResumed",
    "retryJob": "JobRetried",
    "createApiKey": "ApiKeyCreated",
    "createOAuthClient": "OAuthClientCreated",
    "replaceCredentialSecret": "CredentialSecretReplaced",
    "updateCredentialRoles": "CredentialRolesUpdated",
    "revokeCredential": "CredentialRevoked",
    "upsertRoles": "RolesUpserted",
}


def mutation_document(mutation: str, selection: str = "") -> str:
    """A document for one mutation with `$input`; the success type answers `selection` and how it came about."""
    input_type = re.sub("^.", lambda first: first[0].upper(), mutation) + "Input"
    success = f"... on {SUCCESS[mutation]} {{ replayed dryRun {selection} }}"
    return f"mutation ($input: {input_type}!) {{ {mutation}(input: $input) {{ __typename {success} {REFUSAL} }} }}"


@pytest.fixture
def service(books: TestBooks, tmp_path: Path) -> Service:
    """The service over the test's books; import this fixture into a folder's conftest."""
    return Service(books, tmp_path)
