"""What reads promise where indexes hold less than whole rows: the same, at another price."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from sst_repo.conditions import F
from sst_repo.core.layout import LISTING
from sst_repo.core.projections import ProjectionChoices
from sst_repo.core.queries import Query, Slice
from sst_repo.core.records import Key, Record
from sst_repo.mapping.schema import schema_of
from sst_repo.ports import Repository
from sst_repo.repository import TableRepository
from sst_repo.tables.base import Table
from sst_repo.tables.delegating import DelegatingTable
from sst_repo.testing.clocks import START, ManualClock
from sst_repo.testing.contracts.accesses.base import (
    WAYS,
    AccessFixtures,
    Sale,
    SalesUnitOfWork,
    every_way,
    fill,
    new_sale,
    numbers,
    walk,
)
from sst_repo.testing.contracts.base import requires


class Watched(DelegatingTable):
    """Keeps the keys of the rows that are read, and lets something happen once between the entries and their rows."""

    def __init__(self, table: Table) -> None:
        """Begin at nothing."""
        super().__init__(table)
        self.keys: list[Key] = []
        self.meanwhile: Callable[[], object] | None = None

    def query(self, query: Query) -> Slice:
        """Pass on; then let it happen."""
        found = super().query(query)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return found

    def read_many(self, keys: Iterable[Key], *, consistent: bool = True) -> Mapping[Key, Record]:
        """Take note, and pass on."""
        keys = list(keys)
        self.keys += keys
        return super().read_many(keys, consistent=consistent)


def _closed(sales: Repository[Sale], sale: Sale) -> None:
    found = sales.get(sale.resource_id)
    found.status = "paid"
    sales.save(found)


def _revalued(sales: Repository[Sale], sale: Sale) -> None:
    found = sales.get(sale.resource_id)
    found.total = Decimal(99)
    sales.save(found)


def _deleted(sales: Repository[Sale], sale: Sale) -> None:
    sales.delete(sales.get(sale.resource_id))


class ProjectionContract(AccessFixtures):
    """Derive, name the class `Test…`, and provide the fixture `table`: with these projections.

    Attributes:
        projections: What the table's indexes are to hold.
    """

    projections: ClassVar[ProjectionChoices] = {"listing": "keys", 1: "keys", 2: ("number", "status"), 4: "keys"}

    @pytest.fixture
    def watched(self, table: Table) -> Watched:
        """The table, watched."""
        return Watched(table)

    @pytest.fixture
    def mine(self, watched: Watched) -> Repository[Sale]:
        """A repository whose reads are watched."""
        return TableRepository(Sale, watched, clock=ManualClock())

    def test_an_index_holds_its_keys_and_the_fields_that_were_chosen(
        self, table: Table, sales: Repository[Sale]
    ) -> None:
        sales.add(new_sale("c", Sale, number=7))
        (listed,) = table.query(Query(LISTING, "Sale")).records
        assert listed.attributes.keys() == {"_t", "_l"}
        (by_total,) = table.query(schema_of(Sale).key_query(Sale.open_by_total("open"), descending=False)).records
        assert by_total.attributes.keys() == {"gsi2pk", "gsi2sk", "number", "status"}
        (by_status,) = table.query(schema_of(Sale).key_query(Sale.by_status("c"), descending=False)).records
        assert by_status == table.read(by_status.key)

    @every_way
    @pytest.mark.parametrize("limit", [1, 7])
    def test_pages_are_the_same_as_of_whole_rows(self, table: Table, way: str, limit: int) -> None:
        model, descends, reader = WAYS[way]
        repository: Repository[Any] = TableRepository(model, table, clock=ManualClock())
        added = fill(repository, 20, model)
        pages = walk(reader(repository), limit=limit)
        expected = added[::-1] if descends else added
        assert [sale for page in pages for sale in page] == expected
        assert len(pages) == -(-20 // limit)
        page = pages.pop()
        for before in reversed(pages):
            page = reader(repository)(limit=limit, cursor=page.previous)
            assert list(page) == list(before)

    def test_what_was_listed_is_saved_without_another_read(self, mine: Repository[Sale], watched: Watched) -> None:
        sale = mine.add(new_sale("c", Sale, note="first"))
        (listed,) = mine.list()
        watched.keys.clear()
        listed.note = "second"
        assert mine.save(listed).version == 2
        assert watched.keys == []
        assert [version.note for version in mine.versions(sale.resource_id)] == ["second", "first"]

    def test_a_filter_on_what_the_index_holds_is_applied_there(self, mine: Repository[Sale], watched: Watched) -> None:
        fill(mine, 12, Sale)
        page = mine.query(Sale.open_by_total("open"), where=F.number >= 9)
        assert sorted(numbers([page])) == [9, 10, 11]
        assert len(watched.keys) == 3

    def test_a_filter_on_anything_else_is_as_exact(self, mine: Repository[Sale], watched: Watched) -> None:
        fill(mine, 12, Sale)
        where = (F.number >= 3) & (F.total == 1) & (F.number < 10)
        pages = walk(mine.list, where=where, limit=2, newest_first=False)
        assert numbers(pages) == [3, 4, 5, 6, 7, 8, 9]
        assert [len(page) for page in pages] == [2, 2, 2, 1]
        assert len(watched.keys) >= 12

    def test_rows_are_read_for_a_count_only_where_the_index_does_not_hold_what_it_filters_by(
        self, mine: Repository[Sale], watched: Watched
    ) -> None:
        fill(mine, 6, Sale)
        by_total = Sale.open_by_total("open")
        assert mine.count() == 6
        assert mine.count(by_total, where=F.number > 1) == 4
        assert watched.keys == []
        assert mine.count(where=F.number > 1) == 4
        assert mine.count(by_total, where=F.note == "") == 6
        assert len(watched.keys) == 12

    @pytest.mark.parametrize(
        ("change", "left"),
        [(_closed, [0, 2]), (_revalued, [0, 2]), (_deleted, [0, 2])],
        ids=["leaves the index", "moves in the index", "is deleted"],
    )
    def test_what_has_moved_since_its_entry_was_read_is_not_on_the_page(
        self,
        sales: Repository[Sale],
        mine: Repository[Sale],
        watched: Watched,
        change: Callable[[Repository[Sale], Sale], None],
        left: list[int],
    ) -> None:
        added = [sales.add(new_sale("c", Sale, number=number, total=Decimal(number))) for number in range(3)]
        watched.meanwhile = lambda: change(sales, added[1])
        assert numbers([mine.query(Sale.open_by_total("open"))]) == left

    def test_what_has_changed_in_its_place_is_shown_as_it_is_now(
        self, sales: Repository[Sale], mine: Repository[Sale], watched: Watched
    ) -> None:
        sale = sales.add(new_sale("c", Sale))

        def annotate() -> None:
            found = sales.get(sale.resource_id)
            found.note = "meanwhile"
            sales.save(found)

        watched.meanwhile = annotate
        (found,) = mine.query(Sale.by_customer("c"))
        assert (found.note, found.version) == ("meanwhile", 2)

    def test_what_satisfies_the_filter_no_more_is_not_on_the_page(
        self, sales: Repository[Sale], mine: Repository[Sale], watched: Watched
    ) -> None:
        sale = sales.add(new_sale("c", Sale, number=1))

        def renumber() -> None:
            found = sales.get(sale.resource_id)
            found.number = 2
            sales.save(found)

        watched.meanwhile = renumber
        assert not mine.query(Sale.open_by_total("open"), where=F.number == 1)

    @requires("capacity")
    def test_a_page_says_what_its_rows_cost_too(self, sales: Repository[Sale]) -> None:
        for number in range(4):
            sales.add(new_sale("c", Sale, number=number, placed_at=START + timedelta(days=number), note="x" * 5000))
        # Half a unit for all the entries; two for each of the rows, which have 5 KB and are read consistently.
        assert sales.query(Sale.by_customer("c")).consumed == 8.5

    def test_a_unit_of_work_tracks_what_it_lists(self, table: Table, sales: Repository[Sale]) -> None:
        sale = sales.add(new_sale("c", Sale))
        with SalesUnitOfWork(table, clock=ManualClock()) as unit:
            (listed,) = unit.sales.list()
            assert listed is unit.sales.get(sale.resource_id)
            listed.note = "tracked"
            unit.commit()
        assert sales.get(sale.resource_id).note == "tracked"
