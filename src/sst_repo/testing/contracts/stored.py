"""Reaching below the repositories: rows as they are stored, and how to spoil them."""

import random
from collections.abc import Generator
from contextlib import contextmanager

from sst_repo.core import layout
from sst_repo.core.queries import Scan
from sst_repo.core.records import (
    Absent,
    Applied,
    AttributeValue,
    Delete,
    Guard,
    HeldByNoOther,
    Key,
    Matches,
    Plan,
    Put,
    Record,
)
from sst_repo.ids import ULIDS
from sst_repo.resource import Resource
from sst_repo.tables.base import Table
from sst_repo.tables.memory import InMemoryTable
from sst_repo.testing.contracts.tables.rows import put_all

STRANGE_IDS = ("#", "a#b", "v#000000000001", "@", " ", "ä ö/ü?", "\U0001f98a", "x" * 900, "listing", "..", "%23", "0")
"""Ids that are unusual, but as good as any."""

IMPOSSIBLE_IDS = ("", "x" * 2000, "\ud800")
"""Ids that no row can have: empty, longer than a key, no Unicode text."""


@contextmanager
def in_few_calls(table: Table) -> Generator[Table, None, None]:
    """Give a table in memory to write to; what it holds in the end is stored, 90 rows a call, where there is nothing.

    For tests of what becomes of many rows: to write them one by one takes longer than all the rest.
    """
    memory = InMemoryTable()
    yield memory
    put_all(table, memory.scan(Scan()).records)


def latest_row(table: Table, model: type[Resource], resource_id: str) -> Record | None:
    """Return the latest row, a tombstone too; None if there is none."""
    return table.read(layout.latest_key(layout.partition_key(model.__type_name__, resource_id)))


def stored_row(table: Table, model: type[Resource], resource_id: str, version: int | None = None) -> Record:
    """Return a row that must be there: the latest one, or that of an overwritten version."""
    pk = layout.partition_key(model.__type_name__, resource_id)
    row = table.read(layout.latest_key(pk) if version is None else layout.history_key(pk, version))
    if row is None:
        raise LookupError(f"{pk} has no such row")
    return row


def spoil(table: Table, row: Record, name: str, value: AttributeValue | None) -> None:
    """Give a stored row another value of an attribute, or take the attribute away."""
    attributes = {key: kept for key, kept in row.attributes.items() if key != name}
    if value is not None:
        attributes[name] = value
    guard = Matches(row.version or 0, row.write_id or "")
    outcome = table.transact(Plan((Put(Record(row.key, attributes), guard),), ULIDS.new_id()))
    if outcome != Applied():
        raise RuntimeError(f"the row could not be spoilt: {outcome}")


def plant(table: Table, row: Record | None, key: Key | None = None) -> None:
    """Store a row whatever stands there, or with a key and no row take away what stands there."""
    place = row.key if row is not None else key
    if place is None:
        raise ValueError("give a row or a key")
    stored = table.read(place)
    guard = _as_stored(stored)
    op = Put(row, guard) if row is not None else Delete(place, guard)
    outcome = table.transact(Plan((op,), ULIDS.new_id()))
    if outcome != Applied():
        raise RuntimeError(f"the row could not be planted: {outcome}")


def _as_stored(stored: Record | None) -> Guard:
    if stored is None:
        return Absent()
    if stored.holder is not None:
        return HeldByNoOther(stored.holder)
    return Matches(stored.version or 0, stored.write_id or "")


def noise(length: int, seed: int = 0) -> str:
    """Return text that hardly compresses, the same for the same seed."""
    return random.Random(seed).randbytes(length // 2 + 1).hex()[:length]  # noqa: S311 - ballast, not a secret
