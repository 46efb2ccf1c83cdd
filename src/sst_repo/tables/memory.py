"""A table in the memory of the process: a real one, with DynamoDB's order, isolation and atomic transactions."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from zlib import crc32

from sortedcontainers import SortedDict

from sst_repo.core import cursors, layout
from sst_repo.core.capacity import Reach, reach, read_units
from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.layout import HOLDER, PRIMARY, VERSION, WRITE_ID, IndexKeys, index_entry
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
    RowsByKey,
    holds,
)
from sst_repo.core.wire import Body, bare_list
from sst_repo.errors import InvalidCursorError, TableError, TableNotFoundError
from sst_repo.tables.base import Table

_Place: TypeAlias = tuple[str, ...]
"""Where a row stands in an index: its partition and sort key there, then its primary key."""


_MARKS = {VERSION: "N", WRITE_ID: "S", HOLDER: "S"}


@dataclass(slots=True)
class StoredRow:
    """What is kept of a row: few objects, and none that the garbage collector has to look into.

    Attributes:
        json: The item.
        marks: What guards ask for, so that the item need not be read to be guarded: one for each of `_MARKS`.
        places: Where it stands in the indexes, one for each of the table's; None where it does not.
    """

    json: bytes
    marks: tuple[str | None, ...]
    places: tuple[_Place | None, ...]
    _size: int | None = None

    @property
    def size(self) -> int:
        """Its bytes, as DynamoDB counts them; counted when the row is first read with others."""
        if self._size is None:
            self._size = item_size(self.record)
        return self._size

    @property
    def record(self) -> Record:
        """The row, as it came."""
        return Record.of(bare_list([self.json]), 0)

    def head(self, key: Key) -> Record:
        """Return what guards ask for."""
        marks = zip(_MARKS.items(), self.marks, strict=True)
        return Record(key, {name: {tag: mark} for (name, tag), mark in marks if mark is not None})


class _Index:
    """The rows of an index in their order. What is written is sorted in when the index is next read."""

    def __init__(self) -> None:
        self._sorted: SortedDict[_Place, StoredRow] = SortedDict()
        self._written: dict[_Place, StoredRow | None] = {}

    def __setitem__(self, place: _Place, row: StoredRow) -> None:
        self._written[place] = row

    def __delitem__(self, place: _Place) -> None:
        self._written[place] = None

    def between(self, low: _Place, high: _Place, *, descending: bool = False) -> Iterator[StoredRow]:
        """Go through the rows between two places, both exclusive."""
        for place, row in self._written.items():
            if row is not None:
                self._sorted[place] = row
            elif place in self._sorted:
                del self._sorted[place]
        self._written.clear()
        places = self._sorted.irange(low, high, inclusive=(False, False), reverse=descending)
        return (self._sorted[place] for place in places)


_HASHES = 2**32

_Outline: TypeAlias = tuple[tuple[type[Op], Key, Guard], ...]
"""What tells plans apart, without what they store."""

_TOKEN_SECONDS = 600.0
"""So long DynamoDB remembers the token of an applied transaction."""


class InMemoryTable(Table):
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
    """

    def __init__(
        self,
        *,
        gsis: layout.Gsis = layout.DEFAULT_GSIS,
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
        with self._lock:
            self._check_existence()
            row = self._rows.get(key)
        return None if row is None else row.record

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:  # noqa: ARG002 - likewise
        """Return the rows that exist, by key."""
        with self._lock:
            self._check_existence()
            rows = [row for key in keys if (row := self._rows.get(key)) is not None]
        return RowsByKey([_body(rows)])

    def query(self, query: Query) -> Slice:
        """Return rows of one partition in order, up to 1 MB of them."""
        with self._lock:
            self._check_existence()
            number = self._number(query.index)
            seen = _reach(_between(self._entries[number], query), query.limit)
        found = _passing(seen.rows, query.filter)
        more = _position(seen.rows[-1], number) if seen.is_cut else None
        consumed = read_units(seen.size, consistent=query.consistent)
        return Slice(() if query.count_only else found, len(found), len(seen.rows), more, consumed)

    def scan(self, scan: Scan) -> Slice:
        """Return rows of one segment, up to 1 MB of them."""
        with self._lock:
            self._check_existence()
            seen = _reach(_segment(self._entries[-1], scan), scan.limit)
        found = _passing(seen.rows, scan.filter)
        more = _position(seen.rows[-1], 0) if seen.is_cut else None
        return Slice(found, len(found), len(seen.rows), more, read_units(seen.size, consistent=scan.consistent))

    def transact(self, plan: Plan) -> Outcome:
        """Apply a plan, all or nothing."""
        with self._lock:
            self._check_existence()
            self._check_keys(plan)
            # DynamoDB takes a token with transactions only.
            by_token = self.goes_by_token(plan)
            if by_token and self._was_applied(plan):
                return Applied()
            stored = [self._rows.get(op.key) for op in plan.ops]
            held = [
                holds(op.guard, None if row is None else row.head(op.key))
                for op, row in zip(plan.ops, stored, strict=True)
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
            if by_token:
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
        with self._lock:
            self._check_existence()
            self._clear()
            self._exists = self._was_created = False

    def exists(self) -> bool:
        """Tell whether the table exists: until it is deleted."""
        return self._exists

    def _clear(self) -> None:
        self._rows: dict[Key, StoredRow] = {}
        # The last one has all rows in the order of a scan.
        self._entries: list[_Index] = [_Index() for _ in (*self._indexes, "scanned")]
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

    def _row(self, record: Record) -> StoredRow:
        marks = tuple(record.attributes.get(name, {}).get(tag) for name, tag in _MARKS.items())
        return StoredRow(record.json, marks, self._places(record))

    def _places(self, record: Record) -> tuple[_Place | None, ...]:
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


def _between(index: _Index, query: Query) -> Iterator[StoredRow]:
    partition = query.partition
    low: _Place = (partition,) if query.first is None else (partition, query.first)
    # The least text above `last`: all places at `last` itself sort before it. So it is with the partition.
    high: _Place = (partition + "\0",) if query.last is None else (partition, query.last + "\0")
    if query.after is not None:
        start = (partition, query.after.sort, query.after.key.pk, query.after.key.sk)
        low, high = (low, start) if query.descending else (start, high)
    return index.between(low, high, descending=query.descending)


def _segment(index: _Index, scan: Scan) -> Iterator[StoredRow]:
    """Return the rows of a segment: an equal share of the hashes, as DynamoDB has it."""
    low, high = ((_hash_text(_HASHES * n // scan.segments),) for n in (scan.segment, scan.segment + 1))
    after = low if scan.after is None else _hashed(scan.after)
    if not low <= after < high:
        raise InvalidCursorError("the cursor names a place in another segment; begin again without a cursor")
    return index.between(after, high)


def _hashed(key: Key) -> _Place:
    return (_hash_text(crc32(key.pk.encode())), "", key.pk, key.sk)


def _hash_text(number: int) -> str:
    # Nine digits: one more than the hashes need, for the bound behind them all.
    return f"{number:09x}"


def _reach(rows: Iterator[StoredRow], limit: int | None) -> Reach[StoredRow]:
    return reach(((row.size, row) for row in rows), limit)


def _body(rows: Iterable[StoredRow]) -> Body:
    return bare_list([row.json for row in rows])


def _records(rows: Sequence[StoredRow]) -> tuple[Record, ...]:
    body = _body(rows)
    return tuple(Record.of(body, number) for number in range(len(rows)))


def _passing(rows: Sequence[StoredRow], wanted: CompiledFilter | None) -> tuple[Record, ...]:
    records = _records(rows)
    if wanted is None:
        return records
    return _records([row for row, record in zip(rows, records, strict=True) if wanted.satisfied_by(record)])


def _reason(row: StoredRow | None) -> Reason:
    return Reason(None if row is None else row.record)


def _position(row: StoredRow, number: int) -> Position:
    _, sort, pk, sk = row.places[number] or ("",) * 4
    return Position(sort, Key(pk, sk))
