"""The sample books and import files are well formed: checked without a service, so that a slip shows at once."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.vocabulary import Operation

SEEDS = Path(__file__).parents[2] / "seeds"
BOOKS = ("harbor-tools", "meridian-cloud")
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
AMOUNT_FIELDS = {"amount", "taxAmount", "exemptAmount"}
WITHOUT_AMOUNTS = {"upsertAccounts", "upsertTemplates", "upsertTaxRates", "configureTaxEngine"}
OTHER_DECIMAL_FIELDS = {"quantity": 6, "unitPrice": 12, "rate": 8}
DECIMAL_TEXT = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
HANDLES = {"$line", "$tax", "$memo", "$memoLine", "$application", "$lineApplication", "$payment"}
CSV_COLUMNS = [
    "invoice_number",
    "account_number",
    "currency",
    "invoice_date",
    "due_date",
    "line_number",
    "sku",
    "description",
    "quantity",
    "unit_price",
    "amount",
    "tax_name",
    "tax_code",
    "tax_jurisdiction",
    "tax_rate",
    "tax_amount",
    "service_start",
    "service_end",
    "external_reference",
    "external_reference_source",
    "post",
]

Book = dict[str, Any]
Step = dict[str, Any]


def mutation_name(operation: Operation) -> str:
    first, *rest = operation.value.lower().split("_")
    return first + "".join(word.title() for word in rest)


KNOWN_MUTATIONS = {mutation_name(operation) for operation in Operation} - {"registerEntity"}


def load(name: str) -> Book:
    text = (SEEDS / f"{name}.json").read_text(encoding="utf-8")
    # A number in the file would pass through a float: amounts must be text. Only settings and metadata count.
    book: Book = json.loads(text, parse_float=lambda number: pytest.fail(f"{number} is not a string"))
    return book


def steps(book: Book, mutation: str) -> list[Step]:
    return [step for step in book["steps"] if step["mutation"] == mutation]


def accounts(book: Book) -> dict[str, str]:
    """Account number to currency."""
    entries = [entry for step in steps(book, "upsertAccounts") for entry in step["input"]["accounts"]]
    return {entry["number"]: entry["currency"] for entry in entries}


def invoices(book: Book) -> list[dict[str, Any]]:
    return [invoice for step in steps(book, "createInvoices") for invoice in step["input"]["invoices"]]


def currencies_of_invoices(book: Book) -> dict[str, str]:
    currency_of_account = accounts(book)
    return {
        invoice["number"]: invoice.get("currency", currency_of_account[invoice["account"]["number"]])
        for invoice in invoices(book)
        if "number" in invoice
    }


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key and value inside, at any depth, custom fields left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "metadata":
                yield key, inner
                yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def currency_of_step(book: Book, step: Step, named: dict[str, str]) -> str | None:
    """The currency that all amounts of the step are in; None where it has documents of several."""
    given = step["input"]
    if "invoice" in given:
        return currencies_of_invoices(book)[given["invoice"]["number"]]
    if "account" in given:
        return accounts(book)[given["account"]["number"]]
    for key, value in walk(given):
        if key in HANDLES and key not in {"$line", "$tax"}:
            return named[value if isinstance(value, str) else value[0]]
    return None


def assert_amounts(value: Any, currency: str, where: str) -> None:
    for key, inner in walk(value):
        if key in AMOUNT_FIELDS:
            assert isinstance(inner, str), f"{where}: {key} is not a string"
            assert DECIMAL_TEXT.fullmatch(inner), f"{where}: {key} {inner}"
            assert written_decimals(inner) == DECIMALS[currency], f"{where}: {key} {inner} {currency}"
        elif key in OTHER_DECIMAL_FIELDS:
            assert isinstance(inner, str), f"{where}: {key} is not a string"
            assert DECIMAL_TEXT.fullmatch(inner), f"{where}: {key} {inner}"
            assert written_decimals(inner) <= OTHER_DECIMAL_FIELDS[key], f"{where}: {key} {inner}"


def written_decimals(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.fixture(params=BOOKS)
def book(request: pytest.FixtureRequest) -> Book:
    return load(request.param)


def test_the_books_are_of_the_size_and_variety_that_the_readme_promises() -> None:
    books = [load(name) for name in BOOKS]
    assert {book["entity"]["settings"]["applicationLevel"] for book in books} == {"INVOICE", "INVOICE_LINE"}
    assert sum(len(accounts(book)) for book in books) >= 10
    assert sum(len(invoices(book)) for book in books) >= 60
    assert {c for book in books for c in currencies_of_invoices(book).values()} == set(DECIMALS)
    kinds = {invoice.get("kind", "INVOICE") for book in books for invoice in invoices(book)}
    assert kinds == {"INVOICE", "DEBIT_MEMO"}


def test_every_step_names_a_known_mutation(book: Book) -> None:
    assert {step["mutation"] for step in book["steps"]} <= KNOWN_MUTATIONS
    for step in book["steps"]:
        assert set(step) <= {"mutation", "idempotencyKey", "as", "input"}


def test_each_book_shows_each_way_to_make_apply_and_take_back_credit(book: Book) -> None:
    used = {step["mutation"] for step in book["steps"]}
    assert used >= {
        "createCreditMemo", "createAndApplyCreditMemo", "applyCreditMemo", "applyCreditMemoLine",
        "unapplyCreditMemo", "unapplyCreditMemoLine", "convertNegativeInvoiceLines", "postCreditMemo",
        "cancelCreditMemo", "updateCreditMemoApplication", "postInvoice", "recordPayment", "reversePayment",
    }  # fmt: skip


def test_idempotency_keys_are_unique_over_all_books() -> None:
    keys = [step["idempotencyKey"] for name in BOOKS for step in load(name)["steps"]]
    assert all(key.startswith("sample-") and len(key) <= 255 for key in keys)
    assert len(set(keys)) == len(keys)


def test_numbers_and_external_references_are_unique_in_a_book(book: Book) -> None:
    numbers = [invoice["number"] for invoice in invoices(book) if "number" in invoice]
    assert len(set(numbers)) == len(numbers)
    for documents in (
        invoices(book),
        [step["input"] for step in steps(book, "recordPayment")],
        [step["input"] for step in book["steps"] if step["mutation"].startswith("create")],
    ):
        references = [
            (document["externalReferenceSource"], document["externalReference"])
            for document in documents
            if "externalReference" in document
        ]
        assert len(set(references)) == len(references)


def test_amounts_are_strings_with_the_decimals_of_their_currency(book: Book) -> None:
    currency_of_account, named = accounts(book), dict[str, str]()
    for step in book["steps"]:
        where = step["idempotencyKey"]
        if step["mutation"] == "createInvoices":
            for invoice in step["input"]["invoices"]:
                currency = invoice.get("currency", currency_of_account[invoice["account"]["number"]])
                assert_amounts(invoice, currency, f"{where} {invoice.get('number')}")
        elif step["mutation"] not in WITHOUT_AMOUNTS:
            found = currency_of_step(book, step, named)
            assert found is not None, where
            assert_amounts(step["input"], found, where)
            if "as" in step:
                named[step["as"]] = found


def test_the_tax_items_of_a_line_add_up_to_its_tax(book: Book) -> None:
    for invoice in invoices(book):
        for line in invoice["lines"]:
            if "taxItems" in line:
                tax = sum((Decimal(item["amount"]) for item in line["taxItems"]), Decimal(0))
                assert tax == Decimal(line["taxAmount"]), (invoice.get("number"), line["description"])
                assert all(Decimal(i["amount"]) * Decimal(line["amount"]) > 0 for i in line["taxItems"])


def test_handles_name_documents_of_earlier_steps(book: Book) -> None:
    made: set[str] = set()
    lines: dict[str, int] = {}
    for step in book["steps"]:
        for key, value in walk(step["input"]):
            if key in {"$line", "$tax"}:
                assert 1 <= value[1] <= lines[value[0]], step["idempotencyKey"]
            elif key in HANDLES:
                assert (value if isinstance(value, str) else value[0]) in made, step["idempotencyKey"]
        if step["mutation"] == "createInvoices":
            lines |= {i["number"]: len(i["lines"]) for i in step["input"]["invoices"] if "number" in i}
        if "as" in step:
            assert step["as"] not in made
            made.add(step["as"])


def test_dates_lie_in_2026_and_before_the_day_the_books_were_written(book: Book) -> None:
    for key, value in walk(book["steps"]):
        if key in {"invoiceDate", "date", "effectiveDate"}:
            assert date(2026, 1, 1) <= date.fromisoformat(value[:10]) < date(2026, 11, 21)


def test_reason_codes_are_active_ones_of_the_entity(book: Book) -> None:
    codes = {code["code"]: code for code in book["entity"]["settings"]["reasonCodes"]}
    assert {"Write-off", "Product Unsatisfactory", "Billing Error", "Goodwill Service Credit"} <= set(codes)
    assert not codes["Wallet Application"]["allowedForDirect"]
    assert not codes["Credit & Rebill"]["allowedForDirect"]
    assert sum(code["default"] for code in codes.values()) <= 1
    used = {value for key, value in walk(book["steps"]) if key == "reasonCode"}
    assert all(codes[code]["active"] for code in used)


def test_the_readme_names_only_invoices_that_exist() -> None:
    known = {number for name in BOOKS for number in currencies_of_invoices(load(name))}
    text = (SEEDS / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:INV-\d{4}|MC-\d{5}|(?:MC-)?D[MN]-\d{3})\b", text))
    assert named
    assert named <= known


def csv_rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / "import" / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == CSV_COLUMNS
        return list(reader)


def faults_of(row: dict[str, str], currency_of_account: dict[str, str]) -> list[str]:
    faults = []
    if row["account_number"] not in currency_of_account:
        faults.append("account")
    if any(
        row[c] and written_decimals(row[c]) != DECIMALS[row["currency"]] for c in ("amount", "tax_amount")
    ):
        faults.append("decimals")
    try:
        date.fromisoformat(row["invoice_date"])
    except ValueError:
        faults.append("date")
    return faults


def test_the_csv_import_file_fits_the_books_of_harbor_tools() -> None:
    rows, harbor = csv_rows("invoices.csv"), load("harbor-tools")
    assert len({row["invoice_number"] for row in rows}) == 10
    assert not {row["invoice_number"] for row in rows} & set(currencies_of_invoices(harbor))
    for row in rows:
        assert faults_of(row, accounts(harbor)) == []
        if row["quantity"]:
            assert Decimal(row["quantity"]) * Decimal(row["unit_price"]) == Decimal(row["amount"])


def test_the_csv_file_with_faults_has_three_faulty_rows_each_for_its_own_reason() -> None:
    currency_of_account = accounts(load("harbor-tools"))
    faults = [faults_of(row, currency_of_account) for row in csv_rows("invoices-with-faults.csv")]
    assert [fault for fault in faults if fault] == [["account"], ["decimals"], ["date"]]
    assert [] in faults


def test_the_json_lines_import_file_fits_the_books_of_meridian_cloud() -> None:
    meridian = load("meridian-cloud")
    text = (SEEDS / "import" / "invoices.jsonl").read_text(encoding="utf-8")
    given = [json.loads(line) for line in text.splitlines()]
    assert len({invoice["number"] for invoice in given}) == 10
    assert not {invoice["number"] for invoice in given} & set(currencies_of_invoices(meridian))
    for invoice in given:
        assert_amounts(invoice, accounts(meridian)[invoice["account"]["number"]], invoice["number"])


def test_each_book_has_a_rate_for_every_tax_code_of_its_invoices_that_is_a_share(book: Book) -> None:
    rates = [rate for step in steps(book, "upsertTaxRates") for rate in step["input"]["taxRates"]]
    known = {(rate["taxCode"], rate["jurisdiction"], rate["name"]) for rate in rates}
    items = [
        item for invoice in invoices(book) for line in invoice["lines"] for item in line.get("taxItems", ())
    ]
    shares = {
        (item["code"], item["jurisdiction"], item["name"])
        for item in items
        if item["rateType"] == "PERCENTAGE" and "code" in item
    }
    assert shares
    assert shares <= known


def test_templates_are_of_several_types(book: Book) -> None:
    [step] = steps(book, "upsertTemplates")
    assert {each["type"] for each in step["input"]["templates"]} == {"CREDIT_MEMO", "INVOICE"}
