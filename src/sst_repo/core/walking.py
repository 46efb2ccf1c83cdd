"""Walking through a listing page by page, forth and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sst_repo.core import layout
from sst_repo.core.paging import Filled, Reads, fill, position
from sst_repo.core.queries import Position
from sst_repo.core.records import Record
from sst_repo.core.selections import Place, Selection
from sst_repo.errors import CorruptRecordError

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Walked(Generic[ItemT]):
    """A page, and the places of those next to it.

    Attributes:
        items: What was loaded, in the listing's order.
        skipped: The rows that could not be.
        following: Where the next page begins; None if there is none.
        previous: Where the page before begins, to be read backward; None if there is none.
        scanned: How many rows were read.
        consumed: How many read units that took.
    """

    items: Sequence[ItemT]
    skipped: Sequence[CorruptRecordError]
    following: Place | None
    previous: Place | None
    scanned: int
    consumed: float


def page(
    selection: Selection,
    place: Place,
    limit: int | None,
    load: Callable[[Record], ItemT | None],
    reads: int | None,
) -> Reads[Walked[ItemT]]:
    """Read the page that begins at a place.

    Read forward, the page before is the one that was come from, so that it is not looked for. Read backward, the same
    is true of the next one: but that `following` is exact is a promise, so that one look ahead makes sure.

    Args:
        selection: What is walked through.
        place: Where the page begins.
        limit: How many items; None for all.
        load: As for `fill`.
        reads: As for `fill`, of each query; None for no bound.
    """
    budget = None if reads is None else reads * len(selection.queries)
    filled = yield from fill(selection.at(place), limit, load, budget, place.spacing)
    horizon = place.horizon
    if selection.is_moving and horizon is None and (resume := filled.resume) is not None:
        horizon = yield from _last_update(selection, filled, resume)
    onward = Place(filled.resume, place.is_backward, horizon, filled.spacing) if filled.more else None
    if place.position is None and not place.is_backward:
        return _walked(filled, filled.items, onward, None)
    back = Place(filled.first or filled.resume, not place.is_backward, horizon, filled.spacing)
    if not place.is_backward:
        return _walked(filled, filled.items, onward, back)
    ahead: Filled[ItemT] = yield from fill(selection.at(back), 0, load, budget, back.spacing)
    filled.scanned += ahead.scanned
    filled.consumed += ahead.consumed
    return _walked(filled, filled.items[::-1], back if ahead.more else None, onward)


def _walked(
    filled: Filled[ItemT], items: Sequence[ItemT], following: Place | None, previous: Place | None
) -> Walked[ItemT]:
    return Walked(items, filled.skipped, following, previous, filled.scanned, filled.consumed)


def _last_update(selection: Selection, filled: Filled[ItemT], resume: Position) -> Reads[str]:
    """Find out when the last update was: a walk from the oldest on ends there, whatever is updated during it.

    It does not end before the place where it goes on: all that comes after may be deleted meanwhile, and the answer may
    come from a copy of the index that lags behind the one that the page was read from.
    """
    last = layout.time_in_listing_sort(resume.sort)
    for query in selection.latest():
        got = yield query
        filled.consumed += got.consumed
        last = max([last, *(layout.time_in_listing_sort(position(row, query.index).sort) for row in got.records)])
    return last
