"""`Repository[T]`: what services read and write resources by."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from sst_repo.additions import AddProgress, AddReport
from sst_repo.errors import raise_first
from sst_repo.pages import DEFAULT_LIMIT, DEFAULT_READS, Page
from sst_repo.parallel import MAX_CALLS
from sst_repo.scans import DEFAULT_SEGMENTS, ScanProgress, ScanRun

if TYPE_CHECKING:
    from sst_repo.conditions import Condition
    from sst_repo.errors import CorruptRecordError
    from sst_repo.explanations import Explanation
    from sst_repo.indexes import KeyQuery
    from sst_repo.resource import Resource

T = TypeVar("T", bound="Resource")

ITERATION_LIMIT = 100
"""How many resources `iterate` reads at a time."""


class Repository(ABC, Generic[T]):
    """The resources of one type, as a collection that outlives the process.

    Services ask for a `Repository[Order]` and get one that stands alone (each call is its own commit) or one that
    belongs to a unit of work (nothing is written before its `commit()`). All methods raise `TableError` when the
    table itself fails, and `UnstorableValueError` before any call for what can't be stored.
    """

    @abstractmethod
    def add(self, resource: T) -> T:
        """Store a new resource and return the same object, now at version 1.

        An id of a versioned resource that was deleted may be added again: the version numbers continue.

        Raises:
            AlreadyExistsError: The id is taken.
            UniqueViolationError: Another resource has a value that must be unique.

        Cost: 1 PutItem, or 1 TransactWriteItems of 1 item and 1 for each unique value. One TransactWriteItems more
        where the id belongs to a deleted versioned resource.
        """

    @abstractmethod
    def add_many(
        self,
        resources: Iterable[T],
        *,
        workers: int = MAX_CALLS,
        progress: Callable[[AddProgress], object] | None = None,
    ) -> AddReport[T]:
        """Store many new resources, several at once, and tell what became of each: for imports.

        Each is a commit of its own, guarded as by `add`: nothing that is stored is touched, and what is given again is
        told to exist. What one raises does not keep the others from being added. Once the table itself fails, or
        does not let one in, nothing further is sent: the rest fails with the same error. A unit of work refuses to add
        many: it has one commit, of at most 100 actions.

        Args:
            resources: Any number; gone through in the caller's thread, as others are done. Each once.
            workers: How many are under way at once, each in a thread; 1 works in the caller's own. The client needs as
                many connections: boto3's have ten unless told otherwise (`max_pool_connections`).
            progress: Is told after each resource, in the caller's thread.

        Raises:
            InvalidQueryError: `workers` is below 1.
            UnitOfWorkStateError: It is the repository of a unit of work.

        Cost: As `add` for each resource.
        """

    @abstractmethod
    def get(self, resource_id: str, *, consistent: bool = True) -> T:
        """Return the latest version.

        Args:
            resource_id: The id.
            consistent: False reads at half the price, perhaps not the very latest.

        Raises:
            NotFoundError: There is none, or it was deleted.
            CorruptRecordError: The stored row can't be read.

        Cost: 1 GetItem.
        """

    @abstractmethod
    def find(self, resource_id: str, *, consistent: bool = True) -> T | None:
        """Return the latest version, or None where `get` raises `NotFoundError`."""

    @abstractmethod
    def get_by(self, field: str | tuple[str, ...], value: object) -> T:
        """Return the resource that has a value that is `Unique`: `customers.get_by("email", "ada@example.org")`.

        Read consistently. A unit of work sees its own changes: what it has added or changed is found by its present
        values, what it has deleted is not found.

        Args:
            field: The name given to `Unique`; of a `Unique` on several, a tuple of their names in its order.
            value: The value; of several fields, a tuple of their values.

        Raises:
            NotFoundError: No resource has the value.
            InvalidQueryError: The class has no such `Unique`, or the value has another type than the field, or is None.
            CorruptRecordError: The stored row can't be read.

        Cost: 2 GetItem, 1 where no resource has the value. In a unit of work none for a resource that it knows.
        """

    @abstractmethod
    def find_by(self, field: str | tuple[str, ...], value: object) -> T | None:
        """Return the resource that has a unique value, or None where `get_by` raises `NotFoundError`."""

    @abstractmethod
    def exists(self, resource_id: str, *, consistent: bool = True) -> bool:
        """Tell whether `get` would find something, without decoding it. Cost: 1 GetItem."""

    @abstractmethod
    def get_many(self, resource_ids: Iterable[str], *, consistent: bool = True) -> dict[str, T]:
        """Return those that exist, by id, in the order asked for; any number of ids, repeated ones once.

        Raises:
            CorruptRecordError: A row can't be read; the good ones are in its `found`.

        Cost: 1 BatchGetItem per 100 ids.
        """

    @abstractmethod
    def save(self, resource: T) -> T:
        """Store a changed resource as its next version, in place, and return it. What has not changed is not written.

        Nor is it changed by being of a class that has got an `Index` or a `Unique` since it was stored; but then it is
        written, so that saving every resource brings all of them up to date.

        It must start from the latest version. A resource that was built by hand from an id and a version (a request
        body, say) is saved too, at the cost of one read.

        Raises:
            ConflictError: Somebody else wrote or deleted it first; the object is left as it was.
            NotFoundError: It has version 0: it was never added.
            UniqueViolationError: Another resource has a value that must be unique.

        Cost: 1 PutItem, or 1 TransactWriteItems of two items where versions are kept. A unique value that changes is
        two items more in the transaction; one that does not, none.
        """

    @abstractmethod
    def delete(self, resource: T) -> None:
        """Delete the resource, if this is its latest version. Where versions are kept, they stay readable.

        Raises:
            NotFoundError: It is gone already, or was never added.
            ConflictError: Somebody else wrote it first.

        Cost: 1 DeleteItem, or 1 TransactWriteItems of two items where versions are kept. Each unique value is one item
        more in the transaction.
        """

    @abstractmethod
    def versions(self, resource_id: str, *, limit: int | None = None, cursor: str | None = None) -> Page[T]:
        """Return the versions of a resource, newest first; also those of a deleted one.

        A type that does not keep versions has just the latest.

        Args:
            resource_id: The id.
            limit: How many at most; None for all of them.
            cursor: The cursor of the page before.

        Raises:
            NotFoundError: Nothing was ever stored under the id, or it was purged.
            InvalidCursorError: The cursor is not one of this resource's.

        Cost: 1 GetItem on the first page, and 1 Query per MB of (compressed) history.
        """

    @abstractmethod
    def get_version(self, resource_id: str, version: int) -> T:
        """Return a version as it was.

        Raises:
            NotFoundError: There is no such version, or it is the mark of a deletion.

        Cost: 1 BatchGetItem of two items.
        """

    @abstractmethod
    def restore(self, resource_id: str, version: int) -> T:
        """Store the content of an old version as the next version, bringing back what was deleted; return it.

        Raises:
            NotFoundError: There is no such version.
            ConflictError: Somebody else wrote in the meantime.
            UniqueViolationError: Another resource has a unique value of that version by now.

        Cost: 1 BatchGetItem of two items and 1 write call.
        """

    @abstractmethod
    def purge(self, resource_id: str) -> None:
        """Erase a resource with all its versions. What was never there is no error.

        The one operation that may take several calls: it makes the resource invisible first, and can be repeated
        when it was interrupted.

        Raises:
            ConflictError: Somebody wrote the resource in the meantime.

        Cost: 1 GetItem; where versions are kept, a Query per MB of history and 1 write call per 100 versions.
        """

    @abstractmethod
    def list(
        self,
        *,
        where: "Condition | None" = None,
        predicate: Callable[[T], bool] | None = None,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
        newest_first: bool = True,
        reads: int = DEFAULT_READS,
    ) -> Page[T]:
        """Return a page of the resources of this type, by last update.

        Read from an index, which follows the table within moments. Oldest first, a walk from page to page ends where
        the last update was when it began: it comes to an end even if all that it reads is written again.

        Args:
            where: What the table filters by, such as `F.total > 5`; what it drops is read (and paid) but not sent.
            predicate: What Python filters by, of what is left.
            limit: How many; the page has exactly so many while they last.
            cursor: A page's `cursor` to get the next one, its `previous` to get the one before; None for the first.
            newest_first: Whether to begin with the latest update.
            reads: With a filter: after so many reads (of each shard) the page is handed out short, with a cursor. The
                one case in which the next page may be empty.

        Raises:
            InvalidQueryError: The limit is below 1, or the condition does not fit the type.
            InvalidCursorError: The cursor is mangled or belongs to another listing.

        Cost: 1 Query per page and shard of the listing, more where the page is over 1 MB or matches are rare. 1 more a
            shard on the first page of several oldest first, and on a page reached backward.
        """

    @abstractmethod
    def query(
        self,
        query: "KeyQuery[T]",
        *,
        where: "Condition | None" = None,
        predicate: Callable[[T], bool] | None = None,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
        descending: bool = False,
        reads: int = DEFAULT_READS,
    ) -> Page[T]:
        """Return a page of what a declared index holds under a key, by the index's sort fields.

        Args:
            query: The index with its partition and what its sort fields must be: `Order.by_customer("c1").ge(t0)`.
            where: As for `list`.
            predicate: As for `list`.
            limit: As for `list`.
            cursor: As for `list`.
            descending: Whether to begin with the greatest.
            reads: As for `list`.

        Raises:
            InvalidQueryError: As for `list`; or the query is another type's.
            InvalidCursorError: As for `list`.

        Cost: 1 Query per page, more where the page is over 1 MB or matches are rare; 1 more on a page reached backward.
        """

    def iterate(
        self,
        query: "KeyQuery[T] | None" = None,
        *,
        where: "Condition | None" = None,
        predicate: Callable[[T], bool] | None = None,
        newest_first: bool = True,
        descending: bool = False,
    ) -> Iterator[T]:
        """Go through all that `list`, or with a key query `query`, has on its pages, read as they are needed.

        Args:
            query: What `query` takes; None to go by last update.
            where: As for `list`.
            predicate: As for `list`.
            newest_first: The direction without a key query.
            descending: The direction with one.

        Raises:
            CorruptRecordError: Some rows can't be read. It is raised for the first of them, after all the others have
                been gone through.
        """
        skipped: tuple[CorruptRecordError, ...] = ()
        cursor: str | None = None
        more = True
        while more:
            if query is None:
                page = self.list(
                    where=where, predicate=predicate, limit=ITERATION_LIMIT, cursor=cursor, newest_first=newest_first
                )
            else:
                page = self.query(
                    query, where=where, predicate=predicate, limit=ITERATION_LIMIT, cursor=cursor, descending=descending
                )
            yield from page
            skipped += page.skipped
            cursor, more = page.cursor, page.has_more
        raise_first(skipped)

    @abstractmethod
    def scan(
        self,
        *,
        segments: int = DEFAULT_SEGMENTS,
        where: "Condition | None" = None,
        predicate: Callable[[T], bool] | None = None,
        cursor: str | None = None,
        consistent: bool = False,
        progress: Callable[[ScanProgress], object] | None = None,
    ) -> ScanRun[T]:
        """Go through all resources of this type by reading the whole table: for work on all of them, as migrations do.

        Each resource comes once, in no promised order, as it is when it is read; also while others are written,
        which moves no row. `iterate` reads them from an index instead: in order, but one read after the other, from
        where every update moves them, and all from the few partitions of the type.

        Several segments of the table are read at once, each by a thread, at most 8. At most one megabyte of rows is
        being handed out, and one for each of these threads is ready or under way. A single segment is read in the
        caller's own thread. A unit of work refuses to scan: it would keep all that it reads.

        Args:
            segments: Into how many parts the table is cut, from 1 to 1,000,000.
            where: As for `list`.
            predicate: As for `list`; called in the caller's thread.
            cursor: Where another run of the same scan had got; None to begin.
            consistent: Whether to see all that was written before a read, at twice the price.
            progress: Is told after each read, when all it gave has been handed out, in the caller's thread.

        Raises:
            InvalidQueryError: The number of segments is out of bounds; or as for `list`.
            InvalidCursorError: The cursor is mangled, or belongs to a scan of another type, number of segments or
                filters.
            UnitOfWorkStateError: It is the repository of a unit of work.

        What it returns raises, as it is gone through:
            CorruptRecordError: As for `iterate`.
            TableError: A read fails. Its cursor is still good.

        Cost: 1 Scan per MB of the whole table and at least one per segment. All rows are read and paid for: those of
        other types, of the history and of deleted resources too.
        """

    @abstractmethod
    def explain(
        self,
        query: "KeyQuery[T] | None" = None,
        *,
        where: "Condition | None" = None,
        predicate: Callable[[T], bool] | None = None,
        limit: int = DEFAULT_LIMIT,
        newest_first: bool = True,
        descending: bool = False,
        reads: int = DEFAULT_READS,
    ) -> "Explanation":
        """Say how `list`, or with a key query `query`, reads a page of these arguments, and what that costs.

        `print(orders.explain(Order.by_customer("c1").ge(t0), where=F.total > 5))` shows the index, the key condition,
        the filter, and the requests and read units of a page. What a page did cost is its `consumed`. The arguments
        are those of `iterate` and `list`; the predicate is not called.

        Raises:
            InvalidQueryError: As for `list` and `query`.

        Cost: none; nothing is called.
        """

    @abstractmethod
    def count(
        self,
        query: "KeyQuery[T] | None" = None,
        *,
        where: "Condition | None" = None,
        predicate: Callable[[T], bool] | None = None,
    ) -> int:
        """Count what `iterate` would go through.

        Cost: 1 Query per MB of what is looked at; without a predicate nothing is transferred but the number.
        """
