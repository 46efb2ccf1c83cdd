"""What a page is read by, and what that comes to: worked out by the code that reads pages, on rows that are made up."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import count, islice
from math import ceil
from typing import Final

from pydantic_core import to_json

from sst_repo.consumption import Consumed
from sst_repo.core import walking
from sst_repo.core.capacity import MAX_READ_BYTES, batch_calls, read_units
from sst_repo.core.paging import position
from sst_repo.core.projections import Projection
from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Attributes, AttributeValue, Key, Record
from sst_repo.core.selections import Place, Selection
from sst_repo.core.wire import to_base64
from sst_repo.explanations import Explanation

_PLACEHOLDER: Final = re.compile(r"[#:][A-Za-z0-9]+")
_MOST_ROWS: Final = 10**12
_ENTRY_BYTES: Final = 200
"""What an entry of an index takes that holds the keys alone, or little more."""


def explain(
    selection: Selection, limit: int, reads: int, projections: Mapping[str, Projection], predicate: str | None
) -> Explanation:
    """Explain how pages of a selection are read.

    Args:
        selection: What is listed.
        limit: How many resources a page has.
        reads: After how many reads a filtered page is handed out short.
        projections: What the table's indexes hold less than whole rows.
        predicate: The name of what Python filters by.
    """
    first = selection.queries[0]
    projection = projections.get(first.index.name or "")
    held = "all" if projection is None else tuple(sorted(projection.fields)) or "keys"
    return Explanation(
        type=selection.type,
        index=first.index.name or "",
        key_conditions=tuple(_filled_in(*query.key_condition) for query in selection.queries),
        filter=None if first.filter is None else _filled_in(first.filter.text, first.filter.names, first.filter.values),
        predicate=predicate,
        descending=first.descending,
        limit=limit,
        reads=reads if selection.is_filtered else None,
        projection=held,
        _cost=partial(_cost, selection, limit, reads, projection),
    )


def _cost(
    selection: Selection, limit: int, reads: int, projection: Projection | None, row_bytes: int, matching: float
) -> Consumed:
    filters_at_table = selection.queries[0].filter is not None
    table = _Imagined(row_bytes, projection, 1 / matching if filters_at_table else 1)
    wanted = _taking(1 if filters_at_table else matching)
    walk = walking.page(selection, Place(), limit, wanted, reads if selection.is_filtered else None)
    try:
        query = next(walk)
        while True:
            query = walk.send(table.answer(query))
    except StopIteration:
        return table.consumed


class _Imagined:
    """A table that has a row for whatever is asked, each of the same size.

    Args:
        row_bytes: That size.
        projection: What the index holds; None for whole rows.
        spacing: Of how many rows one passes the filter.
    """

    def __init__(self, row_bytes: int, projection: Projection | None, spacing: float) -> None:
        self.consumed = Consumed()
        self._row_bytes = row_bytes
        self._projection = projection
        self._spacing = spacing
        self._numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))

    def answer(self, query: Query) -> Slice:
        """Answer as a table does, the rows included that are read beside the index."""
        beside = self._projection is not None and not self._projection.suffices(query)
        entry_bytes = min(self._row_bytes, _ENTRY_BYTES) if beside else self._row_bytes
        most = max(1, ceil(MAX_READ_BYTES / entry_bytes))
        numbers = list(islice(self._numbers[query.partition], min(query.limit or most, most)))
        rows = [_row(query, number) for number in numbers]
        found = [row for row, number in zip(rows, numbers, strict=True) if number % self._spacing < 1]
        units = read_units(entry_bytes * len(rows), consistent=query.consistent)
        self.consumed += Consumed(1, read=units)
        if beside:
            entries = rows if self._projection is None or self._projection.query(query) != query else found
            each = read_units(self._row_bytes, consistent=True)
            self.consumed += Consumed(batch_calls([None] * len(entries)), read=each * len(entries))
        return Slice(tuple(found), len(found), len(rows), position(rows[-1], query.index), units)


def _taking(share: float) -> Callable[[Record], Record | None]:
    """Return what takes that share of the rows it is given, evenly."""
    seen = count(1)
    return lambda row: row if next(seen) * share % 1 < share else None


def _row(query: Query, number: int) -> Record:
    place: Attributes = {query.index.partition: {"S": query.partition}, query.index.sort: {"S": _sort(query, number)}}
    return Record(Key(f"{query.partition}{number}", "@"), place)


def _sort(query: Query, number: int) -> str:
    """Return a sort key within the bounds; where there is none above, rows of several partitions take turns by it."""
    if query.last is not None:
        return query.last
    return f"{query.first or ''}{_MOST_ROWS - number if query.descending else _MOST_ROWS + number}"


def _filled_in(text: str, names: Mapping[str, str], values: Attributes) -> str:
    """Put names and values in the place of placeholders."""

    def shown(found: re.Match[str]) -> str:
        return names[found[0]] if found[0] in names else _value(values[found[0]])

    return _PLACEHOLDER.sub(shown, text)


def _value(value: AttributeValue) -> str:
    ((tag, content),) = value.items()
    if tag == "N":
        return str(content)
    return to_json(content, bytes_mode="base64", fallback=to_base64).decode()
