"""Reading the resources of one type: by id, in versions, as pages. Repositories of both kinds share it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from sst_repo.conditions import Condition
from sst_repo.core import cursors, layout, paging, policy
from sst_repo.core.intents import Target
from sst_repo.core.layout import IndexKeys
from sst_repo.core.paging import Reads
from sst_repo.core.policy import is_alive
from sst_repo.core.queries import Position, Query
from sst_repo.core.records import Attributes, Record
from sst_repo.errors import CorruptRecordError, InvalidQueryError, NotFoundError, UnstorableValueError
from sst_repo.indexes import KeyQuery
from sst_repo.mapping.schema import Schema
from sst_repo.ports import Page
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

    def content(self, resource: T, base: Record | None) -> Attributes:
        """Return what a row stores of the resource, and exactly what `base` stores if that is the same resource.

        The same can be stored in another way: when its class has got a field with a default since, say. To read it is
        not to change it.

        Raises:
            UnstorableValueError: A value can't be stored.
        """
        content = self.schema.content(resource)
        if not is_alive(base):
            return content
        stored = policy.content_of(base)
        return stored if content != stored and content == self._stored_today(base) else content

    def latest(self, target: Target, *, consistent: bool = True) -> Record | None:
        """Return the latest row, which may be a tombstone."""
        return self.table.read(target.key, consistent=consistent)

    def latest_many(self, targets: Iterable[Target], *, consistent: bool = True) -> dict[str, Record | None]:
        """Return the latest row of each, by id; None where there is none."""
        targets = list(targets)
        rows = self.table.read_many([target.key for target in targets], consistent=consistent)
        return {target.id: rows.get(target.key) for target in targets}

    def load(self, row: Record | None) -> T | None:
        """Make the resource of a latest row; None for no row or a tombstone.

        Raises:
            CorruptRecordError: The row can't be read.
        """
        return self.schema.load(row) if is_alive(row) else None

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
        if cursor is not None:
            before = int(cursors.decode(cursor, listing))
        else:
            latest = self.latest(target)
            if latest is None:
                raise NotFoundError(target.type, target.id)
            before = latest.version or layout.MAX_VERSION
            try:
                items.extend(filter(None, [self.load(latest)]))
            except CorruptRecordError as error:
                skipped.append(error)
        more = False
        if target.keeps_versions and before > 1:
            last = layout.history_key(target.pk, before - 1).sk
            query = Query(layout.PRIMARY, target.pk, layout.OLDEST, last, descending=True, consistent=True)
            room = None if limit is None else limit - len(items)
            filled = self.run(paging.fill(query, room, self.load))
            items += filled.items
            skipped += filled.skipped
            more = filled.more
        return Page(items, cursors.encode(str(items[-1].version), listing) if more else None, skipped)

    def history(self, target: Target) -> tuple[Record, ...]:
        """Return all rows of the history as they are stored, oldest first."""
        query = Query(layout.PRIMARY, target.pk, layout.OLDEST, layout.NEWEST, consistent=True)
        return tuple(self.run(paging.fill(query, None, lambda row: row)).items)

    def listing(self, where: Condition | None, predicate: Predicate[T] | None, *, newest_first: bool) -> "Listing":
        """Describe the listing of the type by last update.

        Raises:
            InvalidQueryError: The condition does not fit the type.
        """
        query = Query(layout.LISTING, self.schema.type_name, descending=newest_first)
        return self._filtered(query, where, predicate)

    def indexed(
        self, key_query: KeyQuery[T], where: Condition | None, predicate: Predicate[T] | None, *, descending: bool
    ) -> "Listing":
        """Describe what a declared index holds under a key.

        Raises:
            InvalidQueryError: The key query is another type's, or the condition does not fit the type.
        """
        query = self.schema.key_query(key_query, descending=descending)
        return self._filtered(query, where, predicate)

    def page(
        self, listing: "Listing", limit: int, cursor: str | None, load: Callable[[Record], T | None], reads: int
    ) -> Page[T]:
        """Return a page of a listing.

        Args:
            listing: What is listed.
            limit: How many resources.
            cursor: Where to go on; None to begin.
            load: Makes a resource of a row; None for a row that does not count.
            reads: How many reads a filtered page may take.

        Raises:
            InvalidQueryError: The limit, or the number of reads, is below 1.
            InvalidCursorError: The cursor is mangled or another listing's.
        """
        _check_limit(limit)
        _check_limit(reads)
        query = listing.query
        if cursor is not None:
            query = replace(query, after=self._position(query.index, cursors.decode(cursor, listing.identity)))
        filled = self.run(paging.fill(query, limit, load, reads if listing.is_filtered else None))
        place = None if filled.resume is None else _place(query.index, filled.resume)
        following = None if place is None or not filled.more else cursors.encode(place, listing.identity)
        return Page(filled.items, following, filled.skipped, filled.scanned)

    def count(self, listing: "Listing") -> int:
        """Count the rows of a listing."""
        return self.run(paging.count(listing.query))

    def run(self, reads: Reads[R]) -> R:
        """Carry out reads, one call a query, and return what they come to."""
        try:
            query = next(reads)
            while True:
                query = reads.send(self.table.query(query))
        except StopIteration as done:
            result: R = done.value
            return result

    def _stored_today(self, row: Record) -> Attributes | None:
        try:
            return self.schema.content(self.schema.load(row))
        except (CorruptRecordError, UnstorableValueError):
            return None

    def _filtered(self, query: Query, where: Condition | None, predicate: Predicate[T] | None) -> "Listing":
        if where is not None:
            query = replace(query, filter=self.schema.filter(where))
        identity = (
            self.schema.type_name,
            *(str(part) for part in (query.index.name, query.partition, query.first, query.last, query.descending)),
            repr(query.filter),
            name_of(predicate),
        )
        return Listing(query, identity, is_filtered=where is not None or predicate is not None)

    def _position(self, index: IndexKeys, place: str) -> Position:
        if index == layout.LISTING:
            resource_id, sort = layout.id_in_listing_sort(place), place
        else:
            length, _, rest = place.partition(":")
            resource_id, sort = rest[: int(length)], rest[int(length) :]
        return Position(sort, layout.latest_key(layout.partition_key(self.schema.type_name, resource_id)))


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows in order, of which pages can be read.

    Attributes:
        query: What is read.
        identity: What tells the listing from others; its cursors are bound to it.
        is_filtered: Whether rows may be read that do not count.
    """

    query: Query
    identity: tuple[str, ...]
    is_filtered: bool


def _place(index: IndexKeys, position: Position) -> str:
    """Write a place down; the listing's sort key names the resource itself."""
    if index == layout.LISTING:
        return position.sort
    _, resource_id = layout.type_and_id(position.key.pk)
    return f"{len(resource_id)}:{resource_id}{position.sort}"


def name_of(predicate: Callable[..., object] | None) -> str:
    """Return what cursors know a predicate by; "" for none."""
    return "" if predicate is None else getattr(predicate, "__qualname__", repr(type(predicate)))


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
