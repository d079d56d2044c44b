"""docs/terms.md names what the schema has, and a twin for every field of the documents it goes through."""

import re
from collections.abc import Iterator

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema

from tests.docs.sample_service import ROOT

PAGE = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
HEADERS = {
    "Idempotency-Key",
    "Authorization",
    "Accept-Encoding",
    "Content-Encoding",
    "X-Track-Id",
    "X-Entity-Id",
}

CREDIT_MEMO_INV_APPLICATION = """
    Amount AppliedDate AssociatedLineId CreditMemoBalance CreditMemoId CreditMemoInvoiceNumber Date Description
    EffectiveDate HasBeenUnapplied ImpactAmount InvoiceBalance InvoiceId Type UnappliedDate
"""
SALESFORCE_REST = """
    invoiceId creditMemoLines creditMemoLines.invoiceLineId creditMemoLines.quantity creditMemoLines.amount
    creditMemoLines.taxAmount creditMemoLines.taxStrategy creditMemoLines.description CreditMemo.Id
    CreditMemo.DocumentNumber CreditMemo.TotalAmount CreditMemo.TotalTaxAmount CreditMemo.ReferenceEntityId
    CreditMemo.CreatedDate InvoiceLine.Quantity_Credited__c OrderItem.Quantity_Credited__c
"""
CONGA = """
    creditMemoInputs invoiceDate targetDateTime invoiceId reasonCode isFullCredit creditMemoLineItemInputs autoApprove
    autoApplyCreditMemo TemplateId calculateTax invoiceLineItemId creditAmount DirectCreditMemoResult
"""
ZUORA_HEADERS = """
    Idempotency-Key Accept-Encoding Content-Encoding Authorization Zuora-Track-Id Zuora-Entity-Ids Zuora-Org-Ids
    zuora-version
"""
ZUORA_REQUEST = """
    autoApplyToInvoiceUponPosting autoPost comment effectiveDate excludeFromAutoApplyRules invoiceId items reasonCode
    taxAutoCalculation IntegrationId__NS IntegrationStatus__NS Origin__NS SyncDate__NS Transaction__NS
    items.amount items.comment items.invoiceItemId items.quantity items.serviceEndDate items.serviceStartDate
    items.skuName items.taxItems items.taxMode items.unitOfMeasure taxItems.amount taxItems.jurisdiction
    taxItems.locationCode taxItems.sourceTaxItemId taxItems.taxCode taxItems.taxCodeDescription taxItems.taxDate
    taxItems.taxExemptAmount taxItems.taxName taxItems.taxRate taxItems.taxRateDescription taxItems.taxRateType
"""
ZUORA_ANSWER = """
    accountId accountNumber amount appliedAmount autoApplyUponPosting billToContactId billToContactSnapshotId
    cancelledById cancelledOn comment createdById createdDate creditMemoDate currency einvoiceErrorCode
    einvoiceErrorMessage einvoiceFileId einvoiceStatus excludeFromAutoApplyRules
    excludeItemBillingFromRevenueAccounting id invoiceGroupNumber latestPDFFileId number postedById postedOn
    reasonCode referredInvoiceId refundAmount reversed sequenceSetId source sourceId sourceType status success
    targetDate taxAmount taxMessage taxStatus totalTaxExemptAmount transferredToAccounting unappliedAmount
    updatedById updatedDate
"""


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the rows of the table below a heading or a line, without its head."""
    lines = iter(PAGE.partition(f"{heading}\n")[2].lstrip("\n").splitlines())
    table = [line for line in _until_blank(lines) if line.startswith("|")]
    for line in table[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def _until_blank(lines: Iterator[str]) -> Iterator[str]:
    begun = False
    for line in lines:
        begun = begun or line.startswith("|")
        if begun and not line:
            return
        yield line


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def is_in(schema: GraphQLSchema, name: str) -> bool:
    """Whether the schema has a type, `Type.field`, `Enum.VALUE`, mutation or input field of this name."""
    owner, _, member = name.partition(".")
    kind = schema.type_map.get(owner)
    if not member:
        assert schema.mutation_type is not None
        return kind is not None or owner in schema.mutation_type.fields
    if isinstance(kind, GraphQLEnumType):
        return member in kind.values
    return isinstance(kind, GraphQLObjectType | GraphQLInputObjectType) and member in kind.fields


def test_every_name_of_ours_is_in_the_schema(schema: GraphQLSchema) -> None:
    names = set(re.findall(r"`([A-Za-z]+(?:\.[A-Za-z_]+)?)`", PAGE)) - HEADERS - {"idempotencyKey"}
    assert len(names) > 120
    assert sorted(name for name in names if not is_in(schema, name)) == []


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("## Salesforce CreditMemoInvApplication, field by field", CREDIT_MEMO_INV_APPLICATION),
        ("## Salesforce: POST commerce/invoicing/credit-memo, field by field", SALESFORCE_REST),
        ("## Conga: direct credit memos, field by field", CONGA),
        ("Headers:", ZUORA_HEADERS),
        ("Request:", ZUORA_REQUEST),
        ("Answer:", ZUORA_ANSWER),
    ],
    ids=["application", "salesforce", "conga", "headers", "request", "answer"],
)
def test_every_field_of_the_source_has_a_row_with_its_twin(heading: str, fields: str) -> None:
    twins = {cells[0]: cells[1] for cells in rows(heading)}
    assert fields.split()
    assert [name for name in fields.split() if name not in twins] == []
    assert all(twin.startswith("`") or twin == "none" for twin in twins.values())


def test_every_mutation_has_a_place_in_the_table(schema: GraphQLSchema) -> None:
    ingestion = {"upsertAccounts", "createInvoices", "postInvoice", "recordPayment", "reversePayment"}
    assert schema.mutation_type is not None
    assert [
        name for name in schema.mutation_type.fields if f"`{name}`" not in PAGE and name not in ingestion
    ] == []
