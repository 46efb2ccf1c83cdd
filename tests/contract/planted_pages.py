"""Bugs planted in the rules about pages, cursors, shards and collections: what `AccessContract` is there to catch."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from sst_repo.core import cursors, layout, paging, walking
from sst_repo.core.paging import Filled, Reads
from sst_repo.core.queries import Query
from sst_repo.core.selections import Place, Selection
from sst_repo.errors import InvalidCursorError
from sst_repo.mapping.indexes import indexes_of
from sst_repo.testing.contracts.accesses.collections import Client, Deal, DealNote


def ends_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    """A page is taken to have a next one whenever it is full."""

    def fill(
        queries: Sequence[Query], limit: int | None, *others: Any, honest: Any = paging.fill
    ) -> Reads[Filled[Any]]:
        filled: Filled[Any] = yield from honest(queries, limit, *others)
        if limit and len(filled.items) == limit and not filled.more:
            filled.more, filled.ending = True, filled.first
        return filled

    patch.setattr(walking, "fill", fill)


def shards_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    """Rows are handed out though another shard, that is not read so far, may have earlier ones."""

    def next_(streams: Sequence[Any], *, honest: Any = paging._next) -> Any:
        with_rows = [stream for stream in streams if stream.rows]
        return honest(with_rows or streams)

    patch.setattr(paging, "_next", next_)


def updates_run_after(patch: pytest.MonkeyPatch) -> None:
    """An oldest-first walk goes on to what is updated during it."""

    def at(self: Selection, place: Place, *, honest: Any = Selection.at) -> tuple[Query, ...]:
        asked: tuple[Query, ...] = honest(self, replace(place, horizon=None))
        return asked

    patch.setattr(Selection, "at", at)


def pages_back_not_turned(patch: pytest.MonkeyPatch) -> None:
    """A page that was read backward is handed out backward."""

    def walked(filled: Filled[Any], items: Sequence[Any], *places: Any, honest: Any = walking._walked) -> Any:
        return honest(filled, filled.items, *places)

    patch.setattr(walking, "_walked", walked)


def pages_ahead_taken_for_granted(patch: pytest.MonkeyPatch) -> None:
    """A page that was reached backward is taken to have a next one."""

    def fill(
        queries: Sequence[Query], limit: int | None, *others: Any, honest: Any = paging.fill
    ) -> Reads[Filled[Any]]:
        filled: Filled[Any] = yield from honest(queries, limit, *others)
        filled.more = filled.more or limit == 0
        return filled

    patch.setattr(walking, "fill", fill)


def cursors_of_anything(patch: pytest.MonkeyPatch) -> None:
    """A cursor is good for any listing."""
    patch.setattr(Selection, "_identity", ())


def signatures_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    """A signed cursor is good without its secret, and an unsigned one with one."""

    def decode(cursor: str, listing: Sequence[str], _: Sequence[bytes], *, honest: Any = cursors.decode) -> Any:
        for secrets in ((), (b"old",), (b"new",), (b"secret",)):
            try:
                return honest(cursor, listing, secrets)
            except InvalidCursorError:
                continue
        return honest(cursor, listing)

    patch.setattr(cursors, "decode", decode)


def one_shard_written(patch: pytest.MonkeyPatch) -> None:
    """All rows are listed in one shard."""
    patch.setattr(layout, "crc32", lambda _: 0)  # pyright: ignore[reportUnknownLambdaType]


def first_shard_renamed(patch: pytest.MonkeyPatch) -> None:
    """With shards no partition is that of the listing without."""

    def partitions(type_name: str, shards: int, *, honest: Any = layout.listing_partitions) -> tuple[str, ...]:
        return honest(type_name, 1) if shards == 1 else tuple(f"{type_name}#{number}" for number in range(shards))

    patch.setattr(layout, "listing_partitions", partitions)


def classes_not_told_apart(patch: pytest.MonkeyPatch) -> None:
    """In a collection the keys of all classes are alike."""

    for model in (Client, Deal, DealNote):
        for codec in indexes_of(model):
            patch.setattr(codec, "_before_sort", "")
