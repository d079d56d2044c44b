"""Invoices, their lines, tax items and payments; the checks are invariants 0, 1, 3, 3a and 7 of the domain."""

from sqlalchemy import CheckConstraint, Column, Table

from app.domain.vocabulary import (
    InvoiceKind,
    InvoiceSource,
    InvoiceStatus,
    PaymentType,
    SettlementStatus,
    TaxRateType,
)
from app.repository.tables.schema import (
    added_number,
    amounts,
    belongs_to,
    column,
    currency_column,
    dates,
    document_columns,
    entity_column,
    flags,
    history_columns,
    history_hash_column,
    holds,
    ids,
    in_range,
    index,
    index_of_given,
    instants,
    metadata,
    metadata_column,
    primary_key,
    scaled,
    sortable_texts,
    texts,
    unique,
    word,
)
from app.repository.types import COUNT

ONE_SIGN = "(amount >= 0 AND tax_amount >= 0) OR (amount <= 0 AND tax_amount <= 0)"


def between_zero_and(whole: str, part: str) -> str:
    """The part has the whole's sign and is no larger in magnitude."""
    return f"(({part} >= 0 AND {part} <= {whole}) OR ({part} <= 0 AND {part} >= {whole}))"


def tax_item_columns() -> list[Column[object]]:
    """What a tax item says of itself, on an invoice and on a memo alike."""
    return [
        *texts("name", "code", "code_description", "jurisdiction", "location_code"),
        *scaled("rate"),
        *texts("rate_description"),
        *dates("tax_date"),
    ]


def tax_item_words() -> list[Column[object] | CheckConstraint]:
    return word("rate_type", TaxRateType, nullable=True)


invoice = Table(
    "invoice",
    metadata,
    entity_column(),
    *ids("id"),
    *word("kind", InvoiceKind),
    *word("source", InvoiceSource),
    *sortable_texts("number"),
    *ids("account_id"),
    currency_column(),
    *word("status", InvoiceStatus),
    *dates("invoice_date", nullable=False),
    *dates("due_date", "target_date"),
    *amounts("charge_amount", "tax_amount", "total_amount", "balance"),
    *amounts("credits_applied", "payments_applied", "converted_amount", "credited_amount"),
    *word("settlement_status", SettlementStatus),
    *dates("full_settlement_date"),
    *instants("posted_at", nullable=True),
    *texts("posted_by"),
    *instants("voided_at", nullable=True),
    *texts("voided_by"),
    *ids("credit_memo_id", nullable=True),
    *sortable_texts("reason_code", length=40),
    *texts("reference_document"),
    *sortable_texts("group_number", "external_reference", "external_reference_source"),
    *texts("content_fingerprint", length=64),
    metadata_column(),
    column("position", COUNT),
    *document_columns(),
    history_hash_column(),
    primary_key(),
    unique("kind", "number"),
    unique("external_reference_source", "external_reference"),
    # Both sides of an application reference this key and a memo's twin: one account, one currency (invariant 8).
    unique("id", "account_id", "currency"),
    belongs_to("account", "account_id"),
    holds("total", "total_amount = charge_amount + tax_amount"),
    holds(
        "balance",
        "CASE WHEN status = 'VOIDED' THEN balance = 0"
        " ELSE balance = total_amount - converted_amount - credits_applied - payments_applied END",
    ),
    holds("not_overpaid", "status <> 'POSTED' OR balance >= 0 OR total_amount - converted_amount < 0"),
    holds(
        "settlements_are_positive", "credits_applied >= 0 AND payments_applied >= 0 AND converted_amount <= 0"
    ),
    holds(
        "not_overdrawn",
        "credited_amount >= 0 AND (credited_amount <= total_amount OR credited_amount = 0)",
    ),
    holds("takes_credit_back", "(source = 'INGESTED') = (credit_memo_id IS NULL)"),
    holds("made_to_take_credit_back", "source = 'INGESTED' OR (kind = 'DEBIT_MEMO' AND credited_amount = 0)"),
    holds("settled", "settlement_status <> 'SETTLED' OR balance = 0"),
    holds("settlement_date", "full_settlement_date IS NULL OR settlement_status = 'SETTLED'"),
    holds("position", "position >= 0 AND version > 0"),
    in_range("charge_amount", "tax_amount", "total_amount", "balance", "credits_applied", "payments_applied"),
    index("invoice", "account_id", "status", "due_date", "id"),
    index_of_given("invoice", "credit_memo_id", "id"),
    index("invoice", "invoice_date", "id"),
    index("invoice", "created_at", "id"),
    index("invoice", "number", "id"),
)

