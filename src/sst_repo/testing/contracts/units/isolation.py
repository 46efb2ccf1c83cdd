"""What must still hold when a unit commits: what it writes, what it guards, or all that it has read."""

import pytest

from sst_repo.core.records import Check
from sst_repo.errors import NotFoundError, UnitOfWorkStateError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import Kept, Narrow, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.units.base import UnitFixtures, changed, of, refused
from sst_repo.testing.wrappers import CountingTable


class IsolationContract(UnitFixtures):
    """What units insist on."""

    def test_an_optimistic_unit_does_not_mind_what_it_only_read(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("read", "written"):
            stored.add(model(resource_id=name, title="first"))
        with unit:
            mine = of(unit, model)
            read = mine.get("read")
            assert mine.find("nobody") is None
            mine.get("written").title = f"after {read.title}"
            changed(stored, "read", "theirs")
            stored.add(model(resource_id="nobody", title="theirs"))
            unit.commit()
        assert not any(isinstance(op, Check) for plan in counting.plans for op in plan.ops)
        assert stored.get("written").title == "after first"
        assert stored.get("read").title == "theirs"

    @pytest.mark.parametrize("reader", ["get", "find", "exists", "get_many", "list", "iterate"])
    @pytest.mark.parametrize("writes", [False, True], ids=["reads only", "writes another"])
    def test_a_serializable_unit_insists_on_what_it_read(
        self,
        serializable: SampleUnitOfWork,
        stored: Repository[Sample],
        model: type[Sample],
        reader: str,
        writes: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        stored.add(model(resource_id="read", title="first"))
        with serializable as unit:
            mine = of(unit, model)
            match reader:
                case "get_many":
                    mine.get_many(["read"])
                case "list" | "iterate":
                    assert len(list(getattr(mine, reader)())) == 1
                case _:
                    getattr(mine, reader)("read")
            if writes:
                mine.add(model(resource_id="new", title="mine"))
            changed(stored, "read", "theirs")
            assert refused(unit) == {(model.__name__, "read", 1, 2)}
        assert not stored.exists("new")

    @pytest.mark.parametrize("writes", [False, True], ids=["reads only", "writes another"])
    def test_a_serializable_unit_commits_where_all_it_read_still_holds(
        self,
        serializable: SampleUnitOfWork,
        counting: CountingTable,
        stored: Repository[Sample],
        kept: Repository[Kept],
        model: type[Sample],
        writes: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        kept.delete(kept.add(Kept(resource_id="grave", title="gone")))
        stored.add(model(resource_id="read", title="first"))
        with serializable as unit:
            mine = of(unit, model)
            read = mine.get("read")
            assert mine.find("nobody") is None
            assert unit.kept.find("grave") is None
            if writes:
                mine.add(model(resource_id="new", title="mine"))
            unit.commit()
        assert unit.is_committed
        assert counting.calls["transact"] == 1
        assert len(counting.plans[0].ops) == 3 + writes
        assert stored.get("read") == read
        assert read.version == 1

    def test_a_single_read_can_be_insisted_on(
        self, table: Table, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="read", title="first"))
        with (
            SampleUnitOfWork(table, isolation="serializable") as one,
            SampleUnitOfWork(table, isolation="serializable") as two,
        ):
            of(one, model).get("read")
            of(two, model).get("read")
            one.commit()
            changed(stored, "read", "theirs")
            assert refused(two) == {(model.__name__, "read", 1, 2)}

    @pytest.mark.parametrize("reader", ["find", "exists", "get", "get_many"])
    def test_a_serializable_unit_insists_on_what_it_did_not_find(
        self, serializable: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample], reader: str
    ) -> None:
        with serializable as unit:
            mine = of(unit, model)
            if reader == "get":
                with pytest.raises(NotFoundError):
                    mine.get("nobody")
            elif reader == "get_many":
                assert mine.get_many(["nobody"]) == {}
            else:
                assert not getattr(mine, reader)("nobody")
            new = mine.add(model(resource_id="since there is nobody", title="mine"))
            stored.add(model(resource_id="nobody", title="theirs"))
            assert refused(unit) == {(model.__name__, "nobody", None, 1)}
        assert not stored.exists(new.resource_id)

    def test_a_serializable_unit_insists_on_the_grave_it_found(
        self, serializable: SampleUnitOfWork, kept: Repository[Kept]
    ) -> None:
        kept.delete(kept.add(Kept(resource_id="grave", title="gone")))
        with serializable as unit:
            assert unit.kept.find("grave") is None
            unit.plain.add(Plain(resource_id="new", title="mine"))
            kept.restore("grave", 1)
            assert refused(unit) == {("Kept", "grave", None, 3)}

    def test_a_serializable_unit_notices_deletions(
        self, serializable: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="read", title="first"))
        with serializable as unit:
            of(unit, model).get("read")
            stored.delete(stored.get("read"))
            assert refused(unit) == {(model.__name__, "read", 1, None)}

    def test_a_serializable_unit_notices_a_new_life_at_the_same_version(
        self, serializable: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        stored.add(model(resource_id="read", title="first life"))
        with serializable as unit:
            of(unit, model).get("read")
            stored.purge("read")
            stored.add(model(resource_id="read", title="second life"))
            assert refused(unit) == {(model.__name__, "read", 1, 1)}

    def test_write_skew_is_refused(self, table: Table, stored: Repository[Sample], model: type[Sample]) -> None:
        # Each may go off duty only while the other one is on.
        for name in ("alice", "bob"):
            stored.add(model(resource_id=name, title="on duty"))
        with (
            SampleUnitOfWork(table, isolation="serializable") as one,
            SampleUnitOfWork(table, isolation="serializable") as two,
        ):
            for unit, who, other in ((one, "alice", "bob"), (two, "bob", "alice")):
                assert of(unit, model).get(other).title == "on duty"
                of(unit, model).get(who).title = "off duty"
            one.commit()
            assert (model.__name__, "alice", 1, 2) in refused(two)
        assert stored.get("bob").title == "on duty"

    def test_what_is_written_is_not_checked_twice(
        self, serializable: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("changed", "deleted", "replaced"):
            stored.add(model(resource_id=name, title="first"))
        with serializable as unit:
            mine = of(unit, model)
            mine.get("changed").title = "second"
            mine.delete(mine.get("deleted"))
            mine.delete(mine.get("replaced"))
            mine.add(model(resource_id="replaced", title="second"))
            assert mine.find("new") is None
            mine.add(model(resource_id="new", title="new"))
            unit.commit()
        assert stored.get_many(["changed", "deleted", "replaced", "new"]).keys() == {"changed", "replaced", "new"}

    @pytest.mark.parametrize("writes", [False, True], ids=["nothing else", "writes another"])
    @pytest.mark.parametrize("detached", [False, True])
    def test_a_guarded_resource_must_be_as_it_was_read(
        self,
        unit: SampleUnitOfWork,
        stored: Repository[Sample],
        model: type[Sample],
        writes: bool,  # noqa: FBT001 - a parameter
        detached: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        sample = stored.add(model(resource_id="guarded", title="first"))
        with unit:
            unit.guard(sample if detached else of(unit, model).get("guarded"))
            if writes:
                of(unit, model).add(model(resource_id="new", title="mine"))
            changed(stored, "guarded", "theirs")
            assert refused(unit) == {(model.__name__, "guarded", 1, 2)}
        assert not stored.exists("new")

    def test_a_guarded_resource_that_holds_is_not_written(
        self, unit: SampleUnitOfWork, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = stored.add(model(resource_id="guarded", title="first"))
        with unit:
            unit.guard(of(unit, model).get("guarded"))
            new = of(unit, model).add(model(title="new"))
            unit.commit()
        assert len(counting.plans[0].ops) == 2
        assert stored.get("guarded") == sample
        assert stored.get(new.resource_id) == new

    def test_a_guarded_resource_may_be_changed_and_deleted(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        for name in ("changed", "deleted"):
            stored.add(model(resource_id=name, title="first"))
        with unit:
            for name in ("changed", "deleted"):
                unit.guard(of(unit, model).get(name))
            of(unit, model).get("changed").title = "second"
            of(unit, model).delete(of(unit, model).get("deleted"))
            unit.commit()
        assert stored.get("changed").title == "second"
        assert not stored.exists("deleted")

    def test_guarding_a_copy_does_not_lose_the_changes_of_the_original(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        copy = stored.add(model(resource_id="x", title="first"))
        with unit:
            sample = of(unit, model).get("x")
            sample.title = "changed"
            unit.guard(copy)
            assert of(unit, model).get("x") is sample
            unit.commit()
        assert stored.get("x").title == "changed"

    def test_what_was_added_is_guarded_anyway(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        with unit:
            sample = of(unit, model).add(model(title="new"))
            unit.guard(sample)
            unit.commit()
        assert stored.get(sample.resource_id) == sample

    def test_what_was_deleted_in_the_unit_cant_be_guarded(
        self, unit: SampleUnitOfWork, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        sample = stored.add(model(title="gone"))
        with unit:
            mine = of(unit, model).get(sample.resource_id)
            of(unit, model).delete(mine)
            for gone in (mine, sample):
                with pytest.raises(NotFoundError):
                    unit.guard(gone)

    def test_a_type_that_the_unit_does_not_have_cant_be_guarded(self, unit: SampleUnitOfWork) -> None:
        with unit, pytest.raises(UnitOfWorkStateError, match="Narrow"):
            unit.guard(Narrow(title="unknown"))

    def test_an_unknown_isolation_is_refused(self, table: Table) -> None:
        with pytest.raises(ValueError, match="isolation"):
            SampleUnitOfWork(table, isolation="dirty")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
