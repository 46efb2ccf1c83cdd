"""How far a scan has got: where each segment goes on, and the same as text, to go on later or elsewhere."""

import json
from collections.abc import Iterator
from typing import Final

from sst_repo.core import layout
from sst_repo.core.filters import And, BeginsWith, Compare, Exists, Filter, Not
from sst_repo.core.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES, fits
from sst_repo.core.queries import Position
from sst_repo.core.records import Key, Record
from sst_repo.errors import InvalidCursorError

MAX_SEGMENTS: Final = 1_000_000
"""DynamoDB's limit. Source: API reference of Scan, `TotalSegments`."""


def living(type_name: str | None, where: Filter | None) -> Filter:
    """Return what tells the latest rows of living resources of a type from all other rows of a table.

    Args:
        type_name: The type; None for any, which leaves rows in that are no resources: guards, and what is not ours.
        where: What they must satisfy besides; None for nothing.
    """
    of_type = () if type_name is None else (BeginsWith(("pk",), {"S": layout.partition_key(type_name, "")}),)
    latest = (*of_type, Compare(("sk",), "=", {"S": layout.LATEST}), Not(Exists((layout.DELETED,))))
    return And(latest if where is None else (*latest, where))


class ScanState:
    """Where each segment of a scan goes on.

    Segments are begun in their order. Of those that have begun only the open ones are kept, so that the state is as
    small as the number of segments that are read at once, however many there are.

    Args:
        segments: How many segments there are.
        begun: How many of them have begun.
        open_: Those of them that are not finished, and the key after which each goes on; None for the beginning.
    """

    def __init__(self, segments: int, begun: int = 0, open_: dict[int, Key | None] | None = None) -> None:
        """Begin at the beginning, unless told otherwise."""
        self.segments = segments
        self._begun = begun
        self._open: dict[int, Key | Record | None] = {**(open_ or {})}

    @classmethod
    def from_text(cls, text: str, segments: int) -> "ScanState":
        """Return the state that a text stands for.

        Raises:
            InvalidCursorError: No scan of so many segments gets there.
        """
        try:
            begun, entries = json.loads(text)
            open_ = dict(_entry(*entry) for entry in entries)
        except (ValueError, TypeError, RecursionError) as error:
            raise _nowhere() from error
        if not _is_number(begun, segments) or not all(_is_number(segment, begun - 1) for segment in open_):
            raise _nowhere()
        return cls(segments, begun, open_)

    @property
    def text(self) -> str:
        """The state as text."""
        places = ((segment, _key(place)) for segment, place in self._open.items())
        entries = [[segment] if key is None else [segment, key.pk, key.sk] for segment, key in places]
        return json.dumps([self._begun, entries], separators=(",", ":"), ensure_ascii=False)

    @property
    def finished(self) -> int:
        """How many segments are finished."""
        return self._begun - len(self._open)

    @property
    def is_through(self) -> bool:
        """Whether all are."""
        return self.finished == self.segments

    def upcoming(self) -> Iterator[tuple[int, Key | None]]:
        """Go through the segments that are not finished, and where each goes on; a segment begins when it is taken."""
        yield from [(segment, _key(place)) for segment, place in self._open.items()]
        while self._begun < self.segments:
            segment = self._begun
            self._begun += 1
            self._open[segment] = None
            yield segment, None

    def passed(self, segment: int, row: Record) -> None:
        """Take note that a segment goes on after a row; its key is not read before somebody asks for it."""
        self._open[segment] = row

    def read(self, segment: int, more: Position | None) -> None:
        """Take note that all rows of a read are passed, and that the segment goes on where it says; None at its end."""
        if more is None:
            del self._open[segment]
        else:
            self._open[segment] = more.key


def _key(place: Key | Record | None) -> Key | None:
    return place.key if isinstance(place, Record) else place


def _entry(segment: int, *key: object) -> tuple[int, Key | None]:
    match key:
        case ():
            return segment, None
        case (str(pk), str(sk)) if fits(pk, MAX_PARTITION_KEY_BYTES) and fits(sk, MAX_SORT_KEY_BYTES):
            return segment, Key(pk, sk)
        case _:
            raise ValueError("a key is two texts, neither of them empty or too long")


def _is_number(found: object, most: int) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= most


def _nowhere() -> InvalidCursorError:
    return InvalidCursorError("the cursor names no place in this scan; begin again without a cursor")
