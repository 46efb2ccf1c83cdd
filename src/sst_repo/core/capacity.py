"""How far one read goes, and what reads and writes cost: by the size of rows, whatever is then left of them.

Sources: DynamoDB Developer Guide, "Paginating table query results", "DynamoDB read and write operations" (reads in
units of 4 KB, half of them where not consistent; finding nothing costs as much as finding little; writes in units of 1
KB, by the larger of the sizes before and after) and "Using Global Secondary Indexes" (write throughput). The guide does
not say on which side of a megabyte a read ends; DynamoDB Local ends it after the row that gets there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, Generic, NamedTuple, TypeVar

from sst_repo.core.limits import item_size
from sst_repo.core.records import Record

RowT = TypeVar("RowT")

MAX_READ_BYTES: Final = 1024 * 1024
READ_UNIT_BYTES: Final = 4096
KEYS_A_BATCH: Final = 100
MAX_BATCH_BYTES: Final = 16 * 1024 * 1024
WRITE_UNIT_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Reach(Generic[RowT]):
    """What one read looks at.

    Attributes:
        rows: The rows, in order.
        size: Their bytes.
        is_cut: Whether it stopped before the end.
    """

    rows: list[RowT]
    size: int
    is_cut: bool


def reach(rows: Iterable[tuple[int, RowT]], limit: int | None) -> Reach[RowT]:
    """Take the rows that one read looks at: up to its limit, or until they come to a megabyte.

    A read that stops at its limit says that it stopped, without looking whether there is more; one that stops at a
    megabyte does look.

    Args:
        rows: What there is, in order: each row with its size in bytes (`limits.item_size`).
        limit: How many rows at most; None for no bound.
    """
    taken: list[RowT] = []
    total = 0
    remaining = iter(rows)
    for size, row in remaining:
        taken.append(row)
        total += size
        if len(taken) == limit:
            return Reach(taken, total, is_cut=True)
        if total >= MAX_READ_BYTES:
            return Reach(taken, total, is_cut=next(remaining, None) is not None)
    return Reach(taken, total, is_cut=False)


def read_units(size: int, *, consistent: bool) -> float:
    """Return the read capacity units of one read.

    Args:
        size: The bytes of all rows that it looked at, those that a filter dropped included.
        consistent: Whether it had to see all that was written before: twice the price.
    """
    units = max(1, ceil(size / READ_UNIT_BYTES))
    return float(units) if consistent else units / 2


def write_units(old: int, new: int) -> int:
    """Return the write capacity units of one row: by the larger of what was there and what is, at least 1.

    Args:
        old: The bytes of the row before; 0 if there was none.
        new: The bytes of the row after; 0 if there is none.
    """
    return ceil(max(1, old, new) / WRITE_UNIT_BYTES)


class Entry(NamedTuple):
    """What an index holds of a row: its place there, its bytes, and all its content."""

    place: tuple[str, str]
    size: int
    content: object


def index_write_units(old: Entry | None, new: Entry | None) -> int:
    """Return the write capacity units of one row in one index: none where its entry stays as it is.

    An entry that comes, goes or changes in place is one write; one that moves is two.

    Args:
        old: What the index held of the row; None if it held nothing.
        new: What it holds now; None if it holds nothing.
    """
    before, after = (0 if entry is None else entry.size for entry in (old, new))
    if old is None or new is None or old.place == new.place:
        return 0 if old == new else write_units(before, after)
    return write_units(before, 0) + write_units(0, after)


def price_of_rows(rows: Iterable[Record | None], *, consistent: bool) -> float:
    """Return the read capacity units of rows that are read by their keys, each rounded by itself; None for a miss."""
    return sum(read_units(size_of(row), consistent=consistent) for row in rows)


def batch_calls(rows: Sequence[Record | None]) -> int:
    """Return how many BatchGetItem it takes to read rows by their keys: one per 100 keys, and per 16 MB of rows.

    Args:
        rows: What is found, in order; None for a key that has no row.
    """
    batches = (rows[start : start + KEYS_A_BATCH] for start in range(0, len(rows), KEYS_A_BATCH))
    return sum(max(1, ceil(sum(map(size_of, batch)) / MAX_BATCH_BYTES)) for batch in batches)


def size_of(row: Record | None) -> int:
    """Return the bytes of a row; 0 for none."""
    return 0 if row is None else item_size(row)
