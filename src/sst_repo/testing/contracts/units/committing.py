"""The commit: everything or nothing, in one call."""

from datetime import UTC

import pytest

from sst_repo.core.limits import MAX_ITEM_BYTES
from sst_repo.errors import (
    AlreadyExistsError,
    ItemTooLargeError,
    TransactionTooLargeError,
    UnitOfWorkStateError,
    UnstorableValueError,
)
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.models import Kept, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.stored import stored_row
from sst_repo.testing.contracts.units.base import Isolation, UnitFixtures, each_isolation, of
from sst_repo.testing.wrappers import CountingTable


class CommittingContract(UnitFixtures):
    """What a commit writes, and what it leaves alone."""

    def test_a_commit_is_one_call_whatever_it_writes(
        self, unit: SampleUnitOfWork, counting: CountingTable, plain: Repository[Plain], kept: Repository[Kept]
    ) -> None:
        changed, deleted = (plain.add(Plain(title=title)).resource_id for title in ("changed", "deleted"))
        old, gone = (kept.add(Kept(title=title)).resource_id for title in ("old", "gone"))
        with unit:
            unit.plain.get(changed).title = "changed indeed"
            unit.plain.delete(unit.plain.get(deleted))
            unit.kept.get(old).title = "old, changed"
            unit.kept.delete(unit.kept.get(gone))
            one, two = unit.plain.add(Plain(title="one")), unit.kept.add(Kept(title="two"))
            assert not counting.plans
            unit.commit()
        assert counting.calls["transact"] == 1
        # A change to a kept resource is two actions: the latest row, and the old one in the history.
        assert len(counting.plans[0].ops) == 1 + 1 + 2 + 2 + 1 + 1
        assert plain.get(changed).title == "changed indeed"
        assert not plain.exists(deleted)
        assert [version.title for version in kept.versions(old)] == ["old, changed", "old"]
        assert not kept.exists(gone)
        assert plain.get(one.resource_id) == one
        assert kept.get(two.resource_id) == two

    def test_all_of_a_commit_is_written_at_one_instant(
        self, unit: SampleUnitOfWork, clock: ManualClock, plain: Repository[Plain]
    ) -> None:
        loaded = plain.add(Plain(title="old"))
        with unit:
            mine = unit.plain.get(loaded.resource_id)
            mine.title = "changed"
            new = unit.kept.add(Kept(title="new"))
            before = clock.time
            unit.commit()
        assert before <= mine.updated_at == new.updated_at == new.created_at <= clock.time
        assert mine.created_at == loaded.created_at
        assert new.updated_at.tzinfo is UTC

    def test_after_a_commit_the_objects_can_be_saved_at_once(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        resource_id = stored.add(model(title="old")).resource_id
        with unit:
            new = of(unit, model).add(model(title="new"))
            old = of(unit, model).get(resource_id)
            old.title = "changed"
            unit.commit()
        assert (new.version, old.version) == (1, 2)
        for sample in (new, old):
            assert stored.get(sample.resource_id) == sample
            before = sample.version
            sample.title += " again"
            stored.save(sample)
            assert sample.version == before + 1
        with SampleUnitOfWork(counting) as second:
            old.title = "in the next unit"
            of(second, model).save(old)
            second.commit()
        assert old.version == 4

    def test_leaving_without_commit_writes_nothing(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        changed, deleted = (stored.add(model(title=title)) for title in ("changed", "deleted"))
        with unit:
            mine = of(unit, model)
            mine.get(changed.resource_id).title = "not committed"
            mine.delete(mine.get(deleted.resource_id))
            new = mine.add(model(title="not committed"))
        assert not counting.calls["transact"]
        assert stored.get(changed.resource_id) == changed
        assert stored.get(deleted.resource_id) == deleted
        assert not stored.exists(new.resource_id)
        assert new.version == 0

    def test_an_exception_inside_goes_through_and_writes_nothing(
        self, unit: SampleUnitOfWork, counting: CountingTable, model: type[Sample]
    ) -> None:
        with pytest.raises(ZeroDivisionError), unit:
            of(unit, model).add(model(title=str(1 // 0)))
        assert not counting.calls["transact"]
        with pytest.raises(UnitOfWorkStateError):
            unit.commit()

    def test_an_exception_after_the_commit_does_not_undo_it(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = model(title="stays")

        def work() -> None:
            with unit:
                of(unit, model).add(sample)
                unit.commit()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            work()
        assert stored.get(sample.resource_id) == sample

    @pytest.mark.parametrize("work", ["nothing", "read", "read and look for", "changed back", "listed"])
    def test_where_nothing_changed_nothing_is_called(
        self,
        unit: SampleUnitOfWork,
        counting: CountingTable,
        stored: Repository[Sample],
        model: type[Sample],
        work: str,
    ) -> None:
        resource_id = stored.add(model(title="same", labels={"b", "a"}, facts={"x": 1})).resource_id
        with unit:
            mine = of(unit, model)
            if work == "listed":
                assert len(mine.list()) == 1
            elif work != "nothing":
                sample = mine.get(resource_id)
                if work == "read and look for":
                    assert mine.find("nobody") is None
                if work == "changed back":
                    sample.labels.add("c")
                    sample.labels.remove("c")
                    sample.facts = dict(sample.facts)
            unit.commit()
        assert unit.is_committed
        assert not counting.calls["transact"]
        assert stored.get(resource_id).version == 1

    def test_history_written_in_a_unit_is_the_history(self, kept: Repository[Kept], counting: CountingTable) -> None:
        written: list[Kept] = []
        for number in range(1, 5):
            with SampleUnitOfWork(counting) as unit:
                sample = unit.kept.find("storied") or unit.kept.add(Kept(resource_id="storied", title=""))
                sample.title = f"version {number}"
                sample.tags.append(str(number))
                unit.commit()
                written.append(sample.model_copy(deep=True))
        assert list(kept.versions("storied")) == written[::-1]
        with SampleUnitOfWork(counting) as unit:
            unit.kept.delete(unit.kept.get("storied"))
            unit.commit()
        assert not kept.exists("storied")
        assert list(kept.versions("storied")) == written[::-1]

    @each_isolation
    @pytest.mark.parametrize("looked", [False, True], ids=["unseen", "looked for"])
    def test_what_was_deleted_is_added_again_together_with_other_changes(
        self,
        table: Table,
        kept: Repository[Kept],
        plain: Repository[Plain],
        isolation: Isolation,
        looked: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        kept.delete(kept.add(Kept(resource_id="phoenix", title="first life")))
        other = plain.add(Plain(title="other"))
        with SampleUnitOfWork(table, isolation=isolation) as unit:
            if looked:
                assert unit.kept.find("phoenix") is None
            new = unit.kept.add(Kept(resource_id="phoenix", title="second life"))
            unit.plain.get(other.resource_id).title = "changed"
            unit.commit()
        assert new.version == 3
        assert kept.get("phoenix") == new
        assert plain.get(other.resource_id).title == "changed"
        assert [version.title for version in kept.versions("phoenix")] == ["second life", "first life"]

    def test_adding_a_taken_id_writes_nothing_of_the_unit(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        first = stored.add(model(resource_id="taken", title="first"))
        with unit:
            mine = of(unit, model)
            other = mine.add(model(title="other"))
            second = mine.add(model(resource_id="taken", title="second"))
            with pytest.raises(AlreadyExistsError) as refused:
                unit.commit()
        assert (refused.value.type, refused.value.id, refused.value.version) == (model.__name__, "taken", 1)
        assert stored.get("taken") == first
        assert not stored.exists(other.resource_id)
        assert (other.version, second.version) == (0, 0)

    @pytest.mark.parametrize("fault", ["unstorable", "item", "actions", "bytes"])
    def test_what_cant_be_stored_is_refused_before_any_call_and_writes_nothing(
        self,
        table: Table,
        unit: SampleUnitOfWork,
        counting: CountingTable,
        stored: Repository[Sample],
        model: type[Sample],
        fault: str,
    ) -> None:
        resource_id = stored.add(model(title="old")).resource_id
        before = stored_row(table, model, resource_id)
        with unit:
            mine = of(unit, model)
            old = mine.get(resource_id)
            old.title = "changed"
            copy = old.model_copy(deep=True)
            expected = _overload(mine, model, fault)
            counting.reset()
            with pytest.raises(expected):
                unit.commit()
        assert not counting.calls
        assert old == copy
        assert stored_row(table, model, resource_id) == before
        assert stored.count() == 1
        with pytest.raises(UnitOfWorkStateError):
            unit.commit()


def _overload(mine: Repository[Sample], model: type[Sample], fault: str) -> type[Exception]:
    if fault == "unstorable":
        mine.add(model(title="bad", facts={"x": float("nan")}))
        return UnstorableValueError
    if fault == "item":
        mine.add(model(title="bad", body="x" * MAX_ITEM_BYTES))
        return ItemTooLargeError
    for _ in range(100 if fault == "actions" else 11):
        mine.add(model(title="bad", body="" if fault == "actions" else "x" * 390_000))
    return TransactionTooLargeError
