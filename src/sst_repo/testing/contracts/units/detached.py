"""What becomes of resources that come from elsewhere: repositories, other units, request bodies."""

from collections.abc import Callable

import pytest

from sst_repo.errors import ConflictError, NotFoundError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import Kept, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.repositories.saving import each_copier
from sst_repo.testing.contracts.stored import stored_row
from sst_repo.testing.contracts.units.base import UnitFixtures, changed, of, refused, told
from sst_repo.testing.wrappers import CountingTable


class DetachedContract(UnitFixtures):
    """What becomes of resources that come from elsewhere."""

    @each_copier
    @pytest.mark.parametrize("known", [False, True], ids=["unknown", "known to the unit"])
    def test_a_detached_resource_is_saved(
        self,
        unit: SampleUnitOfWork,
        stored: Repository[Sample],
        model: type[Sample],
        copier: Callable[[Sample], Sample],
        known: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        detached = copier(stored.add(model(resource_id="x", title="first")))
        detached.title = "detached"
        with unit:
            mine = of(unit, model)
            if known:
                mine.get("x")
            assert mine.save(detached) is detached
            assert mine.get("x") is detached
            unit.commit()
        assert detached.version == 2
        assert stored.get("x") == detached

    def test_a_detached_resource_is_saved_without_a_read(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        detached = stored.add(model(title="first"))
        detached.title = "detached"
        with unit:
            of(unit, model).save(detached)
            unit.commit()
        assert detached.version == 2
        assert dict(counting.calls) == {"transact": 1}

    @pytest.mark.parametrize("known", [False, True], ids=["unknown", "known to the unit"])
    def test_one_built_by_hand_is_saved_and_its_history_kept(
        self,
        unit: SampleUnitOfWork,
        kept: Repository[Kept],
        known: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        first = kept.add(Kept(resource_id="x", title="first"))
        with unit:
            if known:
                unit.kept.get("x")
            by_hand = unit.kept.save(Kept(resource_id="x", version=1, title="by hand"))
            assert unit.kept.get("x") is by_hand
            unit.commit()
        assert list(kept.versions("x")) == [by_hand, first]

    def test_changes_after_save_are_stored_too(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        detached = stored.add(model(title="first"))
        with unit:
            of(unit, model).save(detached)
            detached.title = "later"
            unit.commit()
        assert stored.get(detached.resource_id).title == "later"

    def test_a_detached_resource_is_deleted(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        with_image, by_hand = (stored.add(model(title=title)) for title in ("one", "two"))
        with unit:
            of(unit, model).delete(with_image)
            of(unit, model).delete(model(resource_id=by_hand.resource_id, version=1, title="by hand"))
            assert of(unit, model).find(with_image.resource_id) is None
            unit.commit()
        assert stored.count() == 0

    @pytest.mark.parametrize("write", ["save", "delete"])
    def test_a_stale_detached_resource_is_refused(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample], write: str
    ) -> None:
        stale = stored.add(model(resource_id="x", title="first"))
        theirs = changed(stored, "x", "theirs")
        stale.title = "mine"
        with pytest.raises(ConflictError) as error:
            _commit(unit, write, stale)
        assert told(error.value) == {(model.__name__, "x", 1, 2)}
        assert stored.get("x") == theirs

    @pytest.mark.parametrize("write", ["save", "delete", "guard"])
    @pytest.mark.parametrize("by_hand", [False, True], ids=["with image", "by hand"])
    def test_a_stale_detached_resource_is_refused_at_once_where_the_unit_knows_better(
        self,
        unit: SampleUnitOfWork,
        stored: Repository[Sample],
        model: type[Sample],
        write: str,
        by_hand: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        stale = stored.add(model(resource_id="x", title="first"))
        theirs = changed(stored, "x", "theirs")
        if by_hand:
            stale = model(resource_id="x", version=1, title="mine")
        with unit:
            known = of(unit, model).get("x")
            with pytest.raises(ConflictError) as error:
                _write(unit, write, stale)
            assert told(error.value) == {(model.__name__, "x", 1, 2)}
            assert of(unit, model).get("x") is known
            unit.commit()
        assert stored.get("x") == theirs

    @pytest.mark.parametrize("write", ["save", "delete", "guard"])
    def test_a_copy_from_a_former_life_is_refused_where_the_unit_knows_the_new_one(
        self, table: Table, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample], write: str
    ) -> None:
        # The version number is the same: only the write id tells the two lives apart.
        ghost = stored.add(model(resource_id="x", title="first life"))
        stored.purge("x")
        second = stored.add(model(resource_id="x", title="second life"))
        row = stored_row(table, model, "x")
        ghost.title = "ghost"
        with pytest.raises(ConflictError) as error:
            _commit(unit, write, ghost, looked=True)
        assert told(error.value) == {(model.__name__, "x", 1, 1)}
        assert stored_row(table, model, "x") == row
        assert stored.get("x") == second

    @pytest.mark.parametrize("write", ["save", "delete"])
    def test_a_copy_from_a_former_life_is_refused_by_the_commit(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample], write: str
    ) -> None:
        ghost = stored.add(model(resource_id="x", title="first life"))
        stored.purge("x")
        second = stored.add(model(resource_id="x", title="second life"))
        ghost.title = "ghost"
        with unit:
            _write(unit, write, ghost)
            assert refused(unit) == {(model.__name__, "x", 1, 1)}
        assert stored.get("x") == second

    @pytest.mark.parametrize("looked", [False, True], ids=["unseen", "looked for"])
    def test_saving_does_not_bring_back_what_was_deleted(
        self,
        unit: SampleUnitOfWork,
        stored: Repository[Sample],
        model: type[Sample],
        looked: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        gone = stored.add(model(resource_id="x", title="first"))
        stored.delete(stored.get("x"))
        gone.title = "mine"
        with pytest.raises(ConflictError) as error:
            _commit(unit, "save", gone, looked=looked)
        assert told(error.value) == {(model.__name__, "x", 1, None)}
        assert not stored.exists("x")

    def test_saving_does_not_bring_back_what_was_deleted_in_the_unit(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        copy = stored.add(model(resource_id="x", title="first"))
        copy.title = "changed"
        with unit:
            mine = of(unit, model)
            mine.delete(mine.get("x"))
            with pytest.raises(ConflictError) as error:
                mine.save(copy)
            assert told(error.value) == {(model.__name__, "x", 1, None)}
            unit.commit()
        assert not stored.exists("x")

    @pytest.mark.parametrize("looked", [False, True], ids=["unseen", "looked for"])
    def test_what_was_never_added_is_not_found(
        self,
        unit: SampleUnitOfWork,
        model: type[Sample],
        looked: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        with unit:
            mine = of(unit, model)
            if looked:
                assert mine.find("x") is None
            for write in (mine.save, mine.delete, unit.guard):
                with pytest.raises(NotFoundError) as missing:
                    write(model(resource_id="x", title="never added"))
                assert (missing.value.type, missing.value.id) == (model.__name__, "x")

    def test_version_0_is_not_found_even_where_the_id_is_taken(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="taken", title="first"))
        with unit:
            for known in (False, True):
                if known:
                    of(unit, model).get("taken")
                with pytest.raises(NotFoundError):
                    of(unit, model).save(model(resource_id="taken", title="never added"))
            unit.commit()
        assert stored.get("taken").title == "first"

    def test_deleting_twice_is_not_found(
        self, table: Table, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = stored.add(model(title="gone"))
        with unit:
            of(unit, model).delete(sample)
            with pytest.raises(NotFoundError):
                of(unit, model).delete(sample)
            unit.commit()
        assert not stored.exists(sample.resource_id)
        with SampleUnitOfWork(table) as second, pytest.raises(NotFoundError):
            of(second, model).delete(model(resource_id=sample.resource_id, version=1, title="by hand"))


def _write(unit: SampleUnitOfWork, write: str, resource: Sample) -> None:
    repository = of(unit, type(resource))
    match write:
        case "save":
            repository.save(resource)
        case "delete":
            repository.delete(resource)
        case _:
            unit.guard(resource)


def _commit(unit: SampleUnitOfWork, write: str, resource: Sample, *, looked: bool = False) -> None:
    with unit:
        if looked:
            of(unit, type(resource)).find(resource.resource_id)
        _write(unit, write, resource)
        unit.commit()
