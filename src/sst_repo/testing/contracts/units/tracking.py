"""The identity map and what it notices: one object an id, no save needed."""

from collections.abc import Callable

import pytest

from sst_repo.errors import AlreadyExistsError, ConflictError, CorruptRecordError, NotFoundError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import (
    FrozenKept,
    Kept,
    Narrow,
    NarrowUnitOfWork,
    Plain,
    Sample,
    SampleUnitOfWork,
    WideUnitOfWork,
)
from sst_repo.testing.contracts.repositories.saving import CHANGES, rich
from sst_repo.testing.contracts.stored import spoil, stored_row
from sst_repo.testing.contracts.units.base import Isolation, UnitFixtures, each_isolation, of
from sst_repo.testing.wrappers import CountingTable


class TrackingContract(UnitFixtures):
    """What a unit knows of its resources."""

    @pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
    def test_a_change_needs_no_save(
        self,
        unit: SampleUnitOfWork,
        stored: Repository[Sample],
        model: type[Sample],
        change: Callable[[Sample], object],
    ) -> None:
        resource_id = stored.add(rich(model)).resource_id
        with unit:
            sample = of(unit, model).get(resource_id)
            change(sample)
            unit.commit()
        assert sample.version == 2
        assert stored.get(resource_id) == sample

    def test_a_change_after_add_is_stored_too(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        with unit:
            sample = of(unit, model).add(model(title="before"))
            sample.title = "after"
            unit.commit()
        assert sample.version == 1
        assert stored.get(sample.resource_id) == sample

    def test_an_id_is_the_same_object_every_time(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        resource_id = stored.add(model(title="one")).resource_id
        with unit:
            mine = of(unit, model)
            sample = mine.get(resource_id)
            assert mine.get(resource_id) is sample
            assert mine.find(resource_id) is sample
            assert mine.exists(resource_id)
            assert mine.get_many([resource_id])[resource_id] is sample
            assert dict(counting.calls) == {"read": 1}
            assert mine.list()[0] is sample
            assert next(iter(mine.iterate())) is sample

    @pytest.mark.parametrize("first", ["get_many", "list", "iterate"])
    def test_whatever_reads_an_id_first_makes_its_object(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample], first: str
    ) -> None:
        resource_id = stored.add(model(title="one")).resource_id
        with unit:
            mine = of(unit, model)
            if first == "get_many":
                sample = mine.get_many([resource_id])[resource_id]
            elif first == "list":
                sample = mine.list()[0]
            else:
                sample = next(iter(mine.iterate()))
            assert mine.get(resource_id) is sample
            sample.title = "changed"
            unit.commit()
        assert stored.get(resource_id) == sample
        assert sample.version == 2

    def test_the_object_keeps_its_changes_whatever_reads_it_again(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        resource_id = stored.add(model(title="one")).resource_id
        with unit:
            mine = of(unit, model)
            mine.get(resource_id).title = "changed"
            assert mine.get_many([resource_id])[resource_id].title == "changed"
            assert mine.list()[0].title == "changed"
            assert mine.get(resource_id).title == "changed"

    def test_get_many_gives_the_order_asked_for_and_reads_only_what_is_unknown(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in "abc":
            stored.add(model(resource_id=name, title=name))
        with unit:
            mine = of(unit, model)
            mine.get("b")
            assert list(mine.get_many(["c", "nobody", "b", "", "c", "a"])) == ["c", "b", "a"]
            counting.reset()
            assert list(mine.get_many(["a", "b", "c", "nobody"])) == ["a", "b", "c"]
            assert not counting.calls

    def test_what_is_missing_is_looked_for_once(
        self, unit: SampleUnitOfWork, counting: CountingTable, model: type[Sample]
    ) -> None:
        with unit:
            mine = of(unit, model)
            assert mine.find("nobody") is None
            assert not mine.exists("nobody")
            with pytest.raises(NotFoundError):
                mine.get("nobody")
            assert counting.calls["read"] == 1
            for impossible in ("", "x" * 3000):
                assert mine.find(impossible) is None

    def test_what_was_added_is_found(
        self, unit: SampleUnitOfWork, counting: CountingTable, model: type[Sample]
    ) -> None:
        with unit:
            mine = of(unit, model)
            sample = model(resource_id="new", title="new")
            assert mine.add(sample) is sample
            assert mine.get("new") is mine.find("new") is mine.get_many(["new"])["new"] is sample
            assert mine.exists("new")
            assert not counting.calls

    def test_what_was_deleted_is_not_found(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        resource_id = stored.add(model(title="gone")).resource_id
        with unit:
            mine = of(unit, model)
            mine.delete(mine.get(resource_id))
            assert mine.find(resource_id) is None
            assert not mine.exists(resource_id)
            assert mine.get_many([resource_id]) == {}
            assert list(mine.list()) == []
            with pytest.raises(NotFoundError):
                mine.get(resource_id)
            assert stored.exists(resource_id)
            unit.commit()
        assert not stored.exists(resource_id)

    def test_deleting_what_was_added_leaves_nothing_to_write(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        with unit:
            mine = of(unit, model)
            sample = mine.add(model(resource_id="fleeting", title="fleeting"))
            mine.delete(sample)
            assert mine.find("fleeting") is None
            unit.commit()
        assert not counting.calls["transact"]
        assert not stored.exists("fleeting")

    def test_adding_what_was_added_or_read_is_refused(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="old", title="old"))
        with unit:
            mine = of(unit, model)
            mine.get("old")
            mine.add(model(resource_id="new", title="new"))
            for name in ("old", "new"):
                with pytest.raises(AlreadyExistsError) as refused:
                    mine.add(model(resource_id=name, title="again"))
                assert (refused.value.type, refused.value.id) == (model.__name__, name)
            unit.commit()
        assert stored.get("old").title == "old"
        assert stored.get("new").title == "new"

    def test_what_was_deleted_in_the_unit_can_be_replaced(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="seat", title="old"))
        with unit:
            mine = of(unit, model)
            mine.delete(mine.get("seat"))
            new = mine.add(model(resource_id="seat", title="new"))
            assert mine.get("seat") is new
            unit.commit()
        assert stored.get("seat") == new
        assert new.title == "new"
        assert new.version > 1

    def test_what_was_deleted_can_be_added_again_and_deleted_again(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="seat", title="old"))
        with unit:
            mine = of(unit, model)
            sample = mine.get("seat")
            mine.delete(sample)
            mine.add(sample)
            mine.delete(sample)
            unit.commit()
        assert not stored.exists("seat")

    def test_a_frozen_resource_is_changed_by_saving_a_copy(self, counting: CountingTable) -> None:
        with SampleUnitOfWork(counting) as unit:
            first = unit.frozen.add(FrozenKept(title="first"))
            unit.commit()
        with SampleUnitOfWork(counting) as unit:
            old = unit.frozen.get(first.resource_id)
            new = unit.frozen.save(old.model_copy(update={"title": "second"}))
            assert unit.frozen.get(first.resource_id) is new
            unit.commit()
        assert (old.version, new.version) == (1, 2)
        with SampleUnitOfWork(counting) as unit:
            assert unit.frozen.get(first.resource_id) == new
            assert [sample.title for sample in unit.frozen.versions(first.resource_id)] == ["second", "first"]

    def test_listings_show_what_is_stored(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for number in range(5):
            stored.add(model(resource_id=str(number), title=str(number)))
        with unit:
            mine = of(unit, model)
            mine.add(model(title="not yet stored"))
            mine.delete(mine.get("3"))
            page = mine.list(limit=2, newest_first=False)
            assert [sample.title for sample in page] == ["0", "1"]
            rest = mine.list(limit=2, cursor=page.cursor, newest_first=False)
            assert [sample.title for sample in rest] == ["2", "4"]
            assert not rest.has_more
            assert [sample.title for sample in mine.iterate(newest_first=False)] == ["0", "1", "2", "4"]
            assert mine.count() == 5

    def test_a_corrupt_row_does_not_hide_the_rest(
        self, table: Table, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("bad", "good"):
            stored.add(model(resource_id=name, title=name))
        spoil(table, stored_row(table, model, "bad"), "title", None)
        with unit:
            mine = of(unit, model)
            with pytest.raises(CorruptRecordError):
                mine.get("bad")
            with pytest.raises(CorruptRecordError) as corrupt:
                mine.get_many(["bad", "good"])
            good = mine.get("good")
            assert corrupt.value.found == {"good": good}
            assert corrupt.value.found["good"] is good
            page = mine.list()
            assert page[0] is good
            assert [error.id for error in page.skipped] == ["bad"]
            good.title = "better"
            unit.commit()
        assert stored.get("good").title == "better"

    @each_isolation
    def test_a_field_that_the_class_got_later_is_no_change(self, counting: CountingTable, isolation: Isolation) -> None:
        with NarrowUnitOfWork(counting) as old_unit:
            old = old_unit.growing.add(Narrow(title="old"))
            old_unit.commit()
        counting.reset()
        with WideUnitOfWork(counting, isolation=isolation) as unit:
            assert unit.growing.get(old.resource_id).grade == 3
            unit.commit()
        # To read is not to write, not even when the class has changed.
        assert all(type(op).__name__ == "Check" for plan in counting.plans for op in plan.ops)
        assert counting.calls["transact"] == (isolation == "serializable")

    def test_each_kind_of_resource_has_ids_of_its_own(
        self, unit: SampleUnitOfWork, plain: Repository[Plain], kept: Repository[Kept]
    ) -> None:
        with unit:
            one = unit.plain.add(Plain(resource_id="same", title="plain"))
            two = unit.kept.add(Kept(resource_id="same", title="kept"))
            assert unit.plain.get("same") is one
            assert unit.kept.get("same") is two
            unit.commit()
        assert plain.get("same") == one
        assert kept.get("same") == two

    def test_an_unknown_version_of_a_known_resource_is_refused(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="known", title="first"))
        with unit:
            mine = of(unit, model)
            mine.get("known")
            for write in (mine.save, mine.delete, unit.guard):
                with pytest.raises(ConflictError) as refused:
                    write(model(resource_id="known", version=4, title="by hand"))
                (conflict,) = refused.value.conflicts
                assert (conflict.expected, conflict.actual) == (4, 1)
            unit.commit()
        assert stored.get("known").title == "first"
