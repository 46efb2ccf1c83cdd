"""What a table is asked for when many rows are read, and what it answers.

What DynamoDB would refuse can't be asked at all, of any table. Sources: DynamoDB API reference, "Query" and "Scan";
Developer Guide, "Key condition expressions for the Query operation"; what it says of a place to go on after that is
not in what is read is tested against AWS by ScyllaDB's Alternator.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.layout import PRIMARY, IndexKeys
from sst_repo.core.records import Attributes, Key, Record


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an index: a row's sort key there, and its primary key. It stays valid when the row is gone.

    In a scan it is a row's place in the table itself.
    """

    sort: str
    key: Key


class KeyCondition(NamedTuple):
    """The partition and the bounds of a query in DynamoDB's words: placeholders only."""

    text: str
    names: dict[str, str]
    values: Attributes


@dataclass(frozen=True, slots=True)
class Query:
    """Rows of one partition of an index, in the order of its sort key.

    Attributes:
        index: The index that is read.
        partition: The partition's key.
        first: The least sort key, inclusive; None for no bound.
        last: The greatest sort key, inclusive, not less than the least; None for no bound.
        descending: Whether to begin at the greatest.
        after: Where to go on, exclusive, within the partition and the bounds; None to begin at the beginning.
        filter: What rows must satisfy; it is applied to what was read. It may ask for any attribute, and for `pk` and
            `sk` as for attributes, but not for the key of the index that is read.
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

    def __post_init__(self) -> None:
        """Refuse what DynamoDB would refuse.

        Raises:
            ValueError: The bounds are reversed, the place is outside of them, or the limit, the filter or consistency
                is not what can be asked for.
        """
        _check_limit(self.limit)
        if self.consistent and self.index != PRIMARY:
            raise ValueError(f"the index {self.index.name} can't be read consistently")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"the bounds are reversed: {self.first!r} is above {self.last!r}")
        if self.after is not None and not self._has(self.after):
            raise ValueError(f"{self.after} is not within what is read")
        if self.filter is not None and self.filter.attributes & {self.index.partition, self.index.sort}:
            raise ValueError("a filter can't ask for the key of the index that is read")

    @property
    def key_condition(self) -> KeyCondition:
        """The partition and the bounds in DynamoDB's words."""
        names = {"#p": self.index.partition}
        bounds = {":first": self.first, ":last": self.last}
        values: Attributes = {
            ":p": {"S": self.partition},
            **{name: {"S": bound} for name, bound in bounds.items() if bound is not None},
        }
        match self.first, self.last:
            case None, None:
                return KeyCondition("#p = :p", names, values)
            case _, None:
                condition = "#s >= :first"
            case None, _:
                condition = "#s <= :last"
            case _:
                condition = "#s BETWEEN :first AND :last"
        return KeyCondition(f"#p = :p AND {condition}", {**names, "#s": self.index.sort}, values)

    def _has(self, place: Position) -> bool:
        if self.index == PRIMARY and (place.key.pk, place.key.sk) != (self.partition, place.sort):
            return False
        return (self.first or "") <= place.sort and (self.last is None or place.sort <= self.last)


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

    def __post_init__(self) -> None:
        """Refuse what DynamoDB would refuse.

        Raises:
            ValueError: The limit is less than 1.
        """
        _check_limit(self.limit)


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


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise ValueError(f"a read has a limit of at least 1, not {limit}")
