"""What units find when somebody else was faster."""

from collections.abc import Callable

import pytest

from sst_repo.errors import AlreadyExistsError, ConflictError, NotFoundError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.repositories.saving import each_copier
from sst_repo.testing.contracts.stored import stored_row
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.contracts.units.base import UnitFixtures, changed, of, refused, told
from sst_repo.testing.wrappers import CountingTable


class ConflictsContract(UnitFixtures):
    """What a stale unit meets."""

    def test_a_conflict_names_every_stale_resource_and_writes_nothing(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("overtaken", "twice", "deleted", "as it was"):
            stored.add(model(resource_id=name, title="first"))
        with unit:
            mine = of(unit, model)
            loaded = [mine.get(name) for name in ("overtaken", "twice", "deleted", "as it was")]
            for sample in loaded:
                sample.title = "mine"
            loaded.append(mine.add(model(resource_id="new", title="mine")))
            before = [sample.model_copy(deep=True) for sample in loaded]
            changed(stored, "overtaken", "theirs")
            changed(stored, "twice", "theirs")
            changed(stored, "twice", "theirs again")
            stored.delete(stored.get("deleted"))
            assert refused(unit) == {
                (model.__name__, "overtaken", 1, 2),
                (model.__name__, "twice", 1, 3),
                (model.__name__, "deleted", 1, None),
            }
        assert loaded == before
        assert [stored.get(name).title for name in ("overtaken", "twice", "as it was")] == [
            "theirs",
            "theirs again",
            "first",
        ]
        assert not stored.exists("deleted")
        assert not stored.exists("new")

    def test_deleting_what_somebody_changed_is_refused(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="x", title="first"))
        with unit:
            of(unit, model).delete(of(unit, model).get("x"))
            changed(stored, "x", "theirs")
            assert refused(unit) == {(model.__name__, "x", 1, 2)}
        assert stored.get("x").title == "theirs"

    def test_deleting_what_somebody_deleted_is_not_found(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="x", title="first"))
        with unit:
            of(unit, model).delete(of(unit, model).get("x"))
            stored.delete(stored.get("x"))
            with pytest.raises(NotFoundError) as missing:
                unit.commit()
        assert (missing.value.type, missing.value.id) == (model.__name__, "x")

    def test_replacing_what_somebody_changed_is_refused(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="seat", title="first"))
        with unit:
            mine = of(unit, model)
            mine.delete(mine.get("seat"))
            new = mine.add(model(resource_id="seat", title="mine"))
            changed(stored, "seat", "theirs")
            assert refused(unit) == {(model.__name__, "seat", 1, 2)}
        assert stored.get("seat").title == "theirs"
        assert new.version == 0

    def test_a_restored_resource_that_somebody_changed_is_refused(
        self, unit: SampleUnitOfWork, kept: Repository[Kept]
    ) -> None:
        sample = kept.add(Kept(resource_id="storied", title="first"))
        sample.title = "second"
        kept.save(sample)
        with unit:
            unit.kept.restore("storied", 1)
            sample.title = "third"
            kept.save(sample)
            assert refused(unit) == {("Kept", "storied", 2, 3)}
        assert kept.get("storied").title == "third"

    def test_of_two_units_the_second_to_commit_is_refused(
        self, table: Table, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="x", title="first"))
        with SampleUnitOfWork(table) as one, SampleUnitOfWork(table) as two:
            of(one, model).get("x").title = "one"
            of(two, model).get("x").title = "two"
            two.commit()
            assert refused(one) == {(model.__name__, "x", 1, 2)}
        assert stored.get("x").title == "two"

    def test_a_refused_re_add_names_only_what_is_stale(
        self, unit: SampleUnitOfWork, kept: Repository[Kept], plain: Repository[Plain]
    ) -> None:
        kept.delete(kept.add(Kept(resource_id="phoenix", title="first life")))
        plain.add(Plain(resource_id="x", title="first"))
        with unit:
            unit.kept.add(Kept(resource_id="phoenix", title="second life"))
            mine = unit.plain.get("x")
            mine.title = "mine"
            theirs = plain.get("x")
            theirs.title = "theirs"
            plain.save(theirs)
            assert refused(unit) == {("Plain", "x", 1, 2)}
        assert not kept.exists("phoenix")

    def test_of_a_stale_change_and_a_taken_id_the_conflict_is_told(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("x", "taken"):
            stored.add(model(resource_id=name, title="first"))
        with unit:
            of(unit, model).get("x").title = "mine"
            of(unit, model).add(model(resource_id="taken", title="mine"))
            changed(stored, "x", "theirs")
            assert refused(unit) == {(model.__name__, "x", 1, 2), (model.__name__, "taken", None, 1)}

    def test_two_units_that_add_one_id(self, table: Table, stored: Repository[Sample], model: type[Sample]) -> None:
        with SampleUnitOfWork(table) as one, SampleUnitOfWork(table) as two:
            of(one, model).add(model(resource_id="x", title="one"))
            of(two, model).add(model(resource_id="x", title="two"))
            one.commit()
            with pytest.raises(AlreadyExistsError):
                two.commit()
        assert stored.get("x").title == "one"

    def test_a_change_does_not_bring_back_what_was_purged(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="x", title="first"))
        with unit:
            of(unit, model).get("x").title = "mine"
            stored.purge("x")
            assert refused(unit) == {(model.__name__, "x", 1, None)}
        assert not stored.exists("x")

    def test_what_was_deleted_and_made_again_is_refused_at_the_same_version(
        self, table: Table, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="x", title="first life"))
        with SampleUnitOfWork(table) as saving, SampleUnitOfWork(table) as deleting:
            of(saving, model).get("x").title = "ghost"
            of(deleting, model).delete(of(deleting, model).get("x"))
            stored.purge("x")
            second = stored.add(model(resource_id="x", title="second life"))
            assert second.version == 1
            for unit in (saving, deleting):
                assert refused(unit) == {(model.__name__, "x", 1, 1)}
        assert stored.get("x") == second

    @requires("threads")
    def test_of_eight_threads_that_commit_from_one_version_one_wins(
        self, table: Table, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("x", "y"):
            stored.add(model(resource_id=name, title="first"))
        start = {name: stored.get(name) for name in ("x", "y")}

        def work(number: int) -> int:
            with SampleUnitOfWork(table) as unit:
                for name in ("x", "y"):
                    mine = start[name].model_copy()
                    mine.title = str(number)
                    of(unit, model).save(mine)
                unit.commit()
            return number

        outcomes = together(work, 8)
        winners = [outcome for outcome in outcomes if isinstance(outcome, int)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, ConflictError)]
        assert (len(winners), len(losers)) == (1, 7)
        assert stored.get("x").title == stored.get("y").title == str(winners[0])
        for loser in losers:
            assert told(loser) == {(model.__name__, "x", 1, 2), (model.__name__, "y", 1, 2)}


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
        with pytest.raises(ConflictError) as error, unit:
            getattr(of(unit, model), write)(stale)
            unit.commit()
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
                (unit.guard if write == "guard" else getattr(of(unit, model), write))(stale)
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
        with pytest.raises(ConflictError) as error, unit:
            of(unit, model).get("x")
            (unit.guard if write == "guard" else getattr(of(unit, model), write))(ghost)
            unit.commit()
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
            getattr(of(unit, model), write)(ghost)
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
        with pytest.raises(ConflictError) as error, unit:
            if looked:
                assert of(unit, model).find("x") is None
            of(unit, model).save(gone)
            unit.commit()
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
