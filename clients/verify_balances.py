"""Computes the balances of an exported history anew, without the service.

    python verify_balances.py history.jsonl

A dash stands for standard input. Adds up the entries of every document, compares both sides of every application, and says where each currency's credit and
charges have gone, in minor units, with a trial balance. Exit code 0: it all agrees; 1: each difference, the first first.
"""

import sys
from collections import Counter, defaultdict
from itertools import chain

from verify_history import documents


def differences(top, of, unmatched):
    """Where a memo or an invoice is not what its history makes it.

    `unmatched` has what only one side of an application has said so far: the other side takes it out again.
    """
    balance = credits = 0
    for place, entry in enumerate(sorted(of["balance_entry"], key=lambda row: row["position"]), 1):
        impact, after = entry.get("impact_amount", 0), entry.get("balance_after", 0)
        if (entry["position"], entry.get("balance_before", 0), after) != (place, balance, balance + impact):
            yield f"position {entry['position']}: {balance} and {impact} do not make {after} at place {place}"
        balance = after
        if "invoice_date" in top and entry["kind"] in ("APPLICATION", "UNAPPLICATION"):
            unmatched ^= {(entry["cause_id"], top["id"], place, impact, after)}
            credits -= impact
    for row in of["credit_memo_application"]:
        amount = row["amount"] if row["type"] == "UNAPPLIED" else -row["amount"]
        unmatched ^= {
            (row["id"], row["invoice_id"], row["invoice_position"], amount, row.get("invoice_balance", 0))
        }
    if top["status"] in ("POSTED", "VOIDED") and top.get("balance", 0) != balance:
        yield f"its balance is {top.get('balance', 0)}, its history makes it {balance}"
    went = {
        table: -sum(row["impact_amount"] for row in of[table])
        for table in ("credit_memo_application", "refund", "payment")
    }
    if "invoice_date" in top:
        converted = sum(line.get("converted_amount", 0) for line in of["invoice_line"])
        uses = {
            "credits_applied": credits,
            "payments_applied": went["payment"],
            "converted_amount": converted,
        }
    else:
        uses = {"applied": went["credit_memo_application"], "refunded": went["refund"]}
    for name, value in uses.items():
        if top.get(name, 0) != value:
            yield f"its {name} is {top.get(name, 0)}, its history makes it {value}"
    if top["status"] == "POSTED" and top.get("total_amount", 0) != balance + sum(uses.values()):
        yield f"its total is {top.get('total_amount', 0)}, and went into {uses} and {balance}"


def add_up(top, of, totals):
    """What the posted document adds to where its currency's money has gone."""
    for row in of["journal_entry"]:
        totals[row["currency"], "journal", row["debit_code"]] += row["amount"]
        totals[row["currency"], "journal", row["credit_code"]] -= row["amount"]
    if top["status"] == "POSTED":
        kind, names = "credit", ("total_amount", "applied", "refunded", "balance")
        if "invoice_date" in top:
            kind, names = (
                "charges",
                ("total_amount", "credits_applied", "payments_applied", "converted_amount", "balance"),
            )
        for name in names:
            totals[top["currency"], kind, name] += top.get(name, 0)
        if "credit_memo_id" in top and kind == "charges":
            totals[top["currency"], "of credit applied", top["source"]] += top.get("credits_applied", 0)


def main(path):
    account, unmatched, totals, wrong, count = None, set(), Counter(), 0, 0
    end = ({"account": None, "type": ""}, [], [])
    for header, rows, _ in chain(documents(path), [end]):
        if header["account"] != account:
            # Both sides of an application are documents of one account.
            for id, *_ in sorted(unmatched):
                wrong += 1
                print(f"application {id}: its memo and its invoice do not say the same")
            account, unmatched = header["account"], set()
        of = defaultdict(list)
        for table, row in rows:
            of[table].append(row)
        if header["type"] in ("credit_memo", "invoice"):
            [top] = of[header["type"]]
            for difference in differences(top, of, unmatched):
                wrong += 1
                print(f"{header['type']} {header['number'] or header['id']}: {difference}")
            add_up(top, of, totals)
            count += 1
    for (currency, kind, name), amount in sorted(totals.items()):
        print(f"{currency}  {kind:18} {name:24} {amount:>18,}")
    print(f"{count} documents, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
