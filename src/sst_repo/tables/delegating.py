"""A table in front of another."""

from collections.abc import Iterable, Mapping

from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record
from sst_repo.tables.base import Table


class DelegatingTable(Table):
    """Passes everything on to another table; derive from it to change one thing.

    Attributes:
        table: The table it is passed on to.
    """

    def __init__(self, table: Table) -> None:
        """Stand in front of a table."""
        self.table = table
        self.cursor_secrets = table.cursor_secrets
        self.exact_writes = table.exact_writes
        self.projections = table.projections

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Pass on."""
        return self.table.read(key, consistent=consistent)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Pass on."""
        return self.table.read_many(keys, consistent=consistent)

    def query(self, query: Query) -> Slice:
        """Pass on."""
        return self.table.query(query)

    def scan(self, scan: Scan) -> Slice:
        """Pass on."""
        return self.table.scan(scan)

    def transact(self, plan: Plan) -> Outcome:
        """Pass on."""
        return self.table.transact(plan)

    def goes_by_token(self, plan: Plan) -> bool:
        """Pass on."""
        return self.table.goes_by_token(plan)

    def create(self, *, if_not_exists: bool = False) -> None:
        """Pass on."""
        self.table.create(if_not_exists=if_not_exists)

    def delete(self) -> None:
        """Pass on."""
        self.table.delete()

    def exists(self) -> bool:
        """Pass on."""
        return self.table.exists()
