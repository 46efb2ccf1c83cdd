"""Filling a page across reads, exactly: pure generators that yield a query and are sent the slice it gave."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Record
from sst_repo.errors import CorruptRecordError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

Reads: TypeAlias = Generator[Query, Slice, ResultT]
"""Asks for queries one after the other, and returns a result."""


@dataclass(frozen=True, slots=True)
class Filled(Generic[ItemT]):
    """A page's content.

    Attributes:
        items: What was loaded, in order.
        skipped: The rows that could not be.
        last: The row of the last item; None if there are no items.
        more: Whether another item follows.
    """

    items: list[ItemT]
    skipped: list[CorruptRecordError]
    last: Record | None
    more: bool


def fill(query: Query, limit: int | None, load: Callable[[Record], ItemT | None]) -> Reads[Filled[ItemT]]:
    """Read until `limit` items are loaded, and on until it is known whether another one follows.

    A server's own "there is more" is no promise: a Query that stops at its limit says so even at the very end. So the
    page looks one item ahead, and its end is exact.

    Args:
        query: What to read; its limit is set here.
        limit: How many items; None for all.
        load: Makes an item of a record, or None for a record that does not count. Its `CorruptRecordError`s are
            gathered.
    """
    items: list[ItemT] = []
    last: Record | None = None
    skipped: list[CorruptRecordError] = []
    beyond: list[CorruptRecordError] = []
    stretch = 1
    while True:
        before = len(items)
        # A read that brought nothing is followed by one twice as long, so that many bad rows do not mean many reads.
        wanted = None if limit is None else (limit - len(items) + 1) * stretch
        got = yield replace(query, limit=wanted)
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
                return Filled(items, skipped, last, more=True)
            items.append(item)
            last = record
        if got.more is None:
            return Filled(items, skipped + beyond, last, more=False)
        query = replace(query, after=got.more)
        stretch = 1 if len(items) > before else 2 * stretch


def count(query: Query) -> Reads[int]:
    """Count all rows of a query."""
    total = 0
    while True:
        got = yield replace(query, count_only=True)
        total += got.count
        if got.more is None:
            return total
        query = replace(query, after=got.more)
