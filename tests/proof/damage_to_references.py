"""Damage to what rows name: documents, lines, accounts and currencies."""

from tests.proof.damage import (
    Damage,
    application,
    entry,
    invoice,
    invoice_line,
    memo,
    memo_line,
    of_invoice,
    of_memo,
)

A = "INV-A"
M1 = "CM-000001"
M7 = "CM-000007"

REFERENCES = [
    Damage(
        "an application's account is another",
        (
            "UPDATE credit_memo_application SET account_id = (SELECT id FROM account WHERE number = 'OTHER') WHERE number = 'CM-000007-2'",
        ),
        finds=(
            "8",
            "credit_memo_application_has_its_credit_memo_id_and_account_id_and_currency",
            M7,
            "CM-000007-2",
        ),
        also={M7: ["credit_memo_application_has_its_invoice_id_and_account_id_and_currency"]},
    ),
    Damage(
        "an invoice changes hands",
        (
            "UPDATE invoice SET account_id = (SELECT id FROM account WHERE number = 'OTHER') WHERE number = 'INV-D'",
        ),
        finds=(
            "8",
            "credit_memo_application_has_its_invoice_id_and_account_id_and_currency",
            "CM-000008",
            "CM-000008-2",
        ),
        also={
            "CM-000008": [
                "credit_memo_has_its_invoice_id_and_account_id_and_currency",
                "credit_memo_application_has_its_invoice_id_and_account_id_and_currency",
            ]
        },
    ),
    Damage(
        "an application is in another currency",
        ("UPDATE credit_memo_application SET currency = 'EUR' WHERE number = 'CM-000008-2'",),
        finds=(
            "8",
            "credit_memo_application_has_its_credit_memo_id_and_account_id_and_currency",
            "CM-000008",
            "CM-000008-2",
        ),
        also={"CM-000008": ["credit_memo_application_has_its_invoice_id_and_account_id_and_currency"]},
    ),
    Damage(
        "a line is in another currency",
        (f"UPDATE invoice_line SET currency = 'EUR' WHERE {of_invoice('INV-D', 1)}",),
        finds=("8", "invoice_line_has_the_currency_of_its_invoice", "INV-D", "line 1"),
        also={},
    ),
    Damage(
        "a memo is removed",
        ("DELETE FROM credit_memo WHERE number = 'CM-000006'",),
        finds=("8", "credit_memo_line_has_its_credit_memo_id", None, "line 1"),
        also={
            None: [
                "history_has_its_document",
                "document_change_has_its_document",
                "journal_is_what_moved",
            ],
            "CM-000005": ["gapless_numbers_have_no_gap"],
        },
    ),
    Damage(
        "an entry is in another currency",
        (f"UPDATE balance_entry SET currency = 'EUR' WHERE {entry(invoice(A), 6)}",),
        finds=("8", "balance_entry_has_the_currency_of_its_invoice", A, "position 6"),
        also={},
    ),
    Damage(
        "an invoice line belongs to no invoice",
        (f"UPDATE invoice_line SET invoice_id = 'inv_none' WHERE {of_invoice('INV-NEGATIVE', 2)}",),
        finds=("8", "invoice_line_has_its_invoice_id", None, "line 2"),
        also={"INV-NEGATIVE": ["invoice_charge_is_its_lines", "invoice_balance_is_on_its_lines"]},
    ),
    Damage(
        "a memo line is in another currency",
        (f"UPDATE credit_memo_line SET currency = 'EUR' WHERE {of_memo('CM-000006', 1)}",),
        finds=("8", "credit_memo_line_has_the_currency_of_its_credit_memo", "CM-000006", "line 1"),
        also={},
    ),
    Damage(
        "a memo's tax item is in another currency",
        (f"UPDATE credit_memo_line_tax SET currency = 'EUR' WHERE credit_memo_line_id = {memo_line(M7, 1)}",),
        finds=("8", "credit_memo_line_tax_has_the_currency_of_its_credit_memo", M7, ...),
        also={M7: ["credit_memo_line_tax_has_the_currency_of_its_credit_memo"]},
    ),
    Damage(
        "an invoice's tax item is in another currency",
        (
            f"UPDATE invoice_line_tax SET currency = 'EUR' WHERE invoice_line_id = {invoice_line('INV-DRAFT', 1)}",
        ),
        finds=("8", "invoice_line_tax_has_the_currency_of_its_invoice", "INV-DRAFT", ...),
        also={},
    ),
    Damage(
        "a memo's entry is in another currency",
        (f"UPDATE balance_entry SET currency = 'EUR' WHERE {entry(memo(M7), 2)}",),
        finds=("8", "balance_entry_has_the_currency_of_its_credit_memo", M7, "position 2"),
        also={},
    ),
    Damage(
        "the account is in no entity",
        (
            "UPDATE account SET entity_id = entity_id WHERE number = 'OTHER'",
            "DELETE FROM entity",
        ),
        finds=("8", "account_has_its_entity", None, None),
        also={None: ["account_has_its_entity"] * 4},
    ),
    Damage(
        "an account is removed",
        ("DELETE FROM account WHERE number = 'MATCHED'",),
        finds=("8", "invoice_has_its_account_id", "INV-MATCHED", None),
        also={"CM-000016": ["credit_memo_has_its_account_id"], None: ["document_change_has_its_document"]},
    ),
    Damage(
        "an order item is removed",
        ("DELETE FROM order_item WHERE external_reference = 'ORDER-1'",),
        finds=("8", "invoice_line_has_its_order_item_id", A, "line 1"),
        also={
            M1: ["credit_memo_line_has_its_order_item_id"],
            "CM-000003": ["credit_memo_line_has_its_order_item_id"],
        },
    ),
    Damage(
        "a payment is in another currency",
        ("UPDATE payment SET currency = 'EUR' WHERE invoice_position = 8",),
        finds=("8", "payment_has_its_invoice_id_and_account_id_and_currency", A, "position 8"),
        also={},
    ),
    Damage(
        "a reversal takes back what is not there",
        ("UPDATE payment SET reversed_payment_id = 'pay_none' WHERE invoice_position = 9",),
        finds=("8", "payment_has_its_reversed_payment_id", A, "position 9"),
        also={},
    ),
    Damage(
        "an unapplication takes back what is not there",
        (
            "UPDATE credit_memo_application SET associated_application_id = 'app_none' WHERE number = 'CM-000008-3'",
        ),
        finds=("8", "credit_memo_application_has_its_associated_application_id", "CM-000008", "CM-000008-3"),
        also={},
    ),
    Damage(
        "a line unapplication takes back what is not there",
        (
            f"UPDATE credit_memo_line_application SET associated_line_application_id = 'lapp_none' WHERE application_id = {application('CM-000001-4')}",
        ),
        finds=("8", "credit_memo_line_application_has_its_associated_line_application_id", M1, ...),
        also={M1: ["line_application_mark_says_what_remains", "line_application_unapplied_date_is_when"]},
    ),
    Damage(
        "a memo line names an order item that is not there",
        (f"UPDATE credit_memo_line SET order_item_id = 'ord_none' WHERE {of_memo('CM-000006', 1)}",),
        finds=("8", "credit_memo_line_has_its_order_item_id", "CM-000006", "line 1"),
        also={},
    ),
    Damage(
        "a memo line was drawn from nothing",
        (
            f"UPDATE credit_memo_line SET source_invoice_line_id = 'invl_none' WHERE {of_memo('CM-000008', 1)}",
        ),
        finds=("8", "credit_memo_line_has_its_source_invoice_line_id", "CM-000008", "line 1"),
        also={"INV-D": ["amount_credited_is_drawn", "amount_copied_is_drawn", "invoice_credited_is_drawn"]},
    ),
    Damage(
        "an invoice's tax item is on no line",
        (
            f"UPDATE invoice_line_tax SET invoice_line_id = 'invl_none' WHERE invoice_line_id = {invoice_line('INV-DRAFT', 1)}",
        ),
        finds=("8", "invoice_line_tax_has_its_invoice_line_id", "INV-DRAFT", ...),
        also={"INV-DRAFT": ["invoice_line_tax_is_its_items"]},
    ),
    Damage(
        "a memo's tax item is on no line",
        (
            f"UPDATE credit_memo_line_tax SET credit_memo_line_id = 'cml_none' WHERE credit_memo_line_id = {memo_line(M7, 1)} AND ordinal = 1",
        ),
        finds=("8", "credit_memo_line_tax_has_its_credit_memo_line_id", M7, ...),
        also={M7: ["memo_line_tax_is_its_items"]},
    ),
    Damage(
        "a memo's tax item was drawn from nothing",
        (
            f"UPDATE credit_memo_line_tax SET source_tax_item_id = 'invt_none' WHERE credit_memo_line_id = {memo_line('CM-000003', 1)}",
        ),
        finds=("8", "credit_memo_line_tax_has_its_source_tax_item_id", "CM-000003", ...),
        also={
            A: ["tax_credited_is_drawn", "tax_item_credited_is_drawn"],
            "CM-000003": ["memo_tax_comes_from_its_lines_source"],
        },
    ),
    Damage(
        "a line application is of no application",
        (
            f"UPDATE credit_memo_line_application SET application_id = 'app_none' WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("8", "credit_memo_line_application_has_its_application_id", None, ...),
        also={"CM-000003": ["application_is_its_line_applications"]},
    ),
    Damage(
        "a line application is of no memo line",
        (
            f"UPDATE credit_memo_line_application SET credit_memo_line_id = 'cml_none' WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("8", "credit_memo_line_application_has_its_credit_memo_line_id", "CM-000003", ...),
        also={"CM-000003": ["memo_line_applied_is_its_applications"]},
    ),
    Damage(
        "a line application is of no invoice line",
        (
            f"UPDATE credit_memo_line_application SET invoice_line_id = 'invl_none' WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("8", "credit_memo_line_application_has_its_invoice_line_id", "CM-000003", ...),
        also={A: ["invoice_line_credits_are_its_applications"]},
    ),
]
