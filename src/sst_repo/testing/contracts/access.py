"""`query`, `where` and `predicate`: access patterns, and pages that are exact under filters."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial, reduce
from itertools import product
from math import ceil
from typing import Any, ClassVar, Literal

import pytest

from sst_repo.conditions import Condition, F
from sst_repo.errors import InvalidCursorError, InvalidQueryError
from sst_repo.indexes import Index, KeyQuery
from sst_repo.ports import Page, Repository
from sst_repo.repository import TableRepository
from sst_repo.resource import Resource, VersionedResource
from sst_repo.tables.base import Table
from sst_repo.testing.clocks import START, ManualClock
from sst_repo.testing.contracts.base import Contract
from sst_repo.testing.wrappers import CountingTable
from sst_repo.unit_of_work import UnitOfWork

EVERY_READ_IT_TAKES = 10_000


class Sale(VersionedResource):
    """What is listed and looked up."""

    customer: str | None
    status: Literal["open", "paid", "shipped"] = "open"
    total: Decimal
    placed_at: datetime = START
    number: int = 0
    by_customer = Index(gsi=1, partition="customer", sort="placed_at")
    open_by_total = Index(gsi=2, partition="status", sort="total", when=lambda sale: sale.status == "open")
    by_status = Index(gsi=3, partition="customer", sort=("status", "total"))
    by_update = Index(gsi=4, partition="status", sort="updated_at")


class Visit(Resource):
    """Another type on the same index."""

    customer: str
    by_customer = Index(gsi=1, partition="customer")


class SalesUnitOfWork(UnitOfWork):
    """A unit with sales."""

    sales: Repository[Sale]


class AccessContract(Contract):
    """What access patterns and filters promise on every table.

    Attributes:
        rows: How many rows are walked over.
    """

    rows: ClassVar[int] = 230

    @pytest.fixture
    def sales(self, table: Table) -> Repository[Sale]:
        """The repository under test."""
        return TableRepository(Sale, table, clock=ManualClock())

    # -- key queries

    def test_a_partition_is_read_in_the_order_of_its_sort_key(self, sales: Repository[Sale], table: Table) -> None:
        TableRepository(Visit, table).add(Visit(customer="c1"))
        days = [3, 1, 2]
        for day in days:
            sales.add(_sale("c1", placed_at=START + timedelta(days=day)))
        sales.add(_sale("c"))
        sales.add(_sale("c1#"))

        found = sales.query(Sale.by_customer("c1"))
        assert [sale.placed_at - START for sale in found] == [timedelta(days=day) for day in (1, 2, 3)]
        assert list(sales.query(Sale.by_customer("c1"), descending=True)) == list(found)[::-1]
        assert [sale.customer for sale in sales.query(Sale.by_customer("c1#"))] == ["c1#"]
        assert not sales.query(Sale.by_customer("nobody"))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (Sale.open_by_total("open"), "-20 -1 0 0.5 1 9 10 100"),
            (Sale.open_by_total("open").eq(Decimal("1.0")), "1"),
            (Sale.open_by_total("open").lt(Decimal(1)), "-20 -1 0 0.5"),
            (Sale.open_by_total("open").le(Decimal(1)), "-20 -1 0 0.5 1"),
            (Sale.open_by_total("open").gt(Decimal(1)), "9 10 100"),
            (Sale.open_by_total("open").ge(Decimal(1)), "1 9 10 100"),
            (Sale.open_by_total("open").between(Decimal(-1), Decimal(9)), "-1 0 0.5 1 9"),
            (Sale.open_by_total("open").between(Decimal(9), Decimal(-1)), ""),
            (Sale.by_status("c").eq("open"), "-20 -1 0 0.5 1 9 10 100"),
            (Sale.by_status("c").ge("open", Decimal(10)), "10 100"),
            (Sale.by_status("c").eq("open", Decimal(10)), "10"),
            (Sale.by_status("c").begins_with("op"), "-20 -1 0 0.5 1 9 10 100"),
            (Sale.by_status("c").gt("open"), "7"),
        ],
        ids=repr,
    )
    def test_a_key_query_gives_what_it_says(
        self, sales: Repository[Sale], query: KeyQuery[Sale], expected: str
    ) -> None:
        for total in ("10", "9", "-1", "0", "100", "0.5", "-20", "1"):
            sales.add(_sale("c", total=Decimal(total)))
        sales.add(_sale("c", total=Decimal(7), status="paid"))

        assert " ".join(str(sale.total) for sale in sales.query(query)) == expected
        assert sales.count(query) == len(expected.split())

    def test_none_is_in_no_index_but_empty_text_is(self, sales: Repository[Sale]) -> None:
        sales.add(_sale(None))
        sales.add(_sale(""))

        assert [sale.customer for sale in sales.query(Sale.by_customer(""))] == [""]
        assert sales.count() == 2

    def test_keys_follow_every_kind_of_write(self, sales: Repository[Sale], table: Table) -> None:
        def told() -> tuple[int, int, int]:
            return sales.count(Sale.open_by_total("open")), sales.count(Sale.by_customer("a")), sales.count()

        sale = sales.add(_sale("a"))
        assert told() == (1, 1, 1)
        sale.status = "paid"
        sales.save(sale)
        assert told() == (0, 1, 1)
        sale.customer = "b"
        sales.save(sale)
        assert told() == (0, 0, 1)
        sales.restore(sale.resource_id, 1)
        assert told() == (1, 1, 1)
        with SalesUnitOfWork(table) as unit:
            unit.sales.get(sale.resource_id).status = "shipped"
            unit.commit()
        assert told() == (0, 1, 1)
        sales.delete(sales.get(sale.resource_id))
        assert told() == (0, 0, 0)
        sales.add(_sale("a", resource_id=sale.resource_id))
        assert told() == (1, 1, 1)
        sales.purge(sale.resource_id)
        assert told() == (0, 0, 0)

    def test_a_key_made_of_what_the_write_itself_sets_is_up_to_date(self, sales: Repository[Sale]) -> None:
        first, second = sales.add(_sale("a")), sales.add(_sale("b"))
        first.number = 1
        sales.save(first)

        assert list(sales.query(Sale.by_update("open"))) == [second, first]
        assert list(sales.query(Sale.by_update("open").ge(first.updated_at))) == [first]

    def test_the_query_of_another_type_is_refused(self, sales: Repository[Sale]) -> None:
        with pytest.raises(InvalidQueryError):
            sales.query(Visit.by_customer("c1"))  # type: ignore[arg-type]

    # -- exact pages under filters

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("every", [1, 17, 1000], ids="one in {}".format)
    def test_pages_are_exact_under_filters(
        self,
        sales: Repository[Sale],
        every: int,
        descending: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        fill(sales, self.rows)
        matching = [number for number in range(self.rows) if number % every == every // 2]
        expected = matching[::-1] if descending else matching
        where = F.number.is_in(matching or [-1])
        listed = partial(sales.list, newest_first=descending)
        queried = partial(sales.query, Sale.by_customer("c"), descending=descending)
        ways = _ways(where, lambda sale: sale.number in matching)
        for read in (listed, queried):
            for limit, filters in [*product((7, 50), ways), (1, ways[-1]), (2, ways[-1])]:
                pages = walk(read, limit=limit, reads=EVERY_READ_IT_TAKES, **filters)
                assert numbers(pages) == expected
                assert len(pages) == max(1, ceil(len(expected) / limit))

    def test_where_and_predicate_both_hold(self, sales: Repository[Sale]) -> None:
        fill(sales, 20)
        where = F.number >= 5

        def predicate(sale: Sale) -> bool:
            return sale.number % 2 == 0

        assert numbers(walk(sales.list, where=where, predicate=predicate, newest_first=False)) == [*range(6, 20, 2)]
        assert [sale.number for sale in sales.iterate(where=where, predicate=predicate)] == [*range(18, 5, -2)]
        for_customer = Sale.by_customer("c")
        assert [sale.number for sale in sales.iterate(for_customer, where=where, predicate=predicate)] == [
            *range(6, 20, 2)
        ]
        assert sales.count(where=where, predicate=predicate) == sales.count(for_customer, predicate=predicate) - 3 == 7
        assert sales.count(where=where) == sales.count(for_customer, where=where) == 15

    def test_a_page_that_runs_out_of_reads_is_short_and_goes_on_where_it_stopped(self, sales: Repository[Sale]) -> None:
        fill(sales, 60)
        pages = walk(sales.list, where=F.number.is_in([3, 50]), limit=2, reads=1, newest_first=False)

        assert len(pages) > 1
        assert numbers(pages) == [3, 50]
        assert sum(page.scanned for page in pages) >= 60

    def test_rare_matches_are_found_in_few_reads(self, sales: Repository[Sale]) -> None:
        fill(sales, self.rows)
        page = sales.list(where=F.number == 0, limit=5)

        assert ([sale.number for sale in page], page.has_more) == ([0], False)

    def test_what_is_deleted_and_updated_during_a_walk_disturbs_nothing_else(self, sales: Repository[Sale]) -> None:
        stored = fill(sales, 40)
        read = partial(sales.query, Sale.by_customer("c"), where=F.number >= 0, limit=7)
        seen = [*(page := read())]
        while page.has_more:
            last = seen[-1].number
            sales.delete(sales.get(stored[last].resource_id))
            if last + 2 < len(stored):
                sales.delete(stored[last + 2])
            changed = stored[last - 1]
            changed.total += 1
            sales.save(changed)
            page = read(cursor=page.cursor)
            seen += page

        numbers_seen = [sale.number for sale in seen]
        remaining = [sale.number for sale in sales.iterate(Sale.by_customer("c"))]
        assert numbers_seen == sorted({*numbers_seen, *remaining})

    def test_a_cursor_is_bound_to_what_it_was_made_for(self, sales: Repository[Sale]) -> None:
        fill(sales, 5)
        sales.add(_sale("d"))
        read = partial(sales.query, Sale.by_customer("c"), where=F.number >= 0, limit=2)
        cursor = read().cursor
        others: list[Callable[..., object]] = [
            partial(sales.list, where=F.number >= 0),
            partial(sales.query, Sale.by_customer("c")),
            partial(sales.query, Sale.by_customer("d"), where=F.number >= 0),
            partial(sales.query, Sale.by_status("c"), where=F.number >= 0),
            partial(sales.query, Sale.by_customer("c").ge(START), where=F.number >= 0),
            partial(read, where=F.number >= 1),
            partial(read, descending=True),
            partial(read, predicate=lambda sale: True),  # noqa: ARG005 - another listing all the same
        ]
        for other in others:
            with pytest.raises(InvalidCursorError):
                other(cursor=cursor)
        assert [sale.number for sale in read(cursor=cursor)] == [2, 3]

    def test_the_order_in_which_values_are_listed_makes_no_other_listing(self, sales: Repository[Sale]) -> None:
        fill(sales, 3)
        cursor = sales.list(where=F.number.is_in([0, 1, 2]), limit=1).cursor

        assert [sale.number for sale in sales.list(where=F.number.is_in([2, 1, 0]), limit=1, cursor=cursor)] == [1]

    @pytest.mark.parametrize(
        "where", [F.nothing == 1, F.number == "1", F.customer.name == "c", F.resource_id == "x"], ids=repr
    )
    def test_a_condition_that_does_not_fit_is_refused(self, sales: Repository[Sale], where: Condition) -> None:
        for read in (sales.list, sales.count, partial(sales.query, Sale.by_customer("c"))):
            with pytest.raises(InvalidQueryError):
                read(where=where)

    @pytest.mark.parametrize(
        "where",
        [
            F.number.is_in(range(3000)),
            reduce(Condition.__or__, (F.number == number for number in range(200))),
            F.customer == "x" * 2**20,
        ],
        ids=["text", "operators", "values"],
    )
    def test_a_condition_that_is_too_large_for_dynamodb_is_refused_before_any_call(
        self, table: Table, where: Condition
    ) -> None:
        counting = CountingTable(table)
        sales: Repository[Sale] = TableRepository(Sale, counting)
        for read in (sales.list, sales.count, partial(sales.query, Sale.by_customer("c"))):
            with pytest.raises(InvalidQueryError, match="DynamoDB takes at most"):
                read(where=where)
        assert not counting.calls

    # -- in a unit of work

    def test_a_unit_hands_out_its_own_objects(self, sales: Repository[Sale], table: Table) -> None:
        stored = fill(sales, 4)
        with SalesUnitOfWork(table) as unit:
            mine = unit.sales.get(stored[1].resource_id)
            unit.sales.delete(unit.sales.get(stored[2].resource_id))
            found = unit.sales.query(Sale.by_customer("c"), where=F.number >= 1)
            assert [sale.number for sale in found] == [1, 3]
            assert found[0] is mine
            found[1].status = "paid"
            unit.commit()
        assert sales.get(stored[3].resource_id).status == "paid"


def fill(sales: Repository[Sale], rows: int) -> list[Sale]:
    """Add sales, numbered in the order of both indexes."""
    return [sales.add(_sale("c", number=number, placed_at=START + timedelta(minutes=number))) for number in range(rows)]


def walk(read: Callable[..., Page[Sale]], **arguments: Any) -> list[Page[Sale]]:
    """Follow the cursors from the first page to the last."""
    pages = [read(**arguments)]
    while pages[-1].has_more:
        pages.append(read(**arguments, cursor=pages[-1].cursor))
    return pages


def numbers(pages: Iterable[Page[Sale]]) -> list[int]:
    """Return the numbers of the sales on the pages."""
    return [sale.number for page in pages for sale in page]


def _ways(where: Condition, predicate: Callable[[Sale], bool]) -> Sequence[dict[str, Any]]:
    return {"where": where}, {"predicate": predicate}, {"where": where, "predicate": predicate}


def _sale(customer: str | None, **values: Any) -> Sale:
    return Sale.model_validate({"customer": customer, "total": Decimal(1), **values})
