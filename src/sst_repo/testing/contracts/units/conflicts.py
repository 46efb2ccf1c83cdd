"""What units find when somebody else was faster."""

import pytest

from sst_repo.errors import AlreadyExistsError, ConflictError, NotFoundError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.contracts.units.base import UnitFixtures, changed, of, refused, told


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
