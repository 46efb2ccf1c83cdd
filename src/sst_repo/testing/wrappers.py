"""Tables around a table: one that counts what is asked of it, one that answers writes by script."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.faults.kinds import Fault
from sst_repo.testing.faults.writes import undergo


class CountingTable(DelegatingTable):
    """Counts the calls that read and write.

    Attributes:
        calls: How often each of `read`, `read_many`, `query`, `scan` and `transact` was called.
        plans: What was given to `transact`, in order.
    """

    def __init__(self, table: Table) -> None:
        """Begin at nothing."""
        super().__init__(table)
        self.calls: Counter[str] = Counter()
        self.plans: list[Plan] = []
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Begin at nothing again."""
        self.calls.clear()
        self.plans.clear()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Count, and pass on."""
        self._count("read")
        return super().read(key, consistent=consistent)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Count, and pass on."""
        self._count("read_many")
        return super().read_many(keys, consistent=consistent)

    def query(self, query: Query) -> Slice:
        """Count, and pass on."""
        self._count("query")
        return super().query(query)

    def scan(self, scan: Scan) -> Slice:
        """Count, and pass on."""
        self._count("scan")
        return super().scan(scan)

    def transact(self, plan: Plan) -> Outcome:
        """Count, and pass on."""
        self._count("transact")
        self.plans.append(plan)
        return super().transact(plan)

    def _count(self, call: str) -> None:
        # Scans call from several threads, and to add one takes several steps.
        with self._lock:
            self.calls[call] += 1


WriteStep: TypeAlias = Callable[[Table, Plan], Outcome]
"""What becomes of one write: called with the table behind and the plan."""


def applied(table: Table, plan: Plan) -> Outcome:
    """Let the plan through."""
    return table.transact(plan)


def meeting(fault: Fault) -> WriteStep:
    """Have the write meet a fault. What is delivered late is lost: there is no later write to overtake it.

    For faults alone, `FaultyTable` does more: it counts them, delivers what is late, and lets reads meet them too.
    """

    def step(table: Table, plan: Plan) -> Outcome:
        return undergo(fault, plan, deliver=table.transact, hold=lambda _: None)

    return step


contended = meeting(Fault.CONFLICT)
"""Answer that the table is busy, and write nothing."""

lost_request = meeting(Fault.DROP_BEFORE)
"""Lose the request: nothing is written, and nobody can tell."""

lost_reply = meeting(Fault.DROP_AFTER)
"""Lose the reply: the plan is decided on, and nobody can tell."""


def resent(table: Table, plan: Plan) -> Outcome:
    """Lose the reply and send the plan again, as the SDK does by itself."""
    table.transact(plan)
    return table.transact(plan)


def preceded_by(action: Callable[[], object]) -> WriteStep:
    """Have something else happen just before the plan is let through."""

    def step(table: Table, plan: Plan) -> Outcome:
        action()
        return table.transact(plan)

    return step


def failing(error: Exception) -> WriteStep:
    """Have the call fail, and write nothing."""

    def step(table: Table, plan: Plan) -> Outcome:  # noqa: ARG001 - nothing reaches the table
        raise error

    return step


class ScriptedTable(CountingTable):
    """Decides what becomes of each write by a script; once it is through, writes pass as usual.

    Args:
        table: The table behind.
        steps: What becomes of the first write, the second, ….
    """

    def __init__(self, table: Table, *steps: WriteStep) -> None:
        """Begin at the first step."""
        super().__init__(table)
        self._steps = list(steps)

    def follow(self, *steps: WriteStep) -> None:
        """Begin another script with the next write."""
        self._steps = list(steps)

    def transact(self, plan: Plan) -> Outcome:
        """Count, and follow the script."""
        if not self._steps:
            return super().transact(plan)
        self._count("transact")
        self.plans.append(plan)
        return self._steps.pop(0)(self.table, plan)
