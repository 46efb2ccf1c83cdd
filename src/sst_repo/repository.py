"""Repositories that stand alone: each call is its own commit."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sst_repo.adder import add_each
from sst_repo.additions import AddProgress, AddReport
from sst_repo.clock import SYSTEM_CLOCK
from sst_repo.commit import Committer
from sst_repo.conditions import Condition
from sst_repo.core import limits, policy
from sst_repo.core.intents import Create, Erase, Remove, Update
from sst_repo.core.policy import Commit, is_alive
from sst_repo.core.queries import Scan
from sst_repo.core.records import Record
from sst_repo.ids import ULIDS
from sst_repo.lookup import look_up
from sst_repo.mapping.schema import schema_of
from sst_repo.parallel import MAX_CALLS
from sst_repo.ports import Clock, IdFactory
from sst_repo.reader import Predicate, Reader, name_of
from sst_repo.reading_repository import ReadingRepository
from sst_repo.resource import Resource
from sst_repo.scanner import TableScan
from sst_repo.scans import DEFAULT_SEGMENTS, ScanProgress, ScanRun
from sst_repo.tables.base import Table
from sst_repo.tables.memory import InMemoryTable

T = TypeVar("T", bound=Resource)


class TableRepository(ReadingRepository[T]):
    """The resources of one type in a table of any kind.

    Args:
        model: The class of the resources.
        table: Where they live.
        clock: Stamps what is written.
        ids: Makes the ids of commits.
    """

    def __init__(self, model: type[T], table: Table, *, clock: Clock = SYSTEM_CLOCK, ids: IdFactory = ULIDS) -> None:
        """Make no call."""
        super().__init__(Reader(schema_of(model), table))
        self._committer = Committer(table, clock, ids)

    def __repr__(self) -> str:
        """Show the type."""
        return f"{type(self).__name__}({self._schema.model.__name__})"

    def add(self, resource: T) -> T:
        """Store a new resource and return the same object, now at version 1."""
        target = self._schema.target(resource.resource_id)
        content = self._schema.content(resource)
        return self._write(resource, Create(target, content, derive=self._schema.derive(resource)))

    def add_many(
        self,
        resources: Iterable[T],
        *,
        workers: int = MAX_CALLS,
        progress: Callable[[AddProgress], object] | None = None,
    ) -> AddReport[T]:
        """Store many new resources, several at once, and tell what became of each."""
        return add_each(self.add, resources, workers, progress)

    def find(self, resource_id: str, *, consistent: bool = True) -> T | None:
        """Return the latest version, or None where `get` raises `NotFoundError`."""
        return self._reader.load(self._latest(resource_id, consistent=consistent))

    def exists(self, resource_id: str, *, consistent: bool = True) -> bool:
        """Tell whether `get` would find something, without decoding it."""
        return is_alive(self._latest(resource_id, consistent=consistent))

    def find_by(self, field: str | tuple[str, ...], value: object) -> T | None:
        """Return the resource that has a unique value, or None where `get_by` raises `NotFoundError`."""
        return self._reader.load(look_up(self._reader, self._schema.claim_on(field, value)).row)

    def get_many(self, resource_ids: Iterable[str], *, consistent: bool = True) -> dict[str, T]:
        """Return those that exist, by id, in the order asked for."""
        targets = [target for target in map(self._reader.find_target, dict.fromkeys(resource_ids)) if target]
        return self._reader.load_many(targets, consistent=consistent)

    def save(self, resource: T) -> T:
        """Store a changed resource as its next version, in place, and return it."""
        base = self._reader.base(resource)
        target = self._schema.target(resource.resource_id)
        content, is_changed = self._reader.content(resource, base)
        derive = self._schema.derive(resource)
        # What its class has got since it was stored, an index say, is a reason to write it as well.
        if not is_changed and policy.is_up_to_date(base, derive):
            self._schema.settle(resource, base)
            return resource
        # Written for an index alone, it is stored as its class has it today: the old form need not be readable by it.
        today = content if is_changed else self._schema.content(resource)
        return self._write(resource, Update(target, today, base, derive))

    def delete(self, resource: T) -> None:
        """Delete the resource, if this is its latest version."""
        base = self._reader.base(resource, removing=True)
        self._committer.commit([Remove(self._schema.target(resource.resource_id), base)], then=_nothing)

    def restore(self, resource_id: str, version: int) -> T:
        """Store the content of an old version as the next version, bringing back what was deleted; return it."""
        target = self._reader.target(resource_id, version)
        latest, row = self._reader.version(target, version)
        resource = self._schema.load(row)
        derive = self._schema.derive(resource)
        return self._write(resource, Update(target, self._schema.content(resource), latest, derive))

    def purge(self, resource_id: str) -> None:
        """Erase a resource with all its versions."""
        target = self._reader.find_target(resource_id)
        latest = None if target is None else self._reader.latest(target)
        if target is None or latest is None:
            return
        actions = 1 + len(latest.guards)
        batches = limits.batches(self._reader.history(target) if target.keeps_versions else (), actions)
        if len(batches) > 1 and is_alive(latest):
            # More than one call can erase: first make it invisible, so that nobody sees half of it.
            latest = self._committer.commit([Remove(target, latest)], then=_stored) or latest
            batches = limits.batches(self._reader.history(target))
        for batch in batches[:-1]:
            self._committer.commit([Erase(target, latest, batch, wholly=False)], then=_nothing)
        self._committer.commit([Erase(target, latest, batches[-1], wholly=True)], then=_nothing)

    def scan(
        self,
        *,
        segments: int = DEFAULT_SEGMENTS,
        where: Condition | None = None,
        predicate: Predicate[T] | None = None,
        cursor: str | None = None,
        consistent: bool = False,
        progress: Callable[[ScanProgress], object] | None = None,
    ) -> ScanRun[T]:
        """Go through all resources of this type by reading the whole table."""
        wanted = self._schema.scan_filter(where)
        listing = (self._schema.type_name, "scan", str(segments), repr(wanted), name_of(predicate))
        scan = Scan(segments=segments, filter=wanted, consistent=consistent)
        load = self._loading(predicate)
        return TableScan(self._reader.table, scan, listing, load, cursor=cursor, progress=progress)

    def _check(self) -> None:
        """Stand alone: there is nothing to check."""

    def _listed(self, row: Record) -> T | None:
        return self._schema.load_living(row)

    def _handed_out(self, resource: T) -> T:
        return resource

    def _latest(self, resource_id: str, *, consistent: bool) -> Record | None:
        target = self._reader.find_target(resource_id)
        return None if target is None else self._reader.latest(target, consistent=consistent)

    def _write(self, resource: T, intent: Create | Update) -> T:
        self._schema.prove(resource, intent.content)

        def settle(commit: Commit) -> T:
            self._schema.settle(resource, _stored(commit))
            return resource

        return self._committer.commit([intent], then=settle)


def _stored(commit: Commit) -> Record | None:
    """Return the row that a commit of one intent has stored."""
    return commit.steps[0].stored


def _nothing(_: Commit) -> None:
    """Leave it at that."""


class DynamoDBRepository(TableRepository[T]):
    """The resources of one type in a DynamoDB table: `DynamoDBRepository(Order, DynamoDBTable("shop"))`."""


class InMemoryRepository(TableRepository[T]):
    """The resources of one type in memory, in a table of its own unless one is given."""

    def __init__(
        self,
        model: type[T],
        table: Table | None = None,
        *,
        clock: Clock = SYSTEM_CLOCK,
        ids: IdFactory = ULIDS,
    ) -> None:
        """Make a table if none is given."""
        super().__init__(model, InMemoryTable() if table is None else table, clock=clock, ids=ids)
