"""`scan`: everything once, resumable anywhere."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import pytest

from sst_repo.conditions import Condition, F
from sst_repo.core.queries import Scan, Slice
from sst_repo.errors import CorruptRecordError, InvalidCursorError, InvalidQueryError, UnitOfWorkStateError
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.scans import ScanProgress, ScanRun
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.contracts.base import requires
from sst_repo.testing.contracts.models import Kept, Plain, Sample, SampleUnitOfWork
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.contracts.repositories.listing import MANGLINGS
from sst_repo.testing.contracts.stored import STRANGE_IDS, spoil, stored_row
from sst_repo.testing.wrappers import CountingTable

MAX_RUNS = 100
"""More than any test here needs: a table that does not get on fails rather than running for ever."""

each_number_of_segments = pytest.mark.parametrize("segments", [1, 4, 7])


class SmallReads(DelegatingTable):
    """Reads few rows a call, so that few rows make many reads."""

    def scan(self, scan: Scan) -> Slice:
        """Read two rows."""
        return super().scan(replace(scan, limit=2))


def fill(repository: Repository[Sample], model: type[Sample], number: int) -> list[Sample]:
    """Store resources with some history, among them some that are deleted; return the others."""
    samples = [repository.add(model(resource_id=f"s{n}", title=str(n))) for n in range(number)]
    for sample in samples[::2]:
        sample.tags.append("updated")
        repository.save(sample)
    for n in range(5):
        repository.delete(repository.add(model(resource_id=f"gone{n}", title="deleted")))
    return samples


def in_parts(repository: Repository[Sample], segments: int, every: int) -> Iterator[list[Sample]]:
    """Scan in runs of so many resources, each of which goes on where the one before had got."""
    cursor: str | None = None
    for _ in range(MAX_RUNS):
        with repository.scan(segments=segments, cursor=cursor) as run:
            yield list(islice(run, every))
            cursor = run.cursor
        if cursor is None:
            return
    pytest.fail("the runs do not get on")


class ScanningContract(RepositoryFixtures):
    """What scans promise."""

    @pytest.fixture
    def small(self, table: Table, model: type[Sample]) -> Repository[Sample]:
        """The repository under test, of which each read is small."""
        return TableRepository(model, SmallReads(table))

    # -- what a scan finds

    @each_number_of_segments
    def test_each_resource_is_found_once_and_nothing_else_is(
        self,
        table: Table,
        repository: Repository[Sample],
        small: Repository[Sample],
        model: type[Sample],
        segments: int,
    ) -> None:
        stored = fill(repository, model, 25)
        other: Repository[Sample] = TableRepository(Kept if model is Plain else Plain, table)
        other.add((Kept if model is Plain else Plain)(resource_id="s1", title="of another type"))
        for scanned in (repository, small):
            found = list(scanned.scan(segments=segments))
            assert sorted(found, key=lambda sample: sample.resource_id) == sorted(
                stored, key=lambda sample: sample.resource_id
            )

    def test_nothing_is_found_where_nothing_is(self, repository: Repository[Sample]) -> None:
        run = repository.scan()
        assert list(run) == []
        assert (run.cursor, run.skipped, run.scanned) == (None, (), 0)

    def test_any_id_is_found(self, repository: Repository[Sample], model: type[Sample]) -> None:
        for resource_id in STRANGE_IDS:
            repository.add(model(resource_id=resource_id, title=resource_id))
        assert sorted(titles(list(repository.scan()))) == sorted(STRANGE_IDS)
        parts = [part for part in in_parts(repository, 4, 1) if part]
        assert sorted(titles([sample for part in parts for sample in part])) == sorted(STRANGE_IDS)

    @requires("threads")
    def test_what_is_found_can_be_saved_and_deleted(self, repository: Repository[Sample], model: type[Sample]) -> None:
        fill(repository, model, 10)
        for sample in repository.scan():
            if int(sample.title) % 2:
                repository.delete(sample)
            else:
                sample.body = "changed"
                repository.save(sample)
        assert sorted((sample.title, sample.body) for sample in repository.scan(consistent=True)) == [
            (str(n), "changed") for n in range(0, 10, 2)
        ]

    def test_more_than_a_megabyte_is_found(self, plain: Repository[Plain]) -> None:
        for number in range(25):
            plain.add(Plain(title=str(number), body="x" * 90_000))
        for segments in (1, 2):
            assert sorted(titles(list(plain.scan(segments=segments)))) == sorted(map(str, range(25)))

    # -- filters

    @each_number_of_segments
    def test_where_and_predicate_both_hold(
        self, small: Repository[Sample], repository: Repository[Sample], model: type[Sample], segments: int
    ) -> None:
        fill(repository, model, 20)
        where, in_the_middle = F.tags.contains("updated"), _in_the_middle

        def found(condition: Condition | None, predicate: Callable[[Sample], bool] | None) -> list[int]:
            run = small.scan(segments=segments, where=condition, predicate=predicate)
            return sorted(int(sample.title) for sample in run)

        assert found(where, None) == [*range(0, 20, 2)]
        assert found(None, in_the_middle) == [*range(5, 15)]
        assert found(where, in_the_middle) == [6, 8, 10, 12, 14]
        assert found(~where, in_the_middle) == [5, 7, 9, 11, 13]

    def test_a_condition_that_does_not_fit_is_refused_before_any_call(self, table: Table, model: type[Sample]) -> None:
        counting = CountingTable(table)
        repository: Repository[Sample] = TableRepository(model, counting)
        for where in (F.nothing == 1, F.title == 1, F.title.is_in(map(str, range(3000)))):
            with pytest.raises(InvalidQueryError):
                repository.scan(where=where)
        assert not counting.calls

    # -- going on

    @each_number_of_segments
    @pytest.mark.parametrize("every", [1, 3])
    def test_runs_that_go_on_find_each_resource_once(
        self,
        small: Repository[Sample],
        repository: Repository[Sample],
        model: type[Sample],
        segments: int,
        every: int,
    ) -> None:
        stored = fill(repository, model, 12)
        for scanned in (repository, small):
            parts = list(in_parts(scanned, segments, every))
            assert sorted(titles([sample for part in parts for sample in part])) == sorted(titles(stored))
            assert all(len(part) == every for part in parts[:-1])

    @each_number_of_segments
    def test_what_is_written_between_runs_disturbs_nothing_else(
        self, small: Repository[Sample], repository: Repository[Sample], model: type[Sample], segments: int
    ) -> None:
        expected = {sample.resource_id for sample in fill(repository, model, 24)}
        seen: list[str] = []
        cursor: str | None = None
        for number in range(MAX_RUNS):
            with small.scan(segments=segments, cursor=cursor) as run:
                seen += [sample.resource_id for sample in islice(run, 4)]
                cursor = run.cursor
            if cursor is None:
                break
            # What the cursor stands on, and something that may be ahead.
            repository.delete(repository.get(seen[-1]))
            for sample in repository.get_many(sorted(expected - set(seen))[:2]).values():
                sample.tags.append(str(number))
                repository.save(sample)
            for changed in repository.get_many(seen[-3:-1]).values():
                changed.tags.append(str(number))
                repository.save(changed)
            for gone in sorted(expected - set(seen))[2:3]:
                repository.delete(repository.get(gone))
                expected.discard(gone)
        assert sorted(seen) == sorted(expected)

    @requires("threads")
    def test_what_is_written_during_a_run_disturbs_nothing_else(
        self, small: Repository[Sample], repository: Repository[Sample], model: type[Sample]
    ) -> None:
        stored = fill(repository, model, 20)
        seen: list[str] = []
        for sample in small.scan():
            seen.append(sample.resource_id)
            for other in repository.get_many([stored[len(seen) % 20].resource_id, sample.resource_id]).values():
                other.tags.append("written")
                repository.save(other)
        assert sorted(seen) == sorted(sample.resource_id for sample in stored)

    def test_a_run_goes_on_where_it_was_when_its_predicate_failed(
        self, small: Repository[Sample], repository: Repository[Sample], model: type[Sample]
    ) -> None:
        stored = fill(repository, model, 8)
        failures = iter([False, False, False, True])

        def predicate(_: Sample) -> bool:
            if next(failures, False):
                raise ZeroDivisionError
            return True

        run = small.scan(predicate=predicate)
        before = list(islice(run, 3))
        with pytest.raises(ZeroDivisionError):
            next(run)
        rest = list(small.scan(predicate=predicate, cursor=run.cursor))
        assert sorted(titles([*before, *rest])) == sorted(titles(stored))

    def test_the_cursor_is_there_from_the_beginning_until_all_is_through(
        self, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        stored = fill(repository, model, 3)
        run = repository.scan()
        assert run.cursor is not None
        assert len(list(repository.scan(cursor=run.cursor))) == len(stored)
        list(run)
        assert run.cursor is None

    def test_a_cursor_is_good_for_another_repository_of_the_type(
        self, repository: Repository[Sample], somebody: Repository[Sample], model: type[Sample]
    ) -> None:
        stored = fill(repository, model, 6)
        with repository.scan() as run:
            first = list(islice(run, 2))
            cursor = run.cursor
        rest = [list(somebody.scan(cursor=cursor)), list(somebody.scan(cursor=cursor, consistent=True))]
        for found in rest:
            assert sorted(titles([*first, *found])) == sorted(titles(stored))

    def test_a_mangled_cursor_is_refused_before_any_call(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        fill(repository, model, 3)
        cursor = _cursor(repository.scan())
        counting = CountingTable(table)
        watched: Repository[Sample] = TableRepository(model, counting)
        for mangle in MANGLINGS.values():
            with pytest.raises(InvalidCursorError):
                watched.scan(cursor=mangle(cursor))
        assert not counting.calls

    def test_a_cursor_is_bound_to_what_it_was_made_for(
        self, plain: Repository[Plain], kept: Repository[Kept], table: Table
    ) -> None:
        for number in range(5, 8):
            plain.add(Plain(title=str(number)))
        where = F.title != ""
        cursor = _cursor(plain.scan(where=where, predicate=_in_the_middle, segments=2))
        counting = CountingTable(table)
        watched: Repository[Plain] = TableRepository(Plain, counting)
        others: list[Callable[[], object]] = [
            lambda: watched.scan(where=where, predicate=_in_the_middle, segments=3, cursor=cursor),
            lambda: watched.scan(where=where, segments=2, cursor=cursor),
            lambda: watched.scan(predicate=_in_the_middle, segments=2, cursor=cursor),
            lambda: watched.scan(where=where, predicate=lambda _: True, segments=2, cursor=cursor),
            lambda: kept.scan(where=where, predicate=_in_the_middle, segments=2, cursor=cursor),
            lambda: watched.list(where=where, predicate=_in_the_middle, cursor=cursor),
            lambda: watched.scan(cursor=plain.list(limit=1).cursor),
        ]
        for other in others:
            with pytest.raises(InvalidCursorError):
                other()
        assert not counting.calls

    # -- what it says

    @each_number_of_segments
    def test_progress_is_told_after_each_read_in_the_callers_thread(
        self, table: Table, repository: Repository[Sample], model: type[Sample], segments: int
    ) -> None:
        stored = fill(repository, model, 9)
        told: list[tuple[ScanProgress, int]] = []
        counting = CountingTable(SmallReads(table))
        watched: Repository[Sample] = TableRepository(model, counting)
        run = watched.scan(segments=segments, progress=lambda now: told.append((now, threading.get_ident())))
        found: list[Sample] = []
        for sample in run:
            assert all(now.matched <= len(found) for now, _ in told)
            found.append(sample)

        progress = [now for now, _ in told]
        assert {thread for _, thread in told} == {threading.get_ident()}
        assert len(progress) == counting.calls["scan"]
        assert all(now.segments == segments for now in progress)
        for values in ("finished", "scanned", "matched", "consumed"):
            seen = [getattr(now, values) for now in progress]
            assert seen == sorted(seen)
        last = progress[-1]
        assert (last.finished, last.matched) == (segments, len(stored))
        assert (last.scanned, last.consumed) == (run.scanned, run.consumed)
        assert run.scanned >= len(stored)
        assert run.consumed > 0

    def test_all_rows_of_the_table_are_counted_as_read(self, kept: Repository[Kept], plain: Repository[Plain]) -> None:
        for number in range(3):
            sample = kept.add(Kept(title=str(number)))
            sample.title = "changed"
            kept.save(sample)
            plain.delete(plain.add(Plain(title="gone")))
            plain.add(Plain(title="there"))
        run = kept.scan()
        assert len(list(run)) == 3
        assert run.scanned == 9

    @each_number_of_segments
    def test_corrupt_rows_are_raised_for_after_all_others(
        self,
        table: Table,
        small: Repository[Sample],
        repository: Repository[Sample],
        model: type[Sample],
        segments: int,
    ) -> None:
        fill(repository, model, 8)
        for bad in ("s1", "s2", "s5"):
            spoil(table, stored_row(table, model, bad), "title", None)
        run = small.scan(segments=segments)
        seen: list[Sample] = []
        with pytest.raises(CorruptRecordError) as corrupt:
            seen.extend(run)
        assert sorted(titles(seen)) == ["0", "3", "4", "6", "7"]
        assert sorted(error.id for error in run.skipped) == ["s1", "s2", "s5"]
        assert corrupt.value is run.skipped[0]
        assert run.cursor is None
        assert list(run) == []

    # -- what it calls

    def test_nothing_is_read_before_the_first_resource_is_asked_for(self, table: Table, model: type[Sample]) -> None:
        counting = CountingTable(table)
        repository: Repository[Sample] = TableRepository(model, counting)
        run = repository.scan()
        run.close()
        assert not counting.calls
        assert list(run) == []
        assert not counting.calls

    @pytest.mark.parametrize("segments", [0, -1, 1_000_001])
    def test_a_number_of_segments_out_of_bounds_is_an_invalid_query_before_any_call(
        self, table: Table, model: type[Sample], segments: int
    ) -> None:
        counting = CountingTable(table)
        repository: Repository[Sample] = TableRepository(model, counting)
        with pytest.raises(InvalidQueryError, match="segments"):
            repository.scan(segments=segments)
        assert not counting.calls

    def test_nothing_but_scan_scans(self, table: Table, repository: Repository[Sample], model: type[Sample]) -> None:
        fill(repository, model, 3)
        counting = CountingTable(table)
        watched: Repository[Sample] = TableRepository(model, counting)
        list(watched.iterate(where=F.title != "", predicate=_in_the_middle))
        watched.count()
        watched.count(where=F.title != "", predicate=_in_the_middle)
        watched.list()
        assert counting.calls["query"]
        assert not counting.calls["scan"]
        list(watched.scan())
        assert counting.calls["scan"]

    def test_a_unit_of_work_refuses_to_scan(self, table: Table) -> None:
        counting = CountingTable(table)
        with SampleUnitOfWork(counting) as unit, pytest.raises(UnitOfWorkStateError, match="scan of Kept"):
            unit.kept.scan(segments=2)
        assert not counting.calls


def _in_the_middle(sample: Sample) -> bool:
    return 5 <= int(sample.title) < 15


def _cursor(run: ScanRun[Sample]) -> str:
    """Return the cursor behind the first resource."""
    next(run)
    run.close()
    assert run.cursor is not None
    return run.cursor
