"""A unit is used once, in one block, by one thread."""

from collections.abc import Callable

import pytest

from sst_repo.errors import ConflictError, UnitOfWorkStateError, UnstorableValueError
from sst_repo.ports import Repository
from sst_repo.testing.contracts.models import Kept, Plain, SampleUnitOfWork
from sst_repo.testing.contracts.threads import elsewhere
from sst_repo.testing.contracts.units.base import UnitFixtures
from sst_repo.testing.wrappers import CountingTable

USES: dict[str, Callable[[SampleUnitOfWork], object]] = {
    "add": lambda unit: unit.kept.add(Kept(title="x")),
    "add_many": lambda unit: unit.kept.add_many([Kept(title="x")]),
    "get": lambda unit: unit.kept.get("x"),
    "find": lambda unit: unit.kept.find("x"),
    "exists": lambda unit: unit.kept.exists("x"),
    "get_many": lambda unit: unit.kept.get_many(["x"]),
    "get_many of nothing": lambda unit: unit.kept.get_many([]),
    "find an impossible id": lambda unit: unit.kept.find(""),
    "save": lambda unit: unit.kept.save(Kept(resource_id="x", version=1, title="x")),
    "delete": lambda unit: unit.kept.delete(Kept(resource_id="x", version=1, title="x")),
    "versions": lambda unit: unit.kept.versions("x"),
    "get_version": lambda unit: unit.kept.get_version("x", 1),
    "restore": lambda unit: unit.kept.restore("x", 1),
    "purge": lambda unit: unit.kept.purge("x"),
    "scan": lambda unit: unit.kept.scan(),
    "list": lambda unit: unit.kept.list(),
    "iterate": lambda unit: list(unit.kept.iterate()),
    "count": lambda unit: unit.kept.count(),
    "guard": lambda unit: unit.guard(Kept(resource_id="x", version=1, title="x")),
    "commit": lambda unit: unit.commit(),
}
"""Everything one can do with a unit."""


def uses_that_pass(unit: SampleUnitOfWork) -> list[str]:
    """Do everything one can do with a unit, and return what was not refused."""
    passed: list[str] = []
    for name, use in USES.items():
        try:
            use(unit)
        except UnitOfWorkStateError:
            continue
        passed.append(name)
    return passed


class LifecycleContract(UnitFixtures):
    """When a unit can be used."""

    @pytest.fixture
    def ready(self, unit: SampleUnitOfWork, kept: Repository[Kept]) -> SampleUnitOfWork:
        """A unit with something stored, so that every use would work."""
        kept.add(Kept(resource_id="x", title="x"))
        return unit

    def test_before_its_block_a_unit_cant_be_used(self, ready: SampleUnitOfWork, counting: CountingTable) -> None:
        assert uses_that_pass(ready) == []
        assert not counting.calls
        with ready:
            assert ready.kept.get("x").title == "x"

    def test_after_its_block_a_unit_cant_be_used(self, ready: SampleUnitOfWork, counting: CountingTable) -> None:
        with ready:
            pass
        assert uses_that_pass(ready) == []
        assert not counting.calls

    def test_after_its_commit_a_unit_cant_be_used(self, ready: SampleUnitOfWork, counting: CountingTable) -> None:
        with ready:
            ready.commit()
            assert uses_that_pass(ready) == []
        assert uses_that_pass(ready) == []
        assert not counting.calls
        assert ready.is_committed

    def test_after_a_failed_commit_a_unit_cant_be_used(self, ready: SampleUnitOfWork, counting: CountingTable) -> None:
        with ready:
            ready.plain.add(Plain(title="bad", facts={"x": float("nan")}))
            with pytest.raises(UnstorableValueError):
                ready.commit()
            assert uses_that_pass(ready) == []
        assert not counting.calls
        assert not ready.is_committed

    def test_another_thread_cant_use_a_unit(self, ready: SampleUnitOfWork, counting: CountingTable) -> None:
        with ready:
            assert elsewhere(lambda: uses_that_pass(ready)) == []
            assert not counting.calls
            ready.commit()

    def test_another_thread_cant_enter_a_unit(self, ready: SampleUnitOfWork) -> None:
        with pytest.raises(UnitOfWorkStateError, match="thread"):
            elsewhere(ready.__enter__)

    def test_a_unit_cant_be_entered_twice(self, ready: SampleUnitOfWork) -> None:
        with ready:
            with pytest.raises(UnitOfWorkStateError):
                ready.__enter__()
            ready.kept.get("x").title = "changed"
            ready.commit()
        with pytest.raises(UnitOfWorkStateError):
            ready.__enter__()

    def test_a_refused_commit_cant_be_repeated(self, ready: SampleUnitOfWork, kept: Repository[Kept]) -> None:
        with ready:
            ready.kept.get("x").title = "mine"
            theirs = kept.get("x")
            theirs.title = "theirs"
            kept.save(theirs)
            with pytest.raises(ConflictError):
                ready.commit()
            with pytest.raises(UnitOfWorkStateError):
                ready.commit()
        assert kept.get("x") == theirs

    def test_an_iteration_ends_with_its_unit(self, ready: SampleUnitOfWork, kept: Repository[Kept]) -> None:
        for number in range(101):
            kept.add(Kept(title=str(number)))
        with ready:
            samples = ready.kept.iterate()
            next(samples)
        with pytest.raises(UnitOfWorkStateError):
            list(samples)

    @pytest.mark.parametrize("use", ["purge", "scan", "add_many"])
    def test_what_takes_several_calls_cant_be_part_of_a_unit(
        self, ready: SampleUnitOfWork, kept: Repository[Kept], counting: CountingTable, use: str
    ) -> None:
        with ready, pytest.raises(UnitOfWorkStateError, match="can't be part of a unit of work"):
            USES[use](ready)
        assert not counting.calls
        assert kept.exists("x")

    @pytest.mark.usefixtures("ready")
    def test_units_do_not_share_what_they_know(self, counting: CountingTable) -> None:
        with SampleUnitOfWork(counting) as one, SampleUnitOfWork(counting) as two:
            mine, theirs = one.kept.get("x"), two.kept.get("x")
            assert mine == theirs
            assert mine is not theirs
