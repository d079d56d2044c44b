"""One walk through the books: every command goes to the model and to the service, and what both say is compared.

After a step that changed the books all documents are read through GraphQL: they are what the model says, hold
section 3, and their versions rose with them. After a refusal, a replay or a dry run every table is as it was before.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from app.domain.entity import Settings
from app.proof.audit import audit
from tests.model.books import Books
from tests.model.comparison import differences
from tests.model.entity import Rate
from tests.model.histories import histories
from tests.model.invariants import invariants
from tests.model.observed import Identities, learn_versions, linked
from tests.model.outcome import Accepted, Outcome, Refused
from tests.stateful.answers import PreviewComparison, documents_of, records_made, selection_of
from tests.stateful.effective_days import unlike_on_a_day
from tests.stateful.reading import Document, read_all, under_handles, whole
from tests.stateful.ties import untied
from tests.stateful.time_travel import TimeTravel
from tests.stateful.trails import unexplained
from tests.support.approving import LIMIT, service_of_clerk
from tests.support.books import TestBooks, trace
from tests.support.offline import disproved, export_of
from tests.support.service import Service

Command = dict[str, Any]
DEVELOPER, CLERK = "developer", "clerk"
KINDS = {"Account": "accounts", "Invoice": "invoices", "CreditMemo": "creditMemos"}
KINDS |= {"CreditMemoApplication": "applications"}
ACCOUNTS = [
    {"number": number, "name": number, "currency": currency}
    for number, currency in (("A-1", "USD"), ("A-2", "USD"), ("A-3", "JPY"), ("A-4", "KWD"))
]
PLAIN_LINES = [
    {"amount": "100.00", "taxItems": [{"amount": "8.25"}]},
    {"amount": "50.00", "serviceStart": "2026-01-01", "taxItems": [{"amount": "3.13"}, {"amount": "1.00"}]},
]
MIXED_LINES = [
    {"amount": "400.00", "taxItems": [{"amount": "33.00"}]},
    {"amount": "-100.00", "taxItems": [{"amount": "-8.25"}]},
]
INVOICES = [
    {"account": {"id": "acc~1"}, "invoiceDate": "2026-03-01", "post": True, "lines": lines}
    for lines in (PLAIN_LINES, MIXED_LINES)
]
MEMO_LINES = [{"amount": "80.00", "description": "goodwill"}, {"amount": "40.00", "description": "goodwill"}]
BEGINNING: list[tuple[str, Command]] = [
    ("upsertAccounts", {"accounts": ACCOUNTS}),
    ("createInvoices", {"invoices": INVOICES}),
    ("createCreditMemo", {"account": {"id": "acc~1"}, "lines": MEMO_LINES, "post": True}),
]


RATES = (
    Rate("GOODS", "OHIO", "SALES TAX", Fraction(825, 10000), date(2025, 1, 1)),
    Rate("SAAS", "TEXAS", "CITY TAX", Fraction(2, 100), date(2026, 1, 1)),
    Rate("SAAS", "TEXAS", "STATE TAX", Fraction(625, 10000), date(2026, 1, 1), date(2026, 3, 31)),
    Rate("SAAS", "TEXAS", "STATE TAX", Fraction(7, 100), date(2026, 4, 1)),
)
FOUND_LATE = Rate("LATE", "OHIO", "SALES TAX", Fraction(725, 10000), date(2026, 1, 1))
TEMPLATES = (("PLAIN", "CREDIT_MEMO"), ("BILL", "INVOICE"))


class Walk:
    """`keyed` and `delivered`: accepted commands with an idempotency key or an external reference."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.services = {DEVELOPER: service}
        self.settings = settings
        self.test_books: TestBooks = service.books
        self.books = Books(
            str(settings.application_level),
            str(settings.default_allocation),
            str(settings.default_tax_strategy),
            settings.closed_through,
            frozenset({"GOODWILL"}),
        )
        self.identities = Identities()
        self.read: dict[str, list[Document]] = {}
        self.tables: dict[str, str] = {}
        self.time_travel = TimeTravel(service)
        self.keyed: list[tuple[str, Command]] = []
        self.delivered: list[tuple[str, Command]] = []

    def act_as(self, actor: str) -> None:
        """Who sends the next commands: the developer without limits, or a clerk who posts up to 100.00 US dollars."""
        self.books.actor = actor

    @property
    def asking(self) -> Service:
        """The service as who acts has it."""
        return self.services[self.books.actor]

    async def begin(self) -> None:
        """Four accounts in three currencies; the first one has two invoices, inv~1 and inv~2, and the memo cm~1."""
        self.act_as(DEVELOPER)
        self.services[CLERK] = await service_of_clerk(self.test_books, self.service.directory, name=CLERK)
        self.books.limits[CLERK] = {"USD": Fraction(LIMIT, 100)}
        await self._know_rates(RATES)
        self.books.entity.templates = dict(TEMPLATES)
        templates = [{"code": code, "type": kind} for code, kind in TEMPLATES]
        await self._say("upsertTemplates", {"templates": templates})
        await self.change_settings(self.settings)
        self.read = await read_all(self.service)
        for mutation, command in BEGINNING:
            assert isinstance(await self.send(mutation, command), Accepted)

    async def send(self, mutation: str, command: Command) -> Outcome:
        """One command for real."""
        outcome, _ = await self._send(mutation, command)
        return outcome

    async def rehearse_and_send(self, mutation: str, command: Command) -> Outcome:
        """A dry run that leaves no trace in any table, then the real call, which answers the same."""
        self.books.now = datetime.now(UTC)
        _, expected = self.books.preview(mutation, command)
        rehearsed = self.identities.to_service({**command, "dryRun": True})
        preview = await self.asking.mutate(mutation, rehearsed, selection_of(mutation))
        assert await trace(self.test_books.place) == self.tables, "a dry run left a trace"
        self._compare_fate(expected, preview)
        known_ids = set(_ids_in(self.read))
        outcome, real = await self._send(mutation, command)
        if isinstance(outcome, Accepted) and not outcome.replayed:
            assert preview["dryRun"], "a dry run says what it is"
            comparison = PreviewComparison(known_ids)
            comparison.compare(preview, real)
            assert not comparison.found, comparison.found
        elif isinstance(expected, Refused):
            assert preview == real, "a dry run is refused as the real call is"
        return outcome

    async def change_settings(self, settings: Settings) -> None:
        """Settings may change at any time; what is in the books stays as it is."""
        self.books.level = str(settings.application_level)
        self.books.allocation = str(settings.default_allocation)
        self.books.tax_strategy = str(settings.default_tax_strategy)
        self.books.closed_through = settings.closed_through
        self.books.entity.tax_engine = str(settings.tax_engine) if settings.tax_engine else None
        self.books.entity.converts_on_posting = settings.convert_negative_lines_on_posting
        self.books.entity.applies_on_posting = settings.apply_converted_memo_on_posting
        self.books.entity.uses_credit_on_posting = settings.apply_available_credit_on_posting
        await self.test_books.change_settings(settings)
        engine = self.books.entity.tax_engine
        await self._say("configureTaxEngine", {"engine": engine} if engine else {})
        self.tables = await trace(self.test_books.place)

    async def find_rate(self, rate: Rate) -> None:
        """From now on the entity has this rate too."""
        await self._know_rates([rate])
        self.tables = await trace(self.test_books.place)

    async def _know_rates(self, rates: Sequence[Rate]) -> None:
        self.books.entity.rates = [*self.books.entity.rates, *rates]
        given = [
            {
                "taxCode": rate.tax_code,
                "jurisdiction": rate.jurisdiction,
                "name": rate.name,
                "rate": str(float(rate.rate)),
                "validFrom": rate.valid_from.isoformat(),
                "validThrough": rate.valid_through.isoformat() if rate.valid_through else None,
            }
            for rate in rates
        ]
        await self._say("upsertTaxRates", {"taxRates": given})

    async def _say(self, mutation: str, command: Command) -> None:
        payload = await self.service.mutate(mutation, command)
        assert payload["__typename"] != "Rejection", payload

    async def finish(self) -> None:
        """The service's own proof finds nothing either, nor do programs that share nothing with it; each balance is
        explained, and found again as it was; and no connection is still in use.
        """
        found = [each async for each in audit(self.test_books.database, self.test_books.entity.id)]
        assert not found, found
        assert await unexplained(self.service) == []
        assert await untied(self.service) == []
        assert await self.time_travel.mistakes() == []
        assert await unlike_on_a_day(self.service) == []
        export = self.service.directory / "history.jsonl"
        written = await export_of(self.test_books.database, self.test_books.entity.id)
        await asyncio.to_thread(export.write_text, written, "utf-8")
        assert disproved(export) == []
        assert self.test_books.connections_in_use() == 0

    async def _send(self, mutation: str, command: Command) -> tuple[Outcome, Document]:
        self.books.now = datetime.now(UTC)
        real_command = self.identities.to_service(command)
        outcome = self.books.run(mutation, command)
        payload = await self.asking.mutate(mutation, real_command, selection_of(mutation))
        self._compare_fate(outcome, payload)
        if isinstance(outcome, Accepted):
            _compare_items(outcome, payload)
            self._learn_records(mutation, outcome, payload)
        before, self.tables = self.tables, await trace(self.test_books.place)
        if isinstance(outcome, Refused) or outcome.replayed:
            assert self.tables == before, "nothing was to change"
        else:
            read = await read_all(self.service)
            assert read == self.read or not outcome.second_delivery, "a second delivery changes nothing"
            self.read = read
            self._learn_unshown(outcome)
            self._compare_books()
            await self.time_travel.note(self.read)
        if isinstance(outcome, Accepted):
            await self._compare_payload(mutation, payload)
            self._remember(mutation, command, outcome)
        return outcome, payload

    def _compare_fate(self, outcome: Outcome, payload: Document) -> None:
        is_refused = payload["__typename"] == "Rejection"
        if isinstance(outcome, Refused):
            assert is_refused, f"accepted; the model refuses: {sorted(outcome.codes)}"
            codes = [violation["code"] for violation in payload["violations"]]
            assert codes[0] in outcome.codes, f"refused with {codes}; the model: {sorted(outcome.codes)}"
            return
        assert not is_refused, f"the model accepts; refused with {payload.get('violations')}"
        has_counts = "duplicates" in payload
        is_repeated = outcome.replayed or (outcome.second_delivery and not has_counts)
        assert payload["replayed"] == is_repeated, f"replayed: {payload['replayed']}"
        if has_counts:
            made = len(outcome.invoices) - outcome.duplicates
            assert (payload["created"], payload["duplicates"]) == (made, outcome.duplicates)

    def _learn_records(self, mutation: str, outcome: Accepted, payload: Document) -> None:
        for handles, documents in records_made(mutation, outcome, payload):
            assert len(handles) == len(documents), f"model {handles}, service {documents}"
            for handle, document in zip(handles, documents, strict=True):
                known = self.identities.ids.setdefault(handle, document["id"])
                assert known == document["id"], f"{handle} is {known}, answered {document['id']}"

    def _learn_unshown(self, outcome: Accepted) -> None:
        """Memos that createInvoices made of negative lines, and their applications: its answer shows invoices only.

        Nor does any answer show where the open credit of an account went when an invoice was posted.
        """
        for handle in outcome.credit_memos:
            invoice = self.identities.ids.get(self.books.memos[handle].invoice or "")
            found = [memo["id"] for memo in self.read["creditMemos"] if linked(memo, "invoice") == invoice]
            if handle not in self.identities.ids:
                [self.identities.ids[handle]] = found
        for handle in (*outcome.applications, *outcome.further_applications):
            known = self.books.applications[handle]
            sides = (self.identities.ids[known.memo], self.identities.ids[known.invoice])
            learned = set(self.identities.ids.values())
            found = [
                row["id"]
                for row in self.read["applications"]
                if (linked(row, "creditMemo"), linked(row, "invoice")) == sides and row["id"] not in learned
            ]
            if handle not in self.identities.ids:
                [self.identities.ids[handle]] = found

    async def _compare_payload(self, mutation: str, payload: Document) -> None:
        """The answer shows the documents as they are read afterwards."""
        by_id = {document["id"]: document for documents in self.read.values() for document in documents}
        for kind, document in documents_of(mutation, payload):
            if kind in KINDS:
                complete = await whole(self.service, kind, document)
                assert complete == by_id[document["id"]], f"the payload's {kind} is not what the books show"

    def _remember(self, mutation: str, command: Command, outcome: Accepted) -> None:
        if outcome.replayed or outcome.second_delivery:
            return
        if command.get("idempotencyKey"):
            self.keyed.append((mutation, command))
        if any(holder.get("externalReference") for holder in [command, *command.get("invoices", [])]):
            plain = {name: value for name, value in command.items() if name != "idempotencyKey"}
            self.delivered.append((mutation, plain))

    def _compare_books(self) -> None:
        observed = under_handles(self.books, self.identities, self.read)
        self.identities.learn(self.books, observed)
        for handle, invoice in observed["invoices"].items():
            self.books.invoices[handle].number = self.books.invoices[handle].number or invoice["number"]
        for handle, memo in observed["creditMemos"].items():
            self.books.memos[handle].number = self.books.memos[handle].number or memo["number"]
        found = [*differences(self.books, observed), *invariants(observed), *histories(observed)]
        found += learn_versions(self.books, observed)
        assert not found, found


