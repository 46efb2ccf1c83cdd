"""Scans side by side: bounded, and gone when they end, however they end."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import pytest

from sst_repo import InMemoryTable, Repository, ScanRun, TableRepository, TableUnavailableError
from sst_repo.core.queries import Scan, Slice
from sst_repo.parallel import MAX_CALLS
from sst_repo.tables.base import Table
from sst_repo.testing import DelegatingTable
from sst_repo.testing.contracts.models import Plain

ROWS = 60
PATIENCE = 30.0


@pytest.fixture(scope="module")
def table() -> InMemoryTable:
    table = InMemoryTable()
    plain: Repository[Plain] = TableRepository(Plain, table)
    for number in range(ROWS):
        plain.add(Plain(resource_id=str(number), title=str(number)))
    return table


@pytest.fixture(autouse=True)
def _leave_no_thread_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


class Watched(DelegatingTable):
    """Reads one row at a time, and notes which thread reads what, and how many do at once."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.threads: set[int] = set()
        self.begun: list[Scan] = []
        self.ended = 0
        self.at_once = 0
        self._reading = 0
        self._lock = threading.Lock()

    def scan(self, scan: Scan) -> Slice:
        with self._lock:
            self.threads.add(threading.get_ident())
            self.begun.append(scan)
            self._reading += 1
            self.at_once = max(self.at_once, self._reading)
        try:
            self.before(scan)
            return super().scan(replace(scan, limit=1))
        finally:
            with self._lock:
                self._reading -= 1
                self.ended += 1

    def before(self, scan: Scan) -> None:
        """Derive to have something happen before a read."""


def plain_on(table: Table) -> Repository[Plain]:
    return TableRepository(Plain, table)


def ids(found: Iterator[Plain]) -> list[str]:
    return sorted(sample.resource_id for sample in found)


EVERYTHING = sorted(map(str, range(ROWS)))


def test_a_single_segment_is_read_in_the_callers_thread_and_not_ahead(table: InMemoryTable) -> None:
    watched = Watched(table)
    run = plain_on(watched).scan(segments=1)
    for number, _ in enumerate(islice(run, 5), start=1):
        assert len(watched.begun) == number
    assert watched.threads == {threading.get_ident()}
    run.close()


def test_segments_are_read_at_once(table: InMemoryTable) -> None:
    class AllTogether(Watched):
        """Lets no read of the first round go on before all four have begun."""

        gate = threading.Barrier(4, timeout=PATIENCE)

        def before(self, scan: Scan) -> None:
            if scan.after is None:
                self.gate.wait()

    watched = AllTogether(table)
    assert ids(plain_on(watched).scan(segments=4)) == EVERYTHING
    assert watched.at_once == 4
    assert threading.get_ident() not in watched.threads


def test_never_more_threads_read_than_there_may_be_readers(table: InMemoryTable) -> None:
    watched = Watched(table)
    assert ids(plain_on(watched).scan(segments=100)) == EVERYTHING
    assert len({scan.segment for scan in watched.begun}) == 100
    assert len(watched.threads) <= MAX_CALLS
    assert watched.at_once <= MAX_CALLS


@pytest.mark.parametrize("segments", [2, 4, 100])
def test_one_read_is_ahead_in_each_segment_that_is_under_way(table: InMemoryTable, segments: int) -> None:
    watched = Watched(table)
    taken: list[int] = []
    run = plain_on(watched).scan(segments=segments, progress=lambda _: taken.append(len(watched.begun)))
    for _ in run:
        # The one whose rows are handed out, and one for each segment that is read at once.
        assert len(watched.begun) <= len(taken) + 1 + min(segments, MAX_CALLS)
    assert len(taken) == len(watched.begun)


def test_the_next_read_of_a_segment_begins_when_its_rows_are_taken(table: InMemoryTable) -> None:
    class Noting(Watched):
        """Says when the second read of a segment has begun."""

        second = threading.Event()

        def before(self, scan: Scan) -> None:
            if scan.after is not None:
                self.second.set()

    watched = Noting(table)
    with plain_on(watched).scan(segments=2) as run:
        next(run)
        assert watched.second.wait(PATIENCE)


def close(run: ScanRun[Plain]) -> None:
    run.close()


