"""`UnitOfWork.run`: the work again in a fresh unit, as long as there are conflicts."""

import pytest

from sst_repo.core.retry import Backoff
from sst_repo.errors import (
    AlreadyExistsError,
    CommitOutcomeUnknownError,
    ConflictError,
    ContentionError,
    NotFoundError,
    UnitOfWorkStateError,
)
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.threads import together
from sst_repo.testing.contracts.units.base import UnitFixtures, changed, of, told
from sst_repo.testing.wrappers import (
    CountingTable,
    ScriptedTable,
    WriteStep,
    contended,
    lost_reply,
    lost_request,
    resent,
)


class RunningContract(UnitFixtures):
    """What `run` promises."""

    def test_run_commits_the_work_and_returns_its_result(
        self, counting: CountingTable, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        result = SampleUnitOfWork.run(counting, lambda unit: of(unit, model).add(model(title="new")), clock=clock)
        assert result.version == 1
        assert stored.get(result.resource_id) == result
        assert counting.calls["transact"] == 1
        assert clock.sleeps == []

    def test_get_or_create_that_somebody_was_faster_at_gets(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        looks: list[Sample | None] = []

        def get_or_create(unit: SampleUnitOfWork) -> Sample:
            found = of(unit, model).find("x")
            looks.append(found)
            if found is None:
                stored.add(model(resource_id="x", title="theirs"))
                return of(unit, model).add(model(resource_id="x", title="mine"))
            return found

        result = SampleUnitOfWork.run(table, get_or_create, clock=clock)
        assert (len(looks), result.title, result.version) == (2, "theirs", 1)

    @pytest.mark.parametrize("conflicts", [1, 4])
    def test_run_does_the_work_again_with_fresh_objects(
        self,
        table: Table,
        stored: Repository[Sample],
        model: type[Sample],
        clock: ManualClock,
        conflicts: int,
    ) -> None:
        stored.add(model(resource_id="x", title="0"))
        units: list[SampleUnitOfWork] = []
        objects: list[Sample] = []

        def work(unit: SampleUnitOfWork) -> str:
            units.append(unit)
            mine = of(unit, model).get("x")
            objects.append(mine)
            seen = mine.title
            mine.tags.append("mine")
            if len(units) <= conflicts:
                changed(stored, "x", str(len(units)))
            return seen

        assert SampleUnitOfWork.run(table, work, clock=clock) == str(conflicts)
        assert len(set(map(id, units))) == len(set(map(id, objects))) == conflicts + 1
        latest = stored.get("x")
        assert (latest.title, latest.tags, latest.version) == (str(conflicts), ["mine"], conflicts + 2)
        assert len(clock.sleeps) == conflicts

    @pytest.mark.parametrize("attempts", [1, 3])
    def test_run_gives_up_after_so_many_attempts(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock, attempts: int
    ) -> None:
        stored.add(model(resource_id="x", title="0"))
        calls: list[int] = []

        def work(unit: SampleUnitOfWork) -> None:
            calls.append(1)
            of(unit, model).get("x").tags.append("mine")
            changed(stored, "x", str(len(calls)))

        with pytest.raises(ConflictError) as error:
            SampleUnitOfWork.run(table, work, attempts=attempts, clock=clock)
        assert told(error.value) == {(model.__name__, "x", attempts, attempts + 1)}
        assert len(calls) == attempts
        assert len(clock.sleeps) == attempts - 1
        assert stored.get("x").tags == []

    @pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
    def test_run_waits_by_full_jitter(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock, chance: float
    ) -> None:
        stored.add(model(resource_id="x", title="0"))

        def work(unit: SampleUnitOfWork) -> None:
            of(unit, model).get("x").tags.append("mine")
            changed(stored, "x", str(len(clock.sleeps) + 1))

        with pytest.raises(ConflictError):
            SampleUnitOfWork.run(table, work, attempts=9, clock=clock, chance=lambda: chance)
        bounds = [min(Backoff(9).longest, Backoff(9).first * 2**failures) for failures in range(8)]
        assert clock.sleeps == [pytest.approx(chance * bound) for bound in bounds]

    def test_work_may_commit_itself(
        self, counting: CountingTable, stored: Repository[Sample], model: type[Sample]
    ) -> None:
        def work(unit: SampleUnitOfWork) -> Sample:
            sample = of(unit, model).add(model(title="new"))
            unit.commit()
            return sample

        result = SampleUnitOfWork.run(counting, work)
        assert stored.get(result.resource_id) == result
        assert counting.calls["transact"] == 1

    def test_work_that_commits_itself_is_done_again_on_a_conflict(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        stored.add(model(resource_id="x", title="0"))
        calls: list[int] = []

        def work(unit: SampleUnitOfWork) -> None:
            calls.append(1)
            of(unit, model).get("x").tags.append("mine")
            if len(calls) == 1:
                changed(stored, "x", "theirs")
            unit.commit()

        SampleUnitOfWork.run(table, work, clock=clock)
        assert (stored.get("x").title, stored.get("x").tags) == ("theirs", ["mine"])

    def test_what_is_committed_is_not_done_again(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        calls: list[int] = []

        def work(unit: SampleUnitOfWork) -> None:
            calls.append(1)
            of(unit, model).add(model(title="new"))
            unit.commit()
            raise ConflictError([])

        with pytest.raises(ConflictError):
            SampleUnitOfWork.run(table, work, clock=clock)
        assert len(calls) == 1
        assert stored.count() == 1

    def test_a_conflict_inside_the_work_is_one_too(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        stored.add(model(resource_id="x", title="0"))
        stale = stored.get("x")
        changed(stored, "x", "1")
        copies = [stale, stored.get("x")]

        def work(unit: SampleUnitOfWork) -> None:
            of(unit, model).get("x")
            copy = copies.pop(0)
            copy.title = "mine"
            of(unit, model).save(copy)

        SampleUnitOfWork.run(table, work, clock=clock)
        assert stored.get("x").title == "mine"

    @pytest.mark.parametrize("error", [ZeroDivisionError(), NotFoundError("Plain", "x"), KeyError("x")])
    def test_other_errors_of_the_work_are_raised_at_once(
        self, counting: CountingTable, clock: ManualClock, error: Exception
    ) -> None:
        calls: list[int] = []

        def work(unit: SampleUnitOfWork) -> None:
            calls.append(1)
            unit.plain.add(Plain(title="not committed"))
            raise error

        with pytest.raises(type(error)) as raised:
            SampleUnitOfWork.run(counting, work, clock=clock)
        assert raised.value is error
        assert len(calls) == 1
        assert not counting.calls
        assert clock.sleeps == []

    def test_other_errors_of_the_commit_are_raised_at_once(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        stored.add(model(resource_id="taken", title="first"))
        calls: list[int] = []

        def work(unit: SampleUnitOfWork) -> None:
            calls.append(1)
            of(unit, model).add(model(resource_id="taken", title="second"))

        with pytest.raises(AlreadyExistsError):
            SampleUnitOfWork.run(table, work, clock=clock)
        assert len(calls) == 1

    @pytest.mark.parametrize("loss", [lost_reply, lost_request])
    def test_the_work_is_not_done_again_after_an_unknown_outcome(
        self,
        table: Table,
        stored: Repository[Sample],
        model: type[Sample],
        clock: ManualClock,
        loss: WriteStep,
    ) -> None:
        scripted = ScriptedTable(table, *[loss] * 50)
        calls: list[int] = []

        def work(unit: SampleUnitOfWork) -> None:
            calls.append(1)
            of(unit, model).add(model(resource_id="x", title="new"))

        with pytest.raises(CommitOutcomeUnknownError) as unknown:
            SampleUnitOfWork.run(scripted, work, clock=clock)
        assert unknown.value.__cause__ is not None
        assert len(calls) == 1
        assert all(plan is scripted.plans[0] for plan in scripted.plans)
        assert sum(clock.sleeps) < 10
        assert stored.exists("x") == (loss is lost_reply)

    def test_a_busy_table_is_tried_again_with_the_same_plan(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        stored.add(model(resource_id="x", title="first"))
        scripted = ScriptedTable(table, contended, contended, contended)
        with SampleUnitOfWork(scripted, clock=clock) as unit:
            mine = of(unit, model).get("x")
            mine.title = "mine"
            unit.commit()
        assert len(scripted.plans) == 4
        assert all(plan is scripted.plans[0] for plan in scripted.plans)
        assert len(clock.sleeps) == 3
        assert stored.get("x") == mine

    def test_a_table_that_stays_busy_is_contention_and_nothing_changes(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        sample = stored.add(model(resource_id="x", title="first"))
        scripted = ScriptedTable(table, *[contended] * 50)
        with SampleUnitOfWork(scripted, clock=clock) as unit:
            mine = of(unit, model).get("x")
            mine.title = "mine"
            with pytest.raises(ContentionError) as busy:
                unit.commit()
            with pytest.raises(UnitOfWorkStateError):
                unit.commit()
        assert busy.value.__cause__ is not None
        assert mine.version == 1
        assert stored.get("x") == sample
        assert 1 < len(scripted.plans) < 20
        assert len(clock.sleeps) == len(scripted.plans) - 1
        assert sum(clock.sleeps) < 10

    def test_run_does_the_work_again_after_contention(
        self, table: Table, stored: Repository[Sample], model: type[Sample], clock: ManualClock
    ) -> None:
        tries = 0
        scripted = ScriptedTable(table, *[contended] * 6)

        def work(unit: SampleUnitOfWork) -> Sample:
            nonlocal tries
            tries += 1
            return of(unit, model).add(model(title="new"))

        result = SampleUnitOfWork.run(scripted, work, clock=clock)
        assert tries == 2
        assert stored.get(result.resource_id) == result

    @pytest.mark.parametrize("also", [False, True], ids=["one row", "several rows"])
    def test_a_lost_reply_is_recognised_when_the_plan_is_sent_again(
        self,
        table: Table,
        stored: Repository[Sample],
        model: type[Sample],
        clock: ManualClock,
        also: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        stored.add(model(resource_id="x", title="first"))
        with SampleUnitOfWork(ScriptedTable(table, resent), clock=clock) as unit:
            mine = of(unit, model).get("x")
            mine.title = "mine"
            if also:
                of(unit, model).add(model(resource_id="y", title="new"))
            unit.commit()
        assert mine.version == 2
        assert stored.get("x") == mine
        with SampleUnitOfWork(ScriptedTable(table, resent), clock=clock) as unit:
            new = of(unit, model).add(model(title="new"))
            unit.commit()
        assert new.version == 1
        assert stored.get(new.resource_id) == new

    @requires("threads")
    def test_no_update_of_eight_running_threads_is_lost(
        self, table: Table, kept: Repository[Kept], plain: Repository[Plain]
    ) -> None:
        plain.add(Plain(resource_id="x", title="plain"))
        kept.add(Kept(resource_id="x", title="kept"))

        def count(number: int) -> None:
            def work(unit: SampleUnitOfWork) -> None:
                unit.plain.get("x").tags.append(str(number))
                unit.kept.get("x").tags.append(str(number))

            for _ in range(3):
                SampleUnitOfWork.run(table, work, attempts=1000, chance=lambda: 0.0)

        assert together(count, 8) == [None] * 8
        assert plain.get("x").tags == kept.get("x").tags
        assert sorted(plain.get("x").tags) == sorted(str(number) for number in range(8) for _ in range(3))
        assert len(kept.versions("x")) == 25
