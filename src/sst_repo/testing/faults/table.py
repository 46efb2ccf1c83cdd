"""Faults at the port: what each fault on the wire comes to once the adapter has done what it can."""

import threading
from collections import Counter
from collections.abc import Iterable

from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Contended, Key, Outcome, Plan, Record, Unknown
from sst_repo.errors import AccessDeniedError, TableUnavailableError
from sst_repo.tables.base import Table
from sst_repo.testing.faults.kinds import Answer, Call, Delivery, Fault, InjectedFaultError
from sst_repo.testing.faults.late import Late
from sst_repo.testing.faults.schedules import FaultSchedule
from sst_repo.testing.wrappers import DelegatingTable


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

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Record]:
        """Pass on, unless a fault is met."""
        self._fail("read_many")
        return super().read_many(keys, consistent=consistent)

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
            return self.table.transact(plan) if fault is None else self._befall(fault, plan)

    def deliver_late(self) -> None:
        """Deliver now what is still on its way."""
        self._late.deliver_all()

    def _befall(self, fault: Fault, plan: Plan) -> Outcome:
        cause = InjectedFaultError(fault)
        outcome: Outcome = Unknown(cause)
        match fault.delivery:
            case Delivery.NEVER:
                pass
            case Delivery.ONCE:
                outcome = self.table.transact(plan)
            case Delivery.TWICE:
                outcome = self.table.transact(plan)
                self.table.transact(plan)
            case Delivery.LATE:
                self._late.hold(plan)
        match fault.answer:
            case Answer.TRUE:
                return outcome
            case Answer.LOST:
                return Unknown(cause)
            case Answer.BUSY:
                return Contended(cause)
            case Answer.DENIED:
                raise _error(fault) from cause

    def _fail(self, call: Call) -> None:
        """Raise what a read that meets its fault raises."""
        fault = self._next(call)
        if fault is not None and fault.answer is not Answer.TRUE:
            raise _error(fault) from InjectedFaultError(fault)

    def _next(self, call: Call) -> Fault | None:
        fault = self.schedule.next(call)
        if fault is not None:
            with self._lock:
                self.faults[fault] += 1
        return fault


def _error(fault: Fault) -> AccessDeniedError | TableUnavailableError:
    if fault.answer is Answer.DENIED:
        return AccessDeniedError(f"the credentials do not allow it: injected fault: {fault}")
    return TableUnavailableError(f"the server gave no answer that could be used: injected fault: {fault}")
