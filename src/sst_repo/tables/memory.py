"""A table in the memory of the process: a real one, with DynamoDB's order, isolation and atomic transactions."""

import marshal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias
from zlib import crc32

from sortedcontainers import SortedDict

from sst_repo.core import cursors, layout
from sst_repo.core.capacity import Reach, reach, read_units
from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.layout import PRIMARY, IndexKeys, index_entry
from sst_repo.core.limits import item_size, key_misfit
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
    holds,
)
from sst_repo.errors import InvalidCursorError, TableError, TableNotFoundError
from sst_repo.tables.base import Table

_Place: TypeAlias = tuple[str, ...]
"""Where a row stands in a partition of an index: its sort key there, then its primary key."""

_Row: TypeAlias = tuple[int, bytes]
"""What is kept of a row: its size as an item, and its attributes."""

_Partition: TypeAlias = "SortedDict[_Place, _Row]"

_NOTHING: _Partition = SortedDict()

_SCANNED = IndexKeys("", "", "")
"""No index that can be asked for: all rows in one partition, in the order of a scan, which is that of a hash."""

_HASHES = 2**32

_Outline: TypeAlias = tuple[tuple[type[Op], Key, Guard], ...]
"""What tells plans apart, without what they store."""

_TOKEN_SECONDS = 600.0
"""So long DynamoDB remembers the token of an applied transaction."""


