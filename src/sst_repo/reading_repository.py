"""What repositories that stand alone and those of a unit of work read alike."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sst_repo.conditions import Condition
from sst_repo.core.records import Record
from sst_repo.core.selections import Selection
from sst_repo.errors import NotFoundError
from sst_repo.explanations import Explanation
from sst_repo.indexes import KeyQuery
from sst_repo.pages import DEFAULT_LIMIT, DEFAULT_READS, Page
from sst_repo.ports import Repository
from sst_repo.reader import Predicate, Reader
from sst_repo.resource import Resource

T = TypeVar("T", bound=Resource)


class ReadingRepository(Repository[T]):
    """Reads through a `Reader`; what is done with the rows is for the two kinds to say."""

    def __init__(self, reader: Reader[T]) -> None:
        """Make no call."""
        self._reader = reader
        self._schema = reader.schema

    @abstractmethod
    def _check(self) -> None:
        """Raise if the repository can't be used (any more)."""

    @abstractmethod
    def _listed(self, row: Record) -> T | None:
        """Return the resource that a listed row stands for; None if it stands for none."""

    @abstractmethod
    def _handed_out(self, resource: T) -> T:
        """Take note that a listed resource is handed out, and return it."""

    def get(self, resource_id: str, *, consistent: bool = True) -> T:
        """Return the latest version."""
        found = self.find(resource_id, consistent=consistent)
        if found is None:
            raise NotFoundError(self._schema.type_name, resource_id)
        return found

    def get_by(self, field: str | tuple[str, ...], value: object) -> T:
        """Return the resource that has a unique value."""
        found = self.find_by(field, value)
        if found is None:
            claim = self._schema.claim_on(field, value)
            raise NotFoundError.with_value(claim.type, claim.field, claim.value)
        return found

    def versions(self, resource_id: str, *, limit: int | None = None, cursor: str | None = None) -> Page[T]:
        """Return the stored versions of a resource, newest first; also those of a deleted one."""
        self._check()
        return self._reader.versions(self._reader.target(resource_id), limit, cursor)

    def get_version(self, resource_id: str, version: int) -> T:
        """Return a version as it was."""
        self._check()
        _, row = self._reader.version(self._reader.target(resource_id, version), version)
        return self._schema.load(row)

    def list(
        self,
        *,
        where: Condition | None = None,
        predicate: Predicate[T] | None = None,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
        newest_first: bool = True,
        reads: int = DEFAULT_READS,
    ) -> Page[T]:
        """Return a page of the stored resources of this type, by last update."""
        listing = self._reader.listing(where, predicate, newest_first=newest_first)
        return self._page(listing, predicate, limit, cursor, reads)

    def query(
        self,
        query: KeyQuery[T],
        *,
        where: Condition | None = None,
        predicate: Predicate[T] | None = None,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
        descending: bool = False,
        reads: int = DEFAULT_READS,
    ) -> Page[T]:
        """Return a page of what a declared index holds under a key, by the index's sort fields."""
        listing = self._reader.indexed(query, where, predicate, descending=descending)
        return self._page(listing, predicate, limit, cursor, reads)

    def count(
        self,
        query: KeyQuery[T] | None = None,
        *,
        where: Condition | None = None,
        predicate: Predicate[T] | None = None,
    ) -> int:
        """Count what is stored."""
        self._check()
        if predicate is not None:
            return sum(1 for _ in self.iterate(query, where=where, predicate=predicate))
        if query is None:
            return self._reader.count(self._reader.listing(where, None, newest_first=True))
        return self._reader.count(self._reader.indexed(query, where, None, descending=False))

    def explain(
        self,
        query: KeyQuery[T] | None = None,
        *,
        where: Condition | None = None,
        predicate: Predicate[T] | None = None,
        limit: int = DEFAULT_LIMIT,
        newest_first: bool = True,
        descending: bool = False,
        reads: int = DEFAULT_READS,
    ) -> Explanation:
        """Say how a page is read, and what that costs."""
        if query is None:
            selection = self._reader.listing(where, predicate, newest_first=newest_first)
        else:
            selection = self._reader.indexed(query, where, predicate, descending=descending)
        return self._reader.explain(selection, limit, reads, predicate)

    def _page(
        self, selection: Selection, predicate: Predicate[T] | None, limit: int, cursor: str | None, reads: int
    ) -> Page[T]:
        self._check()
        return self._reader.page(selection, limit, cursor, self._loading(predicate), reads).map(self._handed_out)

    def _loading(self, predicate: Predicate[T] | None) -> Callable[[Record], T | None]:
        """Return what makes a resource of a listed row; None for a row that does not count."""

        def load(row: Record) -> T | None:
            resource = self._listed(row)
            return resource if resource is None or predicate is None or predicate(resource) else None

        return load
