"""Faults at the port: what each fault on the wire comes to once the adapter has done what it can."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from sst_repo.core import layout
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record
from sst_repo.core.retry import UNPROCESSED
from sst_repo.errors import TableUnavailableError
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.faults.kinds import Answer, Call, Fault, InjectedFaultError
from sst_repo.testing.faults.late import Late
from sst_repo.testing.faults.schedules import FaultSchedule
from sst_repo.testing.faults.writes import error_of, undergo


class FaultyTable(DelegatingTable):
    """A table whose calls meet faults. It needs no network, so it fits unit tests of services.

    A write that meets a fault is one request: the commit above may send it again, and the schedule is asked again. A
    read that meets one has failed for good, as when each attempt of the SDK met it.

    Args:
        table: The table behind.
        schedule: Which call meets which fault.
        overtaken_by: How many later writes a late delivery lets pass: 0 delivers it just before the next one, 1 just
            behind that, ….

    Attributes:
        schedule: Which call meets which fault; can be replaced at any time.
        faults: How often each fault was met.
    """

    def __init__(self, table: Table, schedule: FaultSchedule, *, overtaken_by: int = 1) -> None:
        """Stand in front of a table."""
        super().__init__(table)
        self.faults: Counter[Fault] = Counter()
        self.schedule = schedule
        self._late = Late[Plan](overtaken_by, table.transact)
        self._lock = threading.Lock()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Pass on, unless a fault is met."""
        self._fail("read")
        return super().read(key, consistent=consistent)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Pass on, unless a fault is met. Of a partial batch one key is read a try, as often as the adapter tries."""
        fault = self._next("read_many")
        wanted = list(keys)
        if fault is Fault.PARTIAL_BATCH:
            read, left = wanted[: UNPROCESSED.attempts], wanted[UNPROCESSED.attempts :]
            found = super().read_many(read, consistent=consistent)
            if left:
                raise TableUnavailableError.left_over([layout.row_name(key.pk) for key in left], UNPROCESSED.attempts)
            return found
        _raise(fault)
        return super().read_many(wanted, consistent=consistent)

    def query(self, query: Query) -> Slice:
        """Pass on, unless a fault is met."""
        self._fail("query")
        return super().query(query)

    def scan(self, scan: Scan) -> Slice:
        """Pass on, unless a fault is met."""
        self._fail("scan")
        return super().scan(scan)

    def transact(self, plan: Plan) -> Outcome:
        """Pass on, as often and when the fault says, and answer what it leaves of the answer."""
        fault = self._next("transact")
        with self._late.passing():
            if fault is None:
                return self.table.transact(plan)
            return undergo(fault, plan, deliver=self.table.transact, hold=self._late.hold)

    def deliver_late(self) -> None:
        """Deliver now what is still on its way."""
        self._late.deliver_all()

    def _fail(self, call: Call) -> None:
        _raise(self._next(call))

    def _next(self, call: Call) -> Fault | None:
        fault = self.schedule.next(call)
        if fault is not None:
            with self._lock:
                self.faults[fault] += 1
        return fault


def _raise(fault: Fault | None) -> None:
    """Raise what a read that meets its fault raises."""
    if fault is not None and fault.answer is not Answer.TRUE:
        raise error_of(fault) from InjectedFaultError(fault)
