"""Filling a page across reads, exactly: pure generators that yield a query and are sent the slice it gave."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, isqrt
from typing import Generic, TypeAlias, TypeVar

from sst_repo.core.layout import IndexKeys, index_entry
from sst_repo.core.queries import Position, Query, Slice
from sst_repo.core.records import Record
from sst_repo.errors import CorruptRecordError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

_Found: TypeAlias = tuple[Record, IndexKeys]
"""A row, and the index that it was read from."""

Reads: TypeAlias = Generator[Query, Slice, ResultT]
"""Asks for queries one after the other, and returns a result."""

MAX_ROWS_A_READ = 1000
"""However rare matches are, no read asks for more rows than that, or than are missing."""

GROWTH = 4
"""As long as no read finds anything, each asks for so many times the rows of the last one: a match among a thousand
rows takes about six reads, and the rows read in vain at the end are at most three times those before."""


@dataclass(slots=True)
class Filled(Generic[ItemT]):
    """A page's content.

    Attributes:
        items: What was loaded, in order.
        skipped: The rows that could not be.
        opening: The row of the first item, and the index it was read from; None if there is none.
        ending: Where the next page begins, or the row of the last item and its index; None at the end, and where there
            is neither an item nor a budget.
        more: Whether another item follows; where the budget ran out, whether one may.
        scanned: How many rows were read for it.
        consumed: How many read units that took.
        spacing: How many rows there were to an item, as far as can be told.
    """

    items: list[ItemT] = field(default_factory=list[ItemT])
    skipped: list[CorruptRecordError] = field(default_factory=list[CorruptRecordError])
    opening: "_Found | None" = None
    ending: "_Found | Position | None" = None
    more: bool = False
    scanned: int = 0
    consumed: float = 0.0
    spacing: int = 1

    # Places are looked up when they are asked for: for that rows have to be read.
    @property
    def first(self) -> Position | None:
        """The place of the first item; None if there is none."""
        return None if self.opening is None else position(*self.opening)

    @property
    def resume(self) -> Position | None:
        """Where the next page begins; None at the end, and where there is neither an item nor a budget."""
        return position(*self.ending) if isinstance(self.ending, tuple) else self.ending


def fill(
    queries: Sequence[Query],
    limit: int | None,
    load: Callable[[Record], ItemT | None],
    reads: int | None = None,
    spacing: int = 1,
) -> Reads[Filled[ItemT]]:
    """Read until `limit` items are loaded, and on until it is known whether another one follows.

    A server's own "there is more" is no promise: a Query that stops at its limit says so even at the very end. So the
    page looks one item ahead, and its end is exact. How many rows a read asks for follows from how many of the rows
    so far were items.

    Args:
        queries: What to read; their limits are set here. Of several, all in one direction, the rows are merged by
            sort key.
        limit: How many items; None for all.
        load: Makes an item of a record, or None for a record that does not count. Its `CorruptRecordError`s are
            gathered.
        reads: After so many reads, at least one a query, the page is handed out as it is; None for no bound.
        spacing: How many rows to expect to an item, until it is seen how many there are.
    """
    streams = [_Stream(query, spacing) for query in queries]
    page: Filled[ItemT] = Filled()
    beyond: list[CorruptRecordError] = []
    done = 0
    while (stream := _next(streams)) is not None:
        if not stream.rows:
            if done == reads:
                # What comes before this stream's end is known of all the others, too.
                page.skipped += beyond
                page.ending, page.more = stream.query.after, True
                break
            missing = None if limit is None else limit - len(page.items) + 1
            got = yield replace(stream.query, limit=stream.rows_to_read(missing, len(streams)) or None)
            stream.take(got)
            page.scanned += got.scanned
            page.consumed += got.consumed
            done += 1
            continue
        record = stream.rows.popleft()
        full = len(page.items) == limit
        try:
            item = load(record)
        except CorruptRecordError as error:
            # Behind a full page a bad row belongs to the next one, if there is a next one.
            (beyond if full else page.skipped).append(error)
            continue
        if item is None:
            continue
        stream.found += 1
        if full:
            page.more = True
            break
        page.items.append(item)
        page.ending = (record, stream.query.index)
        page.opening = page.opening or page.ending
    else:
        page.skipped += beyond
        page.ending = None
    page.spacing = _spacing(streams, spacing)
    return page


def count(queries: Sequence[Query]) -> Reads[int]:
    """Count all rows of queries that pass their filters."""
    total = 0
    for query in queries:
        after = query.after
        while True:
            got = yield replace(query, after=after, count_only=True)
            total += got.count
            after = got.more
            if after is None:
                break
    return total


def position(record: Record, index: IndexKeys) -> Position:
    """Return the place of a record that was read from an index."""
    return Position(_sort(record, index), record.key)


@dataclass(slots=True, eq=False)
class _Stream:
    """The rows of one query, read piece by piece.

    Attributes:
        query: What to read next.
        rows: What was read and not taken yet.
        is_open: Whether there may be more to read.
        wanted: How many rows the last read asked for.
        spacing: How many rows to expect to an item.
        scanned: How many rows were read.
        passed: How many of them passed the filter.
        found: How many of those that were taken were items.
    """

    query: Query
    spacing: int
    rows: deque[Record] = field(default_factory=deque[Record])
    is_open: bool = True
    wanted: int = 0
    scanned: int = 0
    passed: int = 0
    found: int = 0

    @property
    def head(self) -> str:
        """The sort key of the next row; where that is not read yet, of the last one; "" at the beginning."""
        if self.rows:
            return _sort(self.rows[0], self.query.index)
        return "" if self.query.after is None else self.query.after.sort

    def take(self, got: Slice) -> None:
        """Take in what a read gave."""
        self.rows.extend(got.records)
        self.scanned += got.scanned
        self.passed += len(got.records)
        self.is_open = got.more is not None
        self.query = replace(self.query, after=got.more)

    def rows_to_read(self, missing: int | None, streams: int) -> int:
        """Return how many rows the next read should ask for; 0 for as many as it gives.

        Args:
            missing: How many items are still looked for; None for all.
            streams: Among how many streams.
        """
        if missing is None:
            return 0
        if streams > 1:
            # Rows fall to streams by chance: with so many more than its share, few streams must be read twice.
            missing = ceil(missing / streams)
            missing += 2 * isqrt(missing)
        expected = missing * self.spacing
        if self.scanned:
            expected = ceil(missing * self.scanned / self.found) if self.found else GROWTH * self.wanted
        self.wanted = max(missing, min(expected, MAX_ROWS_A_READ))
        return self.wanted


def _next(streams: Sequence[_Stream]) -> _Stream | None:
    """Return the stream that has the next row, or must be read to know which row is next; None if all are at an end."""
    if len(streams) == 1:
        return streams[0] if streams[0].rows or streams[0].is_open else None
    live = [stream for stream in streams if stream.rows or stream.is_open]
    if len(live) < 2:  # noqa: PLR2004 - nothing to choose between
        return live[0] if live else None
    # A stream that was not read at all holds up all others, whatever the direction.
    for stream in live:
        if not stream.rows and stream.query.after is None:
            return stream
    return (max if live[0].query.descending else min)(live, key=lambda stream: stream.head)


def _spacing(streams: Sequence[_Stream], before: int) -> int:
    """Return how many rows there were to an item; where there was no item, at least as many as were read."""
    scanned = sum(stream.scanned for stream in streams)
    passed = sum(stream.passed for stream in streams)
    found = sum(stream.found for stream in streams)
    # What was read but not taken says how many rows pass the filter on the server, not how many then are items.
    taken = passed - sum(len(stream.rows) for stream in streams)
    spacing = ceil(scanned * taken / (passed * found)) if found else max(before, scanned)
    return min(spacing, MAX_ROWS_A_READ)


def _sort(record: Record, index: IndexKeys) -> str:
    entry = index_entry(record, index)
    if entry is None:
        raise ValueError(f"{record.key} is not in {index}")
    return entry[1]
