"""The tables of the stub: rows as they were sent, found by key or by the partition of an index."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

Item = dict[str, Any]
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Keys:
    """The attributes of the key of a table or index. All keys are text here."""

    partition: str
    sort: str | None

    @classmethod
    def of(cls, schema: Iterable[Mapping[str, str]]) -> "Keys":
        names = {part["KeyType"]: part["AttributeName"] for part in schema}
        return cls(names["HASH"], names.get("RANGE"))

    @property
    def names(self) -> tuple[str, ...]:
        return (self.partition,) if self.sort is None else (self.partition, self.sort)


@dataclass(frozen=True, slots=True)
class Row:
    """An item, with its text ready to be part of an answer."""

    item: Item
    text: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the key to go on from, None at the end."""

    rows: list[Row]
    last: Item | None


class StubTable:
    """A table.

    Args:
        request: The CreateTable that makes it.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.description = {**request, "TableStatus": "ACTIVE", "ItemCount": 0, "TableSizeBytes": 0}
        self.keys = Keys.of(request["KeySchema"])
        indexes = [*request.get("GlobalSecondaryIndexes", ()), *request.get("LocalSecondaryIndexes", ())]
        self._indexes = {index["IndexName"]: Keys.of(index["KeySchema"]) for index in indexes}
        self._rows: dict[tuple[str, ...], Row] = {}

    def get(self, key: Item) -> Row | None:
        return self._rows.get(self._name(key))

    def put(self, item: Item) -> None:
        self._rows[self._name(item)] = Row(item, json.dumps(item, separators=(",", ":")).encode())

    def delete(self, key: Item) -> Row | None:
        return self._rows.pop(self._name(key), None)

    def keys_of(self, index: str | None) -> Keys:
        return self.keys if index is None else self._indexes[index]

    def partition(self, index: str | None, value: str, *, descending: bool, after: Item | None, limit: int) -> Page:
        """Return up to `limit` rows of a partition, in the order of its sort key."""
        keys = self.keys_of(index)
        places = sorted(self._places(keys, value), key=itemgetter(0), reverse=descending)
        if after is not None:
            start = self._place(keys, after)
            places = [entry for entry in places if (entry[0] < start if descending else entry[0] > start)]
        return self._page([row for _, row in places], limit, {*keys.names, *self.keys.names})

    def segment(self, number: int, total: int, *, after: Item | None, limit: int) -> Page:
        """Return up to `limit` rows of a segment, in the order they were first put."""
        rows = list(self._rows.values())[number::total]
        if after is not None:
            name = self._name(after)
            rows = rows[[self._name(row.item) for row in rows].index(name) + 1 :]
        return self._page(rows, limit, set(self.keys.names))

    def _page(self, rows: list[Row], limit: int, names: set[str]) -> Page:
        taken = rows[:limit]
        last = {name: taken[-1].item[name] for name in names} if len(rows) > limit else None
        return Page(taken, last)

    def _places(self, keys: Keys, value: str) -> Iterator[tuple[Place, Row]]:
        for row in self._rows.values():
            if _text(row.item, keys.partition) == value and (keys.sort is None or keys.sort in row.item):
                yield self._place(keys, row.item), row

    def _place(self, keys: Keys, item: Item) -> Place:
        own = self.keys
        return _text(item, keys.sort), _text(item, own.partition), _text(item, own.sort)

    def _name(self, item: Item) -> tuple[str, ...]:
        return tuple(_text(item, name) for name in self.keys.names)


def _text(item: Item, name: str | None) -> str:
    return "" if name is None or name not in item else str(item[name]["S"])
