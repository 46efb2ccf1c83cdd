"""What observers are told: each call once it has ended, its numbers, and never a value."""

import logging
import threading
from decimal import Decimal

import pytest

from sst_repo import (
    ConflictError,
    Consumed,
    F,
    Index,
    InMemoryTable,
    Repository,
    Resource,
    TableCall,
    TableError,
    TableRepository,
    UnitOfWork,
    VersionedResource,
)
from sst_repo.observation import Totals, heard_by, observed_everywhere
from sst_repo.tables.memory import table as memory
from sst_repo.testing import Fault, FaultSchedule, FaultyTable

SECRET = "a secret"  # noqa: S105 - none


class Note(Resource):
    text: str
    stars: int = 0
    body: str = ""
    by_stars = Index(gsi=1, partition="text", sort="stars")


class Letter(VersionedResource):
    text: str
    weight: Decimal = Decimal(0)


class Desk(UnitOfWork):
    notes: Repository[Note]
    letters: Repository[Letter]


@pytest.fixture
def calls() -> list[TableCall]:
    return []


@pytest.fixture
def table(calls: list[TableCall]) -> InMemoryTable:
    return InMemoryTable(observer=calls.append)


@pytest.fixture
def notes(table: InMemoryTable) -> TableRepository[Note]:
    return TableRepository(Note, table)


def test_each_operation_is_told_by_dynamodbs_name(table: InMemoryTable, calls: list[TableCall]) -> None:
    notes, letters = TableRepository(Note, table), TableRepository(Letter, table)

    note = notes.add(Note(text=SECRET))
    letter = letters.add(Letter(text=SECRET))
    letter.text = "changed"
    letters.save(letter)
    notes.get(note.resource_id)
    notes.get_many([note.resource_id])
    notes.list()
    notes.query(Note.by_stars(SECRET))
    list(notes.scan(segments=1))
    notes.delete(note)

    assert [(call.operation, call.types, call.index) for call in calls] == [
        ("PutItem", ("Note",), None),
        ("PutItem", ("Letter",), None),
        ("TransactWriteItems", ("Letter",), None),
        ("GetItem", ("Note",), None),
        ("BatchGetItem", ("Note",), None),
        ("Query", ("Note",), "listing"),
        ("Query", ("Note",), "gsi1"),
        ("Scan", (), None),
        ("DeleteItem", ("Note",), None),
    ]
    assert {(call.table, call.outcome, call.error, call.calls) for call in calls} == {("memory", "ok", None, 1)}
    assert all(call.seconds > 0 for call in calls)


def test_nothing_that_is_told_shows_a_value(
    table: InMemoryTable, notes: TableRepository[Note], calls: list[TableCall]
) -> None:
    note = notes.add(Note(resource_id="secret-id", text=SECRET))
    notes.query(Note.by_stars(SECRET))
    notes.get(note.resource_id)

    assert "secret" not in "".join(repr(call) + repr(call.consumed) for call in calls)


def test_rows_and_bytes_are_told_of_reads(notes: TableRepository[Note], calls: list[TableCall]) -> None:
    for stars in range(3):
        notes.add(Note(text="a", body="x" * 1000, stars=stars))
    calls.clear()

    notes.count(where=F.stars == 2)
    notes.list(where=F.stars == 2)
    notes.exists("nobody")

    counted, listed, missed = calls
    assert (counted.scanned, counted.returned, counted.received) == (3, 1, 0)
    assert (listed.scanned, listed.returned) == (3, 1)
    assert listed.received > 1000
    assert (missed.scanned, missed.returned, missed.received) == (0, 0, 0)


def test_the_bytes_of_what_is_written_are_told(notes: TableRepository[Note], calls: list[TableCall]) -> None:
    notes.add(Note(text="a", body="x" * 5000))

    assert 5000 < calls[0].sent < 6000
    assert calls[0].received == 0


def test_a_write_that_is_refused_is_told_and_charged(notes: TableRepository[Note], calls: list[TableCall]) -> None:
    note = notes.add(Note(text="a", body="x" * 3000))
    stale = notes.get(note.resource_id)
    note.stars = 1
    notes.save(note)
    calls.clear()

    stale.stars = 2
    with pytest.raises(ConflictError):
        notes.save(stale)

    (call,) = calls
    assert (call.outcome, call.error) == ("refused", None)
    assert call.consumed == Consumed(1, write=4)


