"""The rows of a table in memory, and its indexes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sortedcontainers import SortedDict

from sst_repo.core.expressions import CompiledFilter
from sst_repo.core.layout import HOLDER, VERSION, WRITE_ID
from sst_repo.core.limits import item_size
from sst_repo.core.records import Key, Record
from sst_repo.core.wire import Body, bare_list

Place: TypeAlias = tuple[str, ...]
"""Where a row stands in an index: its partition and sort key there, then its primary key."""

MARKS: Final = {VERSION: "N", WRITE_ID: "S", HOLDER: "S"}


@dataclass(slots=True)
class StoredRow:
    """What is kept of a row: few objects, and none that the garbage collector has to look into.

    Attributes:
        json: The item.
        marks: What guards ask for, so that the item need not be read to be guarded: one for each of `MARKS`.
        places: Where it stands in the indexes, one for each of the table's; None where it does not.
    """

    json: bytes
    marks: tuple[str | None, ...]
    places: tuple[Place | None, ...]
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
        marks = zip(MARKS.items(), self.marks, strict=True)
        return Record(key, {name: {tag: mark} for (name, tag), mark in marks if mark is not None})


class Index:
    """The rows of an index in their order. What is written is sorted in when the index is next read."""

    def __init__(self) -> None:
        self._sorted: SortedDict[Place, StoredRow] = SortedDict()
        self._written: dict[Place, StoredRow | None] = {}

    def __setitem__(self, place: Place, row: StoredRow) -> None:
        self._written[place] = row

    def __delitem__(self, place: Place) -> None:
        self._written[place] = None

    def between(self, low: Place, high: Place, *, descending: bool = False) -> Iterator[StoredRow]:
        """Go through the rows between two places, both exclusive."""
        for place, row in self._written.items():
            if row is not None:
                self._sorted[place] = row
            elif place in self._sorted:
                del self._sorted[place]
        self._written.clear()
        places = self._sorted.irange(low, high, inclusive=(False, False), reverse=descending)
        return (self._sorted[place] for place in places)


def body_of(rows: Iterable[StoredRow]) -> Body:
    """Return rows as a body that they come in."""
    return bare_list([row.json for row in rows])


def records_of(rows: Sequence[StoredRow]) -> tuple[Record, ...]:
    """Return rows as they came, in one body."""
    body = body_of(rows)
    return tuple(Record.of(body, number) for number in range(len(rows)))


def passing(rows: Sequence[StoredRow], wanted: CompiledFilter | None) -> Sequence[StoredRow]:
    """Return the rows that satisfy a filter."""
    if wanted is None:
        return rows
    return [row for row, record in zip(rows, records_of(rows), strict=True) if wanted.satisfied_by(record)]
