"""What a table is asked for when many rows are read, and what it answers."""

from dataclasses import dataclass

from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.layout import IndexKeys
from sst_repo.core.records import Key, Record


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an index: a row's sort key there, and its primary key. It stays valid when the row is gone.

    In a scan it is a row's place in the table itself.
    """

    sort: str
    key: Key


@dataclass(frozen=True, slots=True)
class Query:
    """Rows of one partition of an index, in the order of its sort key.

    Attributes:
        index: The index that is read.
        partition: The partition's key.
        first: The least sort key, inclusive; None for no bound.
        last: The greatest sort key, inclusive; None for no bound.
        descending: Whether to begin at the greatest.
        after: Where to go on, exclusive; None to begin at the beginning.
        filter: What rows must satisfy; it is applied to what was read.
        limit: How many rows to read at most; None for as many as one call gives.
        consistent: Whether to see all that was written before; the table's own index only.
        count_only: Whether the number of rows will do.
    """

    index: IndexKeys
    partition: str
    first: str | None = None
    last: str | None = None
    descending: bool = False
    after: Position | None = None
    filter: CompiledFilter | None = None
    limit: int | None = None
    consistent: bool = False
    count_only: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """Rows of one segment of the table itself, in an order that is the table's own.

    The order is always the same. Each row is in one segment, and keeps its place whatever is written.

    Attributes:
        segment: Which segment, from 0 on.
        segments: Of how many.
        after: Where to go on, exclusive, also if that row is gone; None to begin at the beginning.
        filter: What rows must satisfy; it is applied to what was read. It may ask for `pk` and `sk`, as for attributes.
        limit: How many rows to read at most; None for as many as one call gives.
        consistent: Whether to see all that was written before.
    """

    segment: int = 0
    segments: int = 1
    after: Key | None = None
    filter: CompiledFilter | None = None
    limit: int | None = None
    consistent: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """What one read gave.

    Attributes:
        records: The rows in order; none if only their number was asked for.
        count: How many rows there were.
        scanned: How many rows were read for them, those that the filter dropped included.
        more: Where to go on; None at the end. There need not be anything after it.
        consumed: How many read capacity units it took.
    """

    records: tuple[Record, ...]
    count: int
    scanned: int
    more: Position | None
    consumed: float = 0.0
