"""A check alarms nobody because of those who write meanwhile, and loses nothing of what they write."""

from collections.abc import Callable, Iterable, Mapping

from sst_repo.checking import check
from sst_repo.checks import FindingKind
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.contracts.checks.base import ADA, BOB, TYPES, Account, CheckFixtures, corruptions

CORRUPTIONS = corruptions()


class Busy(DelegatingTable):
    """Others write behind every read, as long as they have something to do; or before every write."""

    def __init__(self, table: Table, work: Iterable[Callable[[], object]], *, before_writes: bool = False) -> None:
        """Give them work."""
        super().__init__(table)
        self._work = iter(work)
        self._before_writes = before_writes
        self.written = 0

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Read, then let them write."""
        found = super().read(key, consistent=consistent)
        self._write(reading=True)
        return found

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Read, then let them write."""
        found = super().read_many(keys, consistent=consistent)
        self._write(reading=True)
        return found

    def query(self, query: Query) -> Slice:
        """Read, then let them write."""
        found = super().query(query)
        self._write(reading=True)
        return found

    def scan(self, scan: Scan) -> Slice:
        """Read, then let them write."""
        found = super().scan(scan)
        self._write(reading=True)
        return found

    def transact(self, plan: Plan) -> Outcome:
        """Let them write, then write."""
        self._write(reading=False)
        return super().transact(plan)

    def _write(self, *, reading: bool) -> None:
        if reading != self._before_writes and (step := next(self._work, None)) is not None:
            step()
            self.written += 1


def ordinary_work(accounts: TableRepository[Account]) -> list[Callable[[], object]]:
    """Return writes that change versions, unique values and indexes, and swap the emails of "a" and "b"."""

    def change(resource_id: str, **changes: str | None) -> Callable[[], object]:
        return lambda: accounts.save(accounts.get(resource_id).model_copy(update=changes))

    return [
        change("a", email=None),
        change("b", email=ADA),
        change("a", email=BOB),
        lambda: accounts.delete(accounts.get("b")),
        lambda: accounts.restore("b", 1) if accounts.find_by("email", BOB) is None else accounts.purge("b"),
        lambda: accounts.add(Account(resource_id="b", email=ADA)),
        change("a", note="late"),
        lambda: accounts.purge("gone"),
        lambda: accounts.add(Account(resource_id="gone", email="gone@example.org")),
    ]


class CheckRacingContract(CheckFixtures):
    """Others write meanwhile."""

    def test_those_who_write_during_the_walk_cause_no_false_alarm(self, sound: Table) -> None:
        accounts: TableRepository[Account] = TableRepository(Account, sound)
        work = ordinary_work(accounts)
        busy = Busy(sound, work)
        report = check(busy, *TYPES, segments=1)
        assert report.findings == ()
        while busy.written < len(work):
            assert check(busy, *TYPES, segments=1).findings == ()
        assert check(sound, *TYPES).ok

    def test_a_repair_during_writes_loses_none_of_them(self, sound: Table) -> None:
        accounts: TableRepository[Account] = TableRepository(Account, sound)
        CORRUPTIONS["an index attribute is stale"].spoil(sound)
        CORRUPTIONS["not listed"].spoil(sound)

        def write() -> None:
            accounts.save(accounts.get("a").model_copy(update={"note": "written meanwhile"}))

        check(Busy(sound, [write], before_writes=True), *TYPES, repair=True, segments=1)
        assert accounts.get("a").note == "written meanwhile"
        assert check(sound, *TYPES, repair=True).ok
        assert accounts.get("a").note == "written meanwhile"

    def test_what_is_written_without_a_pause_is_told_as_unsettled(self, sound: Table) -> None:
        accounts: TableRepository[Account] = TableRepository(Account, sound)
        CORRUPTIONS["a version is missing"].spoil(sound)

        def write() -> None:
            accounts.save(accounts.get("a").model_copy(update={"note": str(accounts.get("a").version)}))

        report = check(Busy(sound, [write] * 100), *TYPES, segments=1)
        assert (report.unsettled, report.findings, report.ok) == (1, (), False)
        assert check(sound, *TYPES).counts == {FindingKind.HISTORY_MISSING: 1}
