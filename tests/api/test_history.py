"""The application history: every field of Salesforce's CreditMemoInvApplication has its twin here, and its line twin."""

from typing import Any

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.support.building import posted_invoice, posted_memo
from tests.support.service import Service

# Salesforce's field -> ours; F filterable, S sortable, G groupable there.
TWINS = {
    "Amount": ("amount", "FS"),
    "AppliedDate": ("appliedDate", "FS"),
    "AssociatedLineId": ("associatedApplicationId", "FS"),
    "CreditMemoBalance": ("creditMemoBalance", "FS"),
    "CreditMemoId": ("creditMemoId", "FSG"),
    "CreditMemoInvoiceNumber": ("number", "FS"),
    "Date": ("date", "FS"),
    "Description": ("description", "FS"),
    "EffectiveDate": ("effectiveDate", "FS"),
    "HasBeenUnapplied": ("hasBeenUnapplied", "FSG"),
    "ImpactAmount": ("impactAmount", "FS"),
    "InvoiceBalance": ("invoiceBalance", "FS"),
    "InvoiceId": ("invoiceId", "FSG"),
    "Type": ("type", "FSG"),
    "UnappliedDate": ("unappliedDate", "FS"),
}
ROW = """id number type level amount impactAmount creditMemoBalance invoiceBalance date appliedDate unappliedDate
  effectiveDate description hasBeenUnapplied remainingAmount operation recordedBy creditMemoId invoiceId
  associatedApplicationId associatedApplication { id } unapplications { id } creditMemo { id } invoice { id }"""
LINE_ROW = """sequence type amount impactAmount creditMemoLineBalance invoiceLineBalance date appliedDate
  unappliedDate effectiveDate description hasBeenUnapplied remainingAmount recordedBy
  creditMemoLine { id } invoiceLine { id } associatedLineApplication { id } application { id }"""
FROZEN = ("number", "amount", "impactAmount", "creditMemoBalance", "invoiceBalance", "date", "appliedDate")


