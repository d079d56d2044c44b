"""Damage to what memos have drawn, and to where their lines come from."""

from tests.proof.damage import Damage, forged, invoice_line, memo_line, of_invoice, of_memo

A = "INV-A"

DRAWING = [
    Damage(
        "the amount credited on a line is changed",
        (f"UPDATE invoice_line SET amount_credited = amount_credited + 1 WHERE {of_invoice(A, 2)}",),
        finds=("7", "amount_credited_is_drawn", A, "line 2, CM-000002"),
        also={},
    ),
    Damage(
        "the tax credited on a line is changed",
        (f"UPDATE invoice_line SET tax_credited = tax_credited - 1 WHERE {of_invoice(A, 1)}",),
        finds=("7", "tax_credited_is_drawn", A, "line 1, CM-000003"),
        also={},
    ),
    Damage(
        "the copied amount of a line is changed",
        (f"UPDATE invoice_line SET amount_copied = amount_credited WHERE {of_invoice(A, 2)}",),
        finds=("7", "amount_copied_is_drawn", A, "line 2, CM-000002"),
        also={},
    ),
    Damage(
        "a line is credited beyond its amount",
        (f"UPDATE invoice_line SET amount_credited = 10001 WHERE {of_invoice(A, 1)}",),
        finds=("7", "amount_credited_in_range", A, "line 1, CM-000003"),
        also={A: ["amount_credited_is_drawn"]},
    ),
    Damage(
        "the credited quantity of a line is changed",
        (f"UPDATE invoice_line SET quantity_credited = 1000000 WHERE {of_invoice(A, 1)}",),
        finds=("7", "quantity_credited_is_drawn", A, "line 1, CM-000003"),
        also={},
    ),
    Damage(
        "the credited quantity of an order item is changed",
        ("UPDATE order_item SET quantity_credited = 1000000 WHERE external_reference = 'ORDER-1'",),
        finds=("7", "order_item_quantity_is_counted", "ORDER-1", None),
        also={},
    ),
    Damage(
        "the quantity by which a line was credited is changed",
        (f"UPDATE invoice_line SET quantity_prorated = 3000000 WHERE {of_invoice('INV-Q', 1)}",),
        finds=("7", "quantity_prorated_is_drawn", "INV-Q", "line 1, CM-000013"),
        also={},
    ),
    Damage(
        "the amount credited by quantity is changed",
        (f"UPDATE invoice_line SET amount_prorated = amount_prorated - 1 WHERE {of_invoice('INV-Q', 1)}",),
        finds=("7", "amount_prorated_is_drawn", "INV-Q", "line 1, CM-000013"),
        also={},
    ),
    Damage(
        "a memo line is said to name its amount",
        (f"UPDATE credit_memo_line SET amount_prorated = (1 = 0) WHERE {of_memo('CM-000012', 1)}",),
        finds=("7", "amount_prorated_is_drawn", "INV-Q", "line 1, CM-000013"),
        also={"INV-Q": ["quantity_prorated_is_drawn"]},
    ),
    Damage(
        "a memo line counts another quantity",
        (f"UPDATE credit_memo_line SET quantity = 3000000 WHERE {of_memo('CM-000013', 1)}",),
        finds=("7", "quantity_credited_is_drawn", "INV-Q", "line 1, CM-000013"),
        also={"ORDER-2": ["order_item_quantity_is_counted"]},
    ),
    Damage(
        "a line is credited beyond its quantity",
        (f"UPDATE invoice_line SET quantity_credited = 11000000 WHERE {of_invoice('INV-Q', 1)}",),
        finds=("7", "quantity_credited_in_range", "INV-Q", "line 1, CM-000013"),
        also={"INV-Q": ["quantity_credited_is_drawn"]},
    ),
    Damage(
        "a tax item is credited more",
        (
            f"UPDATE invoice_line_tax SET credited_amount = credited_amount + 1 WHERE invoice_line_id = {invoice_line(A, 2)}",
        ),
        finds=("7", "tax_item_credited_is_drawn", A, "line 2 tax 1"),
        also={},
    ),
    Damage(
        "a tax item is said to be copied more",
        (
            f"UPDATE invoice_line_tax SET copied_amount = credited_amount WHERE invoice_line_id = {invoice_line(A, 1)}",
        ),
        finds=("7", "tax_item_copied_is_drawn", A, "line 1 tax 2"),
        also={},
    ),
    Damage(
        "an invoice's credited amount is changed",
        (f"UPDATE invoice SET credited_amount = credited_amount - 1 WHERE number = '{A}'",),
        finds=("7", "invoice_credited_is_drawn", A, "CM-000003"),
        also={},
    ),
    Damage(
        "a memo draws twice",
        (*forged("credit_memo_line", of_memo("CM-000008", 1), id="'cml_forged'", line_number="2"),),
        finds=("7", "amount_credited_is_drawn", "INV-D", "line 1, CM-000008"),
        also={
            "CM-000008": ["memo_charge_is_its_lines", "memo_balance_is_on_its_lines"],
            "INV-D": ["amount_copied_is_drawn", "invoice_credited_is_drawn"],
        },
    ),
    Damage(
        "a memo line draws from another invoice",
        (
            f"UPDATE credit_memo_line SET source_invoice_line_id = {invoice_line('INV-OTHER', 1)} WHERE {of_memo('CM-000008', 1)}",
        ),
        finds=("7", "memo_line_comes_from_its_invoice", "CM-000008", "line 1"),
        also={
            "INV-OTHER": ["amount_credited_is_drawn", "amount_copied_is_drawn", "invoice_credited_is_drawn"],
            "INV-D": ["amount_credited_is_drawn", "amount_copied_is_drawn", "invoice_credited_is_drawn"],
        },
    ),
    Damage(
        "a drawn tax item names another source",
        (
            f"UPDATE credit_memo_line_tax SET source_tax_item_id = (SELECT id FROM invoice_line_tax WHERE invoice_line_id = {invoice_line('INV-DRAFT', 1)}) WHERE credit_memo_line_id = {memo_line('CM-000003', 1)}",
        ),
        finds=("7", "memo_tax_comes_from_its_lines_source", "CM-000003", "line 1 tax 1"),
        also={
            A: ["tax_credited_is_drawn", "tax_item_credited_is_drawn"],
            "INV-DRAFT": ["tax_credited_is_drawn", "tax_item_credited_is_drawn"],
        },
    ),
    Damage(
        "a memo line credits a negative line",
        (
            f"UPDATE credit_memo_line SET source_invoice_line_id = {invoice_line('INV-A', 3)} WHERE {of_memo('CM-000002', 1)}",
        ),
        finds=("7", "memo_line_has_its_sources_sign", "CM-000002", "line 1"),
        also={A: ["amount_credited_is_drawn", "amount_credited_is_drawn"]},
    ),
    Damage(
        "a memo that drew is canceled in secret",
        ("UPDATE credit_memo SET status = 'VOIDED', balance = 0 WHERE number = 'CM-000008'",),
        finds=("7", "invoice_credited_is_drawn", "INV-D", None),
        also={
            "CM-000008": [
                "memo_balance_is_its_last",
                "memo_given_up_has_its_instant",
                "what_is_taken_back_leaves_no_code",
                "voided_memo_ends_with_its_void",
            ],
            "INV-D": ["amount_credited_is_drawn", "amount_copied_is_drawn"],
        },
    ),
    Damage(
        "a reversed mark is forged",
        ("UPDATE credit_memo SET reversed = (1 = 1) WHERE number = 'CM-000008'",),
        finds=("7", "amount_credited_is_drawn", "INV-D", "line 1"),
        also={
            "INV-D": ["amount_copied_is_drawn", "invoice_credited_is_drawn"],
            "CM-000008": ["reversed_memo_has_its_debit_memo"],
        },
    ),
    Damage(
        "a conversion's memo line names another line",
        (
            f"UPDATE credit_memo_line SET source_invoice_line_id = {invoice_line('INV-B', 2)} WHERE {of_memo('CM-000005', 1)}",
        ),
        finds=("7", "converted_line_has_its_memo_line", "INV-B", "line 2"),
        also={
            "CM-000005": ["memo_line_comes_from_its_invoice", "memo_tax_comes_from_its_lines_source"],
            "INV-C": ["converted_line_has_its_memo_line"],
        },
    ),
    Damage(
        "a converted memo line is worth more",
        (
            f"UPDATE credit_memo_line SET amount = amount + 1, tax_amount = tax_amount - 1 WHERE {of_memo('CM-000005', 1)}",
        ),
        finds=("7", "conversion_is_the_opposite", "CM-000005", "line 1"),
        also={
            "CM-000005": ["memo_charge_is_its_lines", "memo_tax_is_its_lines", "memo_line_tax_is_its_items"]
        },
    ),
    Damage(
        "a converted tax item is worth more",
        (
            f"UPDATE credit_memo_line_tax SET amount = amount + 1 WHERE credit_memo_line_id = {memo_line('CM-000005', 1)}",
        ),
        finds=("7", "conversion_tax_is_the_opposite", "CM-000005", "line 1 tax 1"),
        also={"CM-000005": ["memo_line_tax_is_its_items"]},
    ),
    Damage(
        "an invoice is credited beyond its total",
        ("UPDATE invoice SET credited_amount = 3001 WHERE number = 'INV-D'",),
        finds=("7", "invoice_credited_in_range", "INV-D", "CM-000008"),
        also={"INV-D": ["invoice_credited_is_drawn"]},
    ),
    Damage(
        "the tax credited on a line is beyond its tax",
        (f"UPDATE invoice_line SET tax_credited = 826 WHERE {of_invoice(A, 1)}",),
        finds=("7", "tax_credited_in_range", A, "line 1, CM-000003"),
        also={A: ["tax_credited_is_drawn"]},
    ),
]
