"""Filling a page across reads, exactly: pure generators that yield a query and are sent the slice it gave."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from math import ceil
from typing import Generic, TypeAlias, TypeVar

from sst_repo.core.layout import IndexKeys, index_entry
from sst_repo.core.queries import Position, Query, Slice
from sst_repo.core.records import Record
from sst_repo.errors import CorruptRecordError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

Reads: TypeAlias = Generator[Query, Slice, ResultT]
"""Asks for queries one after the other, and returns a result."""

MAX_ROWS_A_READ = 1000
"""However rare matches are, no read asks for more rows than that, or than are missing."""

GROWTH = 4
"""As long as no read finds anything, each asks for so many times the rows of the last one: a match among a thousand
rows takes about six reads, and the rows read in vain at the end are at most three times those before."""


@dataclass(frozen=True, slots=True)
class Filled(Generic[ItemT]):
    """A page's content.

    Attributes:
        items: What was loaded, in order.
        skipped: The rows that could not be.
        resume: Where the next page begins; None at the end, and where there is neither an item nor a budget.
        more: Whether another item follows; where the budget ran out, whether one may.
        scanned: How many rows were read for it.
    """

    items: list[ItemT]
    skipped: list[CorruptRecordError]
    resume: Position | None
    more: bool
    scanned: int


def fill(
    query: Query,
    limit: int | None,
    load: Callable[[Record], ItemT | None],
    reads: int | None = None,
) -> Reads[Filled[ItemT]]:
    """Read until `limit` items are loaded, and on until it is known whether another one follows.

    A server's own "there is more" is no promise: a Query that stops at its limit says so even at the very end. So the
    page looks one item ahead, and its end is exact. How many rows a read asks for follows from how many of the rows
    so far were items.

    Args:
        query: What to read; its limit is set here.
        limit: How many items; None for all.
        load: Makes an item of a record, or None for a record that does not count. Its `CorruptRecordError`s are
            gathered.
        reads: After so many reads the page is handed out as it is; None for no bound.
    """
    items: list[ItemT] = []
    place: Position | None = None
    skipped: list[CorruptRecordError] = []
    beyond: list[CorruptRecordError] = []
    scanned = done = wanted = 0
    while True:
        wanted = _rows_to_read(None if limit is None else limit - len(items) + 1, len(items), scanned, wanted)
        got = yield replace(query, limit=wanted or None)
        scanned += got.scanned
        done += 1
        for record in got.records:
            full = len(items) == limit
            try:
                item = load(record)
            except CorruptRecordError as error:
                # Behind a full page a bad row belongs to the next one, if there is a next one.
                (beyond if full else skipped).append(error)
                continue
            if item is None:
                continue
            if full:
                return Filled(items, skipped, place, more=True, scanned=scanned)
            items.append(item)
            place = position(record, query.index)
        if got.more is None:
            return Filled(items, skipped + beyond, None, more=False, scanned=scanned)
        if done == reads:
            return Filled(items, skipped + beyond, got.more, more=True, scanned=scanned)
        query = replace(query, after=got.more)


def count(query: Query) -> Reads[int]:
    """Count all rows of a query that pass its filter."""
    total = 0
    while True:
        got = yield replace(query, count_only=True)
        total += got.count
        if got.more is None:
            return total
        query = replace(query, after=got.more)


def position(record: Record, index: IndexKeys) -> Position:
    """Return the place of a record that was read from an index."""
    entry = index_entry(record, index)
    if entry is None:
        raise ValueError(f"{record.key} is not in {index}")
    return Position(entry[1], record.key)


def _rows_to_read(missing: int | None, found: int, scanned: int, before: int) -> int:
    """Return how many rows the next read should ask for; 0 for as many as it gives.

    Args:
        missing: How many items are still looked for; None for all.
        found: How many were found so far.
        scanned: Among how many rows.
        before: How many rows the last read asked for.
    """
    if missing is None:
        return 0
    if not scanned:
        return missing
    expected = ceil(missing * scanned / found) if found else GROWTH * before
    return max(missing, min(expected, MAX_ROWS_A_READ))
