"""The driver port. A table knows records, guards and plans; never resources, versions or retries."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from sst_repo.core.projections import Projection
from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Check, Key, Outcome, Plan, Record
from sst_repo.pages import DEFAULT_LIMIT, DEFAULT_READS, CollectionPage

if TYPE_CHECKING:
    from sst_repo.resource import Resource


class Table(ABC):
    """A single table with the listing index and the indexes gsi1, gsi2, ….

    To add an adapter, implement this class and run `sst_repo.testing`'s `TableContract` on it. All methods raise
    `TableError` when the table itself fails.

    Attributes:
        cursor_secrets: What the cursors of listings are signed with: the first one signs, all are recognised. Without
            any, cursors are not signed.
        exact_writes: Whether a write of one row goes as a transaction too, whose success the table remembers by its
            token for 10 minutes: at twice the price, no outcome stays unknown and no write that arrives late is
            applied anew.
        projections: What indexes hold less than whole rows, by their names. Queries of them give their entries.
    """

    cursor_secrets: tuple[bytes, ...] = ()
    exact_writes: bool = False
    projections: Mapping[str, Projection] = MappingProxyType({})

    @abstractmethod
    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Return the row; None if there is none."""

    @abstractmethod
    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Return the rows that exist, by key. Any number of keys, none of them twice.

        A `RowsByKey` is read at once, and its keys only if they are asked for.
        """

    @abstractmethod
    def query(self, query: Query) -> Slice:
        """Return rows of one partition in order, as many as one call gives."""

    def collection(
        self,
        name: str,
        *partition: object,
        types: "Sequence[type[Resource]] | None" = None,
        predicate: "Callable[[Resource], bool] | None" = None,
        limit: int | None = DEFAULT_LIMIT,
        cursor: str | None = None,
        descending: bool = False,
        reads: int = DEFAULT_READS,
    ) -> CollectionPage:
        """Return a page of an item collection: resources of several classes that share a partition, read together.

        The classes are those with an index that names the collection, `Index(..., collection="customer")`. They come
        one after the other by type name, the resources of each in the order of its index.

        Args:
            name: The collection's name.
            *partition: A value for each partition part of its indexes.
            types: The classes that count; None for all.
            predicate: What Python filters by.
            limit: How many resources; None for all.
            cursor: The cursor of the page before; None for the first page.
            descending: Whether to begin at the end.
            reads: With `types` or a predicate: after so many reads the page is handed out short, with a cursor.

        Raises:
            InvalidQueryError: There is no such collection, or a value does not fit its partition parts.
            InvalidCursorError: The cursor is mangled or belongs to another listing.

        Cost: 1 Query per page, more where the page is over 1 MB or matches are rare.
        """
        from sst_repo.item_collections import ItemCollection  # noqa: PLC0415 - the one door upward: see ADR 11

        return ItemCollection(self, name, types).page(
            partition, predicate=predicate, limit=limit, cursor=cursor, descending=descending, reads=reads
        )

    @abstractmethod
    def scan(self, scan: Scan) -> Slice:
        """Return rows of one segment of the table, as many as one call gives. Several threads may scan at once.

        Raises:
            InvalidCursorError: The place to go on from is not in the segment.
        """

    @abstractmethod
    def transact(self, plan: Plan) -> Outcome:
        """Apply a plan, all or nothing, with at most one write call.

        What the answer leaves open is `Unknown`; the table never guesses, and never tries again by itself.

        Args:
            plan: What is to be done. It is within the limits (`core.limits.check`), its values are as
                `AttributeValue` says.

        Raises:
            TableError: Also for a row that has something else than text as the key of an index of the table
                (`core.limits.key_misfit`).
        """

    def goes_by_token(self, plan: Plan) -> bool:
        """Tell whether a plan goes as a transaction with a token: what is sent again is applied once."""
        return self.exact_writes or len(plan.ops) != 1 or isinstance(plan.ops[0], Check)

    @abstractmethod
    def create(self, *, if_not_exists: bool = False) -> None:
        """Create the table and wait until it can be used.

        Raises:
            TableError: It exists, and `if_not_exists` does not allow that.
        """

    @abstractmethod
    def delete(self) -> None:
        """Delete the table with all that is in it, and wait until it is gone.

        Raises:
            TableNotFoundError: There is none.
        """

    @abstractmethod
    def exists(self) -> bool:
        """Tell whether the table exists."""
