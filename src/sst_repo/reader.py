"""Reading the resources of one type: by id, in versions, as pages. Repositories of both kinds share it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from sst_repo.conditions import Condition
from sst_repo.core import cursors, layout, paging, policy, walking
from sst_repo.core.capacity import read_units
from sst_repo.core.explaining import explain
from sst_repo.core.intents import Target
from sst_repo.core.limits import item_size
from sst_repo.core.paging import Reads
from sst_repo.core.policy import is_alive
from sst_repo.core.projections import complete
from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Attributes, Key, Record, RowsByKey, version_number
from sst_repo.core.selections import Selection
from sst_repo.errors import (
    CorruptRecordError,
    InvalidCursorError,
    InvalidQueryError,
    NotFoundError,
    UnstorableValueError,
)
from sst_repo.explanations import Explanation
from sst_repo.indexes import KeyQuery
from sst_repo.mapping.schema import Schema
from sst_repo.pages import Page
from sst_repo.resource import Resource
from sst_repo.tables.base import Table

T = TypeVar("T", bound=Resource)
R = TypeVar("R")

Predicate: TypeAlias = Callable[[T], bool]


@dataclass(frozen=True, slots=True)
class Reader(Generic[T]):
    """Reads resources of one type from a table."""

    schema: Schema[T]
    table: Table

    def find_target(self, resource_id: str) -> Target | None:
        """Name a resource that is looked for; None if no row can have that id, so that there is none."""
        try:
            return self.schema.target(resource_id)
        except UnstorableValueError:
            return None

    def target(self, resource_id: str, version: int | None = None) -> Target:
        """Name a resource that must be there, perhaps one version of it.

        Raises:
            NotFoundError: No row can have that id.
        """
        target = self.find_target(resource_id)
        if target is None:
            raise NotFoundError(self.schema.type_name, resource_id, version, hint="it can't be an id")
        return target

    def base(self, resource: T, *, removing: bool = False) -> Record:
        """Return the row that a change of the resource starts from: its image, else what is stored, by one read.

        Raises:
            NotFoundError: It was never stored; with `removing`, also if it is gone.
            ConflictError: Another version is stored than the resource has.
        """
        image = self.schema.base(resource)
        if image is not None:
            return image
        target = self.schema.target(resource.resource_id)
        if resource.version == 0:
            raise NotFoundError(target.type, target.id, hint=policy.NEVER_STORED)
        stored = self.latest(target)
        if not is_alive(stored) or stored.version != resource.version:
            raise policy.stale(target, resource.version, stored, removing=removing)
        return stored

    def content(self, resource: T, base: Record | None) -> tuple[Attributes, bool]:
        """Return what a row stores of the resource, and whether that is a change.

        If it is none, it is exactly what `base` stores.

        The same can be stored in another way: when its class has got a field with a default since, say. To read it is
        not to change it.

        Raises:
            UnstorableValueError: A value can't be stored.
        """
        content = self.schema.content(resource)
        if not is_alive(base):
            return content, True
        stored = policy.content_of(base)
        if content == stored:
            return stored, False
        if not self.schema.codec.shows_change(content, stored) and content == self._stored_today(base):
            return stored, False
        return content, True

    def latest(self, target: Target, *, consistent: bool = True) -> Record | None:
        """Return the latest row, which may be a tombstone."""
        return self.table.read(target.key, consistent=consistent)

    def latest_many(self, targets: Sequence[Target], *, consistent: bool = True) -> dict[str, Record | None]:
        """Return the latest row of each, by id; None where there is none."""
        return self._by_id(targets, self._rows(targets, consistent=consistent))

    def load_many(self, targets: Sequence[Target], *, consistent: bool) -> dict[str, T]:
        """Return the resources that exist, by id, in the order of the targets.

        Raises:
            CorruptRecordError: A row can't be read; the good ones are in its `found`.
        """
        rows = self._rows(targets, consistent=consistent)
        resources = self.schema.load_all(rows) if isinstance(rows, RowsByKey) else None
        if resources is None:
            return load_each(self._by_id(targets, rows), lambda _, row: self.load(row))
        by_id = {resource.resource_id: resource for resource in resources}
        return {target.id: by_id[target.id] for target in targets if target.id in by_id}

    def load(self, row: Record | None) -> T | None:
        """Make the resource of a latest row; None for no row or a tombstone.

        Raises:
            CorruptRecordError: The row can't be read.
        """
        return None if row is None else self.schema.load_living(row)

    def version(self, target: Target, version: int) -> tuple[Record, Record]:
        """Return the latest row, which may be a tombstone, and the row of a version, each as it is stored.

        Raises:
            NotFoundError: There is no such version, or it is the mark of a deletion.
        """
        if 0 < version <= layout.MAX_VERSION:
            old_key = layout.history_key(target.pk, version)
            rows = self.table.read_many([target.key, old_key])
            latest = rows.get(target.key)
            if latest is not None:
                row = latest if latest.version == version else rows.get(old_key)
                if row is None and version < (latest.version or 0):
                    # The two rows are not read at one moment: it may have moved to the history in between.
                    row = self.table.read(old_key)
                if is_alive(row):
                    return latest, row
        raise NotFoundError(target.type, target.id, version)

    def versions(self, target: Target, limit: int | None, cursor: str | None) -> Page[T]:
        """Return a page of versions, newest first.

        Raises:
            NotFoundError: Nothing was ever stored there.
            InvalidQueryError, InvalidCursorError: As for `page`.
        """
        _check_limit(limit)
        listing = (target.type, target.id, "versions")
        items: list[T] = []
        skipped: list[CorruptRecordError] = []
        scanned, consumed = 0, 0.0
        if cursor is not None:
            before = _version_in(cursors.decode(cursor, listing, self.table.cursor_secrets))
        else:
            latest = self.latest(target)
            if latest is None:
                raise NotFoundError(target.type, target.id)
            before = latest.version or layout.MAX_VERSION
            scanned, consumed = 1, read_units(item_size(latest), consistent=True)
            try:
                items.extend(filter(None, [self.load(latest)]))
            except CorruptRecordError as error:
                skipped.append(error)
        more = False
        if target.keeps_versions and before > 1:
            last = layout.history_key(target.pk, before - 1).sk
            query = Query(layout.PRIMARY, target.pk, layout.OLDEST, last, descending=True, consistent=True)
            room = None if limit is None else limit - len(items)
            filled = run(self.table, paging.fill([query], room, self._old_version))
            items += filled.items
            skipped += filled.skipped
            more = filled.more
            scanned += filled.scanned
            consumed += filled.consumed
        following = cursors.encode(str(items[-1].version), listing, self.table.cursor_secrets) if more else None
        return Page(items, following, skipped, scanned, consumed)

    def history(self, target: Target) -> tuple[Record, ...]:
        """Return all rows of the history as they are stored, oldest first."""
        return history_of(self.table, target.pk)

    def listing(self, where: Condition | None, predicate: Predicate[T] | None, *, newest_first: bool) -> Selection:
        """Describe the listing of the type by last update.

        Raises:
            InvalidQueryError: The condition does not fit the type.
        """
        return self._filtered(self.schema.listing_queries(newest_first=newest_first), where, predicate)

    def indexed(
        self, key_query: KeyQuery[T], where: Condition | None, predicate: Predicate[T] | None, *, descending: bool
    ) -> Selection:
        """Describe what a declared index holds under a key.

        Raises:
            InvalidQueryError: The key query is another type's, or the condition does not fit the type.
        """
        return self._filtered((self.schema.key_query(key_query, descending=descending),), where, predicate)

    def page(
        self, selection: Selection, limit: int, cursor: str | None, load: Callable[[Record], T | None], reads: int
    ) -> Page[T]:
        """Return a page of a selection: as `read_page`."""
        return read_page(self.table, selection, limit, cursor, load, reads)

    def explain(self, selection: Selection, limit: int, reads: int, predicate: Predicate[T] | None) -> Explanation:
        """Explain how pages of a selection are read.

        Raises:
            InvalidQueryError: The limit, or the number of reads, is below 1.
        """
        _check_limit(limit)
        _check_limit(reads)
        return explain(selection, limit, reads, self.table.projections, name_of(predicate) or None)

    def count(self, selection: Selection) -> int:
        """Count the rows of a selection."""
        return run(self.table, paging.count(selection.queries))

    def _rows(self, targets: Sequence[Target], *, consistent: bool) -> Mapping[Key, Record]:
        return self.table.read_many([target.key for target in targets], consistent=consistent)

    def _by_id(self, targets: Iterable[Target], rows: Mapping[Key, Record]) -> dict[str, Record | None]:
        return {target.id: rows.get(target.key) for target in targets}

    def _old_version(self, row: Record) -> T | None:
        return self.schema.load(row) if is_alive(row) else None

    def _stored_today(self, row: Record) -> Attributes | None:
        try:
            return self.schema.content(self.schema.load(row))
        except (CorruptRecordError, UnstorableValueError):
            return None

    def _filtered(
        self, queries: tuple[Query, ...], where: Condition | None, predicate: Predicate[T] | None
    ) -> Selection:
        if where is not None:
            resolved = self.schema.filter(where)
            queries = tuple(replace(query, filter=resolved) for query in queries)
        return Selection(self.schema.type_name, queries, name_of(predicate))


def read_page(
    table: Table,
    selection: Selection,
    limit: int | None,
    cursor: str | None,
    load: Callable[[Record], T | None],
    reads: int,
) -> Page[T]:
    """Return a page of a selection.

    Args:
        table: Where it is read.
        selection: What is listed.
        limit: How many resources; None for all.
        cursor: Where to go on; None to begin.
        load: Makes the resource of a row; None for a row that does not count.
        reads: How many reads a filtered page may take.

    Raises:
        InvalidQueryError: The limit, or the number of reads, is below 1.
        InvalidCursorError: The cursor is mangled or another listing's.
    """
    _check_limit(limit)
    _check_limit(reads)
    place = selection.place(cursor, table.cursor_secrets)

    walked = run(table, walking.page(selection, place, limit, load, reads if selection.is_filtered else None))
    following, previous = (
        selection.cursor(next_to, table.cursor_secrets) for next_to in (walked.following, walked.previous)
    )
    return Page(walked.items, following, walked.skipped, walked.scanned, walked.consumed, previous)


def history_of(table: Table, pk: str) -> tuple[Record, ...]:
    """Return all rows of the history of one resource as they are stored, oldest first."""
    query = Query(layout.PRIMARY, pk, layout.OLDEST, layout.NEWEST, consistent=True)
    return tuple(run(table, paging.fill([query], None, lambda row: row)).items)


def run(table: Table, reads: Reads[R]) -> R:
    """Carry out reads, one call a query (and the rows, where an index does not hold them); return what they come to."""
    try:
        query = next(reads)
        while True:
            query = reads.send(_answer(table, query))
    except StopIteration as done:
        result: R = done.value
        return result


def _answer(table: Table, query: Query) -> Slice:
    projection = table.projections.get(query.index.name or "")
    if projection is None or projection.suffices(query):
        return table.query(query)
    entries = table.query(projection.query(query))
    # Consistent: the entry may be newer than what another read would find, and would look as if it had moved.
    rows = table.read_many([entry.key for entry in entries.records], consistent=True)
    return complete(query, entries, rows)


def name_of(predicate: Callable[..., object] | None) -> str:
    """Return what cursors know a predicate by; "" for none."""
    return "" if predicate is None else getattr(predicate, "__qualname__", repr(type(predicate)))


def _version_in(place: str) -> int:
    """Return the version that a page of versions goes on below.

    Raises:
        InvalidCursorError: No page ends there. Without a secret anybody can make up a place.
    """
    version = version_number(place)
    if version is None or version == 1:
        raise InvalidCursorError("the cursor names no place among the versions; begin again without a cursor")
    return version


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise InvalidQueryError(f"a page has a limit of 1 or more, not {limit}")


def load_each(rows: Mapping[str, Record | None], load: Callable[[str, Record | None], T | None]) -> dict[str, T]:
    """Load rows by id, leaving out what loads as None.

    Raises:
        CorruptRecordError: For the first row that can't be read; its `found` has all the good ones.
    """
    found: dict[str, T] = {}
    corrupt: list[CorruptRecordError] = []
    for resource_id, row in rows.items():
        try:
            resource = load(resource_id, row)
        except CorruptRecordError as error:
            corrupt.append(error)
            continue
        if resource is not None:
            found[resource_id] = resource
    if corrupt:
        first = corrupt[0]
        raise CorruptRecordError(first.type, first.id, first.reason, version=first.version, found=found) from first
    return found