def upper_snake(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


async def names_of(service: Service, kind: str, list_of: str) -> set[str]:
    answer = await service.read(f'{{ __type(name: "{kind}") {{ {list_of} {{ name }} }} }}')
    return {each["name"] for each in answer["__type"][list_of]}


async def test_every_field_of_the_salesforce_object_can_be_read_filtered_and_sorted_here(
    service: Service,
) -> None:
    fields = await names_of(service, "CreditMemoApplication", "fields")
    filters = await names_of(service, "CreditMemoApplicationFilter", "inputFields")
    orders = await names_of(service, "CreditMemoApplicationOrderField", "enumValues")
    assert {ours for ours, _ in TWINS.values()} <= fields & filters
    assert {upper_snake(ours) for ours, properties in TWINS.values() if "S" in properties} <= orders


async def test_what_is_groupable_there_can_be_summed_by_here(service: Service) -> None:
    groups = await names_of(service, "GroupBy", "enumValues")
    assert groups == {"CREDIT_MEMO", "INVOICE", "TYPE", "HAS_BEEN_UNAPPLIED"}


async def applied_and_taken_back_in_two_steps(service: Service) -> dict[str, Any]:
    invoice = await posted_invoice(service.books, "100.00")
    memo = await posted_memo(service.books, "80.00")
    entry = {
        "invoice": {"id": invoice.id},
        "amount": "60.00",
        "effectiveDate": "2026-02-01T10:00:00+01:00",
        "description": "first",
    }
    done = await service.mutate(
        "applyCreditMemo", {"creditMemo": {"id": memo.id}, "applications": [entry]}, "applications { id }"
    )
    [original] = [each["id"] for each in done["applications"]]
    for amount, effective, text in (("25.00", "2026-03-01T00:00:00Z", "part"), (None, None, None)):
        asked = {"applicationId": original, "amount": amount, "effectiveDate": effective, "description": text}
        await service.mutate("unapplyCreditMemo", asked)
    answer = await service.read(
        f'{{ creditMemo(by: {{id: "{memo.id}"}}) {{ applications {{ nodes {{ {ROW}'
        f" lineApplications {{ nodes {{ {LINE_ROW} }} }} }} }} }} }}"
    )
    rows = answer["creditMemo"]["applications"]["nodes"]
    return {"invoice": invoice, "memo": memo, "rows": rows}


async def test_an_application_and_the_rows_that_took_it_back_say_what_happened(service: Service) -> None:
    made = await applied_and_taken_back_in_two_steps(service)
    original, part, rest = made["rows"]
    assert [row["number"] for row in made["rows"]] == ["CM-000001-2", "CM-000001-3", "CM-000001-4"]
    figures = ("type", "amount", "impactAmount", "creditMemoBalance", "invoiceBalance", "remainingAmount")
    assert [[row[name] for name in figures] for row in made["rows"]] == [
        ["APPLIED", "60.00", "-60.00", "20.00", "40.00", "0.00"],
        ["UNAPPLIED", "25.00", "25.00", "45.00", "65.00", None],
        ["UNAPPLIED", "35.00", "35.00", "80.00", "100.00", None],
    ]
    assert [row["hasBeenUnapplied"] for row in made["rows"]] == ["YES", "NA", "NA"]
    assert original["unappliedDate"] == rest["date"]
    assert original["effectiveDate"] == "2026-02-01T09:00:00Z"
    assert part["effectiveDate"] == "2026-03-01T00:00:00Z"
    assert [row["description"] for row in made["rows"]] == ["first", "part", None]
    for row in (part, rest):
        assert row["appliedDate"] == original["appliedDate"]
        assert row["associatedApplication"] == {"id": original["id"]}
        assert row["associatedApplicationId"] == original["id"]
        assert row["unapplications"] == []
    assert original["unapplications"] == [{"id": part["id"]}, {"id": rest["id"]}]
    assert original["associatedApplication"] is None
    for row in made["rows"]:
        assert row["creditMemo"] == {"id": made["memo"].id} == {"id": row["creditMemoId"]}
        assert row["invoice"] == {"id": made["invoice"].id} == {"id": row["invoiceId"]}
        assert row["recordedBy"] == "developer"
    assert [row["operation"] for row in made["rows"]] == ["APPLY_CREDIT_MEMO"] + 2 * ["UNAPPLY_CREDIT_MEMO"]


async def test_at_header_level_there_are_no_line_applications(service: Service) -> None:
    made = await applied_and_taken_back_in_two_steps(service)
    assert {row["level"] for row in made["rows"]} == {"HEADER"}
    assert [row["lineApplications"]["nodes"] for row in made["rows"]] == [[], [], []]


@pytest.mark.parametrize(
    "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
)
async def test_a_line_application_says_of_its_lines_what_its_application_says_of_the_documents(
    service: Service,
) -> None:
    made = await applied_and_taken_back_in_two_steps(service)
    original, part, rest = made["rows"]
    [line_original], [line_part], [line_rest] = [row["lineApplications"]["nodes"] for row in made["rows"]]
    assert original["level"] == "LINE"
    figures = (
        "type",
        "amount",
        "impactAmount",
        "creditMemoLineBalance",
        "invoiceLineBalance",
        "remainingAmount",
        "hasBeenUnapplied",
    )
    assert [[row[name] for name in figures] for row in (line_original, line_part, line_rest)] == [
        ["APPLIED", "60.00", "-60.00", "20.00", "40.00", "0.00", "YES"],
        ["UNAPPLIED", "25.00", "25.00", "45.00", "65.00", None, "NA"],
        ["UNAPPLIED", "35.00", "35.00", "80.00", "100.00", None, "NA"],
    ]
    for header, line in ((original, line_original), (part, line_part), (rest, line_rest)):
        for name in ("date", "appliedDate", "unappliedDate", "effectiveDate", "description", "recordedBy"):
            assert line[name] == header[name], name
        assert line["application"] == {"id": header["id"]}
        assert line["creditMemoLine"] == {"id": made["memo"].lines[0]}
        assert line["invoiceLine"] == {"id": made["invoice"].lines[0]}
    assert line_part["associatedLineApplication"] == line_rest["associatedLineApplication"]


async def test_only_the_description_and_the_marks_of_a_row_ever_change(service: Service) -> None:
    invoice, memo = await posted_invoice(service.books, "100.00"), await posted_memo(service.books, "80.00")
    entry = {"invoice": {"id": invoice.id}, "amount": "60.00"}
    done = await service.mutate(
        "applyCreditMemo",
        {"creditMemo": {"id": memo.id}, "applications": [entry]},
        f"applications {{ {ROW} }}",
    )
    [first] = done["applications"]
    await service.mutate("recordPayment", {"invoice": {"id": invoice.id}, "amount": "40.00"})
    await service.mutate("unapplyCreditMemo", {"applicationId": first["id"]})
    changed = await service.mutate(
        "updateCreditMemoApplication",
        {"applicationId": first["id"], "description": "corrected"},
        f"application {{ {ROW} }}",
    )
    now = changed["application"]
    assert {name: now[name] for name in FROZEN} == {name: first[name] for name in FROZEN}
    assert (now["description"], now["hasBeenUnapplied"]) == ("corrected", "YES")
    cleared = await service.mutate(
        "updateCreditMemoApplication", {"applicationId": first["id"]}, "application { description }"
    )
    assert cleared["application"]["description"] is None


async def test_sums_over_the_history_agree_with_its_rows(service: Service) -> None:
    made = await applied_and_taken_back_in_two_steps(service)
    by_type = await service.read(
        "{ creditMemoApplicationSums(groupBy: [TYPE]) { type currency count amount impactAmount invoiceId } }"
    )
    assert by_type["creditMemoApplicationSums"] == [
        {
            "type": kind,
            "currency": "USD",
            "count": count,
            "amount": "60.00",
            "impactAmount": impact,
            "invoiceId": None,
        }
        for kind, count, impact in (("APPLIED", 1, "-60.00"), ("UNAPPLIED", 2, "60.00"))
    ]
    every_way = await service.read(
        "{ creditMemoApplicationSums(groupBy: [CREDIT_MEMO, INVOICE, TYPE, HAS_BEEN_UNAPPLIED, TYPE],"
        ' filter: {amount: {gte: "35.00"}})'
        " { creditMemoId invoiceId type hasBeenUnapplied count amount } }"
    )
    named = {"creditMemoId": made["memo"].id, "invoiceId": made["invoice"].id, "count": 1}
    assert every_way["creditMemoApplicationSums"] == [
        named | {"type": "APPLIED", "hasBeenUnapplied": "YES", "amount": "60.00"},
        named | {"type": "UNAPPLIED", "hasBeenUnapplied": "NA", "amount": "35.00"},
    ]
    everything = await service.read("{ creditMemoApplicationSums(groupBy: []) { count impactAmount } }")
    assert everything["creditMemoApplicationSums"] == [{"count": 3, "impactAmount": "0.00"}]
