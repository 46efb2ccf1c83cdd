"""What a listing selects, and the places in it that cursors name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sst_repo.core import cursors, layout
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES, fits
from sst_repo.core.queries import Position, Query
from sst_repo.core.records import Key
from sst_repo.errors import InvalidCursorError

_FORWARD: Final = ">"
_BACKWARD: Final = "<"
_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,3})([<>])(.*)", re.DOTALL)
_ABOVE_IDS: Final = "$"
"""Sorts above the `#` between the time and the id in the listing's sort key."""

_MOST_DIGITS: Final = len(str(MAX_PARTITION_KEY_BYTES))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins, and which way it is read.

    Attributes:
        position: The row that it begins next to; None for the end that reading begins at.
        is_backward: Whether the page is read against the order of its listing.
        horizon: The last update that the walk looks at, where it would else run after what is updated meanwhile.
        spacing: How many rows there were to an item on the page before: so a page need not find out anew.
    """

    position: Position | None = None
    is_backward: bool = False
    horizon: str | None = None
    spacing: int = 1


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows in one order, of which pages can be read.

    Attributes:
        type: The name of their type; "" if they are of several.
        queries: What they are read by, one query a partition, all of one index and in one direction. The rows of
            several partitions are merged by sort key.
        predicate: The name of what Python filters by; "" for nothing.
    """

    type: str
    queries: tuple[Query, ...]
    predicate: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether rows may be read that do not count."""
        return self.queries[0].filter is not None or bool(self.predicate)

    @property
    def is_moving(self) -> bool:
        """Whether rows that are written meanwhile move to where the walk has not been: by last update, oldest first."""
        query = self.queries[0]
        return query.index == layout.LISTING and not query.descending

    def at(self, place: Place) -> tuple[Query, ...]:
        """Return what is read from a place on."""
        return tuple(
            replace(
                query,
                after=place.position,
                last=_last(query, place.horizon),
                descending=query.descending != place.is_backward,
            )
            for query in self.queries
        )

    def latest(self) -> tuple[Query, ...]:
        """Return what finds the row that is last in each partition, whatever it holds."""
        return tuple(replace(query, descending=not query.descending, limit=1, filter=None) for query in self.queries)

    def cursor(self, place: Place | None, secrets: Sequence[bytes]) -> str | None:
        """Write a place down; None for none."""
        if place is None:
            return None
        text = "" if place.position is None else self._text(place.position)
        if self.is_moving:
            text = _pair(place.horizon or "", text)
        direction = _BACKWARD if place.is_backward else _FORWARD
        return cursors.encode(f"{place.spacing}{direction}{text}", self._identity, secrets)

    def place(self, cursor: str | None, secrets: Sequence[bytes]) -> Place:
        """Read a place; without a cursor, the beginning.

        Raises:
            InvalidCursorError: The cursor is mangled or another listing's.
        """
        if cursor is None:
            return Place()
        written = _WRITTEN.fullmatch(cursors.decode(cursor, self._identity, secrets))
        if written is None:
            raise _nowhere()
        spacing, direction, text = written.groups()
        horizon, text = _parted(text) if self.is_moving else (None, text)
        if horizon is not None and not (horizon and _fits_sort(horizon + _ABOVE_IDS)):
            raise _nowhere()
        # Without a secret anybody can make up a place; it can only be one in what is read anyway.
        position = self._position(text, horizon) if text else None
        return Place(position, direction == _BACKWARD, horizon, int(spacing))

    @property
    def _identity(self) -> tuple[str, ...]:
        query = self.queries[0]
        parts = (query.index.name, query.partition, query.first, query.last, query.descending)
        return (self.type, *map(str, parts), repr(query.filter), self.predicate)

    def _text(self, position: Position) -> str:
        key, named = position.key, self._key_named_by(position.sort)
        pk = "" if key.pk == named.pk else key.pk
        sk = "" if key.sk == named.sk else key.sk
        return _pair(pk, _pair(sk, position.sort))

    def _position(self, text: str, horizon: str | None) -> Position:
        pk, text = _parted(text)
        sk, sort = _parted(text)
        named = self._key_named_by(sort)
        key = Key(pk or named.pk, sk or named.sk)
        first, last = self.queries[0].first, _last(self.queries[0], horizon)
        within = (first or "") <= sort and (last is None or sort <= last)
        if not within or not fits(key.pk, MAX_PARTITION_KEY_BYTES) or not all(map(_fits_sort, (key.sk, sort))):
            raise _nowhere()
        return Position(sort, key)

    def _key_named_by(self, sort: str) -> Key:
        """Return the key that a row of ours has, as far as it follows from its sort key: in the listing all of it.

        Cursors name the rest. Of a row that somebody else wrote that is all of it, or they would lead to another place.
        """
        if self.queries[0].index != layout.LISTING:
            return layout.latest_key("")
        return layout.latest_key(layout.partition_key(self.type, layout.id_in_listing_sort(sort)))


def _fits_sort(text: str) -> bool:
    return fits(text, MAX_SORT_KEY_BYTES)


def _last(query: Query, horizon: str | None) -> str | None:
    """Return the bound of what is read: of a walk with a horizon, that."""
    return query.last if horizon is None else horizon + _ABOVE_IDS


def _pair(first: str, second: str) -> str:
    return f"{len(first)}:{first}{second}"


def _parted(text: str) -> tuple[str, str]:
    length, _, rest = text.partition(":")
    if not length.isdecimal() or len(length) > _MOST_DIGITS:
        raise _nowhere()
    return rest[: int(length)], rest[int(length) :]


def _nowhere() -> InvalidCursorError:
    return InvalidCursorError("the cursor names no place in this listing; begin again without a cursor")