invoice_line = Table(
    "invoice_line",
    metadata,
    entity_column(),
    *ids("id", "invoice_id"),
    column("line_number", COUNT),
    currency_column(),
    *texts("sku"),
    *texts("description", length=1000),
    *scaled("quantity"),
    *texts("unit_of_measure", "unit_price"),
    *dates("service_start", "service_end"),
    *texts("tax_code", "jurisdiction"),
    *flags("tax_exempt"),
    *texts("accounting_code", length=40),
    *amounts("amount", "tax_amount", "total_amount", "balance", "credits_applied", "converted_amount"),
    *scaled("quantity_credited", nullable=False),
    *amounts("amount_credited", "tax_credited", "amount_copied"),
    added_number("quantity_prorated"),
    added_number("amount_prorated"),
    *ids("order_item_id", nullable=True),
    metadata_column(),
    primary_key(),
    unique("invoice_id", "line_number"),
    belongs_to("invoice", "invoice_id"),
    belongs_to("order_item", "order_item_id"),
    holds("total", "total_amount = amount + tax_amount"),
    holds("one_sign", ONE_SIGN),
    holds("balance", "balance = total_amount - converted_amount - credits_applied"),
    holds("applied", f"credits_applied = 0 OR ({between_zero_and('total_amount', 'credits_applied')})"),
    holds("converted", "converted_amount = 0 OR (converted_amount = total_amount AND total_amount < 0)"),
    holds("amount_credited", between_zero_and("amount", "amount_credited")),
    holds("tax_credited", between_zero_and("tax_amount", "tax_credited")),
    holds("amount_copied", between_zero_and("amount_credited", "amount_copied")),
    holds("quantity_credited", between_zero_and("coalesce(quantity, 0)", "quantity_credited")),
    holds("quantity_prorated", between_zero_and("quantity_credited", "quantity_prorated")),
    holds("amount_prorated", between_zero_and("amount_credited", "amount_prorated")),
    holds("line_number", "line_number > 0"),
    in_range("amount", "tax_amount", "total_amount"),
    index_of_given("invoice_line", "order_item_id", "id"),
)

invoice_line_tax = Table(
    "invoice_line_tax",
    metadata,
    entity_column(),
    *ids("id", "invoice_id", "invoice_line_id"),
    column("ordinal", COUNT),
    currency_column(),
    *tax_item_columns(),
    *tax_item_words(),
    *amounts("amount", "exempt_amount", "converted_amount", "credited_amount", "copied_amount"),
    primary_key(),
    unique("invoice_line_id", "ordinal"),
    belongs_to("invoice_line", "invoice_line_id"),
    holds("credited", between_zero_and("amount", "credited_amount")),
    holds("copied", between_zero_and("credited_amount", "copied_amount")),
    holds("converted", "converted_amount = 0 OR converted_amount = amount"),
    in_range("amount", "exempt_amount"),
    index("invoice_line_tax", "invoice_id"),
)

payment = Table(
    "payment",
    metadata,
    entity_column(),
    *ids("id", "invoice_id", "account_id"),
    currency_column(),
    *word("type", PaymentType),
    *amounts("amount", "impact_amount", "invoice_balance"),
    column("invoice_position", COUNT),
    *dates("payment_date", nullable=False),
    *texts("method", "reference"),
    *sortable_texts("external_reference", "external_reference_source"),
    *texts("content_fingerprint", length=64),
    *ids("reversed_payment_id", nullable=True),
    *history_columns(),
    primary_key(),
    unique("reversed_payment_id"),
    unique("external_reference_source", "external_reference"),
    unique("invoice_id", "invoice_position"),
    belongs_to("invoice", "invoice_id", "account_id", "currency", remote=("id", "account_id", "currency")),
    belongs_to("payment", "reversed_payment_id"),
    holds("amount", "amount > 0 AND invoice_balance >= 0"),
    holds("impact", "impact_amount = CASE WHEN type = 'RECEIVED' THEN -amount ELSE amount END"),
    holds("reversal", "(type = 'REVERSED') = (reversed_payment_id IS NOT NULL)"),
    in_range("amount"),
    index("payment", "payment_date", "id"),
    index("payment", "account_id", "id"),
)
