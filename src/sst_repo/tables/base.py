"""The driver port. A table knows records, guards and plans; never resources, versions or retries."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record


class Table(ABC):
    """A single table with the listing index and the indexes gsi1, gsi2, ….

    To add an adapter, implement this class and run `sst_repo.testing`'s `TableContract` on it. All methods raise
    `TableError` when the table itself fails.
    """

    @abstractmethod
    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Return the row; None if there is none."""

    @abstractmethod
    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Record]:
        """Return the rows that exist, by key. Any number of keys, none of them twice."""

    @abstractmethod
    def query(self, query: Query) -> Slice:
        """Return rows of one partition in order, as many as one call gives."""

    @abstractmethod
    def scan(self, scan: Scan) -> Slice:
        """Return rows of one segment of the table, as many as one call gives. Several threads may scan at once."""

    @abstractmethod
    def transact(self, plan: Plan) -> Outcome:
        """Apply a plan, all or nothing, with at most one write call.

        What the answer leaves open is `Unknown`; the table never guesses, and never tries again by itself.
        """

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
