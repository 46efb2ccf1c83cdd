"""Repositories on a table that behaves in ways a real one can't be made to on demand."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ConfigDict, model_validator

from sst_repo import (
    AlreadyExistsError,
    ConflictError,
    ContentionError,
    Index,
    InMemoryRepository,
    InMemoryTable,
    Repository,
    TableRepository,
    VersionedResource,
)
from sst_repo.core import policy
from sst_repo.core.records import Key, Record
from sst_repo.core.retry import SENDING
from sst_repo.ports import IdFactory
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.clocks import START, ManualClock
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.stored import stored_row
from sst_repo.testing.wrappers import (
    CountingTable,
    ScriptedTable,
    contended,
    preceded_by,
    resent,
)

both = pytest.mark.parametrize("model", [Plain, Kept], ids=["plain", "kept"])


class CountingIds(IdFactory):
    def __init__(self) -> None:
        self.made = 0

    def new_id(self) -> str:
        self.made += 1
        return f"commit-{self.made}"


@pytest.fixture
def table() -> InMemoryTable:
    return InMemoryTable()


@both
def test_each_write_is_one_call_and_no_read(table: InMemoryTable, model: type[Sample]) -> None:
    counting = CountingTable(table)
    repository: Repository[Sample] = TableRepository(model, counting)
    sample = repository.add(model(title="first"))
    sample.title = "second"
    repository.save(sample)
    repository.delete(sample)
    assert dict(counting.calls) == {"transact": 3}
    kept = model is Kept
    assert [len(plan.ops) for plan in counting.plans] == [1, 2 if kept else 1, 2 if kept else 1]


@both
def test_one_built_by_hand_costs_one_read(table: InMemoryTable, model: type[Sample]) -> None:
    counting = CountingTable(table)
    repository: Repository[Sample] = TableRepository(model, counting)
    sample = repository.add(model(title="first"))
    counting.reset()
    by_hand = repository.save(model(resource_id=sample.resource_id, version=1, title="by hand"))
    assert dict(counting.calls) == {"read": 1, "transact": 1}
    counting.reset()
    by_hand.title = "again"
    repository.save(by_hand)
    assert dict(counting.calls) == {"transact": 1}


def test_a_repository_that_was_given_no_table_makes_its_own() -> None:
    one, two = InMemoryRepository(Plain), InMemoryRepository(Plain)
    sample = one.add(Plain(title="mine"))
    assert one.exists(sample.resource_id)
    assert not two.exists(sample.resource_id)


def test_writes_are_stamped_by_the_injected_clock_and_ids(table: InMemoryTable) -> None:
    repository = TableRepository(Plain, table, clock=ManualClock(), ids=CountingIds())
    sample = repository.add(Plain(title="first"))
    assert sample.created_at == sample.updated_at == START
    assert stored_row(table, Plain, sample.resource_id).write_id == "commit-1"
    sample.title = "second"
    repository.save(sample)
    assert stored_row(table, Plain, sample.resource_id).write_id == "commit-2"


def test_a_clock_of_another_zone_writes_utc(table: InMemoryTable) -> None:
    local = datetime.fromisoformat("2001-02-03T04:05:06+05:30")
    sample = TableRepository(Plain, table, clock=ManualClock(local)).add(Plain(title="first"))
    assert sample.created_at == local
    assert sample.created_at.tzinfo is UTC


def test_a_tick_of_the_manual_clock_and_a_sleep_move_it() -> None:
    clock = ManualClock()
    first, second = clock.now(), clock.now()
    assert first < second
    clock.sleep(2)
    assert (clock.now() - second).total_seconds() == pytest.approx(2.001)
    assert clock.sleeps == [2]


@both
def test_a_busy_table_is_tried_again_with_the_same_plan(table: InMemoryTable, model: type[Sample]) -> None:
    clock = ManualClock()
    scripted = ScriptedTable(table, contended, contended)
    repository: Repository[Sample] = TableRepository(model, scripted, clock=clock)
    sample = repository.add(model(title="first"))
    assert sample.version == 1
    assert len(scripted.plans) == 3
    assert len({id(plan) for plan in scripted.plans}) == 1
    assert len(clock.sleeps) == 2
    assert all(0 <= wait <= 1 for wait in clock.sleeps)


@both
def test_a_table_that_stays_busy_leaves_the_object_alone(table: InMemoryTable, model: type[Sample]) -> None:
    clock = ManualClock()
    repository: Repository[Sample] = TableRepository(model, ScriptedTable(table, *[contended] * 20), clock=clock)
    sample = model(title="first")
    before = sample.model_copy(deep=True)
    with pytest.raises(ContentionError) as busy:
        repository.add(sample)
    assert isinstance(busy.value.__cause__, RuntimeError)
    assert sample == before
    assert len(clock.sleeps) == SENDING.attempts - 1


@both
def test_a_write_that_was_sent_twice_is_a_success(table: InMemoryTable, model: type[Sample]) -> None:
    scripted = ScriptedTable(table, resent, resent)
    repository: Repository[Sample] = TableRepository(model, scripted)
    sample = repository.add(model(title="first"))
    sample.title = "second"
    repository.save(sample)
    assert sample.version == 2
    assert repository.get(sample.resource_id) == sample


def test_a_deletion_and_a_restore_that_were_sent_twice_are_a_success(table: InMemoryTable) -> None:
    repository = TableRepository(Kept, ScriptedTable(table, resent, resent, resent))
    sample = repository.add(Kept(title="first"))
    repository.delete(sample)
    restored = repository.restore(sample.resource_id, 1)
    assert restored.version == 3
    assert repository.get(sample.resource_id) == restored


def test_a_re_add_that_was_sent_twice_is_a_success(table: InMemoryTable) -> None:
    repository = TableRepository(Kept, ScriptedTable(table, resent, resent, resent, resent))
    sample = repository.add(Kept(title="first"))
    repository.delete(sample)
    assert repository.add(sample).version == 3
    assert repository.get(sample.resource_id) == sample


def test_restore_that_meets_another_writer_is_a_conflict(table: InMemoryTable) -> None:
    theirs = TableRepository(Kept, table)
    sample = theirs.add(Kept(resource_id="x", title="first"))

    def write() -> None:
        sample.title = "theirs"
        theirs.save(sample)

    with pytest.raises(ConflictError) as refused:
        TableRepository(Kept, ScriptedTable(table, preceded_by(write))).restore("x", 1)
    (conflict,) = refused.value.conflicts
    assert (conflict.type, conflict.id, conflict.expected, conflict.actual) == ("Kept", "x", 1, 2)
    assert theirs.get("x") == sample


@both
def test_purge_that_meets_another_writer_is_a_conflict(table: InMemoryTable, model: type[Sample]) -> None:
    theirs: Repository[Sample] = TableRepository(model, table)
    sample = theirs.add(model(resource_id="x", title="first"))

    def write() -> None:
        sample.title = "theirs"
        theirs.save(sample)

    mine: Repository[Sample] = TableRepository(model, ScriptedTable(table, preceded_by(write)))
    with pytest.raises(ConflictError):
        mine.purge("x")
    assert theirs.get("x") == sample
    mine.purge("x")
    assert not theirs.exists("x")


def test_a_save_by_hand_that_meets_another_writer_is_a_conflict(table: InMemoryTable) -> None:
    theirs = TableRepository(Kept, table)
    sample = theirs.add(Kept(resource_id="x", title="first"))

    def write() -> None:
        sample.title = "theirs"
        theirs.save(sample)

    by_hand = Kept(resource_id="x", version=1, title="by hand")
    with pytest.raises(ConflictError):
        TableRepository(Kept, ScriptedTable(table, preceded_by(write))).save(by_hand)
    assert by_hand.version == 1
    assert theirs.get("x") == sample


def test_re_adding_what_somebody_else_re_added_is_refused(table: InMemoryTable) -> None:
    theirs = TableRepository(Kept, table)
    theirs.delete(theirs.add(Kept(resource_id="x", title="first life")))

    def write() -> None:
        theirs.add(Kept(resource_id="x", title="their second life"))

    mine = Kept(resource_id="x", title="my second life")
    # The first call shows the grave, the second comes too late.
    scripted = ScriptedTable(table, preceded_by(lambda: None), preceded_by(write))
    with pytest.raises(AlreadyExistsError) as refused:
        TableRepository(Kept, scripted).add(mine)
    assert refused.value.version == 3
    assert mine.version == 0
    assert theirs.get("x").title == "their second life"


class MovingTable(DelegatingTable):
    """Has a version move into the history between the two reads of a batch."""

    def __init__(self, table: InMemoryTable, key: Key) -> None:
        super().__init__(table)
        self._key = key

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        rows = super().read_many(keys, consistent=consistent)
        return {key: row for key, row in rows.items() if key != self._key}


def test_a_version_that_moves_into_the_history_while_it_is_read_is_found(table: InMemoryTable) -> None:
    repository = TableRepository(Kept, table)
    sample = repository.add(Kept(resource_id="x", title="first"))
    sample.title = "second"
    repository.save(sample)
    moving = MovingTable(table, stored_row(table, Kept, "x", version=1).key)
    assert TableRepository(Kept, moving).get_version("x", 1).title == "first"


def test_a_row_that_is_written_for_a_new_index_is_stored_as_its_class_has_it_today(table: InMemoryTable) -> None:
    class Before(VersionedResource, type_name="Customer"):
        mail: str

    class Today(VersionedResource, type_name="Customer"):
        model_config = ConfigDict(extra="allow")
        email: str
        by_email = Index(gsi=1, partition="email")

        @model_validator(mode="before")
        @classmethod
        def _rename(cls, values: dict[str, Any]) -> dict[str, Any]:
            return {{"mail": "email"}.get(name, name): value for name, value in values.items()}

    TableRepository(Before, table).add(Before(resource_id="x", mail="ada@example.org"))
    customers = TableRepository(Today, table)

    customers.save(customers.get("x"))

    assert policy.content_of(stored_row(table, Today, "x")) == {"email": {"S": "ada@example.org"}}
    assert customers.count(Today.by_email("ada@example.org")) == 1
