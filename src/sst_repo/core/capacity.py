"""How far one read goes, and what it costs: by the size of the rows that are read, whatever is then left of them.

Sources: DynamoDB Developer Guide, "Paginating table query results" and "DynamoDB read and write operations" (units of
4 KB, half of them where not consistent; finding nothing costs as much as finding little). The guide does not say on
which side of a megabyte a read ends; DynamoDB Local ends it after the row that gets there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final, Generic, TypeVar

RowT = TypeVar("RowT")

MAX_READ_BYTES: Final = 1024 * 1024
READ_UNIT_BYTES: Final = 4096


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
