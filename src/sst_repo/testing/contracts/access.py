"""What listings, access patterns and filters promise on every table."""

from sst_repo.testing.contracts.accesses.collections import CollectionContract
from sst_repo.testing.contracts.accesses.cursors import CursorContract
from sst_repo.testing.contracts.accesses.foreign import ForeignRowContract
from sst_repo.testing.contracts.accesses.paging import PagingContract
from sst_repo.testing.contracts.accesses.querying import QueryingContract
from sst_repo.testing.contracts.accesses.sharding import ShardingContract


class AccessContract(
    QueryingContract, PagingContract, CursorContract, ShardingContract, CollectionContract, ForeignRowContract
):
    """Derive, name the class `Test…`, and provide the fixture `table`.

    Attributes:
        rows: How many rows are walked over under filters.
    """
