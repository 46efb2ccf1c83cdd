"""Tables that tell of their calls. When nobody listens, that costs a look."""

import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from types import TracebackType
from typing import Self

from sst_repo.consumption import Consumed
from sst_repo.core import layout
from sst_repo.core.layout import type_in
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Applied, Contended, Delete, Key, Outcome, Plan, Record, Refused
from sst_repo.observation import CallOutcome, Observer, TableCall, listeners, tell
from sst_repo.tables.base import Table

_adding = Lock()
"""One for all watches: it is held for as long as it takes to add four numbers."""


def _nothing() -> Consumed:
    return Consumed()


class Watch:
    """What is told of a call that is under way; a context manager that tells when it ends.

    Attributes: as of `TableCall`. The table sets what it knows; `price` works out what the call consumed.
    """

    __slots__ = (
        "_began", "_observers", "calls", "index", "operation", "outcome", "price", "received", "retries", "returned",
        "scanned", "sent", "table", "types",
    )  # fmt: skip

    def __init__(self, table: str, operation: str, observers: tuple[Observer, ...]) -> None:
        """Begin."""
        self.table = table
        self.operation = operation
        self.types: tuple[str, ...] = ()
        self.index: str | None = None
        self.calls = self.retries = self.sent = self.received = self.scanned = self.returned = 0
        self.outcome: CallOutcome = "ok"
        self.price: Callable[[], Consumed] = _nothing
        self._observers = observers
        self._began = time.perf_counter()

    def add(self, sent: int, received: int, retries: int) -> None:
        """Add a request; several threads may do so.

        Args:
            sent: Its bytes.
            received: The bytes of its answer; 0 if none came.
            retries: How often it was sent again.
        """
        with _adding:
            self.calls += 1
            self.sent += sent
            self.received += received
            self.retries += retries

    def __enter__(self) -> Self:
        """Return the watch."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Tell."""
        call = TableCall(
            self.operation, self.table, self.types, self.index, self.calls, self.retries, self.sent, self.received,
            self.scanned, self.returned, time.perf_counter() - self._began,
            self.outcome if error is None else "failed", None if kind is None else kind.__name__, self.price,
        )  # fmt: skip
        tell(self._observers, call)


class ObservedTable(Table):
    """A table that tells observers of its calls.

    An adapter that derives from it implements `_read` and the like in place of `read`. They are given a `Watch` to say
    on what a call took, or None where nobody listens.

    Attributes:
        name: What observers know the table by.
        observers: Who is told of all its calls.
    """

    name: str
    observers: tuple[Observer, ...] = ()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Return the row; None if there is none."""
        watch = self._watch("GetItem")
        if watch is None:
            return self._read(key, None, consistent=consistent)
        with watch:
            watch.types = (type_in(key.pk),)
            return self._read(key, watch, consistent=consistent)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Return the rows that exist, by key."""
        watch = self._watch("BatchGetItem")
        if watch is None:
            return self._read_many(keys, None, consistent=consistent)
        with watch:
            wanted = list(keys)
            watch.types = _types(wanted)
            return self._read_many(wanted, watch, consistent=consistent)

    def query(self, query: Query) -> Slice:
        """Return rows of one partition in order, up to 1 MB of them."""
        watch = self._watch("Query")
        if watch is None:
            return self._query(query, None)
        with watch:
            watch.index = query.index.name
            watch.types = tuple(filter(None, [layout.type_in_partition(query.index, query.partition)]))
            return _read_by(watch, self._query(query, watch))

    def scan(self, scan: Scan) -> Slice:
        """Return rows of one segment, up to 1 MB of them."""
        watch = self._watch("Scan")
        if watch is None:
            return self._scan(scan, None)
        with watch:
            return _read_by(watch, self._scan(scan, watch))

    def transact(self, plan: Plan) -> Outcome:
        """Apply a plan, all or nothing, with at most one write call."""
        watch = self._watch("TransactWriteItems")
        if watch is None:
            return self._transact(plan, None)
        with watch:
            if not self.goes_by_token(plan):
                watch.operation = "DeleteItem" if isinstance(plan.ops[0], Delete) else "PutItem"
            watch.types = _types(op.key for op in plan.ops)
            outcome = self._transact(plan, watch)
            watch.outcome = _named(outcome)
            return outcome

    @abstractmethod
    def _read(self, key: Key, watch: Watch | None, *, consistent: bool) -> Record | None: ...

    @abstractmethod
    def _read_many(self, keys: Iterable[Key], watch: Watch | None, *, consistent: bool) -> Mapping[Key, Record]: ...

    @abstractmethod
    def _query(self, query: Query, watch: Watch | None) -> Slice: ...

    @abstractmethod
    def _scan(self, scan: Scan, watch: Watch | None) -> Slice: ...

    @abstractmethod
    def _transact(self, plan: Plan, watch: Watch | None) -> Outcome: ...

    def _watch(self, operation: str) -> Watch | None:
        observers = listeners(self.observers)
        return Watch(self.name, operation, observers) if observers else None


def observers_of(given: Observer | Sequence[Observer] | None) -> tuple[Observer, ...]:
    """Return one observer, several or none as a tuple."""
    if given is None:
        return ()
    return (given,) if callable(given) else tuple(given)


def _read_by(watch: Watch, found: Slice) -> Slice:
    watch.scanned, watch.returned = found.scanned, found.count
    watch.price = lambda: Consumed(1, read=found.consumed)
    return found


def _types(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(type_in(key.pk) for key in keys))


def _named(outcome: Outcome) -> CallOutcome:
    match outcome:
        case Applied():
            return "ok"
        case Refused():
            return "refused"
        case Contended():
            return "contended"
        case _:
            return "unknown"
