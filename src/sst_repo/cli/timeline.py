"""The versions of a resource in their order, with what each has changed. Deletions are versions, too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from sst_repo.cli.changes import Change, changes
from sst_repo.core import layout, paging
from sst_repo.core.history import unarchive
from sst_repo.core.policy import content_of
from sst_repo.core.queries import Query
from sst_repo.core.records import Attributes, Record
from sst_repo.errors import CorruptRecordError, NotFoundError
from sst_repo.mapping.schema import schema_of
from sst_repo.reader import Reader, run
from sst_repo.resource import Resource
from sst_repo.tables.base import Table

What: TypeAlias = Literal["created", "changed", "saved", "deleted", "brought back", "unreadable"]

_BEFORE: Final = 2
"""What a version has changed is told by the one before; where that is a deletion, by the one before that."""


@dataclass(frozen=True, slots=True)
class Event:
    """What made a version.

    Attributes:
        version: Its number.
        at: When it was written, as it is stored.
        what: What was done.
        changes: What it has changed since the last version that was no deletion; None if that is not at hand.
    """

    version: int
    at: str
    what: What
    changes: tuple[Change, ...] | None = ()


def rows_of(table: Table, model: type[Resource], resource_id: str, limit: int | None) -> list[Record]:
    """Read the rows of a resource, newest first, as many as `limit` events need. 1 GetItem, 1 Query per MB of history.

    Raises:
        NotFoundError: Nothing was ever stored under the id, or it was purged.
    """
    reader: Reader[Any] = Reader(schema_of(model), table)
    target = reader.target(resource_id)
    latest = reader.latest(target)
    if latest is None:
        raise NotFoundError(target.type, target.id)
    if not target.keeps_versions:
        return [latest]
    query = Query(layout.PRIMARY, target.pk, layout.OLDEST, layout.NEWEST, descending=True, consistent=True)
    room = None if limit is None else max(1, limit - 1 + _BEFORE)
    return [latest, *run(table, paging.fill([query], room, lambda row: row)).items]


def content_of_version(
    table: Table, model: type[Resource], resource_id: str, version: int | None
) -> tuple[int, Attributes]:
    """Read what a version stores for the domain; of the latest unless a version is given. Returns its number with it.

    1 BatchGetItem of two items, or 1 GetItem.

    Raises:
        NotFoundError: There is no such version, or it is the mark of a deletion.
        CorruptRecordError: The row can't be unpacked.
    """
    reader: Reader[Any] = Reader(schema_of(model), table)
    target = reader.target(resource_id, version)
    row = reader.latest(target) if version is None else reader.version(target, version)[1]
    if row is None or row.is_tombstone:
        raise NotFoundError(target.type, target.id)
    try:
        return row.version or 0, content_of(unarchive(row))
    except ValueError as error:
        raise CorruptRecordError(target.type, target.id, str(error), version=row.version) from error


def events(rows: Iterable[Record], model: type[Resource], limit: int | None) -> list[Event]:
    """Say what made the versions of a resource, newest first, given its rows newest first."""
    told = [*_events(list(rows)[::-1], tuple(model.model_fields))][::-1]
    return told if limit is None else told[:limit]


def _events(rows: list[Record], order: tuple[str, ...]) -> Iterator[Event]:
    before: Attributes | None = None
    was_deleted = False
    for row in rows:
        number = row.version or 0
        try:
            image = unarchive(row)
        except ValueError:
            yield Event(number, "", "unreadable", None)
            before = None
            continue
        at: str = image.attributes.get(layout.UPDATED, {}).get("S", "")
        if image.is_tombstone:
            yield Event(number, at, "deleted")
            was_deleted = True
            continue
        content = content_of(image)
        if number == 1:
            yield Event(number, at, "created", changes({}, content, order))
        else:
            changed = None if before is None else changes(before, content, order)
            yield Event(number, at, _what(changed, was_deleted=was_deleted), changed)
        before, was_deleted = content, False


def _what(changed: tuple[Change, ...] | None, *, was_deleted: bool) -> What:
    if was_deleted:
        return "brought back"
    return "saved" if changed == () else "changed"
