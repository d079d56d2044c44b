"""The commands that prove the books: audit with its options, explain, and the export with the scripts that check it."""

import json
import subprocess
import sys

from tests.cli.terminal import ROOT, Terminal

VERIFY = (ROOT / "clients" / "verify_history.py", ROOT / "clients" / "verify_balances.py")


def test_explain_shows_every_row_of_a_balance_and_its_last_one_is_the_balance(seeded: Terminal) -> None:
    shown = seeded.done("explain", "INV-1014", "--entity", "harbor-tools")
    assert "INV-1014: 3 rows" in shown
    assert "CM-000019-2: 50.00 USD applied from CM-000019." in shown
    lines = seeded.done("explain", "INV-1014", "--entity", "harbor-tools", "--json").splitlines()
    steps = [json.loads(line) for line in lines]
    assert [step["balanceAfter"] for step in steps] == ["281.45", "131.45", "81.45"]
    assert [step["kind"] for step in steps] == ["POSTING", "PAYMENT", "APPLICATION"]
    by_id = seeded.done("explain", steps[0]["documentId"], "--entity", "harbor-tools", "--json")
    assert by_id.splitlines() == lines


def test_explain_knows_accounts_and_says_what_it_does_not_know(seeded: Terminal) -> None:
    shown = seeded.done("explain", "A-1002", "--currency", "USD")
    assert "Owed" in shown
    assert "DM-001" in shown
    assert "'NO-SUCH'" in seeded.refusal("explain", "NO-SUCH")
    assert seeded.done("explain", "A-1002", "--currency", "EUR", "--json") == ""
    assert seeded.done("explain", "A-1002", "--as-of-log", "0", "--json") == ""


def test_explain_asks_in_whose_books_where_there_are_several(seeded: Terminal) -> None:
    seeded.done("entity", "acme", "--name", "Acme")
    assert "--entity CODE" in seeded.refusal("explain", "A-1002")


def test_audit_says_where_the_money_of_each_account_has_gone(seeded: Terminal) -> None:
    [line] = seeded.done("audit", "--json", "--by-account").splitlines()
    summary = json.loads(line)["summary"]
    assert summary["links"] > 0
    accounts = {(each["of"], each["account"], each["currency"]) for each in summary["conservation"]}
    assert {("credit", "A-1002", "USD"), ("charges", "A-1002", "USD")} <= accounts
    for each in summary["conservation"]:
        went = ("applied", "refunded", "paid", "written_off", "reversed", "left_over")
        assert each["amount"] == sum(each[name] for name in went)


def test_audit_since_an_instant_or_a_number_of_the_log(seeded: Terminal) -> None:
    whole = json.loads(seeded.done("audit", "--json"))["summary"]["links"]
    assert json.loads(seeded.done("audit", "--json", "--since", "2020-01-01"))["summary"]["links"] == whole
    assert json.loads(seeded.done("audit", "--json", "--since", "0"))["summary"]["links"] == whole
    assert json.loads(seeded.done("audit", "--json", "--since", "2999-01-01"))["summary"]["links"] == 0
    assert "neither" in seeded.refusal("audit", "--since", "yesterday")


def test_an_export_is_checked_by_scripts_that_know_nothing_of_the_service(seeded: Terminal) -> None:
    path = seeded.folder / "history.jsonl"
    path.write_text(seeded.done("export-history", "--entity", "harbor-tools"), encoding="utf-8")
    for script in VERIFY:
        done = subprocess.run([sys.executable, "-S", "-E", str(script), str(path)], check=False)
        assert done.returncode == 0, script
    path.write_text(
        path.read_text(encoding="utf-8").replace('"impact_amount":-5000,', '"impact_amount":-4000,')
    )
    for script in VERIFY:
        done = subprocess.run([sys.executable, "-S", "-E", str(script), str(path)], check=False)
        assert done.returncode == 1, script