def test_a_call_that_fails_is_told_with_the_name_of_its_error(
    table: InMemoryTable, notes: TableRepository[Note], calls: list[TableCall]
) -> None:
    table.delete()

    with pytest.raises(TableError):
        notes.get("n1")

    (call,) = calls
    assert (call.outcome, call.error, call.consumed) == ("failed", "TableNotFoundError", Consumed())


def test_a_batch_takes_a_call_per_hundred_keys(notes: TableRepository[Note], calls: list[TableCall]) -> None:
    notes.get_many(f"n{number}" for number in range(250))

    assert [(call.operation, call.calls, call.consumed) for call in calls] == [
        ("BatchGetItem", 3, Consumed(calls=3, read=250)),
    ]


def test_writes_cost_by_the_larger_size_and_by_the_entries_that_change(
    notes: TableRepository[Note], calls: list[TableCall]
) -> None:
    note = notes.add(Note(text="a", body="x" * 1500))
    note.body = "short"
    notes.save(note)
    note.stars = 1
    notes.save(note)
    notes.delete(note)

    # The entry in the listing moves with every update: its old place and its new one are written. In `by_stars` it
    # stays where it is until the stars change.
    assert [call.consumed for call in calls] == [
        Consumed(1, write=6, index_write=4),
        Consumed(1, write=2 + 5, index_write=(2 + 1) + 2),
        Consumed(1, write=1 + 4, index_write=4),
        Consumed(1, write=1 + 2, index_write=2),
    ]


def test_a_transaction_doubles_the_table_but_not_its_indexes(table: InMemoryTable, calls: list[TableCall]) -> None:
    letters = TableRepository(Letter, table)
    letter = letters.add(Letter(text="x" * 1500))
    letter.weight = Decimal(1)
    letters.save(letter)

    # The old version is compressed into one unit.
    assert calls[-1].consumed == Consumed(1, write=2 * (2 + 1) + 4, index_write=4)


def test_a_unit_of_work_adds_up_its_own_calls_alone(table: InMemoryTable) -> None:
    notes = TableRepository(Note, table)
    note = notes.add(Note(text="a"))

    with Desk(table) as desk:
        desk.notes.get(note.resource_id).stars = 1
        notes.get(note.resource_id)
        before = desk.consumed
        desk.letters.add(Letter(text="b"))
        desk.commit()

    assert before == Consumed(calls=1, read=1)
    assert desk.consumed == Consumed(calls=2, read=1, write=9, index_write=5)


def test_a_commit_that_is_sent_again_is_charged_again(table: InMemoryTable) -> None:
    faulty = FaultyTable(table, FaultSchedule.script(Fault.DROP_AFTER))

    with Desk(faulty) as desk:
        desk.notes.add(Note(text="a"))
        desk.letters.add(Letter(text="b"))
        desk.commit()

    assert desk.consumed == Consumed(calls=2, read=4, write=7, index_write=3)


def test_who_listens_everywhere_hears_all_tables_and_threads() -> None:
    totals = Totals()

    def work() -> None:
        TableRepository(Note, InMemoryTable()).add(Note(text="a"))

    with observed_everywhere(totals):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        work()
    work()

    assert totals.consumed == Consumed(calls=2, write=6, index_write=4)


def test_who_listens_in_a_block_hears_what_it_has_done_side_by_side(table: InMemoryTable) -> None:
    notes = TableRepository(Note, table)
    notes.add(Note(text="a"))
    totals = Totals()

    with heard_by(totals):
        found = list(notes.scan(segments=4))

    assert len(found) == 1
    assert totals.consumed.calls == 4


def test_totals_add_up_any_number_of_calls(table: InMemoryTable) -> None:
    totals = Totals()

    with heard_by(totals):
        for _ in range(250):
            TableRepository(Note, table).exists("n1")

    assert totals.consumed == Consumed(calls=250, read=250)


def test_an_observer_that_raises_harms_no_call_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[TableCall] = []

    def broken(call: TableCall) -> None:
        raise ValueError(call.operation)

    notes = TableRepository(Note, InMemoryTable(observer=[broken, heard.append]))
    with caplog.at_level(logging.ERROR, "sst_repo"):
        note = notes.add(Note(text="a"))

    assert note.version == 1
    assert [call.operation for call in heard] == ["PutItem"]
    assert "an observer failed at PutItem" in caplog.text


def test_where_nobody_listens_no_price_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> Consumed:
        raise AssertionError("nobody asked")

    monkeypatch.setattr(memory, "price_of_applied", refuse)

    assert TableRepository(Note, InMemoryTable()).add(Note(text="a")).version == 1