class InMemoryTable(Table):
    """A table that lives as long as the object does; safe to use from several threads.

    Rows are kept as bytes, so that nothing stored is shared with what was handed in or out. It exists from the start,
    so that tests need no `create()`; after `delete()` it fails like a missing table until it is created again.

    Args:
        gsis: How many general indexes it has.
        cursor_secret: As for `DynamoDBTable`.
        exact_writes: As for `DynamoDBTable`.
        projections: As for `DynamoDBTable`.
        monotonic: Seconds that only go up; measures how long tokens are remembered.
    """

    def __init__(
        self,
        *,
        gsis: int = layout.DEFAULT_GSIS,
        cursor_secret: str | bytes | Sequence[str | bytes] | None = None,
        exact_writes: bool = False,
        projections: ProjectionChoices | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an empty table."""
        self._indexes = (PRIMARY, *layout.secondary_indexes(gsis))
        self.cursor_secrets = cursors.secrets_of(cursor_secret)
        self.exact_writes = exact_writes
        self.projections = projections_of(projections, gsis)
        self._monotonic = monotonic
        self._lock = threading.RLock()
        self._exists = True
        self._was_created = False
        self._clear()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:  # noqa: ARG002 - always consistent
        """Return the row; None if there is none."""
        with self._in_existence():
            return self._stored(key)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Record]:  # noqa: ARG002
        """Return the rows that exist, by key."""
        with self._in_existence():
            return {key: record for key in keys if (record := self._stored(key)) is not None}

    def query(self, query: Query) -> Slice:
        """Return rows of one partition in order, up to 1 MB of them."""
        with self._in_existence():
            partition = self._partitions.get((self._known(query.index), query.partition), _NOTHING)
            seen, rows = _read(partition, _between(partition, query), query.limit)
        found = _passing(rows, query.filter)
        more = _position(seen.rows[-1]) if seen.is_cut else None
        consumed = read_units(seen.size, consistent=query.consistent)
        return Slice(() if query.count_only else found, len(found), len(rows), more, consumed)

    def scan(self, scan: Scan) -> Slice:
        """Return rows of one segment, up to 1 MB of them."""
        with self._in_existence():
            partition = self._partitions.get((_SCANNED, ""), _NOTHING)
            seen, rows = _read(partition, _segment(partition, scan), scan.limit)
        found = _passing(rows, scan.filter)
        more = Position(rows[-1].key.sk, rows[-1].key) if seen.is_cut else None
        return Slice(found, len(found), len(rows), more, read_units(seen.size, consistent=scan.consistent))

    def transact(self, plan: Plan) -> Outcome:
        """Apply a plan, all or nothing."""
        with self._in_existence():
            self._check_keys(plan)
            # DynamoDB takes a token with transactions only.
            if self.goes_by_token(plan) and self._was_applied(plan):
                return Applied()
            stored = [self._stored(op.key) for op in plan.ops]
            held = [holds(op.guard, found) for op, found in zip(plan.ops, stored, strict=True)]
            if not all(held):
                return Refused(tuple(None if ok else Reason(row) for ok, row in zip(held, stored, strict=True)))
            for op, found in zip(plan.ops, stored, strict=True):
                if found is not None and isinstance(op, Put | Delete):
                    self._remove(found)
                if isinstance(op, Put):
                    self._insert(op.record)
            self._tokens[plan.token] = (self._monotonic(), _outline(plan))
        return Applied()

    def create(self, *, if_not_exists: bool = False) -> None:
        """Do nothing the first time, so that code for tables of any kind can begin with it; then as the port says."""
        with self._lock:
            if self._was_created and not if_not_exists:
                raise TableError("the in-memory table exists already")
            self._exists = self._was_created = True

    def delete(self) -> None:
        """Drop all rows and the table."""
        with self._in_existence():
            self._clear()
            self._exists = self._was_created = False

    def exists(self) -> bool:
        """Tell whether the table exists: until it is deleted."""
        return self._exists

    def _clear(self) -> None:
        self._partitions: dict[tuple[IndexKeys, str], _Partition] = {}
        self._tokens: dict[str, tuple[float, _Outline]] = {}

    @contextmanager
    def _in_existence(self) -> Generator[None]:
        with self._lock:
            if not self._exists:
                raise TableNotFoundError("the in-memory table was deleted; make it with create()")
            yield

    def _known(self, index: IndexKeys) -> IndexKeys:
        if index not in self._indexes:
            raise TableError(f"the table has no index {index.name}; make it with more gsis")
        return index

    def _check_keys(self, plan: Plan) -> None:
        for op in plan.ops:
            misfit = key_misfit(op.record, self._indexes) if isinstance(op, Put) else None
            if misfit is not None:
                raise TableError(misfit)

    def _stored(self, key: Key) -> Record | None:
        place = (key.sk, key.pk, key.sk)
        row = self._partitions.get((PRIMARY, key.pk), _NOTHING).get(place)
        return None if row is None else _load(place, row)

    def _insert(self, record: Record) -> None:
        row = _row(record)
        for name, place in self._entries(record):
            partition = self._partitions.get(name)
            if partition is None:
                partition = self._partitions[name] = SortedDict()
            projection = self.projections.get(name[0].name or "")
            partition[place] = row if projection is None else _row(projection.entry(record, name[0]))

    def _remove(self, record: Record) -> None:
        for name, place in self._entries(record):
            partition = self._partitions[name]
            del partition[place]
            if not partition:
                del self._partitions[name]

    def _entries(self, record: Record) -> Iterator[tuple[tuple[IndexKeys, str], _Place]]:
        for index in self._indexes:
            entry = index_entry(record, index)
            if entry is not None:
                yield (index, entry[0]), (entry[1], record.key.pk, record.key.sk)
        yield (_SCANNED, ""), _hashed(record.key)

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


def _between(partition: _Partition, query: Query) -> Iterator[_Place]:
    low: _Place | None = None if query.first is None else (query.first,)
    # The least text above `last`: all places at `last` itself sort before it.
    high: _Place | None = None if query.last is None else (query.last + "\0",)
    if query.after is not None:
        start = (query.after.sort, query.after.key.pk, query.after.key.sk)
        low, high = (low, start) if query.descending else (start, high)
    return partition.irange(low, high, inclusive=(False, False), reverse=query.descending)


def _segment(partition: _Partition, scan: Scan) -> Iterator[_Place]:
    """Return the places of a segment: an equal share of the hashes, as DynamoDB has it."""
    low, high = ((_hash_text(_HASHES * n // scan.segments),) for n in (scan.segment, scan.segment + 1))
    after = low if scan.after is None else _hashed(scan.after)
    if not low <= after < high:
        raise InvalidCursorError("the cursor names a place in another segment; begin again without a cursor")
    return partition.irange(after, high, inclusive=(False, False))


def _hashed(key: Key) -> _Place:
    return (_hash_text(crc32(key.pk.encode())), key.pk, key.sk)


def _hash_text(number: int) -> str:
    # Nine digits: one more than the hashes need, for the bound behind them all.
    return f"{number:09x}"


def _read(partition: _Partition, places: Iterator[_Place], limit: int | None) -> tuple[Reach[_Place], list[Record]]:
    seen = reach(((partition[place][0], place) for place in places), limit)
    return seen, [_load(place, partition[place]) for place in seen.rows]


def _row(record: Record) -> _Row:
    return item_size(record), marshal.dumps(dict(record.attributes))


def _passing(rows: Iterable[Record], wanted: CompiledFilter | None) -> tuple[Record, ...]:
    if wanted is None:
        return tuple(rows)
    return tuple(row for row in rows if wanted.satisfied_by(row))


def _load(place: _Place, row: _Row) -> Record:
    return Record(Key(*place[1:]), marshal.loads(row[1]))  # noqa: S302 - our own bytes, from our own memory


def _position(place: _Place) -> Position:
    return Position(place[0], Key(*place[1:]))