def leave_the_block(run: ScanRun[Plain]) -> None:
    with run:
        pass


def fail_in_the_block(run: ScanRun[Plain]) -> None:
    with pytest.raises(ZeroDivisionError), run:
        raise ZeroDivisionError


@pytest.mark.parametrize("stop", [close, leave_the_block, fail_in_the_block])
@pytest.mark.parametrize("segments", [1, 2, 4, 100])
def test_a_scan_that_is_stopped_ends_its_reads_and_its_threads(
    table: InMemoryTable, segments: int, stop: Callable[[ScanRun[Plain]], None]
) -> None:
    watched = Watched(table)
    run = plain_on(watched).scan(segments=segments)
    first = list(islice(run, 3))

    stop(run)

    assert watched.ended == len(watched.begun)
    assert threads_of_scans() == []
    assert list(run) == []
    rest = plain_on(table).scan(segments=segments, cursor=run.cursor)
    assert ids(iter([*first, *rest])) == EVERYTHING
    run.close()


def test_stopping_waits_for_the_reads_that_are_under_way(table: InMemoryTable) -> None:
    class Slow(Watched):
        """Reads no second row of a segment before it is told to."""

        waits = threading.Event()
        go_on = threading.Event()

        def before(self, scan: Scan) -> None:
            if scan.after is not None:
                self.waits.set()
                assert self.go_on.wait(PATIENCE)

    watched = Slow(table)
    run = plain_on(watched).scan(segments=4)
    next(run)
    assert watched.waits.wait(PATIENCE)
    stopping = threading.Thread(target=run.close)
    stopping.start()
    assert len(watched.begun) > watched.ended
    watched.go_on.set()
    stopping.join(PATIENCE)

    assert not stopping.is_alive()
    assert watched.ended == len(watched.begun)
    assert threads_of_scans() == []


def test_a_scan_that_is_dropped_leaves_no_thread_behind(table: InMemoryTable) -> None:
    watched = Watched(table)
    for _ in plain_on(watched).scan(segments=4):
        break

    assert watched.ended == len(watched.begun) > 0
    assert threads_of_scans() == []


class Failing(Watched):
    """Fails at one read, counted from 1."""

    def __init__(self, table: Table, fails: int) -> None:
        super().__init__(table)
        self._fails = fails

    def before(self, scan: Scan) -> None:
        if len(self.begun) == self._fails:
            raise TableUnavailableError("scripted outage")


@pytest.mark.parametrize("segments", [1, 2, 4, 100])
@pytest.mark.parametrize("fails", [1, 5, 20])
def test_an_error_of_a_read_reaches_the_caller_and_the_cursor_is_still_good(
    table: InMemoryTable, segments: int, fails: int
) -> None:
    watched = Failing(table, fails)
    run = plain_on(watched).scan(segments=segments)
    seen: list[Plain] = []
    with pytest.raises(TableUnavailableError, match="scripted outage"):
        seen.extend(run)

    assert watched.ended == len(watched.begun)
    assert threads_of_scans() == []
    assert list(run) == []
    assert run.cursor is not None
    rest = plain_on(table).scan(segments=segments, cursor=run.cursor)
    assert ids(iter([*seen, *rest])) == EVERYTHING


@pytest.mark.parametrize("segments", [1, 4])
def test_an_error_of_the_callers_own_ends_the_scan(table: InMemoryTable, segments: int) -> None:
    def stumble(_: object) -> bool:
        raise ZeroDivisionError

    for run in (
        plain_on(Watched(table)).scan(segments=segments, predicate=stumble),
        plain_on(Watched(table)).scan(segments=segments, progress=stumble),
    ):
        with pytest.raises(ZeroDivisionError):
            list(run)
        assert threads_of_scans() == []
        assert run.cursor is not None
        assert list(run) == []


def test_scans_at_the_same_time_do_not_disturb_each_other(table: InMemoryTable) -> None:
    one, other = plain_on(table).scan(segments=3), plain_on(table).scan(segments=3)
    pairs = list(zip(one, other, strict=True))

    assert ids(mine for mine, _ in pairs) == ids(theirs for _, theirs in pairs) == EVERYTHING


def threads_of_scans() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sst-repo")]
