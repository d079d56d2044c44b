"""What is told of a command's effect, document by document."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from app.domain.access import AccessChange, Credential, Grant, Role
from app.domain.application import BalanceEntry, CreditMemoLineApplication
from app.domain.change_history import CHAINED, EVENTS, PARTS, DocumentChange, History, Occasion
from app.domain.entity_history import KEPT
from app.domain.facts import Changes
from app.domain.invoice import Invoice, InvoiceLine, OrderItem
from app.domain.job import Job, JobItem
from app.domain.record import Record, changed
from app.domain.sealing import PART_RECORDS
from app.domain.vocabulary import ChangeKind, HasBeenUnapplied, Operation
from app.repository.record import in_pieces, without
from app.repository.rows import TABLES
from tests.rules.facts import (
    NOW,
    application,
    invoice,
    line,
    line_application,
    memo,
    memo_line,
    taken_back,
    tax,
)

OCCASION = Occasion(log_id="log_1", operation=Operation.APPLY_CREDIT_MEMO, actor="ada", now=NOW)
WITHOUT: set[type[Record]] = {AccessChange, Credential, Grant, Role, Job, JobItem, OrderItem}
"""Who may do what has a history of its own; a job and its items are one; an order item is a sum over lines."""


def lines(count: int) -> list[InvoiceLine]:
    return [line(f"invl_{place:06d}") for place in range(count)]


def with_history(changes: Changes, occasion: Occasion) -> tuple[Changes, list[DocumentChange]]:
    return History(changes, occasion).at_once(changes)


def after_of(changes: Changes) -> Invoice:
    [[_, after]] = [each for each in changes.changed if isinstance(each[1], Invoice)]
    assert isinstance(after, Invoice)
    return after


def test_every_kind_of_record_has_its_place() -> None:
    places = [
        set(CHAINED),
        set(PARTS),
        {*EVENTS} - {BalanceEntry},
        {CreditMemoLineApplication},
        {*KEPT},
        WITHOUT,
    ]
    assert set[type[Record]]().union(*places) == set(TABLES)
    assert sum(map(len, places)) == len(TABLES)


def test_a_new_document_is_one_link_without_differences() -> None:
    changes, [link] = with_history(Changes(new=(invoice(), *lines(3))), OCCASION)
    assert (link.kind, link.version, link.part, link.changes) == (ChangeKind.CREATED, 1, 1, "{}")
    assert link.previous_hash is None
    [header, *_] = changes.new
    assert isinstance(header, Invoice)
    assert header.history_hash == link.hash


def test_a_change_says_what_was_before_and_what_was_added() -> None:
    before = replace(invoice(), history_hash="aa")
    after = changed(before, balance=500, version=2, updated_by="bob")
    [old, new] = lines(2)
    changes, [link] = with_history(
        Changes(new=(new,), changed=((before, after), (old, changed(old, balance=0)))), OCCASION
    )
    assert json.loads(link.changes) == {
        "changed": {"inv_1": {"balance": [10000, 500]}, old.id: {"balance": [10000, 0]}},
        "added": [new.id],
    }
    assert (link.kind, link.version, link.previous_hash) == (ChangeKind.CHANGED, 2, "aa")
    assert after_of(changes).history_hash == link.hash
    assert [one for one, _ in changes.changed] == [before, old]


def test_a_line_does_not_change_without_its_document() -> None:
    [old] = lines(1)
    with pytest.raises(ValueError, match="without a new version"):
        with_history(Changes(changed=((old, changed(old, balance=0)),)), OCCASION)


def test_very_many_records_are_told_in_parts_that_follow_each_other() -> None:
    before = replace(invoice(), history_hash="aa")
    after = changed(before, balance=500, version=2)
    touched = [(each, changed(each, balance=0)) for each in lines(2 * PART_RECORDS)]
    changes, links = with_history(Changes(changed=((before, after), *touched)), OCCASION)
    assert [link.part for link in links] == [1, 2, 3]
    assert {link.version for link in links} == {2}
    assert links[0].previous_hash == "aa"
    assert all(one.hash == other.previous_hash for one, other in pairwise(links))
    assert after_of(changes).history_hash == links[-1].hash
    told = [json.loads(link.changes)["changed"] for link in links]
    assert [len(each) for each in told] == [PART_RECORDS, PART_RECORDS, 1]
    assert sorted(id for each in told for id in each) == sorted(["inv_1", *(each.id for each, _ in touched)])


def test_parts_tell_records_by_table_and_id_in_whatever_order_they_come_and_each_what_was_added_in_it() -> (
    None
):
    before = replace(invoice(), history_hash="aa")
    after = changed(before, version=2)
    ids = [f"a_{place:06d}" for place in range(PART_RECORDS)]
    touched = [
        (each, changed(each, balance=place))
        for place, each in enumerate(replace(line(), id=id) for id in reversed(ids))
    ]
    new = replace(line(), id="b_1")
    item = tax("A_1", invoice_line_id=new.id)
    effect = Changes(
        new=(item, new), changed=(*touched, (before, after), (item, changed(item, credited_amount=1)))
    )
    _, [first, second] = with_history(effect, OCCASION)
    told = json.loads(first.changes)
    assert "added" not in told
    assert sorted(told["changed"]) == [*ids]
    assert json.loads(second.changes) == {
        "changed": {item.id: {"credited_amount": [0, 1]}},
        "added": sorted([new.id, item.id]),
    }


def test_lines_that_are_taken_back_once_more_belong_to_the_memo_of_the_application() -> None:
    """The application itself says of itself what it said before: only what took a part of it back is new."""
    whole = application()
    before = replace(memo(), history_hash="aa")
    part = line_application()
    changes = Changes(
        new=(taken_back(whole, 100),),
        changed=(
            (before, changed(before, version=2)),
            (part, changed(part, has_been_unapplied=HasBeenUnapplied.YES)),
        ),
    )
    _, [link] = with_history(changes, OCCASION)
    assert (link.document_id, [*json.loads(link.changes)["changed"]]) == ("cm_1", [part.id])


def test_what_is_gathered_in_pieces_is_told_as_at_once() -> None:
    before = replace(invoice(), history_hash="aa")
    touched = [(each, changed(each, balance=0)) for each in lines(250)]
    new = [changed(each, id=f"new_{each.id}") for each in lines(30)]
    whole = Changes(new=tuple(new), changed=(*touched, (before, changed(before, balance=500, version=2))))
    history = History(whole, OCCASION)
    for piece in in_pieces(whole, 100):
        assert max(len(piece.new), len(piece.changed)) <= 100
        history.gather(piece)
    links = list(history.told())
    assert (history.with_heads(whole), links) == with_history(whole, OCCASION)


def test_a_document_that_is_left_out_is_told_once_its_header_is_known() -> None:
    """As a memo is, whose number comes after its lines: the lock of the numbers is held for what depends on them."""
    header = memo()
    whole = Changes(new=(invoice(), header, memo_line()))
    history = History(whole, OCCASION)
    history.gather(without(whole, {header.id}))
    [first] = history.told(but={header.id})
    assert first.document_id == "inv_1"
    history.gather(Changes(new=(header,)))
    [second] = history.told()
    assert {first, second} == set(with_history(whole, OCCASION)[1])
    assert set(history.heads) == {"inv_1", header.id}
