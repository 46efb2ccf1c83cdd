"""The table of one unit of work: the same as for others, but what is asked of it is added up."""

from collections.abc import Iterable, Mapping

from sst_repo.core.queries import Query, Scan, Slice
from sst_repo.core.records import Key, Outcome, Plan, Record
from sst_repo.observation import Totals, heard_by
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable


class MeteredTable(DelegatingTable):
    """Adds up what the calls that pass through it consume, as far as the table behind tells.

    Attributes:
        totals: What it came to.
    """

    def __init__(self, table: Table) -> None:
        """Begin at nothing."""
        super().__init__(table)
        self.totals = Totals()

    def read(self, key: Key, *, consistent: bool = True) -> Record | None:
        """Add up, and pass on."""
        with heard_by(self.totals):
            return self.table.read(key, consistent=consistent)

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Add up, and pass on."""
        with heard_by(self.totals):
            return self.table.read_many(keys, consistent=consistent)

    def query(self, query: Query) -> Slice:
        """Add up, and pass on."""
        with heard_by(self.totals):
            return self.table.query(query)

    def scan(self, scan: Scan) -> Slice:
        """Add up, and pass on."""
        with heard_by(self.totals):
            return self.table.scan(scan)

    def transact(self, plan: Plan) -> Outcome:
        """Add up, and pass on."""
        with heard_by(self.totals):
            return self.table.transact(plan)