def _compare_items(outcome: Accepted, payload: Document) -> None:
    """createDirectCreditMemos: each input's fate, in input order, and how many of each."""
    if "results" not in payload:
        return
    results = payload["results"]
    assert [item["position"] for item in results] == list(range(len(outcome.items)))
    for item, shown in zip(outcome.items, results, strict=True):
        codes = [violation["code"] for violation in shown["violations"]]
        assert shown["outcome"] == item.outcome, f"model {item}, service {shown['outcome']} {codes}"
        assert bool(codes) == bool(item.codes), f"model {item}, service {codes}"
        assert not codes or codes[0] in item.codes, f"model {sorted(item.codes)}, service {codes}"
        assert (shown["applicationId"] is None) == (item.application is None), f"{item}, service {shown}"
    fates = [item.outcome for item in outcome.items]
    for name in ("done", "refused", "skipped"):
        assert payload[name] == payload["job"][name] == fates.count(name.upper()), name


def _ids_in(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for inner in value.values():
            yield from _ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids_in(inner)


DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def written_otherwise(command: Any, zeros: Callable[[], int]) -> Any:
    """The same input in other words: zeros behind the decimals of amounts."""
    if isinstance(command, dict):
        return {
            name: _with_zeros(value, zeros())
            if name == "amount" and isinstance(value, str)
            else written_otherwise(value, zeros)
            for name, value in command.items()
        }
    if isinstance(command, list):
        return [written_otherwise(inner, zeros) for inner in command]
    return command


def _with_zeros(amount: str, zeros: int) -> str:
    if zeros == 0 or not DECIMAL.fullmatch(amount):
        return amount
    return f"{amount if '.' in amount else amount + '.'}{'0' * zeros}"
