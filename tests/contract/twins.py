"""A table in memory beside one on DynamoDB Local: every call goes to both, and must consume the same."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import Context
from dataclasses import replace
from typing import ClassVar, TypeAlias, TypeVar

import pytest

from sst_repo import Consumed, DynamoDBTable, InMemoryTable, TableCall
from sst_repo.core.capacity import MAX_READ_BYTES, READ_UNIT_BYTES, read_units
from sst_repo.core.layout import PRIMARY
from sst_repo.core.projections import ProjectionChoices
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record
from sst_repo.observation import heard_by
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.empty_tables import EmptyTables
from tests.contract.tables import WHOLE_ROWS, OnDynamoDBLocal

R = TypeVar("R")

Correction: TypeAlias = Callable[[Consumed, Consumed, int], Consumed]
"""Given what DynamoDB Local says, what the table in memory says, and how many rows were read, returns what DynamoDB
would have said; what nobody knows, as the table in memory has it."""


MEGABYTE_UNITS = MAX_READ_BYTES / READ_UNIT_BYTES / 2


class TwinTable(DelegatingTable):
    """Answers as the table on DynamoDB Local does, once both have consumed the same.

    Threads take turns, so that both meet the same rows.
    """

    def __init__(self, local: DynamoDBTable, memory: InMemoryTable) -> None:
        self.memory = memory
        super().__init__(local)
        self._lock = threading.RLock()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        return self._both(lambda table: table.read(key, consistent=consistent), _as_it_is)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        wanted = list(keys)

        def count_the_missing(local: Consumed, memory: Consumed, found: int) -> Consumed:
            missing = len(wanted) - found
            return local + Consumed(read=missing * read_units(0, consistent=consistent))

        return self._both(lambda table: table.read_many(wanted, consistent=consistent), count_the_missing)

    def query(self, query: Query) -> Slice:
        if query.after is not None and query.index != PRIMARY:
            # Rows at one place of an index have no order that both would share.
            return self.table.query(query)
        if query.filter is not None and self.memory.query(query).consumed >= MEGABYTE_UNITS:
            # Where a filter drops rows, the megabyte after which DynamoDB Local ends is one of what is left.
            return self.table.query(query)
        return self._both(lambda table: table.query(query), _reading_nothing(consistent=query.consistent))

    def scan(self, scan: Scan) -> Slice:
        if scan.segments > 1 or scan.limit is not None or scan.after is not None:
            # The order is each table's own.
            return self.table.scan(scan)
        return self._both(lambda table: table.scan(scan), _reading_nothing(consistent=scan.consistent))

    def transact(self, plan: Plan) -> Outcome:
        # Of transactions it counts one row alone, four times, whatever is done to the others.
        correct = _as_in_memory if self.goes_by_token(plan) else _as_it_is
        return self._both(lambda table: table.transact(plan), correct)

    @property
    def exact_writes(self) -> bool:  # of both
        return self.table.exact_writes

    @exact_writes.setter
    def exact_writes(self, exact: bool) -> None:
        self.table.exact_writes = exact
        self.memory.exact_writes = exact

    def create(self, *, if_not_exists: bool = False) -> None:
        super().create(if_not_exists=if_not_exists)
        self.memory.create(if_not_exists=True)

    def delete(self) -> None:
        self.memory.delete()
        super().delete()

    def _both(self, call: Callable[[Table], R], correct: Correction) -> R:
        # Whoever listens to the twins is to hear one of them.
        unheard = Context().run
        with self._lock:
            try:
                answer, on_local = _watched(lambda: call(self.table))
            except Exception as error:
                with pytest.raises(type(error)):
                    unheard(call, self.memory)
                raise
            _, in_memory = unheard(_watched, lambda: call(self.memory))
            consumed = correct(on_local.consumed, in_memory.consumed, on_local.scanned)
            assert in_memory.consumed == consumed
            assert _alike(in_memory) == _alike(on_local)
            return answer


def _watched(call: Callable[[], R]) -> tuple[R, TableCall]:
    calls: list[TableCall] = []
    with heard_by(calls.append):
        answer = call()
    (seen,) = calls
    return answer, seen


def _as_it_is(local: Consumed, memory: Consumed, scanned: int) -> Consumed:
    return local


def _as_in_memory(local: Consumed, memory: Consumed, scanned: int) -> Consumed:
    return memory


def _reading_nothing(*, consistent: bool) -> Correction:
    """It says that to find nothing costs nothing."""
    least = read_units(0, consistent=consistent)
    return lambda local, _, scanned: local if scanned else replace(local, read=least)


def _alike(call: TableCall) -> tuple[object, ...]:
    return (call.operation, call.types, call.index, call.calls, call.scanned, call.returned, call.outcome)


class OnTwins(OnDynamoDBLocal):
    projections: ClassVar[ProjectionChoices] = WHOLE_ROWS

    @pytest.fixture
    def table(self, dynamodb_tables: EmptyTables) -> Iterator[Table]:
        with dynamodb_tables.one(projections=self.projections) as local:
            yield TwinTable(local, InMemoryTable(projections=self.projections))
