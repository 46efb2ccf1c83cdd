"""A table in the memory of the process: a real one, with DynamoDB's order, isolation and atomic transactions."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import ceil
from typing import TypeAlias
from zlib import crc32

from sst_repo.consumption import Consumed
from sst_repo.core import cursors, layout
from sst_repo.core.capacity import KEYS_A_BATCH, MAX_BATCH_BYTES, Reach, batch_calls, price_of_rows, reach, read_units
from sst_repo.core.layout import PRIMARY, IndexKeys, index_entry
from sst_repo.core.limits import key_misfit
from sst_repo.core.prices import price_of_applied, price_of_known, price_of_refused
from sst_repo.core.projections import ProjectionChoices, projections_of
from sst_repo.core.queries import Position, Query, Scan, Slice
from sst_repo.core.records import (
    Applied,
    Delete,
    Guard,
    Key,
    Op,
    Outcome,
    Plan,
    Put,
    Reason,
    Record,
    Refused,
    RowsByKey,
    holds,
)
from sst_repo.errors import InvalidCursorError, TableError, TableNotFoundError
from sst_repo.observation import Observer
from sst_repo.tables.memory.rows import MARKS, Index, Place, StoredRow, body_of, passing, records_of
from sst_repo.tables.observed import ObservedTable, Watch, observers_of

_HASHES = 2**32

_Outline: TypeAlias = tuple[tuple[type[Op], Key, Guard], ...]
"""What tells plans apart, without what they store."""

_TOKEN_SECONDS = 600.0
"""So long DynamoDB remembers the token of an applied transaction."""


class InMemoryTable(ObservedTable):
    """A table that lives as long as the object does; safe to use from several threads.

    Rows are kept as the JSON that would be sent, so that nothing stored is shared with what was handed in or out, and a
    test on it runs through the same codec. It exists from the start,
    so that tests need no `create()`; after `delete()` it fails like a missing table until it is created again.

    Args:
        gsis: How many general indexes it has, or the numbers of those it has.
        cursor_secret: As for `DynamoDBTable`.
        exact_writes: As for `DynamoDBTable`.
        projections: As for `DynamoDBTable`.
        monotonic: Seconds that only go up; measures how long tokens are remembered.
        observer: As for `DynamoDBTable`. What calls consume is computed by DynamoDB's published rules.
        name: What observers know it by.
    """

    def __init__(
        self,
        *,
        gsis: layout.Gsis = layout.DEFAULT_GSIS,
        cursor_secret: str | bytes | Sequence[str | bytes] | None = None,
        exact_writes: bool = False,
        projections: ProjectionChoices | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        observer: Observer | Sequence[Observer] | None = None,
        name: str = "memory",
    ) -> None:
        """Make an empty table."""
        self.name = name
        self.observers = observers_of(observer)
        self._indexes = (PRIMARY, *layout.secondary_indexes(gsis))
        self.cursor_secrets = cursors.secrets_of(cursor_secret)
        self.exact_writes = exact_writes
        self.projections = projections_of(projections, gsis)
        self._monotonic = monotonic
        self._lock = threading.RLock()
        self._exists = True
        self._was_created = False
        self._clear()

    def create(self, *, if_not_exists: bool = False) -> None:
        """Do nothing the first time, so that code for tables of any kind can begin with it; then as the port says."""
        with self._lock:
            if self._was_created and not if_not_exists:
                raise TableError("the in-memory table exists already")
            self._exists = self._was_created = True

    def delete(self) -> None:
        """Drop all rows and the table."""
        with self._lock:
            self._check_existence()
            self._clear()
            self._exists = self._was_created = False

    def exists(self) -> bool:
        """Tell whether the table exists: until it is deleted."""
        return self._exists

    def _read(self, key: Key, watch: Watch | None, *, consistent: bool) -> Record | None:
        with self._lock:
            self._check_existence()
            row = self._rows.get(key)
        if watch is not None:
            _see_rows(watch, [row], consistent=consistent)
        return None if row is None else row.record

    def _read_many(self, keys: Iterable[Key], watch: Watch | None, *, consistent: bool) -> Mapping[Key, Record]:
        with self._lock:
            self._check_existence()
            rows = [self._rows.get(key) for key in keys]
        if watch is not None:
            _see_rows(watch, rows, consistent=consistent)
        return RowsByKey([body_of(filter(None, rows))])

    def _query(self, query: Query, watch: Watch | None) -> Slice:
        with self._lock:
            self._check_existence()
            number = self._number(query.index)
            seen = _reach(_between(self._entries[number], query), query.limit)
        return _answer(query, seen, number, watch)

    def _scan(self, scan: Scan, watch: Watch | None) -> Slice:
        with self._lock:
            self._check_existence()
            seen = _reach(_segment(self._entries[-1], scan), scan.limit)
        return _answer(scan, seen, 0, watch)

    def _transact(self, plan: Plan, watch: Watch | None) -> Outcome:
        # DynamoDB takes a token with transactions only.
        by_token = self.goes_by_token(plan)
        with self._lock:
            self._check_existence()
            self._check_keys(plan)
            if by_token and self._was_applied(plan):
                outcome: Applied | Refused = Applied()
                price = partial(price_of_known, plan)
            else:
                stored = [self._rows.get(op.key) for op in plan.ops]
                outcome = self._decide(plan, stored)
                price = partial(self._price, plan, stored, outcome)
                if by_token and isinstance(outcome, Applied):
                    self._tokens[plan.token] = (self._monotonic(), _outline(plan))
        if watch is not None:
            watch.calls, watch.price = 1, price
            watch.sent = sum(len(op.record.json) for op in plan.ops if isinstance(op, Put))
        return outcome

    def _clear(self) -> None:
        self._rows: dict[Key, StoredRow] = {}
        # The last one has all rows in the order of a scan.
        self._entries: list[Index] = [Index() for _ in (*self._indexes, "scanned")]
        self._tokens: dict[str, tuple[float, _Outline]] = {}

    def _check_existence(self) -> None:
        if not self._exists:
            raise TableNotFoundError("the in-memory table was deleted; make it with create()")

    def _number(self, index: IndexKeys) -> int:
        if index not in self._indexes:
            raise TableError(f"the table has no index {index.name}; make it with more gsis")
        return self._indexes.index(index)

    def _check_keys(self, plan: Plan) -> None:
        for op in plan.ops:
            misfit = key_misfit(op.record, self._indexes) if isinstance(op, Put) else None
            if misfit is not None:
                raise TableError(misfit)

    def _decide(self, plan: Plan, stored: Sequence[StoredRow | None]) -> Applied | Refused:
        """Apply a plan to the rows that it meets, or say which of them are in its way."""
        held = [
            holds(op.guard, None if row is None else row.head(op.key)) for op, row in zip(plan.ops, stored, strict=True)
        ]
        if not all(held):
            return Refused(tuple(None if ok else _reason(row) for ok, row in zip(held, stored, strict=True)))
        # All are made before any is stored: what can't be made is not half of a transaction.
        rows = [self._row(op.record) if isinstance(op, Put) else None for op in plan.ops]
        for op, old, new in zip(plan.ops, stored, rows, strict=True):
            if old is not None and isinstance(op, Put | Delete):
                self._remove(op.key, old)
            if new is not None:
                self._insert(op.key, new)
        return Applied()

    def _price(self, plan: Plan, stored: Sequence[StoredRow | None], outcome: Outcome) -> Consumed:
        rows, in_transaction = _records(stored), self.goes_by_token(plan)
        if isinstance(outcome, Refused):
            return price_of_refused(rows, in_transaction=in_transaction)
        return price_of_applied(plan, rows, self._indexes[1:], self.projections, in_transaction=in_transaction)

    def _row(self, record: Record) -> StoredRow:
        marks = tuple(record.attributes.get(name, {}).get(tag) for name, tag in MARKS.items())
        return StoredRow(record.json, marks, self._places(record))

    def _places(self, record: Record) -> tuple[Place | None, ...]:
        key = record.key
        entries = (index_entry(record, index) for index in self._indexes)
        return (*((*entry, key.pk, key.sk) if entry else None for entry in entries), _hashed(key))

    def _insert(self, key: Key, row: StoredRow) -> None:
        self._rows[key] = row
        for number, place in enumerate(row.places):
            if place is not None:
                self._entries[number][place] = self._entry(row, number)

    def _remove(self, key: Key, row: StoredRow) -> None:
        del self._rows[key]
        for entries, place in zip(self._entries, row.places, strict=True):
            if place is not None:
                del entries[place]

    def _entry(self, row: StoredRow, number: int) -> StoredRow:
        """Return what an index holds of a row."""
        if not self.projections or number >= len(self._indexes):
            return row
        index = self._indexes[number]
        projection = self.projections.get(index.name or "")
        if projection is None:
            return row
        return StoredRow(projection.entry(row.record, index).json, row.marks, row.places)

    def _was_applied(self, plan: Plan) -> bool:
        expired = self._monotonic() - _TOKEN_SECONDS
        while self._tokens and self._tokens[oldest := next(iter(self._tokens))][0] < expired:
            del self._tokens[oldest]
        if plan.token not in self._tokens:
            return False
        if self._tokens[plan.token][1] != _outline(plan):
            raise TableError(f"the token {plan.token!r} was used for another plan; ids of commits must not repeat")
        return True


def _outline(plan: Plan) -> _Outline:
    return tuple((type(op), op.key, op.guard) for op in plan.ops)


def _between(index: Index, query: Query) -> Iterator[StoredRow]:
    partition = query.partition
    low: Place = (partition,) if query.first is None else (partition, query.first)
    # The least text above `last`: all places at `last` itself sort before it. So it is with the partition.
    high: Place = (partition + "\0",) if query.last is None else (partition, query.last + "\0")
    if query.after is not None:
        start = (partition, query.after.sort, query.after.key.pk, query.after.key.sk)
        low, high = (low, start) if query.descending else (start, high)
    return index.between(low, high, descending=query.descending)


def _segment(index: Index, scan: Scan) -> Iterator[StoredRow]:
    """Return the rows of a segment: an equal share of the hashes, as DynamoDB has it."""
    low, high = ((_hash_text(_HASHES * n // scan.segments),) for n in (scan.segment, scan.segment + 1))
    after = low if scan.after is None else _hashed(scan.after)
    if not low <= after < high:
        raise InvalidCursorError("the cursor names a place in another segment; begin again without a cursor")
    return index.between(after, high)


def _hashed(key: Key) -> Place:
    return (_hash_text(crc32(key.pk.encode())), "", key.pk, key.sk)


def _hash_text(number: int) -> str:
    # Nine digits: one more than the hashes need, for the bound behind them all.
    return f"{number:09x}"


def _reach(rows: Iterator[StoredRow], limit: int | None) -> Reach[StoredRow]:
    return reach(((row.size, row) for row in rows), limit)


def _answer(read: Query | Scan, seen: Reach[StoredRow], number: int, watch: Watch | None) -> Slice:
    """Return what is found among the rows that a read has seen in an index."""
    found = passing(seen.rows, read.filter)
    returned = () if isinstance(read, Query) and read.count_only else records_of(found)
    more = _position(seen.rows[-1], number) if seen.is_cut else None
    if watch is not None:
        watch.calls = 1
        watch.received = sum(len(row.json) for row in found) if returned else 0
    return Slice(returned, len(found), len(seen.rows), more, read_units(seen.size, consistent=read.consistent))


def _see_rows(watch: Watch, rows: Sequence[StoredRow | None], *, consistent: bool) -> None:
    found = [len(row.json) for row in rows if row is not None]
    watch.scanned = watch.returned = len(found)
    watch.received = sum(found)
    # As JSON rows are longer than what they count for: so they need not be measured unless they are many.
    is_long = watch.received > MAX_BATCH_BYTES
    watch.calls = batch_calls(_records(rows)) if is_long else ceil(len(rows) / KEYS_A_BATCH)
    watch.price = lambda: Consumed(watch.calls, read=price_of_rows(_records(rows), consistent=consistent))


def _records(rows: Iterable[StoredRow | None]) -> list[Record | None]:
    return [None if row is None else row.record for row in rows]


def _reason(row: StoredRow | None) -> Reason:
    return Reason(None if row is None else row.record)


def _position(row: StoredRow, number: int) -> Position:
    _, sort, pk, sk = row.places[number] or ("",) * 4
    return Position(sort, Key(pk, sk))
