"""Listings with shards: the same listing, spread over several partitions."""

import pytest

from sst_repo.conditions import F
from sst_repo.core import layout
from sst_repo.core.queries import Query
from sst_repo.errors import NotFoundError
from sst_repo.listings import Listing
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.accesses.base import AccessFixtures, SpreadSale, fill, numbers
from sst_repo.testing.wrappers import CountingTable


class Narrow(VersionedResource, type_name="Spreading"):
    """A model as it was first deployed."""

    number: int


class Broad(VersionedResource, type_name="Spreading"):
    """The same model once its listing had become hot."""

    number: int
    listing = Listing(shards=3)


class ShardingContract(AccessFixtures):
    """What shards change, and what they do not."""

    def test_rows_are_spread_over_all_shards(self, spread: Repository[SpreadSale], table: Table) -> None:
        fill(spread, 40, SpreadSale)
        found = [table.query(Query(layout.LISTING, name)).count for name in layout.listing_partitions("SpreadSale", 4)]

        assert sum(found) == 40
        assert all(found)

    def test_a_page_reads_each_shard_once_more_or_less(self, spread: Repository[SpreadSale], table: Table) -> None:
        fill(spread, 60, SpreadSale)
        counting = CountingTable(table)
        page = TableRepository(SpreadSale, counting).list(limit=20)

        assert numbers([page]) == [*range(59, 39, -1)]
        assert 4 <= counting.calls["query"] <= 6

    def test_a_resource_stays_in_its_shard(self, spread: Repository[SpreadSale]) -> None:
        stored = fill(spread, 6, SpreadSale)
        for sale in stored[:3]:
            sale.status = "paid"
            spread.save(sale)
        spread.delete(stored[5])

        assert numbers([spread.list()]) == [2, 1, 0, 4, 3]
        assert spread.count() == 5
        assert spread.count(where=F.status == "paid") == 3
        with pytest.raises(NotFoundError):
            spread.get(stored[5].resource_id)
        assert spread.restore(stored[5].resource_id, 1).number == 5
        assert numbers([spread.list(limit=1)]) == [5]

    def test_shards_can_be_added_to_what_is_stored(self, table: Table) -> None:
        before, after = TableRepository(Narrow, table), TableRepository(Broad, table)
        for number in range(6):
            before.add(Narrow(number=number))
        for number in range(6, 12):
            after.add(Broad(number=number))
        old = after.get(next(iter(before.iterate(newest_first=False))).resource_id)
        old.number = 100
        after.save(old)

        assert [found.number for found in after.list()] == [100, *range(11, 0, -1)]
        assert after.versions(old.resource_id)[-1].number == 0
